"""What changed for a device since it last asked: the difference between what its user may have now and what it holds."""

from itertools import groupby
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

from social_crm.field_records.services.sync import devices, holdings, kinds, problems
from social_crm.field_records.services.sync.holdings import Pending
from social_crm.field_records.services.sync.patience import tried_again

# Rows of a page; a template with its form is as large as fifty of the others.
PAGE = 1000
_TEMPLATE_WEIGHT = 50


@frappe.whitelist(methods=["POST"])
@tried_again
def pull(device: str | None = None, cursor: str | None = None, page: int | None = None) -> dict:
    """Return a page of what changed for a device; page 0 begins, the others go on with the cursor of its answer."""
    row = devices.own_row(device)
    number = max(0, cint(page))
    full, gone = False, []
    if number == 0:
        cursor, found, full, gone = _begin(row, cursor)
    else:
        found = holdings.pending(row, cursor)
        if found is None:
            _expired()
    pages = _pages(found.todo)
    keys = pages[number] if number < len(pages) else []
    return {
        "cursor": cursor,
        "page": number,
        "has_more": number + 1 < len(pages),
        "full": full,
        "total": len(found.todo),
        "upserts": _upserts(row, keys, found),
        "gone": [dict(zip(("kind", "id"), key.split("/", 1), strict=True)) for key in gone],
    }


@frappe.whitelist(methods=["POST"])
@tried_again
def acknowledge(device: str | None = None, cursor: str | None = None) -> dict:
    """Note that a device keeps all that a pull brought."""
    row = devices.own_row(device)
    if not holdings.acknowledge(row, cursor or ""):
        _expired()
    devices.note(row, last_pull=now_datetime(), last_sync=now_datetime())
    return {"cursor": cursor}


def _begin(row: str, cursor: str | None) -> tuple[str, Pending, bool, list[str]]:
    known, held = holdings.acknowledged(row)
    full = not cursor or cursor != known
    if full:
        held = {}
    now = kinds.versions(held)
    todo = [key for key, version in now.items() if held.get(key) != version]
    gone = [key for key in held if key not in now]
    found = Pending(now, todo)
    if not full and not todo and not gone:
        # The device has everything: its own cursor still says so.
        return known, found, False, []
    return holdings.begin(row, found), found, full, gone


def _upserts(device: str, keys: list[str], found: Pending) -> list[dict[str, Any]]:
    upserts = []
    lost = []
    for name, group in groupby(keys, key=lambda key: key.split("/", 1)[0]):
        ids = [key.split("/", 1)[1] for key in group]
        read = kinds.rows_of(name, ids)
        for one in ids:
            if one in read:
                version, data = read[one]
                upserts.append({"kind": name, "id": one, "version": version, "data": data})
            else:
                lost.append(f"{name}/{one}")
    if lost:
        # No longer this user's since the pull began: the device does not get it, and so does not hold it.
        for key in lost:
            found.rows.pop(key, None)
        holdings.change(device, found)
    return upserts


def _pages(keys: list[str]) -> list[list[str]]:
    """Keys in pages of about the same weight; the same keys always give the same pages."""
    pages: list[list[str]] = [[]]
    weight = 0
    for key in keys:
        own = _TEMPLATE_WEIGHT if key.startswith("template/") else 1
        if pages[-1] and weight + own > PAGE:
            pages.append([])
            weight = 0
        pages[-1].append(key)
        weight += own
    return pages


def _expired() -> None:
    problems.fail(
        _("The list of changes is out of date: begin again."),
        "pull_expired",
        _("Begin Again"),
        problems.PullExpiredError,
    )
