"""One row of the sheet becomes one person, or a list of reasons why it does not."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date

from social_crm.social_crm.domain import census_vocabulary as words
from social_crm.social_crm.domain.ages import age_on
from social_crm.social_crm.domain.census_dates import birth_from_age, read_date
from social_crm.social_crm.domain.census_names import PersonName, split_full_name, split_pair
from social_crm.social_crm.domain.census_problem import Problem, error, warning
from social_crm.social_crm.domain.census_text import clean, fold, presentable
from social_crm.social_crm.domain.census_values import (
    is_blank,
    read_age,
    read_coordinate,
    read_document,
    read_option,
    read_phone,
    read_whole_number,
    read_yes_no,
)
from social_crm.social_crm.domain.names import has_letters

_OPTIONS: dict[str, Mapping[str, str]] = {
    "gender": words.GENDER,
    "ethnicity": words.ETHNICITY,
    "disability": words.DISABILITY,
    "schooling_level": words.SCHOOLING,
    "zone": words.ZONE,
}
_DATE_CODES = {
    "unreadable": "date_unreadable",
    "impossible": "date_impossible",
    "month": "date_month_first",
    "future": "date_future",
    "too_old": "date_too_old",
}
_TEXT_LENGTH = 140


@dataclass(frozen=True)
class RowInput:
    """A row as it was read: its number in the sheet, values and cell names by field key, cells that hold an error."""

    number: int
    values: Mapping[str, object]
    cells: Mapping[str, str] = field(default_factory=dict)
    bad_cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What holds for the whole file.

    on: the registration date; nothing may lie after it.
    sex_words: how the sex column writes sex.
    surnames_first: the column of full names begins with the surnames.
    communities: folded name -> name of the communities the user may load into.
    community: the community of every row; "" when the column names it.
    no_document_reason: what to write for a person without a document when the row gives no reason.
    """

    on: date
    sex_words: Mapping[str, str] = field(default_factory=lambda: words.SEX)
    surnames_first: bool = False
    communities: Mapping[str, str] = field(default_factory=dict)
    community: str = ""
    no_document_reason: str = ""


@dataclass(frozen=True)
class PersonRow:
    """A person as the row describes them; "" and None stand for what the row does not say."""

    number: int
    first_name: str = ""
    middle_name: str = ""
    first_surname: str = ""
    second_surname: str = ""
    document_type: str = ""
    document_number: str = ""
    no_document_reason: str = ""
    birth_date: date | None = None
    birth_date_estimated: bool = False
    sex: str = ""
    gender: str = ""
    ethnicity: str = ""
    disability: str = ""
    schooling_level: str = ""
    schooling_years: int | None = None
    attends_school: bool | None = None
    occupation: str = ""
    phone: str = ""
    email: str = ""
    person_code: str = ""
    notes: str = ""
    kinship: str = ""
    household: str = ""
    family_record: str = ""
    family_name: str = ""
    community: str = ""
    place: str = ""
    zone: str = ""
    origin_place: str = ""
    displacement_date: date | None = None
    latitude: float | None = None
    longitude: float | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def full_name(self) -> str:
        parts = (self.first_name, self.middle_name, self.first_surname, self.second_surname)
        return " ".join(part for part in parts if part)

    @property
    def is_rejected(self) -> bool:
        return any(problem.is_error for problem in self.problems)

    def as_dict(self) -> dict[str, object]:
        """A form that can be stored as JSON; `person_from_dict` reads it back. Empty values are left out."""
        data = {key: value for key, value in asdict(self).items() if value not in ("", None, (), False)}
        data["number"] = self.number
        data["attends_school"] = self.attends_school
        for key in ("birth_date", "displacement_date"):
            if isinstance(data.get(key), date):
                data[key] = str(data[key])
        data["problems"] = [problem.as_dict() for problem in self.problems]
        return data


def person_from_dict(data: Mapping[str, object]) -> PersonRow:
    """The opposite of `PersonRow.as_dict`."""
    known = {f.name for f in fields(PersonRow)}
    values: dict[str, object] = {key: value for key, value in data.items() if key in known}
    for key in ("birth_date", "displacement_date"):
        if values.get(key):
            values[key] = date.fromisoformat(str(values[key]))
    listed = values.get("problems")
    values["problems"] = tuple(Problem.from_dict(p) for p in listed) if isinstance(listed, list) else ()
    return PersonRow(**values)  # type: ignore[arg-type]


def read_row(row: RowInput, reading: Reading) -> PersonRow:
    """Read and check one row. Never raises: whatever is wrong is among the problems of the result."""
    problems: list[Problem] = []
    for key, code in row.bad_cells.items():
        problems.append(error(code, row.cells.get(key, "")))
    out: dict[str, object] = {"number": row.number}
    _read_name(row, reading, out, problems)
    _read_birth(row, reading, out, problems)
    _read_document(row, reading, out, problems)
    _read_kinship_and_sex(row, reading, out, problems)
    _read_options(row, out, problems)
    _read_texts(row, out)
    _read_numbers(row, out, problems)
    _read_community(row, reading, out, problems)
    out["problems"] = tuple(problems)
    return PersonRow(**out)  # type: ignore[arg-type]


def _text(row: RowInput, key: str) -> str:
    value = row.values.get(key)
    return "" if value is None else clean(value)


def _read_name(row: RowInput, reading: Reading, out: dict[str, object], problems: list[Problem]) -> None:
    name = PersonName()
    full = _text(row, "full_name")
    if full:
        name = split_full_name(full, reading.surnames_first)
    given, family = split_pair(_text(row, "given_names")), split_pair(_text(row, "surnames"))
    first, second = _text(row, "first_surname"), _text(row, "second_surname")
    out["first_name"] = presentable(_text(row, "first_name")) or given[0] or name.first_name
    out["middle_name"] = presentable(_text(row, "middle_name")) or given[1] or name.middle_name
    out["first_surname"] = presentable(first) or family[0] or name.first_surname
    out["second_surname"] = presentable(second) or ("" if first else family[1] or name.second_surname)
    cell = row.cells.get("full_name") or row.cells.get("first_name") or row.cells.get("given_names") or ""
    shown = " ".join(
        str(out[k]) for k in ("first_name", "middle_name", "first_surname", "second_surname") if out[k]
    )
    if not shown:
        problems.append(error("name_missing", cell))
    elif not has_letters(shown) or any(char.isdigit() for char in shown):
        problems.append(error("name_not_a_name", cell, value=shown))
    elif not out["first_name"] or not out["first_surname"]:
        missing = "surname_missing" if out["first_name"] else "given_name_missing"
        problems.append(error(missing, cell, value=shown))
    elif (
        max(len(str(out[k])) for k in ("first_name", "middle_name", "first_surname", "second_surname"))
        > _TEXT_LENGTH
    ):
        problems.append(error("name_too_long", cell))
    elif full and name.unsure and not given[0]:
        parts = (
            f"{out['first_name']} {out['middle_name']}".strip(),
            f"{out['first_surname']} {out['second_surname']}".strip(),
        )
        problems.append(warning("name_split_guess", cell, given=parts[0], surnames=parts[1]))


def _read_birth(row: RowInput, reading: Reading, out: dict[str, object], problems: list[Problem]) -> None:
    raw, cell = row.values.get("birth_date"), row.cells.get("birth_date", "")
    age = read_age(row.values.get("age")) if not is_blank(row.values.get("age")) else None
    if not is_blank(raw):
        found = read_date(raw, reading.on)
        if found.problem:
            problems.append(
                error(
                    _DATE_CODES[found.problem], cell, value=clean(raw), latest=reading.on.strftime("%d/%m/%Y")
                )
            )
            return
        out["birth_date"], out["birth_date_estimated"] = found.value, found.estimated
        if found.estimated:
            problems.append(warning("birth_year_only", cell, value=clean(raw)))
        elif found.year_assumed and found.value:
            problems.append(warning("birth_century_assumed", cell, value=clean(raw), year=found.value.year))
        return
    if age is not None:
        out["birth_date"], out["birth_date_estimated"] = birth_from_age(age, reading.on), True
    elif not is_blank(row.values.get("age")):
        problems.append(warning("age_unreadable", row.cells.get("age", ""), value=_text(row, "age")))


def _read_document(row: RowInput, reading: Reading, out: dict[str, object], problems: list[Problem]) -> None:
    birth = out.get("birth_date")
    age = age_on(birth, reading.on) if isinstance(birth, date) else None
    found = read_document(row.values.get("document_type"), row.values.get("document_number"), age)
    cell = row.cells.get("document_number", "")
    raw = _text(row, "document_number")
    if found.problem == "type":
        problems.append(
            error(
                "document_type_unknown", row.cells.get("document_type", ""), value=_text(row, "document_type")
            )
        )
    elif found.problem:
        problems.append(error(f"document_{found.problem}", cell, value=raw, type=found.document_type))
    elif found.number:
        out["document_type"], out["document_number"] = found.document_type, found.number
        if found.assumed and "document_type" in row.cells:
            problems.append(warning("document_type_assumed", cell, value=raw, type=found.document_type))
    else:
        reason = (
            _text(row, "no_document_reason")
            or (raw if found.none and len(raw) > 3 else "")
            or reading.no_document_reason
        )
        out["no_document_reason"] = reason
        if not reason:
            problems.append(error("document_missing", cell))


def _read_kinship_and_sex(
    row: RowInput, reading: Reading, out: dict[str, object], problems: list[Problem]
) -> None:
    kinship = read_option(row.values.get("kinship"), words.KINSHIP)
    if kinship is None:
        problems.append(error("kinship_unknown", row.cells.get("kinship", ""), value=_text(row, "kinship")))
    out["kinship"] = kinship or ""
    sex = read_option(row.values.get("sex"), reading.sex_words, similar=False)
    if sex is None:
        problems.append(warning("option_unknown", row.cells.get("sex", ""), value=_text(row, "sex")))
    out["sex"] = sex or ""


def _read_options(row: RowInput, out: dict[str, object], problems: list[Problem]) -> None:
    for key, vocabulary in _OPTIONS.items():
        meaning = read_option(row.values.get(key), vocabulary)
        if meaning is None:
            problems.append(warning("option_unknown", row.cells.get(key, ""), value=_text(row, key)))
        out[key] = meaning or ""


def _read_texts(row: RowInput, out: dict[str, object]) -> None:
    for key in ("occupation", "person_code", "household", "family_record", "family_name"):
        value = row.values.get(key)
        out[key] = "" if is_blank(value) else clean(value)[:_TEXT_LENGTH]
    for key in ("notes", "place", "origin_place"):
        out[key] = "" if is_blank(row.values.get(key)) else clean(row.values.get(key))[:1000]
    out["phone"] = read_phone(row.values.get("phone"))
    email = _text(row, "email").lower()
    out["email"] = email if "@" in email and " " not in email else ""


def _read_numbers(row: RowInput, out: dict[str, object], problems: list[Problem]) -> None:
    for key, low, high in (("latitude", -90.0, 90.0), ("longitude", -180.0, 180.0)):
        if not is_blank(row.values.get(key)):
            out[key] = read_coordinate(row.values.get(key), low, high)
            if out[key] is None:
                problems.append(
                    warning("coordinate_unreadable", row.cells.get(key, ""), value=_text(row, key))
                )
    if (out.get("latitude") is None) != (out.get("longitude") is None):
        out["latitude"] = out["longitude"] = None
    if not is_blank(row.values.get("schooling_years")):
        out["schooling_years"] = read_whole_number(row.values.get("schooling_years"), 0, 30)
    out["attends_school"] = read_yes_no(row.values.get("attends_school"))


def _read_community(row: RowInput, reading: Reading, out: dict[str, object], problems: list[Problem]) -> None:
    raw, cell = _text(row, "community"), row.cells.get("community", "")
    named = reading.communities.get(fold(raw), "") if raw else ""
    if reading.community:
        out["community"] = reading.community
        if named and named != reading.community:
            problems.append(error("community_differs", cell, value=raw, community=reading.community))
        elif raw and not named and not out.get("place"):
            out["place"] = raw
    elif named:
        out["community"] = named
    elif raw:
        problems.append(error("community_unknown", cell, value=raw))
    else:
        problems.append(error("community_missing", cell))
    _read_displacement(row, reading, out, problems)


def _read_displacement(
    row: RowInput, reading: Reading, out: dict[str, object], problems: list[Problem]
) -> None:
    raw = row.values.get("displacement_date")
    if is_blank(raw):
        return
    found = read_date(raw, reading.on)
    out["displacement_date"] = found.value
    if found.problem:
        problems.append(
            warning("displacement_unreadable", row.cells.get("displacement_date", ""), value=clean(raw))
        )
