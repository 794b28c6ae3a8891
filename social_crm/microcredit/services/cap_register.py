"""The register of usury caps: a cap counts from the moment it is registered and is never edited.

What a portfolio was, as known at a moment, must not change when somebody corrects a rate. So a mistake is withdrawn with a
reason, at its own moment, and the right cap registered beside it; loans that are running learn both (`loans.read`).
"""

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import getdate, now_datetime

from social_crm import permissions
from social_crm.changes import has_changed
from social_crm.microcredit.domain.entries import first_open_day
from social_crm.microcredit.domain.usury import usury_cap
from social_crm.microcredit.services import closing, ledger
from social_crm.microcredit.services.money import to_decimal

CAP = "Microcredit Usury Cap"
_ONE_PERCENT = 100
_FACTS = ("modality", "valid_from", "valid_to", "ibc", "cap")
_WITHDRAWAL = ("is_withdrawn", "withdrawn_at", "withdrawn_day", "withdrawn_by", "withdrawal_reason")
_REGISTRATION = ("registered_at", "posting_day")
# Loans that are brought up to date before the answer; more than these follow in the background.
_AT_ONCE = 100


def name_for(doc: Any) -> str:
    """Return the name of a new cap: its modality and first day, and a number where that cap was withdrawn before."""
    first = f"{doc.modality} {getdate(doc.valid_from):%Y-%m-%d}"
    taken = frappe.qb.from_(DocType(CAP)).select("name").where(DocType(CAP).name.like(f"{first}%")).run()
    return first if not taken else f"{first} ({len(taken) + 1})"


def validate(doc: Any) -> None:
    """Check a certified cap: its dates, that it is one and a half times the IBC where that is given, and that it stays as it is."""
    if not doc.is_new():
        _refuse_changes(doc)
        return
    start, end = getdate(doc.valid_from), getdate(doc.valid_to)
    if end < start:
        frappe.throw(_("The cap ends before it begins."), title=_("Date not Possible"))
    ibc, cap = to_decimal(doc.ibc), to_decimal(doc.cap)
    if ibc < 0 or cap < 0 or (not ibc and not cap):
        frappe.throw(_("Write the usury cap, or the IBC that it follows from."), title=_("Rate not Possible"))
    if ibc:
        reckoned = usury_cap(ibc / _ONE_PERCENT) * _ONE_PERCENT
        if cap and cap != reckoned:
            frappe.throw(
                _(
                    "One and a half times an IBC of {0} % is {1} %, not {2} %: one of them is mistyped."
                ).format(ibc, reckoned.normalize(), cap),
                title=_("Rate not Possible"),
            )
        doc.cap = float(reckoned)
    table = frappe.qb.DocType("Microcredit Usury Cap")
    others = (
        frappe.qb.from_(table)
        .select(table.name)
        .where(
            (table.modality == doc.modality)
            & (table.is_withdrawn == 0)
            & (table.valid_from <= end)
            & (table.valid_to >= start)
        )
        .limit(1)
        .run()
    )
    if others:
        frappe.throw(
            _("{0} already has a cap for these days: {1}.").format(doc.modality, others[0][0]),
            title=_("Two Caps for One Day"),
        )
    doc.registered_at = now_datetime()
    doc.posting_day = _open_day()
    doc.update(dict.fromkeys(_WITHDRAWAL))


@frappe.whitelist(methods=["POST"])
def withdraw(name: str, reason: str) -> None:
    """Take back a cap that was registered by mistake: it stays, with the reason, and counts no more from now on.

    Errors: no permission to change caps; no reason; withdrawn already.
    """
    permissions.require(CAP, "write", name)
    if not (reason or "").strip():
        frappe.throw(_("Write why the cap is withdrawn."), title=_("Reason Missing"))
    doc = frappe.get_doc(CAP, name, for_update=True)
    if doc.is_withdrawn:
        frappe.throw(_("This cap has been withdrawn already."), title=_("Usury Cap"))
    doc.update(
        {
            "is_withdrawn": 1,
            "withdrawn_at": now_datetime(),
            "withdrawn_day": _open_day(),
            "withdrawn_by": frappe.session.user,
            "withdrawal_reason": reason.strip(),
        }
    )
    doc.flags.by_register = True
    doc.save()
    follow(doc)


def follow(doc: Any) -> None:
    """Bring the running loans up to date whose past a cap changes: those that default interest has run on since it began."""
    if getdate(doc.valid_from) > getdate():
        return
    names = _loans_changed_by(doc.modality)
    moment = doc.withdrawn_at or doc.registered_at
    if len(names) <= _AT_ONCE:
        refresh(names, str(moment))
        return
    frappe.enqueue(
        "social_crm.microcredit.services.cap_register.refresh",
        queue="long",
        timeout=3600,
        enqueue_after_commit=True,
        names=names,
        moment=str(moment),
    )


def refresh(names: list[str], moment: str) -> None:
    """Write where loans stand anew, as known from a moment on; each under its own lock."""
    for name in names:
        ledger.refresh(name, known_from=frappe.utils.get_datetime(moment))


def refuse_deletion(doc: Any) -> None:
    """A cap that a loan may have been judged by stays."""
    if frappe.db.exists("Microcredit", {"disbursed_on": ["<=", doc.valid_to]}):
        frappe.throw(
            _(
                "Loans were judged by the caps of this time: withdraw the cap with a reason instead of deleting it."
            ),
            frappe.PermissionError,
            title=_("Usury Cap"),
        )


def _refuse_changes(doc: Any) -> None:
    if has_changed(doc, *_FACTS):
        frappe.throw(
            _("A registered cap is not changed: withdraw it with a reason and register the right one."),
            frappe.PermissionError,
            title=_("Usury Cap"),
        )
    before = doc.get_doc_before_save()
    kept = _REGISTRATION if doc.flags.by_register else (*_REGISTRATION, *_WITHDRAWAL)
    doc.update({field: before.get(field) for field in kept})


def _open_day() -> date:
    today = getdate()
    return first_open_day(today, closing.closed_from(today))


def _loans_changed_by(modality: str) -> list[str]:
    # Terms of a version name its modality; a site has a handful of versions.
    versions = [
        row.name
        # The register acts for the whole portfolio, whoever registers.
        for row in frappe.get_all("Microcredit Product Version", fields=["name", "terms"])
        if frappe.parse_json(row.terms).get("modality") == modality
    ]
    if not versions:
        return []
    loan, item = DocType("Microcredit"), DocType("Microcredit Instalment")
    late = frappe.qb.from_(item).select(item.parent).where(item.default_interest > 0)
    found = (
        frappe.qb.from_(loan)
        .select(loan.name)
        .where(loan.product_version.isin(versions) & loan.name.isin(late))
        .orderby(loan.name)
    )
    return [row[0] for row in found.run()]
