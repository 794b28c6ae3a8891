"""The life of a family and of a person: everything that the components did with them, in one order of time.

A component adds its entries by listing the dotted path of a tuple of `TimelineSource` under the hook
`social_crm_timeline`; neither this module nor the page that draws the life changes for it. Each source costs one query
however many entries there are, made with the reader's own permissions (`frappe.get_list`).
"""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.social_crm.domain.names import search_key
from social_crm.timeline_titles import Titles

# More of one kind than any family has; the reader is told when it does not suffice.
LIMIT_PER_SOURCE = 3000
PAGE = 100


@dataclass(frozen=True)
class TimelineSource:
    """One DocType whose documents appear in the life of persons or families.

    doctype: the DocType that is read with the reader's own permissions.
    component: English label of the component, translated when shown; the filter of the page.
    date_field: Date or Datetime field by which the entry is placed.
    title: translatable English template over `fields`, such as "Follow-up visit: {result}". Parts between " · " whose
        fields are all empty are left out.
    fields: further fields to read (link and select values are shown translated or by title).
    beneficiary_field / family_field: the fields that say whose life it is; either may be None. A row with a family
        belongs to that family; one with a person alone belongs to the family of which the person was then a member.
    filters: fixed filters, such as (("status", "=", "Held"),).
    lives: whose lives show the source; a family sees through its members what belongs to the lives of both.
    parent_doctype: for a child table, the DocType whose permissions count and whose form the entry opens; `parent` is
        then a field like others.
    icon: family, person, handshake, box, coins, book, heart, pen, calendar, shield or flag.
    """

    doctype: str
    component: str
    date_field: str
    title: str
    fields: tuple[str, ...] = ()
    beneficiary_field: str | None = "beneficiary"
    family_field: str | None = None
    filters: tuple[tuple[str, str, object], ...] = ()
    lives: tuple[str, ...] = ("Beneficiary", "Family")
    parent_doctype: str | None = None
    icon: str = "calendar"


@dataclass(frozen=True)
class LifeFilter:
    """What the reader wants to see of a life; empty fields restrict nothing. Dates are inclusive."""

    component: str | None = None
    person: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    text: str | None = None


@dataclass(frozen=True)
class _Life:
    """Whose life is read: for a family also who belonged to it, and when."""

    doctype: str
    name: str
    stays: tuple[tuple[str, date, date | None], ...] = ()

    @property
    def people(self) -> list[str]:
        return sorted({person for person, _from, _to in self.stays})

    def holds(self, person: str | None, day: date) -> bool:
        """Say whether the person was a member on the day."""
        return any(
            p == person and start <= day and (end is None or day < end) for p, start, end in self.stays
        )


def sources() -> tuple[TimelineSource, ...]:
    """Return what the installed components have registered."""
    found: list[TimelineSource] = []
    for path in frappe.get_hooks("social_crm_timeline"):
        found.extend(frappe.get_attr(path))
    return tuple(found)


def entries(doctype: str, name: str, wanted: LifeFilter | None = None) -> tuple[list[dict], bool]:
    """Return all entries of a life that the user may read, the latest first, and whether some did not fit.

    doctype: Family or Beneficiary; the caller has checked that the user may read the document. Each entry has date,
    component, icon, title, doctype, name, person and person_name.
    """
    wanted = wanted or LifeFilter()
    life = _Life(doctype, name, _stays(name) if doctype == "Family" else ())
    titles = Titles()
    read: list[tuple[TimelineSource, dict]] = []
    cut = False
    for source in sources():
        rows = _read(source, life, wanted)
        cut = cut or len(rows) >= LIMIT_PER_SOURCE
        for row in rows:
            day = getdate(row[source.date_field])
            if doctype == "Family" and not _in_family(source, life, row, day):
                continue
            titles.collect(source, row)
            read.append((source, row))
    titles.load()
    found = [_entry(source, row, titles) for source, row in read]
    words = search_key(wanted.text).split() if wanted.text else []
    if words:
        found = [e for e in found if all(w in search_key(e["title"], e["person_name"]) for w in words)]
    found.sort(key=lambda e: (e["date"], e["created"]), reverse=True)
    return found, cut


@frappe.whitelist()
def life(
    doctype: str,
    name: str,
    component: str | None = None,
    person: str | None = None,
    from_date: str | None = None,
    to_date: str | None = None,
    text: str | None = None,
    start: int = 0,
    length: int = PAGE,
) -> dict:
    """Return one page of a life: entries (latest first), total, the number by component, and who takes part."""
    check_readable(doctype, name)
    wanted = LifeFilter(None, person or None, _day(from_date), _day(to_date), text or None)
    found, cut = entries(doctype, name, wanted)
    counts: dict[str, int] = {}
    people: dict[str, str] = {}
    for entry in found:
        counts[entry["component"]] = counts.get(entry["component"], 0) + 1
        if entry["person"]:
            people[entry["person"]] = entry["person_name"] or entry["person"]
    if component:
        found = [entry for entry in found if entry["component"] == component]
    start, length = max(0, int(start)), min(500, max(1, int(length)))
    return {
        "title": frappe.get_cached_value(
            doctype, name, "family_name" if doctype == "Family" else "full_name"
        ),
        "entries": found[start : start + length],
        "total": len(found),
        "components": [
            {"component": c, "count": n} for c, n in sorted(counts.items(), key=lambda i: (-i[1], i[0]))
        ],
        "people": [{"name": p, "full_name": n} for p, n in sorted(people.items(), key=lambda i: i[1])],
        "incomplete": cut,
    }


def life_for_print(doc: "frappe.model.document.Document") -> list[dict]:
    """Return the entries of a life for a printed narrative, the oldest first; the filters come from the request.

    The page of the life passes its filters as life_component, life_person, life_from, life_to and life_text.
    """
    asked = frappe.form_dict
    wanted = LifeFilter(
        None,
        asked.get("life_person"),
        _day(asked.get("life_from")),
        _day(asked.get("life_to")),
        asked.get("life_text"),
    )
    check_readable(doc.doctype, doc.name)
    found, _cut = entries(doc.doctype, doc.name, wanted)
    component = asked.get("life_component")
    return [entry for entry in reversed(found) if not component or entry["component"] == component]


def check_readable(doctype: str, name: str) -> None:
    """Throw unless the document is a family or person that the user may read."""
    if doctype not in ("Family", "Beneficiary"):
        frappe.throw(_("Only families and persons have a life here."), title=_("Life"))
    frappe.has_permission(doctype, "read", doc=name, throw=True)


def _day(text: str | None) -> date | None:
    return getdate(text) if text else None


def _stays(family: str) -> tuple[tuple[str, date, date | None], ...]:
    rows = frappe.get_list(
        "Family Membership",
        filters={"family": family},
        fields=["beneficiary", "from_date", "to_date"],
        limit=2000,
    )
    return tuple(
        (r.beneficiary, getdate(r.from_date), getdate(r.to_date) if r.to_date else None) for r in rows
    )


def _read(source: TimelineSource, life: _Life, wanted: LifeFilter) -> list[dict]:
    """Read the rows of one source that may belong to the life: one query."""
    if life.doctype not in source.lives or not _usable(source):
        return []
    filters: list = [list(f) for f in source.filters]
    either: list = []
    if life.doctype == "Beneficiary":
        if not source.beneficiary_field:
            return []
        filters.append([source.beneficiary_field, "=", life.name])
    else:
        if source.family_field:
            either.append([source.family_field, "=", life.name])
        if source.beneficiary_field and life.people:
            either.append([source.beneficiary_field, "in", life.people])
        if not either:
            return []
    if wanted.person:
        if not source.beneficiary_field:
            return []
        filters.append([source.beneficiary_field, "=", wanted.person])
    filters.append([source.date_field, "is", "set"])
    if wanted.from_date:
        filters.append([source.date_field, ">=", str(wanted.from_date)])
    if wanted.to_date:
        filters.append([source.date_field, "<=", f"{wanted.to_date} 23:59:59"])
    fields = ["name", "creation", source.date_field, *source.fields]
    fields += [f for f in (source.beneficiary_field, source.family_field) if f]
    if source.parent_doctype:
        filters.append(["parenttype", "=", source.parent_doctype])
        fields.append("parent")
    return frappe.get_list(
        source.doctype,
        parent_doctype=source.parent_doctype,
        filters=filters,
        or_filters=either or None,
        fields=list(dict.fromkeys(fields)),
        order_by=f"{source.date_field} desc",
        limit=LIMIT_PER_SOURCE,
    )


def _usable(source: TimelineSource) -> bool:
    """Say whether the DocType is there (a component may be missing) and the user may read it at all."""
    asked = source.parent_doctype or source.doctype
    return bool(frappe.db.exists("DocType", source.doctype, cache=True)) and frappe.has_permission(
        asked, "read"
    )


def _in_family(source: TimelineSource, life: _Life, row: dict, day: date) -> bool:
    family = row.get(source.family_field) if source.family_field else None
    if family:
        return family == life.name
    return life.holds(row.get(source.beneficiary_field), day)


def _entry(source: TimelineSource, row: dict, titles: Titles) -> dict:
    person = row.get(source.beneficiary_field) if source.beneficiary_field else None
    return {
        "date": str(getdate(row[source.date_field])),
        "year": getdate(row[source.date_field]).year,
        "created": str(row["creation"]),
        "component": source.component,
        "icon": source.icon,
        "title": titles.render(source, row),
        "doctype": source.parent_doctype or source.doctype,
        "name": row["parent"] if source.parent_doctype else row["name"],
        "person": person or "",
        "person_name": titles.of("Beneficiary", person) if person else "",
    }
