"""The home page and the workspaces: complete, limited to their roles, and counting only what the reader may see."""

import json

import frappe
from frappe import _
from frappe.desk.desktop import get_workspace_sidebar_items

from social_crm import apps_screen
from social_crm import testing_factories as make
from social_crm.charts import by_month, chart, count_by
from social_crm.install import ROLES
from social_crm.social_crm.dashboard_chart_source.families_by_community import families_by_community
from social_crm.testing import SocialCRMTestCase

HERE, ELSEWHERE = "Comunidad de inicio", "Otra comunidad de inicio"
COMPONENTS = {
    "Income Generation Portfolio": "Income Advisor",
    "Microcredit Portfolio": "Credit Officer",
    "Higher Education Fund": "FES Advisor",
    "Psychosocial Care": "Psychosocial Professional",
    "Field Minutes": "Gestor",
}


def our_workspaces() -> list[str]:
    modules = frappe.get_module_list("social_crm")
    return frappe.get_all("Workspace", filters={"module": ["in", modules], "public": 1}, pluck="name")


class TestHome(SocialCRMTestCase):
    def test_every_component_has_its_workspace(self):
        self.assertEqual({"Social CRM", "People and Places", *COMPONENTS}, set(our_workspaces()))

    def test_everything_that_a_workspace_shows_exists(self):
        for name in our_workspaces():
            page = frappe.get_doc("Workspace", name)
            self.assertTrue(page.roles, name)
            for card in page.number_cards:
                document_type = frappe.db.get_value("Number Card", card.number_card_name, "document_type")
                self.assertTrue(
                    document_type, f"{name}: a card without a document type is hidden from people"
                )
            for one in page.charts:
                self.assertTrue(frappe.db.exists("Dashboard Chart", one.chart_name), one.chart_name)
            for link in [*page.shortcuts, *(row for row in page.links if row.type == "Link")]:
                kind = getattr(link, "link_type", None) or link.type
                self.assertTrue(frappe.db.exists(kind, link.link_to), f"{name}: {link.link_to}")
            blocks = [block["data"] for block in json.loads(page.content)]
            shown = {block["number_card_name"] for block in blocks if "number_card_name" in block}
            self.assertEqual(shown, {row.label for row in page.number_cards})

    def test_a_role_sees_its_own_workspaces_alone(self):
        for workspace, role in COMPONENTS.items():
            user = make.make_user(f"{frappe.scrub(role)}@inicio.example", role)
            frappe.set_user(user)
            seen = {page["name"] for page in get_workspace_sidebar_items()["pages"]} & set(our_workspaces())
            frappe.set_user("Administrator")
            self.assertIn(workspace, seen, role)
            self.assertIn("Social CRM", seen, role)
            allowed = frappe.get_all(
                "Has Role", filters={"role": role, "parenttype": "Workspace"}, pluck="parent"
            )
            self.assertEqual(seen, set(allowed) & set(our_workspaces()), role)

    def test_a_stranger_sees_neither_workspace_nor_app(self):
        user = make.make_user("nadie@inicio.example", "Website Manager")
        frappe.set_user(user)
        seen = {page["name"] for page in get_workspace_sidebar_items()["pages"]}
        self.assertEqual(seen & set(our_workspaces()), set())
        self.assertFalse(apps_screen.has_permission())
        self.assertRaises(frappe.PermissionError, count_by, "Family", "community")

    def test_who_works_with_the_app_sees_it_on_the_apps_screen(self):
        for role in ROLES:
            frappe.set_user(make.make_user("rol@inicio.example", role))
            self.assertTrue(apps_screen.has_permission(), role)
            frappe.set_user("Administrator")

    def test_charts_count_only_the_rows_of_the_readers_communities(self):
        for community, families in ((HERE, 2), (ELSEWHERE, 3)):
            make.make_community(community)
            for _number in range(families):
                make.make_family(community)
        user = make.make_user("gestor@inicio.example", "Gestor")
        make.assign(user, HERE)
        everything = count_by("Family", "community")
        self.assertEqual((everything[HERE], everything[ELSEWHERE]), (2, 3))
        frappe.set_user(user)
        self.assertEqual(count_by("Family", "community"), {HERE: 2})
        self.assertEqual(families_by_community.get()["labels"], [HERE])

    def test_no_chart_moves_while_it_is_drawn(self):
        """A page that changes its width during the entry animation, as on a phone, makes Frappe's charts fail and draw twice."""
        charts = frappe.get_all(
            "Dashboard Chart",
            filters={"is_standard": 1, "module": ("in", frappe.get_module_list("social_crm"))},
            fields=["name", "custom_options"],
        )
        self.assertGreater(len(charts), 10)
        for one in charts:
            options = frappe.parse_json(one.custom_options or "{}")
            self.assertEqual((options.get("animate"), options.get("disableEntryAnimation")), (0, 1), one.name)

    def test_a_chart_draws_the_order_it_is_given_and_zeros(self):
        drawn = chart("Test", {"b": 2, "c": 5, None: 1}, ["a", "b"])
        self.assertEqual(drawn["datasets"][0]["values"], [0, 2, 5])
        self.assertIsNone(chart("Test", {}))

    def test_many_bars_end_in_one_for_all_others(self):
        counts = {f"Community {number:02d}": 20 - number for number in range(12)}
        drawn = chart("Test", counts)
        self.assertEqual(len(drawn["labels"]), 10)
        self.assertEqual(drawn["datasets"][0]["values"][-1], 11 + 10 + 9)
        self.assertEqual(drawn["labels"][-1], _("Others"))
        everything = chart("Test", counts, sorted(counts))
        self.assertEqual(len(everything["labels"]), 12)

    def test_months_are_counted_over_the_turn_of_the_year(self):
        today = frappe.utils.getdate("2027-02-10")
        days = {"2026-03-01": 4, "2026-12-31": 1, "2027-01-01": 2, "2027-02-10": 3, "2026-02-28": 9}
        drawn = by_month("Test", {frappe.utils.getdate(day): count for day, count in days.items()}, today)
        self.assertEqual(drawn["labels"][0], "03/26")
        self.assertEqual(drawn["labels"][-1], "02/27")
        self.assertEqual(drawn["datasets"][0]["values"], [4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3])
