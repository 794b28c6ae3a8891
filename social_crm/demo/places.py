"""Where the demo plays: real municipalities, invented communities, two programmes and who works where since when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

# (DIVIPOLA code, name, level). Departments and municipalities are real; every community is invented.
DIVISIONS: tuple[tuple[str, str, str], ...] = (
    ("20", "Cesar", "Department"),
    ("44", "La Guajira", "Department"),
    ("20001", "Valledupar", "Municipality"),
    ("20045", "Becerril", "Municipality"),
    ("20178", "Chiriguaná", "Municipality"),
    ("20250", "El Paso", "Municipality"),
    ("20400", "La Jagua de Ibirico", "Municipality"),
    ("44001", "Riohacha", "Municipality"),
    ("44078", "Barrancas", "Municipality"),
    ("44279", "Fonseca", "Municipality"),
    ("44378", "Hatonuevo", "Municipality"),
)

GENERAL = "Restauración de Medios de Vida"
EDUCATION = "Fondo de Educación Superior"
# The programme began so many days before the day for which the demo is made.
PROGRAMME_DAYS = 1400
CUT_OFF_DAYS = 1240


@dataclass(frozen=True)
class Place:
    """A community: name, kind, municipality, zone, map point and its share of every hundred families."""

    name: str
    kind: str
    municipality: str
    zone: str
    latitude: float
    longitude: float
    share: int


COMMUNITIES: tuple[Place, ...] = (
    Place("Villa Esperanza", "Resettled", "44078", "Rural", 10.9412, -72.7715, 28),
    Place("El Trupillo", "Host", "44078", "Urban", 10.9571, -72.7893, 12),
    Place("Los Cardones", "Receiving", "44378", "Rural", 11.0698, -72.7661, 18),
    Place("La Ceiba Nueva", "Resettled", "20250", "Rural", 9.6623, -73.7402, 22),
    Place("Puerto Cañaguate", "Receiving", "20400", "Urban", 9.5611, -73.3342, 12),
    Place("Campo Florido", "Host", "20045", "Rural", 9.7038, -73.2791, 8),
)
GUAJIRA = tuple(place.name for place in COMMUNITIES if place.municipality.startswith("44"))
CESAR = tuple(place.name for place in COMMUNITIES if place.municipality.startswith("20"))

# Who works where: (e-mail without domain, communities or None for every community of the programme, programme).
ASSIGNMENTS: tuple[tuple[str, tuple[str, ...] | None, str | None], ...] = (
    ("gestora.barrancas", GUAJIRA, None),
    ("gestor.cesar", CESAR, None),
    ("ingresos", None, GENERAL),
    ("credito", None, GENERAL),
    ("comite", None, GENERAL),
    ("suplente.comite", None, GENERAL),
    ("educacion", None, GENERAL),
    ("educacion", None, EDUCATION),
    ("psicosocial", None, GENERAL),
    ("direccion", None, GENERAL),
    ("direccion", None, EDUCATION),
)

Values = dict[str, Any]


def gestor_of(community: str) -> str:
    """Return who visits a community (e-mail without domain)."""
    return "gestora.barrancas" if community in GUAJIRA else "gestor.cesar"


def plan(today: date) -> list[Values]:
    """Return divisions, communities and programmes in the order of writing, each with its `doctype`.

    today: the day for which the demo is made; every date is counted back from it.
    """
    rows: list[Values] = [
        {"doctype": "Territorial Division", "code": code, "division_name": name, "level": level}
        for code, name, level in DIVISIONS
    ]
    start = today - timedelta(days=PROGRAMME_DAYS)
    for place in COMMUNITIES:
        rows.append(
            {
                "doctype": "Community",
                "community_name": place.name,
                "kind": place.kind,
                "municipality": place.municipality,
                "zone": place.zone,
                "latitude": place.latitude,
                "longitude": place.longitude,
                "cut_off_date": today - timedelta(days=CUT_OFF_DAYS),
            }
        )
    targets = {
        GENERAL: [("Active Productive Units", 40, "%"), ("Families Reached", 207, "Count")],
        EDUCATION: [("Permanence", 90, "%")],
    }
    for name, wanted in targets.items():
        rows.append(
            {
                "doctype": "Social Programme",
                "programme_name": name,
                "status": "Running",
                "operator": "Corporación Raíces del Caribe (ficticia)",
                "funder": "Minera Sierra Clara (ficticia)",
                "start_date": start,
                "end_date": today + timedelta(days=600),
                "currency": "COP",
                "communities": [{"community": place.name, "from_date": start} for place in COMMUNITIES],
                "targets": [
                    {
                        "indicator": kind,
                        "target_value": value,
                        "unit": unit,
                        "due_date": today + timedelta(days=600),
                    }
                    for kind, value, unit in wanted
                ],
            }
        )
    return rows


def assignments(today: date, domain: str) -> list[Values]:
    """Return the dated assignments of the demo users; they began with the programme and last."""
    start = today - timedelta(days=PROGRAMME_DAYS)
    rows: list[Values] = []
    for user, communities, programme in ASSIGNMENTS:
        for community in communities or (None,):
            rows.append(
                {
                    "doctype": "Staff Assignment",
                    "user": f"{user}@{domain}",
                    "community": community,
                    "programme": programme,
                    "from_date": start,
                }
            )
    return rows
