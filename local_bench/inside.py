"""What has to happen inside Frappe's own Python: run with the bench's interpreter, from its sites folder.

    python -m local_bench.inside ACTION < arguments.json

The arguments come on standard input, so that no password shows in the machine's list of processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import frappe


def new_site(site: str, database: str, database_password: str, root_password: str, admin_password: str,
             host: str, port: int) -> None:  # fmt: skip
    """Create the site's database and Frappe's own tables."""
    from frappe.database.db_manager import DbManager
    from frappe.installer import _new_site

    # Frappe's own way goes through a shell, which breaks on a path with spaces and shows the password.
    DbManager.restore_database = staticmethod(partial(load_dump, host, port))
    frappe.init(site=site, new_site=True)
    _new_site(
        database,
        site,
        db_root_username="root",
        db_root_password=root_password,
        admin_password=admin_password,
        db_password=database_password,
        db_type="mariadb",
        db_host=host,
        db_port=port,
        no_mariadb_socket=True,
        install_apps=(),
        force=True,
    )


def load_dump(host: str, port: int, target: str, source: str, user: str, password: str) -> None:
    """Load a file of SQL statements into a database."""
    command = ["mysql", f"--host={host}", f"--port={port}", f"--user={user}", "--protocol=tcp", target]
    with Path(source).open("rb") as dump:
        subprocess.run(command, stdin=dump, env={**os.environ, "MYSQL_PWD": password}, check=True)


def settle(site: str) -> None:
    """Spanish, Colombia, America/Bogota, COP, past the setup wizard.

    This comes directly after the site is born, before any job has run: a site is born in Asia/Kolkata, and
    moving its clock west later silences the scheduler for hours.
    """
    from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

    connect(site)
    frappe.db.set_value("Currency", "COP", "enabled", 1)
    done = setup_complete(
        {
            "language": "Español",
            "lang": "es",
            "country": "Colombia",
            "timezone": "America/Bogota",
            "currency": "COP",
            "enable_telemetry": 0,
        }
    )
    if done.get("status") != "ok":
        raise SystemExit(f"The setup wizard failed: {done}")
    frappe.db.set_default("currency", "COP")
    # The precision of amounts stays as it is: Frappe alone reads a field that shows 567.358 without its ",00" back as
    # 567. The app's Desk reads it right, but not every place where Frappe reads a number is ours.
    frappe.db.set_single_value("System Settings", "enable_onboarding", 0)
    frappe.db.set_value("User", "Administrator", "language", "es")
    # The users that a site is born with carry the zone of its birth.
    for user in ("Administrator", "Guest"):
        frappe.db.set_value("User", user, "time_zone", "America/Bogota")
        frappe.defaults.set_user_default("time_zone", "America/Bogota", user)
    frappe.db.commit()
    frappe.clear_cache()


def set_admin_password(site: str, password: str) -> None:
    from frappe.utils.password import update_password

    connect(site)
    update_password("Administrator", password)
    frappe.db.commit()


def add_system_manager(site: str, email: str) -> None:
    """A person who administers the site, as every real one has: without one, Frappe makes the first user that is
    created System Manager, whatever roles were meant for it."""
    connect(site)
    frappe.flags.mute_emails = True
    user = frappe.get_doc({"doctype": "User", "email": email, "first_name": "System", "last_name": "Manager"})
    user.append("roles", {"role": "System Manager"})
    user.flags.no_welcome_mail = True
    user.insert()
    frappe.db.commit()


def connect(site: str) -> None:
    frappe.init(site=site)
    frappe.connect()
    frappe.set_user("Administrator")


ACTIONS = {action.__name__: action for action in (new_site, settle, set_admin_password, add_system_manager)}

if __name__ == "__main__":
    try:
        ACTIONS[sys.argv[1]](**json.load(sys.stdin))
    finally:
        frappe.destroy()
