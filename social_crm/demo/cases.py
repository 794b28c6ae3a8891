"""Psychosocial cases with activities at the level of the person, the family and the community."""

import random
from datetime import date, timedelta
from typing import Any

from social_crm.demo import places
from social_crm.demo.people import PlannedFamily
from social_crm.demo.quotas import outcomes
from social_crm.demo.users import DOMAIN

Values = dict[str, Any]
PROFESSIONAL = f"psicosocial@{DOMAIN}"
SUBJECTS = (
    ("Acompañamiento por cambio de lugar", "Family Adaptation"),
    ("Ruta de salud para persona mayor", "Health"),
    ("Acompañamiento a madre cabeza de hogar", "Vulnerable Population"),
    ("Apoyo a estudiante en primer semestre", "Higher Education Support"),
)
NOTES = (
    "Primera entrevista. La persona relata la salida del lugar de origen con tranquilidad y pide espacios de escucha.",
    "Segunda entrevista. Duerme mejor y retomó el trabajo en la huerta. Se acuerda un encuentro familiar.",
)


def plan(family: PlannedFamily, seed: int, today: date, size: int) -> Values | None:
    """Return the case of a family (`case`, `of_person`, `activities`), or None for a family without one."""
    outcome = outcomes("cases", seed, size)[family.position]
    if outcome is None:
        return None
    rng = random.Random(f"{seed}:case:{family.position}")
    subject, line = rng.choice(SUBJECTS)
    opened = today - timedelta(days=rng.randint(60, 170))
    case: Values = {
        "subject": subject,
        "status": "Closed" if outcome == "closed" else rng.choice(("Open", "In Follow-up")),
        "line_of_care": line,
        "priority": rng.choice(("Normal", "Normal", "High")),
        "opened_on": opened,
        "responsible": PROFESSIONAL,
        "programme": places.GENERAL,
        "reason_for_care": "Remitido por el gestor después de la visita domiciliaria.",
        "goals": "Fortalecer los recursos personales y la red de apoyo.",
    }
    if outcome == "closed":
        case |= {
            "closed_on": today - timedelta(days=rng.randint(2, 30)),
            "closing_reason": "Goals Reached",
            "outcome": "La familia reconoce y usa su red de apoyo.",
        }
    activities = [
        {
            "subject": kind,
            "activity_kind": english,
            "line_of_care": line,
            "status": "Held",
            "activity_date": opened + timedelta(days=12 * (number + 1)),
            "hours": 1,
            "professional": PROFESSIONAL,
            "programme": places.GENERAL,
            "agreements": "Continuar con el plan acordado.",
        }
        for number, (kind, english) in enumerate(
            (("Visita domiciliaria", "Home Visit"), ("Sesión individual", "Individual Session"))[
                : rng.randint(1, 2)
            ]
        )
    ]
    return {"case": case, "of_person": rng.random() < 0.6, "activities": activities}


def write(name: str, people: list[str], planned: Values) -> str:
    """Write a case with its activities as its professional does, and return the name.

    name: the family. people: its members in the order of the plan.
    """
    import frappe

    from social_crm.demo.steps import insert

    about = (
        {"level": "Person", "beneficiary": people[0]}
        if planned["of_person"]
        else {"level": "Family", "family": name}
    )
    user = frappe.session.user
    try:
        frappe.set_user(PROFESSIONAL)
        case = insert("Psychosocial Case", **about, **planned["case"]).name
        for activity in planned["activities"]:
            insert("Psychosocial Activity", psychosocial_case=case, **about, **activity)
    finally:
        frappe.set_user(user)
    return case


def write_notes(cases: list[str]) -> None:
    """Write confidential notes on a few cases: once a demo, for each is sealed to its own case and cannot be copied."""
    import frappe

    from social_crm.demo.steps import insert

    user = frappe.session.user
    try:
        frappe.set_user(PROFESSIONAL)
        for case in cases[:4]:
            for content in NOTES:
                insert("Confidential Note", psychosocial_case=case, note_kind="Interview", content=content)
    finally:
        frappe.set_user(user)
