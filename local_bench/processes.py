"""Child processes: commands that must finish, and services that stay.

Every child gets a session of its own, so that ending it ends its children too, and so that Ctrl-C reaches
them only through us: what a broken-off set-up had started is stopped before the command returns.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_bench.errors import BenchError

TAIL_LINES = 25


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without what would lead a child to another Python or another bench."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SITES_PATH", "DEV_SERVER", "NODE_PATH")
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in foreign and not key.startswith("FRAPPE_")
    }
    kept.setdefault("LANG", "C.UTF-8")
    kept["PYTHONUNBUFFERED"] = "1"
    return {**kept, **(extra or {})}


def end_group(process: subprocess.Popen[bytes] | subprocess.Popen[str], grace_seconds: float = 10.0) -> None:
    """Ask a child and its children to end, then insist."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)
            return


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    feed: str | None = None,
    what: str = "",
) -> str:
    """Run a command to its end and return what it printed; with `log`, that is appended there too.

    Raises:
        BenchError: it ended with an error; the message carries the last lines it printed.
    """
    words = [str(part) for part in command]
    process = subprocess.Popen(
        words,
        cwd=cwd,
        env=dict(env) if env is not None else clean_environment(),
        stdin=subprocess.PIPE if feed is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(feed)
    except BaseException:
        end_group(process)
        raise
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as handle:
            handle.write(f"$ {' '.join(words[:8])}\n{output}\n")
    if process.returncode:
        tail = "\n".join(f"    {text}" for text in output.strip().splitlines()[-TAIL_LINES:])
        hint = f"\nThe whole output is in {log}" if log else ""
        raise BenchError(f"{what or Path(words[0]).name} failed (exit {process.returncode}):\n{tail}{hint}")
    return output


def passthrough(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run a command on this terminal and return its exit code; Ctrl-C is the command's own to handle."""
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=dict(env))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def start_time(pid: int) -> str:
    """The kernel's start time of a process, which with its id names it for good; "" if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


class Service:
    """A process that outlives the command that started it, known by a file with its id and start time."""

    def __init__(self, name: str, run_folder: Path, log_folder: Path) -> None:
        self.name = name
        self.pid_file = run_folder / f"{name}.pid"
        self.log = log_folder / f"{name}.log"

    def pid(self) -> int | None:
        """The id of the running process, or None. A recycled id is not mistaken for it."""
        try:
            pid, born = self.pid_file.read_text().split()
        except (OSError, ValueError):
            return None
        return int(pid) if start_time(int(pid)) == born else None

    def start(self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> int:
        """Start it unless it runs already; returns its id."""
        running = self.pid()
        if running:
            return running
        for folder in (self.pid_file.parent, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.pid_file.write_text(f"{process.pid} {start_time(process.pid)}")
        except BaseException:
            end_group(process)  # nobody would know of it
            raise
        return process.pid

    def stop(self, grace_seconds: float = 20.0) -> bool:
        """Ask it to end, then insist; True if it was running."""
        pid = self.pid()
        if pid is None:
            self.pid_file.unlink(missing_ok=True)
            return False
        for sign, patience in ((signal.SIGTERM, grace_seconds), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, sign)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
                if self.pid() is None:
                    self.pid_file.unlink(missing_ok=True)
                    return True
                time.sleep(0.05)
        raise BenchError(f"{self.name} (process {pid}) does not end.")

    def tail(self, lines: int = TAIL_LINES) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""
