"""Choices that depend on an earlier answer: what each choice belongs to, and which of them a filter leaves.

A choice has columns of its own beside its value and label ("municipio = riohacha"), a question a filter over them
("municipio = ${municipio}"). Source of the rules: `choice_filter` of XLSForm; a column that a choice has nothing in is an
empty set of nodes, which compares with nothing, not even with an empty answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from social_crm.field_records.domain.expression_values import Context
from social_crm.field_records.domain.expressions import Node, columns_of, fields_of, holds

Attributes = tuple[tuple[str, str], ...]

# The column of each choice that holds what is stored.
VALUE_COLUMN = "name"
# Columns of the sheet of choices with a meaning of their own, as they are written or by another name, what forms keep there, and
# names that pyxform stumbles over.
_RESERVED = frozenset(
    [
        *("name", "value", "list", "list_name", "label", "media", "image", "big_image", "audio", "video"),
        *("itextid", "self", "fields", "__row"),
    ]
)
_ATTRIBUTE = re.compile(r"[^\W\d][\w.-]{0,63}")
_PAIR = re.compile(r'\s*([^=;\n"]*?)\s*=\s*("(?:[^"]|"")*"|[^;\n"]*)\s*(?:[;\n]|$)|([^;\n]+)')


def read_attributes(text: str) -> Attributes:
    """Return what a choice belongs to, "departamento = guajira; zona = rural" (or one a line), by name.

    A value with semicolons, quotes or lines of its own stands in quotes, doubled inside. What is no pair comes back under
    no name, so that `check` tells it.
    """
    found = []
    for name, value, rest in _PAIR.findall(text):
        if rest.strip():
            found.append(("", rest.strip()))
        elif value.startswith('"'):
            found.append((name, value[1:-1].replace('""', '"')))
        elif name or value.strip():
            found.append((name, value.strip()))
    return sorted_attributes(found)


def write_attributes(attributes: Attributes) -> str:
    """Return what a choice belongs to as `read_attributes` reads it."""
    return "; ".join(f"{name} = {_quoted(value)}" for name, value in attributes)


def sorted_attributes(pairs: Iterable[tuple[str, str]]) -> Attributes:
    """Return the pairs that say something, by name: the same is always written the same."""
    return tuple(sorted((name, value) for name, value in pairs if value))


def is_attribute_name(name: str) -> bool:
    """Whether choices may have a column of this name: one that stands in an expression, and has no other meaning."""
    plain = name.lower().replace("-", "_")
    return bool(_ATTRIBUTE.fullmatch(name)) and plain not in _RESERVED


def faults(
    node: Node, list_name: str, columns: Mapping[str, Set[str]], names: Set[str], before: Set[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a filter: the code, what it is about, and the list.

    columns: list of choices -> the columns that any of its choices has something in. names: all questions; before: those asked
    before this one.
    """
    asked = fields_of(node)
    if unknown := asked - names:
        yield "unknown_field", _listed(unknown), ""
    if later := (asked & names) - before:
        yield "filter_later", _listed(later), ""
    missing = columns_of(node) - columns.get(list_name, frozenset()) - {VALUE_COLUMN}
    anywhere = frozenset().union(*columns.values())
    if elsewhere := missing & anywhere:
        yield "filter_column_of_list", _listed(elsewhere), list_name
    for name in sorted(missing - anywhere):
        yield "filter_column_is_question" if name in names else "filter_column_unknown", name, list_name


def leaves(node: Node, value: str, attributes: Mapping[str, str], context: Context) -> bool:
    """Whether a filter leaves a choice."""
    return holds(node, replace(context, columns={**attributes, VALUE_COLUMN: value}))


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if re.search(r'[;\n"]', value) else value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def columns_by_list(choices: Sequence[tuple[str, Attributes]]) -> dict[str, set[str]]:
    """Return list of choices -> the columns that any of its choices has something in."""
    found: dict[str, set[str]] = {}
    for list_name, attributes in choices:
        found.setdefault(list_name, set()).update(name for name, _ in attributes)
    return found
