import json

import frappe
from frappe.utils import add_days, nowdate

from social_crm import testing_factories
from social_crm.microcredit import factories as make
from social_crm.microcredit.payment_files import PaymentFileCase, day
from social_crm.microcredit.services import vouchers
from social_crm.microcredit.services.payments import actions
from social_crm.microcredit.services.repayments import record_repayment


class TestMicrocreditPaymentRow(PaymentFileCase):
    def test_one_payment_for_several_loans_is_shared_out_by_a_person(self) -> None:
        one, two = self.loans
        doc = self.checked((day(5), None, None, "I-1", "300.000", "Grupo Las Amapolas"))
        self.assertEqual(self.results(doc), ["To Reconcile"])
        row = self.rows(doc)[0]
        offered = actions.offer(row.name, text=one.name)
        self.assertIn(one.name, [loan["name"] for loan in offered["loans"]])
        for shares in (
            [],
            [{"microcredit": one.name, "amount": 300_001}],
            [{"microcredit": one.name, "amount": 100}, {"microcredit": one.name, "amount": 100}],
            [{"microcredit": one.name, "amount": -5}],
            [{"microcredit": one.name, "amount": 10.5}],
            [{"microcredit": "MCR-99999", "amount": 5}],
        ):
            with self.subTest(shares), self.assertRaises((frappe.ValidationError, frappe.PermissionError)):
                actions.assign(row.name, json.dumps(shares))
        before = [self.balance(loan) for loan in self.loans]
        shares = [{"microcredit": one.name, "amount": 100_000}, {"microcredit": two.name, "amount": 150_000}]
        actions.assign(row.name, json.dumps(shares))
        doc = self.post(doc)
        # What was given to nobody is still pending, and can be set aside.
        self.assertEqual((doc.posted_amount, doc.pending_amount), (250_000, 50_000))
        self.assertEqual(
            [self.balance(loan) for loan in self.loans], [before[0] - 100_000, before[1] - 150_000]
        )
        self.assertEqual(
            sorted(
                frappe.get_all("Microcredit Repayment", {"reference": ["like", "I-1%"]}, pluck="reference")
            ),
            ["I-1 [1]", "I-1 [2]"],
        )
        self.assertRaises(frappe.ValidationError, actions.dismiss, row.name, " ")
        actions.dismiss(row.name, "Se devuelve al grupo")
        self.assert_adds_up(doc)
        doc.reload()
        self.assertEqual((doc.posted_amount, doc.pending_amount, doc.dismissed_amount), (250_000, 0, 50_000))

    def test_a_row_is_posted_wholly_or_not_at_all(self) -> None:
        one, two = self.loans
        doc = self.checked((day(5), None, None, "J-1", "200.000", "Varios"))
        row = self.rows(doc)[0]
        shares = [{"microcredit": one.name, "amount": 100_000}, {"microcredit": two.name, "amount": 100_000}]
        actions.assign(row.name, json.dumps(shares))
        # The second loan is paid off meanwhile.
        record_repayment(two.name, self.balance(two), add_days(nowdate(), -6), "Cash")
        before = self.balance(one)
        doc = self.post(doc)
        self.assertEqual(self.results(doc), ["Rejected"])
        self.assertIn("paid", self.rows(doc)[0].reason)
        self.assertEqual((self.balance(one), doc.posted_amount, doc.pending_amount), (before, 0, 200_000))
        self.assertFalse(frappe.db.exists("Microcredit Repayment", {"reference": ["like", "J-1%"]}))

    def test_a_reversed_repayment_opens_its_row_again(self) -> None:
        doc = self.post(self.checked((day(5), None, self.loans[0].name, "K-1", 100000, "Ana")))
        paid = frappe.db.get_value("Microcredit Repayment", {"reference": "K-1"})
        vouchers.reverse("Microcredit Repayment", paid, "Era de otra persona")
        row = self.rows(doc)[0]
        self.assertEqual((row.result, row.posted_amount), ("To Reconcile", 0))
        self.assertIn("Era de otra persona", row.reason)
        self.assert_adds_up(doc)
        actions.assign(row.name, json.dumps([{"microcredit": self.loans[1].name, "amount": 100_000}]))
        doc = self.post(doc)
        self.assertEqual((self.results(doc), doc.posted_amount), (["Posted"], 100_000))
        self.assertEqual(
            frappe.db.get_value("Microcredit Repayment", {"microcredit": self.loans[1].name}, "amount"),
            100_000,
        )

    def test_set_aside_and_opened_again(self) -> None:
        doc = self.checked((day(5), "1234567", None, None, 5000, "Nadie"))
        row = self.rows(doc)[0].name
        self.assertRaises(frappe.ValidationError, actions.reopen, row)
        actions.dismiss(row, "No es un pago de microcrédito")
        self.assertEqual(self.results(doc), ["Dismissed"])
        self.assertRaises(frappe.ValidationError, actions.dismiss, row, "Otra vez")
        self.assertRaises(frappe.ValidationError, actions.assign, row, "[]")
        actions.reopen(row)
        self.assertEqual(self.results(doc), ["To Reconcile"])
        frappe.set_user("Administrator")
        self.assertRaises(frappe.ValidationError, frappe.get_doc(doc.doctype, doc.name).delete)
        frappe.set_user(make.OFFICER)
        fresh = self.checked((day(5), "1234568", None, None, 5000, "Nadie"), name="nuevo.xlsx")
        frappe.set_user("Administrator")
        frappe.get_doc(fresh.doctype, fresh.name).delete()
        self.assertEqual(self.rows(fresh), [])

    def test_a_document_finds_the_open_loan_and_two_open_loans_are_asked_about(self) -> None:
        frappe.set_user("Administrator")
        person = frappe.get_doc("Beneficiary", self.loans[0].beneficiary)
        person.append("documents", {"document_type": "CC", "document_number": "1065842311"})
        person.save()
        frappe.set_user(make.OFFICER)
        rows = ((day(5), "CC 1.065.842.311", None, "L-1", 5000, "Ana"),)
        self.assertEqual(self.results(self.checked(*rows)), ["Ready"])
        frappe.set_user("Administrator")
        second = make.make_loan(30, beneficiary=person.name)
        frappe.set_user(make.OFFICER)
        doc = self.checked(*rows, name="dos.xlsx")
        self.assertEqual(self.results(doc), ["To Confirm"])
        offered = actions.offer(self.rows(doc)[0].name)
        self.assertEqual({loan["name"] for loan in offered["loans"]}, {self.loans[0].name, second.name})
        self.assertEqual(sum(loan["share"] for loan in offered["loans"]), 5000)

    def test_loans_of_other_places_are_not_there(self) -> None:
        frappe.set_user("Administrator")
        stranger = make.make_loan(40)
        community = testing_factories.make_community("Comunidad ajena a los pagos")
        family = frappe.db.get_value("Beneficiary", stranger.beneficiary, "family")
        frappe.db.set_value("Family", family, "community", community.name)
        frappe.db.set_value("Beneficiary", stranger.beneficiary, "community", community.name)
        frappe.set_user(make.OFFICER)
        doc = self.checked((day(5), None, stranger.name, "M-1", 5000, "Ana"))
        row = self.rows(doc)[0]
        self.assertEqual((row.result, row.microcredit), ("To Reconcile", None))
        self.assertEqual(actions.offer(row.name, text=stranger.name)["loans"], [])
        with self.assertRaises(frappe.PermissionError):
            actions.assign(row.name, json.dumps([{"microcredit": stranger.name, "amount": 5000}]))

    def test_only_who_may_enter_repayments_decides_and_posts(self) -> None:
        doc = self.checked((day(5), None, self.loans[0].name, "N-1", 5000, "Ana"))
        row = self.rows(doc)[0].name
        auditor = testing_factories.make_user("auditoria.pagos@example.com", "Auditor")
        doors = (
            lambda: actions.post(doc.name),
            lambda: actions.dismiss(row, "x"),
            lambda: actions.assign(row, "[]"),
            lambda: actions.check(doc.name, "{}"),
            lambda: actions.cancel(doc.name),
        )
        for user in (auditor, make.DIRECTOR, make.COMMITTEE):
            frappe.set_user(user)
            for number, door in enumerate(doors):
                with self.subTest(user=user, door=number), self.assertRaises(frappe.PermissionError):
                    door()
        frappe.set_user(auditor)
        self.assertEqual(actions.overview(doc.name)["rows"], 1)
        frappe.set_user(make.COMMITTEE)
        self.assertRaises(frappe.PermissionError, actions.overview, doc.name)

    def test_rows_change_only_through_the_batch(self) -> None:
        doc = self.checked((day(5), None, self.loans[0].name, "O-1", 5000, "Ana"))
        frappe.set_user("Administrator")
        row = frappe.get_doc("Microcredit Payment Row", self.rows(doc)[0].name)
        row.amount = 1
        self.assertRaises(frappe.PermissionError, row.save, ignore_permissions=True)
        self.assertRaises(frappe.PermissionError, row.delete)
        doc.posted_amount = 99
        doc.status = "Finished"
        doc.save()
        self.assertEqual((doc.reload() or doc).status, "Ready")
