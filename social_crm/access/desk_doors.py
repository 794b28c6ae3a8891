"""Wrappers of methods of the Desk that answer past the row permissions: charts, group counts, tags, linked records."""

from typing import Any

import frappe
from frappe import _
from frappe.desk.notifications import get_filters_for
from frappe.query_builder import DocType, Order
from frappe.query_builder.functions import Count

from social_crm.access.doors import GUARDED, count_listed, is_limited, may_know, original, refuse_unknown
from social_crm.permissions import readable_names, visible
from social_crm.scopes import PROTECTED


@frappe.whitelist()
def get_chart(
    chart_name: str | None = None,
    chart: str | dict | None = None,
    no_cache: bool | int | str | None = None,
    filters: str | dict | list | None = None,
    from_date: str | None = None,
    to_date: str | None = None,
    timespan: str | None = None,
    time_interval: str | None = None,
    heatmap_year: str | int | None = None,
    refresh: bool | int | str | None = None,
) -> Any:
    """Return the figures of a chart, reckoned anew for this user when they are about limited rows.

    Raises:
        frappe.PermissionError: a heatmap of limited rows, which Frappe counts over everybody's.
    """
    arguments = dict(locals())
    asked = (
        frappe.get_doc("Dashboard Chart", chart_name)
        if chart_name
        else frappe._dict(frappe.parse_json(chart))
    )
    if is_limited(asked.document_type or ""):
        if asked.type == "Heatmap":
            frappe.throw(
                _("A heatmap counts the rows of every community. Ask for another type of chart."),
                frappe.PermissionError,
                title=_("Chart"),
            )
        arguments["refresh"] = 1
    return original("frappe.desk.doctype.dashboard_chart.dashboard_chart.get", **arguments)


@frappe.whitelist()
def get_open_count(doctype: str, name: str, items: str | list | None = None) -> dict[str, Any]:
    """Count the records connected with a document: of limited ones, and of those hidden by role, only what is seen."""
    result = original("frappe.desk.notifications.get_open_count", doctype=doctype, name=name, items=items)
    counts = result.get("count") or []
    # Newer versions tell links that the document itself carries from those of others, which alone are counted.
    rows = counts.get("external_links_found", []) if isinstance(counts, dict) else counts
    for row in rows:
        target = row.get("doctype") or row.get("name")
        if not frappe.has_permission(target, "read"):
            row["count"] = row["open_count"] = 0
        elif is_limited(target):
            row.update(_count_connected(doctype, name, target, "open_count" in row))
    return result


def _count_connected(doctype: str, name: str, target: str, count_open: bool) -> dict[str, int]:
    """Count as Frappe does, a hundred at most, what a list would show."""
    links = frappe.get_meta(doctype).get_dashboard_data()
    field = links.get("non_standard_fieldnames", {}).get(target, links.get("fieldname"))
    wanted = {field: name}
    value, type_field = links.get("dynamic_links", {}).get(field) or (None, None)
    if type_field and frappe.get_meta(target).has_field(type_field):
        wanted[type_field] = value
    counts = {"count": min(count_listed(target, wanted), 100)}
    if count_open:
        still_open = get_filters_for(target)
        counts["open_count"] = (
            min(count_listed(target, {**still_open, **wanted}), 100)
            if isinstance(still_open, dict) and still_open
            else 0
        )
    return counts


@frappe.whitelist()
def get_group_by_count(doctype: str, current_filters: str | list | dict, field: str) -> list[dict[str, Any]]:
    """Count the rows of a list by the values of a field, or by whom they are assigned to."""
    if not is_limited(doctype):
        return original(
            "frappe.desk.listview.get_group_by_count",
            doctype=doctype,
            current_filters=current_filters,
            field=field,
        )
    if field == "assigned_to":
        return _count_by_assignee(doctype, frappe.parse_json(current_filters))
    rows = original(
        "frappe.desk.listview.get_group_by_count",
        doctype=doctype,
        current_filters=current_filters,
        field=field,
    )
    column = frappe.get_meta(doctype).get_field(field)
    if column and column.fieldtype == "Link" and column.options in PROTECTED:
        known = readable_names(column.options, [row.get("name") for row in rows])
        for row in rows:
            if "title" in row and row.get("name") not in known:
                row["title"] = row.get("name")
    return rows


def _count_by_assignee(doctype: str, filters: Any) -> list[dict[str, Any]]:
    """Count open assignments to rows that the user may see, as Frappe does over everybody's rows."""
    if not frappe.has_permission(doctype, "read"):
        raise frappe.PermissionError
    rows = frappe.qb.get_query(doctype, filters=filters, fields=["name"], validate_filters=True)
    criterion = visible(doctype) if doctype in PROTECTED else None
    if criterion is None:
        names = frappe.get_list(doctype, filters=filters, pluck="name", limit_page_length=0)
        inside: Any = names or [""]
    else:
        inside = rows.where(criterion)
    todo, user = DocType("ToDo"), DocType("User")
    count = Count("*").as_("count")
    query = (
        frappe.qb.from_(todo)
        .join(user)
        .on(todo.allocated_to == user.name)
        .select(todo.allocated_to.as_("name"), count)
        .where(todo.status != "Cancelled")
        .where(user.user_type == "System User")
        .where(todo.reference_type == doctype)
        .where(todo.reference_name.isin(inside))
        .groupby(todo.allocated_to)
        .orderby(Count("*"), order=Order.desc)
        .limit(50)
    )
    return query.run(as_dict=True)


@frappe.whitelist()
def get_workflow_state_count(
    doctype: str, workflow_state_field: str, states: str | list[str]
) -> list[dict[str, Any]] | None:
    """Count the rows outside the given states of a workflow, over the rows that the user may see."""
    if not is_limited(doctype):
        return original(
            "frappe.workflow.doctype.workflow.workflow.get_workflow_state_count",
            doctype=doctype,
            workflow_state_field=workflow_state_field,
            states=states,
        )
    frappe.has_permission(doctype, "read", throw=True)
    field = frappe.get_meta(doctype).get_field(workflow_state_field)
    if not field or field.options != "Workflow State":
        return []
    table = DocType(doctype)
    column = table[workflow_state_field]
    query = (
        frappe.qb.from_(table)
        .select(column, Count("*").as_("count"))
        .where(column.notin(frappe.parse_json(states) or [""]))
        .where(column != "")
        .groupby(column)
    )
    criterion = visible(doctype)
    if criterion is not None:
        query = query.where(criterion)
    return query.run(as_dict=True)


@frappe.whitelist()
def get_monthly_goal_graph_data(
    title: str,
    doctype: str,
    docname: str,
    goal_value_field: str,
    goal_total_field: str,
    goal_history_field: str,
    goal_doctype: str,
    goal_doctype_link: str,
    goal_field: str,
    date_field: str,
    aggregation: str = "sum",
    filters: str | dict | None = None,
) -> dict[str, Any]:
    """Return a goal's figures by month, unless they would add up rows that the user may not see."""
    arguments = dict(locals())
    if is_limited(goal_doctype):
        frappe.throw(
            _("This figure adds up the rows of every community."), frappe.PermissionError, title=_("Chart")
        )
    return original("frappe.utils.goal.get_monthly_goal_graph_data", **arguments)


@frappe.whitelist()
def get_data_for_custom_field(
    doctype: str, field: str, names: str | list[str] | None = None
) -> dict[str, Any]:
    """Return one field of a DocType for an added column of a report, over the rows that the user may see."""
    if doctype not in GUARDED:
        return original(
            "frappe.desk.query_report.get_data_for_custom_field", doctype=doctype, field=field, names=names
        )
    filters = {"name": ("in", frappe.parse_json(names))} if names else {}
    rows = frappe.get_list(
        doctype, filters=filters, fields=["name", field], as_list=True, limit_page_length=0
    )
    return frappe._dict(rows)


@frappe.whitelist()
def get_linked(doctype: str, docname: str) -> dict[str, list[Any]]:
    """Return what is linked with a record that the user may see, without what they may not see."""
    refuse_unknown(doctype, docname)
    found = original("frappe.desk.form.linked_with.get", doctype=doctype, docname=docname) or {}
    return {linked: rows for linked, rows in ((dt, _listed(dt, rows)) for dt, rows in found.items()) if rows}


def _listed(doctype: str, rows: list[Any]) -> list[Any]:
    if doctype not in GUARDED:
        return rows
    if not frappe.has_permission(doctype, "read"):
        return []
    names = [row.get("name") for row in rows]
    listed = set(frappe.get_list(doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=0))
    return [row for row in rows if row.get("name") in listed]


@frappe.whitelist()
def get_submitted_linked_docs(
    doctype: str, name: str, ignore_doctypes_on_cancel_all: str | list[str] | None = None
) -> Any:
    """Return the submitted records that hang on a record which the user may see."""
    refuse_unknown(doctype, name)
    return original(
        "frappe.desk.form.linked_with.get_submitted_linked_docs",
        doctype=doctype,
        name=name,
        ignore_doctypes_on_cancel_all=ignore_doctypes_on_cancel_all,
    )


@frappe.whitelist()
def get_tagged_docs(doctype: str, tag: str) -> Any:
    """Return the names of the tagged rows that the user may see."""
    if not is_limited(doctype):
        return original("frappe.desk.doctype.tag.tag.get_tagged_docs", doctype=doctype, tag=tag)
    return frappe.get_list(
        doctype, filters={"_user_tags": ("like", tag)}, fields=["name"], as_list=True, limit_page_length=0
    )


@frappe.whitelist()
def add_tag(tag: str, dt: str, dn: str, color: str | None = None) -> Any:
    """Tag a record that the user may change."""
    _require_write(dt, dn)
    return original("frappe.desk.doctype.tag.tag.add_tag", tag=tag, dt=dt, dn=dn, color=color)


@frappe.whitelist()
def add_tags(tags: str | list[str], dt: str, docs: str | list[str], color: str | None = None) -> Any:
    """Tag records that the user may change."""
    for name in frappe.parse_json(docs):
        _require_write(dt, name)
    return original("frappe.desk.doctype.tag.tag.add_tags", tags=tags, dt=dt, docs=docs, color=color)


@frappe.whitelist()
def remove_tag(tag: str, dt: str, dn: str) -> Any:
    """Take a tag off a record that the user may change."""
    _require_write(dt, dn)
    return original("frappe.desk.doctype.tag.tag.remove_tag", tag=tag, dt=dt, dn=dn)


def _require_write(doctype: str, name: str) -> None:
    if doctype in PROTECTED:
        frappe.get_doc(doctype, name).check_permission("write")


@frappe.whitelist()
def toggle_like(doctype: str, name: str, add: bool | str = False) -> Any:
    """Like a record that the user may see."""
    refuse_unknown(doctype, name)
    return original("frappe.desk.like.toggle_like", doctype=doctype, name=name, add=add)


@frappe.whitelist()
def relink(name: str, reference_doctype: str | None = None, reference_name: str | None = None) -> Any:
    """Move a message from one record to another; the user may read both."""
    refuse_unknown("Communication", name)
    if reference_doctype and reference_name and not may_know(reference_doctype, reference_name):
        refuse_unknown(reference_doctype, reference_name)
    return original(
        "frappe.email.relink", name=name, reference_doctype=reference_doctype, reference_name=reference_name
    )
