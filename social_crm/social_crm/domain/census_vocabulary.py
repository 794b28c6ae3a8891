"""Words that clerks write in cells and what they mean; the values are the options of our DocTypes. Data only."""


def _list(words: str) -> list[str]:
    return words.split(", ")


def _words(table: dict[str, str]) -> dict[str, str]:
    return {word: meaning for meaning, words in table.items() for word in words.split(", ")}


SEX: dict[str, str] = _words(
    {
        "Female": "f, fem, femenino, femenina, mujer, female, muj, nina, hembra, ella",
        "Male": "m, masc, masculino, hombre, male, h, homb, varon, nino, macho",
        "Intersex": "i, intersexual, intersex",
    }
)

GENDER: dict[str, str] = _words(
    {
        "Woman": "mujer, femenino, femenina, f, woman, mujer cisgenero",
        "Man": "hombre, masculino, m, h, man, hombre cisgenero",
        "Trans Woman": "mujer trans, mujer transgenero, trans femenina, transfemenino",
        "Trans Man": "hombre trans, hombre transgenero, trans masculino, transmasculino",
        "Non-binary": "no binario, no binaria, nb, no binarie",
        "Other": "otro, otra, lgbti, lgbtiq",
        "Prefers not to say": "no responde, ns nr, nr, prefiere no decir, no informa, no sabe no responde",
    }
)

KINSHIP: dict[str, str] = _words(
    {
        "Head": "jefe, jefa, jefe hogar, jefa hogar, jefe de hogar, jefa de hogar, jefe a de hogar, jefe a, jefe hogar a, "
        "cabeza, cabeza de hogar, cabeza de familia, cabeza familia, jefe de familia, jefa de familia, jefe familia, "
        "titular, jh, head, jefe del hogar, jefa del hogar, jefatura, representante, declarante, jefe o jefa, "
        "jefe o jefa de hogar, el mismo, ella misma, madre cabeza de familia, madre cabeza de hogar",
        "Spouse or Partner": "conyuge, conyugue, conyuje, esposa, esposo, esposo a, companero, companera, companero a, "
        "companero permanente, companera permanente, companero a permanente, pareja, marido, mujer, senora, "
        "conyuge o companero, conyuge o companero a, spouse, union libre, marido o mujer, pareja conyuge companero a",
        "Child": "hijo, hija, hijo a, hijos, hijas, hj, child, hijo propio, hija propia, hijo o hija",
        "Stepchild": "hijastro, hijastra, hijastro a, entenado, entenada, hijo de crianza, hija de crianza, stepchild",
        "Parent": "padre, madre, papa, mama, padre o madre, progenitor, progenitora, parent, padres",
        "Sibling": "hermano, hermana, hermano a, hno, hna, sibling, hermanos, medio hermano, media hermana",
        "Grandchild": "nieto, nieta, nieto a, grandchild, nietos",
        "Grandparent": "abuelo, abuela, abuelo a, abuelos, grandparent",
        "Son- or Daughter-in-law": "yerno, nuera, yerno o nuera, yerno nuera, nuera o yerno",
        "Parent-in-law": "suegro, suegra, suegro a, suegros",
        "Other Relative": "sobrino, sobrina, sobrino a, tio, tia, tio a, primo, prima, primo a, cunado, cunada, cunado a, "
        "bisnieto, bisnieta, biznieto, biznieta, bisabuelo, bisabuela, otro familiar, otro pariente, otros parientes, "
        "otro, otra, familiar, pariente, otros familiares, concunado, ahijado, ahijada, otro familiar del jefe",
        "Non-relative": "no pariente, no familiar, otro no pariente, otros no parientes, amigo, amiga, empleado, empleada, "
        "empleada domestica, pensionista, inquilino, inquilina, sin parentesco, ninguno, huesped, trabajador",
    }
)

DOCUMENT_TYPES: dict[str, str] = _words(
    {
        "CC": "cc, c c, cedula, cedula de ciudadania, cedula ciudadania, ced, cedula ciud, 1 cc",
        "TI": "ti, t i, tarjeta, tarjeta de identidad, tarjeta identidad, tarjeta id",
        "RC": "rc, r c, registro, registro civil, registro civil de nacimiento, rcn, reg civil, nuip",
        "CE": "ce, c e, cedula de extranjeria, cedula extranjeria, extranjeria",
        "PPT": "ppt, p p t, pep, permiso por proteccion temporal, permiso de proteccion temporal, permiso especial",
        "PA": "pa, p a, pas, pasaporte, pp",
    }
)

# What a clerk writes in the number's cell of a person without a document.
NO_DOCUMENT = frozenset(
    _list(
        "no tiene, sin documento, ninguno, no, sd, s d, nt, n t, indocumentado, indocumentada, sin doc, no posee, "
        "no registra, no aplica, na, n a, en tramite, sin identificar, sin cedula, no presenta, perdido, extraviado, nd, n d"
    )
)

# What stands for "nothing" in any cell.
EMPTY_WORDS = frozenset(
    _list(
        "na, n a, nd, n d, ns, nr, ns nr, sin dato, sin datos, sin informacion, no registra, ninguno, null, s i, no sabe"
    )
)

YES_NO: dict[str, bool] = {
    **dict.fromkeys(_list("si, s, x, yes, y, 1, true, verdadero, sip, cierto"), True),
    **dict.fromkeys(_list("no, n, 0, false, falso, nunca"), False),
}

ZONE: dict[str, str] = _words(
    {
        "Rural": "rural, r, vereda, campo, rural disperso, dispersa, rural dispersa",
        "Urban": "urbano, urbana, u, cabecera, cabecera municipal, barrio, casco urbano, centro poblado",
    }
)

ETHNICITY: dict[str, str] = _words(
    {
        "None": "ninguna, ninguno, ningun grupo, mestizo, mestiza, no, blanco, blanca, no etnico, sin pertenencia etnica, ningun grupo etnico",
        "Indigenous": "indigena, indigenas, wayuu, yukpa, kogui, arhuaco, wiwa, kankuamo, embera, zenu, nasa",
        "Afro-Colombian": "afro, afrocolombiano, afrocolombiana, afrodescendiente, negro, negra, mulato, mulata, afro colombiano, narp, negro a, comunidad negra",
        "Raizal": "raizal, raizales",
        "Palenquero": "palenquero, palenquera",
        "Rrom": "rrom, rom, gitano, gitana",
        "Other": "otro, otra",
        "Prefers not to say": "no responde, prefiere no decir, ns nr, no informa",
    }
)

DISABILITY: dict[str, str] = _words(
    {
        "None": "no, ninguna, ninguno, no tiene, sin discapacidad, no presenta, no aplica, n, na",
        "Physical": "fisica, motora, motriz, movilidad, fisica motora, fisico",
        "Visual": "visual, ceguera, baja vision, ciego, ciega",
        "Hearing": "auditiva, sordera, sordo, sorda, sordomudo, auditivo, hipoacusia",
        "Intellectual": "cognitiva, intelectual, mental cognitivo, sindrome de down, cognitivo",
        "Psychosocial": "psicosocial, mental, mental psicosocial",
        "Multiple": "multiple, multiples, sordoceguera, varias",
        "Other": "otra, otro, si, s, sistemica",
    }
)

SCHOOLING: dict[str, str] = _words(
    {
        "None": "ninguno, ninguna, no, sin estudio, sin estudios, analfabeta, analfabeto, no estudio, no aplica, na",
        "Preschool": "preescolar, jardin, transicion, prejardin, parvulos, primera infancia",
        "Primary": "primaria, primaria completa, primaria incompleta, basica primaria, pri, basica",
        "Lower Secondary": "secundaria, basica secundaria, secundaria incompleta, bachillerato incompleto, secundaria basica, sec",
        "Upper Secondary": "bachiller, bachillerato, media, bachillerato completo, secundaria completa, educacion media, media academica, media tecnica, media vocacional, bach",
        "Technical": "tecnico, tecnica, tecnico laboral, tecnico profesional, tecnica profesional, sena, tec",
        "Technological": "tecnologo, tecnologa, tecnologia, tecnologica, tecnologico",
        "University": "universitario, universitaria, universidad, profesional, pregrado, superior, universitaria completa, universitaria incompleta",
        "Postgraduate": "posgrado, postgrado, especializacion, maestria, doctorado, especialista, magister",
    }
)

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "enero, ene, jan, january",
            "febrero, feb, febr, february",
            "marzo, mar, march, mzo",
            "abril, abr, apr, april",
            "mayo, may",
            "junio, jun, june",
            "julio, jul, july",
            "agosto, ago, aug, august, agto",
            "septiembre, sep, sept, set, setiembre, september",
            "octubre, oct, october",
            "noviembre, nov, november",
            "diciembre, dic, dec, december",
        ),
        start=1,
    )
    for name in names.split(", ")
}
