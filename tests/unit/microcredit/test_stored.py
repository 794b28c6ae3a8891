"""Terms, rows and rules survive being stored as JSON."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ledger_cases import generated

from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.entries import Policy
from social_crm.microcredit.domain.schedule import Fee, SeasonalDue, Terms, Tranche, build

D = Decimal


def there_and_back(value, write, read):
    return read(json.loads(json.dumps(write(value))))


def test_generated_loans():
    for seed in range(80):
        loan = generated(seed)
        assert there_and_back(loan.terms, stored.terms_to_json, stored.terms_from_json) == loan.terms
        assert there_and_back(loan.policy, stored.policy_to_json, stored.policy_from_json) == replace(
            loan.policy, later_rates=()
        )
        rows = build(loan.terms).rows
        assert there_and_back(rows, stored.rows_to_json, stored.rows_from_json) == rows


def test_every_term():
    terms = Terms(
        principal=D("1000000.50"),
        rate=D("0.0195"),
        periods=2,
        disbursed=date(2026, 1, 1),
        first_due=date(2026, 6, 1),
        method="flat",
        frequency="seasonal",
        decimals=2,
        rate_period="annual_effective",
        day_count="actual/365",
        rounding="up",
        interest_rounding="half_even",
        rounding_unit=D(50),
        residue="first",
        fees=(Fee("Estudio", "upfront", "share", D("0.01")),),
        insurance_per_mil=D("0.35"),
        holiday_rule="next",
        holidays=frozenset({date(2026, 6, 1), date(2026, 1, 6)}),
        rest_weekdays=frozenset({5, 6}),
        calendar=(SeasonalDue(date(2026, 6, 1), D(0)), SeasonalDue(date(2026, 12, 1), D(1))),
        tranches=(Tranche(date(2026, 1, 1), D("500000.25")), Tranche(date(2026, 3, 1), D("500000.25"))),
        instalment=D(9),
        principal_grace=1,
        total_grace=1,
        capitalise=True,
    )
    assert there_and_back(terms, stored.terms_to_json, stored.terms_from_json) == terms


def test_a_loan_without_rules_has_the_default_ones():
    assert stored.policy_from_json({}) == Policy()


def test_where_default_interest_runs_can_be_told_from_the_text():
    runs = Policy(default_rates=((date(2026, 1, 1), D("0.2")),))
    texts = [json.dumps(stored.policy_to_json(policy)) for policy in (runs, Policy())]
    assert [stored.RUNS_DEFAULT_INTEREST in text for text in texts] == [True, False]
