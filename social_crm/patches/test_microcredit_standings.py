import frappe
from frappe.utils import add_days, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services.repayments import record_repayment, reverse_repayment
from social_crm.patches import microcredit_standings
from social_crm.testing import SocialCRMTestCase

STANDING = "Microcredit Standing"


class TestMicrocreditStandings(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=75).name
        frappe.set_user(make.OFFICER)
        kept = record_repayment(self.loan, 300_000, add_days(nowdate(), -20))
        record_repayment(self.loan, 50_000, add_days(nowdate(), -30))
        reverse_repayment(kept, "Cheque devuelto")
        frappe.set_user("Administrator")

    def rows(self) -> list:
        found = frappe.get_all(STANDING, filters={"microcredit": self.loan}, fields=["*"], order_by="name")
        return [
            {**row, "creation": None, "modified": None, "owner": None, "modified_by": None} for row in found
        ]

    def test_the_same_rows_as_posting_wrote(self) -> None:
        written = self.rows()
        self.assertGreater(len(written), 4)
        frappe.db.delete(STANDING, {"microcredit": self.loan})
        microcredit_standings.execute()
        self.assertEqual(self.rows(), written)

    def test_a_second_run_adds_nothing(self) -> None:
        written = self.rows()
        microcredit_standings.execute()
        self.assertEqual(self.rows(), written)
