import frappe
from frappe.utils import add_days, add_months, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import ledger, nightly
from social_crm.microcredit.services.disbursement import disburse
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocredit(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()

    def test_the_golden_loan(self) -> None:
        loan = make.make_loan(days_ago=0)
        self.assertEqual([row.total for row in loan.schedule], [283_679] * 11 + [283_675])
        self.assertEqual((loan.schedule[0].interest, loan.schedule[0].principal), (60_000, 223_679))
        self.assertEqual(loan.total_interest, 404_144)
        self.assertEqual((loan.balance, loan.unpaid_amount, loan.status), (3_000_000, 3_404_144, "Active"))
        self.assertEqual(loan.first_due, getdate(add_months(nowdate(), 1)))
        application = frappe.get_doc("Microcredit Application", loan.application)
        self.assertEqual((application.status, application.microcredit), ("Disbursed", loan.name))
        self.assertEqual(application.workflow_state, "Disbursed")

    def test_disbursed_once(self) -> None:
        loan = make.make_loan()
        with self.assertRaisesRegex(frappe.ValidationError, loan.application):
            disburse(loan.application)
        self.assertEqual(frappe.db.count("Microcredit", {"application": loan.application}), 1)

    def test_only_what_is_approved(self) -> None:
        with self.assertRaises(frappe.ValidationError):
            disburse(make.make_application().name)

    def test_impossible_dates(self) -> None:
        application = make.make_approved()
        for day, first in (
            (add_days(nowdate(), 1), None),
            (add_days(application.committee_date, -1), None),
            (nowdate(), nowdate()),
        ):
            with self.subTest(day=day), self.assertRaises(frappe.ValidationError):
                disburse(application.name, str(day), first)
        self.assertFalse(frappe.db.exists("Microcredit", {"application": application.name}))

    def test_only_the_service_creates_and_nobody_edits_or_deletes(self) -> None:
        loan = make.make_loan()
        copy = frappe.copy_doc(loan)
        with self.assertRaises(frappe.PermissionError):
            copy.insert()
        loan.principal = 1
        with self.assertRaises(frappe.PermissionError):
            loan.save()
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Microcredit", loan.name)

    def test_arrears_by_date(self) -> None:
        loan = make.make_loan(days_ago=75)
        first_due = loan.schedule[0].due_date
        self.assertEqual(loan.status, "In Arrears")
        self.assertEqual(loan.days_late, (getdate() - first_due).days)
        self.assertEqual(loan.overdue_amount, 2 * 283_679)
        on_the_day = ledger.position_of(loan.name, first_due)
        self.assertEqual((on_the_day.days_late, on_the_day.status), (0, "Active"))
        self.assertEqual(ledger.position_of(loan.name, add_days(first_due, 1)).days_late, 1)

    def test_nightly(self) -> None:
        loan = make.make_loan(days_ago=40)
        ledger.refresh(loan.name, add_days(loan.disbursed_on, 5))
        self.assertEqual(frappe.db.get_value("Microcredit", loan.name, "status"), "Active")
        nightly.refresh_all()
        loan.reload()
        self.assertEqual((loan.status, loan.overdue_amount), ("In Arrears", 283_679))

    def test_nightly_leaves_an_unchanged_loan_untouched(self) -> None:
        loan = make.make_loan(days_ago=40)
        before = frappe.get_doc("Microcredit", loan.name).as_json()
        nightly.refresh_all()
        self.assertEqual(frappe.get_doc("Microcredit", loan.name).as_json(), before)

    def test_nightly_reckons_only_what_time_changed(self) -> None:
        current, late = make.make_loan(days_ago=3), make.make_loan(days_ago=80)
        for loan in (current, late):
            ledger.refresh(loan.name, add_days(nowdate(), -1))
        nightly.refresh_all()
        for loan in (current, late):
            before = {key: value for key, value in loan.as_dict().items() if key != "schedule"}
            loan.reload()
            self.assertEqual({key: loan.get(key) for key in before}, before)
        self.assertEqual((current.position_as_of, current.status), (getdate(), "Active"))

    def test_a_loan_that_cannot_be_replayed_keeps_nobody_up(self) -> None:
        broken, late = make.make_loan(days_ago=80), make.make_loan(days_ago=80)
        for loan in (broken, late):
            ledger.refresh(loan.name, add_days(loan.disbursed_on, 5))
            # What the night replays: default interest runs on a restructured loan.
            replayed = {"policy": '{"default_rates": [["2020-01-01", "0.2"]]}', "is_restructured": 1}
            frappe.db.set_value("Microcredit", loan.name, replayed, update_modified=False)
        frappe.db.set_value("Microcredit", broken.name, "terms", "{}", update_modified=False)
        nightly.refresh_all()
        fields = ["status", "position_as_of"]
        self.assertEqual(frappe.db.get_value("Microcredit", late.name, fields), ("In Arrears", getdate()))
        self.assertEqual(frappe.db.get_value("Microcredit", broken.name, "status"), "Active")
        self.assertEqual(len(frappe.get_all("Error Log", {"method": ["like", f"%{broken.name}%"]})), 1)

    def test_roles(self) -> None:
        loan = make.make_loan()
        application = make.make_approved()
        for role, may_disburse in (
            ("Gestor", False),
            ("Credit Committee", False),
            ("Auditor", False),
            ("Programme Director", False),
            ("Credit Officer", True),
        ):
            with self.subTest(role):
                frappe.set_user("Administrator")
                user = make.make.make_user("rol.credito@example.com", role)
                make.make.assign(user, make.COMMUNITY)
                frappe.set_user(user)
                self.assertTrue(frappe.has_permission("Microcredit", "read", doc=loan.name))
                self.assertFalse(frappe.has_permission("Microcredit", "write", doc=loan.name))
                if may_disburse:
                    self.assertTrue(disburse(application.name))
                else:
                    with self.assertRaises(frappe.PermissionError):
                        disburse(application.name)
                    with self.assertRaises(frappe.PermissionError):
                        record_repayment(loan.name, 1000.0)
