"""The phase of a student changes through dated actions alone; this file carries them out and keeps the record."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import cstr, getdate, now_datetime, nowdate

from social_crm.higher_education.domain.periods import Period
from social_crm.higher_education.domain.phases import (
    STUDYING,
    Phase,
    PhaseError,
    PhaseRow,
    allowed_moves,
    apply_move,
    begin,
    has_enrolled,
    undo_last,
)

STUDENT = "FES Student"
UNDO_ROLES = frozenset({"Programme Director", "Social CRM Administrator", "System Manager"})


def rows_of(student) -> tuple[PhaseRow, ...]:
    """Return the phases of a student document as the domain knows them."""
    return tuple(
        PhaseRow(
            Phase(row.phase),
            getdate(row.from_date),
            getdate(row.to_date) if row.to_date else None,
            cstr(row.reason),
        )
        for row in student.phases
    )


def begin_phases(student) -> None:
    """Open the road of a new student with the phase and the day of the registration."""
    if getdate(student.registered_on) > getdate(nowdate()):
        frappe.throw(_("The day of registration cannot lie in the future."), title=_("Registration"))
    student.phases = []
    row = begin(Phase(student.first_phase), getdate(student.registered_on))[0]
    _append(student, row, "Register")
    _show_present(student)


def refuse_hand_edits(student) -> None:
    """Refuse a save that touches the phases of a student without an action of this file."""
    before = student.get_doc_before_save()
    if student.flags.phase_action or before is None:
        return
    if rows_of(before) != rows_of(student):
        frappe.throw(
            _("The phase of a student changes through the actions of the Phase menu, not by hand."),
            frappe.PermissionError,
            title=_("Phases of the student"),
        )
    _show_present(student)


def _show_present(student) -> None:
    student.phase = student.phases[-1].phase
    student.phase_since = student.phases[-1].from_date


def _append(student, row: PhaseRow, action: str) -> None:
    student.append(
        "phases",
        {
            "phase": row.phase.value,
            "from_date": row.from_date,
            "reason": row.reason,
            "action": action,
            "beneficiary": student.beneficiary,
            "recorded_by": frappe.session.user,
            "recorded_on": now_datetime(),
        },
    )


def _writable(student: str):
    """Return the document, locked until the end of the request, so that two actions at once follow one another."""
    document = frappe.get_doc(STUDENT, student, for_update=True)
    document.check_permission("write")
    return document


@frappe.whitelist()
def available_actions(student: str) -> list[dict]:
    """Return the actions that the student's phase offers: action, target phase and whether a reason is asked."""
    document = frappe.get_doc(STUDENT, student)
    document.check_permission("read")
    if not document.has_permission("write"):
        return []
    rows = rows_of(document)
    return [
        {"action": move.action, "phase": move.target.value, "reason_required": move.reason_required}
        for move in allowed_moves(rows[-1].phase, has_enrolled(rows))
    ]


@frappe.whitelist(methods=["POST"])
def change_phase(
    student: str, action: str, on: str, reason: str = "", period: str = "", semester_number: int = 0
) -> dict:
    """Carry out an action on a student and return the document.

    on: the day on which it happened (ISO date), not in the future and not before the present phase began.
    period: with the actions Enrol, Start Studies and Return, the semester in which the student enrolled ("2026-1"): its
        FES Semester is created as a draft when there is none yet, with `on` as the day of enrolment.
    """
    document = _writable(student)
    day = getdate(on)
    if day > getdate(nowdate()):
        _refuse("future", document, action)
    try:
        rows = apply_move(rows_of(document), action, day, reason)
    except PhaseError as error:
        _refuse(error.code, document, action)
    _check_studies(document, rows[-1].phase)
    document.phases[-1].to_date = day
    _append(document, rows[-1], action)
    _show_present(document)
    document.flags.phase_action = True
    document.save()
    if period and rows[-1].phase in STUDYING:
        _open_semester(document, period, day, semester_number)
    return document.as_dict()


@frappe.whitelist(methods=["POST"])
def undo_last_phase(student: str, reason: str) -> dict:
    """Take back the last action, entered by mistake; only who directs or administers the programme may."""
    if UNDO_ROLES.isdisjoint(frappe.get_roles()):
        frappe.throw(
            _("Only a Programme Director or a Social CRM Administrator undoes a phase."),
            frappe.PermissionError,
        )
    document = frappe.get_doc(STUDENT, student, for_update=True)
    document.check_permission("read")
    if not reason.strip():
        _refuse("reason", document, "Undo")
    try:
        undo_last(rows_of(document))
    except PhaseError as error:
        _refuse(error.code, document, "Undo")
    undone = document.phases.pop()
    document.phases[-1].to_date = None
    _show_present(document)
    document.flags.phase_action = True
    # The role was asked for above; directors read students and do not edit them otherwise.
    document.flags.ignore_permissions = True
    document.save()
    document.add_comment(
        "Info",
        _("Undid the phase {0} of {1}: {2}").format(
            _(undone.phase),
            frappe.format(undone.from_date, {"fieldtype": "Date"}),
            frappe.utils.escape_html(reason),
        ),
    )
    return document.as_dict()


def _check_studies(student, phase: Phase) -> None:
    if phase in STUDYING and not (student.institution and student.academic_programme):
        frappe.throw(
            _("Enter the institution and the academic programme of the student first."),
            frappe.MandatoryError,
            title=_("Studies"),
        )


def _open_semester(student, period: str, enrolled_on: date, number: int) -> None:
    from social_crm.higher_education.services.semesters import parse_period

    semester: Period = parse_period(period)
    existing = frappe.db.exists("FES Semester", {"fes_student": student.name, "period": str(semester)})
    if existing:
        return
    frappe.get_doc(
        {
            "doctype": "FES Semester",
            "fes_student": student.name,
            "period": str(semester),
            "semester_number": number or None,
            "institution": student.institution,
            "academic_programme": student.academic_programme,
            "enrolled_on": enrolled_on,
            "start_date": semester.starts_on,
            "end_date": semester.ends_on,
        }
    ).insert()


def _refuse(code: str, student, action: str) -> None:
    messages = {
        "future": _("The day of the action cannot lie in the future."),
        "empty": _("The student has no phase yet: save the record again."),
        "unknown": _("There is no action of this name."),
        "not_allowed": _("A student in the phase {0} cannot take the action {1}.").format(
            _(student.phase), _(action)
        ),
        "too_early": _("The present phase began on {0}: the action cannot have been before.").format(
            frappe.format(student.phase_since, {"fieldtype": "Date"})
        ),
        "reason": _("Say why: this action needs a reason."),
        "first": _("The first phase cannot be undone."),
    }
    frappe.throw(messages[code], title=_("Phases of the student"))
