"""Permanence and dropout of the students that a user may see, reckoned from phases and enrolled semesters."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.higher_education.domain.periods import Period
from social_crm.higher_education.domain.permanence import (
    Enrolment,
    Figures,
    Level,
    Rules,
    StudentRecord,
    figures,
)
from social_crm.higher_education.domain.phases import Phase, PhaseRow, with_death
from social_crm.social_crm.services.programme_rules import rules_as_of

STUDENT = "FES Student"


def rules(cut_off: date) -> Rules:
    """Return the rules of the fund that were in force at a cut-off date: later ones change no figure of it."""
    in_force = rules_as_of(cut_off)
    return Rules(
        leave_semesters=in_force.fes_leave_semesters,
        enrolment_closes_after_days=in_force.fes_enrolment_closes_after_days,
        deceased_leave_denominator=in_force.fes_deceased_leave_denominator,
    )


def visible_students(filters: dict | None = None) -> list[dict]:
    """Return the students the user may see. filters: `programme` and `community` (of the person today), optional."""
    filters = filters or {}
    wanted = {"programme": filters["programme"]} if filters.get("programme") else {}
    students = frappe.get_list(
        STUDENT,
        filters=wanted,
        fields=[
            "name",
            "student_name",
            "beneficiary",
            "beneficiary.community as present_community",
            "beneficiary.death_date as died_on",
            "programme",
            "institution",
            "academic_programme",
            "phase",
            "phase_since",
            "withdrawal_risk",
        ],
        order_by="name asc",
        limit_page_length=0,
    )
    if filters.get("community"):
        students = [student for student in students if student.present_community == filters["community"]]
    return students


def phases_of(students: list[dict]) -> dict[str, tuple[PhaseRow, ...]]:
    """Return the phases of students, in their order; the person's recorded death ends them.

    students: rows of `visible_students`, which the user may see.
    """
    if not students:
        return {}
    died_on = {student.name: getdate(student.died_on) if student.died_on else None for student in students}
    # Child rows have no permission of their own: the parents were chosen with get_list.
    rows = frappe.get_all(
        "FES Phase",
        filters={"parenttype": STUDENT, "parent": ["in", list(died_on)]},
        fields=["parent", "phase", "from_date", "to_date"],
        order_by="parent asc, idx asc",
        limit_page_length=0,
    )
    by_student: dict[str, list[PhaseRow]] = {}
    for row in rows:
        to_date = getdate(row.to_date) if row.to_date else None
        by_student.setdefault(row.parent, []).append(
            PhaseRow(Phase(row.phase), getdate(row.from_date), to_date)
        )
    return {student: with_death(phases, died_on[student]) for student, phases in by_student.items()}


def records(filters: dict | None = None) -> list[StudentRecord]:
    """Return what the two rates are reckoned from, for the students the user may see."""
    students = visible_students(filters)
    phases = phases_of(students)
    enrolments: dict[str, list[Enrolment]] = {}
    for row in frappe.get_list(
        "FES Semester",
        filters={"enrolled_on": ["is", "set"]},
        fields=["fes_student", "period", "enrolled_on", "institution", "academic_programme"],
        limit_page_length=0,
    ):
        enrolments.setdefault(row.fes_student, []).append(
            Enrolment(
                Period.parse(row.period),
                getdate(row.enrolled_on),
                row.institution or "",
                row.academic_programme or "",
            )
        )
    return [
        StudentRecord(name, phases.get(name, ()), tuple(enrolments.get(name, ())))
        for name in (student.name for student in students)
    ]


def figures_as_of(cut_off: date, level: Level = Level.SYSTEM, filters: dict | None = None) -> Figures:
    """Return permanence and dropout at a cut-off date among the students the user may see."""
    return figures(records(filters), cut_off, level, rules(cut_off))


@frappe.whitelist()
def permanence_card(filters: str | dict | list | None = None) -> dict | str:
    """Return what the number card of permanence shows, reckoned today from the records the user may see."""
    if not frappe.has_permission(STUDENT, "read"):
        frappe.throw(_("You may not read the students of the fund."), frappe.PermissionError)
    result = figures_as_of(getdate(nowdate()))
    if result.permanence is None:
        return "—"
    return {
        "value": float(result.permanence),
        "fieldtype": "Percent",
        "route": ["query-report", "FES Permanence"],
    }
