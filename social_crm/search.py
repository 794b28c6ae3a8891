"""Find a person or a family: by name without accents, by document number, by code; only rows the user may see.

Frappe's global search has no row filter, so nothing of ours is in it. Here the words of the seeker are compared with
the accent-free key that every person carries; all of them must occur, in any order. Digits are looked up in the
identity documents from the left. Both go by an index, and the limit of rows goes with them (`permissions.visible`).
"""

import re
from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import cint

from social_crm.permissions import readable_names, visible, visible_parts
from social_crm.social_crm.domain.identity import RULES
from social_crm.social_crm.domain.names import search_key

MAX_RESULTS = 50
# So many documents that begin alike are looked through for those of people whom the user may see.
MAX_CANDIDATES = 2000
# Fewer digits than these fit too many documents to be a search for one.
MIN_DIGITS = 3
_NUMBER = re.compile(r"^[A-Za-z]{0,3}[\s.:\-]*\d[\dA-Za-z\s.,\-]*$")
_SPACES = tuple(sorted({rule.space for rule in RULES.values()}))


@frappe.whitelist()
def find(text: str, limit: int | str = 20) -> dict[str, list[dict[str, Any]]]:
    """Return the people and the families that fit what was typed, best first.

    Raises:
        frappe.PermissionError: the user reads neither people nor families.
    """
    if not (frappe.has_permission("Beneficiary", "read") or frappe.has_permission("Family", "read")):
        frappe.throw(_("You may not read people."), frappe.PermissionError, title=_("Find a Person"))
    count = max(1, min(cint(limit) or 20, MAX_RESULTS))
    return {"people": find_people(text, count), "families": find_families(text, count)}


def find_people(text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return up to `limit` persons whom the current user may see, by document number or by name."""
    if not text or not text.strip() or not frappe.has_permission("Beneficiary", "read"):
        return []
    number = _number_in(text)
    names = _by_number(number, limit) if number else []
    if not names:
        names += [name for name in _by_name(search_key(text), limit) if name not in names]
    return _describe_people(names[:limit])


def find_families(text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return up to `limit` families whom the current user may see, by their name or code."""
    words = search_key(text or "").split()
    if not words or not frappe.has_permission("Family", "read"):
        return []
    table = DocType("Family")
    query = frappe.qb.from_(table).select(
        table.name, table.family_name, table.community, table.head, table.status, table.census_code
    )
    # The collation of the column compares without accents and capitals.
    matched = None
    for word in words:
        has_word = table.family_name.like(f"%{word}%")
        matched = has_word if matched is None else matched & has_word
    code = text.strip()
    query = query.where(matched | (table.name == code.upper()) | (table.census_code == code))
    criterion = visible("Family")
    if criterion is not None:
        query = query.where(criterion)
    return query.orderby(table.family_name).limit(limit).run(as_dict=True)


def _number_in(text: str) -> str:
    """Return what was typed when it looks like a document number, tidied; otherwise the empty text."""
    if not _NUMBER.match(text.strip()) or sum(character.isdigit() for character in text) < MIN_DIGITS:
        return ""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def _by_number(number: str, limit: int) -> list[str]:
    """People whose identity key begins with the number, with or without the letters before it ("CC 1118...").

    Few rows share a beginning, so they are read by the index first and judged afterwards.
    """
    documents = DocType("Beneficiary Document")
    begins = None
    for typed in dict.fromkeys((number.lstrip("0"), re.sub(r"^[A-Z]+", "", number).lstrip("0"))):
        for space in _SPACES if typed else ():
            in_space = documents.identity_key.like(f"{space}:{typed}%")
            begins = in_space if begins is None else begins | in_space
    if begins is None:
        return []
    query = (
        frappe.qb.from_(documents)
        .select(documents.parent)
        .where(documents.parenttype == "Beneficiary")
        .where(begins)
        .orderby(documents.identity_key)
        .limit(MAX_CANDIDATES)
    )
    people = list(dict.fromkeys(row[0] for row in query.run()))
    found: list[str] = []
    for first in range(0, len(people), MAX_RESULTS):
        batch = people[first : first + MAX_RESULTS]
        seen = readable_names("Beneficiary", batch)
        found += [name for name in batch if name in seen]
        if len(found) >= limit:
            break
    return found[:limit]


def _by_name(key: str, limit: int) -> list[str]:
    """Names that begin as typed come first, then those that hold every word somewhere."""
    words = key.split()
    if not words:
        return []
    table = DocType("Beneficiary")
    found = _run(table.search_key.like(f"{key}%"), limit)
    if len(found) < limit:
        holds = None
        for word in sorted(words, key=len, reverse=True):
            has_word = table.search_key.like(f"%{word}%")
            holds = has_word if holds is None else holds & has_word
        found += [name for name in _run(holds, limit) if name not in found]
    return found[:limit]


def _run(matches: Any, limit: int) -> list[str]:
    table = DocType("Beneficiary")
    found: list[tuple[str, str]] = []
    for part in visible_parts("Beneficiary") or [None]:
        query = frappe.qb.from_(table).select(table.search_key, table.name).where(matches)
        if part is not None:
            query = query.where(part)
        # No order is asked of the database: it would walk all names in order to find those of a few communities.
        found += query.limit(limit * 5).run()
    return [name for _key, name in sorted(found)][:limit]


def _describe_people(names: list[str]) -> list[dict[str, Any]]:
    """Add to the names what tells people apart; order is kept."""
    if not names:
        return []
    table, documents, family = DocType("Beneficiary"), DocType("Beneficiary Document"), DocType("Family")
    rows = (
        frappe.qb.from_(table)
        .left_join(family)
        .on(table.family == family.name)
        .select(table.name, table.full_name, table.family, table.community, table.status, table.kinship)
        .select(table.birth_date, family.family_name)
        .where(table.name.isin(names))
        .run(as_dict=True)
    )
    numbers = (
        frappe.qb.from_(documents)
        .select(documents.parent, documents.document_type, documents.document_number)
        .where(documents.parenttype == "Beneficiary")
        .where(documents.parent.isin(names))
        .orderby(documents.idx)
        .run(as_dict=True)
    )
    by_person: dict[str, list[str]] = {}
    for row in numbers:
        by_person.setdefault(row.parent, []).append(f"{row.document_type} {row.document_number}")
    for row in rows:
        row.documents = by_person.get(row.name, [])
    by_name = {row.name: row for row in rows}
    return [by_name[name] for name in names if name in by_name]


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def person_query(
    doctype: str,
    txt: str,
    searchfield: str,
    start: int,
    page_len: int,
    filters: dict | list | None,
    as_dict: bool = False,
    reference_doctype: str | None = None,
) -> list[Any]:
    """Answer link fields to a person: the same search, within the filters of the field."""
    conditions = _as_list("Beneficiary", filters) + _typed(
        "Beneficiary", txt, "BEN-", "search_key", lambda number: _by_number(number, MAX_RESULTS)
    )
    fields = ["name", "full_name", "community", "family"]
    return _listed("Beneficiary", fields, conditions, "search_key asc", start, page_len, as_dict)


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def family_query(
    doctype: str,
    txt: str,
    searchfield: str,
    start: int,
    page_len: int,
    filters: dict | list | None,
    as_dict: bool = False,
    reference_doctype: str | None = None,
) -> list[Any]:
    """Answer link fields to a family: by its name, its code, or the document number of a member."""

    def of_members(number: str) -> list[str]:
        people = _describe_people(_by_number(number, MAX_RESULTS))
        return [person.family for person in people if person.family]

    conditions = _as_list("Family", filters) + _typed("Family", txt, "FAM-", "family_name", of_members)
    fields = ["name", "family_name", "community"]
    return _listed("Family", fields, conditions, "family_name asc", start, page_len, as_dict)


def _typed(
    doctype: str, txt: str | None, code: str, words_in: str, by_number: Callable[[str], list[str]]
) -> list[Any]:
    """Return the conditions that what was typed in a link field gives: a code, a document number, or words.

    code: how the names of the DocType begin. words_in: the field that must hold every word.
    """
    text = (txt or "").strip()
    if text.upper().startswith(code):
        return [[doctype, "name", "like", f"{text.upper()}%"]]
    if number := _number_in(text):
        return [[doctype, "name", "in", by_number(number) or [""]]]
    return [[doctype, words_in, "like", f"%{word}%"] for word in search_key(text).split()]


def _as_list(doctype: str, filters: Any) -> list[Any]:
    """Return the filters of a link field, however its form wrote them, as a list of conditions."""
    if isinstance(filters, str):
        filters = frappe.parse_json(filters)
    if not filters:
        return []
    if isinstance(filters, dict):
        return [
            [doctype, name, *value] if isinstance(value, list | tuple) else [doctype, name, "=", value]
            for name, value in filters.items()
        ]
    return list(filters)


def _listed(
    doctype: str,
    fields: list[str],
    conditions: list[Any],
    order_by: str,
    start: int,
    page_len: int,
    as_dict: bool,
) -> list[Any]:
    return frappe.get_list(
        doctype,
        fields=fields,
        filters=conditions,
        order_by=order_by,
        limit_start=cint(start),
        limit_page_length=cint(page_len) or 10,
        as_list=not as_dict,
    )
