"""Which fields of which DocTypes point to a record: found anew each time, so that components need not register."""

from dataclasses import dataclass

import frappe

# Of Frappe's own records only those that people made about somebody move; logs tell what happened to the old record.
_CORE_DYNAMIC = ("Dynamic Link", "Communication", "Communication Link", "ToDo", "Event Participants")
_PASSED_OVER = frozenset({"Beneficiary Merge", "Beneficiary Document"})


@dataclass(frozen=True)
class LinkColumn:
    """A column that holds names of records: of one DocType always, or when `doctype_field` says so."""

    doctype: str
    field: str
    doctype_field: str | None = None


def columns_to(target: str) -> tuple[LinkColumn, ...]:
    """Return every stored column that may point to documents of a DocType, in a fixed order."""
    found: set[LinkColumn] = set()
    for doctype, field, kind, options in _link_fields():
        meta = frappe.get_meta(doctype)
        if meta.issingle or meta.get("is_virtual") or doctype in _PASSED_OVER or doctype == target:
            continue
        if kind == "Link" and options == target:
            found.add(LinkColumn(doctype, field))
        elif kind == "Dynamic Link" and (_is_app(meta.module) or doctype in _CORE_DYNAMIC):
            found.add(LinkColumn(doctype, field, options))
    # The file names its document in plain fields.
    found.add(LinkColumn("File", "attached_to_name", "attached_to_doctype"))
    return tuple(sorted(found, key=lambda c: (c.doctype, c.field)))


def rows_of(column: LinkColumn, target: str, name: str) -> list[str]:
    """Return the names of the rows whose column points to the document, and lock them."""
    table = frappe.qb.DocType(column.doctype)
    where = table[column.field] == name
    if column.doctype_field:
        where = where & (table[column.doctype_field] == target)
    return [
        r[0]
        for r in frappe.qb.from_(table).select(table.name).where(where).orderby(table.name).for_update().run()
    ]


def point_to(column: LinkColumn, rows: list[str], name: str) -> None:
    """Let the rows point to another document; dates of change stay, so that undoing restores the rows exactly."""
    if rows:
        table = frappe.qb.DocType(column.doctype)
        frappe.qb.update(table).set(table[column.field], name).where(table.name.isin(rows)).run()


def _link_fields() -> list[tuple[str, str, str, str]]:
    """Return (DocType, field, kind, options) of all link fields of the site, custom ones included."""
    rows: list[tuple[str, str, str, str]] = []
    for table_name, owner in (("DocField", "parent"), ("Custom Field", "dt")):
        table = frappe.qb.DocType(table_name)
        rows += (
            frappe.qb.from_(table)
            .select(table[owner], table.fieldname, table.fieldtype, table.options)
            .where(table.fieldtype.isin(["Link", "Dynamic Link"]))
            .run()
        )
    tables = set(frappe.db.get_tables())
    return [row for row in rows if f"tab{row[0]}" in tables]


def _is_app(module: str) -> bool:
    return frappe.local.module_app.get(frappe.scrub(module)) != "frappe"
