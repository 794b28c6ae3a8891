"""A template of an acta: rows as XLSForm has them, checked and made into a tree of questions, groups and repeats."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from social_crm.field_records.domain.choice_filters import (
    Attributes,
    columns_by_list,
    faults,
    is_attribute_name,
    leaves,
)
from social_crm.field_records.domain.expression_places import EXPRESSIONS, faults_of_place
from social_crm.field_records.domain.expression_values import Context
from social_crm.field_records.domain.expressions import (
    ExpressionError,
    Node,
    calls,
    fields_of,
    is_formula,
    parse,
)

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
    "datetime",
    "hidden",
    "barcode",
)
FIELD_TYPES = (*QUESTION_TYPES, "begin_group", "end_group", "begin_repeat", "end_repeat")
SELECTS = ("select_one", "select_multiple")
# Their answer is the address of a stored file. A signature that is drawn is an image with the appearance "signature".
FILES = ("image", "audio")
# Names that the sheet or the XForm gives a meaning of its own.
RESERVED = frozenset({"meta", "instanceID", "deprecatedID", "instanceName"})
# What only field apps stumble over: a template that was published before these rules can still be answered in the Desk.
_OF_FORMS = frozenset(
    {
        "list_name",
        "reserved_name",
        "unknown_field_in_text",
        "choice_label_missing",
        "default_formula",
        "circle",
    }
)
MAX_ROWS = 1000
# Of a repeat, in an acta.
MAX_REPEATS = 100
MAX_DEPTH = 6
# An answer that stands in a text: "How old is ${name}?"
REFERENCE = re.compile(r"\$\{([^}]*)\}")
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
    choice_filter: str = ""
    # Required only where this holds; `required` is for always.
    required_if: str = ""
    required_message: str = ""
    read_only: bool = False
    # Of a repeat: how many rows it has, a number or an expression; empty: as many as people add.
    repeat_count: str = ""

    @property
    def is_shown_only(self) -> bool:
        """Whether nobody answers it: it shows its default, or what is calculated, or nothing."""
        return self.read_only or bool(self.calculation) or self.field_type == "hidden"


@dataclass(frozen=True)
class Choice:
    """One choice of a list: the value is stored, the label shown; `attributes`, by name, are what filters read."""

    list_name: str
    value: str
    label: str
    attributes: Attributes = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row (counted from 1; 0 is the template as a whole), of `table`: questions or choices.

    `code` names the rule, `detail` the part, `more` what is wrong inside of an expression, `field` the field of the row.
    """

    row: int
    code: str
    detail: str = ""
    more: str = ""
    field: str = ""
    table: str = "questions"


@dataclass(frozen=True)
class Item:
    """A question, or a group or repeat with its parts. Expressions are parsed."""

    row: FieldRow
    relevant: Node | None
    constraint: Node | None
    calculation: Node | None
    required: Node | None = None
    count: Node | None = None
    parts: tuple["Item", ...] = ()
    choice_filter: Node | None = None

    @property
    def is_repeat(self) -> bool:
        """Whether its parts are asked any number of times."""
        return self.row.field_type == "begin_repeat"

    @cached_property
    def keeps_first(self) -> bool:
        """Whether its calculation keeps what it gave first: a device sends that along."""
        return self.calculation is not None and calls(self.calculation, "once")

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
        return {value: choice.label for value, choice in self.lists.get(list_name, {}).items()}

    def offered(self, item: Item, context: Context, values: Iterable[str] | None = None) -> list[str]:
        """Return the values of a question's list that its filter leaves, in order: of all, or of some that stand in it."""
        listed = self.lists.get(item.row.choice_list, {})
        return [
            value
            for value in (listed if values is None else values)
            if item.choice_filter is None
            or leaves(item.choice_filter, value, dict(listed[value].attributes), context)
        ]

    @cached_property
    def lists(self) -> dict[str, dict[str, Choice]]:
        """The choices of each list by their value, in order."""
        found: dict[str, dict[str, Choice]] = {}
        for choice in self.choices:
            found.setdefault(choice.list_name, {})[choice.value] = choice
        return found


def check(rows: Sequence[FieldRow], choices: Sequence[Choice]) -> tuple[Problem, ...]:
    """Return everything that is wrong with a template, in order of its rows; empty when it can be used."""
    if len(rows) > MAX_ROWS:
        return (Problem(0, "too_many_rows", str(MAX_ROWS)),)
    problems = [
        *_structure(rows),
        *_choice_problems(choices),
        *_counts_of_own_rows(rows),
        *(Problem(*fault) for fault in faults_of_place(rows, frozenset(SELECTS))),
    ]
    lists = {choice.list_name for choice in choices}
    columns = columns_by_list([(choice.list_name, choice.attributes) for choice in choices])
    names = {row.name for row in rows if row.name}
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        problems.extend(_row_problems(number, row, lists, names, seen))
        problems.extend(_filter_problems(number, row, columns, names, seen))
        seen.add(row.name)
    if not any(row.field_type in QUESTION_TYPES and row.field_type != "note" for row in rows):
        problems.append(Problem(0, "no_question"))
    return tuple(sorted(problems, key=lambda problem: (problem.table == "choices", problem.row)))


def build(rows: Sequence[FieldRow], choices: Iterable[Choice]) -> Template:
    """Return the tree of a template that `check` found right.

    Raises:
        ValueError: the template has problems.
    """
    listed = tuple(choices)
    if problems := [one for one in check(rows, listed) if one.code not in _OF_FORMS]:
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
        parse(row.required_if) if row.required_if else None,
        parse(row.repeat_count) if row.repeat_count else None,
        parts,
        parse(row.choice_filter, of_choices=True) if row.choice_filter else None,
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

    def add(number: int, code: str, detail: str, field: str) -> None:
        problems.append(Problem(number, code, detail, field=field, table="choices"))

    for number, choice in enumerate(choices, start=1):
        if not re.fullmatch(r"[^\s'\"]{1,64}", choice.value):
            add(number, "choice_value", choice.value, "value")
        if not re.fullmatch(r"[^\s'\"/]{1,64}", choice.list_name):
            add(number, "list_name", choice.list_name, "list_name")
        if not choice.label.strip():
            add(number, "choice_label_missing", choice.value, "label")
        if (choice.list_name, choice.value) in seen:
            add(number, "choice_twice", f"{choice.list_name}: {choice.value}", "value")
        seen.add((choice.list_name, choice.value))
        for name in dict.fromkeys(name for name, _ in choice.attributes if not is_attribute_name(name)):
            text = name or next(value for other, value in choice.attributes if not other)
            add(number, "attribute_name", text, name)
        names = [name for name, _ in choice.attributes]
        for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
            add(number, "attribute_twice", name, name)
    return problems


def _row_problems(
    number: int, row: FieldRow, lists: set[str], names: set[str], seen: set[str]
) -> Iterable[Problem]:
    if row.field_type not in FIELD_TYPES:
        yield Problem(number, "unknown_type", row.field_type, field="field_type")
        return
    if row.field_type.startswith("end_"):
        return
    if not _NAME.fullmatch(row.name):
        yield Problem(number, "field_name", row.name, field="name")
    elif row.name in seen:
        yield Problem(number, "name_twice", row.name, field="name")
    elif row.name in RESERVED:
        yield Problem(number, "reserved_name", row.name, field="name")
    if row.field_type in SELECTS and row.choice_list not in lists:
        yield Problem(number, "choice_list", row.choice_list, field="field_type")
    if row.field_type == "calculate" and not row.calculation:
        yield Problem(number, "calculation_missing", row.name, field="calculation")
    if not row.label and row.field_type not in ("calculate", "hidden", "begin_group", "begin_repeat"):
        yield Problem(number, "label_missing", row.name, field="label")
    if row.required and row.required_if:
        yield Problem(number, "required_twice", row.name, field="required_if")
    for field in ("label", "hint", "constraint_message", "required_message"):
        if unknown := set(REFERENCE.findall(getattr(row, field))) - names:
            yield Problem(number, "unknown_field_in_text", ", ".join(sorted(unknown)), field=field)
    yield from _expression_problems(number, row, names)
    yield from _default_problems(number, row, names)
    if row.repeat_count:
        yield from _count_problems(number, row, names)


def count_name(repeat: str) -> str:
    """Return the name of the value that a form keeps how many rows a repeat has in."""
    return f"{repeat}_count"


def _count_problems(number: int, row: FieldRow, names: set[str]) -> Iterable[Problem]:
    if row.field_type != "begin_repeat":
        yield Problem(number, "repeat_count_elsewhere", row.name, field="repeat_count")
    elif count_name(row.name) in names:
        yield Problem(number, "repeat_count_name", count_name(row.name), row.name, "repeat_count")
    elif re.fullmatch(r"-?[\d.]+", row.repeat_count) and not (
        row.repeat_count.isdigit() and 1 <= int(row.repeat_count) <= MAX_REPEATS
    ):
        yield Problem(number, "repeat_count_number", row.repeat_count, str(MAX_REPEATS), "repeat_count")


def _counts_of_own_rows(rows: Sequence[FieldRow]) -> Iterable[Problem]:
    """Repeats whose number of rows depends on what is asked in these rows."""
    opened: tuple[int, FieldRow] | None = None
    inside: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if row.field_type == "begin_repeat":
            opened, inside = (number, row), {row.name}
        elif row.field_type == "end_repeat" and opened is not None:
            if own := inside & set(REFERENCE.findall(opened[1].repeat_count)):
                yield Problem(opened[0], "repeat_count_inside", ", ".join(sorted(own)), field="repeat_count")
            opened = None
        inside.add(row.name)


def _default_problems(number: int, row: FieldRow, names: set[str]) -> Iterable[Problem]:
    if not is_formula(row.default):
        return
    try:
        unknown = fields_of(parse(row.default)) - names
    except ExpressionError:
        yield Problem(number, "default_formula", row.default, field="default")
    else:
        if unknown:
            yield Problem(number, "default_formula", row.default, field="default")


def _expression_problems(number: int, row: FieldRow, names: set[str]) -> Iterable[Problem]:
    for field in EXPRESSIONS:
        text = getattr(row, field)
        if not text:
            continue
        try:
            unknown = fields_of(parse(text)) - names
        except ExpressionError as error:
            yield Problem(number, f"expression_{error.code}", text, error.detail, field)
            continue
        if unknown:
            yield Problem(number, "unknown_field", ", ".join(sorted(unknown)), field=field)


def _filter_problems(
    number: int, row: FieldRow, columns: Mapping[str, Set[str]], names: set[str], seen: set[str]
) -> Iterable[Problem]:
    if not row.choice_filter or row.field_type.startswith("end_"):
        return
    if row.field_type not in SELECTS:
        yield Problem(number, "filter_without_list", row.name, field="choice_filter")
        return
    try:
        node = parse(row.choice_filter, of_choices=True)
    except ExpressionError as error:
        yield Problem(number, f"expression_{error.code}", row.choice_filter, error.detail, "choice_filter")
        return
    if row.choice_list not in columns:
        # That the list does not exist is told already.
        return
    for code, detail, more in faults(node, row.choice_list, columns, names, seen):
        yield Problem(number, code, detail, more, "choice_filter")
