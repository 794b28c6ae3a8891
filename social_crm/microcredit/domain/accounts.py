"""Balances of neutral accounts, always in balance: every posting debits one account and credits another."""

from collections.abc import Mapping
from decimal import Decimal

# Which side an account normally stands on does not matter here: debits are positive, credits negative.
ACCOUNTS = (
    "cash",
    "principal",
    "interest_receivable",
    "fees_receivable",
    "insurance_receivable",
    "default_interest_receivable",
    "surplus",
    "interest_income",
    "fees_income",
    "insurance_payable",
    "default_interest_income",
    "recovery_income",
    "write_off_loss",
    "waiver_loss",
)


def receivable_of(component: str) -> str:
    """Return the account of what is owed of a component."""
    return "principal" if component == "principal" else f"{component}_receivable"


def income_of(component: str) -> str:
    """Return the account in which a component is earned (insurance is owed to the insurer)."""
    return "insurance_payable" if component == "insurance" else f"{component}_income"


class Accounts:
    """Balances by account: positive is a debit balance."""

    def __init__(self) -> None:
        self._balances = {name: Decimal(0) for name in ACCOUNTS}

    def __getitem__(self, name: str) -> Decimal:
        return self._balances[name]

    def post(self, debit: str, credit: str, amount: Decimal) -> None:
        """Debit one account and credit another with the same amount."""
        self._balances[debit] += amount
        self._balances[credit] -= amount

    def balances(self) -> Mapping[str, Decimal]:
        """Return a copy of all balances."""
        return dict(self._balances)
