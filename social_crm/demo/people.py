"""The families: pure data. What recurs in every block (ages, kinship, dates) and what is each family's own (names)."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from social_crm.demo import names, places
from social_crm.demo.quotas import outcomes

Values = dict[str, Any]
# No identity number this high has been given out: the demo's persons are nobody's.
FIRST_NUMBER = 1_900_000_000
NUMBERS_PER_FAMILY = 20
VULNERABILITIES = (
    ("Mujer cabeza de hogar", 16),
    ("Víctima del conflicto armado", 22),
    ("Inseguridad alimentaria", 14),
    ("Persona con discapacidad", 9),
    ("Dependencia económica del lugar de origen", 30),
    ("Persona mayor sin apoyo", 6),
)
OCCUPATIONS = [
    "Agricultura",
    "Comercio",
    "Ganadería",
    "Oficios del hogar",
    "Construcción",
    "Pesca",
    "Artesanía",
    "Transporte",
    "Servicios",
]
ORIGINS = (("44078", "Vereda El Descanso"), ("20250", "Vereda Las Delicias"), ("44378", "Caserío Cerrillo"))


@dataclass(frozen=True)
class Member:
    """One person of a planned family: fields of Beneficiary with `kinship`, and the age in years."""

    values: Values
    age: int


@dataclass(frozen=True)
class PlannedFamily:
    """One family of the demo.

    number: position among all families of the demo; position: its place in the block.
    """

    number: int
    position: int
    family: Values
    members: tuple[Member, ...]
    registered_on: date

    def first(self, minimum: int, maximum: int = 200) -> int | None:
        """Return the index of the first member whose age lies in a range, or None."""
        return next((i for i, one in enumerate(self.members) if minimum <= one.age <= maximum), None)


@dataclass(frozen=True)
class _Slot:
    kinship: str
    sex: str
    age: int
    has_middle: bool
    ethnicity: str
    disability: str
    schooling: tuple[str, int]
    attends: int
    occupation: str
    born: date
    documented: bool


def plan_block(
    seed: int, block: int, today: date, size: int, count: int | None = None
) -> list[PlannedFamily]:
    """Return the families of one block (0 is the first) in their order.

    size: families of a whole block; count: how many of them are wanted (the last block may be cut short).
    Names are unique within the block, so that copies of it can be told apart.
    """
    taken: set[str] = set()
    shares = [place for place in places.COMMUNITIES for _ in range(place.share)]
    needs_student = outcomes("students", seed, size)
    families = []
    for position in range(size):
        fixed = random.Random(f"{seed}:family:{position}")
        own = random.Random(f"{seed}:names:{block}:{position}")
        place = shares[fixed.randrange(len(shares))]
        slots = _household(fixed, today, needs_student[position] is not None)
        families.append(_family(block * size + position, position, place, slots, fixed, own, taken, today))
    return families[:count]


def _household(rng: random.Random, today: date, with_student: bool) -> list[_Slot]:
    head_sex = "Female" if rng.random() < 0.42 else "Male"
    head_age = rng.randint(26, 68)
    slots = [_slot(rng, "Head", head_sex, head_age, today)]
    if rng.random() < (0.55 if head_sex == "Female" else 0.86):
        partner = "Male" if head_sex == "Female" else "Female"
        slots.append(_slot(rng, "Spouse or Partner", partner, max(19, head_age + rng.randint(-7, 4)), today))
    if with_student:
        slots.append(_slot(rng, "Child", rng.choice(("Female", "Male")), rng.randint(18, 24), today))
    youngest_mother = head_age - 19
    for _ in range(rng.choices((0, 1, 2, 3, 4, 5), (8, 20, 30, 24, 12, 6))[0]):
        age = rng.randint(max(0, head_age - 45), max(0, youngest_mother))
        if age > 30 and rng.random() < 0.7:
            age = rng.randint(3, 17)
        if age <= youngest_mother:
            slots.append(_slot(rng, "Child", rng.choice(("Female", "Male")), age, today))
    if rng.random() < 0.14:
        slots.append(_slot(rng, "Parent", "Female", min(94, head_age + rng.randint(19, 30)), today))
    if rng.random() < 0.12 and head_age > 45:
        slots.append(_slot(rng, "Grandchild", rng.choice(("Female", "Male")), rng.randint(0, 9), today))
    return slots


def _slot(rng: random.Random, kinship: str, sex: str, age: int, today: date) -> _Slot:
    ethnicity = rng.choices(("None", "Indigenous", "Afro-Colombian"), (48, 30, 22))[0]
    disability = rng.choices(("None", "Physical", "Visual", "Hearing"), (94, 3, 2, 1))[0]
    return _Slot(
        kinship,
        sex,
        age,
        rng.random() < 0.55,
        ethnicity,
        disability,
        _schooling(rng, age),
        int(5 <= age <= 17 and rng.random() < 0.93),
        rng.choice(OCCUPATIONS) if age >= 18 else ("Estudiante" if age >= 5 else ""),
        today - timedelta(days=age * 365 + age // 4 + rng.randint(1, 360)),
        age > 0 or rng.random() < 0.5,
    )


def _schooling(rng: random.Random, age: int) -> tuple[str, int]:
    if age < 6:
        return ("Preschool" if age == 5 else "None", 0)
    if age < 18:
        years = max(0, age - 6 - rng.randint(0, 1))
        return ("Primary" if years < 5 else "Lower Secondary" if years < 9 else "Upper Secondary", years)
    if age < 26:
        return ("Upper Secondary", 11)
    return rng.choice(
        (
            ("None", 0),
            ("Primary", 3),
            ("Primary", 5),
            ("Lower Secondary", 9),
            ("Upper Secondary", 11),
            ("Technical", 13),
        )
    )


def _family(
    number: int,
    position: int,
    place: places.Place,
    slots: list[_Slot],
    fixed: random.Random,
    own: random.Random,
    taken: set[str],
    today: date,
) -> PlannedFamily:
    late = fixed.random() < 0.05
    days = (
        fixed.randint(200, places.CUT_OFF_DAYS - 10)
        if late
        else fixed.randint(places.CUT_OFF_DAYS + 5, places.PROGRAMME_DAYS - 5)
    )
    registered = today - timedelta(days=days)
    father, mother = _surnames(own, taken)
    first_number = FIRST_NUMBER + number * NUMBERS_PER_FAMILY
    members = []
    for index, slot in enumerate(slots):
        # Who was born after the registration is in the census as of that day: the birth moves before it.
        slot_born = min(slot.born, registered - timedelta(days=20))
        members.append(
            _member(slot, slot_born, index, first_number + index, father, mother, own, taken, today)
        )
    origin, hamlet = ORIGINS[fixed.randrange(len(ORIGINS))]
    family: Values = {
        "family_name": f"{members[0].values['first_surname']} {members[0].values['second_surname']}",
        "community": place.name,
        "zone": place.zone,
        "census_code": f"CEN-{number + 1:06d}",
        "origin_municipality": origin,
        "origin_detail": hamlet,
        "displacement_date": registered - timedelta(days=fixed.randint(30, 700)),
        "present_municipality": place.municipality,
        "present_detail": f"Manzana {fixed.randint(1, 14)}, casa {fixed.randint(1, 28)}",
        "latitude": round(place.latitude + fixed.uniform(-0.006, 0.006), 6),
        "longitude": round(place.longitude + fixed.uniform(-0.006, 0.006), 6),
        "vulnerabilities": [
            {"vulnerability": name, "from_date": registered}
            for name, share in VULNERABILITIES
            if fixed.randrange(100) < share
        ],
    }
    return PlannedFamily(number, position, family, tuple(members), registered)


def _surnames(rng: random.Random, taken: set[str]) -> tuple[str, str]:
    while True:
        father, mother = rng.sample(names.SURNAMES, 2)
        if f"{father} {mother}" not in taken:
            taken.add(f"{father} {mother}")
            return father, mother


def _member(
    slot: _Slot,
    born: date,
    index: int,
    number: int,
    father: str,
    mother: str,
    rng: random.Random,
    taken: set[str],
    today: date,
) -> Member:
    if slot.kinship == "Head":
        surnames = (father, mother)
    elif slot.kinship in ("Spouse or Partner", "Parent"):
        surnames = tuple(rng.sample(names.SURNAMES, 2))
    else:
        surnames = (father, rng.choice(names.SURNAMES))
    first, second = (
        (names.FEMALE, names.FEMALE_SECOND) if slot.sex == "Female" else (names.MALE, names.MALE_SECOND)
    )
    while True:
        given, middle = rng.choice(first), rng.choice(second) if slot.has_middle else None
        full = " ".join(part for part in (given, middle, *surnames) if part)
        if full not in taken:
            taken.add(full)
            break
        surnames = (surnames[0], rng.choice(names.SURNAMES))
    age = (today - born).days // 365
    kind = "CC" if age >= 18 else "TI" if age >= 7 else "RC"
    values: Values = {
        "first_name": given,
        "middle_name": middle,
        "first_surname": surnames[0],
        "second_surname": surnames[1],
        "kinship": slot.kinship,
        "birth_date": born,
        "sex": slot.sex,
        "gender": "Woman" if slot.sex == "Female" else "Man",
        "ethnicity": slot.ethnicity,
        "disability": slot.disability,
        "schooling_level": slot.schooling[0],
        "schooling_years": slot.schooling[1],
        "attends_school": slot.attends,
        "occupation": slot.occupation,
    }
    if slot.documented:
        values["documents"] = [{"document_type": kind, "document_number": str(number)}]
    else:
        values["no_document_reason"] = "Recién nacido: el registro civil está en trámite."
    return Member(values, age)
