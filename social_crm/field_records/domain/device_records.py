"""The shape of what a device sends: every field known, of its kind and within its bounds, before anything is looked up.

Nothing is dropped or bent silently: a record with something unknown in it is refused as a whole, by name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

PROTOCOL_MIN = 1
PROTOCOL_MAX = 1
MAX_INSTANCE = 1024 * 1024
MAX_FILES = 60
MAX_ROWS = 100
MAX_STROKES = 300
MAX_POINTS = 20_000
MAX_FIELDS = 60
# An image of a reader in base64.
MAX_CAPTURE = 400_000
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

Check = Callable[[Any], str]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a record: where, as a path, and a code."""

    path: str
    code: str


def is_uuid(value: Any) -> bool:
    """Whether a value is a UUID in lower case and the usual form."""
    return isinstance(value, str) and bool(_UUID.fullmatch(value))


def is_sha256(value: Any) -> bool:
    """Whether a value is a SHA-256 in lower-case hexadecimal."""
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


def problems(record: Any) -> tuple[Problem, ...]:
    """Return what is wrong with the shape of a record; nothing when it may be looked at."""
    if not isinstance(record, Mapping):
        return (Problem("", "object"),)
    found = list(_fields(record, _RECORD, ""))
    if found:
        return tuple(found)
    body = record["body"]
    found.extend(_fields(body, _BODIES[record["kind"]], "body."))
    if not found and record["kind"] in _WITH_FILES:
        found.extend(_rows(body.get("participants"), _PARTICIPANT, "body.participants"))
        found.extend(_rows(body.get("commitments"), _COMMITMENT, "body.commitments"))
        found.extend(_rows(record.get("files"), _FILE, "files"))
        if not found:
            found.extend(_twice(record))
    elif not found and record.get("files"):
        found.append(Problem("files", "unknown"))
    return tuple(found)


def _fields(value: Any, checks: Mapping[str, tuple[bool, Check]], prefix: str) -> list[Problem]:
    if not isinstance(value, Mapping):
        return [Problem(prefix.rstrip("."), "object")]
    found = [Problem(f"{prefix}{ascii(key)[:60]}", "unknown") for key in value if key not in checks]
    for key, (required, check) in checks.items():
        given = value.get(key)
        if given is None:
            if required:
                found.append(Problem(f"{prefix}{key}", "missing"))
        elif code := check(given):
            found.append(Problem(f"{prefix}{key}", code))
    return found


def _rows(rows: Any, checks: Mapping[str, tuple[bool, Check]], path: str) -> list[Problem]:
    found: list[Problem] = []
    for number, row in enumerate(rows or []):
        found.extend(_fields(row, checks, f"{path}[{number}]."))
    return found


def _twice(record: Mapping[str, Any]) -> list[Problem]:
    """UUIDs of files, participants and commitments are each given once; names of files too."""
    body = record["body"]
    places = (
        ("files", [row["uuid"] for row in record.get("files") or []]),
        ("files", [row["name"] for row in record.get("files") or []]),
        ("body.commitments", [row["uuid"] for row in body.get("commitments") or []]),
        ("body.participants", [row["uuid"] for row in body.get("participants") or []]),
    )
    return [Problem(path, "twice") for path, given in places if len(set(given)) < len(given)]


def _text(longest: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or _NO_TEXT.search(value):
            return "text"
        return "too_long" if len(value) > longest else ""

    return check


def _matches(test: Callable[[Any], bool], code: str) -> Check:
    return lambda value: "" if test(value) else code


def _number(low: float, high: float, whole: bool = False) -> Check:
    def check(value: Any) -> str:
        kinds = int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            return "number"
        # Neither NaN nor an infinity lies between two numbers; whole numbers of any length compare.
        return "" if low <= value <= high else "number"

    return check


def _date(value: Any) -> str:
    # Python reads weeks too ("2026-W47-7"), the database does not.
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return "date"
    try:
        return "" if date.fromisoformat(value).year >= 1900 else "date"
    except ValueError:
        return "date"


def moment(value: str) -> datetime | None:
    """Return a time in ISO 8601, with its offset if it has one; None when it is none."""
    # Python 3.10 reads neither "Z" nor fractions of other than three or six digits.
    text = re.sub(
        r"(\.\d{1,6})\d*", lambda found: found[1].ljust(7, "0"), value.strip().replace("Z", "+00:00")
    )
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 < found.year < 9999 else None


def _moment(value: Any) -> str:
    return "" if isinstance(value, str) and len(value) <= 40 and moment(value) else "time"


def _list(longest: int) -> Check:
    return lambda value: "list" if not isinstance(value, list) else "too_many" if len(value) > longest else ""


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) or value in (0, 1) else "flag"


def _strokes(value: Any) -> str:
    """Strokes are lists of points with x, y, t and p, all finite."""
    if not isinstance(value, list) or len(value) > MAX_STROKES:
        return "strokes"
    if not all(isinstance(stroke, list) for stroke in value) or sum(map(len, value)) > MAX_POINTS:
        return "strokes"
    finite = _number(-1e15, 1e15)
    for stroke in value:
        for point in stroke:
            if not isinstance(point, Mapping) or not {"x", "y"} <= set(point) <= {"x", "y", "t", "p"}:
                return "strokes"
            if any(finite(item) for item in point.values() if item is not None):
                return "strokes"
    return ""


def _values(value: Any) -> str:
    """Fields and plain values."""
    if not isinstance(value, Mapping) or len(value) > MAX_FIELDS:
        return "object"
    plain, number = _text(10_000), _number(-1e15, 1e15)
    for key, item in value.items():
        if not isinstance(key, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,60}", key):
            return "field_name"
        if item is not None and not isinstance(item, bool) and plain(item) and number(item):
            return "value"
    return ""


def _fingerprint(value: Any) -> str:
    """A capture: short texts, a quality, and template and image in base64; or the name of one that the server keeps."""
    if not isinstance(value, Mapping) or not set(value) <= _CAPTURE:
        return "fingerprint"
    text, number = _text(MAX_CAPTURE), _number(-1e6, 1e6)
    if any(item is not None and text(item) and number(item) for item in value.values()):
        return "fingerprint"
    name = value.get("kept")
    alone = not any(item is not None for key, item in value.items() if key != "kept")
    return "" if name is None or (isinstance(name, str) and len(name) <= 140 and alone) else "fingerprint"


def _mapping(value: Any) -> str:
    return "" if isinstance(value, Mapping) else "object"


def _option(*known: str) -> Check:
    return _matches(lambda value: isinstance(value, str) and value in known, "option")


_CAPTURE = frozenset(
    ("source", "finger", "quality", "template", "image", "reader_serial", "captured_at", "kept")
)
_WITH_FILES = frozenset(("acta", "authorisation"))
_UUID_FIELD = (True, _matches(is_uuid, "uuid"))
_SHA_FIELD = _matches(is_sha256, "sha256")
_NAME = _text(140)
_RECORD: dict[str, tuple[bool, Check]] = {
    "kind": (True, _matches(lambda value: value in ("acta", "change", "authorisation"), "kind")),
    "uuid": _UUID_FIELD,
    "revision": (False, _number(0, 2**31 - 1, whole=True)),
    "base": (False, _text(40)),
    "device_time": (True, _moment),
    "close": (False, _flag),
    "body": (True, _mapping),
    "files": (False, _list(MAX_FILES)),
}
_BODIES: dict[str, dict[str, tuple[bool, Check]]] = {
    "acta": {
        "template": (True, _NAME),
        "instance": (True, _text(MAX_INSTANCE)),
        "visit_date": (True, _date),
        "start_time": (False, _matches(lambda v: isinstance(v, str) and bool(_TIME.fullmatch(v)), "time")),
        "end_time": (False, _matches(lambda v: isinstance(v, str) and bool(_TIME.fullmatch(v)), "time")),
        **dict.fromkeys(
            ("family", "beneficiary", "productive_unit", "community", "programme", "place", "amends"),
            (False, _NAME),
        ),
        "latitude": (False, _number(-90, 90)),
        "longitude": (False, _number(-180, 180)),
        "accuracy": (False, _number(0, 10**7)),
        "amendment_reason": (False, _text(2000)),
        "participants": (False, _list(MAX_ROWS)),
        "commitments": (False, _list(MAX_ROWS)),
    },
    "change": {
        "doctype": (True, _NAME),
        "name": (True, _NAME),
        "base": (True, _values),
        "values": (True, _values),
    },
    "authorisation": {
        "beneficiary": (True, _NAME),
        "authorisation_text": (True, _NAME),
        "decision": (True, _option("Granted", "Refused")),
        "given_on": (True, _moment),
        "given_by": (True, _option("The Person", "Legal Representative")),
        **dict.fromkeys(
            (
                "representative",
                "representative_name",
                "representative_document",
                "representation_basis",
                "witness_name",
                "witness_document",
            ),
            (False, _NAME),
        ),
        "signature": (False, _SHA_FIELD),
        "strokes": (False, _strokes),
        "cannot_sign_reason": (False, _text(2000)),
        "witness_signature": (False, _SHA_FIELD),
        "witness_strokes": (False, _strokes),
    },
}
_PARTICIPANT: dict[str, tuple[bool, Check]] = {
    "uuid": _UUID_FIELD,
    "participant_name": (True, _NAME),
    "participant_role": (True, _NAME),
    **dict.fromkeys(("document_number", "beneficiary", "witness_name", "witness_document"), (False, _NAME)),
    "signature": (False, _SHA_FIELD),
    "strokes": (False, _strokes),
    "signed_device_time": (False, _moment),
    "cannot_sign": (False, _flag),
    "cannot_sign_reason": (False, _text(2000)),
    "witness_signature": (False, _SHA_FIELD),
    "witness_strokes": (False, _strokes),
    "fingerprint": (False, _fingerprint),
}
_COMMITMENT: dict[str, tuple[bool, Check]] = {
    "uuid": _UUID_FIELD,
    "subject": (True, _NAME),
    "due_date": (True, _date),
    "responsible_party": (False, _NAME),
}
_FILE: dict[str, tuple[bool, Check]] = {
    "uuid": _UUID_FIELD,
    "name": (
        True,
        _matches(
            lambda v: (
                isinstance(v, str) and bool(re.fullmatch(r"[^/\\\x00-\x1f<>\"\ud800-\udfff]{1,140}", v))
            ),
            "file_name",
        ),
    ),
    "sha256": (True, _SHA_FIELD),
    "size": (True, _number(1, 2**31 - 1, whole=True)),
    "type": (False, _NAME),
}
