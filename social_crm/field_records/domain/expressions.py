"""A safe evaluator for the part of XPath that XLSForm authors use in `relevant`, `constraint` and `calculation`.

Nothing is ever handed to Python's own evaluator: a text becomes tokens, the tokens a tree of frozen nodes, and the tree
is walked. Values are text, numbers (`Decimal`), truth values and lists (a field inside a repeat, seen from outside it).
Source of the rules: the XLSForm and ODK XForms specifications; dates are ISO texts and compare as such.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation

Value = str | Decimal | bool | list["Value"]

MAX_LENGTH = 2000
MAX_DEPTH = 40
_MAX_SUBJECT = 500
_NAN = Decimal("NaN")
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?|\.\d+)
  | (?P<text>'[^']*'|"[^"]*")
  | \$\{(?P<field>[A-Za-z_][A-Za-z0-9_]*)\}
  | (?P<name>[A-Za-z][A-Za-z0-9-]*)
  | (?P<sign><=|>=|!=|[=<>+*().,-])
  )""",
    re.VERBOSE,
)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
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
    """One step of an expression: `kind` is number, text, field, self, call or operator; `name` says which one."""

    kind: str
    name: str = ""
    number: Decimal = Decimal(0)
    parts: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Context:
    """What an expression may see: answers by field name, the value of the field itself (`.`) and the date of today."""

    answers: Mapping[str, Value]
    today: date
    own: Value = ""


def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        ExpressionError: it is too long, nested too deeply, or not an expression of the subset.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError("too_long", str(MAX_LENGTH))
    parser = _Parser(_tokens(text))
    node = parser.either(0)
    if parser.peek()[0] != "end":
        raise ExpressionError("unexpected", parser.peek()[1])
    return node


def fields_of(node: Node) -> frozenset[str]:
    """Return the names of the fields that an expression reads."""
    own = frozenset({node.name}) if node.kind == "field" else frozenset()
    return own.union(*(fields_of(part) for part in node.parts))


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
    if node.kind == "operator":
        return _operate(node, context)
    return _call(node, context)


def holds(node: Node, context: Context) -> bool:
    """Return whether an expression is true."""
    return as_bool(evaluate(node, context))


def as_bool(value: Value) -> bool:
    """Return XPath's truth of a value: a number other than 0, a text or list that is not empty."""
    if isinstance(value, Decimal):
        return not value.is_nan() and value != 0
    return bool(value)


def as_number(value: Value) -> Decimal:
    """Return a value as a number, NaN where it is none."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    text = as_text(value).strip()
    try:
        return Decimal(text) if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text) else _NAN
    except InvalidOperation:
        return _NAN


def as_text(value: Value) -> str:
    """Return a value as text; of a list its first value, as XPath does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return "NaN" if value.is_nan() else format(value.normalize(), "f")
    if isinstance(value, list):
        return as_text(value[0]) if value else ""
    return value


class _Parser:
    """Recursive descent over the tokens; `depth` bounds the nesting."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
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
        if (kind, text) == ("sign", "."):
            return Node("self")
        if (kind, text) == ("sign", "("):
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        if kind == "name" and self.peek() == ("sign", "("):
            return self._function(text, depth)
        raise ExpressionError("unexpected", text) if text else ExpressionError("ends_early")

    def _function(self, name: str, depth: int) -> Node:
        if name not in FUNCTIONS and name != "if":
            raise ExpressionError("unknown_function", f"{name}()")
        self.expect("(")
        parts: list[Node] = []
        if self.peek() != ("sign", ")"):
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
        return Node("call", name, parts=tuple(parts))


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
        return _NAN


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
    return sign in ("=", "!=") or bool(_ISO_DATE.match(left) and _ISO_DATE.match(right))


def _call(node: Node, context: Context) -> Value:
    if node.name == "if":
        return evaluate(node.parts[1 if holds(node.parts[0], context) else 2], context)
    values = [evaluate(part, context) for part in node.parts]
    return FUNCTIONS[node.name](values, context)


def _nodes(values: list[Value]) -> list[Value]:
    """One value for each row, unanswered ones included: XPath counts them, and calls a sum over them no number."""
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _selected(values: list[Value], _: Context) -> bool:
    return as_text(values[1]) in as_text(values[0]).split()


def _regex(values: list[Value], _: Context) -> bool:
    subject = as_text(values[0])
    return len(subject) <= _MAX_SUBJECT and re.fullmatch(as_text(values[1]), subject) is not None


def _coalesce(values: list[Value], _: Context) -> Value:
    return values[0] if as_text(values[0]) != "" else values[1]


def _round(values: list[Value], _: Context) -> Decimal:
    number, places = as_number(values[0]), as_number(values[1]) if len(values) > 1 else Decimal(0)
    if number.is_nan() or places.is_nan():
        return _NAN
    return number.quantize(Decimal(1).scaleb(-max(0, min(9, int(places)))), rounding=ROUND_HALF_UP)


def _int(values: list[Value], _: Context) -> Decimal:
    number = as_number(values[0])
    return _NAN if number.is_nan() else Decimal(int(number))


def _extreme(pick: Callable[[list[Decimal]], Decimal]) -> Callable[[list[Value], Context], Value]:
    def function(values: list[Value], _: Context) -> Value:
        numbers = [as_number(value) for value in _nodes(values)]
        return pick(numbers) if numbers and not any(n.is_nan() for n in numbers) else _NAN

    return function


FUNCTIONS: dict[str, Callable[[list[Value], Context], Value]] = {
    "selected": _selected,
    "count-selected": lambda values, _: Decimal(len(as_text(values[0]).split())),
    "string-length": lambda values, _: Decimal(len(as_text(values[0]))),
    "contains": lambda values, _: as_text(values[1]) in as_text(values[0]),
    "starts-with": lambda values, _: as_text(values[0]).startswith(as_text(values[1])),
    "regex": _regex,
    "not": lambda values, _: not as_bool(values[0]),
    "true": lambda values, _: True,
    "false": lambda values, _: False,
    "today": lambda values, context: context.today.isoformat(),
    "coalesce": _coalesce,
    "concat": lambda values, _: "".join(as_text(value) for value in values),
    "number": lambda values, _: as_number(values[0]),
    "string": lambda values, _: as_text(values[0]),
    "int": _int,
    "round": _round,
    "sum": lambda values, _: sum((as_number(value) for value in _nodes(values)), Decimal(0)),
    "count": lambda values, _: Decimal(len(_nodes(values))),
    "min": _extreme(min),
    "max": _extreme(max),
}
ARGUMENTS: dict[str, tuple[int, int]] = {
    "if": (3, 3),
    "selected": (2, 2),
    "count-selected": (1, 1),
    "string-length": (1, 1),
    "contains": (2, 2),
    "starts-with": (2, 2),
    "regex": (2, 2),
    "not": (1, 1),
    **dict.fromkeys(("true", "false", "today"), (0, 0)),
    "coalesce": (2, 2),
    "concat": (1, 20),
    "number": (1, 1),
    "string": (1, 1),
    "int": (1, 1),
    "round": (1, 2),
    "sum": (1, 20),
    "count": (1, 1),
    "min": (1, 20),
    "max": (1, 20),
}
