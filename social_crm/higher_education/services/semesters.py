"""Use cases of a FES semester: caps in minimum wages, what may be paid when, and each payment once."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import fmt_money, getdate, nowdate

from social_crm.changes import changed_fields, has_changed
from social_crm.higher_education.domain.caps import Cap, Payments, payment_key
from social_crm.higher_education.domain.periods import Period
from social_crm.social_crm.services.programme_rules import rules_as_of
from social_crm.workflow_status import status_from_workflow

SEMESTER = "FES Semester"
AMOUNTS = {"Tuition": "tuition", "Living Allowance": "living_allowance"}
CAPS = {
    "Tuition": ("fes_tuition_cap_wages", "tuition_cap"),
    "Living Allowance": ("fes_allowance_cap_wages", "allowance_cap"),
}
DRAFT = "Draft"
AGREED = ("Approved", "Paid", "Closed")
SETTLED = ("Paid", "Closed")
# What the states were called when they were shipped without a status; `workflow_status.py` says why.
STATES = {name: name for name in (DRAFT, "Requested", *AGREED)}
FIXED_ONCE_AGREED = ("period", "tuition", "living_allowance", "institution", "academic_programme")
HIGHEST_MARK = Decimal(5)


def exact(value: float | int | str | None) -> Decimal:
    """Return an amount as the framework holds it as the exact number that was entered."""
    return Decimal(str(value or 0))


def _money(amount: Decimal) -> str:
    return fmt_money(float(amount), precision=0, currency=frappe.db.get_default("currency") or "COP")


def parse_period(name: str) -> Period:
    """Read a semester such as "2026-1"; refuses anything else in words for people."""
    try:
        return Period.parse(name or "")
    except ValueError:
        frappe.throw(
            _("{0} is not a semester: write the year and the half, such as 2026-1.").format(
                frappe.bold(name)
            ),
            title=_("Semester"),
        )


def prepare(semester) -> None:
    """Fill in what follows from the other fields, and refuse what contradicts the rules of the fund."""
    lock_student(semester)
    period = parse_period(semester.period)
    semester.period = str(period)
    semester.title = f"{semester.student_name or semester.fes_student} · {period}"
    semester.start_date = semester.start_date or period.starts_on
    semester.end_date = semester.end_date or period.ends_on
    semester.unique_semester = f"{semester.fes_student}|{period}"
    if has_changed(semester, "unique_semester"):
        _refuse_double(semester)
    semester.status = status_from_workflow(semester, DRAFT, by_name=STATES)
    _check_dates_and_results(semester)
    _check_enrolment(semester, period)
    _check_fixed(semester)
    _set_caps(semester, period)
    _check_payments(semester)
    _check_step(semester)


def lock_student(semester) -> None:
    """Let one request at a time write about a student: two at once follow each other, and the second sees the first.

    The unique keys refuse a double in any case; with the lock the refusal is a clear one, and no deadlock.
    """
    frappe.db.get_value("FES Student", semester.fes_student, "name", for_update=True)


def _refuse_double(semester) -> None:
    # A locking read sees what another request has just committed.
    other = frappe.db.get_value(
        SEMESTER,
        {"unique_semester": semester.unique_semester, "name": ["!=", semester.name or ""]},
        "name",
        for_update=True,
    )
    if other:
        frappe.throw(
            _("The semester {0} of {1} is registered already: {2}.").format(
                semester.period, semester.student_name or semester.fes_student, other
            ),
            frappe.DuplicateEntryError,
            title=_("The same semester twice"),
        )


def _check_dates_and_results(semester) -> None:
    title = _("Data of the semester")
    if semester.enrolled_on and getdate(semester.enrolled_on) > getdate(nowdate()):
        frappe.throw(_("The day of enrolment cannot lie in the future."), title=title)
    if (
        semester.start_date
        and semester.end_date
        and getdate(semester.end_date) < getdate(semester.start_date)
    ):
        frappe.throw(_("The semester cannot end before it starts."), title=title)
    if exact(semester.marks_average) > HIGHEST_MARK:
        frappe.throw(_("The average of the marks lies between 0.00 and 5.00."), title=title)
    if semester.credits_enrolled and (semester.credits_passed or 0) > semester.credits_enrolled:
        frappe.throw(_("More credits were passed than enrolled."), title=title)


def _check_enrolment(semester, period: Period) -> None:
    changed = has_changed(semester, "enrolled_on", "period")
    if semester.enrolled_on and changed and not period.allows_enrolment_on(getdate(semester.enrolled_on)):
        frappe.throw(
            _(
                "Nobody enrols in the semester {0} on {1}: the day lies in the six months before it or in the semester."
            ).format(frappe.bold(str(period)), frappe.format(semester.enrolled_on, {"fieldtype": "Date"})),
            title=_("Data of the semester"),
        )


def _check_fixed(semester) -> None:
    before = semester.get_doc_before_save()
    if not before or before.status not in AGREED:
        return
    # Somebody may enrol after the approval; a day that is written stays, for permanence rests on it.
    fixed = (*FIXED_ONCE_AGREED, "enrolled_on") if before.enrolled_on else FIXED_ONCE_AGREED
    changed = changed_fields(semester, *fixed)
    if changed:
        labels = ", ".join(sorted(_(semester.meta.get_label(field)) for field in changed))
        frappe.throw(
            _("{0} was approved and does not change any more. Send the semester back to change it.").format(
                frappe.bold(labels)
            ),
            title=_("Approved semester"),
        )


def minimum_wage(year: int) -> Decimal | None:
    """Return the monthly minimum wage of a year in pesos, or None when it is not registered."""
    value = frappe.db.get_value("Minimum Wage", str(year), "monthly_value")
    return exact(value) if value else None


def cap_wages(kind: str, period: Period) -> Decimal:
    """Return how many minimum wages the fund pays at most for a kind of payment, by the rules at the semester's start."""
    return getattr(rules_as_of(period.starts_on), CAPS[kind][0])


def _set_caps(semester, period: Period) -> None:
    """Keep the caps that held when the semester was requested; an approved semester keeps its own."""
    semester.total = float(exact(semester.tuition) + exact(semester.living_allowance))
    before = semester.get_doc_before_save()
    if before and before.status in AGREED:
        return
    wage = minimum_wage(period.year)
    if wage is None:
        if semester.total:
            frappe.throw(
                _("Register the minimum wage of {0} first: the caps of the fund are counted in it.").format(
                    period.year
                ),
                title=_("Minimum Wage"),
            )
        return
    semester.minimum_wage = float(wage)
    for kind, field in AMOUNTS.items():
        cap = Cap(cap_wages(kind, period), wage)
        semester.set(CAPS[kind][1], float(cap.amount))
        if not cap.allows(exact(semester.get(field))):
            frappe.throw(
                _("{0}: {1} is above the cap of {2} minimum wages (SMMLV) of {3}, which is {4}.").format(
                    frappe.bold(_(kind)),
                    _money(exact(semester.get(field))),
                    frappe.format(float(cap.wages), {"fieldtype": "Float", "precision": 1}),
                    period.year,
                    _money(cap.amount),
                ),
                title=_("Above the cap of the fund"),
            )


def _paid(semester, kind: str) -> Payments:
    amounts = tuple(exact(row.amount) for row in semester.payments if row.kind == kind)
    return Payments(exact(semester.get(AMOUNTS[kind])), amounts)


def _check_payments(semester) -> None:
    title = _("Payments")
    if semester.payments and semester.status not in AGREED:
        frappe.throw(_("Payments are registered once the semester is approved."), title=title)
    seen: set[str] = set()
    for row in semester.payments:
        try:
            row.payment_key = payment_key(semester.fes_student, row.kind, row.reference)
        except ValueError:
            frappe.throw(
                _("Row {0}: enter the number of the transfer or receipt.").format(row.idx), title=title
            )
        if getdate(row.paid_on) > getdate(nowdate()):
            frappe.throw(
                _("Row {0}: the day of a payment cannot lie in the future.").format(row.idx), title=title
            )
        other = frappe.db.get_value(
            "FES Payment",
            {"payment_key": row.payment_key, "name": ["!=", row.name or ""]},
            "parent",
            for_update=True,
        )
        if row.payment_key in seen or other:
            frappe.throw(
                _("Row {0}: the payment {1} is registered already in {2}.").format(
                    row.idx, frappe.bold(row.reference), other or semester.name
                ),
                frappe.DuplicateEntryError,
                title=_("The same payment twice"),
            )
        seen.add(row.payment_key)
    pending = Decimal(0)
    for kind in AMOUNTS:
        payments = _paid(semester, kind)
        if payments.pending < 0:
            frappe.throw(
                _("{0}: {1} were paid, and {2} were approved.").format(
                    frappe.bold(_(kind)), _money(payments.total), _money(payments.approved)
                ),
                title=_("More paid than approved"),
            )
        pending += payments.pending
    semester.pending_total = float(pending)
    semester.paid_total = float(exact(semester.total) - pending)


def _check_step(semester) -> None:
    """Refuse a step of the workflow that the record does not bear out yet."""
    before = semester.get_doc_before_save()
    status, earlier = semester.status, before.status if before else DRAFT
    if status == earlier:
        return
    if earlier == DRAFT:
        _check_request(semester)
    if status in SETTLED and earlier not in SETTLED:
        _check_settled(semester)
    if status == "Closed" and not (semester.marks_average or semester.follow_up):
        frappe.throw(
            _("Enter the average of the marks, or say in the follow-up why there is none."),
            title=_("State of the semester"),
        )


def _check_request(semester) -> None:
    title = _("State of the semester")
    if not semester.total:
        frappe.throw(_("Enter the tuition or the living allowance that is requested."), title=title)
    phase = frappe.db.get_value("FES Student", semester.fes_student, "phase")
    if phase not in ("Admitted", "Enrolled", "Active", "On Leave"):
        frappe.throw(
            _("The student is in the phase {0}: nothing can be requested for a semester.").format(_(phase)),
            title=title,
        )


def _check_settled(semester) -> None:
    title = _("State of the semester")
    if semester.pending_total:
        frappe.throw(
            _("{0} are still to be paid: register the payments first.").format(
                _money(exact(semester.pending_total))
            ),
            title=title,
        )
    if not semester.enrolled_on:
        frappe.throw(
            _("Enter the day of the enrolment: a semester without it does not count as enrolled."),
            frappe.MandatoryError,
            title=title,
        )


@frappe.whitelist(methods=["POST"])
def register_payment(
    semester: str, kind: str, paid_on: str, amount: float, reference: str, paid_to: str = ""
) -> dict:
    """Add one payment to an approved semester and return the semester.

    Unlike a save of the whole document it waits for other payments of the student before it reads anything, so that
    the same payment sent twice at once is one payment and one clear refusal.
    """
    document = frappe.get_doc(SEMESTER, semester)
    document.check_permission("write")
    lock_student(document)
    document = frappe.get_doc(SEMESTER, semester, for_update=True)
    document.append(
        "payments",
        {"kind": kind, "paid_on": paid_on, "amount": amount, "reference": reference, "paid_to": paid_to},
    )
    document.save()
    return document.as_dict()


@frappe.whitelist()
def semester_series(student: str) -> list[dict]:
    """Return the semesters of a student, oldest first, for the form's table and curve of marks; only readable ones."""
    frappe.get_doc("FES Student", student).check_permission("read")
    return frappe.get_list(
        SEMESTER,
        filters={"fes_student": student},
        fields=[
            "name",
            "period",
            "semester_number",
            "workflow_state",
            "status",
            "enrolled_on",
            "tuition",
            "living_allowance",
            "paid_total",
            "pending_total",
            "marks_average",
            "credits_enrolled",
            "credits_passed",
        ],
        order_by="period asc",
        limit_page_length=0,
    )
