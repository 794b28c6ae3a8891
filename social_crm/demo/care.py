"""What every family has: authorisations, commitments and deliveries; and the activities of each community."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from social_crm.demo import places
from social_crm.demo.people import PlannedFamily
from social_crm.demo.users import DOMAIN

Values = dict[str, Any]
# A line drawn by a formula, as a signature that belongs to nobody.
SIGNATURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAHgAAAAoAQAAAAAdkQOIAAAAsUlEQVR42s3RsQ3DIBAFUKdyFytdOoZIH4bKAJQpmSly4TVi"
    "Ubi15QZLiJ+7QznLDBDFQoiH4N8JNzh+zR/6zVNy6mc2tKkmeeCsppM90l0dgQXzfn/j0SfNX/iI371SRLaxlCQHWkVHt5IV"
    "T7QaOQWdehCf1B1XxdV+bcH5tiUbcnQcniXPk2cwotQbJmkBBqP0E0LprM+teF6LY+PE6XF8r3yr3u9S+VV5rLz98v9+AHer"
    "NZsci43KAAAAAElFTkSuQmCC"
)
PURPOSES: tuple[tuple[str, int], ...] = (
    ("Programme Services", 100),
    ("Image and Voice", 50),
    ("Biometrics", 25),
    ("Research and Statistics", 20),
)
COMMITMENTS = (
    "Llevar el registro diario de ventas",
    "Entregar los documentos para la matrícula",
    "Asistir al taller de ahorro familiar",
    "Gestionar el cupo escolar de los niños",
    "Visitar la vivienda para revisar el techo",
    "Acompañar la cita en el centro de salud",
)
GOODS = (
    ("Kit de huerta familiar", "Kit", 320_000),
    ("Gallinas ponedoras", "Unidad", 28_000),
    ("Mercado básico", "Caja", 145_000),
    ("Kit escolar", "Kit", 96_000),
)
ACTIVITIES = (
    ("Taller de costos y precios", "Training", "Income Generation"),
    ("Reunión de la comunidad con el operador", "Meeting", "General"),
    ("Taller de ahorro y crédito", "Workshop", "Microcredit"),
    ("Feria de universidades", "Campaign", "Higher Education"),
    ("Escuela de familias", "Workshop", "Psychosocial"),
)


def plan(family: PlannedFamily, seed: int, today: date) -> list[Values]:
    """Return the authorisations, commitments and deliveries of a family, each with `doctype`.

    `person` is the index of the member; `family_too` asks for the link to the family.
    """
    rng = random.Random(f"{seed}:care:{family.position}")
    gestor = f"{places.gestor_of(family.family['community'])}@{DOMAIN}"
    rows: list[Values] = []
    given = datetime.combine(family.registered_on, time(10, 30))
    for purpose, share in PURPOSES:
        if rng.randrange(100) >= share:
            continue
        refused = purpose != "Programme Services" and rng.random() < 0.12
        rows.append(
            {
                "doctype": "Data Authorisation",
                "person": 0,
                "purpose": purpose,
                "authorisation_text": f"AUT-{purpose}-1",
                "decision": "Refused" if refused else "Granted",
                "given_on": given,
                "channel": "Signed Paper",
                "given_by": "The Person",
                "evidence_note": f"Carpeta {family.family['community']}, folio {rng.randint(1, 400)}",
            }
        )
    for _number in range(rng.choices((0, 1, 2), (40, 45, 15))[0]):
        rows.append(_commitment(rng, gestor, today))
    if rng.random() < 0.4:
        rows.append(_delivery(rng, family, gestor, today))
    return rows


def _commitment(rng: random.Random, gestor: str, today: date) -> Values:
    status = rng.choices(("Open", "Done", "Open"), (45, 45, 10))[0]
    due = (
        today + timedelta(days=rng.randint(3, 40))
        if rng.random() < 0.6
        else today - timedelta(days=rng.randint(2, 60))
    )
    if status == "Done":
        due = today - timedelta(days=rng.randint(5, 200))
    return {
        "doctype": "Commitment",
        "person": 0,
        "family_too": True,
        "subject": rng.choice(COMMITMENTS),
        "status": status,
        "due_date": due,
        "done_on": due - timedelta(days=2) if status == "Done" else None,
        "responsible_party": "Staff" if rng.random() < 0.6 else "Family",
        "responsible": gestor,
        "programme": places.GENERAL,
    }


def _delivery(rng: random.Random, family: PlannedFamily, gestor: str, today: date) -> Values:
    goods, unit, value = rng.choice(GOODS)
    planned = rng.random() < 0.15
    earliest = min(400, (today - family.registered_on).days - 5)
    day = (
        today + timedelta(days=rng.randint(5, 30))
        if planned
        else today - timedelta(days=rng.randint(3, earliest))
    )
    return {
        "doctype": "Goods Delivery",
        "person": 0,
        "family_too": True,
        "subject": goods,
        "status": "Planned" if planned else "Delivered",
        "delivery_date": day,
        "programme": places.GENERAL,
        "responsible": gestor,
        "items": [{"description": goods, "quantity": rng.randint(1, 12), "unit": unit, "unit_value": value}],
        "signature": None if planned else SIGNATURE,
    }


def plan_activities(families: list[PlannedFamily], seed: int, block: int, today: date) -> list[Values]:
    """Return the activities of a block with `present` and `absent`: positions of families whose head was there or not."""
    rows = []
    for place in places.COMMUNITIES:
        rng = random.Random(f"{seed}:activities:{place.name}")
        here = [one.position for one in families if one.family["community"] == place.name]
        for number, (subject, kind, component) in enumerate(ACTIVITIES):
            ago = rng.randint(6, 60) + 70 * number if number else -rng.randint(4, 25)
            held = ago > 0
            asked = sorted(rng.sample(here, min(len(here), 12))) if held else []
            rows.append(
                {
                    "values": {
                        "subject": subject,
                        "activity_kind": kind,
                        "component": component,
                        "status": "Held" if held else "Planned",
                        "activity_date": today - timedelta(days=ago),
                        "start_time": "09:00:00",
                        "hours": rng.choice((2, 3, 4)),
                        "community": place.name,
                        "programme": places.GENERAL,
                        "place": "Casa comunal",
                        "responsible": f"{places.gestor_of(place.name)}@{DOMAIN}",
                        "objective": "Fortalecer las capacidades de las familias.",
                    },
                    "asked": [
                        (position, rng.choices(("Present", "Absent", "Excused"), (80, 14, 6))[0])
                        for position in asked
                    ],
                }
            )
    return rows


def write(name: str, people: list[str], rows: list[Values]) -> None:
    """Write what a family has.

    name: the family. people: its members in the order of the plan.
    """
    from social_crm.demo.steps import insert

    for row in rows:
        values = {key: value for key, value in row.items() if key not in ("doctype", "person", "family_too")}
        values["beneficiary"] = people[row["person"]]
        if row.get("family_too"):
            values["family"] = name
        insert(row["doctype"], **values)


def write_activities(rows: list[Values], heads: dict[int, str]) -> None:
    """Write activities with their attendance. heads: the head of the family at each position of the block."""
    from social_crm.demo.steps import insert

    for row in rows:
        activity = insert("Community Activity", **row["values"])
        for position, attended in row["asked"]:
            insert(
                "Activity Attendance", activity=activity.name, beneficiary=heads[position], attended=attended
            )
