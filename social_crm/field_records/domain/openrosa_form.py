"""A template as a form for clients that know nothing of actas: whom it is about at its head, who signs at its tail.

Such a client shows a form and no more. So the form asks at its head whom it is about (a family, a person of it, a productive
unit, or a community), when and where, and at its tail who signs, and how. Names begin with an underscore, which no name of a
template may: they are never a template's own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_crm.field_records.domain.fingerprints import FINGERS
from social_crm.field_records.domain.xlsform import language_code

HEAD, TAIL = "_acta", "_firmantes"
FAMILIES, PERSONS, UNITS = "familias.csv", "personas.csv", "unidades.csv"
COMMUNITIES = "comunidades.csv"
FILES = (FAMILIES, PERSONS, UNITS, COMMUNITIES)
# The column of the list of persons that says who has authorised the use of biometric data, and its word for yes.
AUTHORISES, YES = "huella", "si"
# What the head and the tail are; another number whenever they change, so that forms are made anew.
LAYOUT = 5
# How somebody signs, as the form has it.
SIGNS, GIVES_PRINT, CANNOT = "si", "huella", "no"

Row = dict[str, str]
Texts = Mapping[str, str]

# The words of head and tail: what is asked, or in a list, in each language that we speak. Another one gets the first.
TEXTS: dict[str, Texts] = {
    "_familia": {"es": "Familia", "en": "Family"},
    "_persona": {
        "es": "Persona de la familia, si el acta es sobre una",
        "en": "Person of the family, if the acta is about one",
    },
    "_unidad": {
        "es": "Unidad productiva, si el acta es sobre una",
        "en": "Productive unit, if the acta is about one",
    },
    "_comunidad": {"es": "Comunidad", "en": "Community"},
    "_fecha": {"es": "Fecha de la visita", "en": "Date of the visit"},
    "_lugar": {"es": "Lugar", "en": "Place"},
    "_posicion": {"es": "Posición", "en": "Position"},
    TAIL: {"es": "Participantes y firmas", "en": "Participants and signatures"},
    "_registrada": {"es": "Persona registrada, si lo es", "en": "Person on record, if they are"},
    "_nombre": {"es": "Nombre completo", "en": "Full name"},
    "_papel": {"es": "Papel", "en": "Role"},
    "_documento": {"es": "Documento", "en": "Document"},
    "_firma_si": {"es": "¿Cómo firma?", "en": "How do they sign?"},
    "_firma": {"es": "Firma", "en": "Signature"},
    "_dedo": {"es": "Dedo", "en": "Finger"},
    "_huella": {"es": "Huella (con la aplicación del lector)", "en": "Fingerprint (with the reader's app)"},
    "_motivo": {"es": "Motivo por el que no firma", "en": "Why they do not sign"},
    "_testigo": {"es": "Nombre del testigo", "en": "Name of the witness"},
    "_testigo_documento": {"es": "Documento del testigo", "en": "Document of the witness"},
    "_testigo_firma": {"es": "Firma del testigo", "en": "Signature of the witness"},
}
ROLES: dict[str, Texts] = {
    "Beneficiary": {"es": "Beneficiario", "en": "Beneficiary"},
    "Family Member": {"es": "Integrante de la familia", "en": "Family member"},
    "Gestor": {"es": "Gestor", "en": "Gestor"},
    "Community": {"es": "Comunidad", "en": "Community"},
    "Institution": {"es": "Institución", "en": "Institution"},
    "Witness": {"es": "Testigo", "en": "Witness"},
}
WAYS: dict[str, Texts] = {
    SIGNS: {"es": "Firma en la pantalla", "en": "Signs on the screen"},
    GIVES_PRINT: {"es": "Da su huella", "en": "Gives a fingerprint"},
    CANNOT: {"es": "No firma: firma un testigo", "en": "Does not sign: a witness does"},
}
_FINGER_WORDS: dict[str, Texts] = {
    "Thumb": {"es": "Pulgar", "en": "Thumb"},
    "Index": {"es": "Índice", "en": "Index finger"},
    "Middle": {"es": "Corazón", "en": "Middle finger"},
    "Ring": {"es": "Anular", "en": "Ring finger"},
    "Little": {"es": "Meñique", "en": "Little finger"},
}
_HANDS: dict[str, Texts] = {
    "Right": {"es": "{0} derecho", "en": "Right hand: {0}"},
    "Left": {"es": "{0} izquierdo", "en": "Left hand: {0}"},
}
_LIST_OF_ROLES, _LIST_OF_WAYS, _LIST_OF_FINGERS = "_papeles", "_formas", "_dedos"
_EVERYBODY = "todos"
_ACTION = re.compile(r"[A-Za-z]\w*(\.\w+)+(\([\w\s.,='/-]*\))?", re.ASCII)


def dressed(
    sheets: Mapping[str, list[Row]], languages: Sequence[str], title: str, reader: str = ""
) -> dict[str, list[Row]]:
    """Return the sheets of a form with head and tail around its questions.

    Args:
        languages: of the form, such as "English (en)": head and tail speak each of them that we speak.
        reader: the action by which a client starts the app of a fingerprint reader (an Android intent, such as
            "org.example.SCAN"), which answers one question with a minutiae record (ISO 19794-2). Without it no
            fingerprint is asked for.
    """
    rows = _Rows(languages)
    survey = [_apart(row, "type") for row in sheets["survey"]]
    choices = [_apart(row, "list_name") for row in sheets["choices"]]
    return {
        **sheets,
        "survey": [*_head(rows, title), *survey, *_tail(rows, reader)],
        "choices": [*choices, *_choices(rows, reader)],
    }


def _apart(row: Row, column: str) -> Row:
    """A row whose list of choices has the name of one of our files goes by another: a form has one list of a name."""
    kind, _, name = row.get(column, "").rpartition(" ")
    if f"{name}.csv" not in FILES or (column == "type" and not kind):
        return row
    return {**row, column: f"{kind} _{name}".strip()}


@dataclass(frozen=True)
class _Rows:
    """Rows of the sheets with their texts in each language of a form."""

    languages: Sequence[str]

    def texts(self, said: Texts) -> Row:
        return {f"label::{language}": _in(said, language) for language in self.languages}

    def row(self, kind: str, name: str, **cells: str) -> Row:
        return {"type": kind, "name": name, **self.texts(TEXTS.get(name, {})), **cells}

    def listed(self, file: str, name: str, **cells: str) -> Row:
        return self.row(f"select_one_from_file {file}", name, appearance="autocomplete", **cells)

    def choice(self, name: str, value: str, said: Texts, **cells: str) -> Row:
        return {"list_name": name, "name": value, **self.texts(said), **cells}


def _head(rows: _Rows, title: str) -> list[Row]:
    of_family = {"choice_filter": "family = ${_familia}", "relevant": "${_familia} != ''"}
    return [
        {"type": "start", "name": "_inicio"},
        {"type": "end", "name": "_fin"},
        {"type": "begin_group", "name": HEAD, **rows.texts({"es": title})},
        rows.listed(FAMILIES, "_familia"),
        rows.listed(PERSONS, "_persona", **of_family),
        rows.listed(UNITS, "_unidad", **of_family),
        rows.listed(COMMUNITIES, "_comunidad", required="yes", relevant="${_familia} = ''"),
        rows.row("date", "_fecha", required="yes", default="today()", constraint=". <= today()"),
        rows.row("text", "_lugar"),
        rows.row("geopoint", "_posicion"),
        {"type": "end_group"},
    ]


def _tail(rows: _Rows, reader: str) -> list[Row]:
    row = rows.row
    signs, gives, refuses = (
        {"required": "yes", "relevant": f"${{_firma_si}} = '{way}'"} for way in (SIGNS, GIVES_PRINT, CANNOT)
    )
    ways = row(f"select_one {_LIST_OF_WAYS}", "_firma_si", required="yes", default=SIGNS)
    authorises: list[Row] = []
    prints: list[Row] = []
    if reader:
        # Who gives a fingerprint has authorised it before: the choice is there for these alone.
        listed = f"pulldata('{PERSONS.removesuffix('.csv')}', '{AUTHORISES}', 'name', ${{_registrada}})"
        authorises = [{"type": "calculate", "name": "_autoriza", "calculation": listed}]
        prints = [
            row(f"select_one {_LIST_OF_FINGERS}", "_dedo", **gives),
            row("text", "_huella", appearance=f"ex:{reader}", **gives),
        ]
        ways["choice_filter"] = f"para = '{_EVERYBODY}' or para = ${{_autoriza}}"
    return [
        row("begin_repeat", TAIL),
        rows.listed(PERSONS, "_registrada"),
        row("text", "_nombre", required="yes"),
        row(f"select_one {_LIST_OF_ROLES}", "_papel", required="yes"),
        row("text", "_documento"),
        *authorises,
        ways,
        row("image", "_firma", appearance="signature", **signs),
        *prints,
        row("text", "_motivo", **refuses),
        row("text", "_testigo", **refuses),
        row("text", "_testigo_documento", relevant=refuses["relevant"]),
        row("image", "_testigo_firma", appearance="signature", **refuses),
        {"type": "end_repeat"},
    ]


def _choices(rows: _Rows, reader: str) -> list[Row]:
    found = [rows.choice(_LIST_OF_ROLES, value, said) for value, said in ROLES.items()]
    found += [
        rows.choice(_LIST_OF_WAYS, way, said, para=YES if way == GIVES_PRINT else _EVERYBODY)
        for way, said in WAYS.items()
        if reader or way != GIVES_PRINT
    ]
    if reader:
        found += [rows.choice(_LIST_OF_FINGERS, _finger_value(name), _finger(name)) for name in FINGERS]
    return found


def is_action(text: str) -> bool:
    """Whether a text is an action that starts an app of Android: a name with dots, perhaps with what it is told in brackets."""
    return bool(_ACTION.fullmatch(text))


def finger_of(value: str) -> str:
    """Return the finger that a choice of the form means; a text that is none comes back as it is."""
    return next((name for name in FINGERS if _finger_value(name) == value), value)


def _finger_value(name: str) -> str:
    return name.lower().replace(" ", "_")


def _finger(name: str) -> Texts:
    hand, which = name.split()[:2]
    return {code: said.format(_FINGER_WORDS[which][code]) for code, said in _HANDS[hand].items()}


def _in(said: Texts, language: str) -> str:
    """The text in a language such as "English (en)" or "es-CO"; in Spanish where we do not speak it."""
    return said.get(language_code(language).split("-")[0], said.get("es", ""))
