"""Looks at a file before any reader unpacks it: what it is, how large it will become, what its cells hold.

A spreadsheet is a zip of XML. Its headers are read first and the claimed sizes refused beyond the limits; then each part
is unpacked in small pieces under a running limit and its checksum, so that a header that lies is found out. The XML of
the sheets is scanned on the way: extent, merged ranges, formulas without a stored result, cells that hold an error.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from social_crm.social_crm.services.census.file_error import CensusFileError, refuse

XLSX, ODS, CSV = "xlsx", "ods", "csv"


@dataclass(frozen=True)
class Limits:
    """What a census file may be at most."""

    file_bytes: int = 30 * 1024 * 1024
    unpacked_bytes: int = 400 * 1024 * 1024
    parts: int = 2000
    rows: int = 50_000
    columns: int = 250
    noted_cells: int = 2000


@dataclass
class SheetFacts:
    """What the scan of one sheet found; rows counted from 1, columns from 0."""

    name: str = ""
    rows: int = 0
    columns: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    bad_cells: dict[tuple[int, int], str] = field(default_factory=dict)


_CHUNK = 256 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
)


def kind_of(data: bytes, limits: Limits) -> str:
    """XLSX, ODS or CSV, judged by the content and not by the name.

    Raises CensusFileError: file_empty, file_too_large, file_encrypted, old_xls, not_a_spreadsheet, or what the
    inspection of a zip finds.
    """
    if not data.strip():
        raise refuse("file_empty")
    if len(data) > limits.file_bytes:
        raise refuse("file_too_large", size=len(data) // 2**20 or 1, limit=limits.file_bytes // 2**20)
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise refuse("file_encrypted" if encrypted else "old_xls")
    head = data.lstrip()[:9]
    for mark, name in _FOREIGN:
        if data.startswith(mark) or head.upper().startswith(mark.upper()):
            raise refuse("not_a_spreadsheet", kind=name)
    if data.startswith(b"PK"):
        return _kind_of_zip(data, limits)
    return CSV


def _open(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as broken:
        raise refuse("file_broken") from broken


def _kind_of_zip(data: bytes, limits: Limits) -> str:
    archive = _open(data)
    parts = archive.infolist()
    claimed = sum(part.file_size for part in parts)
    if len(parts) > limits.parts or claimed > limits.unpacked_bytes:
        size = f"{claimed / 2**30:.1f}".replace(".", ",")
        raise refuse("zip_bomb", size=size, limit=limits.unpacked_bytes // 2**20)
    if any(part.flag_bits & 1 for part in parts):
        raise refuse("file_encrypted")
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        return XLSX
    if "xl/workbook.bin" in names:
        raise refuse("binary_xlsb")
    if "content.xml" in names and "mimetype" in names:
        mimetype = archive.read("mimetype")[:100] if archive.getinfo("mimetype").file_size < 200 else b""
        if b"opendocument.spreadsheet" in mimetype:
            return ODS
        raise refuse("not_a_spreadsheet", kind="OpenDocument")
    raise refuse("not_a_spreadsheet", kind="Word" if "word/document.xml" in names else "zip")


def inspect(data: bytes, kind: str, limits: Limits) -> list[SheetFacts]:
    """Unpack an XLSX or ODS in pieces under the limits and say what each sheet holds, in the order of the workbook.

    Raises CensusFileError: zip_bomb, file_broken, file_encrypted, file_unsafe, too_many_rows, too_many_columns.
    """
    archive = _open(data)
    scanner = _XlsxScan(limits) if kind == XLSX else _OdsScan(limits)
    unpacked = 0
    for part in archive.infolist():
        unpacked += _stream(archive, part, scanner.handler_for(part.filename), limits, unpacked)
    return scanner.sheets()


def _stream(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, handler: "_Handler | None", limits: Limits, before: int
) -> int:
    parser = handler.parser() if handler else None
    size = 0
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if before + size > limits.unpacked_bytes:
                    raise refuse(
                        "zip_bomb",
                        size=f"{(before + size) / 2**30:.1f}",
                        limit=limits.unpacked_bytes // 2**20,
                    )
                if parser:
                    parser.Parse(chunk, False)
        if parser and size:
            parser.Parse(b"", True)
    except CensusFileError:
        raise
    except (
        zipfile.BadZipFile,
        expat.ExpatError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as broken:
        raise refuse("file_broken") from broken
    except Exception as broken:  # zlib.error and the like have no common base
        if type(broken).__module__ in ("zlib", "lzma", "_lzma", "bz2"):
            raise refuse("file_broken") from broken
        raise
    return size


class _Handler:
    """Feeds the elements of one part to two functions; refuses document types and entities, which no office writes."""

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> None:
        self._start, self._end, self._text = start, end, text

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: self._start(_local(name), attributes)
        parser.EndElementHandler = lambda name: self._end(_local(name))
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _unsafe
        parser.EntityDeclHandler = _unsafe
        return parser


def _unsafe(*_: object) -> None:
    raise refuse("file_unsafe")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _check_extent(facts: SheetFacts, row: int, column: int, limits: Limits) -> None:
    facts.rows, facts.columns = max(facts.rows, row), max(facts.columns, column + 1)
    if facts.rows > limits.rows:
        raise refuse("too_many_rows", row=row, limit=limits.rows)
    if facts.columns > limits.columns:
        raise refuse("too_many_columns", limit=limits.columns)


_REFERENCE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")


def cell_position(reference: str) -> tuple[int, int] | None:
    """(row from 1, column from 0) of "C12"; None when it is no reference."""
    match = _REFERENCE.match(reference.upper())
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1


class _XlsxScan:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.by_path: dict[str, SheetFacts] = {}
        self.names: list[tuple[str, str]] = []  # (relationship id, sheet name)
        self.targets: dict[str, str] = {}

    def handler_for(self, path: str) -> _Handler | None:
        if re.match(r"^xl/worksheets/[^/]+\.xml$", path):
            facts = self.by_path.setdefault(path, SheetFacts())
            return _XlsxSheet(facts, self.limits).handler
        if path == "xl/workbook.xml":
            return _Handler(self._workbook, _nothing, _nothing)
        if path == "xl/_rels/workbook.xml.rels":
            return _Handler(self._relationship, _nothing, _nothing)
        if path.endswith((".xml", ".rels")):
            return _Handler(_nothing, _nothing, _nothing)
        return None

    def _workbook(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            self.names.append((relation, attributes.get("name", "")))

    def _relationship(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "").lstrip("/")
            self.targets[attributes.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"

    def sheets(self) -> list[SheetFacts]:
        result = []
        for relation, name in self.names:
            facts = self.by_path.get(self.targets.get(relation, ""))
            if facts is not None:
                facts.name = name
                result.append(facts)
        return result


def _nothing(*_: object) -> None:
    """An element of a part that only has to be well formed."""


class _XlsxSheet:
    def __init__(self, facts: SheetFacts, limits: Limits) -> None:
        self.facts, self.limits = facts, limits
        self.row, self.column = 0, -1
        self.type = ""
        self.formula = self.value = self.inside = False
        self.handler = _Handler(self.start, self.end, self.text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = -1
        elif name == "c":
            position = cell_position(attributes.get("r", ""))
            self.row, self.column = position or (self.row, self.column + 1)
            self.type = attributes.get("t", "n")
            self.formula = self.value = False
        elif name == "f":
            self.formula = True
        elif name in ("v", "t"):
            self.inside = True
        elif name == "mergeCell" and len(self.facts.merges) < self.limits.noted_cells * 10:
            first, _, last = attributes.get("ref", "").partition(":")
            start, end = cell_position(first), cell_position(last or first)
            if start and end:
                self.facts.merges.append((start[0], start[1], end[0], end[1]))

    def text(self, text: str) -> None:
        if self.inside and text.strip():
            self.value = True

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.inside = False
        elif name == "c":
            if self.value or self.formula:
                _check_extent(self.facts, self.row, self.column, self.limits)
            if len(self.facts.bad_cells) < self.limits.noted_cells:
                if self.formula and not self.value and self.type != "str":
                    self.facts.bad_cells[(self.row, self.column)] = "formula_without_result"
                elif self.type == "e" and self.value:
                    self.facts.bad_cells[(self.row, self.column)] = "cell_error"


class _OdsScan:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.found: list[SheetFacts] = []
        self.row = self.row_repeat = 0
        self.column = 0
        self.cell: dict[str, str] = {}
        self.inside = False
        self.written = ""

    def handler_for(self, path: str) -> _Handler | None:
        if path == "content.xml":
            return _Handler(self.start, self.end, self.text)
        if path == "META-INF/manifest.xml":
            return _Handler(self._manifest, _nothing, _nothing)
        return None

    def _manifest(self, name: str, _: dict[str, str]) -> None:
        if name == "encryption-data":
            raise refuse("file_encrypted")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = {_local(key): value for key, value in attributes.items()}
        if name == "table":
            self.found.append(SheetFacts(name=local.get("name", "")))
            self.row = 0
        elif name == "table-row":
            self.row_repeat = max(1, int(local.get("number-rows-repeated", "1")))
            self.column = 0
        elif name in ("table-cell", "covered-table-cell"):
            self.cell, self.written, self.inside = local, "", True

    def text(self, text: str) -> None:
        if self.inside and len(self.written) < 40:
            self.written += text

    def end(self, name: str) -> None:
        if name == "table-row":
            self.row += self.row_repeat
        elif name in ("table-cell", "covered-table-cell") and self.found:
            self.inside = False
            repeat = max(1, int(self.cell.get("number-columns-repeated", "1")))
            self._cell(self.found[-1], repeat)
            self.column += repeat

    def _cell(self, facts: SheetFacts, repeat: int) -> None:
        formula = "formula" in self.cell
        filled = bool(self.written.strip()) or "value-type" in self.cell
        if filled or formula:
            _check_extent(facts, self.row + self.row_repeat, self.column + repeat - 1, self.limits)
        down, across = (
            int(self.cell.get("number-rows-spanned", "1")),
            int(self.cell.get("number-columns-spanned", "1")),
        )
        if (down > 1 or across > 1) and len(facts.merges) < self.limits.noted_cells * 10:
            facts.merges.append((self.row + 1, self.column, self.row + down, self.column + across - 1))
        if formula and len(facts.bad_cells) < self.limits.noted_cells:
            if not filled:
                facts.bad_cells[(self.row + 1, self.column)] = "formula_without_result"
            elif self.written.startswith(("Err:", "#")):
                facts.bad_cells[(self.row + 1, self.column)] = "cell_error"

    def sheets(self) -> list[SheetFacts]:
        return self.found
