"""The check of the framework's traps finds each of them."""

import pytest

from local_bench.checks import frappe_use


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("frappe.db.sql('select 1')\n", "frappe.qb"),
        ("x = frappe.cache().get_value('k')\n", "frappe.cache()"),
        ("changed = doc.has_value_changed('closed_on')\n", "social_crm.changes"),
        ("x = frappe.get_list('Family', fields=['count(name) as n'])\n", "aggregate"),
        ("x = frappe.get_all('Family')\n", "get_all reads past permissions"),
        ("doc.insert(ignore_permissions=True)\n", "ignore_permissions"),
        ("doc.flags.ignore_permissions = True\n", "ignore_permissions"),
        ("query.where(table.name == 1)\n", "thrown away"),
        ("x = 1  # TODO later\n", "unfinished"),
    ],
)
def test_each_trap_is_found(text, said):
    assert [said in problem for _line, problem in frappe_use.problems(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "# Counts are shown to the auditor alone, who reads everything.\nx = frappe.get_all('Family')\n",
        "# The system writes this row, whoever caused it.\nentry.flags.ignore_links = True\nentry.save(ignore_permissions=True)\n",
        "query = query.where(table.name == 1)\n",
        "x = frappe.cache.get_value('k')\n",
        "doc.insert(ignore_permissions=False)\n",
        "x = frappe.get_list('Family', fields=['name'])\n",
    ],
)
def test_right_use_passes(text):
    assert frappe_use.problems(text) == []


def test_class_override_is_found(house):
    root = house({"social_crm/hooks.py": "override_doctype_class = {'User': 'x.User'}\n"})
    assert len(frappe_use.findings(root)) == 1
