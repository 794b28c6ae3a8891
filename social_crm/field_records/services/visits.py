"""Planned visits: put into the days of a gestor, drawn on the map, closed by the acta that carries them out."""

import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.field_records.domain.visits import MAX_STOPS, Stop, ordered
from social_crm.field_records.services import templates, visitors

SUBJECT_FIELDS = {"Family": "family", "Productive Unit": "productive_unit"}
_PLACE = ("community", "latitude", "longitude")
# An acta written a few days before the day planned is still that visit; one that was missed can be made as long as phones show it.
EARLY_DAYS = 7
LATE_DAYS = 30


@frappe.whitelist(methods=["POST"])
def plan_visits(visits: list | str, gestor: str, visit_date: str) -> list[str]:
    """Put visits into a day of a gestor, ordered by nearness; returns the names of the planned visits of these rows.

    Args:
        visits: rows with doctype ("Family" or "Productive Unit"), subject and, where a rule asks, rule.

    A visit of the same subject and rule that is still planned is moved to the day rather than planned twice.
    """
    rows = _parsed(visits)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        frappe.throw(_("Choose at least one visit."), title=_("Nothing Chosen"))
    if len(rows) > MAX_STOPS:
        frappe.throw(_("A day has at most {0} visits.").format(MAX_STOPS), title=_("Too Many Visits"))
    names = [_plan_one(frappe._dict(row), gestor, visit_date) for row in rows]
    order_day(gestor, visit_date)
    return names


def _parsed(value: Any) -> Any:
    try:
        return frappe.parse_json(value)
    except ValueError:
        return None


def _filters(value: Any) -> list:
    found = _parsed(value or [])
    if not isinstance(found, list):
        frappe.throw(_("The filters are no list."), title=_("Filters not Understood"))
    return found


@frappe.whitelist()
def template_to_write(visit: str) -> str | None:
    """Return the template of the acta of a planned visit: its newest published version, whichever the plan names.

    None where the plan names none, or no version of it is published any more. Raises PermissionError for who may not read the visit.
    """
    plan = frappe.get_doc("Planned Visit", visit)
    plan.check_permission("read")
    return templates.newest_published().get(plan.template)


@frappe.whitelist()
def map_points(doctype: str, filters: str | list | None = None, type: str | None = None) -> dict[str, Any]:
    """Return the planned visits whose place is known, as GeoJSON for the map of the list; only those the user may see.

    The names of the arguments are those of the platform's own function.
    """
    rows = frappe.get_list(
        "Planned Visit",
        filters=[*_filters(filters), ["Planned Visit", "latitude", "!=", 0]],
        fields=["name", "title", "visit_date", "latitude", "longitude"],
        limit=0,
    )
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
                "properties": {"name": _label(row)},
            }
            for row in rows
        ],
    }


def _label(row: Any) -> str:
    # The map writes it as HTML.
    return frappe.utils.escape_html(f"{row.title} · {frappe.utils.format_date(row.visit_date)}")


def order_day(gestor: str, visit_date: str | datetime.date) -> None:
    """Number the planned visits of a gestor's day by nearness, keeping the one that has the earliest time first."""
    # The order of the day is a figure of the whole day, whoever planned which part of it.
    rows = frappe.get_all(
        "Planned Visit",
        filters={"gestor": gestor, "visit_date": visit_date, "status": "Planned"},
        fields=["name", "latitude", "longitude"],
        order_by="start_time is null, start_time, position, name",
        limit=MAX_STOPS,
    )
    stops = [Stop(row.name, row.latitude or None, row.longitude or None) for row in rows]
    for number, stop in enumerate(ordered(stops), start=1):
        frappe.db.set_value("Planned Visit", stop.key, "position", number, update_modified=False)


def validate(doc: Any) -> None:
    """Fill what follows from the subject and refuse a visit to nobody, or a plan that was already carried out."""
    before = doc.get_doc_before_save()
    if before and before.status == "Done" and doc.status != "Done" and not doc.flags.from_acta:
        frappe.throw(
            _("This visit was made: its acta is {0}.").format(before.acta), title=_("Visit Already Made")
        )
    if doc.status == "Done" and not doc.acta:
        frappe.throw(
            _("A visit is done when its acta is written: write the acta, and the visit closes by itself."),
            title=_("Acta Missing"),
        )
    if doc.productive_unit:
        doc.beneficiary = frappe.db.get_value("Productive Unit", doc.productive_unit, "beneficiary")
    if doc.beneficiary:
        doc.family = frappe.db.get_value("Beneficiary", doc.beneficiary, "family") or doc.family
    place = _place_of(doc)
    visitors.require_sight(doc, before)
    doc.update({field: place[field] for field in _PLACE})
    unit = doc.productive_unit and frappe.db.get_value("Productive Unit", doc.productive_unit, "unit_name")
    doc.title = (f"{place.title} · {unit}" if unit else place.title)[:140]


def _place_of(doc: Any) -> Any:
    """Where a visit leads and what it is called: the family's house, or the community where no family is visited."""
    if doc.family:
        fields = ["family_name as title", *_PLACE]
        place = frappe.db.get_value("Family", doc.family, fields, as_dict=True)
    else:
        fields = ["community_name as title", "name as community", "latitude", "longitude"]
        place = frappe.db.get_value("Community", doc.community, fields, as_dict=True)
    if not place:
        frappe.throw(
            _("Say whom to visit: a family, a person, a productive unit or a community."),
            title=_("Subject Missing"),
        )
    return place


def check_rule(doc: Any) -> None:
    """Refuse a rule that could never ask for anything."""
    if int(doc.every_days or 0) < 1:
        frappe.throw(_("Write every how many days, from 1 on."), title=_("Days not Possible"))
    if doc.valid_to and getdate(doc.valid_to) < getdate(doc.valid_from):
        frappe.throw(_("The rule ends before it begins."), title=_("Dates not Possible"))


def note_acta(acta: Any) -> None:
    """Close the planned visit that an acta carries out: of the same subject and template, nearest in date."""
    # An amendment says again what was seen on a visit that was made: nobody went there a second time.
    if acta.amends:
        return
    # Of a community alone: of no family in it.
    subject = next(
        (field for field in ("productive_unit", "family", "community") if acta.get(field)), "family"
    )
    if not acta.get(subject) or frappe.db.exists("Planned Visit", {"acta": acta.name}):
        return
    day = getdate(acta.visit_date)
    # The plan may be a colleague's: the visit was made all the same.
    plans = frappe.get_all(
        "Planned Visit",
        filters={
            subject: acta.get(subject),
            "status": "Planned",
            "visit_date": [
                "between",
                [
                    day - datetime.timedelta(days=LATE_DAYS),
                    day + datetime.timedelta(days=EARLY_DAYS),
                ],
            ],
        },
        fields=["name", "visit_date", "template", "productive_unit", "family"],
    )
    key = _template_key(acta.template)
    fitting = [
        plan
        for plan in plans
        if (not plan.template or _template_key(plan.template) == key)
        and (plan.productive_unit or None) == (acta.productive_unit or None)
        and (subject != "community" or not plan.family)
    ]
    if fitting:
        nearest = min(fitting, key=lambda plan: (abs((getdate(plan.visit_date) - day).days), plan.name))
        doc = frappe.get_doc("Planned Visit", nearest.name)
        doc.flags.from_acta = True
        doc.update({"status": "Done", "acta": acta.name})
        # Whoever may write the acta has made the visit, a colleague's plan included.
        doc.save(ignore_permissions=True)


def free_plan(acta: str) -> None:
    """Open the planned visit of a deleted draft again."""
    # What the deleted acta had closed is open again, whoever planned it.
    for name in frappe.get_all("Planned Visit", filters={"acta": acta}, pluck="name"):
        doc = frappe.get_doc("Planned Visit", name)
        doc.flags.from_acta = True
        doc.update({"status": "Planned", "acta": None})
        # The right to delete the acta was asked by the framework.
        doc.save(ignore_permissions=True)


def _plan_one(row: Any, gestor: str, visit_date: str) -> str:
    field = SUBJECT_FIELDS.get(row.doctype)
    if not field or not isinstance(row.subject, str) or not frappe.db.exists(row.doctype, row.subject):
        frappe.throw(_("Say whom to visit: a family or a productive unit."), title=_("Subject Missing"))
    frappe.get_doc(row.doctype, row.subject).check_permission("read")
    rule = row.rule or None
    existing = frappe.db.get_value(
        "Planned Visit", {field: row.subject, "rule": rule, "status": "Planned"}, "name"
    )
    # Not new_doc: it fills the hour with the present one, and nobody has said an hour.
    doc = (
        frappe.get_doc("Planned Visit", existing)
        if existing
        else frappe.get_doc({"doctype": "Planned Visit"})
    )
    template = row.template or (rule and frappe.db.get_value("Visit Rule", rule, "template"))
    # The rule may name a version that a newer one has replaced since.
    template = templates.newest_published().get(template, template)
    doc.update({field: row.subject, "rule": rule, "template": template})
    doc.update({"gestor": gestor, "visit_date": visit_date, "status": "Planned"})
    return (doc.save() if existing else doc.insert()).name


def _template_key(template: str) -> str | None:
    return frappe.db.get_value("Acta Template", template, "template_key", cache=True)


def versions_of(template: str) -> list[str]:
    """Return the names of all versions of a template."""
    # Names of versions alone.
    return frappe.get_all("Acta Template", filters={"template_key": _template_key(template)}, pluck="name")
