"""The forms of published templates as OpenRosa clients get them, and the lists of people and places that go with each."""

import csv
import hashlib
import io
from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_url

from social_crm import permissions
from social_crm.field_records.domain import openrosa, openrosa_form
from social_crm.field_records.domain.xlsform import sheets
from social_crm.field_records.services import fingerprints, templates
from social_crm.field_records.services.xforms import FORM

_CACHE = f"social_crm_openrosa_forms_{openrosa_form.LAYOUT}"
# Of each list: the DocType, its fields, which rows.
_LISTS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    openrosa_form.FAMILIES: ("Family", ("name", "family_name", "community"), {}),
    openrosa_form.PERSONS: ("Beneficiary", ("name", "full_name", "family"), {"status": "Active"}),
    openrosa_form.UNITS: ("Productive Unit", ("name", "unit_name", "family"), {"status": ["!=", "Closed"]}),
    openrosa_form.COMMUNITIES: ("Community", ("name", "community_name"), {}),
}


def listed(address: Callable[[str], str] | None = None, form_id: str | None = None) -> str:
    """Return the list of the published templates that the caller may read; of one form alone when it is named."""
    at = address or get_url
    rows = frappe.get_list(
        "Acta Template",
        filters={"status": "Published", **({"template_key": form_id} if form_id else {})},
        fields=["name", "title", "template_key", "version", "description"],
        order_by="title, version",
        limit_page_length=0,
    )
    return openrosa.form_list(
        {
            "formID": row.template_key,
            "name": row.title,
            "version": row.version,
            "hash": f"md5:{_md5(form(row.name))}",
            "descriptionText": row.description or "",
            "downloadUrl": at(f"/openrosa/forms/{row.name}"),
            "manifestUrl": at(f"/openrosa/manifest/{row.name}"),
        }
        for row in rows
        if frappe.db.exists(FORM, row.name)
    )


def form(template: str) -> str:
    """Return the XForm of a published version with head and tail; it changes with the app of the reader alone, so it is made once.

    Raises:
        frappe.DoesNotExistError: the caller may read no such template, or it has no form.
    """
    if not frappe.db.exists(FORM, template) or not frappe.has_permission(
        "Acta Template", "read", doc=template
    ):
        frappe.throw(_("There is no such form."), frappe.DoesNotExistError, title=_("Form not Found"))
    reader = reader_app()
    key = f"{template} {reader}"
    kept = frappe.cache.hget(_CACHE, key)
    if not kept:
        kept = _made(template, reader)
        frappe.cache.hset(_CACHE, key, kept)
    return kept


def manifest(template: str, address: Callable[[str], str] | None = None) -> str:
    """Return the files that a form needs: the people and places that the caller may see today."""
    form(template)
    at = address or get_url
    return openrosa.manifest(
        {"filename": name, "hash": f"md5:{_md5(list_of(name))}", "downloadUrl": at(f"/openrosa/media/{name}")}
        for name in openrosa_form.FILES
    )


def list_of(file: str) -> str:
    """Return the rows that the caller may see as CSV: name (what is sent back), label (what is shown), family.

    Of persons also whether they have authorised the use of biometric data: who has not is not asked for a fingerprint.

    What a role may not read at all is an empty list: a form may be filled in without it. Families have to be readable.
    """
    doctype, fields, filters = _LISTS[file]
    if file == openrosa_form.FAMILIES:
        permissions.require(doctype, "read")
    rows = []
    if frappe.has_permission(doctype, "read"):
        rows = frappe.get_list(
            doctype,
            fields=list(fields),
            filters=filters,
            order_by=f"{fields[1]}, name",
            limit_page_length=0,
        )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = ["name", "label", "family"]
    values = [[row.name, _label(row, fields), row.get("family") or ""] for row in rows]
    if file == openrosa_form.PERSONS:
        columns.append(openrosa_form.AUTHORISES)
        answers = fingerprints.last_answers() if reader_app() else {}
        for value in values:
            value.append(openrosa_form.YES if answers.get(value[0]) == "In Force" else "")
    writer.writerows((columns, *values))
    return out.getvalue()


def _label(row: Any, fields: tuple[str, ...]) -> str:
    said = " · ".join(filter(None, (row[fields[1]], row.get("community"))))
    return said if said == row.name else f"{said} ({row.name})"


def reader_app() -> str:
    """Return the action by which a client starts the app of the organisation's fingerprint readers; empty without one."""
    return str(
        frappe.db.get_single_value("Social CRM Settings", "fingerprint_reader_app", cache=False) or ""
    ).strip()


def _made(template: str, reader: str) -> str:
    # Imported here, as in `xforms`: it brings the readers of spreadsheets along.
    from pyxform.xls2xform import convert

    own = templates.form_of(frappe.get_cached_doc("Acta Template", template))
    dressed = openrosa_form.dressed(sheets(own, fill_in=True), own.languages, own.title, reader)
    return str(convert(dressed, form_name=own.key, validate=False).xform)


def _md5(text: str) -> str:
    # OpenRosa names forms and files by MD5: to notice a change, not to protect from one.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
