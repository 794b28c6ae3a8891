"""Portfolios for tests and benchmarks: loans of every kind, each with a life of its own, posted through the ledger.

The same seed gives the same portfolio on the same day.
"""

import json
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import getdate, now_datetime

from social_crm.microcredit import factories as make
from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.dates import add_months
from social_crm.microcredit.domain.entries import Policy
from social_crm.microcredit.domain.schedule import Fee, Row, Terms, build
from social_crm.microcredit.services import ledger, loans, standings
from social_crm.microcredit.services.ledger import Fact

OFFICERS = (make.OFFICER, "oficial.dos@example.com", None)
_RATE = ((date(2020, 1, 1), Decimal("0.2739")),)
# How a borrower pays, and how many of a hundred do.
LIVES = {"on time": 60, "late": 15, "stops": 12, "prepays": 5, "restructured": 5, "written off": 3}


@dataclass(frozen=True)
class Kind:
    """What a loan is like: changes to monthly equal instalments, and whether default interest runs."""

    terms: dict[str, Any]
    default_interest: bool = False


KINDS = (
    Kind({}),
    Kind({}, default_interest=True),
    Kind({"frequency": "fortnightly", "method": "flat"}),
    Kind({"method": "equal_principal", "insurance_per_mil": Decimal("0.5")}),
    Kind({"principal_grace": 2, "total_grace": 2, "capitalise": True}),
    Kind({"method": "bullet", "day_count": "actual/365"}),
    Kind({"fees": (Fee("Estudio", "per_instalment", "amount", Decimal(1500)),)}, default_interest=True),
)


def make_portfolio(count: int, communities: int = 2, seed: int = 7, months: int = 24) -> list[str]:
    """Return so many loans that were disbursed within the last months, in so many communities."""
    pick = random.Random(seed)
    people = [make.make_borrower(f"Vereda de cartera {number}") for number in range(communities)]
    names = []
    for number in range(count):
        names.append(_loan(pick, people[number % communities], KINDS[number % len(KINDS)], months))
    _as_posted_then(pick, names)
    return names


def _loan(pick: random.Random, person: str, kind: Kind, months: int) -> str:
    terms = _terms(pick, kind, months)
    schedule = build(terms)
    loan = frappe.new_doc("Microcredit")
    loan.update(
        {
            "beneficiary": person,
            "beneficiary_name": frappe.db.get_value("Beneficiary", person, "full_name"),
            "credit_officer": pick.choice(OFFICERS[::2]),
            "currency": "COP",
            "principal": float(terms.principal),
            "monthly_rate": float(terms.rate * 100),
            "periods": len(schedule.rows),
            "disbursed_on": terms.disbursed,
            "first_due": schedule.rows[0].due,
            "last_due": schedule.rows[-1].due,
            "method": loans.METHOD_LABELS[terms.method],
            "frequency": terms.frequency.capitalize(),
            "total_interest": float(schedule.total_interest),
            "total_amount": float(schedule.total),
            "status": "Pending",
            "terms": json.dumps(stored.terms_to_json(terms)),
            "policy": json.dumps(
                stored.policy_to_json(Policy(default_rates=_RATE if kind.default_interest else ()))
            ),
            "signed_rows": json.dumps(stored.rows_to_json(schedule.rows)),
        }
    )
    loan.flags.by_disbursement = True
    # The application and the committee behind it are no part of a portfolio.
    loan.insert(ignore_mandatory=True, ignore_links=True)
    ledger.post(loan.name, Fact("disbursement", terms.disbursed, terms.principal))
    _live(pick, loan.name, terms, schedule.rows)
    return loan.name


def _terms(pick: random.Random, kind: Kind, months: int) -> Terms:
    disbursed = getdate() - timedelta(days=pick.randrange(30 * months))
    values: dict[str, Any] = {
        "principal": Decimal(pick.randrange(5, 80) * 100_000 + pick.randrange(1000)),
        "rate": Decimal("0.02"),
        "periods": pick.choice([6, 12, 12, 18, 24]),
        "disbursed": disbursed,
        "first_due": add_months(disbursed, 1),
    }
    return Terms(**values | kind.terms)


def _live(pick: random.Random, loan: str, terms: Terms, rows: tuple[Row, ...]) -> None:
    """What happened since: each instalment that fell due was paid, or not, as this borrower does."""
    life = pick.choices(list(LIVES), list(LIVES.values()))[0]
    due = [row for row in rows if row.due <= getdate() and row.total]
    turn = pick.randrange(1, len(due) + 1) if due else 0
    for number, row in enumerate(due, 1):
        lag = pick.randrange(75) if life == "late" else pick.choice([0, 0, 0, 1, 3])
        day = min(row.due + timedelta(days=lag), getdate())
        if number >= turn and life in ("stops", "restructured", "written off"):
            _end(loan, terms, life, day)
            return
        if number == turn and life == "prepays":
            _try(
                loan,
                Fact(
                    "prepayment", day, row.total * 3, mode=pick.choice(["shorten_term", "lower_instalment"])
                ),
            )
            continue
        paid = _try(loan, Fact("payment", day, row.total))
        if paid and pick.random() < 0.03:
            # Entered twice as it was: taken back, and entered again a day later.
            _try(loan, Fact("reversal", day, reverses=paid))
            _try(loan, Fact("payment", min(day + timedelta(days=1), getdate()), row.total))


def _end(loan: str, terms: Terms, life: str, day: date) -> None:
    later = min(day + timedelta(days=70), getdate())
    if life == "restructured":
        new = Terms(terms.principal, terms.rate, 12, later, later + timedelta(days=30))
        _try(loan, Fact("restructuring", later, mode="first_row", terms=new))
    elif life == "written off":
        _try(loan, Fact("write_off", later))
        _try(loan, Fact("recovery", later, Decimal(50_000)))


def _try(loan: str, fact: Fact) -> str | None:
    """Post a fact, unless the ledger refuses it: the loan is paid off, or the amount above the debt."""
    try:
        return ledger.post(loan, fact).name
    except frappe.ValidationError:
        frappe.clear_messages()
        return None


def _as_posted_then(pick: random.Random, names: list[str]) -> None:
    """Date the postings as if each had been made on its day, or some days later: in one run they are all of today."""
    table = DocType("Microcredit Ledger Entry")
    entries = (
        frappe.qb.from_(table)
        .select(table.name, table.microcredit, table.value_date, table.reverses)
        .where(table.microcredit.isin(names))
        .orderby(table.name)
        .run()
    )
    posted: dict[str, datetime] = {}
    for number, (name, _loan_name, value_date, reverses) in enumerate(entries):
        first = posted.get(reverses) or datetime.combine(value_date, time(8))
        lag = timedelta(days=pick.choice([0, 0, 0, 0, 1, 2, 25]), minutes=number % 600 + 1)
        posted[name] = min(first + lag, now_datetime())
        (
            frappe.qb.update(table)
            .set(table.posted_at, posted[name])
            .set(table.posting_day, posted[name].date())
            .where(table.name == name)
            .run()
        )
    for start in range(0, len(names), 200):
        standings.rebuild(loans.read(names[start : start + 200]))
