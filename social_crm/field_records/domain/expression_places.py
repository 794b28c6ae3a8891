"""What an expression may say where it stands: rows that are counted, questions that are named, and calculations that go in a circle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Protocol

from social_crm.field_records.domain.expressions import ExpressionError, Node, parse

EXPRESSIONS = ("relevant", "constraint", "calculation", "required_if", "repeat_count")


class Row(Protocol):
    """As much of a row of a template as is looked at here."""

    @property
    def field_type(self) -> str: ...
    @property
    def name(self) -> str: ...


def faults_of_place(rows: Sequence[Row], selects: Set[str]) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield (number of the row, code, detail, more, field) for what cannot be said where it stands. selects: the types with choices."""
    asked = {row.name for row in rows if row.field_type in selects}
    repeats, direct = _places(rows)
    calculations: dict[str, Node] = {}
    numbers: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        for field in (*EXPRESSIONS, "choice_filter"):
            text = str(getattr(row, field))
            is_filter = field == "choice_filter"
            node = _parsed(text, is_filter)
            if node is None:
                continue
            if fault := misplaced(node, number in direct and not is_filter, asked, repeats):
                yield number, f"expression_{fault[0]}", text, fault[1], field
            if field == "calculation":
                calculations[row.name], numbers[row.name] = node, number
    for way in circles(calculations):
        yield numbers[way[0]], "circle", way[0], " → ".join(way), "calculation"


def misplaced(
    node: Node, counts_rows: bool, selects: Set[str], repeats: Mapping[str, str]
) -> tuple[str, str] | None:
    """Return the code of what is wrong with an expression in its place, and what it is about; None where nothing is.

    counts_rows: whether it stands directly in a repeat. selects: questions with choices. repeats: question -> its repeat.
    """
    called = node.name if node.kind == "call" else ""
    if called == "position" and not counts_rows:
        return "position_place", "position(..)"
    if called == "jr:choice-name" and node.parts[1].name not in selects:
        return "choice_name_of", node.parts[1].name
    if called == "indexed-repeat":
        question, repeat = node.parts[0].name, node.parts[1].name
        if repeats.get(question) != repeat:
            return "indexed_repeat_of", f"{question}, {repeat}"
    found = (misplaced(part, counts_rows, selects, repeats) for part in node.parts)
    return next((one for one in found if one), None)


def circles(calculations: Mapping[str, Node]) -> list[tuple[str, ...]]:
    """Return the calculations that are made of themselves, each circle once as the names on its way: ("a", "b", "a")."""
    reads = {
        name: [one for one in sorted(_made_of(node)) if one in calculations]
        for name, node in calculations.items()
    }
    found: list[tuple[str, ...]] = []
    told: set[str] = set()
    for name in reads:
        way = () if name in told else _way_back(name, reads)
        found += [way] if way else []
        told.update(way)
    return found


def _way_back(start: str, reads: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The shortest way from a calculation to itself; empty where there is none."""
    seen: set[str] = set()
    ways: list[tuple[str, ...]] = [(start,)]
    for _ in range(len(list(reads))):
        further: list[tuple[str, ...]] = []
        for way in ways:
            for name in reads[way[-1]]:
                if name == start:
                    return (*way, start)
                if name not in seen:
                    seen.add(name)
                    further.append((*way, name))
        ways = further
    return ()


def _made_of(node: Node) -> frozenset[str]:
    """The fields that a value is made of. A running total reads its own column, in another row."""
    if node.kind == "call" and node.name == "indexed-repeat":
        return _made_of(node.parts[2])
    own = frozenset({node.name}) if node.kind == "field" else frozenset()
    return own.union(*(_made_of(part) for part in node.parts))


def _places(rows: Sequence[Row]) -> tuple[dict[str, str], set[int]]:
    """Of what stands in repeats: question -> repeat, and the numbers of the rows that stand in no group of it."""
    repeats: dict[str, str] = {}
    direct: set[int] = set()
    opened: list[Row] = []
    for number, row in enumerate(rows, start=1):
        if row.field_type.startswith("end_"):
            del opened[-1:]
            continue
        inside = [one.name for one in opened if one.field_type == "begin_repeat"]
        if inside:
            repeats[row.name] = inside[-1]
        is_question = not row.field_type.startswith("begin_")
        if is_question and opened and opened[-1].field_type == "begin_repeat":
            direct.add(number)
        if not is_question:
            opened.append(row)
    return repeats, direct


def _parsed(text: str, of_choices: bool) -> Node | None:
    try:
        return parse(text, of_choices) if text else None
    except ExpressionError:
        return None
