"""Generated loans through the auditor's door, against a second implementation in fractions.

A sample runs every time. SOCIAL_CRM_LOANS=10000 runs as many: `./run test unit -k generated_loans` with it set.
"""

import json
import os
import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import plain_schedule as plain
import pytest

from social_crm.microcredit.domain.door import DoorError, answer

LOANS = int(os.environ.get("SOCIAL_CRM_LOANS", "400"))
_HALF_STEP = Decimal("0.0000005")


def generated(seed: int) -> dict:
    """A loan as the door takes it: ordinary and odd ones, the same for the same seed."""
    pick = random.Random(seed)
    frequency = pick.choice(["weekly", "fortnightly", "monthly", "monthly", "quarterly"])
    method = pick.choice(["equal_instalment", "equal_instalment", "equal_principal", "flat", "bullet"])
    decimals = pick.choice([0, 0, 0, 2, 4])
    disbursed = date(2026, 1, 1) + timedelta(days=pick.randrange(1500))
    regular = plain.stepped(disbursed, frequency, 1)
    gap = pick.choice([0, 0, 0, pick.randrange(-5, 6), pick.randrange(1, 100)])
    periods = pick.choice([1, 2, 3, 6, 12, 24, 36, pick.randrange(1, 61)])
    rate_period = pick.choice(["monthly", "annual_nominal", "annual_effective"])
    percent = pick.choice([0, pick.randrange(1, 600), pick.randrange(1, 60) * 10])
    rate = Decimal(percent) / 10_000 * (1 if rate_period == "monthly" else 12)
    grace = pick.choice([0, 0, 0, pick.randrange(periods)]) if method != "bullet" else 0
    principal = Decimal(pick.choice([pick.randrange(1, 2000), pick.randrange(10**5, 10**8), 10**12])) + (
        Decimal(pick.randrange(10**decimals)).scaleb(-decimals)
    )
    loan = {
        "principal": str(principal),
        "rate": format(rate, "f"),
        "rate_period": rate_period,
        "method": method,
        "periods": periods,
        "frequency": frequency,
        "disbursed": disbursed.isoformat(),
        "first_due": max(regular + timedelta(days=gap), disbursed + timedelta(days=1)).isoformat(),
        "day_count": pick.choice(["30/360", "30/360", "actual/365", "actual/360"]),
        "decimals": decimals,
        "rounding": pick.choice(["half_up", "half_even", "up"]),
        "interest_rounding": pick.choice(["half_up", "half_even", "up"]),
        "principal_grace": grace,
    }
    if method == "equal_instalment" and not grace and pick.random() < 0.3:
        share = (principal * pick.randrange(2, 60) / 100).quantize(Decimal(1).scaleb(-decimals))
        loan["instalment"] = format(max(share, Decimal(1)), "f")
        loan["periods"] = pick.choice([None, periods])
    return loan


def check(loan: dict) -> None:
    """Both implementations say the same, and the schedule keeps what every schedule keeps."""
    try:
        expected = plain.rows_of(loan)
    except plain.RepaysNothing:
        with pytest.raises(DoorError) as refused:
            answer("schedule", json.dumps(loan))
        assert refused.value.field == ("instalment" if loan.get("instalment") else "periods"), loan
        return
    made = answer("schedule", json.dumps(loan))
    rows = made["rows"]
    found = [
        (
            date.fromisoformat(r["due"]),
            Fraction(r["principal"]),
            Fraction(r["interest"]),
            Fraction(r["balance"]),
        )
        for r in rows
    ]
    assert found == expected, loan
    assert sum(Fraction(row["principal"]) for row in rows) == Fraction(loan["principal"])
    assert all(Fraction(row["principal"]) >= 0 and Fraction(row["balance"]) >= 0 for row in rows)
    assert all(Fraction(r["total"]) == Fraction(r["principal"]) + Fraction(r["interest"]) for r in rows)
    assert Fraction(made["total_interest"]) == sum(Fraction(row["interest"]) for row in rows)
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    check_rate(loan, made)


def check_rate(loan: dict, made: dict) -> None:
    """The flows are worth something at half a step below the rate, and nothing more at half a step above it."""
    totals = [Decimal(row["total"]) for row in made["rows"]]
    rate = Decimal(made["effective_annual_rate"])
    if Fraction(made["total_interest"]) == 0 or plain.first_time(loan) == 0:
        return
    assert (
        plain.worth_at(loan, totals, rate - _HALF_STEP)
        >= 0
        >= plain.worth_at(loan, totals, rate + _HALF_STEP)
    ), loan


@pytest.mark.parametrize("block", range(8))
def test_generated_loans(block: int) -> None:
    for seed in range(block, LOANS, 8):
        check(generated(seed))
