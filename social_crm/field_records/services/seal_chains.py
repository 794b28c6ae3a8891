"""Chains of seals: one for each programme, and one for actas without a programme.

The row of a chain is locked from the moment an acta takes its place until the closing is committed. So two closings at one
time follow each other, a number is never given twice, and one that is rolled back gives its number back.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _

from social_crm.field_records.domain.chain import Break, Link, first_break

DOCTYPE = "Seal Chain"
_WITHOUT_PROGRAMME = "none"
_PAGE = 200


@dataclass(frozen=True)
class Place:
    """Where the next acta stands in its chain. previous_hash: empty for the first one."""

    chain: str
    number: int
    previous_hash: str


def take_place(programme: str | None) -> Place:
    """Lock the chain of a programme until the transaction ends, and return the place of the next acta in it."""
    key = identity("Social Programme", programme) if programme else _WITHOUT_PROGRAMME
    name = f"CHAIN-{hashlib.sha256(key.encode()).hexdigest()[:8].upper()}"
    # Not locked yet: two that lock what is not there would bar each other's way.
    if not frappe.db.exists(DOCTYPE, name):
        _begin(name, key, programme)
    number, last_hash = _locked(name)
    return Place(name, int(number or 0) + 1, last_hash or "")


def advance(place: Place, content_hash: str) -> None:
    """Let the head of a chain remember the acta that took a place."""
    values = {"last_number": place.number, "last_hash": content_hash}
    frappe.db.set_value(DOCTYPE, place.chain, values, update_modified=False)


def identity(doctype: str, name: str | None) -> str:
    """Return what stays the same of a record that may be renamed: when it was created. Empty for none."""
    return str(frappe.db.get_value(doctype, name, "creation") or "") if name else ""


def follows(doc: Any) -> bool | None:
    """Say whether an acta carries the seal of the acta before it; None for one that stands in no chain."""
    if not doc.seal_chain:
        return None
    if doc.seal_number == 1:
        return not doc.previous_hash
    before = {"seal_chain": doc.seal_chain, "seal_number": doc.seal_number - 1}
    return (
        bool(doc.previous_hash) and frappe.db.get_value("Acta", before, "content_hash") == doc.previous_hash
    )


def walk(chain: str, seen: Any = None) -> tuple[int, Break | None]:
    """Verify every link of a chain, the files of its actas included: how many there are, and the first broken one.

    seen: called with the number of each link before it is verified.
    """
    head = frappe.db.get_value(DOCTYPE, chain, ["last_number", "last_hash"], as_dict=True)
    count = int(head.last_number or 0)
    return count, first_break(_links(chain, count, seen), count, head.last_hash or "")


def words_of(broken: Break) -> str:
    """Say in the user's language what is wrong with a link."""
    texts = {
        "missing": _("Number {0} is missing: an acta was taken out."),
        "twice": _("Number {0} stands there twice: an acta was put in."),
        "previous": _("Number {0} does not carry the seal of the acta before it."),
        "content": _("The content of number {0} is no longer what was sealed."),
        "beyond": _("Number {0} stands after the end of the chain."),
        "end": _("Number {0} is not the acta with which the chain ended."),
    }
    return texts[broken.code].format(broken.number)


def _locked(name: str) -> tuple[int | None, str | None]:
    """Lock the head of a chain by its name alone: by one index everybody waits in one line."""
    table = frappe.qb.DocType(DOCTYPE)
    query = frappe.qb.from_(table).select(table.last_number, table.last_hash)
    return query.where(table.name == name).for_update().run()[0]


def _begin(name: str, key: str, programme: str | None) -> None:
    """Write the first row of a chain. Of two at one time the second waits, and finds the one that the first wrote.

    One statement, which locks the row that it finds: after a refused insert several would hold it shared, and none get it.
    """
    table = frappe.qb.DocType(DOCTYPE)
    now, user = frappe.utils.now(), frappe.session.user
    columns = (
        "name",
        "owner",
        "creation",
        "modified",
        "modified_by",
        "chain_key",
        "programme",
        "last_number",
    )
    query = frappe.qb.into(table).columns(*columns)
    query = query.insert(name, user, now, now, user, key, programme, 0)
    query.on_duplicate_key_update(table.chain_key, key).run()


def _links(chain: str, last_number: int, seen: Any) -> Iterator[Link]:
    from social_crm.field_records.services import seals

    at = 0
    # Whatever the database holds, pages end: each begins after the number of the last row of the one before.
    for _page in range(last_number // _PAGE + 2):
        # The whole chain, whoever looks at it: a link that is hidden would look like one that is missing.
        rows = frappe.get_all(
            "Acta",
            filters={"seal_chain": chain, "seal_number": [">", at]},
            fields=["name", "seal_number"],
            order_by="seal_number, name",
            limit_page_length=_PAGE,
        )
        for row in rows:
            if seen:
                seen(row.seal_number)
            doc = frappe.get_doc("Acta", row.name)
            yield Link(
                acta=doc.name,
                number=int(doc.seal_number or 0),
                previous_hash=doc.previous_hash or "",
                content_hash=doc.content_hash or "",
                sealed=seals.holds(doc),
            )
        if len(rows) < _PAGE:
            return
        at = rows[-1].seal_number
