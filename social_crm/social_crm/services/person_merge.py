"""Two records of one person become one, with everything linked to either, and can become two again.

Moves every row that links to the duplicate (found by `links.py`, whatever component it belongs to) to the record kept,
the identity documents too. Memberships of the duplicate that collide with those of the record kept end where the
other begins, so that the person never belongs to two families on one day. What moved is written down in a Beneficiary
Merge, by which the merge is undone exactly.
"""

import json
from datetime import date

import frappe
from frappe import _
from frappe.utils import now_datetime

from social_crm.social_crm.domain.membership import trims_for_same_person
from social_crm.social_crm.services import doubles, links, store
from social_crm.social_crm.services.people import EXCEPTION_ROLES

_DOCUMENTS = "Beneficiary Document"


def counts(name: str) -> dict[str, int]:
    """Return how many rows of each column point to a person: "DocType.field" to number, only where there are any."""
    found = {f"{c.doctype}.{c.field}": len(links.rows_of(c, "Beneficiary", name)) for c in _columns()}
    return {key: number for key, number in found.items() if number}


def merge_people(duplicate: str, target: str, reason: str) -> str:
    """Merge a duplicate record into the one kept and return the name of the Beneficiary Merge.

    Throws ValidationError when the two cannot be one; nothing is changed then. Checks no permissions.
    """
    rows = store.lock([], [duplicate, target])
    _check_pair(duplicate, target)
    if twice := doubles.between(duplicate, target):
        frappe.throw(
            "<br>".join(frappe.utils.escape_html(line) for line in [_in_the_way(), *twice]),
            title=_("Merge a Duplicate"),
        )
    trims = trims_for_same_person(
        [r for r in rows if r.person == target], [r for r in rows if r.person == duplicate]
    )
    families = {r.family for r in rows}
    moved = _move(_columns(), duplicate, target)
    documents = _move_documents(duplicate, target)
    trimmed = _trim(trims)
    frappe.db.set_value("Beneficiary", duplicate, {"merged_into": target, "status": "Merged"})
    before = frappe.db.get_value("Beneficiary", duplicate, ["family", "kinship", "community"], as_dict=True)
    frappe.db.set_value("Beneficiary", duplicate, {"family": None, "kinship": None})
    _refresh([target], families)
    names = {n: frappe.db.get_value("Beneficiary", n, "full_name") for n in (duplicate, target)}
    details = {"moved": moved, "documents": documents, "trimmed": trimmed, "duplicate": before}
    record = frappe.get_doc(
        {
            "doctype": "Beneficiary Merge",
            "duplicate": duplicate,
            "duplicate_name": names[duplicate],
            "target": target,
            "target_name": names[target],
            "merged_on": now_datetime(),
            "merged_by": frappe.session.user,
            "reason": reason,
            "moved_count": sum(len(entry["rows"]) for entry in moved) + len(documents),
            "details": json.dumps(details, default=str),
        }
    )
    with store.writing():
        # The endpoint has asked for the right to merge; the record of it is nobody's to write.
        return record.insert(ignore_permissions=True).name


def undo_merge(merge: str) -> None:
    """Make two records of one again: every row that the merge moved goes back, and only those.

    Throws ValidationError when the merge was undone already or a row has been moved on since.
    """
    record = frappe.get_doc("Beneficiary Merge", merge, for_update=True)
    if record.undone_on:
        frappe.throw(_("This merge was undone already."), title=_("Undo"))
    store.lock([], [record.duplicate, record.target])
    details = json.loads(record.details)
    # All is looked at before anything is written.
    links_back = [_links_back(entry, record) for entry in details["moved"]]
    documents_back = _documents_back(details["documents"], record)
    for column, rows in links_back:
        links.point_to(column, rows, record.duplicate)
    for name, values in documents_back.items():
        frappe.db.set_value(_DOCUMENTS, name, values, update_modified=False)
    families = set()
    for row in details["trimmed"]:
        values = {"to_date": row["to_date"], "left_by": row["left_by"]}
        frappe.db.set_value("Family Membership", row["name"], values, update_modified=False)
        families.add(row["family"])
    frappe.db.set_value("Beneficiary", record.duplicate, {"merged_into": None, **details["duplicate"]})
    families |= {r.family for r in store.lock([], [record.duplicate, record.target])}
    _refresh([record.duplicate, record.target], families)
    frappe.db.set_value(
        "Beneficiary Merge", merge, {"undone_on": now_datetime(), "undone_by": frappe.session.user}
    )


@frappe.whitelist()
def preview(duplicate: str, target: str) -> dict:
    """Return what a merge would move: the number of rows by DocType, the two names, and what stands in its way."""
    _require_right(duplicate, target)
    _check_pair(duplicate, target)
    totals: dict[str, int] = {}
    for key, number in counts(duplicate).items():
        doctype = key.split(".")[0]
        totals[doctype] = totals.get(doctype, 0) + number
    names = {n: frappe.db.get_value("Beneficiary", n, "full_name") for n in (duplicate, target)}
    return {
        "counts": totals,
        "duplicate": names[duplicate],
        "target": names[target],
        "in_the_way": _in_the_way(),
        "twice": doubles.between(duplicate, target),
    }


@frappe.whitelist(methods=["POST"])
def merge(duplicate: str, target: str, reason: str) -> str:
    """Merge a duplicate into another record; returns the name of the Beneficiary Merge."""
    _require_right(duplicate, target)
    if not (reason or "").strip():
        frappe.throw(_("Enter the reason of the merge."), title=_("Merge a Duplicate"))
    return merge_people(duplicate, target, reason)


@frappe.whitelist(methods=["POST"])
def undo(merge: str) -> None:
    """Undo a merge of two records."""
    record = frappe.get_doc("Beneficiary Merge", merge)
    _require_right(record.duplicate, record.target)
    undo_merge(merge)


def _require_right(*people: str) -> None:
    if not EXCEPTION_ROLES & set(frappe.get_roles()):
        frappe.throw(
            _("Only a Programme Director or a Social CRM Administrator merges records of persons."),
            frappe.PermissionError,
            title=_("Merge a Duplicate"),
        )
    for name in people:
        frappe.has_permission("Beneficiary", "write", doc=name, throw=True)


def _check_pair(duplicate: str, target: str) -> None:
    if duplicate == target:
        frappe.throw(_("A record cannot be merged with itself."), title=_("Merge a Duplicate"))
    for name in (duplicate, target):
        if frappe.db.get_value("Beneficiary", name, "merged_into"):
            frappe.throw(_("{0} was merged already.").format(name), title=_("Merge a Duplicate"))


def _columns() -> tuple[links.LinkColumn, ...]:
    return links.columns_to("Beneficiary")


def _move(columns: tuple[links.LinkColumn, ...], duplicate: str, target: str) -> list[dict]:
    moved = []
    for column in columns:
        rows = links.rows_of(column, "Beneficiary", duplicate)
        if not rows:
            continue
        try:
            links.point_to(column, rows, target)
        except Exception as error:
            if not frappe.db.is_unique_key_violation(error) and not frappe.db.is_duplicate_entry(error):
                raise
            frappe.throw(
                _(
                    "Both records have a {0} of which a person can have only one. Cancel or delete one first."
                ).format(_(column.doctype)),
                title=_("Merge a Duplicate"),
            )
        entry = {"doctype": column.doctype, "field": column.field, "doctype_field": column.doctype_field}
        moved.append({**entry, "rows": rows})
    return moved


def _move_documents(duplicate: str, target: str) -> list[dict]:
    table = frappe.qb.DocType(_DOCUMENTS)
    rows = (
        frappe.qb.from_(table)
        .select(table.name, table.idx, table.document_type, table.document_number, table.identity_key)
        .where((table.parent == duplicate) & (table.parenttype == "Beneficiary"))
        .orderby(table.idx)
        .run(as_dict=True)
    )
    taken = frappe.db.count(_DOCUMENTS, {"parent": target, "parenttype": "Beneficiary"})
    for place, row in enumerate(rows, start=taken + 1):
        frappe.db.set_value(_DOCUMENTS, row.name, {"parent": target, "idx": place}, update_modified=False)
    return [dict(row) for row in rows]


def _links_back(entry: dict, record: "frappe.model.document.Document") -> tuple[links.LinkColumn, list[str]]:
    """Return which rows of a column go back; throws when one of them belongs to a third person by now."""
    column = links.LinkColumn(entry["doctype"], entry["field"], entry["doctype_field"])
    present = set(links.rows_of(column, "Beneficiary", record.target))
    still_there = {r for r in set(entry["rows"]) - present if frappe.db.exists(entry["doctype"], r)}
    if still_there:
        frappe.throw(
            _("{0} {1} belongs to somebody else by now. Undo that change first.").format(
                _(entry["doctype"]), sorted(still_there)[0]
            ),
            title=_("Undo"),
        )
    return column, [r for r in entry["rows"] if r in present]


def _documents_back(moved: list[dict], record: "frappe.model.document.Document") -> dict[str, dict]:
    """Return the rows of documents that go back, with their values; throws when one is no longer there to be given."""
    table = frappe.qb.DocType(_DOCUMENTS)
    held = dict(
        frappe.qb.from_(table)
        .select(table.name, table.identity_key)
        .where((table.parent == record.target) & (table.parenttype == "Beneficiary"))
        .orderby(table.idx)
        .for_update()
        .run()
    )
    back: dict[str, dict] = {}
    for row in moved:
        # Whoever wrote the whole table of documents anew gave the same document another row.
        same = [name for name, key in held.items() if key == row.get("identity_key") and name not in back]
        name = row["name"] if row["name"] in held else next(iter(same), None)
        if not name:
            _refuse_document(
                _(
                    "The document {0} that this merge moved is no longer on the record of {1}. Enter it there again first."
                ),
                row,
                record,
            )
        back[name] = row
    staying = {key for name, key in held.items() if name not in back}
    given: set[str] = set()
    values = {}
    for name, row in back.items():
        key = held[name]
        if key in staying:
            _refuse_document(
                _(
                    "The number of the document {0} stands twice on the record of {1}. Take off the one that is not of the duplicate first."
                ),
                row,
                record,
            )
        unique = None if key in given else key
        given.add(key)
        values[name] = {"parent": record.duplicate, "idx": row["idx"], "unique_identity": unique}
    return values


def _refuse_document(sentence: str, row: dict, record: "frappe.model.document.Document") -> None:
    label = " ".join(filter(None, [row.get("document_type"), row.get("document_number")]))
    frappe.throw(sentence.format(label, record.target_name), title=_("Undo"))


def _in_the_way() -> str:
    return _("One person can have only one of these. Close, cancel or delete one of each pair first:")


def _trim(trims: dict[str, date]) -> list[dict]:
    """End colliding memberships and return how they stood."""
    before = []
    for name, end in sorted(trims.items()):
        row = frappe.db.get_value(
            "Family Membership", name, ["name", "family", "to_date", "left_by"], as_dict=True
        )
        before.append({**row, "to_date": str(row.to_date) if row.to_date else None})
        frappe.db.set_value(
            "Family Membership", name, {"to_date": end, "left_by": "Merge"}, update_modified=False
        )
    return before


def _refresh(people: list[str], families: set[str]) -> None:
    store.refresh_people(people)
    store.refresh_families(families)
