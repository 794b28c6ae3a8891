"""DIVIPOLA, the territory codes of Colombia, from the rows of DANE's spreadsheet.

DANE publishes one row for each populated centre (or municipality), with codes and names of department, municipality
and centre. Over the years the headers stand in the first row or in the tenth, in one row or in two with merged cells,
and codes are texts ("05001") or numbers that lost their zeros (5001). Whatever the shape, the headers are found by
their words and the codes are completed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from social_crm.social_crm.domain.names import search_key, tidy

DEPARTMENT, MUNICIPALITY, CENTRE = "Department", "Municipality", "Populated Centre"
# Headers stand within the first rows, below titles and logos.
HEADER_ROWS = 40
_DIGITS = re.compile(r"^\d+$")


@dataclass(frozen=True)
class Division:
    """One division with its complete code; the point is that of DANE in degrees, when given."""

    code: str
    name: str
    level: str
    parent: str | None
    department: str
    kind: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Problem:
    """A row (counted from 1, as a spreadsheet does) that was left out, and why: code, name or conflict."""

    row: int
    why: str
    value: str


@dataclass(frozen=True)
class Divipola:
    """What a file holds: divisions, parents before children, and the rows that were left out."""

    divisions: tuple[Division, ...]
    problems: tuple[Problem, ...]


class DivipolaError(ValueError):
    """A file that is no DIVIPOLA; `code` is no_header or nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(rows: Sequence[Sequence[object]]) -> Divipola:
    """Return the divisions of a sheet.

    Raises DivipolaError when no header is found or no row below it can be used.
    """
    columns, first = _header(rows)
    found: dict[str, Division] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows[first:], start=first + 1):
        values = {role: row[i] if i < len(row) else None for role, i in columns.items()}
        if not any(_text(values.get(role)) for role in ("department_code", "municipality_code")):
            continue  # blank lines and the notes below the table
        problem = _read(values, number, found)
        if problem:
            problems.append(problem)
    if not found:
        raise DivipolaError("nothing")
    ordered = sorted(found.values(), key=lambda d: (len(d.code), d.code))
    return Divipola(tuple(ordered), tuple(problems))


def _read(values: dict[str, object], number: int, found: dict[str, Division]) -> Problem | None:
    """Add the divisions of one row; return what is wrong with it, if anything."""
    municipality = _code(values.get("municipality_code"), 5)
    written = _text(values.get("department_code"))
    department = (_code(written, 2) or "") if written else (municipality or "")[:2]
    short = _digits(values.get("municipality_code"))
    if short and len(short) <= 3 and department:
        municipality = f"{department}{short.zfill(3)}"
    if not department or not _DIGITS.match(department):
        return Problem(number, "code", written)
    if not _text(values.get("department_name")) and department not in found:
        return Problem(number, "name", department)
    name = _text(values.get("department_name")) or found[department].name
    problem = _add(found, number, Division(department, tidy(name), DEPARTMENT, None, tidy(name)))
    department_name = found[department].name
    if problem or not _text(values.get("municipality_code")):
        return problem
    if not municipality or not municipality.startswith(department):
        return Problem(number, "code", _text(values.get("municipality_code")))
    town = _text(values.get("municipality_name"))
    if not town:
        return Problem(number, "name", municipality)
    centre = _centre_code(values, municipality)
    extra = ("", None, None) if _text(values.get("centre_code")) else _extras(values)
    place = Division(municipality, town, MUNICIPALITY, department, department_name, *extra)
    problem = _add(found, number, place)
    if problem or not _text(values.get("centre_code")):
        return problem
    label = _text(values.get("centre_name"))
    if not centre:
        return Problem(number, "code", _text(values.get("centre_code")))
    if not label:
        return Problem(number, "name", centre)
    return _add(
        found, number, Division(centre, label, CENTRE, municipality, department_name, *_extras(values))
    )


def _add(found: dict[str, Division], number: int, division: Division) -> Problem | None:
    known = found.get(division.code)
    if known is None:
        found[division.code] = division
        return None
    if search_key(known.name) != search_key(division.name):
        return Problem(number, "conflict", f"{division.code} {division.name}")
    if division.latitude is not None and known.latitude is None:
        found[division.code] = division
    return None


def _extras(values: dict[str, object]) -> tuple[str, float | None, float | None]:
    latitude, longitude = _degrees(values.get("latitude"), 90), _degrees(values.get("longitude"), 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    return _text(values.get("kind")), latitude, longitude


def _centre_code(values: dict[str, object], municipality: str) -> str | None:
    digits = _digits(values.get("centre_code"))
    if not digits:
        return None
    code = f"{municipality}{digits.zfill(3)}" if len(digits) <= 3 else digits.zfill(8)
    return code if len(code) == 8 and code.startswith(municipality) else None


def _code(value: object, length: int) -> str | None:
    digits = _digits(value)
    return digits.zfill(length) if digits and len(digits) <= length else None


def _digits(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _text(value).removesuffix(".0")
    return text if _DIGITS.match(text) else None


def _degrees(value: object, limit: int) -> float | None:
    """Read degrees with a decimal point or comma."""
    try:
        number = float(_text(value).replace(",", "."))
    except ValueError:
        return None
    return number if number and abs(number) <= limit else None


def _text(value: object) -> str:
    return tidy(str(value)) if value is not None else ""


def _header(rows: Sequence[Sequence[object]]) -> tuple[dict[str, int], int]:
    """Return the column of each role and the index of the first row below the headers."""
    above: list[str] = []
    for index, row in enumerate(rows[:HEADER_ROWS]):
        cells = [search_key(_text(cell)) for cell in row]
        for labels in (cells, _joined(above, cells)):
            columns = _roles(labels)
            if {"department_code", "department_name", "municipality_code", "municipality_name"} <= set(
                columns
            ):
                return columns, index + 1
        above = _spread(cells)
    raise DivipolaError("no_header")


def _spread(cells: Sequence[str]) -> list[str]:
    """Repeat the text of a merged cell over the empty cells to its right."""
    result: list[str] = []
    for cell in cells:
        result.append(cell or (result[-1] if result else ""))
    return result


def _joined(above: Sequence[str], cells: Sequence[str]) -> list[str]:
    padded = [*above, *[""] * (len(cells) - len(above))]
    return [f"{top} {cell}".strip() if cell else cell for top, cell in zip(padded, cells, strict=False)]


def _roles(labels: Iterable[str]) -> dict[str, int]:
    roles: dict[str, int] = {}
    for index, label in enumerate(labels):
        role = _role(set(label.split()))
        if role and role not in roles:
            roles[role] = index
    return roles


def _role(words: set[str]) -> str | None:
    if words & {"latitud", "lat"}:
        return "latitude"
    if words & {"longitud", "lon", "long"}:
        return "longitude"
    if "tipo" in words or "clase" in words:
        return "kind"
    if words & {"centro", "poblado", "cpob"}:
        subject = "centre"
    elif words & {"municipio", "mpio", "municipios"}:
        subject = "municipality"
    elif words & {"departamento", "depto", "dpto", "departamentos"}:
        subject = "department"
    else:
        return None
    return f"{subject}_code" if words & {"codigo", "cod", "cd", "code", "divipola"} else f"{subject}_name"
