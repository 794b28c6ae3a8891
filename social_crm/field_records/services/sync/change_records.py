"""A record that changes fields of a family, a person or a productive unit: merged field by field."""

from collections.abc import Callable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils.html_utils import sanitize_html

from social_crm.field_records.domain.digests import record_digest
from social_crm.field_records.domain.merge import comparable, fits, merge
from social_crm.field_records.services.sync import conflicts, corrections, receipts
from social_crm.field_records.services.sync.clocks import site_time
from social_crm.field_records.services.sync.results import result

DOCTYPES = tuple(corrections.FIELDS)
_DEGREES = {"latitude": 90, "longitude": 180}
_SHORT = frozenset({"Data", "Link", "Select"})


def store(
    record: Mapping[str, Any],
    device: str,
    parts: Mapping[str, bytes],
    see_anew: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Merge what a device wrote into a record; the caller's transaction is the record's. Refusals are raised."""
    body = record["body"]
    receipt = receipts.lock(record["uuid"], "Correction", device, see_anew)
    receipts.refuse_unless_own(receipt.user)
    digest = record_digest(record)
    if receipts.is_known(receipt, digest):
        return _answer(record, "known", receipt.name, receipt.seen[digest])
    doc = _target(body)
    kinds = {name: _kind(doc, name) for name in body["values"]}
    for name, value in body["values"].items():
        _require_fitting(doc.meta.get_field(name), value)
    base, written, now = (
        {name: comparable(_cleaned(values.get(name)), kind) for name, kind in kinds.items()}
        for values in (body["base"], body["values"], doc)
    )
    merged = merge(base, written, now)
    for name in merged.taken:
        doc.set(name, body["values"][name])
    if merged.taken:
        doc.save()
    conflict = conflicts.keep_fields(record, doc, device, merged.conflicts) if merged.conflicts else ""
    receipt.doctype, receipt.name, receipt.device = doc.doctype, doc.name, device
    receipts.write(receipt, digest, conflict, device_time=site_time(record["device_time"]))
    return _answer(record, "conflict" if conflict else "stored", doc.name, conflict)


def _target(body: Mapping[str, Any]) -> Any:
    """The record that is changed, locked, if the caller may change it; one that is not theirs is as good as none."""
    if body["doctype"] not in DOCTYPES:
        frappe.throw(_("Devices do not change {0}.").format(_(body["doctype"])), title=_("Not Possible"))
    require_visible(body["doctype"], body["name"])
    doc = frappe.get_doc(body["doctype"], body["name"], for_update=True)
    doc.check_permission("write")
    return doc


def require_visible(doctype: str, name: str) -> None:
    """Refuse what a device says about a record that its user may not see; one that is not theirs is as good as none."""
    if not frappe.db.exists(doctype, name) or not frappe.has_permission(doctype, "read", doc=name):
        frappe.throw(
            _("{0} does not exist or is not assigned to you any more.").format(name),
            frappe.PermissionError,
            title=_("Not Yours"),
        )


def _kind(doc: Any, name: str) -> str:
    """The kind of a field that the caller may write."""
    if not corrections.may_write(doc.meta, name):
        frappe.throw(_("A device does not write the field {0}.").format(name), title=_("Field not Possible"))
    return str(doc.meta.get_field(name).fieldtype)


def _require_fitting(field: Any, value: Any) -> None:
    """Refuse what the field can never hold, also where it would only wait in a conflict: nobody could take it over."""
    if field.reqd and comparable(value) == "":
        frappe.throw(_("{0} cannot be empty.").format(_(field.label)), title=_("Value not Possible"))
    options = (field.options or "").split("\n") if field.fieldtype == "Select" else None
    if fits(value, field.fieldtype, options) and _is_within(field, value):
        return
    frappe.throw(
        _("{0} is no possible value of {1}.").format(
            frappe.utils.escape_html(str(value)[:100]), _(field.label)
        ),
        title=_("Value not Possible"),
    )


def _is_within(field: Any, value: Any) -> bool:
    """Whether a value that is of its field's kind is a place on earth, of a length that is kept, and names what there is."""
    if field.fieldname in _DEGREES:
        return abs(float(value or 0)) <= _DEGREES[field.fieldname]
    if field.fieldtype in _SHORT and len(str(value or "")) > (field.length or 140):
        return False
    return field.fieldtype != "Link" or not value or bool(frappe.db.exists(field.options, value))


def _cleaned(value: Any) -> Any:
    """A text as the platform keeps it: of one with tags it rewrites more than those, and a device knows what it wrote itself."""
    return sanitize_html(value) if isinstance(value, str) and ("<" in value or ">" in value) else value


def _answer(record: Mapping[str, Any], state: str, name: str, conflict: str) -> dict[str, Any]:
    if conflict and state == "known" and frappe.db.get_value("Sync Conflict", conflict, "status") == "Open":
        state = "conflict"
    return result(record["uuid"], state, name=name, conflict=conflict or None)
