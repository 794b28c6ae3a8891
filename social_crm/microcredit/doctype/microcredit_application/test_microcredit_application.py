import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from social_crm.income_generation.factories import make_unit
from social_crm.microcredit import factories as make
from social_crm.microcredit.services import applications
from social_crm.microcredit.services.disbursement import disburse
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditApplication(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
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

    def test_a_unit_of_somebody_else(self) -> None:
        unit = make_unit(make.make_borrower())
        with self.assertRaises(frappe.ValidationError):
            make.make_application(productive_unit=unit.name)
        own = make.make_application(unit.beneficiary, productive_unit=unit.name)
        self.assertEqual(own.productive_unit, unit.name)

    def test_preview(self) -> None:
        preview = applications.preview_schedule(3_000_000.0, 12, 2.0, nowdate())
        self.assertEqual(preview["total_interest"], 404_144)
        self.assertEqual([row["total"] for row in preview["rows"]], [283_679.0] * 11 + [283_675.0])
        frappe.set_user("Guest")
        with self.assertRaises(frappe.PermissionError):
            applications.preview_schedule(3_000_000.0, 12, 2.0)

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
