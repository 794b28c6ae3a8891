"""The receipt of each UUID: whose it is, which contents were received, and what became of them.

A receipt is written in the transaction of its record, so that a UUID is known exactly when its record is stored.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.utils import now_datetime

_DOCTYPE = "Field Submission"
# Contents of one record that are remembered; the oldest are forgotten first.
_REMEMBERED = 200
_FIELDS = (
    "name",
    "kind",
    "user",
    "device",
    "state",
    "digest",
    "digests",
    "revision",
    "version",
    "reference_doctype",
    "reference_name",
    "conflict",
    "message",
    "files",
    "commitments",
    "close_asked",
)


@dataclass
class Receipt:
    """What is known of a UUID. seen: digest -> name of the conflict that holds it, or "" for what was stored.

    files: UUID -> {"sha256", "file"} of what the record has now; file: the row of File, empty for a signature. commitments: UUID -> name.
    """

    uuid: str
    user: str
    device: str = ""
    revision: int = 0
    version: str = ""
    doctype: str = ""
    name: str = ""
    conflict: str = ""
    message: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    commitments: dict[str, str] = field(default_factory=dict)


def lock(uuid: str, kind: str, device: str, see_anew: Callable[[], None] | None = None) -> Receipt:
    """Return the receipt of a UUID, locked until the end of the transaction; an empty one of the caller's when it is new.

    Of two that bring a new UUID at the same time, the second waits for the first one's commit, and finds its receipt.

    see_anew: begins the transaction again, for a caller that has written nothing in it: what is read later must not be older
        than the lock, or the acta that the other one has just made would not be there for this one.
    """
    if not frappe.db.exists(_DOCTYPE, uuid):
        values = {"kind": kind, "user": frappe.session.user, "device": device, "state": "Stored"}
        doc = frappe.get_doc({"doctype": _DOCTYPE, "name": uuid, **values})
        doc.owner = doc.modified_by = frappe.session.user
        try:
            doc.db_insert()
            return Receipt(uuid, frappe.session.user)
        except frappe.DuplicateEntryError:
            frappe.clear_messages()
    if see_anew:
        see_anew()
    row = frappe.db.get_value(_DOCTYPE, uuid, _FIELDS, as_dict=True, for_update=True)
    if not row:
        # The other one was refused meanwhile: this one begins anew.
        raise frappe.QueryTimeoutError
    return Receipt(
        uuid=uuid,
        user=row.user,
        device=row.device or "",
        revision=row.revision or 0,
        version=row.version or "",
        doctype=row.reference_doctype or "",
        name=row.reference_name or "",
        conflict=row.conflict or "",
        message=row.message or "",
        seen=json.loads(row.digests or "{}"),
        files=json.loads(row.files or "{}"),
        commitments=json.loads(row.commitments or "{}"),
    )


def refuse_unless_own(user: str, may_see: bool = True) -> None:
    """Refuse a UUID of another user, or of a row that the caller may not see, without a word about the row.

    Raises:
        frappe.PermissionError: it is somebody else's.
    """
    if user != frappe.session.user or not may_see:
        frappe.throw(_("This record belongs to somebody else."), frappe.PermissionError, title=_("Not Yours"))


def is_known(receipt: Receipt, digest: str) -> bool:
    """Whether a content was received before; a record that never changes is refused with another content under its UUID.

    Raises:
        frappe.ValidationError: the UUID was used for something else.
    """
    if receipt.seen and digest not in receipt.seen:
        frappe.throw(
            _("Another record has this UUID: what was sent under one never changes. Give each its own."),
            title=_("UUID Used Already"),
        )
    return bool(receipt.seen)


def write(receipt: Receipt, digest: str, conflict: str, **values: Any) -> None:
    """Note that a content was received: stored, or kept in a conflict."""
    receipt.seen.pop(digest, None)
    receipt.seen[digest] = conflict
    seen = dict(list(receipt.seen.items())[-_REMEMBERED:])
    frappe.db.set_value(
        _DOCTYPE,
        receipt.uuid,
        {
            "digest": digest,
            "digests": json.dumps(seen),
            "state": "Conflict" if conflict else "Stored",
            "conflict": conflict or None,
            "received_at": now_datetime(),
            "reference_doctype": receipt.doctype,
            "reference_name": receipt.name,
            "acta": receipt.name if receipt.doctype == "Acta" else None,
            "device": receipt.device or None,
            "revision": receipt.revision,
            "version": receipt.version,
            "message": receipt.message,
            "files": json.dumps(receipt.files),
            "commitments": json.dumps(receipt.commitments),
            **values,
        },
    )
