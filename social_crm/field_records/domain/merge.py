"""What becomes of a record that a device changed while others may have changed it too."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

NUMBERS = frozenset({"Int", "Float", "Currency", "Percent", "Check", "Rating", "Duration"})
# What a database would cut off: a device that wrote 3.7 would find 3, and take it for somebody else's word.
WHOLE = frozenset({"Int", "Check"})
# As for every day that a device sends.
FIRST_YEAR = 1900


@dataclass(frozen=True)
class FieldConflict:
    """A field that device and server changed differently: what the device had seen, what it wrote, what is there now."""

    field: str
    base: str
    device: str
    server: str


@dataclass(frozen=True)
class Merge:
    """`taken`: fields whose value is the device's from now on. `conflicts`: fields that a person has to decide."""

    taken: tuple[str, ...]
    conflicts: tuple[FieldConflict, ...]


@dataclass(frozen=True)
class Standing:
    """What the server knows of an acta when a version of it arrives whose content it has not seen before.

    version: of the acta now. closed: whether it is. last_device: the device that stored a version last; last_version: the
    version that this made; last_revision: the device's own count of it, 0 when it gave none.
    """

    version: str
    closed: bool
    last_device: str = ""
    last_version: str = ""
    last_revision: int = 0


def merge(base: Mapping[str, str], device: Mapping[str, str], server: Mapping[str, str]) -> Merge:
    """Merge field by field what a device wrote into what is there now.

    base: what the device had seen; a field that it does not name counts as empty. All values as `comparable` gives them.
    """
    taken: list[str] = []
    conflicts: list[FieldConflict] = []
    for field, written in device.items():
        seen, now = base.get(field, ""), server.get(field, "")
        if written in (now, seen):
            # It is there already, or the device changed nothing.
            continue
        if now == seen:
            taken.append(field)
        else:
            conflicts.append(FieldConflict(field, seen, written, now))
    return Merge(tuple(taken), tuple(conflicts))


def comparable(value: Any, fieldtype: str = "Data") -> str:
    """Return the one text by which values of a field are compared: empty and null alike, 4 and 4.0 alike, dates as days.

    fieldtype: Frappe's name of the kind of field.
    """
    if value is None:
        value = ""
    if isinstance(value, bool):
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    if fieldtype in NUMBERS:
        return _number(text)
    if fieldtype == "Date":
        return text[:10]
    if fieldtype == "Datetime":
        return text.replace("T", " ")[:19]
    if fieldtype == "Time":
        return ":".join(part.zfill(2) for part in text.split(".")[0].split(":")[:2]) if text else ""
    return text.replace("\r\n", "\n")


def fits(value: Any, fieldtype: str = "Data", options: Collection[str] | None = None) -> bool:
    """Whether a field can hold a value that came from outside at all; empty and null it always can.

    fieldtype: as in `comparable`. options: the values of a Select.
    """
    if value is None or value == "":
        return True
    if fieldtype in NUMBERS:
        number = _number_of(value)
        return number is not None and (fieldtype not in WHOLE or _is_whole(number))
    if not isinstance(value, str):
        return False
    if fieldtype == "Date":
        try:
            return date.fromisoformat(value[:10]).year >= FIRST_YEAR
        except ValueError:
            return False
    return options is None or value in options


def _number_of(value: Any) -> Decimal | None:
    """The number that a value is, finite and of a length that a database keeps; None for what is none."""
    if not isinstance(value, (str, int, float)):
        return None
    try:
        number = Decimal(str(int(value) if isinstance(value, bool) else value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value() and abs(number) < 2**31


def verdict(standing: Standing, device: str, base: str | None, revision: int) -> str:
    """Return "update", "known" or "conflict" for a version of an acta that arrives with content not seen before.

    device: who sends it. base: the version that the device changed; None when it was given none. revision: the device's
    own count, 0 when it gives none.
    """
    own = bool(device) and device == standing.last_device
    if own and 0 < revision < standing.last_revision:
        # It travelled longer than a later one of the same device.
        return "known"
    if standing.closed:
        return "conflict"
    if base == standing.version:
        return "update"
    if own and standing.last_version == standing.version and revision > standing.last_revision > 0:
        # The reply to the last one was lost, and the user went on writing: nobody else wrote in between.
        return "update"
    return "conflict"


def differences(server: Mapping[str, str], device: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys by which two flat records differ, the server's order first."""
    keys = [*server, *(key for key in device if key not in server)]
    return tuple(key for key in keys if server.get(key, "") != device.get(key, ""))


def _number(text: str) -> str:
    if not text:
        return "0"
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return text
    number += 0
    return format(number.normalize(), "f") if number else "0"
