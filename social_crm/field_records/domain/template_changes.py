"""What one version of a template has that another has not: questions, choices, translations and what answers write, field by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from social_crm.field_records.domain.choice_filters import write_attributes
from social_crm.field_records.domain.templates import Choice, FieldRow
from social_crm.field_records.domain.writes import Write
from social_crm.field_records.domain.xlsform import TEXTS, Form, element_of

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"


@dataclass(frozen=True)
class Change:
    """One difference. part: question, choice, translation, write or template; name: which one; field: what of it changed.

    Of a write the name is the question, and the label the record and its field: "Family.zone".
    """

    kind: str
    part: str
    name: str
    label: str = ""
    field: str = ""
    was: str = ""
    now: str = ""


def compare(old: Form, new: Form) -> tuple[Change, ...]:
    """Return what changed from one version to the other, in the order of the newer one, what was removed last."""
    return (
        *_texts(
            "template",
            "",
            "",
            {"title": old.title, "default_language": old.default_language},
            {"title": new.title, "default_language": new.default_language},
        ),
        *_questions(old, new),
        *_choices(old, new),
        *_translations(old, new),
    )


def compare_writes(old: Sequence[Write], new: Sequence[Write]) -> tuple[Change, ...]:
    """Return what changed in what the answers write, in the order of the newer version, what was removed last."""
    was, now = _written(old), _written(new)
    found = []
    for key, values in now.items():
        question, where = key
        if key not in was:
            found.append(Change(ADDED, "write", question, where, "", "", values))
        elif values != was[key]:
            found.append(Change(CHANGED, "write", question, where, "values", was[key], values))
    found += [Change(REMOVED, "write", *key, "", values) for key, values in was.items() if key not in now]
    return tuple(found)


def _written(writes: Sequence[Write]) -> dict[tuple[str, str], str]:
    """Question and field -> which choice becomes what there."""
    return {
        (write.question, f"{write.target}.{write.field}"): "; ".join(
            f"{choice} = {value}" for choice, value in sorted(write.values.items())
        )
        for write in writes
    }


def _questions(old: Form, new: Form) -> Iterable[Change]:
    was, now = _named(old.rows), _named(new.rows)
    for name, row in now.items():
        if name not in was:
            yield Change(ADDED, "question", name, row.label)
        else:
            yield from _texts("question", name, row.label, _values(was[name]), _values(row))
    common = [name for name in was if name in now]
    for name in _moved(common, [name for name in now if name in was]):
        yield Change(MOVED, "question", name, now[name].label)
    for name, row in was.items():
        if name not in now:
            yield Change(REMOVED, "question", name, row.label)


def _choices(old: Form, new: Form) -> Iterable[Change]:
    was = {element_of(choice): choice for choice in old.choices}
    now = {element_of(choice): choice for choice in new.choices}
    for name, choice in now.items():
        if name not in was:
            yield Change(ADDED, "choice", name, choice.label)
        else:
            yield from _texts("choice", name, choice.label, _of_choice(was[name]), _of_choice(choice))
    for name, choice in was.items():
        if name not in now:
            yield Change(REMOVED, "choice", name, choice.label)


def _of_choice(choice: Choice) -> dict[str, str]:
    return {"label": choice.label, "attributes": write_attributes(choice.attributes)}


def _translations(old: Form, new: Form) -> Iterable[Change]:
    was = {(one.language, one.element): one for one in old.translations}
    now = {(one.language, one.element): one for one in new.translations}
    for key in dict.fromkeys((*was, *now)):
        language, element = key
        before, after = was.get(key), now.get(key)
        yield from _texts(
            "translation",
            f"{element}, {language}",
            "",
            {field: getattr(before, field, "") for field in TEXTS},
            {field: getattr(after, field, "") for field in TEXTS},
        )


def _texts(
    part: str, name: str, label: str, was: Mapping[str, str], now: Mapping[str, str]
) -> Iterable[Change]:
    for field, text in now.items():
        if text != was[field]:
            yield Change(CHANGED, part, name, label, field, was[field], text)


def _named(rows: Sequence[FieldRow]) -> dict[str, FieldRow]:
    return {row.name: row for row in rows if row.name and not row.field_type.startswith("end_")}


def _values(row: FieldRow) -> dict[str, str]:
    values = {field.name: getattr(row, field.name) for field in fields(row) if field.name != "name"}
    return {
        field: ("yes" if value else "no") if isinstance(value, bool) else value
        for field, value in values.items()
    }


def _moved(was: Sequence[str], now: Sequence[str]) -> list[str]:
    """The fewest names whose move makes one order the other: those outside of the longest common order."""
    place = {name: number for number, name in enumerate(was)}
    best: list[
        tuple[int, int]
    ] = []  # for each name of `now`: length of the longest order that ends there, its forerunner
    for number, name in enumerate(now):
        before = [(best[other][0], other) for other in range(number) if place[now[other]] < place[name]]
        length, other = max(before, default=(0, -1))
        best.append((length + 1, other))
    at = max(range(len(best)), key=lambda number: best[number][0], default=-1)
    kept: set[str] = set()
    for _ in range(len(now)):
        if at < 0:
            break
        kept.add(now[at])
        at = best[at][1]
    return [name for name in now if name not in kept]
