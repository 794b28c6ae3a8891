"""Which account of the chart of accounts a neutral account is: dated rules, the most specific one first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain.journal import Line


@dataclass(frozen=True)
class AccountRule:
    """What a neutral account is called from a day on.

    account: one of `accounts.ACCOUNTS`. programme, product: "" is every one. valid_to: the last day, or None.
    code, name: of the chart of accounts. target: the account's name in the general ledger, "" where there is none.
    """

    account: str
    code: str
    name: str
    valid_from: date
    valid_to: date | None = None
    programme: str = ""
    product: str = ""
    target: str = ""


@dataclass(frozen=True)
class Place:
    """Of which loan a posting is, as far as rules tell loans apart."""

    programme: str = ""
    product: str = ""


class Chart:
    """Finds the rule of a neutral account."""

    def __init__(self, rules: Iterable[AccountRule]) -> None:
        self._rules: dict[str, list[AccountRule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.account, []).append(rule)
        for found in self._rules.values():
            found.sort(key=_weight, reverse=True)

    def rule_for(self, account: str, place: Place, day: date) -> AccountRule | None:
        """Return the rule in force: of the product before that of the programme before that of everything; then the latest."""
        for rule in self._rules.get(account, ()):
            fits = rule.programme in ("", place.programme) and rule.product in ("", place.product)
            if fits and rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to):
                return rule
        return None


def _weight(rule: AccountRule) -> tuple[bool, bool, date]:
    return bool(rule.product), bool(rule.programme), rule.valid_from


def overlapping(rule: AccountRule, others: Iterable[AccountRule]) -> AccountRule | None:
    """Return a rule for the same account, programme and product that is in force on a common day."""
    for other in others:
        same = (other.account, other.programme, other.product) == (rule.account, rule.programme, rule.product)
        begins_after = rule.valid_to is not None and other.valid_from > rule.valid_to
        ends_before = other.valid_to is not None and other.valid_to < rule.valid_from
        if same and not begins_after and not ends_before:
            return other
    return None


def added_up(lines: Iterable[tuple[str, Line]]) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Return debit and credit of each account, in order: of (account, line) pairs."""
    totals: dict[str, tuple[Decimal, Decimal]] = {}
    for account, line in lines:
        debit, credit = totals.get(account, (Decimal(0), Decimal(0)))
        totals[account] = (debit + line.debit, credit + line.credit)
    return tuple((account, debit, credit) for account, (debit, credit) in sorted(totals.items()))


def netted(lines: Iterable[tuple[str, Line]]) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Return one debit or one credit of each account: two neutral accounts may be one of the chart."""
    found = []
    for account, debit, credit in added_up(lines):
        change = debit - credit
        if change:
            found.append((account, max(change, Decimal(0)), max(-change, Decimal(0))))
    return tuple(found)


def is_balanced(lines: Sequence[Line]) -> bool:
    """Tell whether debits and credits are equal."""
    return sum((line.debit - line.credit for line in lines), Decimal(0)) == 0


def missing(accounts: Iterable[str], chart: Chart, place: Place, day: date) -> tuple[str, ...]:
    """Return the neutral accounts that have no rule on a day."""
    return tuple(account for account in accounts if chart.rule_for(account, place, day) is None)


def total_of(lines: Iterable[Line]) -> Decimal:
    """Return the debits of a voucher."""
    return sum((line.debit for line in lines), Decimal(0))
