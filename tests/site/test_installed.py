"""The app on its site: what an installation must have left."""

import frappe

from social_crm.install import ROLES, after_migrate


def test_app_is_installed():
    assert "social_crm" in frappe.get_installed_apps()


def test_every_role_exists_with_desk_access():
    for role in ROLES:
        assert frappe.db.get_value("Role", role, "desk_access") == 1, role


def test_steps_of_installing_change_nothing_when_run_again():
    before = frappe.db.count("Role")
    after_migrate()
    assert frappe.db.count("Role") == before


def test_every_doctype_of_the_app_has_a_table():
    names = frappe.get_all(
        "DocType",
        filters={"module": ["in", frappe.get_module_list("social_crm")], "issingle": 0},
        pluck="name",
    )
    assert names
    missing = [name for name in names if not frappe.db.table_exists(name)]
    assert missing == []
