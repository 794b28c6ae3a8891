"""The fields a census column can fill, and the headers by which clerks call them. Data only."""

from dataclasses import dataclass

FAMILY = "Family"
PERSON = "Person"
IGNORE = "ignore"


@dataclass(frozen=True)
class CensusField:
    """A field that a column can fill.

    key: name used everywhere in the import.
    label: English label, translated when shown.
    group: FAMILY or PERSON.
    headers: headers as clerks write them, with ", " between; compared after `census_headers.header_key`.
    """

    key: str
    label: str
    group: str
    headers: str

    @property
    def synonyms(self) -> tuple[str, ...]:
        return tuple(self.headers.split(", "))


FIELDS: tuple[CensusField, ...] = (
    CensusField(
        "household",
        "Household Code",
        FAMILY,
        "codigo hogar, hogar, codigo de hogar, id hogar, numero hogar, codigo familia, id familia, numero "
        "de familia, familia, codigo vivienda, id vivienda, numero de hogar, nucleo, nucleo familiar, "
        "codigo nucleo familiar, ficha, numero ficha, codigo ficha, codigo encuesta, numero encuesta, "
        "consecutivo familia, household, household id, household code, codigo grupo familiar, grupo "
        "familiar, codigo censo, codigo unidad social, unidad social",
    ),
    CensusField(
        "family_record",
        "Social CRM Family",
        FAMILY,
        "familia social crm, codigo social crm, family id, social crm family",
    ),
    CensusField(
        "family_name",
        "Family Name",
        FAMILY,
        "nombre familia, nombre de la familia, apellidos familia, familia nombre, family name",
    ),
    CensusField(
        "community",
        "Community",
        FAMILY,
        "comunidad, nombre comunidad, asentamiento, reasentamiento, centro poblado, corregimiento, community",
    ),
    CensusField(
        "place",
        "Present Place",
        FAMILY,
        "vereda, barrio, sector, direccion, direccion residencia, lugar de residencia, vereda barrio, "
        "barrio vereda, finca, predio, residencia, ubicacion, lugar, manzana, lote",
    ),
    CensusField(
        "zone",
        "Zone",
        FAMILY,
        "zona, area, tipo zona, zona residencia, rural urbano, urbano rural",
    ),
    CensusField(
        "origin_place",
        "Place of Origin",
        FAMILY,
        "origen, lugar de origen, procedencia, lugar de procedencia, municipio de origen, municipio "
        "procedencia, vereda de origen, lugar expulsion, municipio expulsor, municipio de expulsion",
    ),
    CensusField(
        "displacement_date",
        "Date of Displacement",
        FAMILY,
        "fecha desplazamiento, fecha de desplazamiento, fecha expulsion, fecha llegada, fecha de traslado",
    ),
    CensusField(
        "latitude",
        "Latitude",
        FAMILY,
        "latitud, lat, coordenada y, latitude, norte",
    ),
    CensusField(
        "longitude",
        "Longitude",
        FAMILY,
        "longitud, lon, long, lng, coordenada x, longitude, oeste",
    ),
    CensusField(
        "full_name",
        "Full Name",
        PERSON,
        "nombre completo, nombres y apellidos, apellidos y nombres, nombre y apellido, nombre y "
        "apellidos, nombres apellidos, apellidos nombres, apellido y nombre, nombre, nombre de la "
        "persona, nombre beneficiario, beneficiario, nombre integrante, integrante, persona, miembro, "
        "full name, nombre del integrante, nombre miembro del hogar, nombre completo del beneficiario",
    ),
    CensusField(
        "given_names",
        "Given Names",
        PERSON,
        "nombres, nombre s, nombres de pila, given names, nombres integrante, nombres del beneficiario",
    ),
    CensusField(
        "surnames",
        "Surnames",
        PERSON,
        "apellidos, apellido, apellido s, surnames, apellidos integrante",
    ),
    CensusField(
        "first_name",
        "First Given Name",
        PERSON,
        "primer nombre, nombre 1, nombre uno, first name",
    ),
    CensusField(
        "middle_name",
        "Second Given Name",
        PERSON,
        "segundo nombre, nombre 2, otros nombres, middle name",
    ),
    CensusField(
        "first_surname",
        "First Surname",
        PERSON,
        "primer apellido, apellido 1, apellido paterno, apellido uno",
    ),
    CensusField(
        "second_surname",
        "Second Surname",
        PERSON,
        "segundo apellido, apellido 2, apellido materno, apellido dos",
    ),
    CensusField(
        "document_type",
        "Document Type",
        PERSON,
        "tipo documento, tipo de documento, tipo identificacion, tipo de identificacion, tipo id, tipo de "
        "documento de identidad, clase documento, tipo doc identidad, document type",
    ),
    CensusField(
        "document_number",
        "Document Number",
        PERSON,
        "cedula, numero cedula, numero documento, documento, identificacion, numero identificacion, "
        "numero de identificacion, numero de documento, documento de identidad, cedula de ciudadania, cc, "
        "numero documento identidad, nuip, numero id, id persona, ti cc, cc ti, documento identidad "
        "numero, cedula o ti, numero de cedula, document number, ident",
    ),
    CensusField(
        "no_document_reason",
        "Reason for having no Document",
        PERSON,
        "motivo sin documento, por que no tiene documento, razon sin documento, causa sin documento",
    ),
    CensusField(
        "kinship",
        "Kinship to the Head",
        PERSON,
        "vinculo con jefe de hogar, parentesco con jefe, parentesco, parentesco con el jefe, parentesco con el jefe de hogar, relacion con el jefe, "
        "relacion con el jefe de hogar, parentezco, vinculo, vinculo familiar, rol familiar, rol, "
        "relacion de parentesco, kinship, parentesco jefe hogar, relacion, rol en el hogar",
    ),
    CensusField(
        "birth_date",
        "Date of Birth",
        PERSON,
        "fecha nacimiento, fecha de nacimiento, nacimiento, fecha nac, fec nac, nacido el, birth date, "
        "fecha de nac, date of birth, fnac",
    ),
    CensusField(
        "age",
        "Age",
        PERSON,
        "edad, edad anos, anos cumplidos, edad en anos, age",
    ),
    CensusField(
        "sex",
        "Sex",
        PERSON,
        "sexo, sexo biologico, sexo al nacer, sex, sexo h m, sexo m f",
    ),
    CensusField(
        "gender",
        "Gender",
        PERSON,
        "genero, identidad de genero, gender",
    ),
    CensusField(
        "ethnicity",
        "Ethnicity",
        PERSON,
        "etnia, grupo etnico, pertenencia etnica, autorreconocimiento etnico, raza, etnico, ethnicity",
    ),
    CensusField(
        "disability",
        "Disability",
        PERSON,
        "discapacidad, tipo discapacidad, tipo de discapacidad, condicion de discapacidad, disability",
    ),
    CensusField(
        "schooling_level",
        "Schooling Level",
        PERSON,
        "nivel educativo, escolaridad, nivel escolaridad, nivel de escolaridad, educacion, estudios, "
        "ultimo nivel educativo, nivel de estudios, grado escolaridad, nivel academico, schooling",
    ),
    CensusField(
        "schooling_years",
        "Completed Years of Schooling",
        PERSON,
        "anos de estudio, anos aprobados, anos de escolaridad, ultimo grado aprobado, grado aprobado",
    ),
    CensusField(
        "attends_school",
        "Attends School",
        PERSON,
        "estudia, estudia actualmente, asiste a la escuela, asiste escuela, asiste al colegio, estudiando",
    ),
    CensusField(
        "occupation",
        "Occupation",
        PERSON,
        "ocupacion, oficio, profesion, actividad, trabajo, occupation, actividad economica",
    ),
    CensusField(
        "phone",
        "Telephone",
        PERSON,
        "telefono, celular, numero celular, numero telefono, movil, contacto, telefono celular, phone, "
        "numero de contacto, telefono contacto",
    ),
    CensusField(
        "email",
        "E-mail",
        PERSON,
        "correo, correo electronico, email, e mail, mail",
    ),
    CensusField(
        "person_code",
        "Person Code",
        PERSON,
        "codigo persona, id integrante, codigo integrante, codigo beneficiario, id beneficiario",
    ),
    CensusField(
        "notes",
        "Notes",
        PERSON,
        "observaciones, observacion, notas, nota, comentarios, novedad, novedades, notes",
    ),
)

BY_KEY: dict[str, CensusField] = {field.key: field for field in FIELDS}
NAME_FIELDS = (
    "full_name",
    "given_names",
    "surnames",
    "first_name",
    "middle_name",
    "first_surname",
    "second_surname",
)

# Headers that say nothing we keep: a running number in front of the row, a place to sign.
_IGNORED = (
    "numero, item, consecutivo, orden, fila, numero orden, id, n, firma, huella, total, "
    "cantidad, motivo, resultado, fila en el archivo, row in the file, result, reason"
)
IGNORED_HEADERS: tuple[str, ...] = tuple(_IGNORED.split(", "))

IGNORE_LABEL = "Leave Out"
_BY_LABEL: dict[str, str] = {**{field.label: field.key for field in FIELDS}, IGNORE_LABEL: IGNORE}


def key_of(label: str | None) -> str:
    """The key of a field (or IGNORE) by its English label, "" for none; labels are what is stored on the site."""
    return _BY_LABEL.get(label or "", "")


def label_of(key: str) -> str:
    """The English label of a field key, "" for none."""
    return IGNORE_LABEL if key == IGNORE else BY_KEY[key].label if key in BY_KEY else ""
