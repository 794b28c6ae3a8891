"""What tells the demo's rows from real ones: they belong to the demo's users. Marks them, counts real ones, removes all."""

import json
import pathlib
from datetime import datetime
from typing import Any

import frappe
from frappe import _

from social_crm.demo.users import DEMO_USERS, DOMAIN, MARK
from social_crm.field_records.services.sealed_pdf import certificate
from social_crm.field_records.services.sync import uploads
from social_crm.uninstall import remove_contacts_of, remove_user

ADMINISTRATOR = DEMO_USERS[0][0]
# Rows that the app ships, or that describe the site and not the demo.
NOT_DEMO = frozenset(
    {"Shipped Item", "Minimum Wage", "Programme Rules", "Authorisation Text", "Vulnerability Type"}
    | {"Acta Template", "Acta Template Field", "Acta Template Choice", "Acta Template Translation"}
    | {"Acta Template Form", "Acta Template Write"}
)


def tables() -> list[str]:
    """Return the DocTypes of the app whose rows a demo may bring, child tables included."""
    # The generator works on the whole site and for nobody's eyes.
    modules = frappe.get_all("Module Def", filters={"app_name": "social_crm"}, pluck="name")
    # As above.
    names = frappe.get_all(
        "DocType", filters={"module": ["in", modules], "issingle": 0}, pluck="name", order_by="name"
    )
    return [name for name in names if name not in NOT_DEMO]


def mark() -> dict[str, Any] | None:
    """Return what the site remembers of its demo (families, seed, today), or None."""
    stored = frappe.db.get_global(MARK)
    return json.loads(stored) if stored else None


def remember(families: int, seed: int, today: str) -> None:
    """Note that the site holds this demo."""
    frappe.db.set_global(MARK, json.dumps({"families": families, "seed": seed, "today": today}))


def own(since: datetime) -> None:
    """Give the rows that were written since a moment to the demo's administrator."""
    for doctype in tables():
        table = frappe.qb.DocType(doctype)
        # Whoever of the demo wrote last stays the one who did.
        for column in (table.owner, table.modified_by):
            given = frappe.qb.update(table).set(column, ADMINISTRATOR)
            given.where(column == "Administrator").where(table.creation >= since).run()


def real_families() -> int:
    """Count the families that are not the demo's."""
    table = frappe.qb.DocType("Family")
    query = frappe.qb.from_(table).select(table.name).where(table.owner.not_like(f"%@{DOMAIN}"))
    return len(query.limit(100).run())


def refuse_real_data(force: bool) -> None:
    """Throw when the site holds families of its own, unless told to go on."""
    if not force and real_families():
        frappe.throw(
            _("This site holds families of its own. The demo is refused unless it is forced."),
            title=_("Demo Data"),
        )


def remove_demo() -> None:
    """Delete the rows of the demo and what hangs on them, then its users; commits."""
    names = tables()
    contents = _contents(names)
    _remove_postings(names)
    _remove_bank_files()
    for doctype in names:
        meta = frappe.get_meta(doctype)
        if meta.istable:
            continue
        owned = {"owner": ["like", f"%@{DOMAIN}"]}
        _remove_children(doctype, meta)
        _remove_history(doctype)
        # The generator works on the whole site and for nobody's eyes.
        remove_contacts_of(doctype, frappe.get_all(doctype, filters=owned, pluck="name"))
        frappe.db.delete(doctype, owned)
    for email, _role, _name in DEMO_USERS:
        if frappe.db.exists("User", email):
            remove_user(email)
    frappe.db.delete("DefaultValue", {"defkey": MARK})
    _forget_counters()
    certificate.remove_demo()
    frappe.db.commit()  # A command of its own: what it removed stays removed.
    _remove_from_disk(contents)
    frappe.clear_cache()


def _contents(names: list[str]) -> list[str]:
    """Return where the files of the demo lie in the site's folder: sealed PDFs, photos, uploads that wait."""
    file, found = frappe.qb.DocType("File"), []
    for doctype in names:
        if not frappe.get_meta(doctype).istable:
            parent = frappe.qb.DocType(doctype)
            mine = frappe.qb.from_(parent).select(parent.name).where(parent.owner.like(f"%@{DOMAIN}"))
            query = frappe.qb.from_(file).select(file.file_url).where(file.attached_to_doctype == doctype)
            found += [url for (url,) in query.where(file.attached_to_name.isin(mine)).run() if url]
    places = [url.strip("/") if url.startswith("/private/") else f"public{url}" for url in found]
    # The generator works on the whole site and for nobody's eyes.
    waiting = frappe.get_all("Field Upload", filters={"owner": ["like", f"%@{DOMAIN}"]}, pluck="name")
    return places + [f"private/{uploads.FOLDER}/{name}" for name in waiting]


def _remove_from_disk(places: list[str]) -> None:
    """Remove what was in files that no row names any more; after the commit, which nothing takes back."""
    for place in set(places):
        url = "/" + place.removeprefix("public/")
        if ".." not in place and not frappe.db.exists("File", {"file_url": url}):
            pathlib.Path(frappe.get_site_path(*place.split("/"))).unlink(missing_ok=True)


def _remove_postings(names: list[str]) -> None:
    """Delete what anybody posted to the demo's loans: left behind, it would count for a later loan of the same number."""
    loan = frappe.qb.DocType("Microcredit")
    mine = frappe.qb.from_(loan).select(loan.name).where(loan.owner.like(f"%@{DOMAIN}"))
    for doctype in names:
        field = frappe.get_meta(doctype).get_field("microcredit")
        if field and field.options == "Microcredit" and doctype != "Microcredit Application":
            table = frappe.qb.DocType(doctype)
            frappe.qb.from_(table).delete().where(table.microcredit.isin(mine)).run()
    # Who posts to a loan moves the money of its fund too.
    fund, moved = frappe.qb.DocType("Microcredit Fund"), frappe.qb.DocType("Microcredit Fund Movement")
    mine = frappe.qb.from_(fund).select(fund.name).where(fund.owner.like(f"%@{DOMAIN}"))
    frappe.qb.from_(moved).delete().where(moved.fund.isin(mine)).run()


def _remove_bank_files() -> None:
    """Delete the handed-in files themselves too: the next demo's would be named after them."""
    mine = {"attached_to_doctype": "Microcredit Payment Batch", "owner": ["like", f"%@{DOMAIN}"]}
    # The generator works on the whole site and for nobody's eyes.
    for name in frappe.get_all("File", filters=mine, pluck="name"):
        frappe.delete_doc("File", name, force=True, ignore_permissions=True)


def _remove_children(doctype: str, meta: Any) -> None:
    parent = frappe.qb.DocType(doctype)
    for field in meta.get_table_fields():
        child = frappe.qb.DocType(field.options)
        mine = frappe.qb.from_(parent).select(parent.name).where(parent.owner.like(f"%@{DOMAIN}"))
        frappe.qb.from_(child).delete().where((child.parenttype == doctype) & child.parent.isin(mine)).run()


def _remove_history(doctype: str) -> None:
    parent = frappe.qb.DocType(doctype)
    mine = frappe.qb.from_(parent).select(parent.name).where(parent.owner.like(f"%@{DOMAIN}"))
    for table, kind, name in (
        ("Version", "ref_doctype", "docname"),
        ("Comment", "reference_doctype", "reference_name"),
        ("ToDo", "reference_type", "reference_name"),
        ("Notification Log", "document_type", "document_name"),
        ("Access Log", "export_from", "reference_document"),
        ("File", "attached_to_doctype", "attached_to_name"),
    ):
        history = frappe.qb.DocType(table)
        frappe.qb.from_(history).delete().where((history[kind] == doctype) & history[name].isin(mine)).run()


def _forget_counters() -> None:
    """Let the numbering of DocTypes begin anew where the demo was all there was."""
    for doctype in tables():
        prefix = series_prefix(doctype)
        if prefix and not frappe.db.count(doctype):
            series = frappe.qb.DocType("Series")
            frappe.qb.from_(series).delete().where(series.name == prefix).run()


def series_prefix(doctype: str) -> str | None:
    """Return the counter behind the names of a DocType ("FAM-" for FAM-00001), or None for other ways of naming."""
    prefix, hashes, _digits = (frappe.get_meta(doctype).autoname or "").partition(".#")
    return prefix if hashes else None
