"""The statement of account of a loan, and the certificate that nothing of it is owed any more."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate

from social_crm import permissions
from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.domain.instalments import CHARGES
from social_crm.microcredit.domain.ledger import LoanState
from social_crm.microcredit.domain.statement import Line, statement
from social_crm.microcredit.services import ledger, loans
from social_crm.microcredit.services.documents.parties import parties_of
from social_crm.microcredit.services.money import decimals_of, money_text


def statement_of(loan: Any, as_of: Any = None, known_at: Any = None) -> dict[str, Any]:
    """Return the statement of account of a loan on a day (today), as known at a moment (now).

    payoff: what would close the loan on that day. Errors: no permission to read the loan; a day that has not come.
    """
    permissions.require("Microcredit", "read", loan.name)
    day = getdate(as_of)
    if day > getdate():
        frappe.throw(
            _("{0} lies in the future.").format(frappe.format(day, "Date")), title=_("Date not Possible")
        )
    moment: datetime | None = get_datetime(known_at) if known_at else None
    book = loans.read_one(loan.name)
    found = statement(book, day, moment)
    vouchers = _vouchers(loan.name)
    return {
        "as_of": day,
        "known_at": moment,
        "decimals": decimals_of(loan.currency),
        "lines": [_line(line, vouchers) for line in found.lines],
        "paid": {"charges": _charges(found.paid), **found.paid},
        "state": found.state,
        "written_off": sum(found.state.written_off.values(), Decimal(0)) if found.state else Decimal(0),
        "unrecovered": found.lines[-1].written_off if found.lines else Decimal(0),
        "instalments": list(found.state.position.instalments) if found.state else [],
        "payoff": domain.payoff(book, day, moment) if found.state else Decimal(0),
        "versions": len(found.state.versions) if found.state else 0,
    }


def _line(line: Line, vouchers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    entry = line.entry
    known = vouchers.get(entry.key) or {}
    return {
        "day": entry.value_date,
        "posting_day": entry.day,
        "is_adjustment": entry.is_adjustment,
        "kind": entry.kind,
        "mode": entry.mode,
        "name": known.get("voucher_name") or entry.key,
        "reverses": (vouchers.get(entry.reverses) or {}).get("voucher_name") or entry.reverses,
        "reason": known.get("reason") or "",
        "counts": line.counts,
        "amount": entry.amount,
        "principal": line.paid["principal"],
        "interest": line.paid["interest"],
        "default_interest": line.paid["default_interest"],
        "charges": _charges(line.paid),
        "balance": line.balance,
        "overdue": line.overdue,
        "days_late": line.days_late,
        "written_off": line.written_off,
    }


def _charges(paid: Any) -> Decimal:
    """Fees and insurance: what is neither principal nor interest of either kind."""
    names = [name for name in CHARGES if name not in ("interest", "default_interest")]
    return sum((paid[name] for name in names), Decimal(0))


def _vouchers(loan: str) -> dict[str, dict[str, Any]]:
    rows = frappe.get_list(
        "Microcredit Ledger Entry",
        filters={"microcredit": loan},
        fields=["name", "voucher_name", "reason"],
        limit_page_length=0,
    )
    return {row.name: row for row in rows}


@frappe.whitelist()
def check_closing(microcredit: str) -> dict[str, str]:
    """Return the day on which nothing was owed any more, for whoever may read the loan. Errors: those of `closing_of`."""
    doc = frappe.get_doc("Microcredit", microcredit)
    doc.check_permission("read")
    return {"closed_on": str(closing_of(doc)["closed_on"])}


def closing_of(loan: Any) -> dict[str, Any]:
    """Return what the closing certificate of a loan says.

    Errors: no money was handed over, something is owed, or a write-off has not been recovered; no permission to read it.
    """
    permissions.require("Microcredit", "read", loan.name)
    book = loans.read_one(loan.name)
    state = ledger.state_of(loan.name) if book.entries else None
    if state is None or loan.status in ("Pending", "Annulled") or not state.disbursed:
        frappe.throw(
            _("No money of {0} was handed over: there is nothing to certify.").format(loan.name),
            title=_("Closing Certificate not Possible"),
        )
    _refuse_debt(loan, state, domain.payoff(book, getdate()))
    found = statement(book, getdate())
    return {
        "parties": parties_of(loan),
        "decimals": decimals_of(loan.currency),
        "closed_on": _closed_on(book, state),
        "disbursed": state.disbursed,
        "paid": {"charges": _charges(found.paid), **found.paid},
        "total_paid": sum(found.paid.values(), Decimal(0)) + state.recovered,
        "recovered": state.recovered,
        "surplus": state.surplus,
        "was_written_off": bool(state.written_off and sum(state.written_off.values(), Decimal(0))),
    }


def _refuse_debt(loan: Any, state: LoanState, payoff: Decimal) -> None:
    written_off = sum(state.written_off.values(), Decimal(0))
    if written_off > state.recovered:
        frappe.throw(
            _(
                "{0} was written off, and {1} of it has not been recovered: a closing certificate is issued once all of it is."
            ).format(loan.name, money_text(written_off - state.recovered, loan.currency)),
            title=_("Closing Certificate not Possible"),
        )
    owed = max(state.position.unpaid, payoff)
    if owed > 0 and not written_off:
        frappe.throw(
            _(
                "{0} is not paid: today {1} would close it. The closing certificate is issued once nothing is owed."
            ).format(loan.name, money_text(payoff or owed, loan.currency)),
            title=_("Closing Certificate not Possible"),
        )


def _closed_on(book: domain.Loan, state: LoanState) -> date:
    """The day on which nothing was owed any more; of a loan that was written off, that of the last recovery."""
    if state.closed_on:
        return state.closed_on
    return max(entry.value_date for entry in ledger.in_force(book.entries))
