"""Rows of table fields, one at a time: every table of ours at every door where a row could be changed by itself.

What is proved is proved on a DocType made for it, which holds every table of ours and has no rule of its own: whatever
refuses there is the row. A table that is added to the app is found by itself and has to refuse as well.
"""

import json
import uuid
from datetime import date

import pytest
from lending import make_place

HOLDER = "Holder of Test Rows"
SAVE, INSERT = "frappe.client.save", "frappe.client.insert"
TEXTS = {"Data", "Small Text", "Text", "Long Text", "Text Editor", "Code"}
NUMBERS = {"Int", "Float", "Currency", "Percent", "Check", "Rating"}
ONLY_SHOWN = {"Section Break", "Column Break", "Tab Break", "HTML", "Heading", "Button"}


def method(caller, path: str, /, **values):
    return caller.call("POST", f"/api/method/{path}", json=values)


class Table:
    """One table DocType and its row in the first of two documents of the holder."""

    def __init__(self, doctype: str, field: str, values: dict) -> None:
        self.doctype, self.field, self.values = doctype, field, values
        self.mine, self.other, self.row = "", "", {}

    def lone(self, **values) -> dict:
        """The fields of a new row of the first holder, as a client would send them."""
        place = {"parent": self.mine, "parenttype": HOLDER, "parentfield": self.field}
        return {"doctype": self.doctype, **place, **self.values, **values}

    def stored(self, **values) -> dict:
        """The row of the first holder, with other values."""
        return {**self.row, "doctype": self.doctype, **values}

    @property
    def name(self) -> str:
        return self.row["name"]


def rows_of(admin, tables: dict) -> list:
    """All rows of both holders, with what a door might have changed in them."""
    first = next(iter(tables.values()))
    documents = [admin.read(HOLDER, name) for name in (first.mine, first.other)]
    return [
        {key: row[key] for key in ("name", "doctype", "parent", "idx", "docstatus", *table.values)}
        for document in documents
        for table in tables.values()
        for row in document[table.field]
    ]


def value_for(admin, field: dict, place: dict) -> object:
    kind, options = field["fieldtype"], field.get("options") or ""
    if kind == "Select":
        return next(option for option in options.split("\n") if option)
    if kind == "Link":
        ours = {"Community": place["community"], "Family": place["family"], "Beneficiary": place["person"]}
        ours["Microcredit Application"] = place["application"]
        ours["DocType"] = "Family"
        return ours.get(options) or admin.find(options, limit=1)[0]["name"]
    if kind == "Dynamic Link":
        return place["family"]  # the DocType beside it is always the one above
    if kind in NUMBERS:
        return 1
    return str(date(2024, 2, 1)) if kind in ("Date", "Datetime") else "texto"


def fields_of(admin, doctype: str) -> list[dict]:
    return [
        field for field in admin.read("DocType", doctype)["fields"] if field["fieldtype"] not in ONLY_SHOWN
    ]


@pytest.fixture(scope="module")
def tables(client, people):
    """Two documents of a holder of every table of the app, with one row of each."""
    admin = client("System Manager")
    place = make_place(admin, people, ())
    place["application"] = admin.create(
        "Microcredit Application",
        beneficiary=place["person"],
        requested_amount=1_000_000,
        requested_periods=6,
        purpose="Surtir la tienda",
    )["name"]
    modules = [row["name"] for row in admin.find("Module Def", {"app_name": "social_crm"})]
    names = sorted(
        row["name"] for row in admin.find("DocType", [["istable", "=", 1], ["module", "in", modules]])
    )
    assert len(names) > 10
    fields = {name: f"rows_{number}" for number, name in enumerate(names)}
    admin.create(
        "DocType",
        name=HOLDER,
        module=modules[0],
        custom=1,
        autoname="hash",
        fields=[
            {"fieldname": field, "fieldtype": "Table", "label": name, "options": name}
            for name, field in fields.items()
        ],
        permissions=[{"role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1}],
    )
    try:
        made = {}
        for name, field in fields.items():
            asked = [one for one in fields_of(admin, name) if one.get("reqd")]
            values = {one["fieldname"]: value_for(admin, one, place) for one in asked}
            made[name] = Table(name, field, values)
        one_of_each = {table.field: [table.values] for table in made.values()}
        first, second = (admin.create(HOLDER, **one_of_each) for _ in range(2))
        for table in made.values():
            table.mine, table.other, table.row = first["name"], second["name"], first[table.field][0]
        yield made
    finally:
        for row in admin.find(HOLDER):
            admin.call("DELETE", f"/api/resource/{HOLDER}/{row['name']}")
        admin.call("DELETE", f"/api/resource/DocType/{HOLDER}")


# Doors at which a row comes alone. The answer of most is a refusal; some catch it and report it in their own way.
LONE = {
    "POST": lambda a, t: a.call("POST", f"/api/resource/{t.doctype}", json=t.lone()),
    "PUT": lambda a, t: a.call("PUT", f"/api/resource/{t.doctype}/{t.name}", json={"idx": 9}),
    "PUT with another parent": lambda a, t: a.call(
        "PUT", f"/api/resource/{t.doctype}/{t.name}", json={"parent": t.other}
    ),
    "DELETE": lambda a, t: a.call("DELETE", f"/api/resource/{t.doctype}/{t.name}"),
    "POST v2": lambda a, t: a.call("POST", f"/api/v2/document/{t.doctype}", json=t.lone()),
    "PUT v2": lambda a, t: a.call("PUT", f"/api/v2/document/{t.doctype}/{t.name}", json={"idx": 9}),
    "save": lambda a, t: method(a, SAVE, doc=t.stored(idx=9)),
    "save a new one": lambda a, t: method(a, SAVE, doc=t.lone(__islocal=1)),
    "cancel": lambda a, t: method(a, SAVE, doc=t.stored(docstatus=2)),
    "submit": lambda a, t: method(a, "frappe.client.submit", doc=t.stored()),
    "rename": lambda a, t: method(
        a, "frappe.client.rename_doc", doctype=t.doctype, old_name=t.name, new_name=uuid.uuid4().hex[:10]
    ),
    "desk form": lambda a, t: method(
        a, "frappe.desk.form.save.savedocs", doc=json.dumps(t.stored(idx=9)), action="Save"
    ),
    "desk form, new": lambda a, t: method(
        a,
        "frappe.desk.form.save.savedocs",
        doc=json.dumps(t.lone(__islocal=1, name="new-row-1")),
        action="Save",
    ),
    "desk discard": lambda a, t: method(a, "frappe.desk.form.save.discard", doctype=t.doctype, name=t.name),
    "desk list": lambda a, t: method(
        a, "frappe.desk.reportview.delete_items", doctype=t.doctype, items=json.dumps([t.name])
    ),
    "bulk update": lambda a, t: method(
        a,
        "frappe.client.bulk_update",
        docs=json.dumps([{"doctype": t.doctype, "docname": t.name, "idx": 9}]),
    ),
}
REFUSED_ALOUD = ("POST", "PUT", "PUT with another parent", "DELETE", "save", "desk form", "rename")

# Doors at which Frappe looks up the document of a row and saves that: its rules are asked.
WITH_DOCUMENT = {
    "set value": lambda a, t: method(
        a, "frappe.client.set_value", doctype=t.doctype, name=t.name, fieldname=json.dumps({"idx": 5})
    ),
    "insert": lambda a, t: method(a, INSERT, doc=t.lone()),
    "insert many": lambda a, t: method(a, "frappe.client.insert_many", docs=[t.lone()]),
    "delete": lambda a, t: method(a, "frappe.client.delete", doctype=t.doctype, name=t.name),
}


@pytest.mark.parametrize("door", LONE)
def test_no_row_changes_by_itself(client, tables, door):
    admin = client("System Manager")
    before = rows_of(admin, tables)
    for table in tables.values():
        answer = LONE[door](admin, table)
        if door in REFUSED_ALOUD:
            assert answer.status_code == 403, (table.doctype, answer.text[:300])
    assert rows_of(admin, tables) == before


def test_a_document_takes_no_row_of_another(client, tables):
    admin = client("System Manager")
    before = rows_of(admin, tables)
    for table in tables.values():
        taken = {**table.values, "name": table.name, "doctype": table.doctype}
        answer = admin.call("PUT", f"/api/resource/{HOLDER}/{table.other}", json={table.field: [taken]})
        assert answer.status_code == 403, (table.doctype, answer.text[:300])
    assert rows_of(admin, tables) == before


def test_rows_change_with_their_document(client, tables):
    admin = client("System Manager")
    document = admin.read(HOLDER, next(iter(tables.values())).other)
    for table in tables.values():
        document[table.field].append(table.values)
        document[table.field][0]["idx"], document[table.field][1]["idx"] = 2, 1
    saved = admin.data("PUT", f"/api/resource/{HOLDER}/{document['name']}", json=document)
    for table in tables.values():
        assert sorted(row["idx"] for row in saved[table.field]) == [1, 2], table.doctype
        saved[table.field] = saved[table.field][:1]
    answer = method(admin, "frappe.desk.form.save.savedocs", doc=json.dumps(saved), action="Save")
    assert answer.ok, answer.text[:300]
    kept = admin.read(HOLDER, document["name"])
    assert all(len(kept[table.field]) == 1 for table in tables.values())


@pytest.mark.parametrize("door", WITH_DOCUMENT)
def test_what_saves_the_document_asks_its_rules(client, tables, door):
    """Here the document has no rules to ask; that it was saved shows that they would have been."""
    admin = client("System Manager")
    for table in tables.values():
        before = admin.read(HOLDER, table.mine)["modified"]
        answer = WITH_DOCUMENT[door](admin, table)
        assert answer.ok, (table.doctype, answer.text[:300])
        assert admin.read(HOLDER, table.mine)["modified"] > before, table.doctype
