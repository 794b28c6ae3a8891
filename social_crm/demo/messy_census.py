"""A made-up census as a clerk keeps it, messy on purpose, whose outcome is known exactly.

The same size and seed give the same file. All persons are invented; the numbers lie in a range of their own.
"""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

HEADERS = (
    "N°",
    "Cód. hogar",
    "Parentezco",
    "1er apellido",
    "2do Apellido",
    "Nombres",
    "Tipo Doc.",
    "No. documento",
    "F. nacimiento",
    "Sexo (M/F)",
    "Vereda",
    "Celular",
    "Nivel educativo",
    "Observaciones",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split(" "))


SURNAMES = _words(
    "Pérez Gómez Núñez Oñate Mejía Ariza Solano Uriana Brito Cotes Epiayú Daza Fuentes Ibarra Jiménez Kammerer Larrazábal "
    "Maestre Orozco Peñaranda Quintero Redondo Suárez Toncel Urdiales Villazón Weber Yepes Zúñiga Amaya Barros Carrillo "
    "Deluque Echeverri Freyle Guerra Hinojosa Iguarán Jaramillo Lubo Mengual Navas Ospino Pimienta Ramírez Sprockel Torres "
    "Uribe Vanegas Zabaleta Aguilar Bonivento Cuello Díaz Escobar Figueroa González Herrera Illidge Lacouture Molina "
    "Nieves Ortega Pushaina Rosado Sijona Tovar Urbina Valdeblánquez Arregocés Bermúdez Coronado Duarte Estrada Fonseca"
)
WOMEN = _words(
    "Ana Beatriz Carmen Dilia Elena Francia Gloria Hortensia Inés Josefa Karina Luz Marta Nubia Olga Paola"
)
MEN = _words(
    "Alberto Benjamín César Duván Efraín Fabio Gustavo Hernán Iván Jairo Luis Miguel Néstor Óscar Pedro Rafael"
)
MIDDLE = _words(
    "del_Carmen Isabel Lucía Patricia Rocío Victoria Antonio Enrique Felipe Guillermo Ramón Tomás"
)
CHILD = ("Hijo", "HIJA", "hijo(a)", "Hijio")
HEAD = ("Jefe de hogar", "JEFA", "Jefe(a)", "Cabeza de familia")
SPOUSE = ("Cónyuge", "compañera permanente", "ESPOSO", "Conyugue")
MONTHS = _words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
SCHOOLING = ("Primaria", "Bachiller", "ninguno", "Técnico", "")
REJECTING = ("date", "future", "name", "scientific", "kinship", "letters")
LAST_DAY = date(2025, 12, 31)


@dataclass
class Truth:
    """What loading the file must give; rows of persons, households and lines."""

    rows: int = 0
    created: int = 0
    duplicates: int = 0
    to_decide: int = 0
    rejected: int = 0
    households: int = 0
    empty_lines: int = 0


@dataclass
class MessyCensus:
    """Lines of the sheet (title, header and empty lines included) and the truth about them."""

    lines: list[list[object]] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)
    header_row: int = 4

    def as_xlsx(self) -> bytes:
        """The census as a workbook."""
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("Censo 2025")
        for line in self.lines:
            sheet.append(line)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def as_csv(self, encoding: str = "cp1252", delimiter: str = ";") -> bytes:
        """The census as a text file; dates of real date cells are written day first."""
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        for line in self.lines:
            writer.writerow(
                [f"{v:%d/%m/%Y}" if isinstance(v, date) else ("" if v is None else v) for v in line]
            )
        return stream.getvalue().encode(encoding)

    def shuffled(self, seed: int = 7) -> "MessyCensus":
        """The same census with its rows in another order."""
        body = self.lines[self.header_row :]
        random.Random(seed).shuffle(body)
        return MessyCensus(self.lines[: self.header_row] + body, self.truth, self.header_row)


@dataclass
class _Person:
    code: str
    kinship: str
    surnames: tuple[str, str]
    given: str
    kind: str
    number: str
    birth: date
    female: bool


def messy_census(rows: int, seed: int = 1, place: str = "El Prado") -> MessyCensus:
    """A census of exactly `rows` rows of persons (at most 12,000)."""
    if not 1 <= rows <= 12_000:
        raise ValueError("a census of 1 to 12,000 rows")
    rng = random.Random(seed)
    writer = _Writer(rng, place)
    clean: list[_Person] = []
    for number, size in enumerate(_sizes(rows, rng), start=1):
        household = _household(number, size, rng)
        fate = rng.random()
        if size == 1 and fate < 0.5 and len(clean) > 5:
            writer.likeness(household[0], rng.choice(clean))
        elif size > 1 and fate < 0.06:
            writer.rejected(household, REJECTING[number % len(REJECTING)])
        elif size > 2 and fate < 0.12:
            writer.with_copy(household)
            clean.append(household[0])
        else:
            writer.clean(household)
            clean.append(household[0])
    writer.census.truth.rows = rows
    return writer.census


def _sizes(rows: int, rng: random.Random) -> list[int]:
    sizes: list[int] = []
    left = rows
    for _ in range(rows):
        if left == 0:
            break
        size = min(left, rng.choice((1, 2, 3, 3, 4, 4, 5, 6, 7)))
        sizes.append(size)
        left -= size
    return sizes


def _household(number: int, size: int, rng: random.Random) -> list[_Person]:
    pairs = len(SURNAMES)
    first, second = SURNAMES[number % pairs], SURNAMES[(number + 1 + number // pairs) % pairs]
    third = SURNAMES[(number * 7 + 5) % pairs]
    persons = []
    for index in range(size):
        female = (number + index) % 2 == 0
        given = (WOMEN if female else MEN)[(number // 3 + index * 5) % 16]
        middle = MIDDLE[(number + index * 7) % 12]
        adult = index < 2
        serial = number * 8 + index
        span, start = (11_000, date(1950, 1, 1)) if adult else (6_000, date(2008, 2, 1))
        birth = start + timedelta(days=(serial * 1_237 + index * 401) % span)
        kind = "CC" if adult else "TI"
        digits = (
            str(1_900_000_000 + serial * 7_919 % 90_000_000)
            if not adult
            else str(70_000_000 + serial * 911 % 25_000_000)
        )
        kinship = rng.choice(HEAD if index == 0 else SPOUSE if index == 1 else CHILD)
        family = (third, first) if index == 1 else (first, second)
        persons.append(
            _Person(f"H-{number:04d}", kinship, family, f"{given} {middle}", kind, digits, birth, female)
        )
    return persons


class _Writer:
    """Writes persons the way different hands do, and keeps the truth."""

    def __init__(self, rng: random.Random, place: str) -> None:
        self.rng, self.place = rng, place
        self.census = MessyCensus()
        width = len(HEADERS)
        self.census.lines = [
            ["CENSO DE POBLACIÓN REASENTADA", *[None] * (width - 1)],
            ["Corte: diciembre de 2025", *[None] * (width - 1)],
            [None] * width,
            list(HEADERS),
        ]

    def clean(self, household: list[_Person]) -> None:
        for person in household:
            self._line(person)
        self.census.truth.created += len(household)
        self.census.truth.households += 1
        if self.rng.random() < 0.08:
            self.census.lines.append([None] * len(HEADERS))
            self.census.truth.empty_lines += 1

    def with_copy(self, household: list[_Person]) -> None:
        """The last person is a copy of the second, typed again in another hand."""
        for person in household[:-1]:
            self._line(person)
        self._line(household[1], kinship=household[1].kinship.upper())
        self.census.truth.created += len(household) - 1
        self.census.truth.duplicates += 1
        self.census.truth.households += 1

    def likeness(self, alone: _Person, original: _Person) -> None:
        """A household of one whose person is very like an earlier head: a slip in the number, or surnames swapped."""
        slip = list(original.number)
        at = self.rng.randrange(1, len(slip))
        slip[at] = str((int(slip[at]) + 3) % 10)
        swapped = self.rng.random() < 0.5
        self._line(
            _Person(
                alone.code,
                "Jefe de hogar",
                original.surnames[::-1] if swapped else original.surnames,
                original.given,
                original.kind,
                "" if swapped else "".join(slip),
                original.birth,
                original.female,
            )
        )
        self.census.truth.to_decide += 1

    def rejected(self, household: list[_Person], why: str) -> None:
        """One row is wrong, so the whole household stays out."""
        wrong: dict[str, dict[int, object]] = {
            "date": {8: "31/02/2010"},
            "future": {8: "15/08/2199"},
            "name": {3: None, 4: None, 5: None},
            "scientific": {7: "1,06584E+09"},
            "kinship": {2: "astronauta"},
            "letters": {7: "VERIFICAR"},
        }
        for index, person in enumerate(household):
            self._line(person, changes=wrong[why] if index == 1 else {})
        self.census.truth.rejected += len(household)

    def _line(self, person: _Person, kinship: str = "", changes: dict[int, object] | None = None) -> None:
        rng = self.rng
        hands: tuple[Callable[[str], str], ...] = (str, str.upper, str, _without_accents)
        hand = rng.choice(hands)
        line: list[object] = [
            len(self.census.lines) - 3,
            person.code,
            kinship or person.kinship,
            hand(person.surnames[0]),
            hand(person.surnames[1]),
            hand(person.given) + rng.choice(("", " ", "")),
            rng.choice((person.kind, "C.C." if person.kind == "CC" else "Tarjeta de identidad")),
            _number(person.number, rng),
            _date(person.birth, rng),
            rng.choice(("F", "Femenino", "mujer"))
            if person.female
            else rng.choice(("M", "Masculino", "hombre")),
            self.place,
            rng.choice((None, "310 555 12 34", 3005550000 + len(self.census.lines))),
            rng.choice(SCHOOLING),
            rng.choice((None, None, "Vive con la abuela; estudia")),
        ]
        for index, value in (changes or {}).items():
            line[index] = value
        self.census.lines.append(line)


def _without_accents(text: str) -> str:
    return text.translate(str.maketrans("áéíóúñüÁÉÍÓÚÑ", "aeiounuAEIOUN"))


def _number(number: str, rng: random.Random) -> object:
    if not number:
        return rng.choice((None, "no tiene", "Sin documento"))
    return rng.choice((number, int(number), f"{int(number):,}".replace(",", "."), f" {number} "))


def _date(day: date, rng: random.Random) -> object:
    month = MONTHS[day.month - 1]
    return rng.choice(
        (
            day,
            f"{day:%d/%m/%Y}",
            f"{day.day} de {month} de {day.year}",
            f"{day:%Y-%m-%d}",
            f"{day.day}-{month[:3]}-{day.year}",
            (day - date(1899, 12, 30)).days,
        )
    )
