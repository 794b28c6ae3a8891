"""The answers of an acta against its template: what applies, what is calculated, what is missing or wrong.

Stored answers are plain: text, integers, decimals as text, ISO dates and times, choices as values (several: a list), a
point as {"latitude", "longitude"[, "accuracy"]} in decimal texts, a picture or a recording as the address of its file, a repeat as a
list of rows. What does not apply (`relevant` is false) is left out.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from social_crm.field_records.domain.answer_values import MAX_TEXT, clean, expression_value
from social_crm.field_records.domain.expression_values import Context, Value, as_number, as_text
from social_crm.field_records.domain.expressions import (
    ExpressionError,
    evaluate,
    fields_of,
    holds,
    is_formula,
    parse,
)
from social_crm.field_records.domain.templates import MAX_REPEATS, FieldRow, Item, Template

# The rounds in which visibility and calculations that depend on each other settle.
_ROUNDS = 5
_ROW = re.compile(r"\[(\d+)\]\.$")


@dataclass(frozen=True)
class Finding:
    """What is wrong with one answer; `path` is the field, in a repeat "repeat[row].field"; `message` is the author's.

    chosen: the labels of the choices that do not go with the answers before them. numbers: of "row_count", how many rows are
    needed and how many there are.
    """

    path: str
    code: str
    label: str
    message: str = ""
    chosen: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Result:
    """Answers as they are kept, the paths that apply, and the findings.

    `missing` lists the required ones unanswered; `required` the paths that a formula requires; `counts` how many rows the
    repeats have that are counted.
    """

    answers: Mapping[str, Any]
    visible: frozenset[str]
    findings: tuple[Finding, ...]
    missing: tuple[Finding, ...]
    required: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)


def default_of(row: FieldRow, today: date, now: datetime | None = None) -> str:
    """Return the default with which a question begins on a day; one that is calculated names no answers yet."""
    if not is_formula(row.default):
        return row.default
    try:
        return as_text(evaluate(parse(row.default), Context({}, today, now=now)))
    except ExpressionError:
        # Published before defaults were looked at.
        return ""


def examine(template: Template, given: Mapping[str, Any], today: date, now: datetime | None = None) -> Result:
    """Return what becomes of the given answers on a day; unknown fields and wrong values are findings, never errors.

    now: the moment of the acta, as the clock of its place shows it; the beginning of the day where none is given.
    """
    known = {item.row.name for item in _questions(template.items)}
    findings = [Finding(name, "unknown_field", name) for name in given if name not in known]
    state = _settled(template, given, today, findings, now)
    missing: list[Finding] = []
    state.judge(template.items, state.values, "", findings, missing)
    kept = state.keep(template.items, state.values, "")
    return Result(
        kept,
        frozenset(state.visible),
        tuple(findings),
        tuple(missing),
        frozenset(state.required),
        state.counts,
    )


def offered(template: Template, given: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """Return the path of each question that filters its choices and applies -> the values of those that it may take."""
    state = _settled(template, given, today, [])
    found: dict[str, list[str]] = {}
    state.offer(template.items, state.values, "", found, {})
    return found


def _settled(
    template: Template,
    given: Mapping[str, Any],
    today: date,
    findings: list[Finding],
    now: datetime | None = None,
) -> "_State":
    state = _State(template, today, now)
    state.read(template.items, given, findings)
    for _ in range(_ROUNDS):
        before = dict(state.flat)
        state.visible, state.excluded = set(), {}
        state.walk(template.items, state.values, state.given, "", True)
        if state.flat == before:
            break
    return state


class _State:
    def __init__(self, template: Template, today: date, now: datetime | None) -> None:
        self.template = template
        self.today = today
        self.now = now
        self.labels = _labels(template, template.items)
        # As they arrived, and as they stand: without the choices that a filter does not leave.
        self.given: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.flat: dict[str, Value] = {}
        self.visible: set[str] = set()
        self.required: set[str] = set()
        self.excluded: dict[str, list[str]] = {}
        self.counts: dict[str, int] = {}

    def read(self, items: tuple[Item, ...], given: Mapping[str, Any], findings: list[Finding]) -> None:
        self.given = self._read(items, given, "", findings)
        self.values = deepcopy(self.given)

    def _read(
        self, items: tuple[Item, ...], given: Mapping[str, Any], prefix: str, findings: list[Finding]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in items:
            name = item.row.name
            if item.is_group:
                values.update(self._read(item.parts, given, prefix, findings))
            elif item.is_repeat:
                values[name] = self._read_rows(item, given.get(name), prefix, findings)
            elif item.row.field_type not in ("note", "calculate"):
                # Nobody answers what is only shown: whoever sends another value changes nothing.
                answer = given.get(name)
                is_begun = answer not in (None, "", []) and is_formula(item.row.default)
                if (item.row.read_only or item.row.field_type == "hidden") and not is_begun:
                    answer = default_of(item.row, self.today, self.now)
                value, code = clean(item, answer, self.template)
                if code and not item.row.is_shown_only:
                    findings.append(Finding(f"{prefix}{name}", code, item.row.label or name))
                values[name] = value
            elif item.keeps_first and isinstance(given.get(name), str):
                values[name] = given[name][:MAX_TEXT].strip() or None
        return values

    def _read_rows(
        self, item: Item, given: Any, prefix: str, findings: list[Finding]
    ) -> list[dict[str, Any]]:
        path = f"{prefix}{item.row.name}"
        if given in (None, ""):
            return []
        if not isinstance(given, list) or not all(isinstance(row, Mapping) for row in given):
            findings.append(Finding(path, "not_rows", item.row.label or path))
            return []
        if len(given) > MAX_REPEATS:
            findings.append(Finding(path, "too_many_rows", item.row.label or path))
            return []
        known = {part.row.name for part in _questions(item.parts)}
        rows = []
        for number, row in enumerate(given):
            findings.extend(
                Finding(f"{path}[{number}].{name}", "unknown_field", name)
                for name in row
                if name not in known
            )
            rows.append(self._read(item.parts, row, f"{path}[{number}].", findings))
        return rows

    def walk(
        self,
        items: tuple[Item, ...],
        values: dict[str, Any],
        given: Mapping[str, Any],
        prefix: str,
        shown: bool,
    ) -> None:
        """Settle visibility, choices and calculations of items over their values, in order."""
        for item in items:
            name, path = item.row.name, f"{prefix}{item.row.name}"
            context = self._context(values if prefix else {}, "", prefix)
            applies = shown and (item.relevant is None or holds(item.relevant, context))
            if applies:
                self.visible.add(path)
            if item.is_group:
                self.walk(item.parts, values, given, prefix, applies)
            elif item.is_repeat:
                rows = values.get(name) or []
                if item.count is not None:
                    wanted = as_number(evaluate(item.count, context)) if applies else Decimal(0)
                    is_some = not wanted.is_nan() and wanted > 0
                    self.counts[path] = min(int(wanted), MAX_REPEATS) if is_some else 0
                parts = [part.row.name for part in _questions(item.parts)]
                for number, row in enumerate(rows):
                    self.walk(item.parts, row, given[name][number], f"{path}[{number}].", applies)
                    # At once: the next row may read what this one has come to.
                    for part in parts:
                        self.flat[part] = [expression_value(one.get(part)) for one in rows] if applies else []
                for part in parts if not rows else ():
                    self.flat[part] = []
                self.flat[name] = [Decimal(number) for number in range(1, len(rows) + 1)] if applies else []
            else:
                if item.calculation is not None:
                    first = as_text(expression_value(given.get(name))) if item.keeps_first else ""
                    seen = replace(context, kept=first)
                    text = as_text(evaluate(item.calculation, seen)) if applies else ""
                    values[name] = self._calculated(item, text)
                if item.choice_filter is not None and applies and given.get(name):
                    values[name] = self._left(item, given[name], path, context)
                if not prefix:
                    self.flat[name] = expression_value(values.get(name)) if applies else ""

    def _calculated(self, item: Item, text: str) -> Any:
        """A calculated value as the type of its question keeps it; what is none of that type is no answer."""
        if text in ("", "NaN"):
            return None
        if item.row.field_type == "integer":
            number = as_number(text)
            text = "" if number.is_nan() else str(int(number))
        return clean(item, text, self.template)[0] if item.row.field_type != "calculate" else text

    def judge(
        self,
        items: tuple[Item, ...],
        values: Mapping[str, Any],
        prefix: str,
        findings: list[Finding],
        missing: list[Finding],
    ) -> None:
        """Collect broken constraints and required fields without an answer, among what applies."""
        for item in items:
            name, path = item.row.name, f"{prefix}{item.row.name}"
            if path not in self.visible:
                continue
            if item.is_group:
                self.judge(item.parts, values, prefix, findings, missing)
                continue
            if item.is_repeat:
                wanted, there = self.counts.get(path), len(values.get(name) or [])
                if wanted is not None and wanted != there:
                    label = item.row.label or name
                    missing.append(Finding(path, "row_count", label, numbers=(wanted, there)))
                for number, row in enumerate(values.get(name) or []):
                    self.judge(item.parts, row, f"{path}[{number}].", findings, missing)
            value = values.get(name)
            label = item.row.label or name
            row = values if prefix else {}
            if item.required is not None and holds(item.required, self._context(row, "", prefix)):
                self.required.add(path)
            if path in self.excluded:
                findings.append(
                    Finding(path, "choice_excluded", label, chosen=", ".join(self.excluded[path]))
                )
            if value in (None, "", []):
                is_required = item.row.required or path in self.required
                if is_required and item.row.field_type not in ("note", "calculate"):
                    missing.append(Finding(path, "required", label, item.row.required_message))
            elif item.constraint is not None and not holds(
                item.constraint, self._context(row, expression_value(value), prefix)
            ):
                findings.append(Finding(path, "constraint", label, item.row.constraint_message))

    def keep(self, items: tuple[Item, ...], values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        """Return the answers that apply and are not empty."""
        kept: dict[str, Any] = {}
        for item in items:
            name, path = item.row.name, f"{prefix}{item.row.name}"
            if path not in self.visible or item.row.field_type == "note":
                continue
            if item.is_group:
                kept.update(self.keep(item.parts, values, prefix))
            elif item.is_repeat:
                rows = [
                    self.keep(item.parts, row, f"{path}[{number}].")
                    for number, row in enumerate(values.get(name) or [])
                ]
                if rows:
                    kept[name] = rows
            elif values.get(name) not in (None, "", []):
                kept[name] = values[name]
        return kept

    def offer(
        self,
        items: tuple[Item, ...],
        values: Mapping[str, Any],
        prefix: str,
        found: dict[str, list[str]],
        known: dict[str, list[str]],
    ) -> None:
        """Collect what filters leave; `known` holds what the same answers left before, for the rows of a repeat."""
        for item in items:
            name, path = item.row.name, f"{prefix}{item.row.name}"
            if item.is_group:
                self.offer(item.parts, values, prefix, found, known)
            elif item.is_repeat:
                for number, row in enumerate(values.get(name) or []):
                    self.offer(item.parts, row, f"{path}[{number}].", found, known)
            elif item.choice_filter is not None and path in self.visible:
                context = self._context(values if prefix else {}, "", prefix)
                seen = [context.answers.get(one) for one in sorted(fields_of(item.choice_filter))]
                key = f"{name} {seen}"
                if key not in known:
                    known[key] = self.template.offered(item, context)
                found[path] = known[key]

    def _left(self, item: Item, given: Any, path: str, context: Context) -> Any:
        """The part of an answer that the filter leaves, as a form engine clears the rest; that is noted."""
        chosen = [given] if isinstance(given, str) else given
        kept = self.template.offered(item, context, chosen)
        listed = self.template.lists[item.row.choice_list]
        if gone := [listed[one].label for one in chosen if one not in kept]:
            self.excluded[path] = gone
        return (kept or None) if isinstance(given, list) else next(iter(kept), None)

    def _context(self, row: Mapping[str, Any], own: Value, prefix: str) -> Context:
        inside = {name: expression_value(value) for name, value in row.items()}
        number = _ROW.search(prefix)
        return Context(
            {**self.flat, **inside},
            self.today,
            own,
            now=self.now,
            row=int(number[1]) + 1 if number else 0,
            rows=self.flat,
            labels=self.labels,
        )


def _labels(template: Template, items: tuple[Item, ...]) -> dict[str, dict[str, str]]:
    """The labels of the choices of each question that has some."""
    found: dict[str, dict[str, str]] = {}
    for item in items:
        if item.row.choice_list:
            found[item.row.name] = template.labels(item.row.choice_list)
        found |= _labels(template, item.parts)
    return found


def _questions(items: tuple[Item, ...]) -> list[Item]:
    """The items whose names are keys of the answers at this level: groups are transparent, repeats are not."""
    found: list[Item] = []
    for item in items:
        if item.is_group:
            found.extend(_questions(item.parts))
        elif item.row.field_type != "note":
            found.append(item)
    return found
