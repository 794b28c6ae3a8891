"""Encryption of confidential notes at rest, so that no report, export, dump or log of the database can tell them.

The key is the notes' own (see encryption.py), and a sealed text that is copied to another note does not open there: the
seal names the note and the case that it belongs to.
"""

import json

import frappe
from cryptography.fernet import InvalidToken
from frappe import _

from social_crm.encryption import cipher

_PURPOSE = b"social_crm confidential note 1"


def seal(text: str, note: str, case: str) -> str:
    """Return the encrypted text of a note."""
    envelope = json.dumps({"note": note, "case": case, "text": text}, ensure_ascii=False)
    return cipher(_PURPOSE).encrypt(envelope.encode()).decode()


def unseal(sealed: str, note: str, case: str) -> str:
    """Return the text of a note.

    Raises:
        frappe.ValidationError: the site's key has changed, or the sealed text is damaged or another note's.
    """
    try:
        envelope = json.loads(cipher(_PURPOSE).decrypt((sealed or "").encode()))
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
