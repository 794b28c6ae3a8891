"""Values of a conflict as a person reads them: options and choices by their labels, records by their titles, dates as written.

What is stored in the conflict stays as it was sent; only what the screen shows is put into words.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.utils import formatdate

from social_crm.field_records.services import templates

_ANSWER = "answers."


@dataclass(frozen=True)
class Readable:
    """What is known of the fields of one conflict. questions: of an acta's template, name -> (label, choices by value)."""

    doctype: str
    questions: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def text(self, path: str, value: str | None) -> str:
        """Return a value of a field, or of an answer ("answers.<question>"), in the reader's language."""
        if not value:
            return ""
        if path.startswith(_ANSWER):
            return self._answer(path[len(_ANSWER) :], value)
        df = frappe.get_meta(self.doctype).get_field(path)
        if not df:
            return value
        if df.fieldtype == "Select":
            return str(_(value))
        if df.fieldtype == "Check":
            return str(_("No") if value == "0" else _("Yes"))
        if df.fieldtype == "Date":
            return _date(value)
        if df.fieldtype == "Link":
            return _title(df.options, value)
        return value

    def options(self, path: str) -> list[dict[str, str]]:
        """Return what another value of a field is chosen from; empty where it is written freely."""
        df = frappe.get_meta(self.doctype).get_field(path)
        if not df or df.fieldtype != "Select":
            return []
        return [{"value": one, "label": str(_(one)) if one else ""} for one in (df.options or "").split("\n")]

    def _answer(self, name: str, value: str) -> str:
        try:
            found = json.loads(value) if value[0] in "[{" else value
        except ValueError:
            found = value
        return self._spoken(name, found)

    def _spoken(self, name: str, value: Any) -> str:
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            return "\n".join(
                f"{number}. {self._row(one)}"
                for number, one in enumerate(value, start=1)
                if isinstance(one, dict)
            )
        _label, choices = self.questions.get(name, ("", {}))
        if isinstance(value, list):
            return ", ".join(choices.get(str(one), str(one)) for one in value)
        if isinstance(value, dict):
            return self._row(value)
        return choices.get(str(value), str(value))

    def _row(self, values: dict[str, Any]) -> str:
        return " · ".join(
            f"{self.questions.get(name, ('', {}))[0] or name}: {self._spoken(name, value)}"
            for name, value in values.items()
            if value not in (None, "")
        )


def of_conflict(doc: Any) -> Readable:
    """Return how the values of a Sync Conflict are read."""
    template = frappe.db.get_value("Acta", doc.acta, "template") if doc.acta else None
    if not template:
        return Readable(doc.reference_doctype)
    built = templates.load(template, frappe.local.lang)
    rows, _choices = templates.rows_of(frappe.get_cached_doc("Acta Template", template))
    return Readable(
        doc.reference_doctype,
        {row.name: (row.label or "", built.labels(row.choice_list or "")) for row in rows if row.name},
    )


def _date(value: str) -> str:
    try:
        return str(formatdate(value))
    except ValueError:
        return value  # what a device sent and no calendar has


def _title(doctype: str, name: str) -> str:
    """Return the title of a record with its name; of one that the reader may not see, its name alone."""
    title_field = frappe.get_meta(doctype).title_field
    if not title_field or not frappe.db.exists(doctype, name):
        return name
    if not frappe.has_permission(doctype, "read", doc=name):
        return name
    title = frappe.db.get_value(doctype, name, title_field)
    return f"{title} ({name})" if title and title != name else name
