"""No life of a loan changes its figures unnoticed: what borrowers owed under the last release they owe under this one.

The figures of lives_of_loans.json were reckoned by this code when it was released; they prove no rule (the other tests
do), they notice a change. Where a change is meant, `SOCIAL_CRM_WRITE_LIVES=1 ./run test unit -k lives` writes them anew, and the
change is told in CHANGELOG.md.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

from ledger_cases import generated

from social_crm.microcredit.domain.entries import Loan
from social_crm.microcredit.domain.ledger import LoanState, payoff, state
from social_crm.microcredit.domain.statement import statement

KEPT = Path(__file__).parent / "lives_of_loans.json"
LIVES = 60


def told(found: LoanState) -> list[str]:
    """A state in a few words, everything that a borrower could be asked for among them."""
    position = found.position
    paid = ("paid_principal", "paid_interest", "paid_fees", "paid_insurance", "paid_default_interest")
    return [
        f"{position.status} {position.days_late} days, closed {found.closed_on}, next {position.next_due} {position.next_amount}",
        f"balance {position.balance}, unpaid {position.unpaid}, overdue {position.overdue} ({position.overdue_principal})",
        f"out {found.disbursed}, default {found.default_interest}, surplus {found.surplus}, recovered {found.recovered}",
        "paid " + " ".join(str(sum(getattr(item, name) for item in position.instalments)) for name in paid),
        "accounts " + " ".join(f"{name}={amount}" for name, amount in sorted(found.accounts.items()) if amount),
        "written off " + " ".join(f"{name}={amount}" for name, amount in found.written_off.items() if amount),
        f"restructured {found.is_restructured}: "
        + "; ".join(
            f"{v.number} {v.reason} {v.entry} {v.from_date} {v.first_new} {v.terms.principal} {len(v.rows)} rows "
            f"{sum(row.total for row in v.rows)}"
            for v in found.versions
        ),
        "rows " + " ".join(f"{item.row.number}:{item.row.due}:{item.row.total}:{item.unpaid}" for item in position.instalments),
    ]  # fmt: skip


def figures(loan: Loan) -> dict[str, list[str]]:
    """Where a loan stood in the middle of its life and long after it, what would have closed it, and its statement."""
    days = loan.days_of_accounts()
    found = {}
    for day in (days[len(days) // 2], days[-1] + timedelta(days=90)):
        lines = statement(loan, day).lines
        found[str(day)] = [
            *told(state(loan, day)),
            f"payoff {payoff(loan, day)}",
            "statement " + " ".join(f"{line.entry.key}:{line.balance}:{line.overdue}:{line.days_late}" for line in lines),
        ]  # fmt: skip
    return found


def test_no_life_changes_unnoticed() -> None:
    if os.environ.get("SOCIAL_CRM_WRITE_LIVES"):
        KEPT.write_text(json.dumps([figures(generated(seed)) for seed in range(LIVES)], indent=0) + "\n")
    kept = json.loads(KEPT.read_text())
    assert len(kept) == LIVES
    for seed, expected in enumerate(kept):
        assert figures(generated(seed)) == expected, f"the loan of seed {seed}"
