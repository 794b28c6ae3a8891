from frappe.utils import getdate

from social_crm.higher_education import services
from social_crm.higher_education.report.fes_permanence import fes_permanence
from social_crm.higher_education.report.fes_students_by_phase import fes_students_by_phase
from social_crm.income_generation.factories import make_resident, make_semester, make_student
from social_crm.social_crm.factories import make_community
from social_crm.testing import SocialCRMTestCase


class TestHigherEducationReports(SocialCRMTestCase):
    def prepare(self) -> None:
        self.place = make_community()
        self.where = {"community": self.place}

    def student(self, *periods: str, **values):
        """A student enrolled in the given semesters."""
        student = make_student(make_resident(self.place), **{"first_phase": "Active", **values})
        for period in periods:
            month = "01" if period.endswith("1") else "07"
            make_semester(student.name, period, enrolled_on=f"{period[:4]}-{month}-20")
        return student

    def test_permanence_at_the_three_levels(self):
        self.student("2024-1", "2024-2", "2025-1")
        self.student("2024-1")
        moved = self.student("2024-1")
        moved.academic_programme = "Derecho"
        moved.save()
        for period, day in (("2024-2", "2024-07-20"), ("2025-1", "2025-01-20")):
            make_semester(moved.name, period, enrolled_on=day, academic_programme="Derecho")
        expected = {
            "System": (3, 66.67, 33.33),
            "Institution": (3, 66.67, 33.33),
            "Programme": (4, 50.0, 50.0),
        }
        for level, figures in expected.items():
            with self.subTest(level=level):
                result = fes_permanence.execute({**self.where, "cut_off": "2025-06-01", "level": level})
                total = result[1][-1]
                self.assertEqual((total["ever_enrolled"], total["permanence"], total["dropout"]), figures)
                self.assertEqual(result[4][0]["value"], figures[1])
        by_programme = fes_permanence.execute({**self.where, "cut_off": "2025-06-01", "level": "Programme"})[
            1
        ]
        self.assertEqual(
            [(row["label"], row["ever_enrolled"], row["dropped_out"]) for row in by_programme[:-1]],
            [
                ("Universidad de La Guajira · Derecho", 1, 0),
                ("Universidad de La Guajira · Trabajo Social", 3, 2),
            ],
        )

    def test_nobody_enrolled_gives_no_rate(self):
        self.student(first_phase="Applied")
        result = fes_permanence.execute({**self.where, "cut_off": "2025-06-01"})
        self.assertEqual((result[1], result[4][0]["value"]), ([], "—"))

    def test_phases_of_a_past_day(self):
        student = self.student(first_phase="Potential", withdrawal_risk="High")
        services.change_phase(student.name, "Promote", "2024-03-01")
        counts = {}
        for day in ("2024-02-29", "2024-03-01", "2024-01-14"):
            rows = fes_students_by_phase.execute({**self.where, "as_of": day})[1]
            counts[day] = [(row["students"], row["high_risk"]) for row in rows[:2]]
        self.assertEqual(
            counts,
            {
                "2024-02-29": [(1, 1), (0, 0)],
                "2024-03-01": [(0, 0), (1, 1)],
                "2024-01-14": [(0, 0), (0, 0)],
            },
        )
        self.assertEqual(getdate(student.registered_on), getdate("2024-01-15"))
