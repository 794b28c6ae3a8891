"""Encryption of what the database must not be able to tell, with a key that lies outside the database.

Each use derives its own key from the encryption key of the site (in site_config.json): what Frappe itself decrypts with the
site's key (passwords of e-mail accounts and the like) opens nothing of ours, nor does one use open another's.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from frappe.utils.password import get_encryption_key


def cipher(purpose: bytes) -> Fernet:
    """Return the cipher of a purpose. Its name is part of the key: who renames it can open nothing from before."""
    return Fernet(base64.urlsafe_b64encode(_derived(purpose)))


def keyed_digest(purpose: bytes, content: bytes) -> str:
    """Return an HMAC-SHA256 as 64 hexadecimal digits: it proves a content without letting anybody guess it."""
    return hmac.new(_derived(purpose), content, hashlib.sha256).hexdigest()


def _derived(purpose: bytes) -> bytes:
    return hmac.new(get_encryption_key().encode(), purpose, hashlib.sha256).digest()
