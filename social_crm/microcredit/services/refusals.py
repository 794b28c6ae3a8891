"""What the ledger does not take, in words for people."""

from datetime import date
from typing import Any

import frappe
from frappe import _

from social_crm.microcredit.domain.entries import Entry, LedgerError
from social_crm.microcredit.services.money import money_text, schedule_messages


def check_dates(entry: Entry, today: date) -> None:
    """Refuse facts of the future, and a posting day before the fact."""
    if entry.value_date > today:
        frappe.throw(
            _("{0} lies in the future.").format(_day(entry.value_date)), title=_("Date not Possible")
        )
    if entry.posting_day and not entry.value_date <= entry.posting_day <= today:
        frappe.throw(
            _("The posting day must lie between {0} and today.").format(_day(entry.value_date)),
            title=_("Date not Possible"),
        )


def check_not_annulled(loan: Any) -> None:
    """Refuse postings of a loan that the borrower did not take."""
    if loan.status == "Annulled":
        frappe.throw(
            _("The borrower did not take {0}: it was annulled, and nothing is posted to it.").format(
                loan.name
            ),
            title=_("Annulled"),
        )


def throw(error: LedgerError, currency: str | None) -> None:
    """Raise a refusal of the ledger in the user's language."""
    if error.reason == "above_debt" and error.limit == 0:
        frappe.throw(_("This microcredit is already paid."), title=_("Above the Debt"))
    message, title = _messages(error, currency).get(error.reason) or (str(error), _("Not Possible"))
    frappe.throw(message, title=title)


def _messages(error: LedgerError, currency: str | None) -> dict[str, tuple[str, str]]:
    limit = money_text(error.limit, currency) if error.limit is not None else ""
    return {
        "before_disbursement": (
            _("Nothing can precede the disbursement."),
            _("Before the Disbursement"),
        ),
        "closed_day": (
            _(
                "The accounts of that day are closed: leave the posting day empty, and it is posted as an adjustment."
            ),
            _("Closed Day"),
        ),
        "above_debt": (
            _("The repayment is above the debt: {0} can be paid at most.").format(limit),
            _("Above the Debt"),
        ),
        "above_agreed": (
            _("More would be handed over than was agreed: {0} at most.").format(limit),
            _("Above what was Agreed"),
        ),
        "above_written_off": (
            _("More was received than was written off: {0} at most.").format(limit),
            _("Above the Debt"),
        ),
        "written_off": (
            _("This microcredit was written off: what comes in is a recovery, and nothing else changes it."),
            _("Written Off"),
        ),
        "not_written_off": (
            _("Only a microcredit that was written off has recoveries."),
            _("Not Written Off"),
        ),
        "nothing_owed": (_("Nothing is owed on that day."), _("Nothing Owed")),
        "already_reversed": (_("It is reversed already."), _("Already Reversed")),
        "not_reversible": (
            _("Reverse first what was entered after the disbursement: payments and changes of the schedule."),
            _("Reversal not Possible"),
        ),
        "changed_schedule": (
            _("After a prepayment or a restructuring no further part of the loan is handed over."),
            _("Not Possible"),
        ),
        "date": (
            _("The date does not fit: it lies after the posting day, or after the last instalment."),
            _("Date not Possible"),
        ),
        "terms": (_no_schedule(error), _("No Schedule is Possible")),
        **_form_messages(),
    }


def _form_messages() -> dict[str, tuple[str, str]]:
    """What is wrong with an entry by itself."""
    return {
        "amount": (
            _("The amount must be above zero and without more decimals than the currency has."),
            _("Amount not Possible"),
        ),
        "mode": (_("Choose what the prepayment or the restructuring does."), _("Choice Missing")),
        "kind": (
            _("The ledger knows no such entry: choose a payment, a prepayment or a recovery."),
            _("Choice Missing"),
        ),
        "key": (
            _("This was being posted twice at once: reload the page and see whether it is there."),
            _("Not Possible"),
        ),
        "unknown_entry": (
            _(
                "What is to be reversed is not in the ledger of this microcredit: reload the page and look for it."
            ),
            _("Reversal not Possible"),
        ),
    }


def _no_schedule(error: LedgerError) -> str:
    field = str(error).partition(":")[0]
    return schedule_messages().get(field) or _("No schedule can be made of these terms: {0}").format(
        str(error)
    )


def _day(day: date) -> str:
    return frappe.format(day, "Date")
