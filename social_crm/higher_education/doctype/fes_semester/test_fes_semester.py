import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from social_crm.income_generation.factories import (
    make_minimum_wage,
    make_resident,
    make_semester,
    make_student,
)
from social_crm.social_crm.factories import make_community
from social_crm.testing import SocialCRMTestCase

WAGE = 1_423_500
TUITION_CAP = 15_658_500
ALLOWANCE_CAP = 2_135_250


class TestFESSemester(SocialCRMTestCase):
    def prepare(self) -> None:
        make_minimum_wage(2025, WAGE)
        self.place = make_community("Comunidad de los semestres")
        self.student = make_student(make_resident(self.place), first_phase="Active")

    def semester(self, period: str = "2025-1", **values):
        return make_semester(
            self.student.name, period, **{"tuition": 3_000_000, "living_allowance": 500_000, **values}
        )

    def approved(self, **values):
        semester = self.semester(**values)
        for action in ("Request", "Approve"):
            semester = apply_workflow(semester, action)
        return semester

    def pay(self, semester, kind: str, amount: float, reference: str):
        semester.append(
            "payments", {"kind": kind, "paid_on": nowdate(), "amount": amount, "reference": reference}
        )
        semester.save()
        return semester

    def test_caps_hold_to_the_peso_and_are_named(self):
        semester = self.semester(tuition=TUITION_CAP, living_allowance=ALLOWANCE_CAP)
        self.assertEqual((semester.tuition_cap, semester.allowance_cap), (TUITION_CAP, ALLOWANCE_CAP))
        with self.assertRaises(frappe.ValidationError) as caught:
            self.semester("2025-2", tuition=TUITION_CAP + 1)
        self.assertIn("15.658.500", str(caught.exception).replace(",", "."))
        with self.assertRaises(frappe.ValidationError):
            self.semester("2025-2", living_allowance=ALLOWANCE_CAP + 1)

    def test_a_year_without_minimum_wage_says_so(self):
        with self.assertRaises(frappe.ValidationError) as caught:
            self.semester("2031-1")
        self.assertIn("2031", str(caught.exception))

    def test_caps_of_an_approved_semester_stay_when_the_wage_changes(self):
        semester = self.approved()
        wage = frappe.get_doc("Minimum Wage", "2025")
        wage.monthly_value = 1_000
        wage.save()
        semester.follow_up = "Visited"
        semester.save()
        self.assertEqual(semester.tuition_cap, TUITION_CAP)

    def test_the_same_semester_twice(self):
        self.semester("2025-1")
        with self.assertRaises(frappe.DuplicateEntryError):
            self.semester(" 2025-1 ")

    def test_the_key_refuses_what_slipped_past_the_check(self):
        first = self.semester("2025-1")
        second = self.semester("2025-2")
        with self.assertRaises(Exception) as caught:
            frappe.db.set_value("FES Semester", second.name, "unique_semester", first.unique_semester)
        self.assertTrue(frappe.db.is_unique_key_violation(caught.exception))

    def test_not_a_semester(self):
        for period in ("2025", "2025-3", "primer semestre"):
            with self.subTest(period=period), self.assertRaises(frappe.ValidationError):
                self.semester(period)

    def test_whole_life(self):
        semester = self.approved()
        self.assertEqual(semester.total, 3_500_000)
        self.pay(semester, "Tuition", 3_000_000, "TRX 1")
        self.assertEqual((semester.paid_total, semester.pending_total), (3_000_000, 500_000))
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(frappe.get_doc("FES Semester", semester.name), "Mark as Paid")
        semester = self.pay(
            frappe.get_doc("FES Semester", semester.name), "Living Allowance", 500_000, "TRX 1"
        )
        # A semester that was paid and in which nobody enrolled would not count in permanence.
        with self.assertRaises(frappe.MandatoryError):
            apply_workflow(semester, "Mark as Paid")
        semester = frappe.get_doc("FES Semester", semester.name)
        semester.enrolled_on = "2025-01-20"
        semester.save()
        semester = apply_workflow(semester, "Mark as Paid")
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(frappe.get_doc("FES Semester", semester.name), "Close")
        semester = frappe.get_doc("FES Semester", semester.name)
        semester.marks_average = 4.2
        semester.save()
        self.assertEqual(apply_workflow(semester, "Close").workflow_state, "Closed")

    def test_the_same_payment_twice_however_typed(self):
        semester = self.pay(self.approved(), "Tuition", 1_000_000, "TRX-77")
        with self.assertRaises(frappe.DuplicateEntryError):
            self.pay(frappe.get_doc("FES Semester", semester.name), "Tuition", 1_000_000, "trx 77")
        other = self.approved(period="2025-2")
        with self.assertRaises(frappe.DuplicateEntryError):
            self.pay(other, "Tuition", 1_000_000, "TRX77")

    def test_more_than_approved_is_not_paid(self):
        with self.assertRaises(frappe.ValidationError):
            self.pay(self.approved(), "Tuition", 3_000_001, "TRX 1")

    def test_payments_wait_for_the_approval_and_are_not_ahead_of_time(self):
        with self.assertRaises(frappe.ValidationError):
            self.pay(self.semester(), "Tuition", 1, "TRX 1")
        semester = self.approved(period="2025-2")
        semester.append(
            "payments",
            {"kind": "Tuition", "paid_on": add_days(nowdate(), 1), "amount": 1, "reference": "TRX 9"},
        )
        with self.assertRaises(frappe.ValidationError):
            semester.save()

    def test_what_was_approved_does_not_change(self):
        name = self.approved(period="2025-1").name
        for field, value in (("tuition", 2_999_999), ("living_allowance", 1), ("period", "2024-1")):
            semester = frappe.get_doc("FES Semester", name)
            semester.set(field, value)
            with self.subTest(field=field), self.assertRaises(frappe.ValidationError):
                semester.save()

    def test_the_day_of_enrolment_belongs_to_the_semester(self):
        for day in ("2024-07-01", "2025-06-30"):
            self.assertEqual(str(self.semester(enrolled_on=day).enrolled_on), day)
            frappe.db.delete("FES Semester", {"fes_student": self.student.name})
        for day in ("2024-06-30", "2025-07-01"):
            with self.subTest(day), self.assertRaises(frappe.ValidationError):
                self.semester(enrolled_on=day)
        semester = self.semester(enrolled_on="2024-12-20")
        semester.period = "2025-2"
        with self.assertRaises(frappe.ValidationError):
            semester.save()

    def test_the_day_of_enrolment_is_written_once_after_the_approval(self):
        semester = self.approved()
        semester.enrolled_on = "2025-01-20"
        semester.save()
        for day in ("2025-01-21", None):
            semester = frappe.get_doc("FES Semester", semester.name)
            semester.enrolled_on = day
            with self.subTest(day), self.assertRaises(frappe.ValidationError):
                semester.save()

    def test_caps_are_those_of_the_rules_at_the_start_of_the_semester(self):
        frappe.get_doc(
            {
                "doctype": "Programme Rules",
                "valid_from": "2025-07-01",
                "source": "Acta 9",
                "fes_tuition_cap_wages": 2,
                "fes_allowance_cap_wages": 0,
            }
        ).insert()
        first, second = self.semester("2025-1"), self.semester("2025-2", tuition=2 * WAGE, living_allowance=0)
        self.assertEqual((first.tuition_cap, first.allowance_cap), (TUITION_CAP, ALLOWANCE_CAP))
        self.assertEqual((second.tuition_cap, second.allowance_cap), (2 * WAGE, 0))
        for values in ({"tuition": 2 * WAGE + 1}, {"living_allowance": 1}):
            second.reload()
            second.update(values)
            with self.subTest(values), self.assertRaises(frappe.ValidationError):
                second.save()

    def test_status_is_not_written_from_outside(self):
        semester = self.semester(status="Approved")
        self.assertEqual(semester.status, "Draft")
        semester.status = "Paid"
        semester.save()
        self.assertEqual(semester.status, "Draft")

    def test_nothing_is_requested_for_who_graduated_or_without_an_amount(self):
        semester = self.semester(tuition=0, living_allowance=0)
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(semester, "Request")
        graduate = make_student(make_resident(self.place), first_phase="Graduated")
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(make_semester(graduate.name, "2025-1", tuition=1_000_000), "Request")

    def test_marks_and_credits(self):
        with self.assertRaises(frappe.ValidationError):
            self.semester(marks_average=5.01)
        with self.assertRaises(frappe.ValidationError):
            self.semester(credits_enrolled=10, credits_passed=11)
