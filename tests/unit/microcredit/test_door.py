"""The auditor's door: golden answers, everything that it refuses, and that it stands alone."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from social_crm.microcredit.domain.door import DoorError, answer

ROOT = Path(__file__).resolve().parents[3]
LOAN = {
    "principal": "3000000",
    "rate": "0.02",
    "rate_period": "monthly",
    "method": "equal_instalment",
    "periods": 12,
    "frequency": "monthly",
    "disbursed": "2026-01-15",
    "first_due": "2026-02-15",
    "day_count": "30/360",
    "decimals": 0,
    "rounding": "half_up",
}


def schedule(**changes: object) -> dict:
    return answer("schedule", json.dumps(LOAN | changes))


def totals(**changes: object) -> list[int]:
    return [int(row["total"]) for row in schedule(**changes)["rows"]]


def refused(command: str, text: str) -> str:
    with pytest.raises(DoorError) as caught:
        answer(command, text)
    assert str(caught.value).count("\n") == 0
    return caught.value.field


def run(words: list[str], data: bytes) -> subprocess.CompletedProcess:
    """The real command, cut off from the environment and from every installed package."""
    program = (
        f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r}); "
        f"sys.argv = ['domain', *{words!r}]; runpy.run_module('social_crm.microcredit.domain', run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program], input=data, capture_output=True, timeout=60
    )


def test_the_example_of_the_equal_instalment() -> None:
    """3,000,000 at 2 % a month over 12 months, computed by the annuity formula."""
    made = schedule()
    assert totals() == [283_679] * 11 + [283_675]
    assert made["total_interest"] == "404144"
    assert made["rows"][0] == {
        "number": 1,
        "due": "2026-02-15",
        "principal": "223679",
        "interest": "60000",
        "fees": "0",
        "total": "283679",
        "balance": "2776321",
    }
    # A little below (1.02)^12 - 1 = 0.268242: eleven instalments were rounded down.
    assert made["effective_annual_rate"] == "0.268241"


def test_the_examples_of_the_other_methods() -> None:
    """The same loan, each method by its own formula; a flat 2 % is a true rate of 50.67 % a year."""
    falling = totals(method="equal_principal")
    assert (falling[0], falling[-1], sum(falling) - 3_000_000) == (310_000, 255_000, 390_000)
    assert totals(method="flat") == [310_000] * 12
    assert schedule(method="flat")["total_interest"] == "720000"
    assert schedule(method="flat")["effective_annual_rate"].startswith("0.5067")
    grace = totals(principal_grace=3)
    assert grace == [60_000] * 3 + [367_546] * 8 + [367_548]
    assert schedule(principal_grace=3)["total_interest"] == "487916"
    assert totals(method="bullet") == [60_000] * 11 + [3_060_000]


def test_a_published_table() -> None:
    """100,000 at 6 % nominal a year over 30 years: 599.55 a month, the figure of every printed amortisation table."""
    made = schedule(principal="100000", rate="0.06", rate_period="annual_nominal", periods=360, decimals=2)
    assert {row["total"] for row in made["rows"][:-1]} == {"599.55"}
    assert (made["rows"][0]["interest"], made["rows"][0]["principal"]) == ("500.00", "99.55")
    assert made["effective_annual_rate"] == "0.061678"


def test_an_agreed_instalment_says_how_many() -> None:
    made = schedule(instalment="300000", periods=None)
    assert [int(row["total"]) for row in made["rows"][:-1]] == [300_000] * 11
    assert 0 < int(made["rows"][-1]["total"]) <= 300_000
    # With a number of periods the last one takes the balance.
    assert totals(instalment="100000", periods=12)[:11] == [100_000] * 11
    assert totals(instalment="1500000", periods=12)[:2] == [1_500_000] * 2
    assert len(totals(instalment="1500000", periods=12)) == 3
    del (missing := dict(LOAN))["periods"]
    assert len(answer("schedule", json.dumps(missing | {"instalment": "300000"}))["rows"]) == 12


def test_rows_stop_when_nothing_is_left() -> None:
    made = schedule(principal="9", rate="0", periods=6, rounding="up")
    assert [row["principal"] for row in made["rows"]] == ["2", "2", "2", "2", "1"]
    assert made["effective_annual_rate"] == "0.000000"
    assert totals(principal="9", rate="0", periods=6, rounding="up", method="flat") == [2, 2, 2, 2, 1]


def test_a_share_that_rounds_to_nothing_waits_for_the_last_row() -> None:
    assert totals(method="equal_principal", principal="4", rate="0", periods=10) == [0] * 9 + [4]
    assert totals(method="flat", principal="4", rate="0", periods=10) == [0] * 9 + [4]
    text = json.dumps(LOAN | {"principal": "4", "rate": "0", "periods": 10})
    assert refused("schedule", text).startswith("periods")


def test_decimals_are_always_shown() -> None:
    row = schedule(principal="1000.10", decimals=2)["rows"][0]
    assert (row["interest"], row["fees"], row["balance"]) == ("20.00", "0.00", "925.53")
    assert schedule(principal="1000.00")["rows"][-1]["balance"] == "0"


def test_ties_by_each_mode() -> None:
    """50 at 1 % is 0.5 a month: up, to the even neighbour, and up."""
    for mode, interest in (("half_up", "1"), ("half_even", "0"), ("up", "1")):
        rows = schedule(principal="50", rate="0.01", periods=2, interest_rounding=mode)["rows"]
        assert rows[0]["interest"] == interest
    # 1.01^12 - 1 is exactly 1 % a month; the root must not spoil the tie.
    exact = "0.126825030131969720661201"
    rows = schedule(principal="50", rate=exact, rate_period="annual_effective", periods=2)["rows"]
    assert rows[0]["interest"] == "1"
    # 5 at 50 % a month over two months: an instalment of exactly 4.5; and 900 for 1000, which "up" must leave.
    assert totals(principal="50000", rate="0.5", periods=2, decimals=0)[0] == 45_000
    assert totals(principal="1000", rate="0.5", periods=2, rounding="up")[0] == 900
    with_even = schedule(
        principal="5", rate="0.5", periods=2, rounding="half_even", interest_rounding="half_even"
    )
    assert with_even["rows"][0]["total"] == "4"


@pytest.mark.parametrize("frequency", ["weekly", "fortnightly", "monthly", "quarterly"])
def test_a_weekly_interest_that_is_a_whole_number_stays_one(frequency: str) -> None:
    periods = {"weekly": 52, "fortnightly": 26, "monthly": 12, "quarterly": 4}[frequency]
    first = {
        "weekly": "2026-01-22",
        "fortnightly": "2026-01-29",
        "monthly": "2026-02-15",
        "quarterly": "2026-04-15",
    }
    made = schedule(
        principal=str(periods * 1000), rate="0.25", rate_period="annual_nominal", frequency=frequency,
        first_due=first[frequency], interest_rounding="up", method="bullet",
    )  # fmt: skip
    assert {row["interest"] for row in made["rows"]} == {"250"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"principal": 3000000}, "principal"),
        ({"principal": "0"}, "principal"),
        ({"principal": "-1"}, "principal"),
        ({"principal": "100.5"}, "principal"),
        ({"principal": "NaN"}, "principal"),
        ({"principal": "Infinity"}, "principal"),
        ({"principal": "1e400"}, "principal"),
        ({"principal": "1_000"}, "principal"),
        ({"principal": " 5"}, "principal"),
        ({"principal": "5\n"}, "principal"),
        ({"principal": "٣"}, "principal"),
        ({"principal": ""}, "principal"),
        ({"principal": None}, "principal"),
        ({"principal": "9" * 41}, "principal"),
        ({"rate": 0.02}, "rate"),
        ({"rate": "-0"}, "rate"),
        ({"rate": "1000000000000000001"}, "rate"),
        ({"rate": True}, "rate"),
        ({"rate_period": "daily"}, "rate_period"),
        ({"method": "french"}, "method"),
        ({"method": []}, "method"),
        ({"periods": 0}, "periods"),
        ({"periods": 1201}, "periods"),
        ({"periods": None}, "periods"),
        ({"periods": True}, "periods"),
        ({"periods": 12.0}, "periods"),
        ({"periods": "12"}, "periods"),
        ({"periods": 10**30}, "periods"),
        ({"periods": -(10**30)}, "periods"),
        ({"principal": "10", "periods": 100}, "periods"),
        ({"frequency": "daily"}, "frequency"),
        ({"frequency": "seasonal"}, "frequency"),
        ({"disbursed": "2026-02-30"}, "disbursed"),
        ({"disbursed": "20260115"}, "disbursed"),
        ({"disbursed": "2026-01-15T00:00"}, "disbursed"),
        ({"disbursed": 20260115}, "disbursed"),
        ({"disbursed": "0000-01-01"}, "disbursed"),
        ({"first_due": "2026-01-15"}, "first_due"),
        ({"first_due": "9999-06-15"}, "first_due"),
        ({"day_count": "actual/366"}, "day_count"),
        ({"decimals": 5}, "decimals"),
        ({"decimals": -1}, "decimals"),
        ({"decimals": False}, "decimals"),
        ({"decimals": None}, "decimals"),
        ({"rounding": "down"}, "rounding"),
        ({"rounding": None}, "rounding"),
        ({"interest_rounding": None}, "interest_rounding"),
        ({"principal_grace": 12}, "principal_grace"),
        ({"principal_grace": -1}, "principal_grace"),
        ({"principal_grace": None}, "principal_grace"),
        ({"principal_grace": 1, "method": "bullet"}, "principal_grace"),
        ({"instalment": "60000"}, "instalment"),
        ({"instalment": "0"}, "instalment"),
        ({"instalment": "283679.5"}, "instalment"),
        ({"instalment": 283679}, "instalment"),
        ({"instalment": "2499", "rate": "0", "periods": None}, "instalment"),
        ({"instalment": "300000", "method": "flat"}, "instalment"),
        ({"instalment": "300000", "principal_grace": 1}, "instalment"),
        ({"fees": "0"}, "fees"),
        ({"": "0"}, ""),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field(changes: dict[str, object], field: str) -> None:
    assert refused("schedule", json.dumps(LOAN | changes)) == field


@pytest.mark.parametrize("field", sorted(LOAN))
def test_nothing_may_be_missing(field: str) -> None:
    assert refused("schedule", json.dumps({key: LOAN[key] for key in LOAN if key != field})) == field


@pytest.mark.parametrize(
    ("command", "text", "field"),
    [
        ("schedule", "", "input"),
        ("schedule", "[]", "input"),
        ("schedule", "null", "input"),
        ("schedule", "{", "input"),
        ("schedule", "{} {}", "input"),
        ("schedule", "[" * 200_000, "input"),
        ("cap", '{"ibc": "0.1", "ibc": "0.1"}', "ibc"),
        ("cap", '{"ibc": NaN}', "ibc"),
        ("cap", '{"ibc": Infinity}', "ibc"),
        ("cap", '{"ibc": 1e999}', "ibc"),
        ("cap", '{"ibc": ' + "9" * 5000 + "}", "ibc"),
        ("cap", '{"ibc": "-0.1"}', "ibc"),
        ("cap", "{}", "ibc"),
        ("help", "{}", "command"),
        ("portfolio", '{"as_of": "2026-01-01"}', "loans"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": {}}', "loans"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [1]}', "loans"),
        ("portfolio", '{"as_of": null, "loans": []}', "as_of"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": "1e3", "days_late": 0}]}', "balance"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": 1, "days_late": 0}]}', "balance"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": "-1", "days_late": 0}]}', "balance"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": "1", "days_late": -1}]}', "days_late"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": "1", "days_late": "0"}]}', "days_late"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": "1", "days_late": true}]}', "days_late"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": "1"}]}', "days_late"),
        ("portfolio", '{"as_of": "2026-01-01", "loans": [{"balance": "1", "days_late": 0, "x": 1}]}', "x"),
    ],
)  # fmt: skip
def test_other_refusals(command: str, text: str, field: str) -> None:
    assert refused(command, text) == field


def test_portfolio() -> None:
    """More than n days: 60 days late is not in PAR 60. The whole balance counts."""
    loans = [("100", 0), ("100", 1), ("100", 30), ("100", 31), ("100", 60), ("100", 61), ("100.50", 181)]
    made = answer(
        "portfolio",
        json.dumps({"as_of": "2026-01-01", "loans": [{"balance": b, "days_late": d} for b, d in loans]}),
    )
    assert made["par"] == {"1": "0.714490", "30": "0.571734", "60": "0.286224", "90": "0.143469"}
    assert made["ageing"] == {
        "0": "100", "1-30": "200", "31-60": "200", "61-90": "100", "91-180": "0", "181+": "100.50",
    }  # fmt: skip
    nothing = answer("portfolio", '{"as_of": "2026-01-01", "loans": []}')
    assert nothing["par"] == dict.fromkeys(("1", "30", "60", "90"), "0.000000")
    huge = '{"as_of": "2026-01-01", "loans": [{"balance": "7", "days_late": %s}]}' % ("9" * 5000)
    assert answer("portfolio", huge)["ageing"]["181+"] == "7"


def test_cap() -> None:
    """17.23 % gives 25.85 (binary floats and half-even give 25.84)."""
    assert answer("cap", '{"ibc": "0.1723"}') == {"cap": "0.2585"}
    assert answer("cap", '{"ibc": "0"}') == {"cap": "0.0000"}


def test_the_command_stands_alone() -> None:
    done = run(["schedule"], json.dumps(LOAN).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == schedule()
    bad = run(["schedule"], json.dumps(LOAN | {"méthode\n": "x"}).encode())
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert bad.stderr.count(b"\n") == 1
    assert bad.stderr.isascii()
    assert run(["cap"], b"\xff\xfe").returncode == 2
    assert run(["cap"], b"").stderr.startswith(b"input: ")
    command = [
        "sh",
        "-c",
        'exec "$@" <&-',
        "sh",
        sys.executable,
        "-B",
        "-m",
        "social_crm.microcredit.domain",
        "cap",
    ]
    closed = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60)
    assert (closed.returncode, closed.stdout, closed.stderr) == (2, b"", b"input: is closed\n")
    assert run(["cap"], '\ufeff{"ibc": "0.1"}'.encode()).returncode == 0
    assert run([], b"{}").returncode == run(["cap", "cap"], b"{}").returncode == 2
    surrogate = run(["cap"], b'{"\\ud800": "1"}')
    assert (surrogate.returncode, surrogate.stderr.count(b"\n")) == (2, 1)


def test_as_the_issue_types_it() -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "social_crm.microcredit.domain", "cap"],
        input=b'{"ibc": "0.1723"}', capture_output=True, cwd=ROOT, env={"PATH": os.environ["PATH"]}, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout) == {"cap": "0.2585"}


def test_absurd_rates_still_have_an_answer() -> None:
    # 13 for 3 after one of 360 days: (13/3)^360 - 1 a year.
    day = schedule(
        rate="100",
        method="bullet",
        periods=1,
        frequency="weekly",
        day_count="actual/360",
        first_due="2026-01-16",
    )
    exact = Fraction(13, 3) ** 360 - 1
    assert abs(Fraction(day["effective_annual_rate"]) - exact) <= Fraction(1, 2_000_000)
    # No bound but that of the digits: 150 for 1 in a month.
    above = schedule(rate="150", method="flat", periods=1)
    assert above["effective_annual_rate"] == f"{151**12 - 1}.000000"
    made = schedule(rate="100", periods=2, decimals=4)
    assert abs(Decimal(made["effective_annual_rate"]) / (Decimal(101) ** 12 - 1) - 1) < Decimal("1e-6")
    long = schedule(rate="0.9", rate_period="annual_nominal", periods=1200, principal="9" * 40)
    assert sum(int(row["principal"]) for row in long["rows"]) == int("9" * 40)
