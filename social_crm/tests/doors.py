"""The doors by which a row can be seen, each as a function that tells whether it shows one row.

They call Frappe as a request would: by the address of the method, through the table of overrides. A door that refuses
its user shows nothing.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe.handler import execute_cmd

from social_crm.scopes import CHILD_TABLES

Door = Callable[[str, str], bool]


@contextmanager
def requesting(cmd: str, **arguments: Any) -> Iterator[Any]:
    """Stand as a request of the current user stands; gives the response that Frappe fills."""
    form, response = frappe.local.form_dict, frappe.local.response
    frappe.local.form_dict = frappe._dict(arguments, cmd=cmd)
    frappe.local.response = frappe._dict(docs=[])
    frappe.local.request = frappe._dict(method="POST", path=f"/api/method/{cmd}", headers={})
    try:
        yield frappe.local.response
    finally:
        frappe.local.form_dict, frappe.local.response = form, response
        del frappe.local.request


def request(cmd: str, **arguments: Any) -> Any:
    """Call a method as a request of the current user would and return its answer, wherever Frappe leaves it."""
    with requesting(cmd, **arguments) as left:
        answer = execute_cmd(cmd)
        return (
            answer if answer is not None else left.get("results") or left.get("values") or left.get("result")
        )


def refused_is_nothing(door: Door) -> Door:
    """A refusal is an answer too: it shows nothing."""

    def asked(doctype: str, name: str) -> bool:
        try:
            return bool(door(doctype, name))
        except (frappe.PermissionError, frappe.DoesNotExistError):
            return False
        finally:
            frappe.clear_messages()

    return asked


def in_list(doctype: str, name: str) -> bool:
    filters = json.dumps([["name", "=", name]])
    return bool(request("frappe.client.get_list", doctype=doctype, filters=filters, parent=_parent(doctype)))


def in_form(doctype: str, name: str) -> bool:
    return bool(request("frappe.client.get", doctype=doctype, name=name))


def in_count(doctype: str, name: str) -> bool:
    return bool(request("frappe.client.get_count", doctype=doctype, filters=json.dumps({"name": name})))


def in_list_count(doctype: str, name: str) -> bool:
    filters = json.dumps([[doctype, "name", "=", name]])
    return bool(request("frappe.desk.reportview.get_count", doctype=doctype, filters=filters))


def in_link_search(doctype: str, name: str) -> bool:
    found = request(
        "frappe.desk.search.search_link",
        doctype=doctype,
        txt=name,
        ignore_user_permissions=1,
        filters=json.dumps({"name": name}),
    )
    return name in json.dumps(found, default=str)


def in_wide_search(doctype: str, name: str) -> bool:
    found = request(
        "frappe.desk.search.search_widget",
        doctype=doctype,
        txt="",
        ignore_user_permissions=1,
        page_length=5000,
        filters=json.dumps({"name": name}),
    )
    return name in json.dumps(found, default=str)


def in_report(doctype: str, name: str) -> bool:
    found = request(
        "frappe.desk.reportview.get",
        doctype=doctype,
        fields=json.dumps([f"`tab{doctype}`.`name`", f"`tab{doctype}`.`owner`"]),
        filters=json.dumps([[doctype, "name", "=", name]]),
        view="Report",
    )
    return name in json.dumps(found, default=str)


def in_export(doctype: str, name: str) -> bool:
    arguments = {
        "doctype": doctype,
        "fields": json.dumps([f"`tab{doctype}`.`name`"]),
        "filters": json.dumps([[doctype, "name", "=", name]]),
        "file_format_type": "CSV",
        "title": doctype,
        "start": 0,
        "page_length": 20,
        "view": "Report",
    }
    with requesting("frappe.desk.reportview.export_query", **arguments) as left:
        execute_cmd("frappe.desk.reportview.export_query")
        return name in str(left)


def in_groups(doctype: str, name: str) -> bool:
    filters = json.dumps([[doctype, "name", "=", name]])
    found = request(
        "frappe.desk.listview.get_group_by_count", doctype=doctype, current_filters=filters, field="owner"
    )
    return any(row.get("count") for row in found or [])


def in_link_check(doctype: str, name: str) -> bool:
    return bool((request("frappe.client.validate_link", doctype=doctype, docname=name) or {}).get("name"))


def in_value(doctype: str, name: str) -> bool:
    return bool(
        (request("frappe.client.get_value", doctype=doctype, fieldname="name", filters=name) or {}).get(
            "name"
        )
    )


def in_chart(doctype: str, name: str) -> bool:
    plain = ("Data", "Select", "Date", "Datetime", "Int", "Check", "Small Text")
    column = next(
        field for field in frappe.get_meta(doctype).fields if field.fieldtype in plain and not field.permlevel
    )
    chart = {
        "name": "Doors",
        "chart_type": "Group By",
        "group_by_type": "Count",
        "group_by_based_on": column.fieldname,  # v16 charts by fields of the DocType alone
        "document_type": doctype,
        "type": "Bar",
        "filters_json": json.dumps([[doctype, "name", "=", name, False]]),
        "number_of_groups": 0,
    }
    found = request(
        "frappe.desk.doctype.dashboard_chart.dashboard_chart.get", chart=json.dumps(chart), no_cache=1
    )
    return any(value for dataset in (found or {}).get("datasets", []) for value in dataset["values"])


def in_heatmap(doctype: str, name: str) -> bool:
    chart = {
        "name": "Doors",
        "chart_type": "Count",
        "document_type": doctype,
        "based_on": "creation",
        "type": "Heatmap",
        "filters_json": json.dumps([[doctype, "name", "=", name, False]]),
    }
    found = request(
        "frappe.desk.doctype.dashboard_chart.dashboard_chart.get", chart=json.dumps(chart), no_cache=1
    )
    return bool((found or {}).get("dataPoints"))


def in_card(doctype: str, name: str) -> bool:
    card = {"name": "Doors", "document_type": doctype, "function": "Count"}
    filters = json.dumps([[doctype, "name", "=", name]])
    return bool(
        request(
            "frappe.desk.doctype.number_card.number_card.get_result", doc=json.dumps(card), filters=filters
        )
    )


def in_preview(doctype: str, name: str) -> bool:
    return bool(request("frappe.desk.link_preview.get_preview_data", doctype=doctype, docname=name))


def in_print(doctype: str, name: str) -> bool:
    return bool(request("frappe.www.printview.get_html_and_style", doc=doctype, name=name))


def in_linked(doctype: str, name: str) -> bool:
    return request("frappe.desk.form.linked_with.get", doctype=doctype, docname=name) is not None


def in_data_export(doctype: str, name: str) -> bool:
    arguments = {
        "doctype": doctype,
        "select_columns": json.dumps({doctype: ["name"]}),
        "filters": json.dumps({"name": name}),
        "file_type": "CSV",
        "template": False,
        "with_data": 1,
    }
    with requesting("frappe.core.doctype.data_export.exporter.export_data", **arguments) as left:
        execute_cmd("frappe.core.doctype.data_export.exporter.export_data")
        return name in str(left)


def _parent(doctype: str) -> str | None:
    return CHILD_TABLES.get(doctype, (None,))[0]


# The doors of every limited DocType.
DOORS: dict[str, Door] = {
    function.__name__: refused_is_nothing(function)
    for function in (
        in_list,
        in_form,
        in_count,
        in_list_count,
        in_link_search,
        in_wide_search,
        in_report,
        in_export,
        in_data_export,
        in_groups,
        in_link_check,
        in_value,
        in_chart,
        in_card,
        in_print,
    )
}

# Doors that show a row only sometimes, for reasons of their own; they must never show one that is hidden.
HINTS: dict[str, Door] = {
    function.__name__: refused_is_nothing(function) for function in (in_heatmap, in_preview, in_linked)
}
