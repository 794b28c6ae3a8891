"""Every bad file of the real world, made here byte by byte, and what the guard says to it."""

import io
import struct
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from social_crm.demo.messy_census import messy_census
from social_crm.social_crm.domain.census_headers import suggest
from social_crm.social_crm.domain.census_sheet import body, check_mapping, find_header
from social_crm.social_crm.services.census.file_error import CensusFileError
from social_crm.social_crm.services.census.reading import open_file, read_sheet
from social_crm.social_crm.services.census.workbook_guard import Limits

HEADER = ["Código hogar", "Parentesco", "Nombres", "Apellidos", "Cédula", "F. nacimiento"]
ROW = ["1", "Jefe", "Ana María", "Pérez Gómez", 1065842311, date(1980, 3, 12)]


def workbook(*rows, sheet=None):
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    if sheet:
        sheet(page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(rows, mimetype="application/vnd.oasis.opendocument.spreadsheet", manifest=""):
    cells = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Censo">{cells}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f"{manifest}</manifest:manifest>",
        )
    return stream.getvalue()


def text_cell(text, attributes=""):
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def refusal(data, name=""):
    with pytest.raises(CensusFileError) as caught:
        read_sheet(open_file(data), name)
    return caught.value.problem


def header_of(data, row=0):
    sheet = read_sheet(open_file(data))
    return sheet, find_header(sheet, row=row)


def errors(header):
    return [problem for problem in header.problems if problem.is_error]


def test_the_messy_census_reads_alike_as_workbook_and_as_text_in_either_encoding():
    census = messy_census(40)
    read = []
    for data in (
        census.as_xlsx(),
        census.as_csv("cp1252", ";"),
        census.as_csv("utf-8", ","),
        census.as_csv("utf-16", "\t"),
    ):
        sheet, header = header_of(data)
        mapping = {s.index: s.field for s in suggest(header.columns)}
        assert (header.row, errors(header), check_mapping(mapping)) == (4, [], ())
        rows, _ = body(sheet, header, mapping)
        read.append(
            [(row.number, str(row.values["given_names"]).strip(), row.values["household"]) for row in rows]
        )
    assert read[0] == read[1] == read[2] == read[3]
    assert len(read[0]) == 40


def test_an_ods_reads_with_repeated_cells_and_merged_household_codes():
    rows = [
        [text_cell("Hogar"), text_cell("Parentesco"), text_cell("Nombre completo")],
        [text_cell("H-1", 'table:number-rows-spanned="2"'), text_cell("Jefe"), text_cell("Ana Pérez")],
        ["<table:covered-table-cell/>", text_cell("Hijo"), text_cell("Luis Pérez")],
        ['<table:table-cell table:number-columns-repeated="1024"/>'],
    ]
    sheet, header = header_of(ods(rows))
    found, notices = body(sheet, header, {0: "household", 1: "kinship", 2: "full_name"})
    assert [row.values["household"] for row in found] == ["H-1", "H-1"]
    assert [notice.code for notice in notices] == ["merged_cells_filled"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"   \n", "file_empty"),
        (b"%PDF-1.7 ...", "not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n0000", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (b"PK\x03\x04 not really", "file_broken"),
        (b"\x00\x01\x02\x03" * 50, "not_a_spreadsheet"),
        (b"<html><table><tr><td>Nombre</td></tr></table></html>", "not_a_spreadsheet"),
        (b"solo una columna\nuno\ndos\n", "csv_one_column"),
        (b'Nombre;Hogar\n"Ana;1\nLuis;2\n', "csv_broken"),
    ],
)
def test_what_is_no_census_is_refused(data, code):
    assert refusal(data).code == code


def test_a_word_document_is_named():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert dict(refusal(stream.getvalue()).params)["kind"] == "Word"


def with_claimed_size(data, part, size):
    """The same archive whose central directory claims another size for a part."""
    raw = bytearray(data)
    at = 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        length = struct.unpack_from("<H", raw, at + 28)[0]
        if raw[at + 46 : at + 46 + length] == part.encode():
            struct.pack_into("<I", raw, at + 24, size)
        at += 4
    return bytes(raw)


def test_a_claim_of_two_gigabytes_is_refused_before_anything_is_unpacked(monkeypatch):
    bomb = with_claimed_size(workbook(HEADER, ROW), "xl/worksheets/sheet1.xml", 2**31)
    # Not a fake part: whoever opens a member of the archive fails the test.
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    problem = refusal(bomb)
    assert problem.code == "zip_bomb"
    assert dict(problem.params)["size"] == "2,0"


def test_a_bomb_that_hides_its_size_is_found_out():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/media/zeros.bin", b"\0" * 3_000_000)
    small = Limits(unpacked_bytes=1_000_000)
    with pytest.raises(CensusFileError) as caught:
        open_file(stream.getvalue(), small)
    assert caught.value.problem.code == "zip_bomb"
    lying = with_claimed_size(stream.getvalue(), "xl/media/zeros.bin", 100)
    with pytest.raises(CensusFileError) as caught:
        open_file(lying, small)
    assert caught.value.problem.code == "file_broken"


def test_entities_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "bbbb">]><workbook>&b;</workbook>')
    assert refusal(stream.getvalue()).code == "file_unsafe"


def test_an_encrypted_ods_is_refused():
    rows = [[text_cell("Hogar"), text_cell("Nombre")]]
    assert refusal(ods(rows, manifest="<manifest:encryption-data/>")).code == "file_encrypted"


def test_too_many_rows_and_columns_are_refused_before_reading():
    assert refusal(workbook(HEADER, sheet=lambda s: s.cell(60_000, 1, "x"))).code == "too_many_rows"
    assert refusal(workbook(HEADER, sheet=lambda s: s.cell(1, 400, "x"))).code == "too_many_columns"
    wide = ods([[text_cell("x", 'table:number-columns-repeated="16384"')]])
    assert refusal(wide).code == "too_many_columns"


def test_a_format_far_below_the_list_does_no_harm():
    from openpyxl.styles import Font

    def style(sheet):
        sheet.cell(1_048_576, 16_384).font = Font(bold=True)

    sheet, header = header_of(workbook(HEADER, ROW, sheet=style))
    assert (len(sheet.rows), header.row) == (2, 1)


def test_a_formula_without_a_result_is_found_by_cell():
    sheet, _ = header_of(workbook(HEADER, ["1", "Jefe", "=A2", "Pérez", 5, None]))
    assert dict(sheet.bad_cells) == {(2, 2): "formula_without_result"}


def test_an_error_in_a_cell_is_found_by_cell():
    def wrong(page):
        page["E2"] = "#N/A"
        page["E2"].data_type = "e"

    sheet, header = header_of(workbook(HEADER, ROW, sheet=wrong))
    rows, _ = body(sheet, header, {4: "document_number", 2: "given_names"})
    assert rows[0].bad_cells == {"document_number": "cell_error"}


def test_a_merged_header_is_refused_with_its_cells():
    data = workbook(HEADER, ROW, sheet=lambda s: s.merge_cells("C1:D1"))
    assert [(p.code, p.cell) for p in errors(header_of(data)[1])] == [("merged_header", "C1:D1")]


def test_a_header_of_two_rows_is_refused_with_its_rows():
    data = workbook(HEADER, ["", "", "Primer nombre", "Primer apellido", "Número documento", ""], ROW)
    assert [p.code for p in errors(header_of(data)[1])] == ["two_header_rows"]
    merged = workbook(
        ["Hogar", "Parentesco", "Nombres", ""],
        ["", "", "Primero", "Segundo"],
        ROW,
        sheet=lambda s: (s.merge_cells("A1:A2"), s.merge_cells("C1:D1")),
    )
    assert [p.code for p in errors(header_of(merged)[1])] == ["two_header_rows"]


def test_titles_empty_lines_and_totals_are_left_out_and_said():
    data = workbook(["CENSO 2025"], [], HEADER, ROW, [], [*ROW[:2], "Luis", "Gómez", 7, None], ["Total: 2"])
    sheet, header = header_of(data)
    rows, notices = body(sheet, header, {s.index: s.field for s in suggest(header.columns)})
    assert [row.number for row in rows] == [4, 6]
    said = {problem.code: dict(problem.params).get("rows") for problem in (*header.problems, *notices)}
    assert said == {"title_rows_left_out": "1", "empty_rows_left_out": "5", "footer_rows_left_out": "7"}


def test_an_empty_sheet_and_a_sheet_without_header_are_refused():
    assert refusal(workbook()).code == "file_without_rows"
    assert [p.code for p in errors(header_of(workbook(["solo"], ["una"], ["columna"]))[1])] == [
        "header_not_found"
    ]


def test_a_line_with_more_columns_than_the_header_is_noted():
    sheet, header = header_of(
        "Hogar,Parentesco,Nombre completo\n1,Jefe,Pérez, Ana\n1,Hijo,Luis Pérez\n".encode()
    )
    rows, _ = body(sheet, header, {0: "household", 1: "kinship", 2: "full_name"})
    assert ["row_too_wide" in row.bad_cells.values() for row in rows] == [True, False]


def test_a_mapping_says_what_it_lacks():
    assert [p.code for p in check_mapping({0: "occupation"})] == [
        "mapping_without_name",
        "mapping_without_household",
    ]
    assert [p.code for p in check_mapping({0: "full_name", 1: "full_name", 2: "kinship"})] == ["field_twice"]
    assert check_mapping({0: "given_names", 1: "surnames", 2: "household", 3: "ignore", 4: "ignore"}) == ()
