import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.higher_education import services
from social_crm.higher_education.domain.permanence import Level, Standing
from social_crm.higher_education.services.permanence import figures_as_of
from social_crm.income_generation.factories import make_resident, make_semester, make_staff, make_student
from social_crm.social_crm.factories import make_community
from social_crm.testing import SocialCRMTestCase

ROAD = (
    ("Promote", "2024-02-01"),
    ("Guide", "2024-03-01"),
    ("Apply for Admission", "2024-10-01"),
    ("Admit", "2024-12-01"),
    ("Enrol", "2025-01-20"),
    ("Start Studies", "2025-02-03"),
)


class TestFESStudent(SocialCRMTestCase):
    def prepare(self) -> None:
        self.place = make_community("Comunidad de los estudiantes")

    def student(self, community: str | None = None, **values):
        return make_student(make_resident(community or self.place), **values)

    def walk(self, student, steps=ROAD):
        for action, on in steps:
            services.change_phase(student.name, action, on, "a reason")
        return frappe.get_doc("FES Student", student.name)

    def test_the_road_is_kept_with_dates_and_authors(self):
        student = self.walk(self.student())
        self.assertEqual((student.phase, student.phase_since), ("Active", getdate("2025-02-03")))
        self.assertEqual(
            [row.phase for row in student.phases][:3], ["Potential", "Promoted", "Vocationally Oriented"]
        )
        for earlier, later in zip(student.phases, student.phases[1:], strict=False):
            self.assertEqual(earlier.to_date, later.from_date)
        self.assertEqual(student.phases[1].recorded_by, "Administrator")
        self.assertEqual(student.phases[1].action, "Promote")

    def test_a_phase_is_not_a_hand_edit(self):
        student = self.student()
        student.phases[0].phase = "Graduated"
        with self.assertRaises(frappe.PermissionError):
            student.save()
        student.reload()
        student.append("phases", {"phase": "Graduated", "from_date": "2025-01-01"})
        with self.assertRaises(frappe.PermissionError):
            student.save()
        student.reload()
        student.phase = "Graduated"
        student.save()
        self.assertEqual(student.phase, "Potential")

    def test_a_new_student_brings_no_phases_of_its_own(self):
        student = self.student(
            phase="Graduated",
            phases=[{"phase": "Graduated", "from_date": "2020-01-01"}],
            first_phase="Applied",
        )
        self.assertEqual([row.phase for row in student.phases], ["Applied"])
        self.assertEqual(student.phase, "Applied")

    def test_moves_that_are_refused(self):
        student = self.student()
        for action, on, reason in (
            ("Graduate", "2024-05-01", "a reason"),
            ("Fly", "2024-05-01", "a reason"),
            ("Promote", "2024-01-14", ""),
            ("Promote", add_days(nowdate(), 1), ""),
            ("Withdraw", "2024-05-01", " "),
        ):
            with self.subTest(action=action, on=on), self.assertRaises(frappe.ValidationError):
                services.change_phase(student.name, action, on, reason)
        self.assertEqual(frappe.db.get_value("FES Student", student.name, "phase"), "Potential")

    def test_enrolment_needs_institution_and_opens_the_semester_once(self):
        student = self.walk(self.student(institution=None), ROAD[:4])
        with self.assertRaises(frappe.MandatoryError):
            services.change_phase(student.name, "Enrol", "2025-01-20")
        student.institution = "Universidad de La Guajira"
        student.save()
        services.change_phase(student.name, "Enrol", "2025-01-20", period="2025-1", semester_number=1)
        services.change_phase(student.name, "Start Studies", "2025-02-03", period="2025-1")
        semesters = frappe.get_all(
            "FES Semester", {"fes_student": student.name}, ["period", "enrolled_on", "semester_number"]
        )
        self.assertEqual(len(semesters), 1)
        self.assertEqual(
            semesters[0], {"period": "2025-1", "enrolled_on": getdate("2025-01-20"), "semester_number": 1}
        )

    def test_actions_offered(self):
        student = self.student()
        names = [row["action"] for row in services.available_actions(student.name)]
        self.assertEqual(names, ["Promote", "Guide", "Withdraw", "Record Death"])
        frappe.set_user(make_staff("gestor-fes@example.com", "Gestor", self.place))
        self.assertEqual(services.available_actions(student.name), [])

    def test_undo_is_for_directors_and_leaves_a_trace(self):
        student = self.walk(self.student(), ROAD[:2])
        frappe.set_user(make_staff("asesor-fes@example.com", "FES Advisor", self.place))
        with self.assertRaises(frappe.PermissionError):
            services.undo_last_phase(student.name, "mistake")
        frappe.set_user(make_staff("directora-fes@example.com", "Programme Director", self.place))
        services.undo_last_phase(student.name, "mistake")
        student.reload()
        self.assertEqual((student.phase, student.phases[-1].to_date), ("Promoted", None))
        self.assertTrue(
            frappe.get_all("Comment", {"reference_name": student.name, "content": ["like", "%mistake%"]})
        )

    def test_one_open_record_of_a_person_in_a_programme(self):
        student = self.student()
        with self.assertRaises(frappe.DuplicateEntryError):
            make_student(student.beneficiary)

    def test_permanence_at_a_cut_off_does_not_change_when_somebody_comes_back(self):
        stayed, gone, never = self.student(), self.student(), self.student()
        for student in (stayed, gone):
            self.walk(student)
            make_semester(student.name, "2025-1", enrolled_on="2025-01-20")
        make_semester(stayed.name, "2025-2", enrolled_on="2025-07-20")
        make_semester(stayed.name, "2026-1", enrolled_on="2026-01-20")
        where = {"community": self.place}
        cut_off = getdate("2026-06-01")
        before = figures_as_of(cut_off, Level.SYSTEM, where)
        self.assertEqual(
            (before.ever_enrolled, str(before.permanence), str(before.dropout)), (2, "50.00", "50.00")
        )
        make_semester(gone.name, "2026-2", enrolled_on="2026-07-15")
        self.assertEqual(figures_as_of(cut_off, Level.SYSTEM, where), before)
        after = figures_as_of(getdate("2026-07-15"), Level.SYSTEM, where)
        self.assertEqual(after.counts[Standing.ACTIVE], 2)
        self.assertEqual(never.phase, "Potential")

    def test_rules_of_today_change_no_past_cut_off(self):
        student = self.walk(self.student(), (*ROAD, ("Take Leave", "2025-08-01")))
        make_semester(student.name, "2025-1", enrolled_on="2025-01-20")
        where = {"community": self.place}
        days = [getdate(day) for day in ("2025-12-31", "2026-06-30")]
        before = [figures_as_of(day, Level.SYSTEM, where) for day in days]
        self.assertEqual([str(one.permanence) for one in before], ["100.00", "100.00"])
        frappe.get_doc(
            {
                "doctype": "Programme Rules",
                "valid_from": "2026-07-01",
                "source": "Acta 3",
                "fes_leave_semesters": 0,
            }
        ).insert()
        self.assertEqual([figures_as_of(day, Level.SYSTEM, where) for day in days], before)
        after = figures_as_of(getdate("2026-07-01"), Level.SYSTEM, where)
        self.assertEqual((str(after.permanence), str(after.dropout)), ("0.00", "100.00"))

    def test_a_recorded_death_reaches_the_fund_without_an_action(self):
        from social_crm.higher_education.report.fes_students_by_phase import fes_students_by_phase
        from social_crm.social_crm.services import families

        student = self.walk(self.student())
        make_semester(student.name, "2025-1", enrolled_on="2025-01-20")
        where = {"community": self.place}
        died = frappe.utils.add_days(nowdate(), 0)
        frappe.db.set_value("Beneficiary", student.beneficiary, "death_date", None)
        early = figures_as_of(getdate("2025-05-31"), Level.SYSTEM, where)
        families.record_death(student.beneficiary, getdate(died), "Enfermedad")
        frappe.db.set_value("Beneficiary", student.beneficiary, "death_date", "2025-06-01")
        self.assertEqual(figures_as_of(getdate("2025-05-31"), Level.SYSTEM, where), early)
        self.assertEqual(str(early.permanence), "100.00")
        late = figures_as_of(getdate("2025-06-01"), Level.SYSTEM, where)
        self.assertEqual((late.counts[Standing.DECEASED], str(late.permanence)), (1, "0.00"))
        _columns, rows, _message, _chart = fes_students_by_phase.execute({**where, "as_of": "2025-06-01"})
        self.assertEqual([row["students"] for row in rows if row["students"]], [1])
        self.assertEqual(rows[-1]["students"], 1)

    def test_students_of_the_own_community_alone(self):
        own = self.student()
        foreign = self.student(make_community("Comunidad lejana"))
        make_semester(own.name, "2025-1", enrolled_on="2025-01-20")
        make_semester(foreign.name, "2025-1", enrolled_on="2025-01-20")
        for role, writes in (("FES Advisor", True), ("Gestor", False)):
            frappe.set_user(make_staff(f"{frappe.scrub(role)}-alumnos@example.com", role, self.place))
            with self.subTest(role=role):
                self.assertEqual(frappe.get_list("FES Student", pluck="name"), [own.name])
                self.assertEqual(frappe.get_list("FES Semester", pluck="fes_student"), [own.name])
                self.assertEqual(frappe.has_permission("FES Student", "write", doc=own.name), writes)
                self.assertFalse(frappe.has_permission("FES Student", "read", doc=foreign.name))
                self.assertEqual(figures_as_of(getdate("2025-05-01")).ever_enrolled, 1)
                with self.assertRaises(frappe.PermissionError):
                    services.semester_series(foreign.name)
                with self.assertRaises(frappe.PermissionError):
                    services.change_phase(foreign.name, "Promote", "2024-02-01")
            frappe.set_user("Administrator")

    def test_auditor_reads_and_changes_nothing(self):
        student = self.student()
        frappe.set_user(make_staff("auditor-fes@example.com", "Auditor"))
        self.assertTrue(frappe.has_permission("FES Student", "read", doc=student.name))
        with self.assertRaises(frappe.PermissionError):
            services.change_phase(student.name, "Promote", "2024-02-01")
        for doctype in ("FES Student", "FES Semester"):
            for ptype in ("write", "create", "delete"):
                self.assertFalse(frappe.has_permission(doctype, ptype), (doctype, ptype))
