"""The check of translations finds a string wherever it stands, and rows that would not work."""

import pytest

from local_bench.checks import messages, translations


def missing(root):
    return [text for text in translations.findings(root) if "has no Spanish" in text]


FIELD = {
    "fieldname": "stage",
    "fieldtype": "Select",
    "label": "Stage",
    "options": "\nOpen\nShut",
    "description": "Now.",
}


def test_doctype_name_label_options_and_description_are_wanted(house, doctype):
    root = house({"social_crm/m/doctype/loan/loan.json": doctype("Loan", FIELD, description="Money lent.")})
    wanted = {"Loan", "Stage", "Open", "Shut", "Now.", "Money lent."}
    assert {text.split("'")[1] for text in missing(root)} == wanted


def test_translated_tree_passes(house, doctype):
    rows = "Loan,Préstamo\nStage,Etapa\nOpen,Abierto\nShut,Cerrado\nNow.,Ahora.\n"
    files = {
        "social_crm/m/doctype/loan/loan.json": doctype("Loan", FIELD),
        "social_crm/translations/es.csv": rows,
    }
    assert translations.findings(house(files)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("social_crm/a.py", 'import frappe\nfrappe.throw(_("Say why."), title=_("Say why."))\n'),
        ("social_crm/a.py", 'x = frappe._("Say " "why.")\n'),
        ("social_crm/public/js/a.js", 'frappe.throw(__("Say why."));\n'),
        ("social_crm/public/js/a.js", "const x = __('Say why.', [1]);\n"),
        ("social_crm/public/js/a.js", "const x = __(\n    `Say why.`\n);\n"),
        ("social_crm/templates/a.html", '<p>{{ _("Say why.") }}</p>'),
        ("social_crm/public/js/a.html", "<p>{%= __('Say why.') %}</p>"),
        ("social_crm/m/report/r/r.json", {"doctype": "Report", "report_name": "Say why."}),
        ("social_crm/m/workspace/w/w.json", {"doctype": "Workspace", "title": "Say why."}),
        ("social_crm/m/number_card/n/n.json", {"doctype": "Number Card", "label": "Say why."}),
        ("social_crm/workflow/w.json", {"doctype": "Workflow", "states": [{"state": "Say why."}]}),
        ("social_crm/workflow/w.json", {"doctype": "Workflow", "transitions": [{"action": "Say why."}]}),
        ("social_crm/print_formats/p.json", {"doctype": "Print Format", "name": "Say why."}),
        ("social_crm/install.py", 'ROLES = ("Say why.",)\n'),
        ("social_crm/modules.txt", "Say why.\n"),
    ],
)
def test_string_is_found_wherever_it_stands(house, name, text):
    assert ["'Say why.' has no Spanish" in found for found in missing(house({name: text}))] == [True]


def test_workspace_header_is_found(house):
    content = '[{"type": "header", "data": {"text": "<span class=\\"h4\\"><b>Loans</b></span>"}}]'
    root = house({"social_crm/m/workspace/w/w.json": {"doctype": "Workspace", "content": content}})
    assert ["'Loans' has no Spanish" in found for found in missing(root)] == [True]


def test_workspace_paragraph_is_a_text_with_its_links(house):
    content = '[{"type": "paragraph", "data": {"text": "On a phone: <a href=\\"/campo\\">Field App</a>"}}]'
    root = house({"social_crm/m/workspace/w/w.json": {"doctype": "Workspace", "content": content}})
    wanted = """'On a phone: <a href="/campo">Field App</a>' has no Spanish"""
    assert [wanted in found for found in missing(root)] == [True]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("social_crm/a.py", 'x = _(f"{n} rows")\n'),
        ("social_crm/a.py", 'x = _("{0} rows".format(n))\n'),
        ("social_crm/a.py", 'frappe.throw("No.")\n'),
        ("social_crm/public/js/a.js", "x = __(`${n} rows`);\n"),
        ("social_crm/public/js/a.js", 'x = __("rows: " + n);\n'),
        ("social_crm/public/js/a.js", 'frappe.msgprint("Done.");\n'),
    ],
)
def test_string_that_cannot_be_translated_is_found(house, name, text):
    assert messages.collect(house({name: text}))[1] != []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{0} rows,filas\n", "placeholders"),
        ("Row,\n", "empty"),
        ("Row,Fila\nRow,Renglón\n", "several translations"),
        ("Row, fila, otra, más\n", "columns"),
        ("Row, Fila\n", "white space"),
    ],
)
def test_row_that_would_not_work_is_found(house, row, said):
    found = translations.findings(house({"social_crm/translations/es.csv": row}))
    assert len(found) == 1
    assert said in found[0]
