"""A template of an acta: rows as XLSForm has them, checked and made into a tree of questions, groups and repeats."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from social_crm.field_records.domain.expressions import ExpressionError, Node, fields_of, parse

QUESTION_TYPES = (
    "text",
    "integer",
    "decimal",
    "date",
    "time",
    "select_one",
    "select_multiple",
    "geopoint",
    "image",
    "audio",
    "calculate",
    "note",
)
FIELD_TYPES = (*QUESTION_TYPES, "begin_group", "end_group", "begin_repeat", "end_repeat")
SELECTS = ("select_one", "select_multiple")
# Their answer is the address of a stored file. A signature that is drawn is an image with the appearance "signature".
FILES = ("image", "audio")
# Names that the sheet or the XForm gives a meaning of its own.
RESERVED = frozenset({"meta", "instanceID", "deprecatedID", "instanceName"})
MAX_ROWS = 1000
MAX_DEPTH = 6
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}")


@dataclass(frozen=True)
class FieldRow:
    """One row of a template, in XLSForm's terms. Expressions are texts; empty ones are left out."""

    field_type: str
    name: str = ""
    label: str = ""
    hint: str = ""
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: str = ""
    calculation: str = ""
    appearance: str = ""
    default: str = ""
    choice_list: str = ""


@dataclass(frozen=True)
class Choice:
    """One choice of a list: the value is stored, the label shown."""

    list_name: str
    value: str
    label: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row (counted from 1; 0 is the template as a whole); `code` names the rule, `detail` the part."""

    row: int
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Item:
    """A question, or a group or repeat with its parts. Expressions are parsed."""

    row: FieldRow
    relevant: Node | None
    constraint: Node | None
    calculation: Node | None
    parts: tuple["Item", ...] = ()

    @property
    def is_repeat(self) -> bool:
        """Whether its parts are asked any number of times."""
        return self.row.field_type == "begin_repeat"

    @property
    def is_group(self) -> bool:
        """Whether it only holds other items."""
        return self.row.field_type == "begin_group"


@dataclass(frozen=True)
class Template:
    """A checked template."""

    items: tuple[Item, ...]
    choices: tuple[Choice, ...]

    def labels(self, list_name: str) -> dict[str, str]:
        """Return value -> label of a list, in its order."""
        return {choice.value: choice.label for choice in self.choices if choice.list_name == list_name}


def check(rows: Sequence[FieldRow], choices: Sequence[Choice]) -> tuple[Problem, ...]:
    """Return everything that is wrong with a template, in order of its rows; empty when it can be used."""
    if len(rows) > MAX_ROWS:
        return (Problem(0, "too_many_rows", str(MAX_ROWS)),)
    problems = [*_structure(rows), *_choice_problems(choices)]
    lists = {choice.list_name for choice in choices}
    names = {row.name for row in rows if row.name}
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        problems.extend(
            Problem(number, code, detail) for code, detail in _row_problems(row, lists, names, seen)
        )
        seen.add(row.name)
    if not any(row.field_type in QUESTION_TYPES and row.field_type != "note" for row in rows):
        problems.append(Problem(0, "no_question"))
    return tuple(sorted(problems, key=lambda problem: problem.row))


def build(rows: Sequence[FieldRow], choices: Iterable[Choice]) -> Template:
    """Return the tree of a template that `check` found right.

    Raises:
        ValueError: the template has problems.
    """
    listed = tuple(choices)
    if problems := check(rows, listed):
        raise ValueError(f"The template has problems: {problems[0]}")
    stack: list[tuple[FieldRow | None, list[Item]]] = [(None, [])]
    for row in rows:
        if row.field_type in ("begin_group", "begin_repeat"):
            stack.append((row, []))
        elif row.field_type in ("end_group", "end_repeat"):
            opened, parts = stack.pop()
            assert opened is not None
            stack[-1][1].append(_item(opened, tuple(parts)))
        else:
            stack[-1][1].append(_item(row))
    return Template(tuple(stack[0][1]), listed)


def _item(row: FieldRow, parts: tuple[Item, ...] = ()) -> Item:
    return Item(
        row,
        parse(row.relevant) if row.relevant else None,
        parse(row.constraint) if row.constraint else None,
        parse(row.calculation) if row.calculation else None,
        parts,
    )


def _structure(rows: Sequence[FieldRow]) -> list[Problem]:
    problems: list[Problem] = []
    stack: list[tuple[int, str]] = []
    for number, row in enumerate(rows, start=1):
        kind = row.field_type
        if kind.startswith("begin_"):
            if kind == "begin_repeat" and any(opened == "repeat" for _, opened in stack):
                problems.append(Problem(number, "nested_repeat"))
            stack.append((number, kind.removeprefix("begin_")))
            if len(stack) > MAX_DEPTH:
                problems.append(Problem(number, "too_deep", str(MAX_DEPTH)))
        elif kind.startswith("end_"):
            if not stack or stack[-1][1] != kind.removeprefix("end_"):
                problems.append(Problem(number, "end_without_begin", kind))
                return problems
            stack.pop()
    problems.extend(Problem(number, "never_ended", kind) for number, kind in stack)
    return problems


def _choice_problems(choices: Sequence[Choice]) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for choice in choices:
        if not re.fullmatch(r"[^\s'\"]{1,64}", choice.value):
            problems.append(Problem(0, "choice_value", choice.value))
        if not re.fullmatch(r"[^\s'\"/]{1,64}", choice.list_name):
            problems.append(Problem(0, "list_name", choice.list_name))
        if (choice.list_name, choice.value) in seen:
            problems.append(Problem(0, "choice_twice", f"{choice.list_name}: {choice.value}"))
        seen.add((choice.list_name, choice.value))
    return problems


def _row_problems(
    row: FieldRow, lists: set[str], names: set[str], seen: set[str]
) -> Iterable[tuple[str, str]]:
    if row.field_type not in FIELD_TYPES:
        yield "unknown_type", row.field_type
        return
    if row.field_type.startswith("end_"):
        return
    if not _NAME.fullmatch(row.name):
        yield "field_name", row.name
    elif row.name in seen:
        yield "name_twice", row.name
    elif row.name in RESERVED:
        yield "reserved_name", row.name
    if row.field_type in SELECTS and row.choice_list not in lists:
        yield "choice_list", row.choice_list
    if row.field_type == "calculate" and not row.calculation:
        yield "calculation_missing", row.name
    if not row.label and row.field_type not in ("calculate", "begin_group", "begin_repeat"):
        yield "label_missing", row.name
    for text in (row.relevant, row.constraint, row.calculation):
        if not text:
            continue
        try:
            unknown = fields_of(parse(text)) - names
        except ExpressionError as error:
            yield "expression", f"{text}: {error}"
            continue
        if unknown:
            yield "unknown_field", ", ".join(sorted(unknown))
