"""Titles of entries of a life: values of fields in the reader's language, linked documents by their titles."""

import re
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import fmt_money, format_datetime, formatdate, strip_html

if TYPE_CHECKING:
    from social_crm.timeline import TimelineSource

_PLACE = re.compile(r"\{(\w+)\}")
_SEPARATOR = " · "
_LONGEST = 280


class Titles:
    """Collects the linked documents of many rows, reads their titles in one query for each DocType, and renders."""

    def __init__(self) -> None:
        self._wanted: dict[str, set[str]] = {}
        self._titles: dict[tuple[str, str], str] = {}

    def collect(self, source: "TimelineSource", row: dict) -> None:
        """Remember which linked documents a row will show."""
        for field in source.fields:
            kind, options = _kind(source, field)
            if kind == "Link" and row.get(field):
                self._wanted.setdefault(options, set()).add(row[field])
        if source.beneficiary_field and row.get(source.beneficiary_field):
            self._wanted.setdefault("Beneficiary", set()).add(row[source.beneficiary_field])

    def load(self) -> None:
        """Read the titles of everything collected; what the reader may not read keeps its bare name."""
        for doctype, names in self._wanted.items():
            field = "full_name" if doctype == "User" else frappe.get_meta(doctype).get_title_field()
            if field == "name" or (doctype != "User" and not frappe.has_permission(doctype, "read")):
                continue
            # Colleagues are known to each other by name; everything else is read with the reader's permissions.
            read = frappe.get_all if doctype == "User" else frappe.get_list
            rows = read(
                doctype, filters={"name": ["in", sorted(names)]}, fields=["name", field], limit=len(names)
            )
            for row in rows:
                self._titles[doctype, row["name"]] = row[field] or row["name"]

    def of(self, doctype: str, name: str) -> str:
        """Return the title of a linked document."""
        return self._titles.get((doctype, name), name)

    def render(self, source: "TimelineSource", row: dict) -> str:
        """Return the translated title of a row, without the parts that have nothing to say."""
        values = {field: self._value(source, field, row) for field in source.fields}
        parts = []
        for part in _(source.title).split(_SEPARATOR):
            places = _PLACE.findall(part)
            if not places or any(values.get(place) for place in places):
                parts.append(_PLACE.sub(lambda match: values.get(match.group(1), ""), part).strip())
        text = _SEPARATOR.join(part for part in parts if part)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"

    def _value(self, source: "TimelineSource", field: str, row: dict) -> str:
        value = row.get(field)
        if value in (None, ""):
            return ""
        kind, options = _kind(source, field)
        if kind == "Select" or (kind == "Link" and options == "Workflow State"):
            return _(value)
        if kind == "Link":
            return self.of(options, value)
        if kind == "Date":
            return formatdate(value)
        if kind == "Datetime":
            return format_datetime(value)
        if kind == "Currency":
            # Amounts without a currency of their own are in the currency of the site.
            # Whole amounts are shown without cents, which few people with pesos have ever seen.
            whole = 0 if value == int(value) else None
            return fmt_money(value, whole, currency=frappe.db.get_default("currency"))
        if kind in ("Text Editor", "HTML Editor"):
            return " ".join(strip_html(str(value)).split())
        if kind in ("Float", "Int", "Percent"):
            return f"{value:g}" if value else ""
        return " ".join(str(value).split())


def _kind(source: "TimelineSource", field: str) -> tuple[str, str]:
    """Return the type and the options of a field; the parent of a row is shown like any linked document."""
    if field == "parent" and source.parent_doctype:
        return "Link", source.parent_doctype
    df = frappe.get_meta(source.doctype).get_field(field)
    return (df.fieldtype, df.options or "") if df else ("Data", "")
