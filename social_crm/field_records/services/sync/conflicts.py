"""Two versions of one record that could not be merged: kept side by side until a person decides.

What is decided is written through the record itself, as the person who decides; who that may be, `decisions` says.
"""

import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from social_crm.field_records.domain.merge import FieldConflict, differences
from social_crm.field_records.services.sync import acta_values, comparison, contents, decisions, requests
from social_crm.field_records.services.sync.acta_files import Files
from social_crm.field_records.services.sync.clocks import site_time

DOCTYPE = "Sync Conflict"


def keep_acta(record: Mapping[str, Any], doc: Any, device: str, found: Files) -> str:
    """Keep the version of a device beside an acta that somebody else changed or closed; return the conflict's name.

    A later version of the same device takes the place of its earlier one while nobody has decided, never the other way round.
    """
    filters = {"record_uuid": record["uuid"], "device": device, "status": "Open"}
    name = frappe.db.get_value(DOCTYPE, filters, for_update=True)
    conflict = frappe.get_doc(DOCTYPE, name) if name else _new("Acta", doc, record, device)
    revision = record.get("revision") or 0
    if name and revision < (_revision(conflict.device_record) or 0):
        return str(name)  # it only travelled longer than the later one that is kept
    if not name:
        # Whoever sends a record may keep it; nobody writes conflicts by hand.
        conflict.insert(ignore_permissions=True)
    files = _keep_files(conflict, record, found)
    values = acta_values.of_body(record["body"], found, doc.name)
    # What the server filled by itself, and no device is told, is no other word of the device's.
    if (values.get("family") or None) == (doc.family or None):
        values.update(
            {field: doc.get(field) for field in ("community", "programme") if not values.get(field)}
        )
    conflict.device_record = json.dumps(
        {"values": values, "files": files, "close": bool(record.get("close")), "revision": revision},
        ensure_ascii=False,
        default=str,
    )
    conflict.device_time, conflict.received_at = site_time(record["device_time"]), now_datetime()
    ours = comparison.of_acta(doc.as_dict())
    theirs = comparison.of_acta(comparison.as_kept(values))
    labels = comparison.labels_of_acta(doc.template)
    conflict.set("differences", [])
    for key in differences(ours, theirs):
        row = {"fieldname": key[:140], "label": labels.get(key, key)[:140]}
        conflict.append(
            "differences", {**row, "server_value": ours.get(key, ""), "device_value": theirs.get(key, "")}
        )
    conflict.save(ignore_permissions=True)  # as above
    return str(conflict.name)


def revision_of(conflict: str) -> int | None:
    """Return the device's own count of the version of an acta that a conflict keeps; None where it was not noted."""
    return _revision(frappe.db.get_value(DOCTYPE, conflict, "device_record"))


def _revision(device_record: str | None) -> int | None:
    return json.loads(device_record or "{}").get("revision")


def keep_fields(record: Mapping[str, Any], doc: Any, device: str, found: tuple[FieldConflict, ...]) -> str:
    """Keep the fields that a device and somebody else changed differently; return the conflict's name.

    What the same user of the same device wrote into the same record before, and nobody has decided, waits in the same one.
    """
    filters = {
        "kind": "Correction",
        "status": "Open",
        "reference_doctype": doc.doctype,
        "reference_name": doc.name,
        "device": device,
        "device_user": frappe.session.user,
    }
    name = frappe.db.get_value(DOCTYPE, filters, for_update=True)
    conflict = frappe.get_doc(DOCTYPE, name) if name else _new("Correction", doc, record, device)
    waiting = {row.fieldname: row for row in conflict.differences}
    for one in found:
        values = {"server_value": one.server, "device_value": one.device}
        if one.field in waiting:
            waiting[one.field].update(values)
            continue
        label = doc.meta.get_label(one.field)
        conflict.append(
            "differences", {"fieldname": one.field, "label": label, "base_value": one.base, **values}
        )
    conflict.device_record = json.dumps(dict(record["body"]), ensure_ascii=False)
    conflict.device_time, conflict.received_at = site_time(record["device_time"]), now_datetime()
    # What a device sent is kept for whoever decides.
    return str(conflict.save(ignore_permissions=True).name)


@frappe.whitelist(methods=["POST"])
def resolve_fields(conflict: str, choices: dict | str, note: str | None = None) -> None:
    """Decide a conflict of fields. choices: field -> {"choice": "Server" | "Device" | "Other", "value": of "Other"}."""
    doc = _open(conflict, "Correction")
    chosen = requests.parsed(choices)
    target = frappe.get_doc(doc.reference_doctype, doc.reference_name)
    decisions.require(doc, decisions.may_decide(doc))
    for row in doc.differences:
        said = chosen.get(row.fieldname) if isinstance(chosen, dict) else None
        if not isinstance(said, dict) or said.get("choice") not in ("Server", "Device", "Other"):
            frappe.throw(_("Choose a value for {0}.").format(_(row.label)), title=_("Decision Missing"))
        row.choice, row.other_value = (
            said["choice"],
            cstr(said.get("value")) if said["choice"] == "Other" else None,
        )
        if row.choice != "Server":
            target.set(
                row.fieldname, (row.device_value if row.choice == "Device" else row.other_value) or None
            )
    if any(row.choice != "Server" for row in doc.differences):
        target.save()
    kinds = {row.choice for row in doc.differences}
    _resolve(
        doc,
        {"Server": "Keep the Server's", "Device": "Take the Device's"}.get(
            kinds.pop() if len(kinds) == 1 else "", "By Field"
        ),
        note,
    )


@frappe.whitelist(methods=["POST"])
def keep_server(conflict: str, note: str | None = None) -> None:
    """Decide that an acta stays as it is on the server; the device's version stays in the conflict."""
    doc = _open(conflict, "Acta")
    decisions.require(doc, decisions.may_decide(doc))
    _resolve(doc, "Keep the Server's", note)


@frappe.whitelist(methods=["POST"])
def take_device(conflict: str, note: str | None = None) -> str:
    """Write the device's version into the acta; of a closed one, into an amendment of it. Return the acta written."""
    doc = _open(conflict, "Acta")
    acta = frappe.get_doc("Acta", doc.reference_name)
    decisions.require(doc, decisions.may_take(doc))
    sent = json.loads(doc.device_record)
    values = sent["values"]
    if acta.status == "Closed":
        written = frappe.new_doc("Acta")
        written.update(
            {
                **values,
                "amends": acta.name,
                "amendment_reason": note or _("The device had another version: {0}.").format(doc.name),
            }
        )
    else:
        written = acta
        written.update(
            {key: value for key, value in values.items() if key not in ("amends", "amendment_reason")}
        )
    # The pictures are attached to the conflict, which whoever decides may read: saving takes them over.
    decisions.write(written)
    if written is not acta:
        doc.amendment = written.name
    _resolve(doc, "Amendment" if written is not acta else "Take the Device's", note)
    return str(written.name)


@frappe.whitelist()
def comparison_of(conflict: str) -> dict:
    """Return both versions of a conflict as its form shows them, with authors and times."""
    doc = frappe.get_doc(DOCTYPE, conflict)
    doc.check_permission("read")
    return comparison.shown(doc)


def _new(kind: str, doc: Any, record: Mapping[str, Any], device: str) -> Any:
    conflict = frappe.new_doc(DOCTYPE)
    conflict.update(
        {
            "title": f"{_(doc.doctype)} {doc.get_title() or doc.name}"[:140],
            "kind": kind,
            "status": "Open",
            "reference_doctype": doc.doctype,
            "reference_name": doc.name,
            "record_uuid": record["uuid"],
            "server_user": doc.modified_by,
            "server_time": doc.modified,
            "server_version": str(doc.get("sync_version") or ""),
            "device_user": frappe.session.user,
            "device_time": site_time(record["device_time"]),
            "received_at": now_datetime(),
            "device": device,
            **_place(doc),
        }
    )
    return conflict


def _place(doc: Any) -> dict[str, Any]:
    """Where the conflict belongs: whoever may see the record may see it."""
    own = {
        "Acta": "acta",
        "Family": "family",
        "Beneficiary": "beneficiary",
        "Productive Unit": "productive_unit",
    }
    return {own[doc.doctype]: doc.name}


def _keep_files(conflict: Any, record: Mapping[str, Any], found: Files) -> list[dict[str, str]]:
    """Attach to the conflict what the device sent and the acta does not have."""
    held = {row["uuid"]: row for row in json.loads(conflict.device_record or "{}").get("files", [])}
    fresh = [(entry, content) for entry, content in found.fresh if entry["uuid"] not in held]
    rows = contents.attach(DOCTYPE, conflict.name, fresh)
    for content in {content.sha256: content for _entry, content in fresh}.values():
        contents.keep(content)
    new = [
        {"uuid": entry["uuid"], "sha256": entry["sha256"], "file": rows[entry["uuid"]]}
        for entry, _content in fresh
    ]
    return [*held.values(), *new]


def _open(name: str, kind: str) -> Any:
    doc = frappe.get_doc(DOCTYPE, name, for_update=True)
    doc.check_permission("read")
    if doc.status != "Open" or doc.kind != kind:
        frappe.throw(_("This conflict is decided already."), title=_("Decided Already"))
    return doc


def _resolve(doc: Any, resolution: str, note: str | None) -> None:
    values = {"status": "Resolved", "resolution": resolution, "resolution_note": note}
    doc.update({**values, "resolved_by": frappe.session.user, "resolved_on": now_datetime()})
    # The right to decide was asked for; conflicts are written by no other door.
    doc.save(ignore_permissions=True)
    target = frappe.get_doc(doc.reference_doctype, doc.reference_name)
    text = _("A conflict with the version of a device was decided: {0} ({1}).").format(
        _(resolution), doc.name
    )
    target.add_comment("Info", frappe.utils.escape_html(text))
