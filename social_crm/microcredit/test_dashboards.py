"""The dashboards of the director and of the credit officer: what they list exists, is shown to them, and says what the reports say."""

import frappe
from frappe.desk.doctype.dashboard.dashboard import get_permitted_cards, get_permitted_charts
from frappe.utils import add_days, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.report.microcredit_portfolio_at_risk import (
    microcredit_portfolio_at_risk as at_risk,
)
from social_crm.microcredit.services import dashboards, vouchers
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase

DASHBOARDS = {"Microcredit Officer": make.OFFICER, "Microcredit Direction": make.DIRECTOR}


class TestDashboards(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()

    def test_all_of_it_is_shown_to_whose_it_is(self) -> None:
        for name, user in DASHBOARDS.items():
            document = frappe.get_doc("Dashboard", name)
            frappe.set_user(user)
            with self.subTest(name=name):
                self.assertEqual(
                    [row.card for row in get_permitted_cards(name)], [row.card for row in document.cards]
                )
                self.assertEqual(
                    [row.chart for row in get_permitted_charts(name)], [row.chart for row in document.charts]
                )
                self.assertGreaterEqual(len(document.cards), 4)
                self.assertGreaterEqual(len(document.charts), 4)
                self.assertTrue(frappe.get_list("Dashboard", {"name": name}))
            frappe.set_user("Administrator")

    def test_the_workspace_leads_to_both(self) -> None:
        rows = frappe.get_doc("Workspace", "Microcredit Portfolio").shortcuts
        self.assertEqual({row.link_to for row in rows if row.type == "Dashboard"}, set(DASHBOARDS))

    def test_provisions_are_those_of_the_report(self) -> None:
        make.make_loan(days_ago=100)
        frappe.set_user(make.DIRECTOR)
        rows = at_risk.execute({})[1]
        expected = sum(row["provision"] for row in rows if not row.get("is_total"))
        self.assertEqual(dashboards.provision_card()["value"], expected)
        self.assertGreater(expected, 0)
        elsewhere = make.make.make_user("otra.direccion@example.com", "Programme Director")
        frappe.set_user(elsewhere)
        self.assertEqual(dashboards.provision_card()["value"], 0)

    def test_what_was_collected_counts_from_a_week_ago_and_without_what_was_reversed(self) -> None:
        loan = make.make_loan(days_ago=100).name
        frappe.set_user(make.OFFICER)
        before = dashboards.collected_card()["value"]
        record_repayment(loan, 30_000, add_days(nowdate(), -7))
        record_repayment(loan, 50_000, add_days(nowdate(), -6))
        wrong = record_repayment(loan, 70_000)
        record_repayment(loan, 11_000)
        vouchers.reverse("Microcredit Repayment", wrong, "Otra persona")
        self.assertEqual(dashboards.collected_card()["value"] - before, 61_000)

    def test_nobody_else_is_told(self) -> None:
        frappe.set_user(make.make.make_user("gestora.sin.credito@example.com", "FES Advisor"))
        for card in (dashboards.provision_card, dashboards.collected_card):
            with self.assertRaises(frappe.PermissionError):
                card()
