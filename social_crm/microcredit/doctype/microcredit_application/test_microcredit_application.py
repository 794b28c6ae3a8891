import json

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from social_crm.income_generation.factories import make_unit
from social_crm.microcredit import factories as make
from social_crm.microcredit.services import declining, offers
from social_crm.microcredit.services.disbursement import disburse
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditApplication(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()

    def test_follows_from_what_is_written(self) -> None:
        doc = make.make_application(monthly_income=1_200_000, monthly_expenses=750_000)
        self.assertEqual(doc.payment_capacity, 450_000)
        self.assertAlmostEqual(doc.effective_annual_rate, 26.8242)
        self.assertEqual((doc.status, doc.workflow_state), ("Open", "Draft"))

    def test_refuses_what_cannot_be(self) -> None:
        wrong = (
            {"requested_amount": 0},
            {"requested_amount": -5},
            {"requested_amount": 1_000_000_000_000},
            {"requested_amount": 1000.5},
            {"requested_periods": 0},
            {"requested_periods": 1201},
            {"monthly_rate": -1},
            {"monthly_rate": 100},
            {"monthly_expenses": -1},
            {"application_date": add_days(nowdate(), 1)},
        )
        borrower = make.make_borrower()
        for values in wrong:
            with self.subTest(values), self.assertRaises(frappe.ValidationError):
                make.make_application(borrower, **values)

    def test_status_and_decision_cannot_be_written_from_outside(self) -> None:
        doc = make.make_application(status="Approved", decided_by="Administrator")
        self.assertEqual((doc.status, doc.decided_by), ("Open", None))
        doc.status = "Approved"
        doc.save()
        self.assertEqual(doc.status, "Open")

    def test_the_way_to_approval(self) -> None:
        doc = make.make_approved()
        doc.reload()
        self.assertEqual((doc.status, doc.workflow_state), ("Approved", "Approved"))
        self.assertEqual(doc.decided_by, make.COMMITTEE)
        self.assertIsNotNone(doc.decided_on)

    def test_approval_needs_amount_and_minutes(self) -> None:
        doc = make.make_application()
        for action in ("Send to Review", "Send to Committee"):
            doc = apply_workflow(doc, action)
        frappe.db.set_value(
            "Microcredit Application", doc.name, {"owner": make.OFFICER, "credit_officer": make.OFFICER}
        )
        doc.reload()
        with self.assertRaisesRegex(frappe.ValidationError, "Committee Minutes|Acta del comité"):
            apply_workflow(doc, "Approve")

    def test_rejection_needs_a_reason(self) -> None:
        frappe.set_user(make.OFFICER)
        doc = make.make_application()
        for action in ("Send to Review", "Send to Committee"):
            doc = apply_workflow(doc, action)
        frappe.set_user(make.COMMITTEE)
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(doc, "Reject")
        doc.reload()
        doc.rejection_reason = "Sin capacidad de pago"
        doc.save()
        self.assertEqual(apply_workflow(doc, "Reject").status, "Rejected")

    def test_nobody_approves_their_own(self) -> None:
        make.make.make_user(make.OFFICER, "Credit Officer", "Credit Committee")
        frappe.set_user(make.OFFICER)
        doc = make.make_application()
        for action in ("Send to Review", "Send to Committee"):
            doc = apply_workflow(doc, action)
        doc.update(
            {
                "approved_amount": 1_000_000,
                "approved_periods": 6,
                "committee_minutes": "Acta 8",
                "committee_date": nowdate(),
            }
        )
        doc.save()
        # Frappe's own check covers the button alone; writing the state is the other door.
        doc.workflow_state = "Approved"
        with self.assertRaises(frappe.PermissionError):
            doc.save()
        doc.reload()
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(doc, "Approve")
        self.assertEqual(frappe.db.get_value("Microcredit Application", doc.name, "status"), "Open")

    def test_an_officer_does_not_decide(self) -> None:
        frappe.set_user(make.OFFICER)
        doc = make.make_application()
        for action in ("Send to Review", "Send to Committee"):
            doc = apply_workflow(doc, action)
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(doc, "Approve")

    def test_a_decided_application_is_frozen(self) -> None:
        doc = make.make_approved()
        doc.reload()
        doc.approved_amount = 9_000_000
        with self.assertRaises(frappe.PermissionError):
            doc.save()

    def test_the_workflow_disburses_too_and_once(self) -> None:
        doc = make.make_approved()
        frappe.set_user(make.OFFICER)
        doc = apply_workflow(doc, "Disburse")
        loan = frappe.get_doc("Microcredit", {"application": doc.name})
        self.assertEqual((loan.principal, str(loan.disbursed_on)), (3_000_000, nowdate()))
        self.assertEqual(frappe.db.get_value("Microcredit Application", doc.name, "microcredit"), loan.name)
        with self.assertRaises(frappe.ValidationError):
            disburse(doc.name)

    def test_whom_the_workflow_bars_does_not_disburse_past_it(self) -> None:
        doc = make.make_approved()
        workflow = frappe.get_doc("Workflow", frappe.get_meta(doc.doctype).get_workflow())
        for row in workflow.transitions:
            if row.action == "Disburse":
                frappe.db.set_value("Workflow Transition", row.name, "allowed", "Auditor")
        frappe.clear_document_cache("Workflow", workflow.name)
        self.addCleanup(frappe.clear_document_cache, "Workflow", workflow.name)
        frappe.set_user(make.OFFICER)
        with self.assertRaises(frappe.PermissionError):
            disburse(doc.name)
        self.assertFalse(frappe.db.exists("Microcredit", {"application": doc.name}))

    def test_a_disbursement_leaves_a_trace(self) -> None:
        doc = frappe.get_doc("Microcredit Application", make.make_loan().application)
        versions = frappe.get_all("Version", filters={"docname": doc.name}, pluck="data")
        self.assertTrue(any("Disbursed" in data for data in versions))

    def test_no_way_back_from_the_money(self) -> None:
        doc = frappe.get_doc("Microcredit Application", make.make_loan().application)
        doc.workflow_state = "Approved"
        with self.assertRaises(frappe.ValidationError):
            doc.save()

    def test_a_borrower_declines(self) -> None:
        doc = make.make_approved()
        frappe.set_user(make.OFFICER)
        with self.assertRaises(frappe.ValidationError):
            declining.decline(doc.name, "  ")
        # The workflow's own step is no way around the reason.
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(frappe.get_doc(doc.doctype, doc.name), "Borrower Declines")
        declining.decline(doc.name, "Consiguió otro crédito")
        doc.reload()
        self.assertEqual((doc.status, doc.workflow_state), ("Declined by Borrower", "Declined by Borrower"))
        self.assertEqual((doc.decline_reason, str(doc.declined_on)), ("Consiguió otro crédito", nowdate()))
        with self.assertRaises(frappe.ValidationError):
            disburse(doc.name)
        with self.assertRaises(frappe.PermissionError):
            declining.decline(doc.name, "Otra vez")
        self.assertFalse(frappe.db.exists("Microcredit", {"application": doc.name}))

    def test_who_declines(self) -> None:
        doc = make.make_approved()
        for user in (make.COMMITTEE, make.DIRECTOR):
            frappe.set_user(user)
            with self.subTest(user), self.assertRaises(frappe.PermissionError):
                declining.decline(doc.name, "No lo quiere")
        loan = make.make_loan()
        frappe.set_user(make.OFFICER)
        with self.assertRaises(frappe.PermissionError):
            declining.decline(loan.application, "Ya tiene la plata")

    def test_a_unit_of_somebody_else(self) -> None:
        unit = make_unit(make.make_borrower())
        with self.assertRaises(frappe.ValidationError):
            make.make_application(productive_unit=unit.name)
        own = make.make_application(unit.beneficiary, productive_unit=unit.name)
        self.assertEqual(own.productive_unit, unit.name)

    def test_preview(self) -> None:
        preview = offers.preview_schedule(3_000_000.0, 12, 2.0, nowdate())
        self.assertEqual(preview["total_interest"], 404_144)
        self.assertEqual([row["total"] for row in preview["rows"]], [283_679.0] * 11 + [283_675.0])
        frappe.set_user("Guest")
        with self.assertRaises(frappe.PermissionError):
            offers.preview_schedule(3_000_000.0, 12, 2.0)

    def test_rows_of_other_communities(self) -> None:
        make.make_borrower("Comunidad ajena")
        stranger = make.make.make_user("ajeno.credito@example.com", "Credit Officer")
        make.make.assign(stranger, "Comunidad ajena")
        doc = make.make_application()
        for user, sees in ((make.OFFICER, True), (make.COMMITTEE, True), (stranger, False)):
            with self.subTest(user):
                frappe.set_user(user)
                self.assertEqual(frappe.has_permission("Microcredit Application", "read", doc=doc.name), sees)
                self.assertEqual(doc.name in frappe.get_list("Microcredit Application", pluck="name"), sees)

    def test_the_offer_on_the_application(self) -> None:
        product = make.make_product(modality="Productivo rural", currency="COP")
        values = {"product": product, "requested_amount": 10_000_000, "expected_disbursement": "2025-11-10"}
        doc = make.make_application(monthly_income=2_000_000, monthly_expenses=400_000, **values)
        self.assertEqual((doc.usury_cap, str(doc.cap_valid_to)), (27.39, "2025-11-30"))
        self.assertAlmostEqual(doc.true_annual_rate, 26.8242, 3)
        # 945,596 a month; the last one takes the residue, a peso more.
        self.assertEqual((doc.instalment_amount, doc.surplus_share), (945_597, 59.1))
        with self.assertRaisesRegex(frappe.ValidationError, "27[.,]39"):
            make.make_application(monthly_rate=2.05, **values)
        # A month whose cap is not certified yet is judged when the money is handed over.
        later = make.make_application(**{**values, "expected_disbursement": "2031-01-10"}, monthly_rate=2.05)
        self.assertFalse(later.usury_cap)

    def test_rates_quoted_by_the_year(self) -> None:
        product = make.make_product(rate_period="Annual Effective", interest_rate=26.82, max_rate=30)
        doc = make.make_application(product=product, monthly_rate=2, annual_rate=None)
        self.assertEqual((doc.annual_rate, doc.monthly_rate), (26.82, 0))
        self.assertAlmostEqual(doc.effective_annual_rate, 26.82)
        with self.assertRaises(frappe.ValidationError):
            make.make_application(product=product, annual_rate=31)

    def test_household_rows_replace_the_totals(self) -> None:
        rows = [
            {"kind": "Income", "concept": "Ventas", "amount": 300_000, "frequency": "Weekly", "counted": 50},
            {"kind": "Expense", "concept": "Mercado", "amount": 200_000, "frequency": "Monthly"},
            {"kind": "Debt", "concept": "Almacén", "amount": 50_000, "frequency": "Fortnightly"},
        ]
        doc = make.make_application(household_items=rows, monthly_income=9, monthly_expenses=9)
        self.assertEqual(
            (doc.monthly_income, doc.monthly_expenses, doc.monthly_debts, doc.payment_capacity),
            (650_000, 200_000, 108_333, 341_667),
        )

    def test_limits_of_the_product(self) -> None:
        product = make.make_product(min_amount=500_000, max_amount=5_000_000, max_periods=24)
        for values in (
            {"requested_amount": 499_999},
            {"requested_amount": 5_000_001},
            {"requested_periods": 25},
        ):
            with self.subTest(values), self.assertRaises(frappe.ValidationError):
                make.make_application(product=product, **values)

    def test_guarantors_who_cannot_be(self) -> None:
        borrower = make.make_borrower()
        product = make.make_product(guarantor_max_loans=1, guarantor_other_household=1)
        row = {"guarantor_name": "Rosa Ipuana", "document_number": "40.123"}
        for guarantors in (
            [{"guarantor_name": "Yo", "beneficiary": borrower}],
            [row, {**row, "document_number": "40123"}],
        ):
            with self.subTest(guarantors), self.assertRaises(frappe.ValidationError):
                make.make_application(borrower, product=product, guarantors=guarantors)
        make.make_approved(product=product, guarantors=[dict(row)])
        with self.assertRaises(frappe.ValidationError):
            make.make_application(product=product, guarantors=[dict(row)])

    def test_one_guarantor_however_the_document_is_written(self) -> None:
        known = make.make_borrower()
        person = frappe.get_doc("Beneficiary", known)
        person.append("documents", {"document_type": "CC", "document_number": "1118805123"})
        person.save()
        product = make.make_product(guarantor_max_loans=1)
        typed = {"guarantor_name": "Rosa Ipuana", "document_number": "40.123"}
        linked = {"guarantor_name": "Luis Epiayú", "beneficiary": known}
        make.make_approved(product=product, guarantors=[dict(typed), dict(linked)])
        borrower = make.make_borrower()
        for row in (
            {**typed, "document_number": "40123"},
            {"guarantor_name": "El mismo", "document_number": "1.118.805.123"},
        ):
            with self.subTest(row), self.assertRaisesRegex(frappe.ValidationError, "already guarantees"):
                make.make_application(borrower, product=product, guarantors=[row])
        with self.assertRaisesRegex(frappe.ValidationError, "is the borrower"):
            own = {"guarantor_name": "Yo", "document_number": "1.118.805.123"}
            make.make_application(known, product=make.plain_product(), guarantors=[own])
        with self.assertRaisesRegex(frappe.ValidationError, "named twice"):
            again = {"guarantor_name": "El mismo", "document_number": "1.118.805.123"}
            make.make_application(borrower, guarantors=[dict(linked), again])

    def test_nothing_is_lent_to_the_dead_or_the_merged(self) -> None:
        approved = make.make_approved(
            guarantors=[{"guarantor_name": "Rosa", "beneficiary": make.make_borrower()}]
        )
        guarantor = approved.guarantors[0].beneficiary
        kept = make.make_borrower()
        for person, values, text in (
            (approved.beneficiary, {"status": "Deceased"}, "has died"),
            (approved.beneficiary, {"status": "Merged", "merged_into": kept}, kept),
            (guarantor, {"status": "Deceased"}, "has died"),
        ):
            frappe.db.set_value("Beneficiary", person, values)
            frappe.set_user(make.OFFICER)
            with self.subTest(values), self.assertRaisesRegex(frappe.ValidationError, text):
                make.make_application(
                    approved.beneficiary, guarantors=[{"guarantor_name": "Rosa", "beneficiary": guarantor}]
                )
            frappe.db.savepoint("before_it")
            with self.subTest(values), self.assertRaisesRegex(frappe.ValidationError, text):
                disburse(approved.name)
            frappe.db.rollback(save_point="before_it")
            frappe.set_user("Administrator")
            frappe.db.set_value("Beneficiary", person, {"status": "Active", "merged_into": None})
        frappe.set_user(make.OFFICER)
        self.assertTrue(disburse(approved.name))

    def test_the_committee_does_not_change_what_is_asked_for(self) -> None:
        frappe.set_user(make.OFFICER)
        row = {"kind": "Income", "concept": "Ventas", "amount": 300_000, "frequency": "Weekly", "counted": 50}
        doc = make.make_application(household_items=[row])
        for action in ("Send to Review", "Send to Committee"):
            doc = apply_workflow(doc, action)
        # Nor does the officer, once it is with the committee.
        doc.purpose = "Otra cosa"
        with self.assertRaises(frappe.PermissionError):
            doc.save()
        for field, value in (
            ("requested_amount", 1),
            ("purpose", "Otra cosa"),
            ("monthly_income", 9_000_000),
        ):
            frappe.set_user(make.COMMITTEE)
            doc.reload()
            doc.set(field, value)
            with self.subTest(field), self.assertRaises(frappe.PermissionError):
                doc.save()
        doc.reload()
        # The form sends dates as texts and whole numbers without decimals, those that nobody changed too.
        values = json.loads(doc.as_json())
        values["household_items"][0].update(amount=300_000, counted=50)
        sent = frappe.get_doc(values)
        sent.approved_amount = 900_000
        sent.save()
        doc.reload()
        doc.append("guarantors", {"guarantor_name": "Otra"})
        with self.assertRaises(frappe.PermissionError):
            doc.save()

    def test_preview_says_what_cannot_be(self) -> None:
        product = make.make_product(modality="Productivo rural", currency="COP", max_surplus_share=50)
        household = frappe.as_json({"monthly_income": 2_000_000, "monthly_expenses": 1_500_000})
        seen = offers.preview_schedule(
            10_000_000, 12, 2.05, "2025-11-10", product=product, household=household
        )
        self.assertEqual(
            (seen["cap"]["is_within"], seen["cap"]["highest"], seen["cap"]["cap"]), (False, 2.03, 27.39)
        )
        self.assertEqual((seen["capacity"]["payable"], seen["capacity"]["fits"]), (250_000, False))
        self.assertEqual(seen["capacity"]["highest_principal"], 2_630_000)
        self.assertIn("error", offers.preview_schedule(-1, 12, 2, product=product))
