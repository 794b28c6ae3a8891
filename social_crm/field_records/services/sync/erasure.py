"""What devices and clients sent goes with the record it is about, and with the authorisation of the person it is about.

A conflict keeps a second version of a record, an OpenRosa submission the form as it came: copies of personal data that no form
shows. When the record is deleted they go too; the receipt of a UUID stays, without content, so that what is sent again is still
known. When a person no longer authorises the use of their data for the programme's services (Ley 1581 de 2012, art. 8 e), what
a device said of this person and nobody has taken over is not taken over any more.
"""

import json
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from social_crm.field_records.services.sync import comparison
from social_crm.field_records.services.sync.uploads import DAYS_KEPT
from social_crm.social_crm.services import authorisations

CONFLICT = "Sync Conflict"
PURPOSE = "Programme Services"
# In place of what was taken out.
GONE = "—"
_TEXTS = ("base_value", "server_value", "device_value", "other_value")


def with_record(doc: Any, method: str | None = None) -> None:
    """A record is deleted: delete the versions of it that devices sent. An event of the DocTypes that devices write."""
    about = {"reference_doctype": doc.doctype, "reference_name": doc.name}
    # All of them, whoever deletes the record: the copies are nobody's in particular.
    for name in frappe.get_all(CONFLICT, filters=about, pluck="name"):
        # The right to delete the record itself was asked for. Nothing of it stays among deleted documents.
        frappe.delete_doc(
            CONFLICT,
            name,
            force=True,
            ignore_permissions=True,
            ignore_missing=True,
            delete_permanently=True,
        )
    frappe.db.set_value("Field Submission", about, "message", None, update_modified=False)
    if doc.doctype == "Acta":
        empty = {"xml": None, "message": None, "files": "{}"}
        frappe.db.set_value("OpenRosa Submission", {"acta": doc.name}, empty, update_modified=False)
    if doc.doctype == "Beneficiary":
        _take_out_of_actas(doc.name, doc.full_name)


def fingerprints_of(acta: Any, method: str | None = None) -> None:
    """A draft is about to be deleted: delete the fingerprints that were taken with it. An event of Acta, before links are looked at."""
    # As above. Whoever may delete the acta deletes them with it; of a closed one nothing goes.
    for name in frappe.get_all("Fingerprint", filters={"acta": acta.name}, pluck="name"):
        # As above.
        frappe.delete_doc("Fingerprint", name, force=True, ignore_permissions=True, delete_permanently=True)


def with_authorisation(authorisation: Any) -> None:
    """A person no longer authorises the services: empty what devices said of this person, and decide it so."""
    person = authorisation.beneficiary
    if authorisation.purpose != PURPOSE or authorisations.is_authorised(person, PURPOSE):
        return
    about = {"reference_doctype": "Beneficiary", "reference_name": person}
    # Whoever may record the withdrawal causes it, seen or not.
    for name in frappe.get_all(CONFLICT, filters=about, pluck="name"):
        _empty(frappe.get_doc(CONFLICT, name))
    _take_out_of_actas(person, frappe.db.get_value("Beneficiary", person, "full_name"))


def sweep() -> None:
    """For the scheduler: forms of OpenRosa clients whose files never came; the client still has them."""
    old = add_days(now_datetime(), -DAYS_KEPT)
    frappe.db.delete("OpenRosa Submission", {"status": "Incomplete", "modified": ["<", old]})


def _empty(conflict: Any) -> None:
    """Take every value out of a conflict of fields; one that waits is decided for what the server has."""
    for row in conflict.differences:
        row.update({field: GONE if row.get(field) else None for field in _TEXTS})
    conflict.device_record = "{}"
    if conflict.status == "Open":
        conflict.update(
            {
                "status": "Resolved",
                "resolution": "Keep the Server's",
                "resolution_note": _("The person no longer authorises the use of the data."),
                "resolved_by": frappe.session.user,
                "resolved_on": now_datetime(),
            }
        )
    _save(conflict)


def _take_out_of_actas(person: str, full_name: str | None) -> None:
    """Take a person out of the versions of actas that devices sent; the rest of such a version stays for whoever decides."""
    named = {"kind": "Acta", "device_record": ["like", f'%"{person}"%']}
    # As above.
    for name in frappe.get_all(CONFLICT, filters=named, pluck="name"):
        conflict = frappe.get_doc(CONFLICT, name)
        sent = json.loads(conflict.device_record)
        values = sent.get("values") or {}
        rows = values.get("participants") or []
        # The same sentence stands in the comparison.
        said = {comparison.of_participant(row) for row in rows if row.get("beneficiary") == person}
        values["participants"] = [row for row in rows if row.get("beneficiary") != person]
        if values.get("beneficiary") == person:
            values["beneficiary"] = None
        for row in conflict.differences:
            for field in _TEXTS:
                text = row.get(field) or ""
                of_person = text in said or (full_name and text.startswith(f"{full_name} · "))
                if text == person or of_person:
                    row.set(field, GONE)
        conflict.device_record = json.dumps(sent, ensure_ascii=False)
        _save(conflict)


def _save(conflict: Any) -> None:
    conflict.flags.ignore_links = True  # They may name what is going.
    # Conflicts have no door by which they are edited. A version of the document would keep what is taken out.
    conflict.save(ignore_permissions=True, ignore_version=True)
    frappe.db.delete("Version", {"ref_doctype": CONFLICT, "docname": conflict.name})
