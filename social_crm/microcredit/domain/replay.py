"""One loan, replayed from its entries: what each payment paid, what is owed, and what stands in each account.

Nothing here is stored. A backdated entry takes its place by value date, a reversed one is left out, and everything after it
follows: so both give what entering it on time, or never, would have given.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain import methods, rescheduling
from social_crm.microcredit.domain.accounts import Accounts, income_of, receivable_of
from social_crm.microcredit.domain.allocation import Claim, Share, check_order, place
from social_crm.microcredit.domain.default_interest import daily_rates, days_at
from social_crm.microcredit.domain.entries import (
    REFINANCES_ARREARS,
    Entry,
    LedgerError,
    Loan,
    amounts_by,
    total,
)
from social_crm.microcredit.domain.instalments import (
    CHARGES,
    Instalment,
    Overdue,
    ScheduleVersion,
    rows_of,
)
from social_crm.microcredit.domain.schedule import Row, Terms, Tranche


class Replay:
    """The working state while entries are replayed; `ledger.state` reads it."""

    def __init__(self, loan: Loan) -> None:
        check_order(loan.policy.order)
        if loan.policy.later_rates:
            raise ValueError("Say as of which knowledge: Loan.as_known.")
        self.loan = loan
        self.accounts = Accounts()
        self.items: list[Instalment] = []
        self._settled = 0
        self.versions: list[ScheduleVersion] = []
        self.shares: list[Share] = []
        self.tranches: list[Tranche] = []
        self.day: date | None = None
        self.terms = loan.terms
        # The number of the last instalment before the version in force.
        self.offset = 0
        self.written_off = amounts_by(("principal", *CHARGES))
        self.recovered = Decimal(0)
        self.is_written_off = False
        self.is_restructured = False
        self._rates = daily_rates(loan.policy)

    def apply(self, entry: Entry) -> None:
        """Count one entry; they come in the order of `entries.in_force`."""
        if self.day is None and entry.kind != "disbursement":
            raise LedgerError("before_disbursement", "Nothing can precede the disbursement.")
        self.advance(entry.value_date)
        _STEPS[entry.kind](self, entry)

    def advance(self, day: date) -> None:
        """Let time pass to the end of a day: default interest runs, instalments fall due."""
        if self.day is None or day <= self.day:
            return
        for item in self.items[self.settled() :]:
            if item.due >= day and item.due > self.day:
                if item.due > day:
                    break
                self._fall_due(item)
                continue
            if self._rates and item.due < day and item.open("principal") > 0:
                self._run_default_interest(item, max(self.day, item.due), day)
            if self.day < item.due:
                self._fall_due(item)
        self.day = day

    def settled(self) -> int:
        """Return how many instalments at the beginning are over: fallen due and paid."""
        items, at = self.items, self._settled
        for item in items[at:]:
            if self.day is None or item.due > self.day or item.is_open():
                break
            at += 1
        self._settled = at
        return at

    def _replace(self, items: list[Instalment]) -> None:
        self.items, self._settled = items, 0

    def _fall_due(self, item: Instalment) -> None:
        for component in CHARGES:
            self._recognise(item, component, item.charge[component] - item.recognised[component])
        self._capitalise(item)

    def _capitalise(self, item: Instalment, sign: int = 1) -> None:
        """Add what a row capitalises to what is owed, once; or take it off again."""
        if item.capitalised and item.is_capitalised == (sign < 0):
            item.is_capitalised = sign > 0
            self.accounts.post("principal", income_of("interest"), sign * item.capitalised)

    def _run_default_interest(self, item: Instalment, start: date, end: date) -> None:
        """Daily, from the day after `start`, on the overdue principal alone; rounded as a sum for the instalment."""
        for daily, days in days_at(self._rates, start, end):
            item.run_default(item.open("principal") * daily * days)
        more = item.default_total(self.terms.decimals) - item.charge["default_interest"]
        item.charge["default_interest"] += more
        self._recognise(item, "default_interest", more)

    def _recognise(self, item: Instalment, component: str, amount: Decimal) -> None:
        if amount:
            item.recognised[component] += amount
            self.accounts.post(receivable_of(component), income_of(component), amount)

    def _pay(self, shares: Iterable[Share]) -> None:
        for share in shares:
            item = self._numbered(share.number)
            item.paid[share.component] += share.amount
            if share.component != "principal":
                early = item.paid[share.component] - item.recognised[share.component]
                # Paid in advance: it is income on that day.
                self._recognise(item, share.component, max(early, Decimal(0)))
            self.accounts.post("surplus", receivable_of(share.component), share.amount)
            self.shares.append(share)
        for item in self.items:
            # Paid ahead of the interest that is still to be capitalised: that counts from now on.
            if self.accounts["principal"] >= 0:
                break
            self._capitalise(item)

    def _numbered(self, number: int) -> Instalment:
        found = next((item for item in self.items[self._settled :] if item.number == number), None)
        return found or next(item for item in self.items if item.number == number)

    def _claims(self, items: Iterable[Instalment]) -> Iterable[Claim]:
        for item in items:
            for component in self.loan.policy.order:
                yield item.number, component, item.open(component)

    def _place(self, key: str, amount: Decimal, items: Iterable[Instalment]) -> Decimal:
        shares, left = place(key, amount, self._claims(items))
        self._pay(shares)
        return left

    def _disburse(self, entry: Entry) -> None:
        """The first money, or a further tranche: the rows to come are those of the terms with it."""
        self.tranches.append(Tranche(entry.value_date, entry.amount))
        self.is_restructured = self.is_restructured or entry.mode == REFINANCES_ARREARS
        if len(self.versions) > 1 and self.versions[-1].reason != "disbursement":
            raise LedgerError("changed_schedule", "A tranche cannot follow a change of the schedule.")
        terms = rescheduling.drawn(self.loan.terms, self.tranches)
        financed = Decimal(0)
        if len(self.tranches) == 1:
            self.day = entry.value_date
            financed = methods.fees_at(terms, "financed")
            self._open(entry, terms)
        else:
            self._draw_more(entry, terms)
        self.accounts.post("principal", "cash", entry.amount)
        if len(self.tranches) == 1:
            self.accounts.post("principal", "fees_income", financed)
            self.accounts.post("cash", "fees_income", methods.fees_at(terms, "upfront"))

    def _open(self, entry: Entry, terms: Terms) -> None:
        rows = self.loan.rows
        owed = entry.amount + methods.fees_at(terms, "financed")
        if sum((row.principal - row.capitalised for row in rows), Decimal(0)) != owed:
            rows = rescheduling.rows_of(terms)
        self._replace([Instalment(row) for row in rows])
        self._keep_version(entry, terms, 1)

    def _draw_more(self, entry: Entry, terms: Terms) -> None:
        run = methods.run_at(self.terms, entry.value_date)
        if run is None:
            raise LedgerError("date", "A tranche cannot follow the last instalment.")
        rows = rescheduling.rows_of(terms)
        past, to_come = self._split(run.number)
        # The rows of all the money need not take what the old ones had been paid in advance: it is placed anew.
        credit = self._take_back(entry.key, to_come)
        self._replace(past + [Instalment(row) for row in rows if row.number >= run.number])
        self._place(entry.key, credit, self.items[self.settled() :])
        self._keep_version(entry, terms, run.number)

    def _receive(self, entry: Entry) -> Decimal:
        """Money came in; return what is left of it after everything that was written off, if so."""
        self.accounts.post("cash", "surplus", entry.amount)
        if not self.is_written_off:
            return entry.amount
        part = min(entry.amount, total(self.written_off) - self.recovered)
        self.accounts.post("surplus", "recovery_income", part)
        self.recovered += part
        return Decimal(0)

    def _payment(self, entry: Entry) -> None:
        left = self._receive(entry)
        if left:
            self._place(entry.key, left, self.items[self.settled() :])

    def _prepayment(self, entry: Entry) -> None:
        """Everything that fell due, then the interest run to the day, then principal; the rest is scheduled anew."""
        left = self._receive(entry)
        run = methods.run_at(self.terms, entry.value_date)
        if run is None or not left:
            if left:
                self._place(entry.key, left, self.items[self.settled() :])
            return
        past, to_come = self._split(run.number)
        left = self._place(entry.key, left, past)
        in_advance = sum((item.paid_of_charges() for item in to_come), Decimal(0))
        if left + in_advance <= run.interest + run.fees + run.insurance:
            self._place(entry.key, left, self.items)
            return
        left += self._take_back(entry.key, to_come)
        outstanding = self.accounts["principal"] - sum((item.open("principal") for item in past), Decimal(0))
        charges = {"interest": run.interest, "fees": run.fees, "insurance": run.insurance}
        row = self._row_of_the_day(past, entry.value_date, charges)
        row.charge["principal"] = min(outstanding, left - total(charges))
        self._replace([*past, row])
        self._place(entry.key, left, [row])
        remaining = outstanding - row.charge["principal"]
        if remaining:
            self._schedule_rest(entry, run, remaining)
        else:
            self._keep_version(entry, self.terms, row.number + 1)

    def _schedule_rest(self, entry: Entry, run: methods.Run, remaining: Decimal) -> None:
        """The rows after a prepayment: fewer of the same amount, or as many of a lower one."""
        self._continue(
            entry, rescheduling.after_prepayment(self.terms, run, remaining, entry.value_date, entry.mode)
        )

    def _continue(self, entry: Entry, terms: Terms, carried: dict[str, Decimal] | None = None) -> None:
        """Put the rows of new terms after those that remain."""
        # What is carried stands in the first row: signed rows hold what was carried then, so they are reckoned anew.
        rows = () if carried else entry.rows
        if sum((row.principal - row.capitalised for row in rows), Decimal(0)) != terms.principal:
            rows = rescheduling.rows_of(terms)
        self.offset = self.items[-1].number if self.items else 0
        first = self.offset + 1
        new = [Instalment(replace(row, number=first + k)) for k, row in enumerate(rows)]
        for component, amount in (carried or {}).items():
            new[0].carry(component, amount)
        self.items += new
        self._keep_version(entry, terms, first)

    def _restructure(self, entry: Entry) -> None:
        """All that is owed is agreed anew; what was unpaid of interest and charges goes where the mode says."""
        if entry.terms is None:
            raise LedgerError("terms", "A restructuring needs new terms.")
        run = methods.run_at(self.terms, entry.value_date)
        past, to_come = self._split(run.number if run else len(self.items) + self.offset + 1)
        credit = self._take_back(entry.key, to_come)
        row = self._row_of_the_day(past, entry.value_date, {})
        if run:
            for component, amount in (
                ("interest", run.interest),
                ("fees", run.fees),
                ("insurance", run.insurance),
            ):
                row.charge[component] = amount
                self._recognise(row, component, amount)
        self._replace([*past, row])
        if credit:
            row.charge["principal"] = self.accounts["principal"] - sum(
                (item.open("principal") for item in past), Decimal(0)
            )
            self._place(entry.key, credit, self.items)
        unpaid = Overdue.cut(self.items)
        if not self.accounts["principal"]:
            raise LedgerError("nothing_owed", "Nothing is owed that could be agreed anew.")
        carried = self._settle_unpaid(row, unpaid.charges, entry.mode)
        owed = self.accounts["principal"]
        terms = rescheduling.restructured(entry.terms, owed, entry.value_date, self.terms.decimals)
        self._replace([item for item in self.items if item.is_worth_showing()])
        self.is_restructured = True
        self._continue(entry, terms, carried)

    def _settle_unpaid(self, row: Instalment, unpaid: dict[str, Decimal], mode: str) -> dict[str, Decimal]:
        if mode == "first_row":
            return unpaid
        for component, amount in unpaid.items():
            self.accounts.post(
                "principal" if mode == "capitalise" else "waiver_loss", receivable_of(component), amount
            )
        if mode == "capitalise":
            row.capitalised, row.is_capitalised = total(unpaid), True
        return {}

    def _write_off(self, entry: Entry) -> None:
        """Everything that is owed leaves the books; what comes later is a recovery."""
        Overdue.cut(self.items)
        for component in CHARGES:
            self.written_off[component] += self.accounts[receivable_of(component)]
            self.accounts.post(
                "write_off_loss", receivable_of(component), self.accounts[receivable_of(component)]
            )
        self.written_off["principal"] += self.accounts["principal"]
        self.accounts.post("write_off_loss", "principal", self.accounts["principal"])
        for item in self.items:
            if not item.is_capitalised:
                item.capitalised = Decimal(0)
        self._replace([item for item in self.items if item.is_worth_showing()])
        self.is_written_off = True

    def _split(self, number: int) -> tuple[list[Instalment], list[Instalment]]:
        """The instalments before a row of the version in force, and those from it on."""
        first = self.offset + number
        return (
            [item for item in self.items if item.number < first],
            [item for item in self.items if item.number >= first],
        )

    def _take_back(self, key: str, items: Iterable[Instalment]) -> Decimal:
        """Undo what instalments to come were paid in advance, so that it can be placed anew; return how much it was."""
        freed = Decimal(0)
        for item in items:
            self._capitalise(item, sign=-1)
            for component, amount in item.paid.items():
                if amount:
                    self.accounts.post(receivable_of(component), "surplus", amount)
                    self.shares.append(Share(key, item.number, component, -amount))
                    freed += amount
                if component != "principal":
                    self.accounts.post(
                        income_of(component), receivable_of(component), item.recognised[component]
                    )
        return freed

    def _row_of_the_day(self, past: list[Instalment], day: date, charges: dict[str, Decimal]) -> Instalment:
        """A row for what is settled on a day between two instalments."""
        number = past[-1].number + 1 if past else 1
        zero = Decimal(0)
        row = Instalment(Row(number, day, zero, zero, zero, zero, zero))
        row.charge.update(charges)
        return row

    def _keep_version(self, entry: Entry, terms: Terms, first: int) -> None:
        self.terms = terms
        self.versions.append(
            ScheduleVersion(
                number=len(self.versions) + 1,
                from_date=entry.value_date,
                entry=entry.key,
                reason=entry.kind,
                terms=terms,
                rows=tuple(rows_of(self.items)),
                first_new=first,
            )
        )


_STEPS: Mapping[str, Callable[[Replay, Entry], None]] = {
    "disbursement": Replay._disburse,
    "payment": Replay._payment,
    "recovery": Replay._payment,
    "prepayment": Replay._prepayment,
    "restructuring": Replay._restructure,
    "write_off": Replay._write_off,
}
