"""What the servers of a benchmark worked: seconds of the processor, which a busy machine hardly lengthens. Linux alone tells them."""

from __future__ import annotations

import os
from pathlib import Path

# Set by `local_bench.benchmark` for files that are SERVED: each server is the leader of a session of its own.
SESSIONS = "SOCIAL_CRM_SERVER_SESSIONS"


def spent() -> float:
    """Seconds that the web server, the database and the other servers have worked so far, with all of their children."""
    wanted = set(os.environ.get(SESSIONS, "").split(","))
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which may hold anything, in brackets.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile; its work is told by its parent
        # Session; then its own time in both modes, and that of children that ended.
        if fields[3] in wanted:
            ticks += sum(int(one) for one in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
