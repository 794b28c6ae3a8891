"""What the print format of an acta asks for; every function here becomes a Jinja global."""

import json

import frappe
import frappe.utils
from frappe import _

from social_crm import verification_codes
from social_crm.field_records.domain.templates import FILES, REFERENCE
from social_crm.field_records.services import agreements, forms, sealed_names, templates
from social_crm.field_records.services.sealed_pdf import rendering, standing
from social_crm.print_formats import jinja


def acta_sections(doc) -> list[dict]:
    """Return the answers of an acta in the order of its template, ready to print.

    Each section is {"title", "rows": [(label, text)], "photos": [(label, data URI)], "tables": [{"title", "columns",
    "rows"}]}; what was not asked or not answered is left out.
    """
    if not doc.template:
        return []
    template = templates.load(doc.template)
    answers = forms.read_answers(doc.answers)
    sections = [_section("")]
    _fill(sections, template, template.items, answers, doc)
    return [section for section in sections if section["rows"] or section["photos"] or section["tables"]]


def acta_commitments(doc) -> list[dict]:
    """Return the commitments of an acta: as agreed when it is closed, as they are while it is a draft."""
    if doc.status == "Closed":
        return json.loads(doc.agreed_commitments or "[]")
    return agreements.commitments_of(doc.name)


def acta_names(doc) -> dict:
    """Return the names that stand in other records, as sealed: see `sealed_names.live`."""
    return sealed_names.shown(doc)


def acta_seal(doc) -> dict:
    """Return what the paper says of the seal of an acta.

    {"hash", "chain", "number", "previous", "code", "address", "qr" (a picture as a data URI), "certificate"}; the certificate
    is None on a print that nobody signs.
    """
    address = verification_codes.address(standing.PATH, doc.verification_code)
    return {
        "hash": doc.content_hash or "",
        "chain": doc.seal_chain or "",
        "number": doc.seal_number or 0,
        "previous": doc.previous_hash or "",
        "code": verification_codes.in_groups(doc.verification_code),
        "address": address,
        "qr": jinja.qr_code(address),
        "certificate": frappe.flags.get(rendering.FLAG),
    }


def _section(title: str) -> dict:
    return {"title": title, "rows": [], "photos": [], "tables": []}


def _fill(sections: list[dict], template, items, answers: dict, doc) -> None:
    for item in items:
        row = item.row
        if item.is_group:
            sections.append(_section(_text(row.label, answers)))
            _fill(sections, template, item.parts, answers, doc)
            sections.append(_section(""))
        elif item.is_repeat:
            _table(sections[-1], template, item, answers.get(row.name) or [])
        elif row.name in answers and row.field_type == "image":
            picture = jinja.attached_photo(answers[row.name], "Acta", doc.name)
            if picture:
                sections[-1]["photos"].append((_text(row.label, answers), picture))
        elif row.name in answers:
            label = _text(row.label, answers) or row.name
            sections[-1]["rows"].append((label, _shown(template, row, answers[row.name])))


def _table(section: dict, template, item, rows: list[dict]) -> None:
    parts = [part for part in item.parts if part.row.field_type not in ("note", *FILES) and not part.parts]
    if rows:
        section["tables"].append(
            {
                "title": item.row.label,
                "columns": [{"label": part.row.label or part.row.name} for part in parts],
                "rows": [
                    [_shown(template, part.row, row.get(part.row.name)) for part in parts] for row in rows
                ],
            }
        )


def _text(text: str, answers: dict) -> str:
    """A text of the template with the answers that stand in it."""
    return REFERENCE.sub(lambda match: frappe.utils.cstr(answers.get(match[1])), text)


def _shown(template, row, value) -> str:
    if value in (None, "", []):
        return ""
    if row.field_type == "audio":
        return _("Recording, kept with the acta")
    if row.field_type == "date":
        return jinja.spanish_date(value)
    if row.field_type in ("select_one", "select_multiple"):
        labels = template.labels(row.choice_list)
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(one, one) for one in chosen)
    if row.field_type == "geopoint":
        text = f"{value['latitude']}, {value['longitude']}".replace(".", ",")
        return f"{text} (± {value['accuracy']} m)" if value.get("accuracy") else text
    if row.field_type == "decimal" or (row.field_type == "calculate" and "." in str(value)):
        return frappe.utils.cstr(value).replace(".", ",")
    return str(value)
