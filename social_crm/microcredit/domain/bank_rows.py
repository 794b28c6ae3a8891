"""The rows of a bank file as payments: what each says, what is wrong with it, and which are the same payment again."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain.bank_values import read_amount, read_day
from social_crm.microcredit.domain.rounding import round_money
from social_crm.microcredit.domain.terms import MAX_PRINCIPAL
from social_crm.social_crm.domain.census_problem import Problem, error
from social_crm.social_crm.domain.census_rows import RowInput
from social_crm.social_crm.domain.census_text import clean, fold

# What becomes of a row. Of the amount of a row a part may be posted; the rest is pending, or dismissed.
READY = "Ready"
RECONCILE = "To Reconcile"
CONFIRM = "To Confirm"
REJECTED = "Rejected"
POSTED = "Posted"
DUPLICATE = "Duplicate"
DISMISSED = "Dismissed"
RESULTS = (READY, CONFIRM, RECONCILE, REJECTED, POSTED, DUPLICATE, DISMISSED)
_SET_ASIDE = (DUPLICATE, DISMISSED)
_SCIENTIFIC = re.compile(r"^\d([.,]\d+)?e\+?\d+$", re.IGNORECASE)
_TEXTS = (
    "bank_reference",
    "loan_number",
    "document_number",
    "payer_reference",
    "payer_name",
    "group_name",
    "description",
)


@dataclass(frozen=True)
class BankRow:
    """A payment as the file tells it.

    number: its row in the sheet. amount: 0 where it could not be read. problems: why it cannot be posted as it stands.
    """

    number: int
    amount: Decimal
    paid_on: date | None
    bank_reference: str = ""
    loan_number: str = ""
    document_number: str = ""
    payer_reference: str = ""
    payer_name: str = ""
    group_name: str = ""
    description: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Figures:
    """How many rows a file has, and where their money stands: total = posted + pending + dismissed."""

    rows: int = 0
    total: Decimal = Decimal(0)
    posted: Decimal = Decimal(0)
    pending: Decimal = Decimal(0)
    dismissed: Decimal = Decimal(0)
    by_result: Mapping[str, tuple[int, Decimal]] = field(default_factory=dict)


def read_row(row: RowInput, today: date, decimals: int) -> BankRow:
    """Read one row below the header. decimals: of the currency."""
    problems: list[Problem] = []
    amount = _amount(row, decimals, problems)
    day = read_day(row.values.get("paid_on"), today)
    if "paid_on" in row.bad_cells:
        problems.append(error("payment_cell_broken", row.cells.get("paid_on", "")))
    elif day.problem:
        problems.append(
            error(f"payment_date_{day.problem}", row.cells.get("paid_on", ""), value=_shown(row, "paid_on"))
        )
    texts = {key: clean(row.values.get(key))[:140] for key in _TEXTS}
    for key in ("loan_number", "document_number", "payer_reference", "bank_reference"):
        if _SCIENTIFIC.match(texts[key].replace(" ", "")):
            problems.append(error("payment_number_shortened", row.cells.get(key, ""), value=texts[key]))
    return BankRow(row.number, amount, day.value, **texts, problems=tuple(problems))


def _shown(row: RowInput, key: str) -> str:
    return clean(row.values.get(key))[:60]


def _amount(row: RowInput, decimals: int, problems: list[Problem]) -> Decimal:
    cell = row.cells.get("amount", "")
    if "amount" in row.bad_cells:
        problems.append(error("payment_cell_broken", cell))
        return Decimal(0)
    reading = read_amount(row.values.get("amount"))
    if reading.value is None:
        problems.append(error(f"payment_amount_{reading.problem}", cell, value=_shown(row, "amount")))
        return Decimal(0)
    if abs(reading.value) > MAX_PRINCIPAL:
        # Not added to any total: no column of the site could hold it.
        problems.append(error("payment_amount_too_large", cell, value=_shown(row, "amount")))
        return Decimal(0)
    if round_money(reading.value, 2) != reading.value:
        problems.append(error("payment_amount_unreadable", cell, value=_shown(row, "amount")))
        return Decimal(0)
    if reading.value <= 0:
        problems.append(error("payment_amount_not_paid_in", cell, value=_shown(row, "amount")))
    elif round_money(reading.value, decimals) != reading.value:
        problems.append(error("payment_amount_decimals", cell, value=_shown(row, "amount")))
    return reading.value


def reference_key(text: str) -> str:
    """Return the form in which references are compared: capitals and figures alone."""
    return "".join(character for character in text.upper() if character.isalnum())


def movement_key(row: BankRow) -> str:
    """Return bank reference, day and amount as one text; "" for a row without a reference."""
    reference = reference_key(row.bank_reference)
    return f"{reference}|{row.paid_on}|{row.amount.normalize():f}" if reference else ""


def content_key(row: BankRow) -> str:
    """Return all that makes a payment this payment; the names count only where no number tells it apart."""
    numbers = tuple(
        reference_key(text)
        for text in (row.bank_reference, row.loan_number, row.document_number, row.payer_reference)
    )
    names = () if any(numbers) else (fold(row.payer_name), fold(row.group_name), fold(row.description))
    return "|".join((*numbers, *names, str(row.paid_on), f"{row.amount.normalize():f}"))


def fingerprints(rows: Sequence[BankRow]) -> tuple[str, ...]:
    """Return a fingerprint for each row; the second of two equal rows has another one, in every file that holds both."""
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        key = content_key(row)
        seen[key] = seen.get(key, 0) + 1
        found.append(hashlib.sha256(f"{key}|{seen[key]}".encode()).hexdigest()[:40])
    return tuple(found)


def repetitions(rows: Sequence[BankRow]) -> dict[int, tuple[int, bool]]:
    """Return, for rows that an earlier row of the file seems to hold already, that row and whether it is so for sure.

    For sure: a bank reference, and everything else, is equal. In doubt: equal without a reference, or one movement of the
    bank with different payers.
    """
    whole: dict[str, int] = {}
    movements: dict[str, int] = {}
    found: dict[int, tuple[int, bool]] = {}
    for row in rows:
        content, movement = content_key(row), movement_key(row)
        if content in whole:
            found[row.number] = (whole[content], bool(movement))
        elif movement and movement in movements:
            found[row.number] = (movements[movement], False)
        whole.setdefault(content, row.number)
        if movement:
            movements.setdefault(movement, row.number)
    return found


def figures(rows: Iterable[tuple[str, int, Decimal, Decimal]]) -> Figures:
    """Add up rows, or sums of rows, of (result, how many, amount, part of it that is posted)."""
    by_result: dict[str, tuple[int, Decimal]] = {}
    count, total = 0, Decimal(0)
    posted, pending, dismissed = Decimal(0), Decimal(0), Decimal(0)
    for result, many, amount, done in rows:
        rest = amount - done
        count, total, posted = count + many, total + amount, posted + done
        if result in _SET_ASIDE:
            dismissed += rest
        else:
            pending += rest
        before, money = by_result.get(result, (0, Decimal(0)))
        by_result[result] = (before + many, money + (done if result == POSTED else rest))
    return Figures(count, total, posted, pending, dismissed, by_result)
