"""Takes away what `install.py` added and what Frappe leaves behind; each step mirrors one there.

Frappe drops our DocTypes and the rows of our modules. It leaves ordinary rows (workflows and the like), roles, everything
that points at our documents (versions, comments, files, contacts of our people ...), counters and jobs: all of it goes
here, before, while it can still be told what is ours. Frappe's own Patch Log rows stay, as with every app.
"""

import shutil

import frappe
from frappe.utils import now_datetime

from social_crm.access import contact_roles
from social_crm.demo.users import DEMO_USERS, MARK
from social_crm.shipping import apply as shipping
from social_crm.shipping import ledger

APP = "social_crm"
_STARTED = "social_crm_uninstall_started"
# Fields that name a DocType without being links to it, as (DocType, field).
NAMED_IN_DATA = (
    ("Deleted Document", "deleted_doctype"),
    ("Route History", "route"),
    ("Custom DocPerm", "parent"),
    ("List View Settings", "name"),
    ("Workspace Link", "link_to"),
    ("Workspace Shortcut", "link_to"),
    ("Error Log", "reference_doctype"),
    ("Permission Log", "for_document"),
    ("Access Log", "export_from"),
)
# Where Frappe notes what is deleted and whose permissions change, uninstalling included; older versions lack the second.
WRITTEN_MEANWHILE = ("Deleted Document", "Permission Log")
# Rows that Frappe keeps for a user, as (DocType, field).
OF_A_USER = (
    ("Notification Log", "for_user"),
    ("Notification Settings", "name"),
    ("ToDo", "allocated_to"),
    ("DocShare", "user"),
    ("Activity Log", "user"),
    ("Route History", "user"),
    ("Sessions", "user"),
    ("DefaultValue", "parent"),
)


def before_uninstall() -> None:
    """Run every step while the DocTypes still exist."""
    frappe.flags[_STARTED] = now_datetime()
    ours = our_doctypes()
    shipping.remove_all()
    contact_roles.withdraw()
    remove_contacts(ours)
    remove_address_template()
    remove_prepared_reports(ours)
    remove_rows_about(ours)
    remove_copies_of_files(ours)
    remove_demo_users()
    remove_roles()
    remove_counters(ours)
    remove_jobs()
    remove_demo_certificate()
    remove_uploads()


def after_uninstall() -> None:
    """Remove the copies which Frappe keeps of what it deleted for us, and its notes of our permissions' end."""
    started = frappe.flags.get(_STARTED)
    for doctype in WRITTEN_MEANWHILE if started else ():
        if frappe.db.table_exists(doctype):
            frappe.db.delete(doctype, {"creation": [">=", started]})
    frappe.db.delete("DefaultValue", {"defkey": ["like", f"{APP}%"]})
    # Uninstalling works on the whole site, whoever starts it.
    remaining = set(frappe.get_all("DocType", pluck="name"))
    singles = frappe.qb.DocType("Singles")
    for (doctype,) in frappe.qb.from_(singles).select(singles.doctype).distinct().run():
        if doctype not in remaining and doctype in frappe.flags.get("social_crm_singles", ()):
            frappe.db.delete("Singles", {"doctype": doctype})
    frappe.db.commit()  # Frappe has committed the uninstall before it calls this hook.
    frappe.clear_cache()


def remove_demo_certificate() -> None:
    """Take the certificate along that was made to try seals with; one of the organisation stays."""
    from social_crm.field_records.services.sealed_pdf import certificate

    certificate.remove_demo()


def remove_uploads() -> None:
    """Remove what devices sent in pieces and no record took over: it lies beside the site's files."""
    from social_crm.field_records.services.sync import uploads

    shutil.rmtree(frappe.get_site_path("private", uploads.FOLDER), ignore_errors=True)


def our_doctypes() -> list[str]:
    """Return the DocTypes of our modules."""
    # Uninstalling works on the whole site, whoever starts it.
    modules = frappe.get_all("Module Def", filters={"app_name": APP}, pluck="name")
    # As above.
    rows = frappe.get_all("DocType", filters={"module": ["in", modules]}, fields=["name", "issingle"])
    frappe.flags.social_crm_singles = [row.name for row in rows if row.issingle]
    return [row.name for row in rows]


def remove_contacts(ours: list[str]) -> None:
    """Delete contacts and addresses that belong to our people alone; others only lose the link to them."""
    # Uninstalling works on the whole site, whoever starts it.
    _remove_contacts(
        frappe.get_all("Dynamic Link", fields=["parenttype", "parent", "link_doctype"]), set(ours)
    )
    frappe.db.delete("Dynamic Link", {"link_doctype": ["in", ours]})


def remove_contacts_of(doctype: str, names: list[str]) -> None:
    """Delete contacts and addresses that belong to these documents of a DocType alone."""
    if not names:
        return
    # As above.
    links = frappe.get_all(
        "Dynamic Link",
        filters={"link_doctype": doctype, "link_name": ["in", names]},
        fields=["parenttype", "parent", "link_doctype"],
    )
    _remove_contacts(links, {doctype})


def _remove_contacts(links: list[dict], ours: set[str]) -> None:
    owners: dict[tuple[str, str], set[str]] = {}
    for link in links:
        owners.setdefault((link.parenttype, link.parent), set()).add(link.link_doctype)
    for (doctype, name), targets in owners.items():
        if targets <= ours and doctype in ("Contact", "Address"):
            # The person's data leaves with the person's record.
            frappe.delete_doc(doctype, name, force=True, ignore_permissions=True, delete_permanently=True)


def remove_address_template() -> None:
    """Delete the address template that we created, unless addresses of others are printed with it."""
    if frappe.db.count("Address"):
        return
    for entry in ledger.entries(("Address Template",)):
        # Frappe refuses to delete a default template as a document, even the only one.
        frappe.db.delete("Address Template", {"name": entry.item_name})


def remove_rows_about(ours: list[str]) -> None:
    """Delete the rows of other DocTypes that point at ours: files, versions, comments, notifications, settings ..."""
    for doctype, field in _links_to_doctypes(ours):
        meta = frappe.get_meta(doctype)
        if meta.issingle:
            if frappe.db.get_single_value(doctype, field) in ours:
                frappe.db.set_single_value(doctype, field, None)
        elif doctype == "File" or meta.get_table_fields():
            # Uninstalling works on the whole site; a file on disk goes through the document.
            for name in frappe.get_all(doctype, filters={field: ["in", ours]}, pluck="name"):
                # As above. Other records keep standard rows (reports) from being deleted by hand: these leave with us.
                frappe.delete_doc(
                    doctype,
                    name,
                    force=True,
                    ignore_permissions=True,
                    ignore_on_trash=doctype != "File",
                    delete_permanently=True,
                )
        else:
            _remove_files_of(doctype, {field: ["in", ours]})
            frappe.db.delete(doctype, {field: ["in", ours]})
    for doctype, field in NAMED_IN_DATA:
        if frappe.db.table_exists(doctype) and frappe.db.has_column(doctype, field):
            frappe.db.delete(doctype, {field: ["in", [*ours, *(f"List/{one}" for one in ours)]]})
    settings = frappe.qb.Table("__UserSettings")
    frappe.qb.from_(settings).delete().where(settings.doctype.isin(ours)).run()


def remove_copies_of_files(ours: list[str]) -> None:
    """Delete what Frappe keeps of files that somebody deleted from our documents."""
    # Uninstalling works on the whole site, whoever starts it.
    kept = frappe.get_all("Deleted Document", filters={"deleted_doctype": "File"}, fields=["name", "data"])
    names = [
        row.name for row in kept if (frappe.parse_json(row.data) or {}).get("attached_to_doctype") in ours
    ]
    frappe.db.delete("Deleted Document", {"name": ["in", names or [""]]})


def remove_prepared_reports(ours: list[str]) -> None:
    """Delete what was kept of a slow report of ours: the rows that somebody saw, in a file."""
    # Uninstalling works on the whole site, whoever starts it.
    modules = frappe.get_all("Module Def", filters={"app_name": APP}, pluck="name")
    # As above.
    reports = frappe.get_all(
        "Report", or_filters={"module": ["in", modules], "ref_doctype": ["in", ours]}, pluck="name"
    )
    # As above.
    for name in frappe.get_all("Prepared Report", filters={"report_name": ["in", reports]}, pluck="name"):
        frappe.delete_doc(
            "Prepared Report", name, force=True, ignore_permissions=True, delete_permanently=True
        )


def _remove_files_of(doctype: str, filters: dict) -> None:
    """Delete the files that hang on rows which are deleted in the table, such as the sheet of a data import."""
    # Uninstalling works on the whole site, whoever starts it.
    files = frappe.get_all(
        "File", filters={"attached_to_doctype": doctype}, fields=["name", "attached_to_name"]
    )
    # As above.
    going = set(frappe.get_all(doctype, filters=filters, pluck="name")) if files else set()
    for file in files:
        if file.attached_to_name in going:
            # As above.
            frappe.delete_doc("File", file.name, force=True, ignore_permissions=True, delete_permanently=True)


def _links_to_doctypes(ours: list[str]) -> list[tuple[str, str]]:
    # Uninstalling works on the whole site, whoever starts it.
    fields = frappe.get_all(
        "DocField", filters={"fieldtype": "Link", "options": "DocType"}, fields=["parent", "fieldname"]
    )
    skip = {*ours, "DocField", "DocType", "Custom Field", "Property Setter"}
    found = []
    for row in fields:
        # Custom fields and property setters of our DocTypes go with the DocType, in Frappe's own way.
        if row.parent in skip or not frappe.db.exists("DocType", row.parent):
            continue
        if frappe.get_meta(row.parent).issingle or frappe.db.has_column(row.parent, row.fieldname):
            found.append((row.parent, row.fieldname))
    return found


def remove_demo_users() -> None:
    """Delete the users of the demo site, whose addresses nobody else has, and the note that there is a demo."""
    for email, _role, _name in DEMO_USERS:
        if frappe.db.exists("User", email):
            remove_user(email)
    # What the demo was made with.
    frappe.db.delete("DefaultValue", {"parent": "__global", "defkey": MARK})


def remove_user(email: str) -> None:
    """Delete a user with what Frappe made for it: contact, settings, notifications."""
    # Uninstalling works on the whole site, whoever starts it.
    for contact in frappe.get_all("Contact", filters={"user": email}, pluck="name"):
        # As above.
        frappe.delete_doc("Contact", contact, force=True, ignore_permissions=True, delete_permanently=True)
    for doctype, field in OF_A_USER:
        frappe.db.delete(doctype, {field: email})
    for doctype, kind, name in (
        ("Comment", "reference_doctype", "reference_name"),
        ("Version", "ref_doctype", "docname"),
        ("Communication", "reference_doctype", "reference_name"),
        ("Permission Log", "for_doctype", "for_document"),
    ):
        if frappe.db.table_exists(doctype):
            frappe.db.delete(doctype, {kind: "User", name: email})
    # Frappe refuses to delete the last System Manager in `on_trash`; Administrator remains, whose demo this was.
    frappe.delete_doc(
        "User", email, force=True, ignore_permissions=True, ignore_on_trash=True, delete_permanently=True
    )
    frappe.db.delete("Comment", {"comment_type": "Deleted", "subject": ["like", f"%{email}%"]})


def remove_roles() -> None:
    """Delete the roles that we created; a role that another app had before us stays with its holders."""
    for entry in ledger.entries(("Role",)):
        if entry.existed_before or not frappe.db.exists("Role", entry.item_name):
            continue
        for doctype in ("Has Role", "Custom DocPerm", "DocPerm"):
            frappe.db.delete(doctype, {"role": entry.item_name})
        # Uninstalling works on the whole site, whoever starts it.
        frappe.delete_doc(
            "Role", entry.item_name, force=True, ignore_permissions=True, delete_permanently=True
        )


def remove_counters(ours: list[str]) -> None:
    """Forget how far our documents were numbered: `FAM-` and the like, unless another DocType counts with it too."""
    mine, others = set(), set()
    # Uninstalling works on the whole site, whoever starts it.
    for row in frappe.get_all("DocType", filters={"autoname": ["like", "%.#%"]}, fields=["name", "autoname"]):
        prefix = row.autoname.split(".#", 1)[0]
        (mine if row.name in ours else others).add(prefix)
    prefixes = [prefix for prefix in mine - others if prefix]
    if prefixes:
        series = frappe.qb.DocType("Series")
        frappe.qb.from_(series).delete().where(series.name.isin(prefixes)).run()


def remove_jobs() -> None:
    """Delete the scheduled jobs of our hooks; Frappe would do so only at its next migrate."""
    # Uninstalling works on the whole site, whoever starts it.
    for name in frappe.get_all("Scheduled Job Type", filters={"method": ["like", f"{APP}.%"]}, pluck="name"):
        frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": name})
        frappe.db.delete("Scheduled Job Type", {"name": name})
