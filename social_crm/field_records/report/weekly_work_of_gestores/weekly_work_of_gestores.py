"""What each gestor did in a week: visits planned and made, actas written and closed, families reached, commitments."""

import datetime
from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import getdate

COUNTS = ("planned", "made", "actas", "closed", "drafts", "families", "commitments")


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message and chart; only rows the user may see are counted."""
    wanted = frappe._dict(filters or {})
    day = getdate(wanted.week) if wanted.week else getdate()
    monday = day - datetime.timedelta(days=day.weekday())
    sunday = monday + datetime.timedelta(days=6)
    rows = _rows(monday, sunday, wanted.community)
    if wanted.gestor:
        rows = [row for row in rows if row["gestor"] == wanted.gestor]
    message = _("Week from {0} to {1}.").format(
        frappe.utils.format_date(monday), frappe.utils.format_date(sunday)
    )
    return _columns(), rows, message, _chart(rows) if rows else None


def _rows(monday: datetime.date, sunday: datetime.date, community: str | None) -> list[dict]:
    place = {"community": community} if community else {}
    week = ["between", [monday, sunday]]
    found: dict[str, dict] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    families: dict[str, set] = defaultdict(set)
    actas = frappe.get_list(
        "Acta",
        filters={"visit_date": week, **place},
        fields=["name", "gestor", "status", "family"],
        limit=0,
    )
    for acta in actas:
        counts = found[acta.gestor]
        counts["actas"] += 1
        counts["closed" if acta.status == "Closed" else "drafts"] += 1
        if acta.family:
            families[acta.gestor].add(acta.family)
    visits = frappe.get_list(
        "Planned Visit",
        filters={"visit_date": week, "status": ["!=", "Cancelled"], **place},
        fields=["gestor", "status"],
        limit=0,
    )
    for visit in visits:
        found[visit.gestor]["planned"] += 1
        found[visit.gestor]["made"] += visit.status == "Done"
    gestor_of = {acta.name: acta.gestor for acta in actas}
    commitments = frappe.get_list(
        "Commitment",
        filters={"reference_doctype": "Acta", "reference_name": ["in", list(gestor_of) or [""]]},
        fields=["reference_name"],
        limit=0,
    )
    for commitment in commitments:
        found[gestor_of[commitment.reference_name]]["commitments"] += 1
    return [
        {"gestor": gestor, "name": _full_name(gestor), **counts, "families": len(families[gestor])}
        for gestor, counts in sorted(found.items())
    ]


def _full_name(user: str) -> str:
    return frappe.db.get_value("User", user, "full_name", cache=True) or user


def _chart(rows: list[dict]) -> dict:
    return {
        "data": {
            "labels": [row["name"] for row in rows],
            "datasets": [
                {"name": _("Closed Actas"), "values": [row["closed"] for row in rows]},
                {"name": _("Drafts"), "values": [row["drafts"] for row in rows]},
            ],
        },
        "type": "bar",
        # Names of families and people, which stand beside lying bars whole.
        "horizontal_bars": 1,
        "colors": ["#2e7d6b", "#C77700"],
        "fieldtype": "Int",
    }


def _columns() -> list[dict]:
    labels = {
        "planned": _("Visits Planned"),
        "made": _("Visits Made"),
        "actas": _("Field Minutes"),
        "closed": _("Closed Actas"),
        "drafts": _("Drafts"),
        "families": _("Families Visited"),
        "commitments": _("Commitments"),
    }
    return [
        # The name first: a phone shows little more.
        {"fieldname": "name", "fieldtype": "Data", "label": _("Name"), "width": 200},
        *({"fieldname": field, "fieldtype": "Int", "label": labels[field], "width": 125} for field in COUNTS),
        {"fieldname": "gestor", "fieldtype": "Link", "options": "User", "label": _("Gestor"), "width": 220},
    ]
