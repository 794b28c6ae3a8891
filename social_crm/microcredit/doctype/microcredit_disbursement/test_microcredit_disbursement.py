from typing import Any

import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import declining, nightly, portfolio, vouchers
from social_crm.microcredit.services.disbursement import disburse, hand_over
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditDisbursement(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
        make.make_team()

    def loan(self, amount: float | None = None, days_ago: int = 20, **values: Any) -> Any:
        application = make.make_approved(**values)
        frappe.set_user(make.OFFICER)
        return frappe.get_doc(
            "Microcredit", disburse(application.name, add_days(nowdate(), -days_ago), amount=amount)
        )

    def more(self, loan: str, amount: float, days_ago: int = 0, reference: str | None = None) -> Any:
        doc = frappe.get_doc(
            {
                "doctype": "Microcredit Disbursement",
                "microcredit": loan,
                "amount": amount,
                "disbursed_on": add_days(nowdate(), -days_ago),
                "channel": "Bank Transfer",
                "reference": reference,
            }
        )
        return doc.submit()

    def test_in_parts(self) -> None:
        loan = self.loan(1_000_000)
        self.assertEqual(
            (loan.balance, loan.disbursed_amount, loan.principal), (1_000_000, 1_000_000, 3_000_000)
        )
        self.assertEqual(sum(row.principal for row in loan.schedule), 1_000_000)
        self.more(loan.name, 2_000_000)
        loan.reload()
        self.assertEqual((loan.balance, loan.disbursed_amount), (3_000_000, 3_000_000))
        self.assertEqual(sum(row.principal for row in loan.schedule), 3_000_000)
        self.assertEqual(loan.schedule_version, 2)
        self.assertEqual(sum(row.principal for row in loan.signed_schedule()), 3_000_000)

    def test_not_more_than_was_agreed(self) -> None:
        loan = self.loan(1_000_000)
        for amount in (2_000_001, 0, -5, 10.5, 10**12):
            with self.subTest(amount), self.assertRaises(frappe.ValidationError):
                self.more(loan.name, amount)
        with self.assertRaises(frappe.ValidationError):
            self.more(loan.name, 1000, days_ago=21)
        self.assertEqual(frappe.db.get_value("Microcredit", loan.name, "balance"), 1_000_000)

    def test_no_part_after_the_schedule_changed(self) -> None:
        loan = self.loan(2_000_000)
        earlier = add_days(nowdate(), -5)
        record_repayment(loan.name, 500_000, earlier, kind="Prepayment", prepayment_mode="Shorten the Term")
        with self.assertRaises(frappe.ValidationError):
            self.more(loan.name, 1_000_000)

    def test_reversed_and_handed_over_again(self) -> None:
        loan = self.loan()
        money = frappe.get_doc("Microcredit Disbursement", {"microcredit": loan.name})
        paid = record_repayment(loan.name, 1000)
        with self.assertRaises(frappe.ValidationError):
            vouchers.reverse(money.doctype, money.name, "No se presentó")
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        money.reload()
        vouchers.reverse(money.doctype, money.name, "No se presentó")
        loan.reload()
        self.assertEqual((loan.status, loan.balance, loan.schedule), ("Pending", 0, []))
        with self.assertRaises(frappe.ValidationError):
            record_repayment(loan.name, 1000)
        self.more(loan.name, 3_000_000, days_ago=2)
        loan.reload()
        self.assertEqual((loan.status, loan.balance), ("Active", 3_000_000))
        self.assertEqual(loan.disbursed_on, getdate(add_days(nowdate(), -2)))

    def test_a_loan_that_the_borrower_does_not_take(self) -> None:
        loan = self.loan()
        with self.assertRaises(frappe.ValidationError):
            declining.annul(loan.name, "No lo quiere")
        money = frappe.db.get_value("Microcredit Disbursement", {"microcredit": loan.name})
        vouchers.reverse("Microcredit Disbursement", money, "No vino por el dinero")
        with self.assertRaises(frappe.ValidationError):
            declining.annul(loan.name, " ")
        frappe.set_user(make.COMMITTEE)
        with self.assertRaises(frappe.PermissionError):
            declining.annul(loan.name, "No lo quiere")
        frappe.set_user(make.OFFICER)
        declining.annul(loan.name, "No lo quiere")
        loan.reload()
        self.assertEqual((loan.status, loan.balance, str(loan.closed_on)), ("Annulled", 0, nowdate()))
        application = frappe.get_doc("Microcredit Application", loan.application)
        self.assertEqual(
            (application.status, application.workflow_state, application.decline_reason),
            ("Declined by Borrower", "Declined by Borrower", "No lo quiere"),
        )
        for refused in (
            lambda: hand_over(loan.name, 1_000_000),
            lambda: declining.annul(loan.name, "Otra vez"),
        ):
            with self.assertRaises(frappe.ValidationError):
                refused()
        nightly.refresh_all()
        self.assertEqual(frappe.db.get_value("Microcredit", loan.name, "status"), "Annulled")
        self.assertNotIn(loan.name, [row["name"] for row in portfolio.portfolio()])

    def test_a_newer_loan_pays_an_older_one(self) -> None:
        old = self.loan(days_ago=40)
        frappe.set_user("Administrator")
        application = make.make_approved(beneficiary=old.beneficiary, requested_amount=5_000_000)
        frappe.set_user(make.OFFICER)
        new = frappe.get_doc("Microcredit", disburse(application.name, refinances=old.name))
        old.reload()
        self.assertEqual((old.status, old.balance, old.closed_on), ("Paid", 0, getdate()))
        self.assertEqual((new.balance, new.refinances), (5_000_000, old.name))
        payment = frappe.get_doc("Microcredit Repayment", {"refinanced_by": new.name})
        with self.assertRaises(frappe.ValidationError):
            vouchers.reverse(payment.doctype, payment.name, "Error")
        money = frappe.db.get_value("Microcredit Disbursement", {"microcredit": new.name})
        vouchers.reverse("Microcredit Disbursement", money, "Se arrepintió")
        old.reload()
        self.assertEqual(old.balance, 3_000_000)

    def test_refinancing_refused(self) -> None:
        old, stranger = self.loan(), self.loan()
        frappe.set_user("Administrator")
        application = make.make_approved(beneficiary=old.beneficiary, requested_amount=1_000_000)
        frappe.set_user(make.OFFICER)
        for other in (old.name, stranger.name):
            with self.subTest(other), self.assertRaises(frappe.ValidationError):
                disburse(application.name, refinances=other)

    def test_one_reference_once(self) -> None:
        loan = self.loan(1_000_000)
        self.more(loan.name, 1000, reference="TR 77")
        with self.assertRaises(frappe.DuplicateEntryError):
            self.more(loan.name, 1000, reference="tr-77")

    def test_the_workflow_of_the_site_decides(self) -> None:
        """Disbursing is a step of the workflow: where it is another role's, the service refuses it too."""
        application = make.make_approved()
        workflow = frappe.get_doc("Workflow", "Microcredit Application")
        for step in workflow.transitions:
            if step.action == "Disburse":
                step.allowed = "Programme Director"
        workflow.save()
        frappe.set_user(make.OFFICER)
        with self.assertRaises(frappe.PermissionError):
            disburse(application.name)
        self.assertFalse(frappe.db.exists("Microcredit", {"application": application.name}))
