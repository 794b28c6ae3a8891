"""Small helpers of the document path: walk a workflow as the site has it, and say how far the loading is."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import frappe
from frappe.model.workflow import apply_workflow

T = TypeVar("T")


# States that end a story: no way to another state leads through them.
ENDS = frozenset({"Closed", "Rejected", "Cancelled", "Voided"})


def walk_to(document: Any, state: str) -> Any:
    """Take a document through the active workflow of its DocType to a state and return it.

    The way is looked up in the site's workflow, which the administrator may have changed. Raises ValueError when no
    way leads there.
    """
    for action in _way(document, state):
        document = apply_workflow(document, action)
    return document


def _way(document: Any, state: str) -> list[str]:
    workflow = frappe.get_cached_doc("Workflow", document.meta.get_workflow())
    start = document.get(workflow.workflow_state_field)
    queue: deque[tuple[str, list[str]]] = deque([(start, [])])
    seen = {start}
    while queue:
        at, actions = queue.popleft()
        if at == state:
            return actions
        for row in workflow.transitions:
            if (
                row.state == at
                and row.next_state not in seen
                and (row.next_state == state or row.next_state not in ENDS)
            ):
                seen.add(row.next_state)
                queue.append((row.next_state, [*actions, row.action]))
    raise ValueError(f"{document.doctype}: no way from {start} to {state}")


def told(what: str, things: Iterable[T], total: int) -> Iterator[T]:
    """Yield the things and print how many are done about every second, with the elapsed time."""
    started = last = time.monotonic()
    for number, thing in enumerate(things, start=1):
        yield thing
        now = time.monotonic()
        if now - last >= 1 or number == total:
            print(f"  {what}: {number}/{total} ({now - started:.0f} s)", flush=True)
            last = now


def insert(doctype: str, **values: Any) -> Any:
    """Insert a document of the demo and return it."""
    return frappe.get_doc({"doctype": doctype, **values}).insert()
