"""What is to happen with each row of a census, before anything is written.

A household is wholly in or wholly out: one rejected row holds its household back, and one open question makes it wait.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from social_crm.social_crm.domain import census_households
from social_crm.social_crm.domain.census_blocking import Index, Match, match_site, match_within
from social_crm.social_crm.domain.census_fingerprint import content_key, fingerprints, person_identity_key
from social_crm.social_crm.domain.census_households import Household
from social_crm.social_crm.domain.census_matching import Known, Likeness, fold_name
from social_crm.social_crm.domain.census_problem import Problem, error
from social_crm.social_crm.domain.census_rows import PersonRow
from social_crm.social_crm.domain.census_text import fold

READY = "Ready"
WAITING = "Waiting"
TO_DECIDE = "To Decide"
CREATED = "Created"
DUPLICATE = "Repeated"
REJECTED = "Rejected"
SKIPPED = "Skipped"

SAME = "Same Person"
DIFFERENT = "Different Person"


@dataclass(frozen=True)
class Existing:
    """A row that an earlier import loaded: the person it became and that person's family today."""

    beneficiary: str
    family: str = ""


@dataclass(frozen=True)
class Site:
    """What the site already holds.

    persons: everybody, streamed once.
    loaded: fingerprint -> what the row became.
    families: (folded community, folded household code) -> family.
    family_names: names of the families which the user may see.
    """

    persons: Iterable[Known] = ()
    loaded: Mapping[str, Existing] = field(default_factory=dict)
    families: Mapping[tuple[str, str], str] = field(default_factory=dict)
    family_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What is to happen with a row.

    result: one of the constants above.
    household: number of the household.
    reasons: what keeps the row out or was noticed.
    beneficiary, family: the existing person the row stands for, and that person's family.
    same_as_row: number of the earlier row of the file that is, or may be, the same person; 0 for none.
    likeness: why the question is asked.
    elsewhere: the like person belongs to a community that the user may not see.
    decision: "", SAME or DIFFERENT.
    found, found_reasons: result and reasons before the household was settled; a later decision settles it anew.
    """

    row: PersonRow
    household: int
    fingerprint: str
    result: str = READY
    reasons: tuple[Problem, ...] = ()
    beneficiary: str = ""
    family: str = ""
    same_as_row: int = 0
    likeness: Likeness | None = None
    elsewhere: bool = False
    decision: str = ""
    found: str = ""
    found_reasons: tuple[Problem, ...] = ()


def known_from_row(row: PersonRow) -> Known:
    """The row in the form in which persons are compared."""
    return Known(
        ref=str(row.number),
        given=" ".join(filter(None, (fold_name(row.first_name), fold_name(row.middle_name)))),
        surnames=" ".join(filter(None, (fold_name(row.first_surname), fold_name(row.second_surname)))),
        identity=person_identity_key(row),
        birth=row.birth_date,
        estimated=row.birth_date_estimated,
        sex=row.sex,
        community=row.community,
    )


def plan(rows: Sequence[PersonRow], site: Site, with_kinship: bool = True) -> tuple[Outcome, ...]:
    """Decide what is to happen with each row, in the order of the rows."""
    prints = {row.number: mark for row, mark in zip(rows, fingerprints(rows), strict=True)}
    households = census_households.group(rows, with_kinship)
    first = {o.row.number: o for h in households for o in _first_look(h, prints, site)}
    open_numbers = [number for number, outcome in first.items() if outcome.result == READY]
    index = Index([known_from_row(first[number].row) for number in open_numbers])
    for position, match in match_site(index, site.persons).items():
        number = open_numbers[position]
        first[number] = _met_on_site(first[number], match)
    for position, (earlier, likeness) in sorted(match_within(index).items()):
        later, before = open_numbers[position], open_numbers[earlier]
        first[later], first[before] = _met_in_file(first[later], first[before], likeness)
    first = {n: replace(o, found=o.result, found_reasons=o.reasons) for n, o in first.items()}
    settled = [
        outcome for h in households for outcome in settle([first[row.number] for row in h.rows], h, site)
    ]
    return tuple(sorted(settled, key=lambda outcome: outcome.row.number))


def settle_again(outcomes: Sequence[Outcome], site: Site) -> list[Outcome]:
    """Settle one household anew from what was found, after a decision; rows already created stay as they are."""
    rows = [
        o if o.result == CREATED else replace(o, result=o.found, reasons=o.found_reasons) for o in outcomes
    ]
    code = next((o.row.household for o in rows if o.row.household), "")
    return settle(rows, Household(rows[0].household, code, tuple(o.row for o in rows)), site)


def _first_look(household: Household, prints: Mapping[int, str], site: Site) -> list[Outcome]:
    outcomes = []
    for row in household.rows:
        outcome = Outcome(row, household.number, prints[row.number], reasons=row.problems)
        existing = site.loaded.get(outcome.fingerprint)
        if row.is_rejected:
            outcome = replace(outcome, result=REJECTED)
        elif existing:
            reason = error("already_loaded")
            outcome = replace(
                outcome,
                result=SKIPPED,
                reasons=(reason,),
                beneficiary=existing.beneficiary,
                family=existing.family,
            )
        outcomes.append(outcome)
    return outcomes


def _met_on_site(outcome: Outcome, match: Match) -> Outcome:
    other, likeness = match.other, match.likeness
    if not other.visible:
        result = REJECTED if likeness.certain or likeness.conflict else TO_DECIDE
        reasons = (*outcome.reasons, error("exists_elsewhere"))
        return replace(outcome, result=result, reasons=reasons, elsewhere=True, likeness=likeness)
    if likeness.conflict:
        reason = error("document_of_other", name=f"{other.given} {other.surnames}".title(), record=other.ref)
        return replace(outcome, result=REJECTED, reasons=(*outcome.reasons, reason))
    met = replace(outcome, beneficiary=other.ref, family=other.family, likeness=likeness)
    if likeness.certain:
        return replace(met, result=DUPLICATE, reasons=(*outcome.reasons, error("on_site")))
    return replace(met, result=TO_DECIDE, reasons=(*outcome.reasons, error("like_on_site")))


def _met_in_file(later: Outcome, before: Outcome, likeness: Likeness) -> tuple[Outcome, Outcome]:
    if later.result in (DUPLICATE, REJECTED):
        return later, before
    number = before.row.number
    if likeness.conflict:
        one = error("document_twice", row=number, name=before.row.full_name)
        two = error("document_twice", row=later.row.number, name=later.row.full_name)
        before = replace(before, result=REJECTED, reasons=(*before.reasons, two))
        return replace(later, result=REJECTED, reasons=(*later.reasons, one)), before
    if likeness.certain or _same_content(later.row, before.row):
        reason = error("in_file", row=number)
        return replace(
            later, result=DUPLICATE, reasons=(*later.reasons, reason), same_as_row=number, likeness=likeness
        ), before
    if later.result == TO_DECIDE:
        return later, before
    reason = error("like_in_file", row=number)
    return replace(
        later, result=TO_DECIDE, reasons=(*later.reasons, reason), same_as_row=number, likeness=likeness
    ), before


def _same_content(a: PersonRow, b: PersonRow) -> bool:
    """The row was copied: everything that identifies is equal, and there is enough of it to be one person."""
    enough = bool((a.birth_date and not a.birth_date_estimated) or a.household)
    return enough and content_key(a) == content_key(b)


def settle(outcomes: Sequence[Outcome], household: Household, site: Site) -> list[Outcome]:
    """Work out a household from what is known of its rows and of the decisions taken."""
    rows = [_decided(outcome) for outcome in outcomes]
    new = [o for o in rows if o.result in (READY, TO_DECIDE)]
    if not new:
        return _held(rows)
    target, reason = target_family(rows, household, site)
    if reason:
        rows = [_rejected(o, reason) if o is new[0] else o for o in rows]
        return _held(rows)
    numbers = {o.row.number for o in rows}
    strangers = [o for o in rows if o.result == DUPLICATE and o.same_as_row and o.same_as_row not in numbers]
    if strangers and any(o.result == READY for o in rows):
        problem = error("in_two_households", row=strangers[0].same_as_row)
        rows = [
            replace(o, result=REJECTED, reasons=(*(r for r in o.reasons if r.code != "in_file"), problem))
            if o in strangers
            else o
            for o in rows
        ]
    persons = tuple(o.row for o in rows if not (o.result == DUPLICATE and o.same_as_row))
    wrong = census_households.check(replace(household, rows=persons), has_family=bool(target))
    rows = [
        _rejected(o, wrong[o.row.number])
        if o.row.number in wrong and o.result in (READY, TO_DECIDE, REJECTED)
        else o
        for o in rows
    ]
    if target and (
        head := next((o for o in rows if o.result == READY and o.row.kinship == census_households.HEAD), None)
    ):
        rows = [_rejected(o, error("family_has_head", family=target)) if o is head else o for o in rows]
    return _held(rows)


def target_family(rows: Sequence[Outcome], household: Household, site: Site) -> tuple[str, Problem | None]:
    """The family of the site which the household's new persons join, "" for a new family, or why neither is possible."""
    record = household.family_record
    if record:
        return (
            (record, None)
            if record in site.family_names
            else ("", error("family_record_unknown", family=record))
        )
    families = sorted({o.family for o in rows if o.family and o.result in (SKIPPED, DUPLICATE)})
    if len(families) > 1:
        return "", error("in_two_families", families=", ".join(families))
    if families:
        return families[0], None
    community = next((o.row.community for o in rows if o.row.community), "")
    coded = site.families.get((fold(community), fold(household.code)), "") if household.code else ""
    if coded and any(
        o.row.kinship == census_households.HEAD and o.result in (READY, TO_DECIDE) for o in rows
    ):
        return "", error("household_code_taken", household=household.code, family=coded)
    return coded, None


def _decided(outcome: Outcome) -> Outcome:
    if outcome.result != TO_DECIDE or not outcome.decision:
        return outcome
    if outcome.decision == DIFFERENT:
        return replace(outcome, result=READY, beneficiary="", family="", same_as_row=0)
    code = (
        error("decided_same", row=outcome.same_as_row) if outcome.same_as_row else error("decided_same_site")
    )
    return replace(outcome, result=DUPLICATE, reasons=(*outcome.reasons, code))


def _rejected(outcome: Outcome, reason: Problem) -> Outcome:
    return replace(outcome, result=REJECTED, reasons=(*outcome.reasons, reason))


def _held(rows: Sequence[Outcome]) -> list[Outcome]:
    """A rejected row holds the others of its household back; an open question makes them wait."""
    rejected = [o.row.number for o in rows if o.result == REJECTED]
    asked = [o.row.number for o in rows if o.result == TO_DECIDE]
    result = []
    for outcome in rows:
        if rejected and outcome.result in (READY, TO_DECIDE):
            outcome = _rejected(outcome, error("household_held", rows=", ".join(map(str, rejected[:6]))))
        elif asked and outcome.result == READY:
            reason = error("household_waits", rows=", ".join(map(str, asked[:6])))
            outcome = replace(outcome, result=WAITING, reasons=(*outcome.reasons, reason))
        result.append(outcome)
    return result
