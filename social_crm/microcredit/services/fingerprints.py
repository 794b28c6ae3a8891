"""What a vote was about, so that closing a session can tell what has changed since.

A digest for each field: whoever reads the session learns nothing of the household from it.
"""

import hashlib
import json
from typing import Any

from frappe import _

from social_crm.changes import stored_rows, stored_values
from social_crm.microcredit.services.applications import DECIDED_FIELDS, REQUEST_TABLES

# What the session itself proposes is kept by the session, and its minutes are written while it lasts.
_OF_THE_SESSION = frozenset(
    {"approved_amount", "approved_periods", "conditions", "committee_minutes", "committee_date"}
)
_FIELDS = (*(field for field in DECIDED_FIELDS if field not in _OF_THE_SESSION), "first_due")


def of(application: Any) -> str:
    """Return the fingerprint of an application as JSON: digests by field and table."""
    return json.dumps(_digests(application))


def changed(fingerprint: str | None, application: Any) -> list[str]:
    """Return the labels of what has changed since a fingerprint was taken; nothing where none was."""
    if not fingerprint:
        return []
    before = json.loads(fingerprint)
    fields = [field for field, digest in _digests(application).items() if before.get(field, digest) != digest]
    return sorted(_(application.meta.get_label(field)) for field in fields)


def _digests(application: Any) -> dict[str, str]:
    values = stored_values(application)
    found = {field: _digest(application.name, field, values.get(field)) for field in _FIELDS}
    for table in REQUEST_TABLES:
        found[table] = _digest(application.name, table, stored_rows(application.get(table)))
    return found


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
