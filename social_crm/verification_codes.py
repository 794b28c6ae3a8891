"""Codes by which whoever holds a paper can ask a site about it: random, so that nobody finds one by trying."""

import base64
import secrets

from frappe.utils import get_url

# 100 random bits.
_BYTES = 13
LENGTH = 20
_GROUP = 5


def new_code() -> str:
    """Return a code of 20 letters and digits that are hard to mistake for each other."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).decode()[:LENGTH]


def in_groups(code: str | None) -> str:
    """Return a code in groups of five, as it stands on paper; empty for none."""
    text = code or ""
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def bare(text: str) -> str:
    """Return the code that somebody typed or scanned, without groups and in capitals; empty when it is none."""
    code = "".join(character for character in text.upper() if character.isalnum())
    return code if len(code) == LENGTH else ""


def address(path: str, code: str | None) -> str:
    """Return the address at which a paper is verified; empty without a code. path: of the page, such as "verificar"."""
    return get_url(f"/{path}/{in_groups(code)}") if code else ""
