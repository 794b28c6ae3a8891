"""Which visits the rules ask for, over the families and productive units that the user may see."""

import datetime
from typing import Any

import frappe
from frappe.query_builder.functions import Max
from frappe.utils import getdate

from social_crm.field_records.domain.visits import Rhythm, due_on
from social_crm.field_records.services.visits import SUBJECT_FIELDS, versions_of
from social_crm.permissions import visible


def due_visits(filters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the visits that the rules ask for up to a day, the longest wait first; only of rows the user may see.

    Args:
        filters: rule, community, programme, until (a date; default a week from today), only_overdue.

    Returns:
        Rows with rule, template, doctype, subject, title, family, community, last_visit, due, days_late (negative: still to
        come), planned (the date of a visit already planned) and gestor (whose).
    """
    wanted = frappe._dict(filters or {})
    today = getdate()
    until = getdate(wanted.until) if wanted.until else today + datetime.timedelta(days=7)
    if wanted.only_overdue:
        until = today - datetime.timedelta(days=1)
    rows = []
    for rule in _rules(wanted, today):
        subjects = _subjects(rule, wanted)
        last, planned = _last_visits(rule), _planned(rule)
        rhythm = Rhythm(
            rule.every_days, getdate(rule.valid_from), getdate(rule.valid_to) if rule.valid_to else None
        )
        for subject in subjects:
            registered = getdate(subject.began) if subject.began else None
            due = due_on(rhythm, registered, last.get(subject.name))
            if due is None or due > until:
                continue
            plan = planned.get(subject.name)
            rows.append(
                {
                    "rule": rule.name,
                    "template": rule.template,
                    "doctype": rule.subject,
                    "subject": subject.name,
                    "title": subject.title,
                    "family": subject.family,
                    "community": subject.community,
                    "last_visit": last.get(subject.name),
                    "due": due,
                    "days_late": (today - due).days,
                    "planned": plan and plan.visit_date,
                    "gestor": plan and plan.gestor,
                }
            )
    return sorted(rows, key=lambda row: (-row["days_late"], row["title"] or "", row["subject"]))


def _rules(wanted: Any, today: datetime.date) -> list[Any]:
    fields = ["name", "subject", "template", "every_days", "valid_from", "valid_to", "programme", "community"]
    filters: dict[str, Any] = {"enabled": 1}
    if wanted.rule:
        filters["name"] = wanted.rule
    return [
        rule
        for rule in frappe.get_list("Visit Rule", filters=filters, fields=fields, order_by="name", limit=0)
        if not (rule.community and wanted.community and rule.community != wanted.community)
        and not (rule.programme and wanted.programme and rule.programme != wanted.programme)
    ]


def _subjects(rule: Any, wanted: Any) -> list[Any]:
    """The families or units of a rule that the user may see: name, title, family, community, began."""
    family = frappe.qb.DocType("Family")
    community, programme = rule.community or wanted.community, rule.programme or wanted.programme
    if rule.subject == "Family":
        table = family
        query = frappe.qb.from_(table).select(
            table.name,
            table.family_name.as_("title"),
            table.name.as_("family"),
            table.community,
            table.registered_on.as_("began"),
        )
        query = query.where(table.status == "Active")
        if programme:
            places = _communities(programme)
            query = query.where(family.community.isin(places)) if places else query.where(table.name == "")
    else:
        table = frappe.qb.DocType("Productive Unit")
        query = (
            frappe.qb.from_(table)
            .left_join(family)
            .on(family.name == table.family)
            .select(
                table.name,
                table.unit_name.as_("title"),
                table.family,
                family.community,
                table.started_on.as_("began"),
            )
            .where(table.status != "Closed")
        )
        if programme:
            query = query.where(table.programme == programme)
    if community:
        query = query.where(family.community == community)
    if not frappe.has_permission(rule.subject, "read"):
        return []
    limit = visible(rule.subject)
    if limit is not None:
        query = query.where(limit)
    return query.run(as_dict=True)


def _communities(programme: str) -> list[str]:
    # Places of the programme's own table: names of communities alone.
    return frappe.get_all("Programme Community", filters={"parent": programme}, pluck="community")


def _last_visits(rule: Any) -> dict[str, datetime.date]:
    """The last acta of any version of the rule's template about each subject, drafts included: somebody was there."""
    acta = frappe.qb.DocType("Acta")
    subject = acta[SUBJECT_FIELDS[rule.subject]]
    query = (
        frappe.qb.from_(acta)
        .select(subject, Max(acta.visit_date))
        .where(acta.template.isin(versions_of(rule.template)))
        .where(subject.isnotnull())
        .groupby(subject)
    )
    return {name: getdate(day) for name, day in query.run() if name}


def _planned(rule: Any) -> dict[str, Any]:
    # Dates and names of planners, for subjects that the caller has limited to the visible ones.
    rows = frappe.get_all(
        "Planned Visit",
        filters={"status": "Planned", "rule": rule.name},
        fields=[SUBJECT_FIELDS[rule.subject], "visit_date", "gestor"],
        order_by="visit_date desc",
    )
    return {row[SUBJECT_FIELDS[rule.subject]]: row for row in rows}
