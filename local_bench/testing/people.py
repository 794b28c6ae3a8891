"""One user per role for REST and browser tests: made for a run, removed after it.

Run inside a bench's Python (see start.py), from its sites folder:

    python -m local_bench.testing.people make FILE     writes {role: {user, password, key, secret}}
    python -m local_bench.testing.people remove FILE   removes them and every row they own

The site is named by FRAPPE_SITE. Every user made here has an address below DOMAIN, and `remove` deletes only
what such a user owns: rows of people who work on the same site meanwhile are never touched.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path

import frappe
from frappe.installer import update_site_config

DOMAIN = "tests.social-crm.example"
# Columns in which a table says whose a row is or whom it is about. `parent`: what Frappe keeps in rows of a user's own
# (roles, sign-in keys, defaults), `email_id`: in those of the contact that it makes for one, then comments, versions
# and (v16) notes of permissions.
NAMING_A_USER = (
    "owner",
    "user",
    "for_user",
    "allocated_to",
    "parent",
    "email_id",
    "reference_name",
    "docname",
    "for_document",
)


# A site takes such fingerprints only while its configuration holds this.
SOFTWARE_READER = "social_crm_software_reader"


def address(role: str) -> str:
    """The e-mail address of the test user of a role."""
    return f"{role.lower().replace(' ', '-').replace('&', 'and')}@{DOMAIN}"


def make() -> dict[str, dict[str, str]]:
    """Create a user for each role of the app, a System Manager, and one without any role."""
    from frappe.utils.password import update_password

    from social_crm.install import ROLES
    from social_crm.testing import before_tests

    # Frappe then makes the users' contacts at once instead of in the background while the tests begin, asks no server for their
    # pictures, and does not empty every cache of the site for each of them.
    frappe.flags.in_test = True
    before_tests()
    people = {}
    # The first user of a site without a System Manager silently becomes one: that role comes first.
    for role in ("System Manager", *ROLES, "Nobody"):
        password, key, secret = (secrets.token_hex(10) for _ in range(3))
        email = address(role)
        if frappe.db.exists("User", email):
            frappe.delete_doc("User", email, force=True, ignore_permissions=True)
        user = frappe.get_doc(
            {
                "doctype": "User",
                "email": email,
                "first_name": role,
                "last_name": "Prueba",
                "language": "es",
                "user_type": "System User",
                "send_welcome_email": 0,
                "api_key": key,
                "api_secret": secret,
                "roles": [] if role == "Nobody" else [{"role": role}],
            }
        )
        user.flags.no_welcome_mail = True
        user.insert(ignore_permissions=True)
        update_password(email, password)
        people[role] = {"user": email, "password": password, "key": key, "secret": secret}
    frappe.db.commit()
    # Browser tests take fingerprints with a reader that is a program.
    update_site_config(SOFTWARE_READER, 1, validate=False)
    return people


def _tables() -> list[str]:
    return [table for table in frappe.db.get_tables(cached=False) if table.startswith("tab")]


def remove() -> dict[str, int]:
    """Delete every row that a test user owns or that names one, then the users; rows deleted by table.

    The rows go table by table below the framework's rules: a submitted document or one that others link to
    is part of what the run made, and all of it goes.
    """
    deleted: dict[str, int] = {}
    own = f"%@{DOMAIN}"
    files = _own_files(own)
    doctypes = _own_doctypes(own)
    for table in _tables():
        columns = {row[0] for row in frappe.db.sql(f"SHOW COLUMNS FROM `{table}`")}
        names = [column for column in NAMING_A_USER if column in columns]
        if table in ("tabUser", "tabContact", "tabNotification Settings"):
            names.append("name")
        if table == "tabHas Role":
            names = ["parent"]
        if names:
            condition = " OR ".join(f"`{column}` LIKE %(own)s" for column in names)
            frappe.db.sql(f"DELETE FROM `{table}` WHERE {condition}", {"own": own})
            count = frappe.db._cursor.rowcount
            if count:
                deleted[table] = count
    frappe.db.sql("DELETE FROM `__Auth` WHERE `doctype` = 'User' AND `name` LIKE %s", own)
    frappe.db.commit()
    for doctype in doctypes:
        frappe.db.sql_ddl(f"DROP TABLE IF EXISTS `tab{doctype}`")
    for path in files:
        path.unlink(missing_ok=True)
    update_site_config(SOFTWARE_READER, "None", validate=False)
    frappe.clear_cache()
    return deleted


def _own_doctypes(own: str) -> list[str]:
    """DocTypes that test users made, also those they deleted again: Frappe leaves the table of a deleted one."""
    made = frappe.db.sql("SELECT name FROM `tabDocType` WHERE custom = 1 AND owner LIKE %s", own, pluck=True)
    gone = frappe.db.sql(
        "SELECT deleted_name FROM `tabDeleted Document` WHERE deleted_doctype = 'DocType' AND owner LIKE %s"
        " AND deleted_name NOT IN (SELECT name FROM `tabDocType`)",
        own,
        pluck=True,
    )
    return [*made, *gone]


def _own_files(own: str) -> list[Path]:
    """Files on disk of test users that nobody else's File row names."""
    rows = frappe.db.sql("SELECT file_url, owner FROM `tabFile` WHERE owner LIKE %s", own, as_dict=True)
    found = []
    for row in rows:
        url = (row.file_url or "").lstrip("/")
        shared = frappe.db.sql(
            "SELECT 1 FROM `tabFile` WHERE file_url = %s AND owner NOT LIKE %s", (row.file_url, own)
        )
        if url and not shared and not url.startswith("http"):
            found.append(Path(frappe.get_site_path(*([] if url.startswith("private") else ["public"]), url)))
    return found


def main(action: str, file: str) -> None:
    frappe.init(site=os.environ["FRAPPE_SITE"])
    frappe.connect()
    frappe.set_user("Administrator")
    frappe.flags.mute_emails = True
    path = Path(file)
    if action == "make":
        remove()
        path.touch(mode=0o600)
        path.write_text(json.dumps(make()))
    else:
        remove()
        path.unlink(missing_ok=True)
    frappe.destroy()


if __name__ == "__main__":
    main(*sys.argv[1:])
