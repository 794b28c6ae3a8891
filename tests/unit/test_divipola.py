"""DIVIPOLA in the shapes in which DANE has published it."""

from pathlib import Path

import pytest

from social_crm.social_crm.domain import divipola

ONE_ROW = [
    ["DANE - DIVIPOLA", None, None],
    [],
    ["Código Departamento", "Nombre Departamento", "Código Municipio", "Nombre Municipio", "Código Centro Poblado",
     "Nombre Centro Poblado", "Tipo Centro Poblado", "Longitud", "Latitud"],
    ["44", "LA GUAJIRA", "44430", "MAICAO", "44430000", "MAICAO", "CM", "-72,241", "11,378"],
    ["44", "LA GUAJIRA", "44430", "MAICAO", "44430001", "CARRAIPÍA", "CP", "-72.36", "11.22"],
    ["05", "ANTIOQUIA", "05001", "MEDELLÍN", "05001000", "MEDELLÍN", "CM", None, None],
    ["Fuente: DANE"],
]  # fmt: skip


def by_code(rows):
    return {d.code: d for d in divipola.parse(rows).divisions}


def test_one_header_row_below_titles():
    found = by_code(ONE_ROW)
    assert sorted(found) == ["05", "05001", "05001000", "44", "44430", "44430000", "44430001"]
    assert (found["44430"].parent, found["44430"].level, found["44430"].department) == (
        "44",
        "Municipality",
        "LA GUAJIRA",
    )
    assert (found["44430001"].latitude, found["44430001"].longitude) == (11.22, -72.36)
    assert found["44430000"].latitude == 11.378
    assert found["05001000"].latitude is None


def test_parents_come_before_children():
    lengths = [len(d.code) for d in divipola.parse(ONE_ROW).divisions]
    assert lengths == sorted(lengths)


def test_two_header_rows_with_merged_cells_and_numbers_without_zeros():
    rows = [
        ["", "", "", "", "", "", ""],
        ["Departamento", None, "Municipio", None, "Centro poblado", None, "Tipo"],
        ["Código", "Nombre", "Código", "Nombre", "Código", "Nombre", None],
        [5, "Antioquia", 5001, "Medellín", 5001000, "Medellín", "CM"],
        [44.0, "La Guajira", 44430.0, "Maicao", 1, "Carraipía", "CP"],
    ]
    found = by_code(rows)
    assert sorted(found) == ["05", "05001", "05001000", "44", "44430", "44430001"]


def test_municipalities_alone_with_short_codes():
    rows = [
        ["Cod. Dpto", "Departamento", "Cod. Mpio", "Municipio"],
        ["44", "La Guajira", "430", "Maicao"],
        ["44", "La Guajira", "1", "Riohacha"],
    ]
    assert sorted(by_code(rows)) == ["44", "44001", "44430"]


def test_rows_that_are_left_out_are_told():
    rows = [
        *ONE_ROW[:3],
        ["44", "LA GUAJIRA", "44430", "MAICAO", "20001000", "VALLEDUPAR", "", None, None],
        ["XX", "NADA", "99", "NADIE", "", "", "", None, None],
        ["44", "LA GUAJIRA", "44430", "OTRO", "", "", "", None, None],
        ["44", "LA GUAJIRA", "44001", "", "", "", "", None, None],
    ]
    problems = divipola.parse(rows).problems
    assert [(p.row, p.why) for p in problems] == [(4, "code"), (5, "code"), (6, "conflict"), (7, "name")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [([], "no_header"), ([["a", "b"], ["c", "d"]], "no_header"), ([ONE_ROW[2]], "nothing")],
)
def test_files_that_are_no_divipola(rows, code):
    with pytest.raises(divipola.DivipolaError) as error:
        divipola.parse(rows)
    assert error.value.code == code


def test_the_shipped_file_is_whole():
    import csv

    path = Path(__file__).parents[2] / "social_crm" / "demo" / "divipola.csv"
    with path.open(encoding="utf-8", newline="") as file:
        result = divipola.parse(list(csv.reader(file)))
    levels = [d.level for d in result.divisions]
    assert (result.problems, levels.count("Department")) == ((), 33)
    assert sum(d.code.startswith("44") for d in result.divisions if d.level == "Municipality") == 15
    assert sum(d.code.startswith("20") for d in result.divisions if d.level == "Municipality") == 25
