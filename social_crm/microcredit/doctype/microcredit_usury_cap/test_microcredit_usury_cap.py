import frappe
from frappe.utils import add_days, get_datetime, getdate, now_datetime, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import cap_register, caps, ledger, standings
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditUsuryCap(SocialCRMTestCase):
    def test_one_and_a_half_times_the_ibc(self) -> None:
        values = {"doctype": "Microcredit Usury Cap", "modality": "Consumo", "source": "Pruebas"}
        doc = frappe.get_doc({**values, "valid_from": "2024-01-01", "valid_to": "2024-01-31", "ibc": 17.23})
        self.assertEqual(doc.insert().cap, 25.85)
        for wrong in (
            {"valid_from": "2024-02-01", "valid_to": "2024-02-29", "ibc": 17.23, "cap": 25.84},
            {"valid_from": "2024-01-31", "valid_to": "2024-02-29", "cap": 25},
            {"valid_from": "2024-03-31", "valid_to": "2024-03-01", "cap": 25},
            {"valid_from": "2024-03-01", "valid_to": "2024-03-31"},
        ):
            with self.subTest(wrong), self.assertRaises(frappe.ValidationError):
                frappe.get_doc({**values, **wrong}).insert()

    def test_a_late_cap_changes_what_is_known_from_then_on_and_nothing_that_was_known_before(self) -> None:
        loan, before, moment = self._late_loan()
        day = getdate()
        cap = make.make_cap("Consumo", add_days(nowdate(), -75), add_days(nowdate(), 30), 5)
        self.assertEqual(ledger.state_of(loan, day, moment), before)
        self.assertEqual(self._stood(loan, moment), before.position.balance)
        now = ledger.state_of(loan, day)
        self.assertLess(now.position.balance, before.position.balance)
        self.assertEqual(self._stood(loan, None), now.position.balance)
        self.assertEqual(
            float(now.position.balance), frappe.db.get_value("Microcredit", loan, "balance"), "the list too"
        )
        # The one registered by mistake goes at its own moment, and what was believed meanwhile stays what it was.
        believed = now_datetime()
        with self.assertRaises(frappe.ValidationError):
            cap_register.withdraw(cap, " ")
        cap_register.withdraw(cap, "Era la tasa de otra modalidad")
        self.assertEqual(ledger.state_of(loan, day).position, before.position)
        self.assertEqual(ledger.state_of(loan, day, believed), now)
        self.assertEqual(self._stood(loan, None), before.position.balance)
        self.assertEqual(self._stood(loan, believed), now.position.balance)
        with self.assertRaises(frappe.ValidationError):
            cap_register.withdraw(cap, "Otra vez")
        again = make.make_cap("Consumo", add_days(nowdate(), -75), add_days(nowdate(), 30), 20)
        self.assertEqual(again, f"{cap} (2)")

    def test_a_registered_cap_is_neither_edited_nor_deleted(self) -> None:
        self._late_loan()
        doc = frappe.get_doc("Microcredit Usury Cap", self.first_cap)
        for change in ({"cap": 20}, {"valid_to": nowdate()}, {"valid_from": add_days(nowdate(), -500)}):
            doc.reload()
            doc.update(change)
            with self.subTest(change), self.assertRaises(frappe.PermissionError):
                doc.save()
        doc.reload()
        doc.update({"source": "Resolución 1", "is_withdrawn": 1, "registered_at": "2020-01-01 00:00:00"})
        doc.save()
        self.assertEqual((doc.source, doc.is_withdrawn), ("Resolución 1", 0))
        self.assertGreater(get_datetime(doc.registered_at).year, 2020)
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Microcredit Usury Cap", doc.name)
        frappe.set_user(make.OFFICER)
        with self.assertRaises(frappe.PermissionError):
            cap_register.withdraw(doc.name, "No me gusta")

    def test_a_contract_keeps_the_cap_it_was_judged_by(self) -> None:
        self._late_loan()
        rows = caps.of_modality("Consumo", getdate(add_days(nowdate(), -100)))
        moment = now_datetime()
        cap_register.withdraw(self.first_cap, "Se digitó mal")
        self.assertEqual(caps.of_modality("Consumo", getdate(add_days(nowdate(), -100))), ())
        self.assertEqual(
            caps.of_modality("Consumo", getdate(add_days(nowdate(), -100)), known_at=moment), rows
        )

    def _late_loan(self):
        """A loan whose default interest has run and was paid in part, where it stands, and a moment after all that."""
        make.make_team()
        self.first_cap = make.make_cap("Consumo", add_days(nowdate(), -120), add_days(nowdate(), -76), 24.99)
        product = make.make_product("Consumo de prueba", modality="Consumo", default_rate=40, interest_rate=1)
        loan = make.make_loan(100, product=product, monthly_rate=1).name
        frappe.set_user(make.OFFICER)
        record_repayment(loan, 400_000, add_days(nowdate(), -10))
        frappe.set_user("Administrator")
        before = ledger.state_of(loan, getdate())
        self.assertGreater(
            sum(item.paid_default_interest for item in before.position.instalments), 0, "nothing to change"
        )
        return loan, before, now_datetime()

    def _stood(self, loan: str, known_at) -> object:
        table = frappe.qb.DocType(standings.STANDING)
        query = frappe.qb.from_(table).select(table.balance).where(table.microcredit == loan)
        ((balance,),) = query.where(standings.holding(table, getdate(), known_at)).run()
        return balance
