import frappe

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import verification
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.patches import give_receipts_a_code
from social_crm.testing import SocialCRMTestCase


class TestGiveReceiptsACode(SocialCRMTestCase):
    def test_posted_vouchers_without_a_code_and_no_others(self) -> None:
        make.make_team()
        loan = make.make_loan()
        frappe.set_user(make.OFFICER)
        older, newer = record_repayment(loan.name, 1000), record_repayment(loan.name, 2000)
        draft = frappe.get_doc(
            {
                "doctype": "Microcredit Repayment",
                "microcredit": loan.name,
                "amount": 1,
                "paid_on": loan.disbursed_on,
            }
        ).insert()
        frappe.db.set_value("Microcredit Repayment", older, "verification_code", None, update_modified=False)
        kept = frappe.db.get_value("Microcredit Repayment", newer, "verification_code")
        self.assertTrue(kept)
        for _ in range(2):
            give_receipts_a_code.execute()
            code = frappe.db.get_value("Microcredit Repayment", older, "verification_code")
            self.assertEqual(verification.find(code).number, older)
            self.assertEqual(frappe.db.get_value("Microcredit Repayment", newer, "verification_code"), kept)
            self.assertFalse(frappe.db.get_value("Microcredit Repayment", draft.name, "verification_code"))
