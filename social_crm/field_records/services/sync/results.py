"""The answer for one record of a batch."""

from typing import Any


def result(uuid: str | None, state: str, **values: Any) -> dict[str, Any]:
    """Return the answer for one record."""
    empty = {"name": None, "version": None, "status": None, "message": None, "conflict": None}
    return {"uuid": uuid, "state": state, **empty, "files": [], "missing": [], "retry": False, **values}
