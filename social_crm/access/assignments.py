"""Which communities and programmes are a user's own today, read from the dated `Staff Assignment` rows."""

from dataclasses import dataclass, field, replace
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import getdate, nowdate

# Readers of everything: their roles say what they may do with it, no row is hidden from them.
UNRESTRICTED_ROLES = frozenset({"System Manager", "Social CRM Administrator", "M&E Analyst", "Auditor"})


@dataclass(frozen=True)
class Grants:
    """The places of one user on one day.

    open: communities in which the rows of every programme are visible.
    by_programme: communities in which only rows of that programme, or of none, are visible.
    whole_programmes: programmes that the user is assigned to without a community.
    """

    user: str
    open: frozenset[str] = frozenset()
    by_programme: dict[str, frozenset[str]] = field(default_factory=dict)
    whole_programmes: frozenset[str] = frozenset()

    @property
    def communities(self) -> frozenset[str]:
        """Every community of the user, whatever the programme."""
        return self.open.union(*self.by_programme.values())

    def only_open(self) -> "Grants":
        """The same user as if only the communities without a limit of programme were theirs."""
        return replace(self, by_programme={})

    def only_programme(self, programme: str) -> "Grants":
        """The same user as if only the communities of this one programme were theirs."""
        return replace(self, open=frozenset(), by_programme={programme: self.by_programme[programme]})

    def limited_to(self, programme: str) -> "Grants":
        """The same user, with the communities in which rows of this programme are visible."""
        kept = {name: places for name, places in self.by_programme.items() if name == programme}
        return replace(self, by_programme=kept)


def grants_of(user: str) -> Grants | None:
    """Return the places of the user as of today; None when no row is hidden from them.

    Kept for the length of one request only: an assignment that begins or ends counts from the next click.
    """
    if user == "Administrator":
        return None
    cache = _request_cache()
    key = (user, nowdate())
    if key not in cache:
        cache[key] = None if is_unrestricted(user) else _read(user)
    return cache[key]


def is_unrestricted(user: str) -> bool:
    """Tell whether the user reads the rows of every community."""
    return user == "Administrator" or not UNRESTRICTED_ROLES.isdisjoint(frappe.get_roles(user))


def forget_grants(doc: Any = None, method: str | None = None) -> None:
    """Drop what this request remembers; a document event of everything that grants depend on."""
    _request_cache().clear()


def assign_creator(doc: Any, method: str | None = None) -> None:
    """Assign who opens a community to it from today on, unless they see every community anyway.

    Otherwise a Programme Director would lose sight of the community in the moment of saving it. The assignment is a
    row like any other: visible, dated, and ended by whoever runs the team.
    """
    if doc.flags.in_import or grants_of(frappe.session.user) is None:
        return
    # The right to create communities is the right to this first assignment; the user may hold no right to others.
    frappe.get_doc(
        {
            "doctype": "Staff Assignment",
            "user": frappe.session.user,
            "community": doc.name,
            "from_date": nowdate(),
        }
    ).insert(ignore_permissions=True)


def refuse_wider_than_own(doc: Any, method: str | None = None) -> None:
    """Refuse an assignment that gives more than its writer has; nobody widens their own sight or another's.

    Raises:
        frappe.PermissionError: the place or the programme is not the writer's.
    """
    grants = grants_of(frappe.session.user)
    if grants is None or doc.flags.ignore_permissions:
        return
    if doc.programme and doc.programme in grants.whole_programmes:
        within = not doc.community or doc.community in grants.by_programme.get(doc.programme, frozenset())
    elif doc.programme:
        own = grants.open | grants.by_programme.get(doc.programme, frozenset())
        within = bool(doc.community) and doc.community in own
    else:
        within = doc.community in grants.open
    if not within:
        frappe.throw(
            _("You can assign staff only to the communities and programmes that are assigned to you."),
            frappe.PermissionError,
            title=_("Not Your Community"),
        )


def refuse_foreign_programme(doc: Any, method: str | None = None) -> None:
    """Refuse a change of a programme, or the addition of a community to it, by staff whom neither belongs to.

    A programme's list of communities decides what its whole staff sees: adding a community opens all its rows.

    Raises:
        frappe.PermissionError: the programme or an added community is not the writer's.
    """
    grants = grants_of(frappe.session.user)
    if grants is None or doc.flags.ignore_permissions:
        return
    before = doc.get_doc_before_save()
    if before and doc.name not in grants.whole_programmes:
        frappe.throw(
            _("Only staff assigned to the whole programme {0} can change it.").format(frappe.bold(doc.name)),
            frappe.PermissionError,
            title=_("Not Your Programme"),
        )
    # Rows that ended open nothing: to begin one anew, or to lengthen it, is to add the community.
    opened = _days_open(doc.communities)
    known = _days_open(before.communities) if before else {}
    foreign = {
        community
        for community, days in opened.items()
        if community not in grants.communities and not days <= known.get(community, set())
    }
    if foreign:
        frappe.throw(
            _("These communities are not assigned to you: {0}.").format(", ".join(sorted(foreign))),
            frappe.PermissionError,
            title=_("Not Your Community"),
        )


def _days_open(rows: list[Any]) -> dict[str, set[tuple[Any, Any]]]:
    """The spans, still running or to come, in which a programme works in each of its communities."""
    today = getdate(nowdate())
    spans: dict[str, set[tuple[Any, Any]]] = {}
    for row in rows:
        last = getdate(row.to_date) if row.to_date else None
        if last is None or last >= today:
            first = getdate(row.from_date) if row.from_date else None
            spans.setdefault(row.community, set()).add((first, last))
    return spans


def _request_cache() -> dict[tuple[str, str], Grants | None]:
    if not hasattr(frappe.local, "social_crm_grants"):
        frappe.local.social_crm_grants = {}
    return frappe.local.social_crm_grants


def _read(user: str) -> Grants:
    rows = _live_assignments(user)
    whole = frozenset(row.programme for row in rows if row.programme and not row.community)
    by_programme: dict[str, set[str]] = {}
    for row in rows:
        if row.programme and row.community:
            by_programme.setdefault(row.programme, set()).add(row.community)
    for programme, community in _programme_communities(whole):
        by_programme.setdefault(programme, set()).add(community)
    return Grants(
        user=user,
        open=frozenset(row.community for row in rows if row.community and not row.programme),
        by_programme={name: frozenset(places) for name, places in by_programme.items()},
        whole_programmes=whole,
    )


def _live_assignments(user: str) -> list[Any]:
    table = DocType("Staff Assignment")
    today = getdate(nowdate())
    return (
        frappe.qb.from_(table)
        .select(table.community, table.programme)
        .where(table.user == user)
        .where(table.from_date <= today)
        .where(table.to_date.isnull() | (table.to_date >= today))
        .run(as_dict=True)
    )


def _programme_communities(programmes: frozenset[str]) -> list[tuple[str, str]]:
    if not programmes:
        return []
    table = DocType("Programme Community")
    today = getdate(nowdate())
    return (
        frappe.qb.from_(table)
        .select(table.parent, table.community)
        .where(table.parenttype == "Social Programme")
        .where(table.parent.isin(sorted(programmes)))
        .where(table.from_date.isnull() | (table.from_date <= today))
        .where(table.to_date.isnull() | (table.to_date >= today))
        .run()
    )
