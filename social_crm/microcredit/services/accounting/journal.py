"""The journal of a period: every posting as debit and credit, by the accounts of the organisation.

Nothing is stored: the postings of a day follow from the entries that had appeared by then, so a closed day never changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain.account_rules import Chart, Place, is_balanced
from social_crm.microcredit.domain.fund_journal import KINDS as FUND_KINDS
from social_crm.microcredit.domain.fund_journal import fund_voucher
from social_crm.microcredit.domain.journal import MAX_DAYS, Line, Voucher
from social_crm.microcredit.domain.journal_span import journal_between
from social_crm.microcredit.services import loans, snapshots
from social_crm.microcredit.services.accounting import chart
from social_crm.microcredit.services.loans import KIND_LABELS
from social_crm.microcredit.services.money import to_decimal

ACCRUAL = "Accrual"
# What moves a fund by hand; its other movements are the cash of its loans.
_FUND_LABELS = dict(zip(FUND_KINDS, ("Contribution", "Withdrawal"), strict=True))
_LABELS = {"accrual": ACCRUAL, **KIND_LABELS, **_FUND_LABELS}
_BATCH = 500
_SOURCE = {False: "Microcredit Ledger Entry", True: "Microcredit Fund Movement"}
_AT_REST = ("Paid", "Annulled")
_BY_LOAN = ("programme", "product", "currency", "name")


@dataclass(frozen=True)
class Period:
    """The days of a journal, both included, and of which loans it is.

    filters: programme, product, currency, microcredit and community, by equality.
    """

    first: date
    last: date
    filters: Mapping[str, Any]

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return str(self.filters["currency"])


@dataclass(frozen=True)
class Booking:
    """A voucher with the columns of its loan; of a fund it has no loan, and the fund's name stands for that of a person."""

    loan: Mapping[str, Any]
    voucher: Voucher

    @property
    def place(self) -> Place:
        """What rules of accounts tell loans apart by."""
        return Place(self.loan["programme"] or "", self.loan["product"] or "")

    @property
    def kind(self) -> str:
        """The kind as it is shown, in English."""
        return _LABELS[self.voucher.kind]

    @property
    def is_of_fund(self) -> bool:
        """Whether money was put into a fund or taken out of it."""
        return self.voucher.kind in FUND_KINDS


def period(filters: Mapping[str, Any] | None) -> Period:
    """Return what the filters of a report ask: from_date (the month's first), to_date (today) and those of `Period`.

    Errors: the period ends before it begins, or is longer than ten years.
    """
    asked = {key: value for key, value in (filters or {}).items() if value}
    last = getdate(asked.get("to_date"))
    first = getdate(asked["from_date"]) if asked.get("from_date") else last.replace(day=1)
    if last < first:
        frappe.throw(_("The period ends before it begins."), title=_("Date not Possible"))
    if (last - first).days >= MAX_DAYS:
        frappe.throw(_("Ask for at most ten years at once."), title=_("Date not Possible"))
    asked.setdefault("currency", snapshots.default_currency())
    if asked.get("microcredit"):
        asked["name"] = asked["microcredit"]
    return Period(first, last, asked)


def read(asked: Period) -> list[Booking]:
    """Return the vouchers of the loans and funds that the user may see, by day, then by loan. Raises PermissionError."""
    permissions.require("Microcredit Ledger Entry", "read")
    return list(bookings(asked, everything=False))


def bookings(asked: Period, everything: bool) -> Iterator[Booking]:
    """Yield the vouchers of a period, by day, then by loan. everything: for the system, which knows no user's rows."""
    rows = _loans(asked, everything)
    found: list[tuple[date, str, int, Booking]] = []
    for start in range(0, len(rows), _BATCH):
        part = {row["name"]: row for row in rows[start : start + _BATCH]}
        for name, book in loans.read(list(part)).items():
            for number, voucher in enumerate(journal_between(book, asked.first, asked.last)):
                # A voucher that does not balance would be a fault of ours, and no books are made of it.
                assert is_balanced(voucher.lines), (name, voucher)
                found.append((voucher.day, name, number, Booking(part[name], voucher)))
    for number, booking in enumerate(_of_funds(asked, everything)):
        found.append((booking.voucher.day, "", number, booking))
    found.sort(key=lambda item: item[:3])
    for _day, _name, _number, booking in found:
        yield booking


def _loans(asked: Period, everything: bool) -> list[dict[str, Any]]:
    loan, person, entry = DocType("Microcredit"), DocType("Beneficiary"), DocType("Microcredit Ledger Entry")
    begun = frappe.qb.from_(entry).select(entry.microcredit).where(entry.posting_day <= asked.last)
    # Of a loan that owes nothing, only an entry moves an account.
    moved = frappe.qb.from_(entry).select(entry.microcredit).where(entry.posting_day >= asked.first)
    query = (
        frappe.qb.from_(loan)
        .left_join(person)
        .on(person.name == loan.beneficiary)
        .select(loan.name, loan.beneficiary_name, loan.programme, loan.product, loan.currency)
        .where(loan.name.isin(begun))
        .where(loan.status.notin(_AT_REST) | loan.name.isin(moved))
        .orderby(loan.name)
    )
    for field in _BY_LOAN:
        if asked.filters.get(field):
            query = query.where(loan[field] == asked.filters[field])
    if asked.filters.get("community"):
        query = query.where(person.community == asked.filters["community"])
    limit = None if everything else permissions.visible("Microcredit")
    return (query if limit is None else query.where(limit)).run(as_dict=True)


def _of_funds(asked: Period, everything: bool) -> Iterator[Booking]:
    """Money put into funds and taken out of them. It is of no loan, no product and no community."""
    if any(asked.filters.get(field) for field in ("name", "product", "community")):
        return
    if not everything and not frappe.has_permission("Microcredit Fund Movement", "read"):
        return
    movement, fund = DocType("Microcredit Fund Movement"), DocType("Microcredit Fund")
    query = (
        frappe.qb.from_(movement)
        .join(fund)
        .on(fund.name == movement.fund)
        .select(movement.name, movement.day, movement.amount, fund.fund_name, fund.programme, fund.currency)
        .where(movement.kind.isin(list(_FUND_LABELS.values())) & (fund.currency == asked.currency))
        .where(movement.day.between(asked.first, asked.last))
        .orderby(movement.name)
    )
    if asked.filters.get("programme"):
        query = query.where(fund.programme == asked.filters["programme"])
    limit = None if everything else permissions.visible("Microcredit Fund Movement")
    for name, day, amount, title, programme, currency in (
        query if limit is None else query.where(limit)
    ).run():
        place = {"name": None, "beneficiary_name": title, "programme": programme, "product": None}
        yield Booking({**place, "currency": currency}, fund_voucher(getdate(day), name, to_decimal(amount)))


def lines(asked: Period, found: list[Booking]) -> list[dict[str, Any]]:
    """Return one row for each debit or credit, with the account by rule; without one, the neutral account stands alone."""
    rules = chart.read()
    rows = []
    for booking in found:
        for line in booking.voucher.lines:
            rows.append(
                {
                    "day": booking.voucher.day,
                    "kind": booking.kind,
                    "source": booking.voucher.source,
                    "source_doctype": _SOURCE[booking.is_of_fund] if booking.voucher.source else None,
                    "is_adjustment": int(booking.voucher.is_adjustment),
                    "microcredit": booking.loan["name"],
                    "beneficiary_name": booking.loan["beneficiary_name"],
                    **_account(rules, booking, line),
                    "debit": line.debit,
                    "credit": line.credit,
                    "currency": asked.currency,
                }
            )
    return rows


def _account(rules: Chart, booking: Booking, line: Line) -> dict[str, str]:
    rule = rules.rule_for(line.account, booking.place, booking.voucher.day)
    return {
        "neutral": chart.LABEL_OF[line.account],
        "account_code": rule.code if rule else "",
        "account_name": rule.name if rule else "",
    }


def by_account(rows: list[dict[str, Any]], by_day: bool = False) -> list[dict[str, Any]]:
    """Return debits and credits of each account, of the period or of each day."""
    totals: dict[tuple[Any, ...], list[Decimal]] = {}
    for row in rows:
        key = (row["day"] if by_day else None, row["account_code"], row["account_name"], row["neutral"])
        sums = totals.setdefault(key, [Decimal(0), Decimal(0)])
        sums[0] += row["debit"]
        sums[1] += row["credit"]
    currency = rows[0]["currency"] if rows else None
    return [
        {
            "day": day,
            "account_code": code,
            "account_name": name,
            "neutral": neutral,
            "debit": debit,
            "credit": credit,
            "net": debit - credit,
            "currency": currency,
        }
        for (day, code, name, neutral), (debit, credit) in sorted(
            totals.items(), key=lambda item: tuple(str(part or "") for part in item[0])
        )
    ]


def totals(rows: list[dict[str, Any]]) -> tuple[Decimal, Decimal]:
    """Return all debits and all credits."""
    return sum((row["debit"] for row in rows), Decimal(0)), sum((row["credit"] for row in rows), Decimal(0))
