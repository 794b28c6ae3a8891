"""Productive units and their follow-up visits."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from social_crm.demo import places
from social_crm.demo.people import PlannedFamily
from social_crm.demo.quotas import outcomes
from social_crm.demo.users import DOMAIN

Values = dict[str, Any]
BUSINESSES: tuple[tuple[str, str], ...] = (
    ("Tienda La Esperanza", "Commerce"),
    ("Cría de gallinas ponedoras", "Livestock"),
    ("Panadería El Buen Trigo", "Food"),
    ("Mochilas y tejidos wayuu", "Crafts"),
    ("Huerta de hortalizas", "Agriculture"),
    ("Mototaxi comunitario", "Transport"),
    ("Comidas rápidas La Esquina", "Food"),
    ("Taller de confecciones", "Manufacturing"),
    ("Cría de chivos", "Livestock"),
    ("Peluquería Nueva Imagen", "Services"),
    ("Cultivo de yuca y maíz", "Agriculture"),
    ("Reparación de motos", "Services"),
    ("Pesca de bocachico", "Fishing"),
    ("Helados y jugos naturales", "Food"),
)
STATES = {
    "diagnosis": "Diagnosis",
    "profile": "Profile",
    "business model": "Business Model",
    "action plan": "Action Plan",
    "closed": "Closed",
}
REASONS = ("Not Profitable", "Lack of Working Capital", "Found Employment", "Moved Away", "Lack of Customers")


@dataclass(frozen=True)
class PlannedUnit:
    """One unit: index of the owner in the family, fields, the state it reaches, its visits and its closing."""

    owner: int
    values: Values
    state: str
    visits: tuple[Values, ...]
    closing: Values | None


def plan(family: PlannedFamily, seed: int, today: date, size: int) -> PlannedUnit | None:
    """Return the unit of a family, or None for a family without one."""
    outcome = outcomes("units", seed, size)[family.position]
    if outcome is None:
        return None
    rng = random.Random(f"{seed}:unit:{family.position}")
    name, sector = rng.choice(BUSINESSES)
    known = (today - family.registered_on).days
    partner = len(family.members) > 1 and family.members[1].values["kinship"] == "Spouse or Partner"
    values: Values = {
        "unit_name": name,
        "kind": rng.choice(("New", "New", "Strengthened")),
        "activity_sector": sector,
        "programme": places.GENERAL,
        "description": f"{name}: atención a la comunidad y ventas en la cabecera municipal.",
        "investment": rng.randrange(18, 75) * 100_000,
        "monthly_sales": rng.randrange(6, 28) * 100_000,
        "jobs": rng.randint(1, 3),
    }
    visits: tuple[Values, ...] = ()
    closing = None
    if outcome not in ("diagnosis", "profile", "business model", "action plan"):
        age = rng.randint(120, max(121, min(950, known - 30)))
        values["started_on"] = today - timedelta(days=age)
        last = _last_visit(rng, outcome, age)
        visits = _visits(rng, family, values, outcome, age, last, today)
        if outcome == "closed":
            closing = {
                "closed_on": today - timedelta(days=max(1, last - rng.randint(0, 15))),
                "closing_reason": rng.choice(REASONS),
                "closing_notes": "La familia y el gestor acordaron el cierre en la última visita.",
            }
    state = STATES.get(outcome) or ("Follow-up" if rng.random() < 0.72 else "Implementation")
    return PlannedUnit(1 if partner and rng.random() < 0.4 else 0, values, state, visits, closing)


def _last_visit(rng: random.Random, outcome: str, age: int) -> int:
    """Return how many days ago the last visit was: recent ones vouch for the unit, old ones do not."""
    if outcome in ("active", "not operating"):
        return rng.randint(1, 20)
    return rng.randint(100, max(101, min(300, age - 10)))


def _visits(
    rng: random.Random, family: PlannedFamily, unit: Values, outcome: str, age: int, last: int, today: date
) -> tuple[Values, ...]:
    days = [last]
    while len(days) < 4 and days[-1] + 75 < age - 20:
        days.append(days[-1] + rng.randint(60, 85))
    days = [day for day in days if day < age]
    rows = []
    for ago in reversed(days):
        found_closed = outcome == "not operating" and ago == last
        sales = 0 if found_closed else int(unit["monthly_sales"] * rng.uniform(0.7, 1.25)) // 10_000 * 10_000
        rows.append(
            {
                "visit_date": today - timedelta(days=ago),
                "operating": "No" if found_closed else "Yes",
                "sales": sales,
                "costs": int(sales * rng.uniform(0.5, 0.8)) // 10_000 * 10_000,
                "jobs": 0 if found_closed else unit["jobs"],
                "findings": "Encontrada cerrada; la familia explica los motivos."
                if found_closed
                else "Funciona con normalidad; lleva registro de ventas.",
                "recommendations": "Separar el dinero del negocio del dinero del hogar.",
                "visited_by": f"{places.gestor_of(family.family['community'])}@{DOMAIN}",
            }
        )
    return tuple(rows)


def write(family: PlannedFamily, people: list[str], planned: PlannedUnit) -> str:
    """Write a unit as people do: registered, walked through its stages, visited, perhaps closed. Returns its name.

    people: names of the family's members in the order of the plan.
    """
    from social_crm.demo.steps import insert, walk_to
    from social_crm.income_generation.services import close_unit

    unit = insert("Productive Unit", beneficiary=people[planned.owner], **planned.values)
    if planned.state != "Closed":
        unit = walk_to(unit, planned.state)
    for visit in planned.visits:
        insert("Productive Unit Follow-up", productive_unit=unit.name, **visit)
    if planned.closing:
        walk_to(unit, "Follow-up")
        close_unit(unit.name, **planned.closing)
    return unit.name
