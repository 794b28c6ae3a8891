"""The digest of what a device sent: equal for the same content, however it was written down."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# What says how a record travels, not what it is: the same content sent again with another of these is the same record.
_TRAVEL = frozenset({"base", "revision", "device_time"})


def record_digest(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record's content as 64 hexadecimal digits.

    Keys in any order, null and absent alike, texts in NFC, 4 and 4.0 alike.
    """
    content = {key: value for key, value in record.items() if key not in _TRAVEL}
    # Closing is asked for or it is not.
    content["close"] = bool(record.get("close"))
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()


def canonical(value: Any) -> str:
    """Return the one text of a JSON value.

    Raises:
        TypeError: something in it is no JSON value.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            unicodedata.normalize("NFC", str(key)): _plain(item)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        # A text marked as a number: -0.0 is 0, 4.0 is 4, and no other text looks like it.
        number = Decimal(repr(value)) + 0
        return int(number) if number == number.to_integral_value() else {"number": str(number.normalize())}
    raise TypeError(f"{type(value).__name__} is no JSON value")
