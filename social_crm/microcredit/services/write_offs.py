"""Writing a loan off: what is owed leaves the books; the debt stays, and what comes later is a recovery."""

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.services import ledger, loans, vouchers
from social_crm.microcredit.services.ledger import Fact

_FIGURES = ("principal", "interest", "default_interest", "fees", "insurance", "total")


@frappe.whitelist()
def preview_write_off(microcredit: str, written_off_on: str | None = None) -> dict:
    """Return what writing a loan off on a day would take out of the books, by component, and the total.

    For whoever may read the loan. Errors: nothing is owed, it is written off already, an impossible date.
    """
    permissions.require("Microcredit", "read", microcredit)
    book = loans.read_one(microcredit)
    currency = frappe.db.get_value("Microcredit", microcredit, "currency")
    entry = ledger.prepare(book, Fact("write_off", getdate(written_off_on)), currency)
    state = ledger.state_with(book, entry)
    return _figures(state)


def validate(doc: Any) -> None:
    """Check a draft, and show in it what would be written off today."""
    vouchers.check_draft(doc, doc.written_off_on, _FIGURES)
    if not (doc.reason or "").strip():
        frappe.throw(_("Write the reason."), title=_("Reason Missing"))
    if doc.docstatus == 0:
        doc.update(preview_write_off(doc.microcredit, str(doc.written_off_on)))


def fact(doc: Any) -> Fact:
    """Return what a write-off says to the ledger."""
    return Fact(
        kind="write_off",
        value_date=getdate(doc.written_off_on),
        posting_day=getdate(doc.posting_day) if doc.posting_day else None,
        voucher=doc,
    )


def post(doc: Any) -> None:
    """Post a write-off that was approved."""
    posted = vouchers.post(doc, fact(doc))
    vouchers.write(doc, _figures(posted.state))


def _figures(state: Any) -> dict[str, float]:
    total = sum(state.written_off.values(), Decimal(0))
    return {field: float(amount) for field, amount in {**state.written_off, "total": total}.items()}
