"""Students of the higher-education fund: the road of phases and the semesters."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from social_crm.demo import places
from social_crm.demo.people import PlannedFamily
from social_crm.demo.quotas import outcomes
from social_crm.higher_education.domain.periods import Period, last_judged

Values = dict[str, Any]
ENROLMENT_CLOSES_AFTER_DAYS = 90
STUDIES: tuple[tuple[str, str], ...] = (
    ("Universidad de La Guajira", "Trabajo Social"),
    ("Universidad de La Guajira", "Ingeniería Ambiental"),
    ("Universidad Popular del Cesar", "Contaduría Pública"),
    ("Universidad Popular del Cesar", "Enfermería"),
    ("Universidad Popular del Cesar", "Licenciatura en Matemáticas"),
    ("SENA, Centro Agroempresarial", "Tecnología en Gestión Empresarial"),
)
FUNNEL = {"potential": 0, "promoted": 1, "guided": 2, "applied": 3, "admitted": 4, "deceased": 1}
ROAD = ("Promoted", "Vocationally Oriented", "Applied", "Admitted")
REASONS = {
    "on leave": ("On Leave", "Licencia por motivos de salud de un familiar."),
    "dropped out": ("Dropped Out", "No se matriculó en dos semestres seguidos."),
    "withdrawn": ("Withdrawn", "Consiguió empleo y no puede continuar."),
    "expelled": ("Expelled", "Perdió el cupo por bajo rendimiento."),
}


@dataclass(frozen=True)
class PlannedStudent:
    """One student: index in the family, fields, phases before the semesters, the semesters, phases after them.

    road, ending: (phase, day, reason). semesters: fields of FES Semester with `state`, `payments` and `results`.
    """

    person: int
    values: Values
    road: tuple[tuple[str, date, str], ...]
    semesters: tuple[Values, ...]
    ending: tuple[tuple[str, date, str], ...]
    dies_on: date | None


def plan(family: PlannedFamily, seed: int, today: date, size: int) -> PlannedStudent | None:
    """Return the student of a family, or None for a family without one."""
    outcome = outcomes("students", seed, size)[family.position]
    person = family.first(17, 26)
    if outcome is None or person is None:
        return None
    rng = random.Random(f"{seed}:student:{family.position}")
    institution, studies = rng.choice(STUDIES)
    values: Values = {
        "programme": places.EDUCATION,
        "institution": institution,
        "academic_programme": studies,
        "study_level": "Technological" if "SENA" in institution else "University",
        "expected_semesters": 6 if "SENA" in institution else 10,
        "school": "Institución Educativa Rural",
        "withdrawal_risk": rng.choice(("Low", "Low", "Medium", "High")),
    }
    if outcome in FUNNEL:
        return _in_the_funnel(rng, person, values, outcome, today)
    return _studying(rng, person, values, outcome, today)


def _in_the_funnel(
    rng: random.Random, person: int, values: Values, outcome: str, today: date
) -> PlannedStudent:
    start = today - timedelta(days=rng.randint(130, 190))
    days = [start + timedelta(days=25 * (step + 1)) for step in range(FUNNEL[outcome])]
    road = tuple((phase, day, "") for phase, day in zip(ROAD, days, strict=False))
    values = {**values, "registered_on": start, "first_phase": "Potential"}
    dies_on = today - timedelta(days=45) if outcome == "deceased" else None
    ending = (("Deceased", dies_on, "Falleció en un accidente de tránsito."),) if dies_on else ()
    return PlannedStudent(person, values, road, (), ending, dies_on)


def _studying(rng: random.Random, person: int, values: Values, outcome: str, today: date) -> PlannedStudent:
    judged = last_judged(today, ENROLMENT_CLOSES_AFTER_DAYS)
    current = Period.of(today)
    newest = current.ordinal if (today - current.starts_on).days >= 45 else current.ordinal - 1
    last = {
        "on leave": judged - 1,
        "dropped out": judged - 3,
        "graduated": judged - 1,
    }.get(outcome, newest)
    length = {"enrolled": 1, "graduated": 4, "dropped out": 2}.get(outcome) or rng.choice((1, 2, 2, 3))
    periods = [Period.from_ordinal(ordinal) for ordinal in range(last - length + 1, last + 1)]
    enrolled = [period.starts_on + timedelta(days=rng.randint(4, 30)) for period in periods]
    first = enrolled[0]
    values = {**values, "registered_on": first - timedelta(days=200), "first_phase": "Potential"}
    road = [(phase, first - timedelta(days=160 - 40 * step), "") for step, phase in enumerate(ROAD)]
    road.append(("Enrolled", first, ""))
    if outcome != "enrolled":
        road.append(("Active", first + timedelta(days=6), ""))
    semesters = tuple(
        _semester(rng, period, day, number, running=period.ends_on >= today)
        for number, (period, day) in enumerate(zip(periods, enrolled, strict=True), start=1)
    )
    return PlannedStudent(
        person, values, tuple(road), semesters, _ending(outcome, periods[-1], judged, today), None
    )


def _ending(outcome: str, last: Period, judged: int, today: date) -> tuple[tuple[str, date, str], ...]:
    if outcome == "graduated":
        return (("Graduated", last.ends_on, ""),)
    if outcome not in REASONS:
        return ()
    phase, reason = REASONS[outcome]
    day = {
        "on leave": Period.from_ordinal(judged).starts_on + timedelta(days=5),
        "dropped out": Period.from_ordinal(judged).starts_on,
    }.get(outcome, today - timedelta(days=12))
    return ((phase, day, reason),)


def _semester(rng: random.Random, period: Period, enrolled: date, number: int, running: bool) -> Values:
    tuition = rng.randrange(12, 32) * 100_000
    allowance = rng.randrange(6, 11) * 100_000
    marks = round(rng.uniform(3.2, 4.7), 2)
    semester: Values = {
        "period": str(period),
        "semester_number": number,
        "enrolled_on": enrolled,
        "start_date": period.starts_on + timedelta(days=20),
        "end_date": period.ends_on - timedelta(days=10),
        "tuition": tuition,
        "living_allowance": allowance,
        "credits_enrolled": rng.randint(14, 18),
    }
    paid = enrolled + timedelta(days=8)
    payments = [
        {
            "kind": "Tuition",
            "paid_on": paid,
            "amount": tuition,
            "reference": f"TR-{rng.randrange(10**6):06d}",
        },
        {
            "kind": "Living Allowance",
            "paid_on": paid,
            "amount": allowance,
            "reference": f"AX-{rng.randrange(10**6):06d}",
        },
    ]
    results = (
        None
        if running
        else {"marks_average": marks, "credits_passed": semester["credits_enrolled"] - rng.randint(0, 3)}
    )
    state = rng.choice(("Requested", "Approved", "Paid", "Paid", "Paid")) if running else "Closed"
    return {"values": semester, "payments": payments, "results": results, "state": state}


def write(people: list[str], planned: PlannedStudent) -> str:
    """Write a student through the actions of the fund and return the name.

    people: names of the family's members in the order of the plan.
    """
    from social_crm.demo.steps import insert
    from social_crm.social_crm.services import families

    student = insert("FES Student", beneficiary=people[planned.person], **planned.values).name
    for phase, day, reason in planned.road:
        _go_to(student, phase, day, reason)
    for semester in planned.semesters:
        _write_semester(student, semester)
    if planned.dies_on:
        families.record_death(people[planned.person], planned.dies_on, "Accidente de tránsito")
    for phase, day, reason in planned.ending:
        _go_to(student, phase, day, reason)
    return student


def _go_to(student: str, phase: str, day: date, reason: str) -> None:
    """Take the action that leads from the present phase to another."""
    import frappe

    from social_crm.higher_education.domain.phases import MOVES
    from social_crm.higher_education.services.phases import change_phase

    present = frappe.db.get_value("FES Student", student, "phase")
    if present == phase:
        return
    moves = (move for move in MOVES if present in [source.value for source in move.sources])
    action = next(move.action for move in moves if move.target.value == phase)
    change_phase(student, action, str(day), reason)


def _write_semester(student: str, planned: Values) -> None:
    from social_crm.demo.steps import insert, walk_to

    semester = insert("FES Semester", fes_student=student, **planned["values"])
    state = planned["state"]
    semester = walk_to(semester, "Requested" if state == "Requested" else "Approved")
    if state in ("Paid", "Closed"):
        semester.reload()
        for payment in planned["payments"]:
            semester.append("payments", payment)
        semester.update(planned["results"] or {})
        semester.save()
        walk_to(semester, state)
