"""What the answers of an acta write into other records: checked against their fields when the template is saved, and the values
that they become when the acta is closed.

A write names a question, a target (a DocType) and one of its fields. Targets that are the family, the person or the productive
unit of the acta are changed; the others are made anew, once, or once a row for questions of a repeat.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal, InvalidOperation
from typing import Any

from social_crm.field_records.domain.templates import Item, Problem, Template

CHANGED = ("Family", "Beneficiary", "Productive Unit")
MADE = ("Productive Unit Follow-up", "Community Activity", "Commitment")
# What is made once for each row of a repeat that its questions stand in.
MADE_BY_ROW = ("Commitment",)
NUMBERS = ("Int", "Float", "Currency", "Percent")
TEXTS = ("Data", "Small Text", "Text", "Long Text")
_FITTING = {
    "text": TEXTS,
    "integer": (*NUMBERS, *TEXTS),
    "decimal": ("Float", "Currency", "Percent", *TEXTS),
    "calculate": (*NUMBERS, *TEXTS),
    "date": ("Date", *TEXTS),
    "time": ("Time", *TEXTS),
    "datetime": ("Date", *TEXTS),
    "hidden": TEXTS,
    "barcode": TEXTS,
    "select_one": ("Select", "Check", *TEXTS),
    "select_multiple": ("Small Text", "Text", "Long Text"),
    "geopoint": ("Float",),
}
_TRUE = frozenset(("1", "yes", "true", "si", "sí"))
_FALSE = frozenset(("0", "no", "false"))


@dataclass(frozen=True)
class Write:
    """One line of the mapping. values: choice -> what the field takes, for the choices that it does not take as they are."""

    question: str
    target: str
    field: str
    values: Mapping[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True)
class TargetField:
    """A field that may be written: its type and, of a Select, its options."""

    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intent:
    """A record to change or to make: the values by field, and the questions that they come from."""

    target: str
    values: Mapping[str, Any]
    questions: Mapping[str, str]


class WriteError(ValueError):
    """An answer has no place in the field it is to be written to."""

    def __init__(self, write: Write, answer: str) -> None:
        super().__init__(f"{write.question} -> {write.target}.{write.field}: {answer}")
        self.write = write
        self.answer = answer


def read_values(text: str) -> dict[str, str]:
    """Return "si = Yes", one a line, as a mapping; lines without "=" are left out."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {choice.strip(): value.strip() for choice, sign, value in pairs if sign and choice.strip()}


def check_writes(
    template: Template,
    writes: Sequence[Write],
    fields: Mapping[str, Mapping[str, TargetField]],
    needed: Mapping[str, Iterable[str]],
) -> list[Problem]:
    """Return what is wrong with a mapping.

    fields: target -> its fields that may be written. needed: target -> fields without which it cannot be made.
    """
    items = dict(_walk(template.items, ""))
    found: list[Problem] = []

    def add(number: int, code: str, detail: str, more: str = "") -> None:
        found.append(Problem(number, code, detail, more, table="writes"))

    seen: set[tuple[str, str]] = set()
    for number, write in enumerate(writes, start=1):
        if write.target not in (*CHANGED, *MADE):
            add(number, "write_target", write.target)
            continue
        item, repeat = items.get(write.question, (None, ""))
        if item is None:
            add(number, "write_question", write.question)
            continue
        if repeat and write.target not in MADE_BY_ROW:
            add(number, "write_in_repeat", write.question, write.target)
        target = fields.get(write.target, {}).get(write.field)
        if target is None:
            add(number, "write_field", write.field, write.target)
            continue
        if (write.target, write.field) in seen:
            add(number, "write_twice", write.field, write.target)
        seen.add((write.target, write.field))
        if target.kind not in _FITTING.get(item.row.field_type, ()):
            add(number, "write_type", write.question, write.field)
        elif item.row.field_type == "geopoint" and write.field != "latitude":
            add(number, "write_point", write.question)
        elif item.row.field_type == "select_one":
            for answer in template.labels(item.row.choice_list):
                if _chosen(write, target, answer, "") is None:
                    add(number, "write_choice", answer, write.field)
    for target_name in dict.fromkeys(write.target for write in writes):
        written = {write.field for write in writes if write.target == target_name}
        for name in needed.get(target_name, ()):
            if target_name in MADE and name not in written:
                add(0, "write_needed", name, target_name)
    repeats: dict[str, set[str]] = {}
    for write in writes:
        repeats.setdefault(write.target, set()).add(items.get(write.question, (None, ""))[1])
    for target_name, names in repeats.items():
        if len(names) > 1:
            add(0, "write_two_repeats", target_name)
    return found


def intents(
    template: Template,
    writes: Sequence[Write],
    fields: Mapping[str, Mapping[str, TargetField]],
    answers: Mapping[str, Any],
) -> list[Intent]:
    """Return what answers write, in the order of the mapping; what was not answered writes nothing.

    Raises:
        WriteError: an answer does not become a value of its field (a calculation that gave a text for a number).
    """
    items = dict(_walk(template.items, ""))
    found: list[Intent] = []
    for target in dict.fromkeys(write.target for write in writes):
        mine = [write for write in writes if write.target == target]
        repeat = next((items[one.question][1] for one in mine if one.question in items), "")
        rows = answers.get(repeat) or [] if repeat else [answers]
        for row in rows:
            values: dict[str, Any] = {}
            questions: dict[str, str] = {}
            for write in mine:
                item, _ = items.get(write.question, (None, ""))
                kind = fields.get(target, {}).get(write.field)
                answer = row.get(write.question)
                if item is None or kind is None or answer in (None, "", []):
                    continue
                for name, value in _values(template, item, write, kind, answer).items():
                    values[name], questions[name] = value, item.row.label or item.row.name
            if values:
                found.append(Intent(target, values, questions))
    return found


def _values(template: Template, item: Item, write: Write, target: TargetField, answer: Any) -> dict[str, Any]:
    if item.row.field_type == "geopoint":
        return {"latitude": float(answer["latitude"]), "longitude": float(answer["longitude"])}
    labels = template.labels(item.row.choice_list) if item.row.choice_list else {}
    if item.row.field_type == "select_one":
        value = _chosen(write, target, answer, labels.get(answer, answer))
        if value is None:
            raise WriteError(write, str(answer))
        return {write.field: value}
    if isinstance(answer, list):
        return {write.field: ", ".join(labels.get(one, str(one)) for one in answer)}
    if target.kind in NUMBERS:
        return {write.field: _number(write, target, answer)}
    if item.row.field_type == "datetime":
        day, _sign, clock = str(answer).partition("T")
        return {write.field: day if target.kind == "Date" else f"{day} {clock[:5]}"}
    return {write.field: str(answer)}


def _number(write: Write, target: TargetField, answer: Any) -> int | float:
    try:
        number = Decimal(str(answer))
    except InvalidOperation as error:
        raise WriteError(write, str(answer)) from error
    if not number.is_finite() or (target.kind == "Int" and number != int(number)):
        raise WriteError(write, str(answer))
    return int(number) if target.kind == "Int" else float(number)


def _chosen(write: Write, target: TargetField, answer: str, label: str) -> str | int | None:
    """What a choice becomes in a field; None when the field has no such value."""
    said = write.values.get(answer, answer)
    if target.kind == "Select":
        return said if said in target.options else None
    if target.kind == "Check":
        lowered = said.lower()
        return 1 if lowered in _TRUE else 0 if lowered in _FALSE else None
    return write.values.get(answer, label) or said


def _walk(items: Iterable[Item], repeat: str) -> Iterable[tuple[str, tuple[Item, str]]]:
    """Every question by its name, with the repeat it stands in."""
    for item in items:
        if item.parts:
            yield from _walk(item.parts, item.row.name if item.is_repeat else repeat)
        elif item.row.field_type != "note":
            yield item.row.name, (item, repeat)
