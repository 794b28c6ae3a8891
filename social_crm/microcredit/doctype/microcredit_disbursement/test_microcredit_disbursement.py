from typing import Any

import frappe
from frappe.utils import add_days, get_first_day, get_last_day, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import declining, nightly, portfolio, schedules, vouchers
from social_crm.microcredit.services.disbursement import disburse, hand_over
from social_crm.microcredit.services.documents import receipts
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditDisbursement(SocialCRMTestCase):
    def prepare(self) -> None:
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
        # The old one was in arrears: the new one is shown apart, as a restructured loan is.
        self.assertEqual(new.is_restructured, 1)
        standing = frappe.get_all(
            "Microcredit Standing", filters={"microcredit": new.name}, pluck="is_restructured"
        )
        self.assertEqual(set(standing), {1})
        payment = frappe.get_doc("Microcredit Repayment", {"refinanced_by": new.name})
        with self.assertRaises(frappe.ValidationError):
            vouchers.reverse(payment.doctype, payment.name, "Error")
        money = frappe.db.get_value("Microcredit Disbursement", {"microcredit": new.name})
        vouchers.reverse("Microcredit Disbursement", money, "Se arrepintió")
        old.reload()
        self.assertEqual(old.balance, 3_000_000)

    def test_refinancing_a_loan_on_time_is_no_restructuring(self) -> None:
        old = self.loan(days_ago=20)
        frappe.set_user("Administrator")
        application = make.make_approved(beneficiary=old.beneficiary, requested_amount=5_000_000)
        frappe.set_user(make.OFFICER)
        new = disburse(application.name, refinances=old.name)
        self.assertEqual(frappe.db.get_value("Microcredit", new, "is_restructured"), 0)
        # Of a loan that counted as restructured the next one does too.
        frappe.set_user("Administrator")
        entry = frappe.db.get_value("Microcredit Ledger Entry", {"microcredit": new})
        frappe.db.set_value("Microcredit Ledger Entry", entry, "mode", "Refinances Arrears")
        application = make.make_approved(beneficiary=old.beneficiary, requested_amount=6_000_000)
        frappe.set_user(make.OFFICER)
        third = disburse(application.name, refinances=new)
        self.assertEqual(frappe.db.get_value("Microcredit", third, "is_restructured"), 1)

    def test_what_is_handed_over_pays_off_the_older_loan(self) -> None:
        old = self.loan(days_ago=10)
        owed = schedules.payoff_on(old.name)
        fee = {"fee_name": "Estudio", "charged": "Upfront", "kind": "Percentage", "value": 10}
        frappe.set_user("Administrator")
        product = make.make_product("Con comisión", fees=[fee])
        # Enough before the fees are held back, and not after it.
        short = make.make_approved(beneficiary=old.beneficiary, product=product, requested_amount=owed + 1000)
        frappe.set_user(make.OFFICER)
        with self.assertRaisesRegex(frappe.ValidationError, "large enough"):
            disburse(short.name, refinances=old.name)
        frappe.set_user("Administrator")
        enough = make.make_approved(beneficiary=old.beneficiary, product=product, requested_amount=4_000_000)
        frappe.set_user(make.OFFICER)
        new = disburse(enough.name, refinances=old.name)
        money = frappe.get_doc("Microcredit Disbursement", {"microcredit": new})
        shown = receipts.handed_over(money)
        self.assertEqual(shown, {"paid_off": owed, "put_in": 0, "in_hand": 3_600_000 - owed})
        # Posted before this was refused: the receipt says who put in the rest.
        money.net_amount = owed - 500
        shown = receipts.handed_over(money)
        self.assertEqual((shown["put_in"], shown["in_hand"]), (500, 0))

    def test_a_further_part_is_judged_by_the_cap_of_its_month(self) -> None:
        months = [get_first_day(nowdate(), 0, -back) for back in (2, 1, 0)]
        for month, cap in zip(months, (24.99, 20, 24.99), strict=True):
            make.make_cap("Consumo", month, get_last_day(month), cap)
        product = make.make_product("Consumo", currency="COP", modality="Consumo")
        application = make.make_approved(product=product, monthly_rate=1.8)
        frappe.set_user(make.OFFICER)
        loan = disburse(application.name, str(add_days(months[0], 4)), amount=1_000_000)
        # 1.8 % a month is 23.87 % a year.
        for day, text in ((add_days(months[1], 3), r"23[.,]87"), (add_days(months[1], 3), "20")):
            with self.subTest(day), self.assertRaisesRegex(frappe.ValidationError, text):
                hand_over(loan, 500_000, str(day))
        self.assertTrue(hand_over(loan, 500_000, str(months[2])))
        frappe.db.delete("Microcredit Usury Cap", {"valid_from": months[2]})
        with self.assertRaisesRegex(frappe.ValidationError, "register the certified one"):
            hand_over(loan, 500_000, str(months[2]))

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
