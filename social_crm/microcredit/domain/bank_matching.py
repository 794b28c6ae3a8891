"""Which loan a payment is for: told by numbers alone, never by a name, and left to a person where there is a choice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from social_crm.microcredit.domain.bank_rows import CONFIRM, READY, RECONCILE, BankRow
from social_crm.social_crm.domain.census_problem import Problem, error
from social_crm.social_crm.domain.census_text import fold

_PARTS = re.compile(r"^([A-Z]*)0*(\d+)$")
# Shorter figures are no identity document.
_SHORTEST_DOCUMENT = 4


@dataclass(frozen=True)
class KnownLoan:
    """A loan that a payment may be for. state: "open", "written_off" or "over" (paid, annulled, not handed over)."""

    name: str
    person: str
    state: str = "open"


@dataclass(frozen=True)
class Directory:
    """The loans that the reader may see. documents: figures and letters of a document -> its persons.
    groups: folded name of a solidarity group -> the loans of its members.
    """

    loans: tuple[KnownLoan, ...]
    documents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """What was found: READY with one loan, CONFIRM with those to choose from, RECONCILE with none.

    by: the field that told it. problems: what a person should know.
    """

    result: str
    loans: tuple[str, ...] = ()
    by: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Claim:
    """What a loan asks for on a day: overdue, due on the day, its next instalment; limit: the most that it takes."""

    loan: str
    overdue: Decimal
    due: Decimal
    coming: Decimal
    limit: Decimal


def loan_key(text: str) -> str:
    """Return the form in which numbers of loans are compared: "mcr 12" and "MCR-00012" are equal."""
    joined = "".join(character for character in text.upper() if character.isalnum())
    found = _PARTS.match(joined)
    return f"{found[1]}{found[2]}" if found else joined


def document_key(text: str) -> str:
    """Return the form in which numbers of documents are compared: "CC 1.065.842.311" is 1065842311."""
    joined = "".join(character for character in text.upper() if character.isalnum())
    return re.sub(r"^(CC|TI|RC|CE|PPT|NIT)(?=\d)", "", joined)


class Matcher:
    """Looks payments up in a directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._by_key: dict[str, list[KnownLoan]] = {}
        self._of_person: dict[str, list[KnownLoan]] = {}
        for loan in directory.loans:
            key = loan_key(loan.name)
            # People leave the letters out: the figures alone name it too.
            for form in {key, key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}:
                self._by_key.setdefault(form, []).append(loan)
            self._of_person.setdefault(loan.person, []).append(loan)

    def match(self, row: BankRow) -> Match:
        """Say which loan a payment is for."""
        named = self._numbered(row.loan_number)
        people = self._documented(row.document_number)
        if named:
            if people and not {loan.person for loan in named} & set(people):
                return Match(RECONCILE, problems=(error("payment_loan_of_another"),))
            return _settled(named, "loan_number", row)
        if people:
            found = _settled(self._loans_of(people), "document_number", row)
            if row.loan_number and found.result == READY:
                unknown = error("payment_loan_unknown", value=row.loan_number)
                return Match(CONFIRM, found.loans, found.by, (unknown,))
            return found
        if by_reference := self._by_reference(row):
            return by_reference
        of_group = self._directory.groups.get(fold(row.group_name), ()) if row.group_name else ()
        loans = tuple(
            loan.name for loan in self._directory.loans if loan.name in of_group and loan.state == "open"
        )
        if loans:
            return Match(CONFIRM, loans, "group_name", (error("payment_of_a_group", value=row.group_name),))
        return Match(RECONCILE, problems=(_nothing_found(row),))

    def _numbered(self, text: str) -> list[KnownLoan]:
        return self._by_key.get(loan_key(text), []) if text else []

    def _documented(self, text: str) -> tuple[str, ...]:
        key = document_key(text) if text else ""
        return self._directory.documents.get(key, ()) if len(key) >= _SHORTEST_DOCUMENT else ()

    def _loans_of(self, people: Sequence[str]) -> list[KnownLoan]:
        return [loan for person in people for loan in self._of_person.get(person, ())]

    def _by_reference(self, row: BankRow) -> Match | None:
        """Payers write the number of their loan, or that of their document."""
        for text, by in ((row.payer_reference, "payer_reference"), (row.bank_reference, "bank_reference")):
            numbered = self._numbered(text)
            if by == "bank_reference":
                # Banks count too: only a whole name with its letters is a loan's here.
                numbered = [loan for loan in numbered if loan_key(text) == loan_key(loan.name)]
            people = self._documented(text) if by == "payer_reference" else ()
            owned = self._loans_of(people)
            if numbered and people and not set(numbered) & set(owned):
                both = tuple(loan.name for loan in (*numbered, *owned) if loan.state == "open")
                return Match(CONFIRM, both, by, (error("payment_reference_of_two", value=text),))
            if numbered or owned:
                return _settled(numbered or owned, by, row)
        return None


def _settled(loans: Sequence[KnownLoan], by: str, row: BankRow) -> Match:
    """Of the loans that a number names: the one that is open; a choice of several is a person's."""
    opened = [loan for loan in loans if loan.state == "open"]
    if len(opened) == 1:
        return Match(READY, (opened[0].name,), by)
    if opened:
        several = error("payment_several_loans", loans=", ".join(loan.name for loan in opened))
        return Match(CONFIRM, tuple(loan.name for loan in opened), by, (several,))
    written_off = [loan for loan in loans if loan.state == "written_off"]
    if written_off:
        names = tuple(loan.name for loan in written_off)
        return Match(CONFIRM, names, by, (error("payment_is_recovery", loans=", ".join(names)),))
    over = ", ".join(loan.name for loan in loans)
    problem = error("payment_loan_over", loans=over) if over else error("payment_person_without_loan")
    return Match(RECONCILE, problems=(problem,))


def _nothing_found(row: BankRow) -> Problem:
    if row.loan_number:
        return error("payment_loan_unknown", value=row.loan_number)
    if row.document_number:
        return error("payment_document_unknown", value=row.document_number)
    if row.payer_reference:
        return error("payment_reference_unknown", value=row.payer_reference)
    if row.group_name:
        return error("payment_group_unknown", value=row.group_name)
    return error("payment_names_no_loan")


def propose(amount: Decimal, claims: Sequence[Claim]) -> dict[str, Decimal]:
    """Propose how a payment is shared among loans: what is overdue, then what is due, then the next instalment of each.

    In the order of the claims; never above what a loan takes. What is left is not given to anybody: a person says what it is.
    A single loan is offered all that it takes.
    """
    given = {claim.loan: Decimal(0) for claim in claims}
    left = max(amount, Decimal(0))
    for tier in ("overdue", "due", "coming"):
        for claim in claims:
            wanted: Decimal = getattr(claim, tier)
            part = max(min(wanted, left, claim.limit - given[claim.loan]), Decimal(0))
            given[claim.loan] += part
            left -= part
    if len(claims) == 1:
        given[claims[0].loan] += max(min(left, claims[0].limit - given[claims[0].loan]), Decimal(0))
    return given
