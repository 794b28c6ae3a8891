"""An instalment while a loan is replayed: what it charges, what was paid of it, and what has been entered as income."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain.arrears import InstalmentState, days_late
from social_crm.microcredit.domain.rounding import round_to
from social_crm.microcredit.domain.schedule import Row, Terms

# Everything but principal.
CHARGES = ("fees", "insurance", "default_interest", "interest")
COMPONENTS = ("principal", *CHARGES)
_ZERO = Decimal(0)


@dataclass(frozen=True)
class ScheduleVersion:
    """A schedule as it was from an entry on: all rows, of which those from `first_new` on are new."""

    number: int
    from_date: date
    entry: str
    reason: str
    terms: Terms
    rows: tuple[Row, ...]
    first_new: int

    @property
    def new_rows(self) -> tuple[Row, ...]:
        """The rows that this version brought."""
        return tuple(row for row in self.rows if row.number >= self.first_new)


class Instalment:
    """One instalment in the making; `charge`, `paid` and `recognised` are by component."""

    __slots__ = (
        "_default_exact",
        "capitalised",
        "charge",
        "due",
        "is_capitalised",
        "number",
        "paid",
        "recognised",
    )

    def __init__(self, row: Row) -> None:
        self.number = row.number
        self.due = row.due
        self.capitalised = row.capitalised
        # Whether what it capitalises has been added to what is owed.
        self.is_capitalised = False
        self.charge = {
            "principal": row.principal,
            "fees": row.fees,
            "insurance": row.insurance,
            "default_interest": _ZERO,
            "interest": row.interest,
        }
        self.paid = dict.fromkeys(COMPONENTS, _ZERO)
        self.recognised = dict.fromkeys(CHARGES, _ZERO)
        self._default_exact = _ZERO

    def open(self, component: str) -> Decimal:
        """What is unpaid of a component."""
        return self.charge[component] - self.paid[component]

    def is_open(self) -> bool:
        """Whether anything is unpaid of it."""
        return self.charge != self.paid

    def run_default(self, exact: Decimal) -> None:
        """Add unrounded default interest."""
        self._default_exact += exact

    def default_total(self, decimals: int) -> Decimal:
        """Default interest so far, rounded as one sum, half up."""
        return round_to(self._default_exact, decimals)

    def carry(self, component: str, amount: Decimal) -> None:
        """Take over what was unpaid of a component before a restructuring; it is income already."""
        self.charge[component] += amount
        self.recognised[component] += amount
        if component == "default_interest":
            self._default_exact += amount

    def paid_of_charges(self) -> Decimal:
        """What was paid of it apart from principal."""
        return sum((self.paid[component] for component in CHARGES), _ZERO)

    def is_worth_showing(self) -> bool:
        """Whether anything remains of it after it was cut."""
        return bool(self.capitalised) or any(self.charge.values())

    def row(self, balance: Decimal) -> Row:
        """The instalment as a row of the schedule, without default interest."""
        charge = self.charge
        without = charge["principal"] + charge["interest"] + charge["fees"] + charge["insurance"]
        return Row(
            number=self.number,
            due=self.due,
            principal=charge["principal"],
            interest=charge["interest"],
            fees=charge["fees"],
            total=without,
            balance=balance,
            insurance=charge["insurance"],
            capitalised=self.capitalised,
        )

    def state(self, balance: Decimal, as_of: date) -> InstalmentState:
        """The instalment on a day."""
        row, paid = self.row(balance), self.paid
        in_schedule = sum(paid.values(), _ZERO) - paid["default_interest"]
        return InstalmentState(
            row=row,
            paid_principal=paid["principal"],
            paid_interest=paid["interest"],
            paid_fees=paid["fees"],
            days_late=days_late(row, in_schedule, as_of),
            paid_insurance=paid["insurance"],
            default_interest=self.charge["default_interest"],
            paid_default_interest=paid["default_interest"],
        )


@dataclass(frozen=True)
class Overdue:
    """What was unpaid of instalments before they were cut to what was paid."""

    principal: Decimal
    charges: dict[str, Decimal]

    @classmethod
    def cut(cls, items: Iterable[Instalment]) -> "Overdue":
        """Cut instalments to what was paid of them, and return what was unpaid."""
        principal = _ZERO
        charges = dict.fromkeys(CHARGES, _ZERO)
        for item in items:
            principal += item.open("principal")
            for component in CHARGES:
                charges[component] += item.open(component)
            item.charge = dict(item.paid)
        return cls(principal, charges)


def rows_of(items: list[Instalment]) -> list[Row]:
    """Return instalments as rows of one schedule; each balance is the principal of the rows after it."""
    balance = sum((item.charge["principal"] - item.capitalised for item in items), Decimal(0))
    rows = []
    for item in items:
        balance += item.capitalised - item.charge["principal"]
        rows.append(item.row(balance))
    return rows
