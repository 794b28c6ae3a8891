"""What all vouchers of a loan share: posted by submitting, undone by a reversal with a reason, never edited."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate, now_datetime

from social_crm import permissions, verification_codes
from social_crm.microcredit.services import ledger, loans, refusals
from social_crm.microcredit.services.ledger import Fact
from social_crm.workflow_status import enter_cancelled_state, require_transition

DOCTYPES = (
    "Microcredit Disbursement",
    "Microcredit Repayment",
    "Microcredit Restructuring",
    "Microcredit Write-off",
)
# What posting and reversing write; over REST a value may arrive earlier, and is put back.
_POSTING = (
    "posted_at",
    "posted_by",
    "received_by",
    "reversed_at",
    "reversed_by",
    "reversal_reason",
    "reference_key",
    "verification_code",
)
_MAY_CHANGE_WHEN_REVERSED = frozenset(
    {
        "docstatus",
        "modified",
        "modified_by",
        "workflow_state",
        "reversed_at",
        "reversed_by",
        "reversal_reason",
        "reference_key",
    }
)


@frappe.whitelist(methods=["POST"])
def reverse(doctype: str, name: str, reason: str) -> str:
    """Reverse a posted voucher of a loan with a reason; the loan is again as if it had never been entered.

    Errors: no reason; no permission to cancel it; what followed it must be reversed first.
    """
    if doctype not in DOCTYPES:
        frappe.throw(_("{0} is no voucher of a microcredit.").format(_(doctype)), title=_("Not Possible"))
    permissions.require(doctype, "cancel", name)
    doc = frappe.get_doc(doctype, name)
    doc.flags.reversal_reason = reason
    doc.cancel()
    return doc.name


def lock_loan(doc: Any) -> Any:
    """Make vouchers of one loan wait for each other, before any of them writes a row; return the loan as last committed.

    A voucher that pays off an older loan waits for both.
    """
    return ledger.lock(doc.microcredit, doc.get("refinances"))


def check_draft(doc: Any, day: Any, figures: tuple[str, ...] = ()) -> Any:
    """Check what every draft must say and empty what posting fills; return the loan's values.

    day: the value date. figures: amounts that posting fills.
    """
    loan = frappe.db.get_value(
        "Microcredit", doc.microcredit, ["name", "currency", "disbursed_on", "beneficiary"], as_dict=True
    )
    if not loan:
        frappe.throw(_("Choose the microcredit."), title=_("Microcredit Missing"))
    doc.currency = loan.currency
    if getdate(day) > getdate():
        frappe.throw(
            _("{0} lies in the future.").format(frappe.format(day, "Date")), title=_("Date not Possible")
        )
    for field in figures:
        doc.set(field, 0)
    for field in _POSTING:
        if doc.meta.has_field(field):
            doc.set(field, None)
    return loan


def check_submission(doc: Any, fact: Fact) -> None:
    """Refuse what the ledger would not take, before anything of it is written.

    Where a workflow leads to posting, posting is a step of it: allowed to the user, and not to its maker where it says so.
    """
    require_transition(doc)
    loan = lock_loan(doc)
    refusals.check_not_annulled(loan)
    ledger.prepare(loans.read_one(doc.microcredit, latest=True), fact, loan.currency)


def post(doc: Any, fact: Fact) -> ledger.Posted:
    """Post a voucher that has just been submitted, and note when and by whom."""
    posted = ledger.post(doc.microcredit, fact)
    by = "received_by" if doc.meta.has_field("received_by") else "posted_by"
    values = {"posted_at": posted.entry.posted_at, by: frappe.session.user, "posting_day": posted.entry.day}
    if doc.meta.has_field("verification_code"):
        values["verification_code"] = verification_codes.new_code()
    write(doc, values)
    return posted


def before_reversal(doc: Any) -> None:
    """Note the reversal, whoever cancels and by whichever door: with a reason, and nothing else may change."""
    loan = lock_loan(doc)
    before = doc.get_doc_before_save()
    now, then = (row.get_valid_dict(convert_dates_to_str=True) for row in (doc, before))
    changed = [
        field
        for field in now
        if field not in _MAY_CHANGE_WHEN_REVERSED and (now[field] or "") != (then.get(field) or "")
    ]
    if changed:
        frappe.throw(
            _("What is posted is never edited: reverse it and enter it again."),
            frappe.PermissionError,
            title=_("Posted Voucher"),
        )
    sent = doc.reversal_reason if doc.reversal_reason != before.reversal_reason else ""
    reason = (doc.flags.reversal_reason or sent or "").strip()
    if not reason:
        frappe.throw(
            _("Write the reason for the reversal: use the button Reverse."), title=_("Reason Missing")
        )
    enter_cancelled_state(doc)
    doc.reversal_reason = reason
    # Nothing is written of a reversal that the ledger would not take.
    ledger.prepare(loans.read_one(doc.microcredit, latest=True), _reversal(doc), loan.currency)
    doc.reversed_at = now_datetime()
    doc.reversed_by = frappe.session.user
    if doc.meta.has_field("reference_key"):
        # The reference is free again for the right entry.
        doc.reference_key = None


def reverse_entry(doc: Any) -> None:
    """Post the reversal of a voucher that has just been cancelled."""
    ledger.post(doc.microcredit, _reversal(doc))


def _reversal(doc: Any) -> Fact:
    """It counts from the day of what it takes back."""
    name = ledger.entry_of(doc.doctype, doc.name)
    if not name:
        frappe.throw(_("{0} has no entry in the ledger.").format(doc.name), title=_("Not Possible"))
    value_date = frappe.db.get_value("Microcredit Ledger Entry", name, "value_date")
    return Fact(
        kind="reversal",
        value_date=getdate(value_date),
        reverses=name,
        voucher=doc,
        reason=doc.reversal_reason,
    )


def write(doc: Any, values: dict[str, Any]) -> None:
    """Write what posting fills. Not by `db_set`: that forgets what the document was before, and with it its version."""
    doc.update(values)
    frappe.db.set_value(doc.doctype, doc.name, values, update_modified=False)


def refuse_deletion(doc: Any) -> None:
    """A posting stays on record, a reversed one too."""
    if doc.posted_at or cint(doc.docstatus):
        frappe.throw(
            _("A posted voucher stays on record: reverse it instead of deleting it."),
            frappe.PermissionError,
            title=_("Posted Voucher"),
        )


def reference_key(doc: Any) -> str | None:
    """Return the form in which a payment reference is recorded once."""
    text = "".join(character for character in (doc.reference or "").upper() if character.isalnum())
    return f"{doc.channel}:{text}" if text else None


def refuse_known_reference(doc: Any) -> None:
    """Refuse a reference that a posted voucher of the same kind has."""
    key = reference_key(doc)
    # A look at one key, whoever may see the row: a payment must not be recorded twice unknown to its officer.
    known = frappe.db.get_value(doc.doctype, {"reference_key": key}) if key else None
    if known and known != doc.name:
        frappe.throw(
            _("The reference {0} is already recorded in {1}.").format(doc.reference, known),
            frappe.DuplicateEntryError,
            title=_("Reference already Recorded"),
        )


def mode_of(label: str | None) -> str:
    """Return what the domain calls a choice of mode. Errors: there is no such choice."""
    if (label or "") not in loans.MODES:
        frappe.throw(_("Choose what the prepayment or the restructuring does."), title=_("Choice Missing"))
    return loans.MODES[label or ""]
