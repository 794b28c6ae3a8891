"""Names as they stand in lists: one column or four, surnames first or last, with particles."""

from dataclasses import dataclass

from social_crm.social_crm.domain.census_text import clean, fold, presentable

# Words that belong to the name that follows them: "de la Cruz", "del Carmen", "San Juan" as a surname is rare.
_PARTICLES = frozenset(("de", "del", "la", "las", "los", "y", "da", "di", "van", "von", "mc", "mac", "santa"))

# Frequent given names: they tell which end of "PÉREZ GÓMEZ MARÍA JOSÉ" holds the surnames.
_GIVEN_WORDS = (
    "maria jose juan luis carlos ana jorge pedro miguel jesus andres david diego daniel alejandro sebastian camilo "
    "santiago nicolas samuel mateo manuel antonio francisco rafael jaime alvaro hernan oscar ivan edgar cesar julio "
    "mario hugo ruben raul alberto alfonso enrique eduardo fernando guillermo gustavo hector rodrigo ricardo roberto "
    "sergio victor william wilson nelson edwin jhon john jairo fabio german gabriel javier leonardo mauricio pablo "
    "angel felipe esteban tomas martin emilio ernesto arturo armando yesid jader deiner yeiner eder wilmer jaider "
    "luz rosa carmen martha marta gloria sandra claudia patricia diana paola andrea natalia laura carolina adriana "
    "angela monica liliana marcela catalina valentina daniela camila juliana sofia isabella mariana gabriela lucia "
    "elena teresa beatriz cecilia yolanda esperanza blanca nubia nelly olga stella amparo dora flor alba ines isabel "
    "karen kelly leidy yuranis yadira yulieth yesenia yaneth milena johana viviana erika ingrid jessica katherine "
    "eloisa margarita mercedes rocio silvia ximena salome luciana emily sara helena edith elvira rita ruth raquel "
    "duban brayan kevin dayana karol nancy magaly marlene marina nidia nohora omaira petrona sol wendy dilia dioselina"
)
_GIVEN = frozenset(_GIVEN_WORDS.split())


@dataclass(frozen=True)
class PersonName:
    """Two given names and two surnames; the second of each may be "".

    unsure: the parts were guessed from one column and somebody should look.
    """

    first_name: str = ""
    middle_name: str = ""
    first_surname: str = ""
    second_surname: str = ""
    unsure: bool = False

    @property
    def full(self) -> str:
        parts = (self.first_name, self.middle_name, self.first_surname, self.second_surname)
        return " ".join(part for part in parts if part)


def name_units(text: str) -> tuple[str, ...]:
    """Split at spaces, keeping particles with the name they lead to: ("María", "de la Cruz", "Pérez")."""
    units: list[str] = []
    pending: list[str] = []
    for word in clean(text).split(" "):
        if not word:
            continue
        pending.append(word)
        if fold(word) not in _PARTICLES:
            units.append(" ".join(pending))
            pending = []
    if pending:
        if units:
            units[-1] = " ".join([units[-1], *pending])
        else:
            units.append(" ".join(pending))
    return tuple(units)


def split_pair(text: str) -> tuple[str, str]:
    """Two given names or two surnames from one column: the first unit, and the rest."""
    units = name_units(text)
    if not units:
        return "", ""
    return presentable(units[0]), presentable(" ".join(units[1:]))


def split_full_name(text: str, surnames_first: bool = False) -> PersonName:
    """Split a full name; "Pérez Gómez, María José" always has its surnames first.

    With three names in the usual order one given name and two surnames are the more frequent reading, unless the
    second is a known given name ("Juan Carlos Pérez").
    """
    raw = clean(text)
    if "," in raw:
        before, _, after = raw.partition(",")
        if before.strip() and after.strip():
            return PersonName(*split_pair(after), *split_pair(before))
    units = name_units(raw)
    if not units:
        return PersonName()
    if len(units) == 1:
        return PersonName(first_name=presentable(units[0]))
    given, family = _cut_surnames_first(units) if surnames_first else _cut(units)
    unsure = len(units) == 3 or len(units) > 4
    return PersonName(
        presentable(given[0]),
        presentable(" ".join(given[1:])),
        presentable(family[0]),
        presentable(" ".join(family[1:])),
        unsure=unsure,
    )


def _is_given(unit: str) -> bool:
    return fold(unit).split(" ")[-1] in _GIVEN


def _cut(units: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if len(units) == 2:
        return units[:1], units[1:]
    if len(units) == 3:
        at = 2 if _is_given(units[1]) else 1
        return units[:at], units[at:]
    return units[:-2], units[-2:]


def _cut_surnames_first(units: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if len(units) == 2:
        return units[1:], units[:1]
    if len(units) == 3:
        at = 1 if _is_given(units[1]) else 2
        return units[at:], units[:at]
    return units[2:], units[:2]


def column_has_surnames_first(values: list[str]) -> bool:
    """Whether a column of full names puts the surnames first: more known given names stand at the end than in front."""
    front = back = 0
    for value in values[:2000]:
        units = name_units(value)
        if len(units) < 3 or "," in value:
            continue
        front += _is_given(units[0])
        back += _is_given(units[-1]) if len(units) > 3 else _is_given(units[2])
    return back > front
