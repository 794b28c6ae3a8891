"""How many actas there are by family, community, gestor or template, how many still open, and when the last one was."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import getdate

GROUPS = {"Family": "family", "Community": "community", "Gestor": "gestor", "Acta Template": "template"}
LINKS = {"Family": "Family", "Community": "Community", "Gestor": "User", "Acta Template": "Acta Template"}
MOST_BARS = 15


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message and chart; only actas the user may see are counted."""
    wanted = frappe._dict(filters or {})
    group = wanted.group_by if wanted.group_by in GROUPS else "Community"
    field = GROUPS[group]
    conditions = [["visit_date", ">=", wanted.from_date]] if wanted.from_date else []
    conditions += [["visit_date", "<=", wanted.to_date]] if wanted.to_date else []
    conditions += [
        [name, "=", wanted[name]]
        for name in ("community", "gestor", "template", "programme")
        if wanted.get(name)
    ]
    actas = frappe.get_list(
        "Acta", filters=conditions, fields=[field, "status", "visit_date"], order_by="name", limit=0
    )
    found: dict[str, list] = defaultdict(list)
    for acta in actas:
        found[acta[field] or ""].append(acta)
    rows = [
        {
            "group": name,
            "title": _title(group, name),
            "actas": len(own),
            "closed": sum(1 for acta in own if acta.status == "Closed"),
            "drafts": sum(1 for acta in own if acta.status != "Closed"),
            "last": max(getdate(acta.visit_date) for acta in own),
        }
        for name, own in found.items()
    ]
    rows.sort(key=lambda row: (-row["actas"], row["title"]))
    return _columns(group), rows, None, _chart(rows) if rows else None


def _title(group: str, name: str) -> str:
    if not name:
        return _("Not Stated")
    fields = {"Family": "family_name", "Gestor": "full_name", "Acta Template": "title"}
    return (
        frappe.db.get_value(LINKS[group], name, fields[group], cache=True) if group in fields else name
    ) or name


def _chart(rows: list[dict]) -> dict:
    shown = rows[:MOST_BARS]
    return {
        "data": {
            "labels": [row["title"] for row in shown],
            "datasets": [
                {"name": _("Closed Actas"), "values": [row["closed"] for row in shown]},
                {"name": _("Drafts"), "values": [row["drafts"] for row in shown]},
            ],
        },
        "type": "bar",
        # Names of families and people, which stand beside lying bars whole.
        "horizontal_bars": 1,
        "colors": ["#2e7d6b", "#C77700"],
        "fieldtype": "Int",
    }


def _columns(group: str) -> list[dict]:
    link = {
        "fieldname": "group",
        "fieldtype": "Link",
        "options": LINKS[group],
        "label": _(group),
        "width": 200,
    }
    # A community is its name; of others the name comes first, for a phone shows little more.
    named = {"fieldname": "title", "fieldtype": "Data", "label": _("Name"), "width": 240}
    return [
        *([link] if group == "Community" else [named]),
        {"fieldname": "actas", "fieldtype": "Int", "label": _("Field Minutes"), "width": 140},
        {"fieldname": "closed", "fieldtype": "Int", "label": _("Closed Actas"), "width": 110},
        {"fieldname": "drafts", "fieldtype": "Int", "label": _("Drafts"), "width": 110},
        {"fieldname": "last", "fieldtype": "Date", "label": _("Last Visit"), "width": 130},
        *([] if group == "Community" else [link]),
    ]
