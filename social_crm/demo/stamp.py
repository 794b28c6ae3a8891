"""The bulk path: further blocks are copies of the first, made set by set.

The first block is written through the services; its rows hold whatever those compute. A further block has the same ages,
dates and amounts, and people of its own: only names of documents, names of persons and numbers differ. So each value of
the first block is taken apart once into fixed text and the strings that belong to a block, and put together again for
each copy. A test loads the same families both ways and compares every table row by row.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import frappe

from social_crm import verification_codes
from social_crm.demo import actas, groups, owner, people
from social_crm.demo.users import DOMAIN
from social_crm.social_crm.domain import names as name_rules

Row = tuple[Any, ...]
# A cell is a fixed value, or the pieces of a text; a piece is fixed, or the key of a string that each block has of its own.
Key = tuple[str, ...]
# The key of the number of a block.
BLOCK: Key = ("block",)
WORD = re.compile(r"[A-Za-z0-9]+(?:-[0-9]+)?")
CHUNK = 20_000
# Strings of a person that stand in a column of the same name; looked up there alone, for they recur in other texts.
COLUMNS = ("first_name", "middle_name", "first_surname", "second_surname", "search_key")

# Written once a demo, not once a block.
FIXED = frozenset(
    {"Community", "Social Programme", "Staff Assignment", "Territorial Division", "Microcredit Usury Cap"}
    | {"Confidential Note", "Confidential Note Access"}
    | {"Microcredit Product", "Microcredit Product Version", "Microcredit Fund"}
)
MOVEMENT = "Microcredit Fund Movement"
# What block 0 left in the fund, and each copy adds to it.
FUND_FIGURES = ("balance", "contributed", "lent")


class Pieces(tuple[Any, ...]):
    """The pieces of a cell that differs from block to block."""


def stamp_blocks(seed: int, today: date, size: int, blocks: int, since: datetime) -> None:
    """Copy the rows of block 0, written since a moment and owned by the demo, into the blocks 1 up to `blocks`.

    Leaves the counters of the numbered DocTypes as if every document had been written one by one.
    """
    template = Template(seed, today, size, since)
    started = time.monotonic()
    for group in _groups(blocks, size):
        strings = [template.strings_of(block) for block in group]
        for table in template.tables:
            _write(table, strings)
        print(f"  Copied blocks: {group[-1]}/{blocks - 1} ({time.monotonic() - started:.0f} s)", flush=True)
    template.advance_counters(blocks)
    _add_to_funds(blocks)
    actas.seal_copies()
    groups.seal_copies()


def _groups(blocks: int, size: int) -> Iterator[range]:
    """Return the numbers of the blocks in groups that are written together."""
    step = max(1, 4_000 // size)
    for first in range(1, blocks, step):
        yield range(first, min(blocks, first + step))


class Anew:
    """A cell that each copy gets anew: the code of a receipt is its own."""


class Grows:
    """A cell that is larger by a step in each block: what a fund holds after a movement."""

    def __init__(self, first: float, step: float) -> None:
        self.first, self.step = first, step


class Table:
    """The rows of one DocType in block 0, taken apart."""

    def __init__(self, doctype: str, columns: list[str], rows: list[Row]) -> None:
        self.doctype = doctype
        self.columns = columns
        self.rows = rows


class Template:
    """Block 0 taken apart: tables whose cells know what changes from block to block."""

    def __init__(self, seed: int, today: date, size: int, since: datetime) -> None:
        self.seed, self.today, self.size = seed, today, size
        self.counts: dict[str, int] = {}
        # The demo has one fund.
        self.fund_balance = sum(_funds("balance"))
        self.names: dict[str, Key] = {}
        self.hashed: list[str] = []
        raw = [self._read(doctype, since) for doctype in owner.tables() if doctype != actas.CHAIN]
        raw = [table for table in raw if table.rows]
        for table in raw:
            self._learn_names(table)
        own = self._own_strings(0)
        # A key whose string is shared would be told apart wrongly; the plan keeps them unique within a block.
        self.texts = {text: key for key, text in own.items() if text and key[-1] not in COLUMNS}
        self.persons = self._person_keys(raw, own)
        alternatives = sorted((text for text in self.texts if " " in text), key=len, reverse=True)
        self.phrases = (
            re.compile("|".join(re.escape(text) for text in alternatives)) if alternatives else None
        )
        self.tables = [self._take_apart(table) for table in raw]

    def strings_of(self, block: int) -> dict[Key, str]:
        """Return the strings that a block has of its own, by key."""
        strings = self._own_strings(block)
        for name, key in self.names.items():
            if key[0] == "number":
                prefix, digits = key[1], name[len(key[1]) :]
                strings[key] = f"{prefix}{int(digits) + block * self.counts[prefix]:0{len(digits)}d}"
        for index, name in enumerate(self.hashed):
            strings["hash", name] = f"{block:04x}{index:06x}"
        strings[BLOCK] = str(block)
        return strings

    def advance_counters(self, blocks: int) -> None:
        """Let the next document of each numbered DocType follow the last copy."""
        series = frappe.qb.DocType("Series")
        for prefix, count in self.counts.items():
            step = count * (blocks - 1)
            frappe.qb.update(series).set(series.current, series.current + step).where(
                series.name == prefix
            ).run()

    def _read(self, doctype: str, since: datetime) -> Table:
        meta = frappe.get_meta(doctype)
        columns = frappe.db.get_table_columns(doctype)
        table = frappe.qb.DocType(doctype)
        query = (
            frappe.qb.from_(table)
            .select(*(table[column] for column in columns))
            .where(table.creation >= since)
        )
        query = query.orderby(table.creation).orderby(table.name)
        rows = [] if doctype in FIXED else [tuple(row) for row in query.run()]
        if meta.istable:
            at = columns.index("parenttype")
            rows = [row for row in rows if row[at] not in FIXED]
        return Table(doctype, columns, rows)

    def _learn_names(self, table: Table) -> None:
        at = table.columns.index("name")
        prefix = owner.series_prefix(table.doctype)
        for row in table.rows:
            name = row[at]
            if prefix:
                self.names[name] = ("number", prefix, name)
            elif "-" not in name:
                # A name with one is made of other names, and follows them.
                self.names[name] = ("hash", name)
                self.hashed.append(name)
        if prefix:
            self.counts[prefix] = len(table.rows)

    def _own_strings(self, block: int) -> dict[Key, str]:
        strings: dict[Key, str] = {}
        for family in people.plan_block(self.seed, block, self.today, self.size):
            place = str(family.position)
            strings["family", place, "family_name"] = family.family["family_name"]
            strings["family", place, "census_code"] = family.family["census_code"]
            for index, member in enumerate(family.members):
                key = ("person", place, str(index))
                values = member.values
                parts = [values[column] or "" for column in COLUMNS[:4]]
                full = name_rules.full_name(*parts)
                strings.update({(*key, column): part for column, part in zip(COLUMNS, parts, strict=False)})
                strings[(*key, "search_key")] = name_rules.search_key(full)
                strings[(*key, "full_name")] = full
                for document in values.get("documents", ()):
                    strings[(*key, "document")] = document["document_number"]
        return strings

    def _person_keys(self, raw: Sequence[Table], own: dict[Key, str]) -> dict[str, Key]:
        """Return for each Beneficiary of block 0 the key of the person."""
        by_name = {text: key[:3] for key, text in own.items() if key[-1] == "full_name"}
        table = next(table for table in raw if table.doctype == "Beneficiary")
        name, full = table.columns.index("name"), table.columns.index("full_name")
        return {row[name]: by_name[row[full]] for row in table.rows}

    def _take_apart(self, table: Table) -> Table:
        columns = table.columns
        at = columns.index("name")
        rows = []
        for row in table.rows:
            person = self.persons.get(row[at]) if table.doctype == "Beneficiary" else None
            cells = []
            for column, value in zip(columns, row, strict=True):
                if column == "verification_code" and value:
                    cells.append(Anew())
                elif table.doctype == "Acta" and column in actas.OF_THE_SEAL:
                    cells.append(actas.OF_THE_SEAL[column])
                elif (table.doctype, column) == (MOVEMENT, "balance_after"):
                    cells.append(Grows(value, self.fund_balance))
                elif person and column in COLUMNS and value:
                    cells.append(Pieces([(*person, column)]))
                else:
                    cells.append(self._pieces(value) if isinstance(value, str) else value)
            rows.append(tuple(cells))
        return Table(table.doctype, columns, rows)

    def _pieces(self, text: str) -> Any:
        """Return a text as it is when every block has the same, otherwise its pieces."""
        if len(text) > 20_000 or text.startswith("data:"):
            return text
        found: list[Any] = []
        for part, key in _split(text, self.phrases, self.texts.get):
            if key:
                found.append(key)
                continue
            for word, word_key in _split(part, WORD, self._key_of_word):
                found.append(word_key or word)
        if not any(isinstance(piece, tuple) for piece in found):
            return text
        return Pieces(found)

    def _key_of_word(self, word: str) -> Key | None:
        return self.names.get(word) or self.texts.get(word)


def _split(
    text: str, pattern: re.Pattern[str] | None, key_of: Callable[[str], Key | None]
) -> Iterator[tuple[str, Key | None]]:
    """Yield the stretches of a text with the key of each stretch that a pattern finds and that has one."""
    at = 0
    for match in pattern.finditer(text) if pattern else ():
        key = key_of(match[0])
        if key is None:
            continue
        if match.start() > at:
            yield text[at : match.start()], None
        yield match[0], key
        at = match.end()
    if at < len(text):
        yield text[at:], None


def _funds(field: str) -> list[float]:
    """A figure of the demo's funds."""
    fund = frappe.qb.DocType("Microcredit Fund")
    query = frappe.qb.from_(fund).select(fund[field]).where(fund.owner.like(f"%@{DOMAIN}"))
    return [float(row[0]) for row in query.run()]


def _add_to_funds(blocks: int) -> None:
    """Let the demo's fund hold what all blocks left in it."""
    fund = frappe.qb.DocType("Microcredit Fund")
    query = frappe.qb.update(fund).where(fund.owner.like(f"%@{DOMAIN}"))
    for field in FUND_FIGURES:
        query = query.set(fund[field], fund[field] * blocks)
    query.run()


def _write(table: Table, blocks: Sequence[dict[Key, str]]) -> None:
    rows = (tuple(_filled(cell, strings) for cell in row) for strings in blocks for row in table.rows)
    frappe.db.bulk_insert(table.doctype, table.columns, rows, chunk_size=CHUNK)


def _filled(cell: Any, strings: dict[Key, str]) -> Any:
    if isinstance(cell, Anew):
        return verification_codes.new_code()
    if isinstance(cell, Grows):
        return cell.first + cell.step * int(strings[BLOCK])
    return _put_together(cell, strings) if isinstance(cell, Pieces) else cell


def _put_together(cell: Pieces, strings: dict[Key, str]) -> str:
    return "".join(strings[piece] if isinstance(piece, tuple) else piece for piece in cell)
