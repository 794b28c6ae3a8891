"""What the print format of an acta asks for; every function here becomes a Jinja global."""

import dataclasses
import json
from typing import Any

import frappe
import frappe.utils
from markupsafe import Markup

from social_crm import verification_codes
from social_crm.field_records.domain import paper_words
from social_crm.field_records.domain.templates import REFERENCE, Template
from social_crm.field_records.services import agreements, forms, sealed_names, templates
from social_crm.field_records.services.sealed_pdf import rendering, standing
from social_crm.print_formats import jinja

_NUMBERS = ("integer", "decimal", "calculate")


def acta_words(doc) -> dict:
    """Return the words of the paper of an acta in the language of its template, by their keys, and that "language" itself."""
    language = templates.paper_language(doc.template)
    return {"language": language, **paper_words.WORDS[language]}


def acta_date(value, language: str) -> str:
    """Return a date, a datetime or an ISO text as the paper writes it; empty for nothing."""
    return paper_words.date_text(frappe.utils.getdate(value), language) if value else ""


def acta_time(value, language: str) -> str:
    """Return a time of the day as the paper writes it: "3:05 p. m.", "3:05 p.m."; empty for nothing."""
    text = jinja.spanish_time(value)
    return text if language == "es" else text.replace(". m.", ".m.")


def acta_sections(doc) -> list[dict]:
    """Return the answers of an acta in the order of its template, ready to print.

    Each section is {"title", "rows": [(label, text)], "photos": [(label, data URI)], "tables": [{"title", "columns",
    "rows", "photos"}]}; a signature stands in its cell, photos of rows below their table. What was not asked or not answered is left out.
    """
    if not doc.template:
        return []
    answers = forms.read_answers(doc.answers)
    sections = [_section("")]
    paper = _Paper(doc, templates.load(doc.template), templates.paper_language(doc.template))
    _fill(sections, paper, paper.template.items, answers)
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


@dataclasses.dataclass(frozen=True)
class _Paper:
    """The acta, its template in the language in which it was written, and the language of the words around it."""

    doc: Any
    template: Template
    language: str


def _fill(sections: list[dict], paper: _Paper, items, answers: dict) -> None:
    for item in items:
        row = item.row
        if item.is_group:
            sections.append(_section(_text(row.label, answers)))
            _fill(sections, paper, item.parts, answers)
            sections.append(_section(""))
        elif item.is_repeat:
            _table(sections[-1], paper, item, answers.get(row.name) or [])
            # What is asked after the rows is printed after them.
            sections.append(_section(""))
        elif row.field_type == "hidden":
            # It tells programs something; on paper nobody asked it.
            continue
        elif row.name in answers and row.field_type == "image":
            picture = jinja.attached_photo(answers[row.name], "Acta", paper.doc.name)
            if picture:
                sections[-1]["photos"].append((_text(row.label, answers), picture))
        elif row.name in answers:
            label = _text(row.label, answers) or row.name
            sections[-1]["rows"].append((label, _shown(paper, row, answers[row.name])))


def _table(section: dict, paper: _Paper, item, rows: list[dict]) -> None:
    if not rows:
        return
    asked = [part for part in _asked(item.parts) if part.row.field_type not in ("note", "hidden")]
    parts = [part for part in asked if part.row.field_type != "image" or _is_signature(part.row)]
    title = item.row.label or item.row.name
    photos = []
    for number, row in enumerate(rows, start=1):
        for part in asked:
            if part not in parts and part.row.name in row:
                picture = jinja.attached_photo(row[part.row.name], "Acta", paper.doc.name)
                if picture:
                    photos.append((f"{part.row.label or part.row.name} ({title} {number})", picture))
    columns = [_column(part.row, rows, paper.language) for part in parts]
    long = {
        part.row.name
        for part in parts
        if part.row.field_type in _NUMBERS
        and any(paper_words.is_long(row.get(part.row.name)) for row in rows)
    }
    lines = [
        [
            _cell(paper, part.row, row.get(part.row.name), together=3 if part.row.name in long else 4)
            for part in parts
        ]
        for row in rows
    ]
    if photos:
        # The number by which a photo names its row.
        columns = [{"label": paper_words.WORDS[paper.language]["number"], "width": 10}, *columns]
        lines = [[str(number), *line] for number, line in enumerate(lines, start=1)]
    section["tables"].append({"title": item.row.label, "columns": columns, "rows": lines, "photos": photos})


def _column(row, rows: list[dict], language: str) -> dict:
    """The head of a column; numbers stand below each other by their last digits."""
    answered = [one[row.name] for one in rows if one.get(row.name) not in (None, "")]
    numbers = row.field_type in _NUMBERS and all(paper_words.number_text(one, language) for one in answered)
    return {"label": row.label or row.name, **({"align": "right"} if numbers else {})}


def _asked(items) -> list:
    """The questions of a repeat; those of its groups stand among them, as their answers do."""
    return [part for item in items for part in (_asked(item.parts) if item.is_group else [item])]


def _is_signature(row) -> bool:
    return row.field_type == "image" and "signature" in (row.appearance or "").split()


def _cell(paper: _Paper, row, value, together: int) -> str:
    if not _is_signature(row):
        return _shown(paper, row, value, together)
    picture = jinja.attached_photo(value, "Acta", paper.doc.name, longest=700) if value else ""
    return Markup('<img class="acta-cell" src="{}" alt="">').format(picture) if picture else ""


def _text(text: str, answers: dict) -> str:
    """A text of the template with the answers that stand in it."""
    return REFERENCE.sub(lambda match: frappe.utils.cstr(answers.get(match[1])), text)


def _shown(paper: _Paper, row, value, together: int = 4) -> str:
    if value in (None, "", []):
        return ""
    if row.field_type == "audio":
        return paper_words.WORDS[paper.language]["recording"]
    if row.field_type == "date":
        return acta_date(value, paper.language)
    if row.field_type == "datetime":
        return f"{acta_date(value[:10], paper.language)}, {acta_time(value[11:], paper.language)}"
    if row.field_type in ("select_one", "select_multiple"):
        labels = paper.template.labels(row.choice_list)
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(one, one) for one in chosen)
    if row.field_type == "geopoint":
        # As maps take it, in either language.
        text = f"{value['latitude']}, {value['longitude']}"
        return f"{text} (± {value['accuracy']} m)" if value.get("accuracy") else text
    if row.field_type in _NUMBERS:
        few = 3 if row.field_type == "decimal" else together
        return paper_words.number_text(value, paper.language, few) or str(value)
    return str(value)
