"""Payments that are on record already: posted from another file, or entered by hand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import getdate

from social_crm.microcredit.domain.bank_rows import BankRow, reference_key
from social_crm.microcredit.services.money import to_decimal
from social_crm.social_crm.domain.census_problem import Problem, error

CHANNELS = ("Bank Deposit", "Bank Transfer", "Mobile Wallet", "Cash", "Other")
_CHUNK = 1000


@dataclass(frozen=True)
class Recorded:
    """A repayment in force."""

    name: str
    loan: str
    day: date
    amount: Decimal
    reference: str


class OnRecord:
    """What is known of the payments of a file. Asked across all rows, whoever may see them: nothing is paid twice unknown."""

    def __init__(self, rows: Sequence[BankRow], marks: Sequence[str]) -> None:
        self._posted = _posted(marks)
        self._by_reference: dict[str, list[Recorded]] = defaultdict(list)
        keys = {reference_key(row.bank_reference) for row in rows} - {""}
        for found in _recorded("reference_key", [f"{channel}:{key}" for key in keys for channel in CHANNELS]):
            self._by_reference[reference_key(found.reference)].append(found)
        self._by_loan: dict[str, list[Recorded]] = defaultdict(list)

    def read_loans(self, names: Iterable[str]) -> None:
        """Read the repayments of loans, for `like`."""
        for found in _recorded("microcredit", sorted(set(names))):
            self._by_loan[found.loan].append(found)

    def posted_before(self, mark: str) -> Problem | None:
        """Return where a row with this fingerprint was posted."""
        place = self._posted.get(mark)
        return error("payment_posted_before", batch=place[0], row=place[1]) if place else None

    def of_reference(self, row: BankRow, loans: tuple[str, ...]) -> Problem | None:
        """Return the repayment that has the bank reference of a row: the same one, or another that only shares it."""
        found = self._by_reference.get(reference_key(row.bank_reference), []) if row.bank_reference else []
        for one in found:
            if (one.day, one.amount) == (row.paid_on, row.amount) and (not loans or one.loan in loans):
                return error("payment_recorded_before", repayment=one.name)
        return error("payment_reference_used", repayment=found[0].name) if found else None

    def like(self, row: BankRow, loan: str) -> Problem | None:
        """Return a repayment of the same loan, day and amount, unless both have references and these differ."""
        for one in self._by_loan.get(loan, ()):
            differ = one.reference and row.bank_reference
            if (one.day, one.amount) == (row.paid_on, row.amount) and not differ:
                return error("payment_like_recorded", repayment=one.name)
        return None


def _posted(marks: Sequence[str]) -> dict[str, tuple[str, int]]:
    row = DocType("Microcredit Payment Row")
    found: dict[str, tuple[str, int]] = {}
    for start in range(0, len(marks), _CHUNK):
        part = list(marks[start : start + _CHUNK])
        query = (
            frappe.qb.from_(row)
            .select(row.posted_key, row.batch, row.sheet_row)
            .where(row.posted_key.isin(part))
        )
        found.update({mark: (batch, number) for mark, batch, number in query.run()})
    return found


def _recorded(field: str, values: Sequence[Any]) -> list[Recorded]:
    repayment = DocType("Microcredit Repayment")
    found = []
    for start in range(0, len(values), _CHUNK):
        query = (
            frappe.qb.from_(repayment)
            .select(
                repayment.name,
                repayment.microcredit,
                repayment.paid_on,
                repayment.amount,
                repayment.reference,
            )
            .where((repayment.docstatus == 1) & repayment[field].isin(list(values[start : start + _CHUNK])))
            .orderby(repayment.name)
        )
        found += [
            Recorded(name, loan, getdate(day), to_decimal(amount), reference or "")
            for name, loan, day, amount, reference in query.run()
        ]
    return found
