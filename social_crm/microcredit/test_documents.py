"""What the documents of a microcredit show, whoever prints them, and what they refuse to."""

import re

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, getdate, nowdate

from social_crm import verification_codes
from social_crm.microcredit import factories as make
from social_crm.microcredit.services import offers, verification
from social_crm.microcredit.services.documents import agreements, origination, receipts, statements
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.microcredit.services.schedules import payoff_on
from social_crm.microcredit.services.vouchers import reverse
from social_crm.testing import SocialCRMTestCase
from social_crm.tests.rows import make_place, put_row


class TestDocuments(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()

    def loan(self, days_ago: int = 75, **values) -> object:
        loan = make.make_loan(days_ago, **values)
        frappe.set_user(make.OFFICER)
        return loan

    # -- contract and promissory note ------------------------------------------------------------
    def test_a_contract_has_the_figures_of_the_screen(self) -> None:
        loan = self.loan()
        agreed = agreements.agreement_of(loan)
        shown = offers.preview_schedule(3_000_000, 12, 2, str(loan.disbursed_on), str(loan.first_due))
        self.assertEqual([row["total"] for row in agreed["rows"]], [row["total"] for row in shown["rows"]])
        self.assertEqual(float(agreed["total"]), shown["total"])
        self.assertEqual(float(agreed["true_rate"]), shown["true_annual_rate"])
        self.assertEqual(float(agreed["effective_rate"]), shown["effective_annual_rate"])
        self.assertEqual((agreed["net"], agreed["amount"], agreed["level"]), (3_000_000, 3_000_000, 283_679))
        self.assertIsNone(agreed["cap"], "its product has no modality")

    def test_it_keeps_what_was_signed_after_a_restructuring(self) -> None:
        loan = self.loan()
        signed = agreements.agreement_of(loan)["rows"]
        doc = apply_workflow(make.make_restructuring(loan.name), "Request")
        frappe.set_user(make.DIRECTOR)
        apply_workflow(doc, "Approve")
        agreed = agreements.agreement_of(frappe.get_doc("Microcredit", loan.name))
        self.assertEqual(agreed["rows"], signed)
        self.assertEqual([(one["name"], one["version"]) for one in agreed["changes"]], [(doc.name, 2)])

    def test_a_loan_without_terms_says_so(self) -> None:
        """Such a row was written past the product; every paper and every figure of it names the reason, and no trace."""
        name = put_row("Microcredit", make_place("Sin condiciones"))
        for read in (agreements.agreement_of, statements.statement_of):
            with self.assertRaisesRegex(frappe.ValidationError, name):
                read(frappe.get_doc("Microcredit", name))
        with self.assertRaisesRegex(frappe.ValidationError, name):
            payoff_on(name)
        for paper in ("Contrato de microcrédito", "Pagaré y carta de instrucciones"):
            printed = frappe.get_print("Microcredit", name, paper)
            self.assertRegex(printed, f"{name} (has no agreed terms|no tiene condiciones pactadas)")

    def test_guarantors_and_the_group_stand_in_it(self) -> None:
        borrower, neighbour = make.make_borrower(), make.make_borrower()
        group = frappe.get_doc(
            {
                "doctype": "Solidarity Group",
                "group_name": "Las Tejedoras",
                "community": make.COMMUNITY,
                "formed_on": "2020-01-01",
                "members": [{"beneficiary": one, "from_date": "2020-01-01"} for one in (borrower, neighbour)],
            }
        ).insert()
        loan = self.loan(
            beneficiary=borrower,
            solidarity_group=group.name,
            guarantors=[{"guarantor_name": "José Ñáñez", "document_number": "17.999.001"}],
        )
        parties = agreements.agreement_of(loan)["parties"]
        self.assertEqual(parties["debtor"]["name"], loan.beneficiary_name)
        self.assertEqual(
            [(one["name"], one["document"]) for one in parties["guarantors"]], [("José Ñáñez", "17.999.001")]
        )
        self.assertEqual(parties["group"]["name"], "Las Tejedoras")
        names = [one["name"] for one in parties["group"]["members"]]
        self.assertEqual(names, [frappe.db.get_value("Beneficiary", neighbour, "full_name")])

    # -- application -----------------------------------------------------------------------------
    def test_an_application_shows_what_each_row_of_the_household_is_a_month(self) -> None:
        frappe.set_user(make.OFFICER)
        rows = [
            {
                "kind": "Expense",
                "concept": "Mercado",
                "amount": 100_000,
                "frequency": "Weekly",
                "counted": 100,
            },
            {"kind": "Income", "concept": "Leche", "amount": 45_000, "frequency": "Daily", "counted": 90},
        ]
        doc = make.make_application(household_items=rows)
        shown = origination.request_of(doc)
        self.assertEqual(
            [(row["concept"], row["a_month"]) for row in shown["household"]],
            [("Leche", 1_231_875), ("Mercado", 433_333)],
        )
        self.assertEqual(float(shown["offer"]["true_rate"]), doc.true_annual_rate)
        self.assertEqual(max(row["total"] for row in shown["offer"]["rows"]), doc.instalment_amount)
        self.assertEqual(shown["earlier"], [])

    # -- receipts --------------------------------------------------------------------------------
    def test_each_posted_receipt_has_a_code_of_its_own(self) -> None:
        loan = self.loan()
        names = [record_repayment(loan.name, amount) for amount in (1000, 2000)]
        codes = [frappe.db.get_value("Microcredit Repayment", name, "verification_code") for name in names]
        codes.append(
            frappe.db.get_value("Microcredit Disbursement", {"microcredit": loan.name}, "verification_code")
        )
        self.assertEqual(len(set(codes)), 3)
        for code in codes:
            self.assertRegex(code, r"^[A-Z2-7]{20}$")
        found = verification.find(verification_codes.in_groups(codes[0]).lower())
        self.assertEqual((found.number, found.amount, found.reversed_on), (names[0], 1000, None))
        reverse("Microcredit Repayment", names[0], "Error")
        self.assertEqual(verification.find(codes[0]).reversed_on, getdate())
        self.assertIsNone(verification.find("A" * 20))
        self.assertIsNone(verification.find(names[0]))
        self.assertIsNone(verification.find(""))

    def test_a_draft_has_no_code_and_takes_none_from_outside(self) -> None:
        loan = self.loan()
        values = {"microcredit": loan.name, "amount": 5, "paid_on": nowdate(), "verification_code": "A" * 20}
        draft = frappe.get_doc({"doctype": "Microcredit Repayment", **values}).insert()
        self.assertFalse(draft.verification_code)
        self.assertEqual(receipts.receipt_of(draft)["qr"], "")
        draft.submit()
        self.assertNotEqual(draft.verification_code, "A" * 20)
        self.assertTrue(receipts.receipt_of(draft)["qr"].startswith("data:image/svg+xml"))
        draft.verification_code = "B" * 20
        with self.assertRaises(frappe.ValidationError):
            draft.save()

    # -- statement -------------------------------------------------------------------------------
    def test_a_statement_says_what_the_loan_says(self) -> None:
        loan = self.loan()
        record_repayment(loan.name, 283_679, add_days(nowdate(), -40))
        wrong = record_repayment(loan.name, 50_000)
        reverse("Microcredit Repayment", wrong, "Otra persona")
        loan.reload()
        shown = statements.statement_of(loan)
        self.assertEqual(
            [line["kind"] for line in shown["lines"]], ["disbursement", "payment", "payment", "reversal"]
        )
        self.assertEqual([line["counts"] for line in shown["lines"]], [True, True, False, False])
        self.assertEqual(shown["lines"][3]["reverses"], wrong)
        self.assertEqual(float(shown["state"].position.balance), loan.balance)
        self.assertEqual(float(shown["payoff"]), payoff_on(loan.name))
        self.assertEqual(sum(shown["paid"][name] for name in ("principal", "interest")), 283_679)
        before = statements.statement_of(loan, add_days(nowdate(), -41))
        self.assertEqual([line["kind"] for line in before["lines"]], ["disbursement"])
        self.assertIsNone(statements.statement_of(loan, add_days(loan.disbursed_on, -1))["state"])
        with self.assertRaises(frappe.ValidationError):
            statements.statement_of(loan, add_days(nowdate(), 1))

    def test_nobody_reads_a_statement_of_elsewhere(self) -> None:
        loan = self.loan()
        frappe.set_user("Guest")
        for read in (statements.statement_of, statements.closing_of, agreements.agreement_of):
            with self.assertRaises(frappe.PermissionError):
                read(loan)

    # -- closing certificate ---------------------------------------------------------------------
    def refusal(self, loan) -> str:
        with self.assertRaises(frappe.ValidationError) as caught:
            statements.check_closing(loan.name)
        return str(caught.exception)

    def test_no_certificate_while_anything_is_owed(self) -> None:
        loan = self.loan()
        owed = payoff_on(loan.name)
        self.assertIn(f"{owed:,.0f}", self.refusal(loan).replace(".", ","))
        paper = frappe.get_print("Microcredit", loan.name, "Paz y salvo de microcrédito")
        self.assertIn("No se expide paz y salvo", paper)
        self.assertNotIn("se encuentra a paz y salvo", paper)
        record_repayment(loan.name, owed, kind="Prepayment", prepayment_mode="Shorten the Term")
        loan.reload()
        closing = statements.closing_of(loan)
        self.assertEqual((closing["closed_on"], float(closing["total_paid"])), (getdate(), owed))
        paper = frappe.get_print("Microcredit", loan.name, "Paz y salvo de microcrédito")
        self.assertIn("se encuentra a paz y salvo", paper)

    def test_no_certificate_of_a_write_off_until_all_of_it_is_recovered(self) -> None:
        loan = self.loan()
        doc = frappe.get_doc(
            {"doctype": "Microcredit Write-off", "microcredit": loan.name, "reason": "Abandonó la región"}
        ).insert()
        doc = apply_workflow(doc, "Request")
        frappe.set_user(make.DIRECTOR)
        apply_workflow(doc, "Approve")
        frappe.set_user(make.OFFICER)
        loan.reload()
        record_repayment(loan.name, loan.written_off - 1000, kind="Recovery")
        self.assertTrue(re.search(r"1[.,]000", self.refusal(loan)))
        record_repayment(loan.name, 1000, kind="Recovery")
        loan.reload()
        closing = statements.closing_of(loan)
        self.assertTrue(closing["was_written_off"])
        self.assertEqual((closing["closed_on"], float(closing["total_paid"])), (getdate(), loan.written_off))

    def test_no_certificate_of_money_that_came_back(self) -> None:
        loan = self.loan()
        money = frappe.db.get_value("Microcredit Disbursement", {"microcredit": loan.name})
        reverse("Microcredit Disbursement", money, "No lo tomó")
        loan.reload()
        self.assertIn(loan.name, self.refusal(loan))
