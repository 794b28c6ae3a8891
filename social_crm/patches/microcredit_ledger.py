"""Loans and repayments from before the ledger become entries of it; every figure stays as it was."""

import json
from datetime import datetime
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import get_datetime, getdate

from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.schedule import Row, Terms
from social_crm.microcredit.services import figures, ledger, loans
from social_crm.microcredit.services.money import decimals_of, monthly_fraction, to_decimal

_BATCH = 200


def execute() -> None:
    """Give every loan without terms its terms, its signed schedule, its disbursement and its entries."""
    # The site as it is, whoever migrates it: names alone.
    names = frappe.get_all("Microcredit", filters={"terms": ["is", "not set"]}, pluck="name", order_by="name")
    for start in range(0, len(names), _BATCH):
        part = names[start : start + _BATCH]
        for name in part:
            _move(frappe.get_doc("Microcredit", name))
        states = {name: ledger.domain.state(book, getdate()) for name, book in loans.read(part).items()}
        figures.write_all(states)


def _move(loan: Any) -> None:
    terms = Terms(
        principal=to_decimal(loan.principal),
        rate=monthly_fraction(loan.monthly_rate),
        periods=loan.periods,
        disbursed=getdate(loan.disbursed_on),
        first_due=getdate(loan.first_due),
        decimals=decimals_of(loan.currency),
    )
    values = {
        "terms": json.dumps(stored.terms_to_json(terms)),
        "policy": "{}",
        "signed_rows": json.dumps(stored.rows_to_json([_row(row) for row in loan.schedule])),
    }
    frappe.db.set_value("Microcredit", loan.name, values, update_modified=False)
    money = _disbursement(loan)
    posted = get_datetime(loan.creation)
    _entry(loan, "Disbursement", loan.disbursed_on, posted, loan.principal, money, loan.owner)
    for row in _repayments(loan.name):
        name = _entry(
            loan, "Payment", row.paid_on, get_datetime(row.posted_at), row.amount, row, row.received_by
        )
        if row.docstatus == 2:
            at = get_datetime(row.reversed_at or row.modified)
            reversal = {"reverses": name, "reason": row.reversal_reason}
            _entry(loan, "Reversal", row.paid_on, at, 0, row, row.reversed_by, **reversal)


def _row(row: Any) -> Row:
    amounts = (row.principal, row.interest, row.fees, row.total, row.balance)
    return Row(row.number, getdate(row.due_date), *(to_decimal(amount) for amount in amounts))


def _disbursement(loan: Any) -> Any:
    doc = frappe.new_doc("Microcredit Disbursement")
    doc.update(
        {
            "microcredit": loan.name,
            "beneficiary": loan.beneficiary,
            "beneficiary_name": loan.beneficiary_name,
            "currency": loan.currency,
            "disbursed_on": loan.disbursed_on,
            "amount": loan.principal,
            "net_amount": loan.principal,
            "channel": "Other",
            "posting_day": getdate(loan.creation),
            "posted_at": loan.creation,
            "posted_by": loan.owner,
            "docstatus": 1,
        }
    )
    # It is a record of what was done, by whom and when; nothing of it is decided now.
    doc.set_new_name()
    doc.owner, doc.creation, doc.modified, doc.modified_by = (
        loan.owner,
        loan.creation,
        loan.creation,
        loan.owner,
    )
    doc.db_insert()
    return doc


def _repayments(loan: str) -> list[Any]:
    table = DocType("Microcredit Repayment")
    query = (
        frappe.qb.from_(table)
        .select(table.star)
        .where((table.microcredit == loan) & (table.docstatus > 0))
        .orderby(table.posted_at)
        .orderby(table.name)
    )
    return [frappe._dict(row, doctype="Microcredit Repayment") for row in query.run(as_dict=True)]


def _entry(
    loan: Any, kind: str, value_date: Any, posted: datetime, amount: Any, voucher: Any, user: Any, **more: Any
) -> str:
    doc = frappe.new_doc("Microcredit Ledger Entry")
    doc.update(
        {
            "microcredit": loan.name,
            "currency": loan.currency,
            "kind": kind,
            "value_date": value_date,
            "posted_at": posted,
            "posting_day": posted.date(),
            "is_adjustment": int(getdate(value_date) < posted.date()),
            "amount": amount,
            "voucher_doctype": voucher.doctype,
            "voucher_name": voucher.name,
            "user": user or loan.owner,
            **more,
        }
    )
    doc.set_new_name()
    doc.db_insert()
    return doc.name
