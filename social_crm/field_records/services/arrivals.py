"""How an acta came here, and the count of its saves by which a device says which version it changed."""

from typing import Any

FIELDS = ("origin", "device", "received_at")


def stamp(doc: Any, before: Any) -> None:
    """Set what the program alone knows of an arrival; what a client sends for these fields is put back.

    A service that receives actas names them in `doc.flags.arrival`, which no request can set.
    """
    given = doc.flags.arrival or {}
    earlier = {field: before.get(field) if before else None for field in FIELDS}
    doc.update({**earlier, **given})
    # Where an acta began does not change when a device goes on with it.
    doc.origin = (before and before.origin) or given.get("origin") or "Desk"
    doc.sync_version = (before.sync_version or 0 if before else 0) + 1
