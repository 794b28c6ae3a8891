"""Loans and entries for the tests of the ledger: short to write, and generated ones."""

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from social_crm.microcredit.domain.entries import (
    PREPAYMENT_MODES,
    Entry,
    LaterRate,
    LedgerError,
    Loan,
    Policy,
)
from social_crm.microcredit.domain.ledger import LoanState, accept
from social_crm.microcredit.domain.schedule import Fee, ScheduleError, SeasonalDue, Terms, build

D = Decimal
DISBURSED = date(2026, 1, 15)
TERMS = Terms(D(3_000_000), D("0.02"), 12, DISBURSED, date(2026, 2, 15))
# 27.39 % effective a year from the beginning.
DEFAULT = Policy(default_rates=((date(2020, 1, 1), D("0.2739")),))


def entry(key: str, kind: str, day: date, amount: int | str = 0, **more: object) -> Entry:
    """An entry posted at noon of its value date, unless told otherwise."""
    values: dict[str, object] = {"posted_at": datetime.combine(day, time(12))} | more
    return Entry(key, kind, day, amount=D(amount), **values)  # type: ignore[arg-type]


def pay(key: str, day: date, amount: int | str, **more: object) -> Entry:
    return entry(key, "payment", day, amount, **more)


def undo(key: str, target: Entry, at: datetime) -> Entry:
    return Entry(key, "reversal", target.value_date, at, reverses=target.key)


def loan(*entries: Entry, terms: Terms = TERMS, policy: Policy = DEFAULT) -> Loan:
    """A loan handed over on its day, with these entries after it."""
    first = entry("out", "disbursement", terms.disbursed, str(terms.principal))
    return Loan(terms, (first, *entries), policy)


def added(to: Loan, new: Entry) -> Loan:
    return replace(to, entries=(*to.entries, accept(to, new)))


FEB, MAR, APR = date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)
# Both paid on their due dates; then 2,548,168 of principal is left.
TWO_PAID = loan(pay("one", FEB, 283_679), pay("two", MAR, 283_679))
IN_BETWEEN = date(2026, 3, 30)


def prepay(day: date, amount: int, mode: str = "lower_instalment", key: str = "pre") -> Entry:
    return entry(key, "prepayment", day, amount, mode=mode)


def again(day: date, mode: str, **terms: object) -> Entry:
    new = replace(TERMS, **({"periods": 6, "first_due": day + timedelta(days=31), "disbursed": day} | terms))
    return entry("again", "restructuring", day, mode=mode, terms=new)


def refused(to: Loan, new: Entry, closed: frozenset[date] = frozenset()) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        accept(to, new, closed)
    return caught.value


def open_of(found: LoanState, number: int) -> Decimal:
    return next(i.unpaid for i in found.position.instalments if i.row.number == number)


def generated(seed: int) -> Loan:
    """A loan with a life of its own: in parts, paid late, early and backdated, prepaid, restructured, written off."""
    pick = random.Random(seed)
    terms = _terms(pick)
    # Half of the loans are handed over in parts: what is agreed is more than what is handed over first.
    first = (
        (terms.principal * pick.choice([2, 3]) / 4).quantize(D(1)) if pick.random() < 0.5 else terms.principal
    )
    rate = pick.choice(
        [(), ((date(2020, 1, 1), D("0.2739")),), ((date(2026, 1, 1), D("0.2")), (date(2026, 5, 7), D("0.3")))]
    )
    order = pick.choice([Policy().order, ("fees", "insurance", "interest", "principal", "default_interest")])
    made = Loan(terms, (entry("out", "disbursement", terms.disbursed, str(first)),), Policy(order, rate))
    clock = datetime.combine(terms.disbursed, time(13))
    for number in range(pick.randrange(1, 14)):
        clock += timedelta(days=pick.choice([0, 1, 7, 20, 30, 30, 31, 75]), minutes=pick.randrange(300))
        try:
            made = added(made, _entry(pick, f"e{number}", clock, made))
        except LedgerError:
            # What the ledger refuses is no part of the life; the tests of refusals look at those.
            continue
    return _with_later_rates(pick, made)


def _with_later_rates(pick: random.Random, made: Loan) -> Loan:
    """Now and then caps are registered while the loan runs, late ones too, and some were mistakes."""
    if not made.policy.default_rates or pick.random() < 0.6:
        return made
    rates = []
    for number in range(pick.randrange(1, 4)):
        known_from = datetime.combine(DISBURSED, time(17)) + timedelta(
            days=pick.randrange(300), minutes=number
        )
        known_to = known_from + timedelta(days=pick.randrange(60), minutes=7) if pick.random() < 0.4 else None
        rates.append(
            LaterRate(
                first=max(
                    known_from.date() - timedelta(days=pick.choice([-9, 0, 40, 100])), made.terms.disbursed
                ),
                rate=D(pick.choice([5, 15, 30])) / 100,
                known_from=known_from,
                day=known_from.date(),
                known_to=known_to,
                until=known_to.date() if known_to else None,
            )
        )
    return replace(made, policy=replace(made.policy, later_rates=tuple(rates)))


def _terms(pick: random.Random) -> Terms:
    periods = pick.randrange(1, 19)
    method = pick.choice(["equal_instalment", "equal_instalment", "equal_principal", "flat", "bullet"])
    decimals = pick.choice([0, 0, 0, 2])
    grace = pick.choice([0, 0, pick.randrange(periods)]) if method != "bullet" else 0
    disbursed = DISBURSED + timedelta(days=pick.randrange(40))
    fees = pick.choice(
        [
            (),
            (),
            (Fee("a", "financed", "share", D("0.01")), Fee("b", "per_instalment", "amount", D(1500))),
            (Fee("c", "upfront", "share", D("0.02")),),
        ]
    )
    terms = Terms(
        principal=D(pick.randrange(200_000, 20_000_000)),
        rate=D(pick.choice([0, 1, 2, 2, 3])) / 100,
        periods=periods,
        disbursed=disbursed,
        first_due=disbursed + timedelta(days=pick.choice([14, 31, 31, 45])),
        method=method,
        frequency=pick.choice(["monthly", "monthly", "weekly", "fortnightly", "quarterly"]),
        day_count=pick.choice(["30/360", "30/360", "actual/365", "actual/360"]),
        decimals=decimals,
        rounding=pick.choice(["half_up", "half_up", "half_even", "up"]),
        interest_rounding=pick.choice(["half_up", "half_up", "half_even", "up"]),
        rounding_unit=pick.choice([None, None, D(50)]) if not decimals else None,
        residue=pick.choice(["last", "last", "first"]),
        principal_grace=grace,
        total_grace=pick.choice([0, 0, 0, grace]),
        capitalise=pick.random() < 0.5,
        insurance_per_mil=pick.choice([D(0), D(0), D("0.5")]),
        fees=fees,
    )
    if pick.random() < 0.2:
        terms = replace(terms, holiday_rule="next", rest_weekdays=frozenset({6}))
    if pick.random() < 0.1:
        harvests = tuple(
            SeasonalDue(disbursed + timedelta(days=days), D(share))
            for days, share in ((90, 2), (200, 0), (300, 3))
        )
        terms = replace(
            terms, frequency="seasonal", method="equal_principal", periods=None, calendar=harvests, first_due=harvests[0].due,
            principal_grace=0, total_grace=0, residue="last",
        )  # fmt: skip
    try:
        build(terms)
    except ScheduleError:
        return TERMS
    return terms


def _entry(pick: random.Random, key: str, now: datetime, made: Loan) -> Entry:
    back = pick.choice([0, 0, 0, 3, 40])
    day = max(now.date() - timedelta(days=back), made.terms.disbursed)
    amount = D(pick.choice([5_000, 50_000, 283_679, 700_000, pick.randrange(1, 3_000_000)]))
    kind = pick.choice(
        ["payment"] * 8
        + ["prepayment"] * 2
        + ["reversal"] * 2
        + ["disbursement"] * 2
        + ["restructuring", "write_off", "recovery"]
    )
    if kind == "reversal":
        target = pick.choice(made.entries)
        return Entry(key, kind, target.value_date, now, reverses=target.key)
    if kind == "restructuring":
        terms = replace(
            TERMS, periods=pick.randrange(1, 13), first_due=day + timedelta(days=30), disbursed=day
        )
        return Entry(key, kind, day, now, mode=pick.choice(["capitalise", "first_row", "waive"]), terms=terms)
    if kind == "write_off":
        return Entry(key, kind, day, now)
    return Entry(
        key, kind, day, now, amount, mode=pick.choice(PREPAYMENT_MODES) if kind == "prepayment" else ""
    )
