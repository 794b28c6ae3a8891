"""What a household can pay a month, and what a solidarity group owes for one of its members."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal, localcontext

from social_crm.microcredit.domain.dates import PERIODS_A_YEAR
from social_crm.microcredit.domain.rounding import round_to, working_context
from social_crm.microcredit.domain.schedule import Schedule, ScheduleError, Terms, build
from social_crm.microcredit.domain.search import largest_passing

# How often an amount comes or goes in a year; "once" spreads over the year.
TIMES_A_YEAR: Mapping[str, int] = {
    "daily": 365,
    "weekly": 52,
    "fortnightly": 26,
    "monthly": 12,
    "quarterly": 4,
    "yearly": 1,
    "once": 1,
}
LIABILITY_RULES = ("equal", "by_share")


class CapacityError(ValueError):
    """An item or a member that cannot be counted; `field` names what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Item:
    """An income or an expense of a household. counted: the fraction of it that is relied on (1 for all)."""

    name: str
    amount: Decimal
    frequency: str = "monthly"
    counted: Decimal = Decimal(1)


@dataclass(frozen=True)
class Capacity:
    """What a household has a month: what comes in, what goes out, what older debts take, and what it can pay more."""

    income: Decimal
    expenses: Decimal
    debts: Decimal
    free: Decimal
    payable: Decimal


def a_month(item: Item) -> Decimal:
    """Return what an item is a month, unrounded.

    Raises:
        CapacityError: a negative amount, an unknown frequency, or a fraction outside 0 to 1.
    """
    if not item.amount.is_finite() or item.amount < 0:
        raise CapacityError("amount", f"{item.name}: the amount cannot be below zero.")
    if item.frequency not in TIMES_A_YEAR:
        raise CapacityError("frequency", f"{item.name}: unknown frequency {item.frequency}.")
    if not item.counted.is_finite() or not 0 <= item.counted <= 1:
        raise CapacityError("counted", f"{item.name}: between nothing and all of it can be counted.")
    with localcontext(working_context()):
        return item.amount * item.counted * TIMES_A_YEAR[item.frequency] / 12


def capacity(
    incomes: Iterable[Item],
    expenses: Iterable[Item],
    debts: Iterable[Item] = (),
    share: Decimal = Decimal(1),
    decimals: int = 0,
) -> Capacity:
    """Return what a household can pay a month: a share of what it has left, rounded down, never below zero.

    share: the fraction of what is free that instalments may take (0.7 for 70 %).

    Raises:
        CapacityError: an item, or a share outside 0 to 1.
    """
    if not share.is_finite() or not 0 <= share <= 1:
        raise CapacityError("share", "Instalments may take between nothing and all that is free.")
    with localcontext(working_context()):
        sums = [sum((a_month(item) for item in items), Decimal(0)) for items in (incomes, expenses, debts)]
        free = sums[0] - sums[1] - sums[2]
        payable = (max(free, Decimal(0)) * share).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)
        income, spent, owed, left = (round_to(amount, decimals) for amount in (*sums, free))
        return Capacity(income, spent, owed, left, payable)


def highest_a_month(schedule: Schedule) -> Decimal:
    """Return what the dearest instalment of a schedule takes a month: a weekly one comes 52 times in 12 months.

    A seasonal instalment is counted over the months since the one before it.
    """
    terms = schedule.terms
    with localcontext(working_context()):
        if terms.frequency != "seasonal":
            times = Decimal(PERIODS_A_YEAR[terms.frequency]) / 12
            return max(row.total for row in schedule.rows) * times
        dearest, start = Decimal(0), terms.disbursed
        for row in schedule.rows:
            months = max(Decimal((row.due - start).days) * 12 / 365, Decimal(1))
            dearest, start = max(dearest, row.total / months), row.due
        return dearest


def highest_principal(terms: Terms, payable: Decimal, step: Decimal = Decimal(1000)) -> Decimal:
    """Return the largest principal, up to that of the terms, whose instalments a household can pay; 0 if none.

    step: the principal is a multiple of it.
    """

    def fits(count: int) -> bool:
        try:
            return highest_a_month(build(replace(terms, principal=count * step))) <= payable
        except ScheduleError:
            return False

    return largest_passing(fits, int(terms.principal / step) + 1) * step


def joint_liability(
    members: Sequence[tuple[str, Decimal]],
    overdue: Mapping[str, Decimal],
    rule: str = "equal",
    decimals: int = 0,
) -> dict[str, Decimal]:
    """Return what each member who is up to date answers for of what the others have overdue.

    members: (key, principal that the member received). overdue: by member; who is not in it is up to date.
    rule: "equal", or "by_share" of the principal. The shares add up to what is overdue: what rounding leaves goes, coin by
    coin, to those who come first in the list. When nobody is up to date nobody answers for anybody.

    Raises:
        CapacityError: an unknown rule, a negative amount, or a debtor who is no member.
    """
    if rule not in LIABILITY_RULES:
        raise CapacityError("rule", f"The rule must be one of {', '.join(LIABILITY_RULES)}.")
    keys = [key for key, _ in members]
    if any(key not in keys for key in overdue) or len(set(keys)) != len(keys):
        raise CapacityError("members", "Each debtor must be a member, and each member named once.")
    if any(amount < 0 for amount in (*overdue.values(), *(principal for _, principal in members))):
        raise CapacityError("amount", "An amount cannot be below zero.")
    answering = [(key, principal) for key, principal in members if not overdue.get(key)]
    weights = [Decimal(1) if rule == "equal" else principal for _, principal in answering]
    whole = sum(weights, Decimal(0))
    if not whole:
        return {}
    debt = sum(overdue.values(), Decimal(0))
    coin = Decimal(1).scaleb(-decimals)
    with localcontext(working_context()):
        shares = [(debt * weight / whole).quantize(coin, rounding=ROUND_DOWN) for weight in weights]
        left = int((debt - sum(shares, Decimal(0))) / coin)
    found: dict[str, Decimal] = {}
    for (key, _), weight, share in zip(answering, weights, shares, strict=True):
        takes_coin = left > 0 and weight > 0
        left -= takes_coin
        found[key] = share + coin if takes_coin else share
    return found
