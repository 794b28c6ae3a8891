"""A safe evaluator for the part of XPath that XLSForm authors use in `relevant`, `constraint`, `calculation` and `choice_filter`.

Nothing is ever handed to Python's own evaluator: a text becomes tokens, the tokens a tree of frozen nodes, and the tree
is walked. Values are text, numbers (`Decimal`), truth values and lists (a field inside a repeat, seen from outside it).
Source of the rules: the XLSForm and ODK XForms specifications; dates are ISO texts and compare as such.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, DivisionByZero, InvalidOperation

from social_crm.field_records.domain.expression_functions import ARGUMENTS, FUNCTIONS, is_date_format
from social_crm.field_records.domain.expression_values import (
    NAN,
    Context,
    Value,
    as_bool,
    as_moment,
    as_number,
    as_text,
)

MAX_LENGTH = 2000
MAX_DEPTH = 40
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?|\.\d+)
  | (?P<text>'[^']*'|"[^"]*")
  | \$\{(?P<field>[A-Za-z_][A-Za-z0-9_]*)\}
  | (?P<name>jr:choice-name|[^\W\d][\w.-]*)
  | (?P<sign><=|>=|!=|\.\.|[=<>+*().,-])
  )""",
    re.VERBOSE,
)
# What pyxform, and so every device, works out instead of taking it as it stands.
_FORMULA = re.compile(r"\$\{|\w[\w:.-]*\(|[*+|]|(?<![\w.-])-(?!\.?\d)| mod | div ")
# What is no function of values alone: it looks at the form around it.
_PLACES = ("if", "position", "indexed-repeat", "jr:choice-name")
_NAMED = re.compile(r"\s*\$\{([A-Za-z_][A-Za-z0-9_]*)\}\s*")
# A repeated group inside of a repetition can take a pattern exponential time.
_RISKY_PATTERN = re.compile(r"\([^)]*[+*{][^)]*\)\s*[+*{]")


class ExpressionError(ValueError):
    """The text is not an expression we know; `code` names the reason, `detail` where it stops being one."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Node:
    """One step of an expression: `kind` is number, text, field, column, self, call or operator; `name` says which one."""

    kind: str
    name: str = ""
    number: Decimal = Decimal(0)
    parts: tuple["Node", ...] = ()


def is_formula(default: str) -> bool:
    """Whether a default is worked out when a form is begun: it names an answer or a function, or calculates."""
    return bool(_FORMULA.search(default))


def parse(text: str, of_choices: bool = False) -> Node:
    """Return the tree of an expression. of_choices: a plain name in it is a column of the choice that it filters.

    Raises:
        ExpressionError: it is too long, nested too deeply, or not an expression of the subset.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError("too_long", str(MAX_LENGTH))
    parser = _Parser(_tokens(text), of_choices)
    node = parser.either(0)
    if parser.peek()[0] != "end":
        raise ExpressionError("unexpected", parser.peek()[1])
    return node


def fields_of(node: Node) -> frozenset[str]:
    """Return the names of the fields that an expression reads."""
    own = frozenset({node.name}) if node.kind == "field" else frozenset()
    return own.union(*(fields_of(part) for part in node.parts))


def columns_of(node: Node) -> frozenset[str]:
    """Return the names of the columns of choices that a filter reads."""
    own = frozenset({node.name}) if node.kind == "column" else frozenset()
    return own.union(*(columns_of(part) for part in node.parts))


def evaluate(node: Node, context: Context) -> Value:
    """Return the value of an expression. An unanswered field is the empty text; an impossible number is NaN."""
    if node.kind == "number":
        return node.number
    if node.kind == "text":
        return node.name
    if node.kind == "self":
        return context.own
    if node.kind == "field":
        return context.answers.get(node.name, "")
    if node.kind == "column":
        # What is not there is no node at all: it equals nothing, and differs from nothing.
        return context.columns.get(node.name, [])
    if node.kind == "operator":
        return _operate(node, context)
    return _call(node, context)


def holds(node: Node, context: Context) -> bool:
    """Return whether an expression is true."""
    return as_bool(evaluate(node, context))


class _Parser:
    """Recursive descent over the tokens; `depth` bounds the nesting."""

    def __init__(self, tokens: list[tuple[str, str]], of_choices: bool) -> None:
        self.tokens = tokens
        self.of_choices = of_choices
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def take(self) -> tuple[str, str]:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def expect(self, sign: str) -> None:
        kind, text = self.take()
        if (kind, text) != ("sign", sign):
            raise ExpressionError("expected", sign)

    def _chain(self, depth: int, words: tuple[str, ...], below: Callable[[int], Node]) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionError("too_deep", str(MAX_DEPTH))
        node = below(depth)
        for _ in range(len(self.tokens)):
            kind, text = self.peek()
            if kind not in ("sign", "name") or text not in words:
                return node
            self.take()
            node = Node("operator", text, parts=(node, below(depth)))
        return node

    def either(self, depth: int) -> Node:
        return self._chain(depth, ("or",), self._both)

    def _both(self, depth: int) -> Node:
        return self._chain(depth, ("and",), self._comparison)

    def _comparison(self, depth: int) -> Node:
        return self._chain(depth, ("=", "!=", "<", "<=", ">", ">="), self._sum)

    def _sum(self, depth: int) -> Node:
        return self._chain(depth, ("+", "-"), self._product)

    def _product(self, depth: int) -> Node:
        return self._chain(depth, ("*", "div", "mod"), self._unary)

    def _unary(self, depth: int) -> Node:
        if self.peek() == ("sign", "-"):
            self.take()
            if depth > MAX_DEPTH:
                raise ExpressionError("too_deep", str(MAX_DEPTH))
            return Node("operator", "negate", parts=(self._unary(depth + 1),))
        return self._primary(depth)

    def _primary(self, depth: int) -> Node:
        kind, text = self.take()
        if kind == "number":
            return Node("number", number=Decimal(text))
        if kind in ("text", "field"):
            return Node(kind, text)
        if (kind, text) == ("sign", ".") and not self.of_choices:
            return Node("self")
        if (kind, text) == ("sign", "("):
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        if kind == "name" and self.peek() == ("sign", "("):
            return self._function(text, depth)
        if kind == "name" and self.of_choices:
            return Node("column", text)
        raise ExpressionError("unexpected", text) if text else ExpressionError("ends_early")

    def _function(self, name: str, depth: int) -> Node:
        if name not in FUNCTIONS and name not in _PLACES:
            raise ExpressionError("unknown_function", f"{name}()")
        self.expect("(")
        parts: list[Node] = []
        if name == "position":
            # Of the row around a question: the one place that a form counts.
            self.expect("..")
            parts.append(Node("self"))
        elif self.peek() != ("sign", ")"):
            parts.append(self.either(depth + 1))
            for _ in range(len(self.tokens)):
                if self.peek() != ("sign", ","):
                    break
                self.take()
                parts.append(self.either(depth + 1))
        self.expect(")")
        least, most = ARGUMENTS[name]
        if not least <= len(parts) <= most:
            raise ExpressionError("arguments", f"{name}()")
        if name == "regex" and parts[1].kind != "text":
            raise ExpressionError("pattern")
        if name == "regex":
            _check_pattern(parts[1].name)
        return _checked(Node("call", name, parts=tuple(parts)))


def _checked(node: Node) -> Node:
    """A call whose values have to be of a kind: known when the template is written, not when it is answered."""
    kinds = [part.kind for part in node.parts]
    if node.name in ("format-date", "format-date-time") and not (
        kinds[1] == "text" and is_date_format(node.parts[1].name)
    ):
        raise ExpressionError("date_format", f"{node.name}()")
    if node.name == "indexed-repeat" and kinds[:2] != ["field", "field"]:
        raise ExpressionError("indexed_repeat", f"{node.name}()")
    if node.name == "jr:choice-name":
        # The question is named in quotes: its choices are meant, not its answer.
        named = _NAMED.fullmatch(node.parts[1].name) if kinds[1] == "text" else None
        if not named:
            raise ExpressionError("choice_name", f"{node.name}()")
        return replace(node, parts=(node.parts[0], Node("field", named[1])))
    return node


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    stripped = text.rstrip()
    for _ in range(len(stripped)):
        if at >= len(stripped):
            break
        match = _TOKEN.match(stripped, at)
        if not match or match.end() == at:
            raise ExpressionError("unexpected", stripped[at : at + 20].strip())
        kind = str(match.lastgroup)
        found = match.group(kind)
        tokens.append((kind, found[1:-1] if kind == "text" else found))
        at = match.end()
    if not tokens:
        raise ExpressionError("ends_early")
    return [*tokens, ("end", "")]


def _check_pattern(pattern: str) -> None:
    if len(pattern) > 200 or _RISKY_PATTERN.search(pattern):
        raise ExpressionError("pattern")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ExpressionError("pattern") from error


def _operate(node: Node, context: Context) -> Value:
    if node.name == "and":
        return all(holds(part, context) for part in node.parts)
    if node.name == "or":
        return any(holds(part, context) for part in node.parts)
    values = [evaluate(part, context) for part in node.parts]
    if node.name == "negate":
        return -as_number(values[0])
    if node.name in ("=", "!=", "<", "<=", ">", ">="):
        return _compare(node.name, values[0], values[1])
    left, right = as_number(values[0]), as_number(values[1])
    try:
        if node.name == "+":
            return left + right
        if node.name == "-":
            return left - right
        if node.name == "*":
            return left * right
        return left / right if node.name == "div" else left % right
    except (DivisionByZero, InvalidOperation, ArithmeticError):
        return NAN


def _compare(sign: str, left: Value, right: Value) -> bool:
    """A list compares true when any of its values does. Two ISO dates compare as dates, two texts as equal or not."""
    if isinstance(left, list):
        return any(_compare(sign, item, right) for item in left)
    if isinstance(right, list):
        return any(_compare(sign, left, item) for item in right)
    if isinstance(left, bool) or isinstance(right, bool):
        pair: tuple[Decimal, Decimal] | tuple[str, str] = (
            Decimal(int(as_bool(left))),
            Decimal(int(as_bool(right))),
        )
    elif isinstance(left, str) and isinstance(right, str) and _compare_as_text(sign, left, right):
        pair = (left, right)
    else:
        pair = (as_number(left), as_number(right))
        if pair[0].is_nan() or pair[1].is_nan():
            return sign == "!="
    return {
        "=": pair[0] == pair[1],
        "!=": pair[0] != pair[1],
        "<": pair[0] < pair[1],  # type: ignore[operator]
        "<=": pair[0] <= pair[1],  # type: ignore[operator]
        ">": pair[0] > pair[1],  # type: ignore[operator]
        ">=": pair[0] >= pair[1],  # type: ignore[operator]
    }[sign]


def _compare_as_text(sign: str, left: str, right: str) -> bool:
    return sign in ("=", "!=") and not (as_moment(left) and as_moment(right))


def _of_row(column: Value, number: Value) -> Value:
    rows, place = column if isinstance(column, list) else [column], as_number(number)
    is_there = not place.is_nan() and place == int(place) and 1 <= place <= len(rows)
    return rows[int(place) - 1] if is_there else ""


def calls(node: Node, name: str) -> bool:
    """Return whether an expression calls a function."""
    return (node.kind == "call" and node.name == name) or any(calls(part, name) for part in node.parts)


def _call(node: Node, context: Context) -> Value:
    if node.name == "if":
        return evaluate(node.parts[1 if holds(node.parts[0], context) else 2], context)
    if node.name == "position":
        return Decimal(context.row)
    if node.name == "indexed-repeat":
        return _of_row(context.rows.get(node.parts[0].name, ""), evaluate(node.parts[2], context))
    if node.name == "jr:choice-name":
        chosen = as_text(evaluate(node.parts[0], context))
        return context.labels.get(node.parts[1].name, {}).get(chosen, "")
    values = [evaluate(part, context) for part in node.parts]
    return FUNCTIONS[node.name](values, context)
