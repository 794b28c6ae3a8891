from typing import Any

import frappe
from frappe.utils import add_days, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import funds, vouchers
from social_crm.microcredit.services.disbursement import disburse
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditFund(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.fund = make.make_fund(4_000_000)
        self.programme = self.fund.programme

    def loan(self, **values: Any) -> Any:
        return make.make_loan(days_ago=20, programme=self.programme, **values)

    def balance(self) -> float:
        return frappe.db.get_value("Microcredit Fund", self.fund.name, "balance")

    def test_money_goes_out_and_comes_back(self) -> None:
        loan = self.loan()
        self.assertEqual((loan.fund, self.balance()), (self.fund.name, 1_000_000))
        paid = record_repayment(loan.name, 283_679)
        self.assertEqual(self.balance(), 1_283_679)
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        self.assertEqual(self.balance(), 1_000_000)
        fund = frappe.get_doc("Microcredit Fund", self.fund.name)
        self.assertEqual((fund.contributed, fund.lent), (4_000_000, 3_000_000))

    def test_never_below_zero(self) -> None:
        self.loan()
        application = make.make_approved(programme=self.programme)
        with self.assertRaisesRegex(frappe.ValidationError, "1,000,000|1.000.000"):
            disburse(application.name)
        with self.assertRaises(frappe.ValidationError):
            funds.withdraw(self.fund.name, 1_000_001, "Traslado")
        funds.withdraw(self.fund.name, 1_000_000, "Traslado")
        self.assertEqual(self.balance(), 0)

    def test_money_lent_again_cannot_be_taken_back(self) -> None:
        first = self.loan(requested_amount=1_000_000)
        paid = record_repayment(first.name, 500_000)
        funds.withdraw(self.fund.name, self.balance(), "Traslado")
        with self.assertRaises(frappe.ValidationError):
            vouchers.reverse("Microcredit Repayment", paid, "Error")

    def test_the_balance_is_the_sum_of_its_movements(self) -> None:
        loan = self.loan()
        record_repayment(loan.name, 100_000)
        funds.contribute(self.fund.name, 250_000)
        rows = frappe.get_all(
            "Microcredit Fund Movement",
            filters={"fund": self.fund.name},
            fields=["amount", "balance_after"],
            order_by="name",
        )
        total = 0.0
        for row in rows:
            total += row.amount
            self.assertEqual(row.balance_after, total)
        self.assertEqual(self.balance(), total)

    def test_its_money_is_not_edited(self) -> None:
        doc = frappe.get_doc("Microcredit Fund", self.fund.name)
        doc.update({"balance": 9, "contributed": 9, "notes": "Cuenta de ahorros"})
        doc.save()
        self.assertEqual((self.balance(), doc.notes), (4_000_000, "Cuenta de ahorros"))
        with self.assertRaises(frappe.PermissionError):
            doc.delete()

    def test_bad_input(self) -> None:
        for amount in (0, -1, 10.5, 10**12):
            with self.subTest(amount), self.assertRaises(frappe.ValidationError):
                funds.contribute(self.fund.name, amount)
        with self.assertRaises(frappe.ValidationError):
            funds.contribute(self.fund.name, 1000, add_days(nowdate(), 1))
        with self.assertRaises(frappe.ValidationError):
            funds.withdraw(self.fund.name, 1000, "  ")
        self.assertEqual(self.balance(), 4_000_000)

    def test_one_open_fund_a_programme(self) -> None:
        with self.assertRaises(frappe.DuplicateEntryError):
            make.make_fund(1, self.programme)
        frappe.get_doc("Microcredit Fund", self.fund.name).update({"status": "Closed"}).save()
        with self.assertRaises(frappe.ValidationError):
            funds.contribute(self.fund.name, 1000)
        self.assertNotEqual(make.make_fund(1, self.programme).name, self.fund.name)

    def test_a_loan_without_a_fund(self) -> None:
        self.assertFalse(make.make_loan().fund)
        self.assertEqual(self.balance(), 4_000_000)

    def test_who_looks_after_a_programme_sees_its_fund(self) -> None:
        for user, sees in ((make.DIRECTOR, False), (make.OFFICER, False)):
            frappe.set_user(user)
            self.assertEqual(frappe.has_permission("Microcredit Fund", doc=self.fund.name), sees)
            self.assertEqual(self.fund.name in frappe.get_list("Microcredit Fund", pluck="name"), sees)
        frappe.set_user("Administrator")
        values = {"user": make.DIRECTOR, "programme": self.programme, "from_date": add_days(nowdate(), -9)}
        frappe.get_doc({"doctype": "Staff Assignment", **values}).insert()
        frappe.set_user(make.DIRECTOR)
        self.assertTrue(frappe.has_permission("Microcredit Fund", "write", doc=self.fund.name))
        self.assertIn(self.fund.name, frappe.get_list("Microcredit Fund", pluck="name"))
        self.assertEqual(
            len(frappe.get_list("Microcredit Fund Movement", filters={"fund": self.fund.name})), 1
        )

    def test_only_who_may_change_funds_moves_their_money(self) -> None:
        frappe.set_user(make.OFFICER)
        with self.assertRaises(frappe.PermissionError):
            funds.contribute(self.fund.name, 1000)
        with self.assertRaises(frappe.PermissionError):
            funds.withdraw(self.fund.name, 1000, "Caja")
