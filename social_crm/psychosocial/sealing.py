"""Encryption of confidential notes at rest, so that no report, export, dump or log of the database can tell them.

The key is derived from the encryption key of the site for this one purpose. What Frappe itself decrypts with the
site's key (passwords of e-mail accounts and the like) does not open a note, and a sealed text that is copied to another
note does not open there: the seal names the note and the case that it belongs to.
"""

import base64
import hashlib
import hmac
import json

import frappe
from cryptography.fernet import Fernet, InvalidToken
from frappe import _
from frappe.utils.password import get_encryption_key

_PURPOSE = b"social_crm confidential note 1"


def seal(text: str, note: str, case: str) -> str:
    """Return the encrypted text of a note."""
    envelope = json.dumps({"note": note, "case": case, "text": text}, ensure_ascii=False)
    return _cipher().encrypt(envelope.encode()).decode()


def unseal(sealed: str, note: str, case: str) -> str:
    """Return the text of a note.

    Raises:
        frappe.ValidationError: the site's key has changed, or the sealed text is damaged or another note's.
    """
    try:
        envelope = json.loads(_cipher().decrypt((sealed or "").encode()))
    except InvalidToken:
        envelope = {}
    if envelope.get("note") != note or envelope.get("case") != case:
        frappe.throw(
            _(
                "The text of this note cannot be opened: it was damaged or moved, or the encryption key of the site"
                " is not the one it was written with."
            ),
            title=_("Confidential Note"),
        )
    return envelope["text"]


def _cipher() -> Fernet:
    secret = hmac.new(get_encryption_key().encode(), _PURPOSE, hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
