"""The nightly run and the reports of the microcredit portfolio at 1,000, 10,000 and 100,000 loans with full histories.

SOCIAL_CRM_PORTFOLIO_SIZES names other sizes ("1000,10000" takes a minute or two). A hundred loans of every kind live their lives
through the ledger; then their rows are copied under new names until there are as many as asked for, so every size has the same
mix. At each size each report is timed beside bare SQL: the least that reads the same rows and groups them by the same column,
without permissions, ranges, exact sums or rounding. At the smallest size everything is also replayed loan by loan, once.

A night is always the one after the day on which the loans stand: it is rolled back, and commits nothing meanwhile.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import frappe
from frappe.utils import getdate, now_datetime

from social_crm.microcredit import factories as make
from social_crm.microcredit import portfolio_cases as cases
from social_crm.microcredit.services import (
    collecting,
    nightly,
    portfolio,
    provisions,
    replayed,
    risk,
    snapshots,
)

SIZES = tuple(
    int(size) for size in os.environ.get("SOCIAL_CRM_PORTFOLIO_SIZES", "1000,10000,100000").split(",")
)
REAL = 100
COMMUNITIES = 20
ROUNDS = 3
# Columns that name a row, or the loan or entry that it belongs to.
COPIED = {
    "Microcredit": ("name",),
    "Microcredit Instalment": ("name", "parent"),
    "Microcredit Ledger Entry": ("name", "microcredit", "reverses"),
    "Microcredit Standing": ("name", "microcredit"),
}
GROWN = {"size": 0, "level": 0}


def prepare() -> None:
    """A hundred loans, each with a life of up to two years, as of today."""
    make.make_team()
    cases.make_portfolio(REAL, COMMUNITIES)
    nightly.refresh_all()
    GROWN["size"] = REAL


def grow(size: int) -> None:
    """Copy the rows of the loans there are until there are so many loans."""
    if GROWN["size"] >= size:
        return
    began = time.perf_counter()
    level = "abcdefgh"[GROWN["level"]]
    copies = " UNION ALL ".join(
        f"SELECT '{level}{number}' AS suffix" for number in range(1, size // GROWN["size"])
    )
    for doctype, keys in COPIED.items():
        columns = frappe.db.get_table_columns(doctype)
        values = [f"CONCAT(t.`{name}`, n.suffix)" if name in keys else f"t.`{name}`" for name in columns]
        names = ", ".join(f"`{name}`" for name in columns)
        frappe.db.sql(
            f"INSERT INTO `tab{doctype}` ({names}) SELECT {', '.join(values)} FROM `tab{doctype}` t, ({copies}) n"
        )
        frappe.db.commit()
        frappe.db.sql(f"ANALYZE TABLE `tab{doctype}`")
    GROWN.update(size=size, level=GROWN["level"] + 1)
    rows = {doctype: frappe.db.count(doctype) for doctype in COPIED}
    print(f"  grown to {rows} in {time.perf_counter() - began:.0f} s")


@contextmanager
def one_night() -> Iterator[None]:
    """Keep nothing of a night: the next one starts from the same evening."""
    commit, frappe.db.commit = frappe.db.commit, lambda: None
    try:
        yield
    finally:
        frappe.db.commit = commit
        frappe.db.rollback()


def night() -> dict[str, float]:
    """The nightly run; its seconds, and those of its two parts."""
    day, began = tomorrow(), time.perf_counter()
    with one_night():
        nightly.move_all(day)
        moved = time.perf_counter()
        nightly.replay_rest(day)
        ended = time.perf_counter()
    return {"": ended - began, "in the database": moved - began, "replayed": ended - moved}


def night_replayed() -> dict[str, float]:
    """All loans that are still to be paid, one by one."""
    began = time.perf_counter()
    with one_night():
        nightly.replay_rest(tomorrow())
        seconds = time.perf_counter() - began
    return {"": seconds}


def night_bare() -> dict[str, float]:
    """The days late and what they add up to, of the loans without default interest, in two statements."""
    began = time.perf_counter()
    with one_night():
        frappe.db.sql(
            """UPDATE `tabMicrocredit Instalment` i
               JOIN `tabMicrocredit` m ON m.name = i.parent
               SET i.days_late = DATEDIFF(%(day)s, i.due_date)
               WHERE m.status IN ('Active', 'In Arrears') AND m.policy NOT LIKE '%%"default_rates": [[%%'
                 AND i.due_date < %(day)s AND i.unpaid > 0""",
            {"day": tomorrow()},
        )
        frappe.db.sql(
            """UPDATE `tabMicrocredit` m
               JOIN (SELECT i.parent, SUM(IF(i.due_date < %(day)s, i.unpaid, 0)) overdue, MAX(i.days_late) late,
                            MIN(IF(i.due_date >= %(day)s AND i.unpaid > 0, i.due_date, NULL)) next_due
                     FROM `tabMicrocredit Instalment` i GROUP BY i.parent) s ON s.parent = m.name
               SET m.overdue_amount = s.overdue, m.days_late = s.late, m.next_due_date = s.next_due,
                   m.status = IF(s.late > 0, 'In Arrears', 'Active'), m.position_as_of = %(day)s
               WHERE m.status IN ('Active', 'In Arrears') AND m.policy NOT LIKE '%%"default_rates": [[%%'""",
            {"day": tomorrow()},
        )
        seconds = time.perf_counter() - began
    return {"": seconds}


def tomorrow() -> object:
    return getdate() + timedelta(days=1)


def asked(of_now: bool = True) -> snapshots.Question:
    """The portfolio as of today; of a given moment everything is replayed that can be."""
    question = snapshots.question({})
    return question if of_now else replace(question, known_at=now_datetime())


def at_risk(by: object) -> object:
    return by.by_group(asked(), "Community", provisions.ranges_on(getdate()))


def cohorts(by: object) -> object:
    return by.cohorts(asked(), risk.month_ends(getdate(), 6), 30, "month")


def on_book(by: object) -> object:
    return by.cohorts_on_book(asked(), 12, 30, "month")


def roll(by: object) -> object:
    return by.roll(asked(), getdate() - timedelta(days=30))


def due(of_now: bool) -> object:
    return collecting.due_until(asked(of_now), getdate() + timedelta(days=6))


def expected(of_now: bool) -> object:
    return collecting.expected(asked(of_now), "month")


def listed(of_now: bool) -> object:
    question = asked(of_now)
    return portfolio.portfolio(question.filters, question.as_of, question.known_at)


HOLDS = "s.known_to = '9999-12-31' AND s.currency = 'COP' AND s.from_date <= %(day)s AND s.to_date >= %(day)s"
STANDING = "`tabMicrocredit Standing` s"
OF_LOAN = (
    "`tabMicrocredit Standing` s JOIN `tabMicrocredit` m ON m.name = s.microcredit AND m.currency = 'COP'"
)
OF_ROW = (
    "`tabMicrocredit Instalment` i JOIN `tabMicrocredit` m ON m.name = i.parent AND m.currency = 'COP'"
    " AND m.status IN ('Active', 'In Arrears')"
)


def bare(statement: str, *days: object) -> None:
    for day in days or (getdate(),):
        frappe.db.sql(statement, {"day": day})


def bare_at_risk() -> None:
    bare(
        f"""SELECT p.community, s.late_since > %(day)s, s.is_restructured, SUM(s.balance) FROM {OF_LOAN}
            LEFT JOIN `tabBeneficiary` p ON p.name = m.beneficiary
            WHERE {HOLDS} AND s.balance > 0 GROUP BY 1, 2, 3"""
    )


def bare_cohorts() -> None:
    days = risk.month_ends(getdate(), 6)
    bare(f"SELECT s.disbursed_on, SUM(s.balance) FROM {STANDING} WHERE {HOLDS} GROUP BY 1", *days, getdate())


def bare_on_book() -> None:
    ages = " UNION ALL ".join(f"SELECT {age} AS age" for age in range(13))
    day = "s.disbursed_on + INTERVAL n.age MONTH"
    bare(
        f"""SELECT n.age, s.disbursed_on, SUM(s.balance) FROM {STANDING} JOIN ({ages}) n
            ON s.from_date <= {day} AND s.to_date >= {day}
            WHERE s.known_to = '9999-12-31' AND s.currency = 'COP' AND {day} <= %(day)s GROUP BY 1, 2"""
    )
    bare(f"SELECT s.disbursed_on, SUM(s.balance) FROM {STANDING} WHERE {HOLDS} GROUP BY 1")


def bare_roll() -> None:
    bare(
        f"""SELECT l.is_written_off, l.late_since > %(day)s, SUM(s.balance) FROM {STANDING}
            JOIN `tabMicrocredit Standing` l ON l.microcredit = s.microcredit AND l.known_to = '9999-12-31'
             AND l.from_date <= %(day)s + INTERVAL 30 DAY AND l.to_date >= %(day)s + INTERVAL 30 DAY
            WHERE {HOLDS} AND s.balance > 0 GROUP BY 1, 2""",
        getdate() - timedelta(days=30),
    )


def bare_due() -> None:
    bare(
        f"""SELECT m.name, m.beneficiary_name, p.community, m.credit_officer, SUM(i.unpaid) FROM {OF_ROW}
            LEFT JOIN `tabBeneficiary` p ON p.name = m.beneficiary
            WHERE i.unpaid > 0 AND i.due_date <= %(day)s GROUP BY m.name""",
        getdate() + timedelta(days=6),
    )


def bare_expected() -> None:
    bare(
        f"""SELECT i.due_date, SUM(i.unpaid), SUM(i.principal - i.paid_principal), SUM(i.interest - i.paid_interest)
            FROM {OF_ROW} WHERE i.unpaid > 0 GROUP BY i.due_date"""
    )


def bare_listed() -> None:
    frappe.db.sql(
        """SELECT m.name, m.beneficiary, m.beneficiary_name, p.community, m.programme, m.product, m.credit_officer, m.currency,
                  m.disbursed_on, m.principal, m.status, m.balance, m.overdue_amount, m.days_late, m.paid_amount, m.next_due_date
           FROM `tabMicrocredit` m LEFT JOIN `tabBeneficiary` p ON p.name = m.beneficiary WHERE m.currency = 'COP'
           ORDER BY m.disbursed_on DESC, m.name DESC""",
        as_dict=True,
    )


# What is timed: as it runs, replayed loan by loan, and as bare SQL.
KINDS: dict[str, tuple[Callable[[], object], Callable[[], object], Callable[[], object]]] = {
    "nightly run": (night, night_replayed, night_bare),
    "at risk": (lambda: at_risk(risk), lambda: at_risk(replayed), bare_at_risk),
    "cohorts by day": (lambda: cohorts(risk), lambda: cohorts(replayed), bare_cohorts),
    "cohorts by age": (lambda: on_book(risk), lambda: on_book(replayed), bare_on_book),
    "roll rates": (lambda: roll(risk), lambda: roll(replayed), bare_roll),
    "collections due": (lambda: due(True), lambda: due(False), bare_due),
    "expected cash flow": (lambda: expected(True), lambda: expected(False), bare_expected),
    "list of loans": (lambda: listed(True), lambda: listed(False), bare_listed),
}


def at(size: int, action: Callable[[], object]) -> Callable[[], object]:
    def measured() -> object:
        grow(size)
        return action()

    return measured


def once(action: Callable[[], object]) -> Callable[[], object]:
    """What takes long and needs no warming runs once; the other rounds tell the same seconds."""
    seconds: dict[str, float] = {}

    def measured() -> object:
        if not seconds:
            began = time.perf_counter()
            told = action()
            seconds[""] = time.perf_counter() - began
            seconds.update(told if isinstance(told, dict) and "" in told else {})
        return seconds

    return measured


MEASURES: dict[str, Callable[[], object]] = {}
# What is told below the table: one measure as a multiple of another, divided by a factor, and the most it should be.
# The limits are what a regression would pass: the night was seen at up to 3.7 times its bare statements, growth at up to 1.8.
RATIOS: dict[str, tuple] = {}
for place, size in enumerate(SIZES):
    for kind, (by_sets, by_document, by_sql) in KINDS.items():
        # A whole night of many loans is long enough to be timed once.
        measured = at(size, by_sets)
        MEASURES[f"{size:>7,} {kind}"] = once(measured) if place and by_sets is night else measured
        MEASURES[f"{size:>7,} {kind}, bare SQL"] = at(size, by_sql)
        if not place:
            MEASURES[f"{size:>7,} {kind}, replayed"] = once(at(size, by_document))
for kind in KINDS:
    smallest = f"{SIZES[0]:>7,} {kind}"
    RATIOS[f"{kind}: replayed / by sets, {SIZES[0]:,}"] = (f"{smallest}, replayed", smallest, 1, None)
    for before, size in pairwise(SIZES):
        larger, less = f"{size:>7,} {kind}", f"{before:>7,} {kind}"
        RATIOS[f"{kind}: growth from {before:,} to {size:,}"] = (larger, less, size / before, 1.2, 3)
    for size in SIZES:
        # Of the night, what runs in the database: the loans that are replayed are in no bare statement.
        mine = f"{size:>7,} {kind}" + (", in the database" if kind == "nightly run" else "")
        RATIOS[f"{kind}: by sets / bare SQL, {size:,}"] = (mine, f"{size:>7,} {kind}, bare SQL", 1, 1.5, 5)
