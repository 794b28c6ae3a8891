"""The workspaces that each role gets, by both doors of the Desk: the endpoint and what a page is started with."""

from collections.abc import Iterable

import frappe

from social_crm import testing_factories as make
from social_crm.access import wiring, workspaces
from social_crm.install import ROLES
from social_crm.testing import SocialCRMTestCase

COMMON = {"Social CRM", "People and Places"}
ACTAS, INCOME, CREDIT = "Field Minutes", "Income Generation Portfolio", "Microcredit Portfolio"
FES, CARE = "Higher Education Fund", "Psychosocial Care"
EVERYTHING = {*COMMON, ACTAS, INCOME, CREDIT, FES, CARE}
EXPECTED = {
    "Gestor": {*COMMON, ACTAS, INCOME},
    "Income Advisor": {*COMMON, ACTAS, INCOME},
    "Credit Officer": {*COMMON, CREDIT},
    "Credit Committee": {*COMMON, CREDIT},
    "FES Advisor": {*COMMON, ACTAS, FES},
    "Psychosocial Professional": {*COMMON, ACTAS, FES, CARE},
    "Programme Director": EVERYTHING,
    "M&E Analyst": EVERYTHING,
    "Auditor": EVERYTHING,
    "Social CRM Administrator": EVERYTHING,
}
ENDPOINT = "frappe.desk.desktop.get_workspace_sidebar_items"


def by_endpoint() -> set[str]:
    wrapper = frappe.get_attr(wiring.OVERRIDES[ENDPOINT])
    return {page["name"] for page in wrapper()["pages"]}


def at_start() -> set[str]:
    bootinfo = frappe.get_attr("frappe.boot.get_bootinfo")()
    for hook in frappe.get_hooks("extend_bootinfo", app_name="social_crm"):
        frappe.get_attr(hook)(bootinfo=bootinfo)
    pages = bootinfo.get("allowed_workspaces") or bootinfo["sidebar_pages"]["pages"]
    shown = {page["name"] for page in pages}
    for app in bootinfo.get("app_data") or []:
        assert set(app["workspaces"]) <= shown, app
    return shown


def workspace(title: str, module: str | None, parent: str = "", roles: Iterable[str] = ()) -> str:
    page = frappe.new_doc("Workspace")
    page.update({"title": title, "label": title, "public": 1, "module": module, "content": "[]"})
    page.parent_page = parent
    for role in roles:
        page.append("roles", {"role": role})
    return page.insert(ignore_permissions=True).name


class TestWorkspaces(SocialCRMTestCase):
    def as_user(self, *roles: str) -> None:
        user = make.make_user("espacios@inicio.example", *roles)
        frappe.cache.delete_keys("user_allowed_modules")
        frappe.set_user(user)

    def test_each_role_gets_its_own_workspaces_and_no_other(self):
        self.assertEqual(set(EXPECTED), set(ROLES))
        for role, expected in EXPECTED.items():
            self.as_user(role)
            self.assertEqual(by_endpoint(), expected, role)
            self.assertEqual(at_start(), expected, role)
            frappe.set_user("Administrator")

    def test_the_desk_is_started_with_the_same(self):
        self.assertIn("social_crm.access.workspaces.extend_bootinfo", frappe.get_hooks("extend_bootinfo"))

    def test_the_desk_is_told_to_translate_the_states_of_workflows(self):
        bootinfo = frappe.get_attr("frappe.boot.get_bootinfo")()
        for hook in frappe.get_hooks("extend_bootinfo"):
            frappe.get_attr(hook)(bootinfo=bootinfo)
        self.assertEqual(bootinfo["translated_doctypes"].count("Workflow State"), 1)

    def test_whoever_has_a_role_of_frappe_or_none_of_ours_keeps_what_frappe_shows(self):
        for roles in (["Gestor", "System Manager"], ["Gestor", "Website Manager"], ["Website Manager"]):
            self.as_user(*roles)
            frappes = {page["name"] for page in frappe.get_attr(ENDPOINT)()["pages"]}
            self.assertIn("Tools", frappes, roles)
            self.assertEqual(by_endpoint(), frappes, roles)
            self.assertEqual(at_start(), frappes, roles)
            frappe.set_user("Administrator")

    def test_a_role_marked_as_custom_changes_nothing(self):
        frappe.get_doc(
            {"doctype": "Role", "role_name": "Coordination of Tests", "desk_access": 1, "is_custom": 1}
        ).insert()
        self.as_user("Gestor", "Coordination of Tests")
        self.assertEqual(by_endpoint(), EXPECTED["Gestor"])

    def test_what_an_administrator_made_for_everybody_or_for_a_role_is_shown(self):
        for_all = workspace("For Everybody", None)
        for_role = workspace("For a Role", "Desk", roles=["Gestor"])
        for_nobody = workspace("Without a Role", "Desk")
        self.as_user("Gestor")
        self.assertEqual(by_endpoint(), {*EXPECTED["Gestor"], for_all, for_role})
        self.assertNotIn(for_nobody, at_start())

    def test_the_parent_of_a_workspace_that_is_shown_is_shown(self):
        parent = workspace("Parent without a Role", "Desk")
        child = workspace("Child of the Role", "Desk", parent=parent, roles=["Gestor"])
        self.as_user("Gestor")
        self.assertEqual(by_endpoint(), {*EXPECTED["Gestor"], parent, child})

    def test_who_would_see_nothing_at_all_sees_what_frappe_shows(self):
        self.as_user("Gestor")
        pages = [frappe._dict(name="Tools", public=1, module="Core")]
        self.assertEqual(workspaces.shown(pages), pages)
