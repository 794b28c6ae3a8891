"""The business beside the loans that it is to pay: its follow-ups and what the ledger says, month by month."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain import business as domain
from social_crm.microcredit.domain import ledger as ledger_domain
from social_crm.microcredit.domain.business import Flow, Visit
from social_crm.microcredit.domain.ledger import Loan
from social_crm.microcredit.services import ledger, loans
from social_crm.microcredit.services.money import to_decimal

_VISIT = ("name", "visit_date", "operating", "sales", "costs", "income")
_PAID = ("payment", "prepayment", "recovery")
# No money of these was ever to be paid.
_NEVER_OWED = ("Pending", "Annulled")


@frappe.whitelist()
def cash_flow(productive_unit: str) -> dict:
    """Return months with the income of a unit, the instalments of its loans and what was paid; its loans; its early warnings.

    For whoever may read the unit and microcredits; of its loans and visits, those that the user may see.
    """
    permissions.require("Productive Unit", "read", productive_unit)
    permissions.require("Microcredit", "read")
    found = frappe.get_list(
        "Microcredit",
        filters={"productive_unit": productive_unit, "status": ["not in", _NEVER_OWED]},
        fields=["name", "status", "principal", "balance", "days_late", "currency"],
        order_by="disbursed_on asc, name asc",
        limit_page_length=0,
    )
    visits = frappe.get_list(
        "Productive Unit Follow-up",
        filters={"productive_unit": productive_unit},
        fields=list(_VISIT),
        order_by="visit_date asc, creation asc, name asc",
        limit_page_length=0,
    )
    books = loans.read([loan.name for loan in found])
    return {
        "months": [
            {
                "month": month.month,
                "due": float(month.due),
                "paid": float(month.paid),
                "visit": month.visit,
                **{
                    field: None if (value := getattr(month, field)) is None else float(value)
                    for field in ("sales", "costs", "income", "left")
                },
            }
            for month in domain.by_month(visits_of(visits), dues_of(books.values()), paid_of(books.values()))
        ],
        "loans": found,
        "currency": found[0].currency if found else "COP",
        "today": domain.month_of(getdate()),
        "warnings": warnings_of({"productive_unit": productive_unit}),
    }


@frappe.whitelist()
def warnings_of_loan(microcredit: str) -> list[dict]:
    """Return the early warnings about the business of a loan that the user may see, the latest first."""
    permissions.require("Microcredit", "read", microcredit)
    return warnings_of({"reference_doctype": "Microcredit", "reference_name": microcredit})


def warnings_of(filters: dict[str, Any]) -> list[dict]:
    """Return the commitments that early warnings made, those withdrawn left out, with the reader's permissions."""
    if not frappe.has_permission("Commitment", "read"):
        return []
    return frappe.get_list(
        "Commitment",
        filters={**filters, "warning_state": "Raised"},
        fields=[
            "name",
            "subject",
            "description",
            "status",
            "due_date",
            "responsible",
            "warning_key",
            "creation",
        ],
        order_by="creation desc",
        limit_page_length=20,
    )


def visits_of(rows: Iterable[Any]) -> list[Visit]:
    """Return follow-ups as the domain knows them; one without figures, at an open business, says nothing of money."""
    return [
        Visit(
            key=row.name,
            day=getdate(row.visit_date),
            sales=to_decimal(row.sales),
            costs=to_decimal(row.costs),
            income=to_decimal(row.income),
            has_figures=bool(row.sales or row.costs or row.operating == "No"),
        )
        for row in rows
    ]


def dues_of(books: Iterable[Loan]) -> list[Flow]:
    """Return what falls due of loans, instalment by instalment of the schedule in force."""
    return [
        Flow(item.row.due, item.row.total)
        for book in books
        for item in ledger_domain.state(book, getdate()).position.instalments
    ]


def due_in_month(books: Iterable[Loan], day: date) -> Decimal:
    """Return what falls due of loans in the month of a day."""
    month = domain.month_of(day)
    return sum((flow.amount for flow in dues_of(books) if domain.month_of(flow.day) == month), Decimal(0))


def paid_of(books: Iterable[Loan]) -> list[Flow]:
    """Return the payments of loans that were not reversed."""
    return [
        Flow(entry.value_date, entry.amount)
        for book in books
        for entry in ledger.in_force(book.entries)
        if entry.kind in _PAID
    ]
