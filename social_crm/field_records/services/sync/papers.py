"""An acta that a device does not hold, as its screen shows it: asked for when there is a network, and not kept there."""

import json
import mimetypes
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_fullname

from social_crm.field_records.domain.acta_fields import HEADER
from social_crm.field_records.services import agreements, forms, instances, xforms
from social_crm.field_records.services.sync import devices
from social_crm.field_records.services.sync.patience import tried_again

_PLAIN = ("name", "title", "template", "status", *HEADER, "amends", "amendment_reason", "closed_on")
_OF_PARTICIPANT = (
    *("participant_name", "participant_role", "document_number", "beneficiary", "signature"),
    *("cannot_sign", "cannot_sign_reason", "witness_name", "witness_document", "witness_signature"),
)


@frappe.whitelist(methods=["POST"])
@tried_again
def acta(device: str | None = None, name: str | None = None, with_form: int | None = None) -> dict:
    """Return what an acta says, where its files are and how far its sealed PDF is.

    with_form: also the form of its template version, for a device that does not have it.
    """
    devices.own_row(device)
    if not name or not frappe.db.exists("Acta", name) or not frappe.has_permission("Acta", "read", doc=name):
        frappe.throw(
            _("{0} does not exist or is not assigned to you any more.").format(name or _("Acta")),
            frappe.PermissionError,
            title=_("Not Yours"),
        )
    doc = frappe.get_doc("Acta", name)
    values = {field: _plain(doc.get(field)) for field in _PLAIN}
    values["uuid"] = doc.client_uuid
    values["gestor_name"] = get_fullname(doc.gestor)
    values["instance"] = instances.instance_of_answers(doc.template, forms.read_answers(doc.answers))
    values["participants"] = [_participant(row) for row in doc.participants]
    values["commitments"] = _commitments(doc)
    values["files"], pdf_url = _files(doc)
    values["pdf"] = {"status": doc.pdf_status or "", "url": pdf_url}
    values["amendments"] = frappe.get_list(
        "Acta", filters={"amends": doc.name}, pluck="name", order_by="name"
    )
    values["form"] = xforms.form_package(doc.template) if cint(with_form) else None
    return values


@frappe.whitelist(methods=["GET"])
def pdf(acta: str) -> None:
    """Lead to the sealed PDF of an acta; where there is none yet, its words say so."""
    doc = frappe.get_doc("Acta", acta)
    doc.check_permission("read")
    url = frappe.db.get_value("File", doc.pdf_file, "file_url") if doc.pdf_file else None
    if not url:
        frappe.throw(_("The acta {0} has no sealed PDF yet.").format(doc.name), title=_("No PDF"))
    frappe.local.response.update({"type": "redirect", "location": url})


def _participant(row: Any) -> dict[str, Any]:
    values = {field: _plain(row.get(field)) for field in _OF_PARTICIPANT}
    # A capture itself goes nowhere; that there is one is part of the paper.
    values["has_fingerprint"] = bool(row.fingerprint)
    values["signed_at"] = _plain(row.signed_device_time or row.signed_at)
    return values


def _commitments(doc: Any) -> list[dict[str, Any]]:
    """What was agreed: of a closed acta, as it stood then."""
    if doc.status == "Closed":
        rows = json.loads(doc.agreed_commitments or "[]")
    else:
        rows = agreements.commitments_of(doc.name)
    return [
        {key: _plain(row.get(key)) for key in ("subject", "due_date", "responsible_party")} for row in rows
    ]


def _files(doc: Any) -> tuple[list[dict[str, Any]], str | None]:
    """The files of an acta by the names that its instance uses, and the address of the sealed PDF."""
    # The files of this very acta: whoever may read the acta may read them.
    rows = frappe.get_all(
        "File",
        filters={"attached_to_doctype": "Acta", "attached_to_name": doc.name, "is_folder": 0},
        fields=["name", "file_url", "file_size"],
        order_by="creation, name",
    )
    files, pdf_url = {}, None
    for row in rows:
        if row.name == doc.pdf_file:
            pdf_url = row.file_url
            continue
        name = str(row.file_url or "").rpartition("/")[2]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        files[name] = {"name": name, "url": row.file_url, "size": cint(row.file_size), "type": kind}
    return list(files.values()), pdf_url


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, float, str)) else str(value)
