"""The figures that the site keeps of loans, for lists, charts and prints: all of them follow from the ledger.

Written set by set, and only where something changed: a night over many loans takes a handful of statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import Case, DocType

from social_crm.microcredit.domain.arrears import InstalmentState
from social_crm.microcredit.domain.instalments import COMPONENTS
from social_crm.microcredit.domain.ledger import LoanState
from social_crm.microcredit.services.money import to_decimal

# Rows in one statement.
_AT_ONCE = 200
Values = dict[str, Any]


def write(loan: str, state: LoanState) -> None:
    """Write the figures of one loan; see `write_all`."""
    write_all({loan: state})


def write_all(states: Mapping[str, LoanState]) -> None:
    """Write where loans stand: on the loan, its instalments and its repayments. The caller holds the loans' locks."""
    if not states:
        return
    _update("Microcredit", {name: of_loan(state) for name, state in states.items()})
    _write_instalments(states)
    _write_repayments(states)


def of_loan(state: LoanState) -> Values:
    """Return the columns of a loan."""
    position = state.position
    return {
        "status": position.status,
        "balance": position.balance,
        "unpaid_amount": position.unpaid,
        "paid_amount": position.paid,
        "overdue_amount": position.overdue,
        "overdue_principal": position.overdue_principal,
        "days_late": position.days_late,
        "next_due_date": position.next_due,
        "next_amount": position.next_amount,
        "position_as_of": position.as_of,
        "disbursed_amount": state.disbursed,
        "default_interest": state.default_interest,
        "surplus": state.surplus,
        "is_restructured": int(state.is_restructured),
        "written_off": sum(state.written_off.values(), Decimal(0)),
        "recovered": state.recovered,
        "closed_on": state.closed_on,
        "schedule_version": len(state.versions),
    }


def of_instalment(item: InstalmentState) -> Values:
    """Return the columns of an instalment."""
    row = item.row
    return {
        "due_date": row.due,
        "principal": row.principal,
        "interest": row.interest,
        "fees": row.fees,
        "insurance": row.insurance,
        "total": row.total,
        "balance": row.balance,
        "capitalised": row.capitalised,
        "paid_principal": item.paid_principal,
        "paid_interest": item.paid_interest,
        "paid_fees": item.paid_fees,
        "paid_insurance": item.paid_insurance,
        "default_interest": item.default_interest,
        "paid_default_interest": item.paid_default_interest,
        "unpaid": item.unpaid,
        "days_late": item.days_late,
    }


def shares_of(state: LoanState) -> dict[str, dict[str, Decimal]]:
    """Return what each entry paid of each component."""
    paid: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(COMPONENTS, Decimal(0)))
    for share in state.position.allocation.shares:
        paid[share.payment][share.component] += share.amount
    return paid


def _write_instalments(states: Mapping[str, LoanState]) -> None:
    table = DocType("Microcredit Instalment")
    stored = (
        frappe.qb.from_(table)
        .select(table.name, table.parent, table.number)
        .where((table.parenttype == "Microcredit") & table.parent.isin(list(states)))
        .run()
    )
    name_of = {(parent, number): name for name, parent, number in stored}
    changes, new = {}, []
    for loan, state in states.items():
        for item in state.position.instalments:
            name = name_of.pop((loan, item.row.number), None)
            if name:
                changes[name] = of_instalment(item)
            else:
                new.append((loan, item))
    if name_of:
        # Numbers that the schedule in force no longer has.
        frappe.qb.from_(table).delete().where(table.name.isin(list(name_of.values()))).run()
    _update("Microcredit Instalment", changes)
    _add_instalments(new)


def _add_instalments(new: list[tuple[str, InstalmentState]]) -> None:
    currencies = _currencies(loan for loan, _item in new)
    for loan, item in new:
        values = of_instalment(item)
        row = frappe.get_doc(
            {
                "doctype": "Microcredit Instalment",
                "parent": loan,
                "parenttype": "Microcredit",
                "parentfield": "schedule",
                "idx": item.row.number,
                "number": item.row.number,
                "currency": currencies[loan],
                **{field: _plain(value) for field, value in values.items()},
            }
        )
        row.set_new_name(force=True)
        row.db_insert()


def _currencies(loans: Iterable[str]) -> dict[str, str]:
    names = sorted(set(loans))
    if not names:
        return {}
    loan = DocType("Microcredit")
    return dict(frappe.qb.from_(loan).select(loan.name, loan.currency).where(loan.name.isin(names)).run())


def _write_repayments(states: Mapping[str, LoanState]) -> None:
    """What each payment paid follows from all entries: a backdated one moves those of later days."""
    entry = DocType("Microcredit Ledger Entry")
    vouchers = (
        frappe.qb.from_(entry)
        .select(entry.microcredit, entry.name, entry.voucher_name)
        .where(
            entry.microcredit.isin(list(states))
            & (entry.voucher_doctype == "Microcredit Repayment")
            & (entry.kind != "Reversal")
        )
        .run()
    )
    paid = {loan: shares_of(state) for loan, state in states.items()}
    changes = {
        voucher: {f"{component}_paid": amount for component, amount in paid[loan][name].items()}
        for loan, name, voucher in vouchers
        if name in paid[loan]
    }
    _update("Microcredit Repayment", changes)


def _update(doctype: str, wanted: Mapping[str, Values]) -> None:
    """Bring rows to the wanted values, in a statement for each column and 200 rows; nothing is written that is there."""
    changes: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, stored in _stored(doctype, wanted).items():
        for field, value in wanted[name].items():
            if not _same(stored[field], value):
                changes[field][name] = _plain(value)
    for field, values in changes.items():
        _set(doctype, field, values)
    for name in {name for values in changes.values() for name in values}:
        frappe.clear_document_cache(doctype, name)


def set_amounts(doctype: str, field: str, amounts: Mapping[str, Decimal]) -> None:
    """Write an amount on each of many rows. The caller holds the loans' locks."""
    _set(doctype, field, {name: _plain(amount) for name, amount in amounts.items()})


def _set(doctype: str, field: str, values: Mapping[str, Any]) -> None:
    table = DocType(doctype)
    names = sorted(values)
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        if len({values[name] for name in part}) == 1:
            value: Any = values[part[0]]
        else:
            value = Case()
            for name in part:
                value = value.when(table.name == name, values[name])
            value = value.else_(table[field])
        frappe.qb.update(table).set(table[field], value).where(table.name.isin(part)).run()


def _stored(doctype: str, wanted: Mapping[str, Values]) -> dict[str, Any]:
    table = DocType(doctype)
    names = sorted(wanted)
    found: dict[str, Any] = {}
    for start in range(0, len(names), 1000):
        part = names[start : start + 1000]
        fields = list(wanted[part[0]])
        query = (
            frappe.qb.from_(table)
            .select(table.name, *(table[field] for field in fields))
            .where(table.name.isin(part))
            # What is compared must be what is there now, not what this transaction first saw.
            .for_update()
        )
        for row in query.run(as_dict=True):
            found[row["name"]] = row
    return found


def _same(stored: Any, value: Any) -> bool:
    if isinstance(value, Decimal | int):
        return to_decimal(stored) == value
    return (stored or None) == value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
