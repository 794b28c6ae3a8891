"""Which rows are one household."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from social_crm.social_crm.domain.census_problem import Problem, error
from social_crm.social_crm.domain.census_rows import PersonRow
from social_crm.social_crm.domain.census_text import fold

HEAD = "Head"
OTHER = "Other Relative"


@dataclass(frozen=True)
class Household:
    """Rows that belong together.

    number: counted from 1 in the order of the file.
    code: the household code as written, "" when rows under a head make the household.
    rows: the persons, in the order of the file.
    """

    number: int
    code: str
    rows: tuple[PersonRow, ...]

    @property
    def head(self) -> PersonRow | None:
        return next((row for row in self.rows if row.kinship == HEAD), None)

    @property
    def family_record(self) -> str:
        return next((row.family_record for row in self.rows if row.family_record), "")


def group(rows: Sequence[PersonRow], with_kinship: bool = True) -> tuple[Household, ...]:
    """Group rows into households.

    Rows with the same code (in the same community) are one household, wherever they stand; a row without a code
    belongs to the household above it, unless it is a head. Without any code a household begins at each head.
    with_kinship: False when the file has no kinship column; then the first row of a household is its head.
    """
    groups: dict[str, list[PersonRow]] = {}
    current = ""
    for row in rows:
        if row.household or row.family_record:
            current = f"{fold(row.community)}|{fold(row.household) or fold(row.family_record)}"
        elif row.kinship == HEAD or not current:
            current = f"row|{row.number}"
        groups.setdefault(current, []).append(row)
    households = []
    for number, members in enumerate(groups.values(), start=1):
        members = members if with_kinship else _kinship_assumed(members)
        code = next((row.household for row in members if row.household), "")
        households.append(Household(number, code, tuple(members)))
    return tuple(households)


def _kinship_assumed(members: list[PersonRow]) -> list[PersonRow]:
    return [replace(row, kinship=HEAD if index == 0 else OTHER) for index, row in enumerate(members)]


def check(household: Household, has_family: bool = False) -> Mapping[int, Problem]:
    """What is wrong with the household as a whole: row number -> problem.

    has_family: the household joins a family of the site, so the file need not name its head.
    """
    found: dict[int, Problem] = {}
    heads = [row for row in household.rows if row.kinship == HEAD]
    for row in household.rows:
        if not row.kinship and not any(p.code == "kinship_unknown" for p in row.problems):
            found[row.number] = error("kinship_missing", "", name=row.full_name)
    if len(heads) > 1:
        for row in heads[1:]:
            found[row.number] = error("two_heads", "", first=heads[0].number, household=household.code)
    elif not heads and not has_family and not any(row.is_rejected for row in household.rows):
        first = household.rows[0]
        numbers = ", ".join(str(row.number) for row in household.rows[:6])
        found.setdefault(first.number, error("no_head", "", household=household.code, rows=numbers))
    communities = {row.community for row in household.rows if row.community}
    if len(communities) > 1:
        last = household.rows[-1]
        found.setdefault(
            last.number,
            error("two_communities", "", household=household.code, names=", ".join(sorted(communities))),
        )
    return found
