"""The doors over HTTP: what a Gestor's key shows of people inside and outside their communities, and of notes."""

import json
import uuid
from datetime import date

import pytest


class Place:
    """A community with a family and a person, made by an administrator's key."""

    def __init__(self, admin, label: str) -> None:
        self.tag = tag = uuid.uuid4().hex[:8]
        if not admin.find("Territorial Division", [["name", "=", "44430"]]):
            admin.create("Territorial Division", code="44430", division_name="Maicao", level="Municipality")
        self.community = admin.create(
            "Community", community_name=f"{label} {tag}", kind="Resettled", municipality="44430"
        )["name"]
        self.family = admin.create(
            "Family",
            family_name=f"Familia {label} {tag}",
            community=self.community,
            status="Active",
            registered_on=str(date(2024, 1, 1)),
        )["name"]
        self.surname = f"Apellido{tag}"
        self.person = admin.create(
            "Beneficiary",
            first_name="Ana",
            first_surname=self.surname,
            family=self.family,
            kinship="Head",
            status="Active",
            no_document_reason="Perdido",
        )["name"]


@pytest.fixture(scope="module")
def places(client, people):
    admin = client("System Manager")
    inside, outside = Place(admin, "Dentro"), Place(admin, "Fuera")
    for role in ("Gestor", "Psychosocial Professional"):
        admin.create(
            "Staff Assignment", user=people[role]["user"], community=inside.community, from_date="2020-01-01"
        )
    return inside, outside


def shown(answer, *words: str) -> bool:
    """A refusal shows nothing; an answer shows a row when it names it."""
    # As text: JSON may write a letter with an accent by its number.
    text = (
        json.dumps(answer.json(), ensure_ascii=False)
        if "json" in answer.headers["Content-Type"]
        else answer.text
    )
    return answer.ok and any(word in text for word in words)


def by_name(doctype: str, name: str) -> dict[str, str]:
    return {"filters": json.dumps([[doctype, "name", "=", name]]), "fields": '["name"]'}


def ask(caller, method: str, **values):
    return caller.call("POST", f"/api/method/{method}", json=values)


CHART = {
    "name": "x",
    "chart_type": "Group By",
    "group_by_type": "Count",
    "type": "Bar",
    "number_of_groups": 0,
}
# v16 charts by fields of the DocType alone, not by its name: one that holds what only its own row holds.
CHARTED_BY = {"Family": "family_name", "Beneficiary": "first_surname", "Community": "community_name"}

DOORS = {
    "list": lambda c, dt, n: c.call("GET", f"/api/resource/{dt}", params=by_name(dt, n)),
    "form": lambda c, dt, n: c.call("GET", f"/api/resource/{dt}/{n}"),
    "desk form": lambda c, dt, n: ask(c, "frappe.desk.form.load.getdoc", doctype=dt, name=n),
    "link search": lambda c, dt, n: ask(
        c, "frappe.desk.search.search_link", doctype=dt, txt=n, ignore_user_permissions=1
    ),
    "wide search": lambda c, dt, n: ask(
        c, "frappe.desk.search.search_widget", doctype=dt, txt="", ignore_user_permissions=1, page_length=9999
    ),
    "link check": lambda c, dt, n: ask(c, "frappe.client.validate_link", doctype=dt, docname=n),
    "value": lambda c, dt, n: ask(c, "frappe.client.get_value", doctype=dt, fieldname="name", filters=n),
    "by values": lambda c, dt, n: ask(c, "frappe.client.get", doctype=dt, filters={"name": n}),
    "report": lambda c, dt, n: ask(
        c, "frappe.desk.reportview.get", doctype=dt, view="Report", **by_name(dt, n)
    ),
    "export": lambda c, dt, n: ask(
        c,
        "frappe.desk.reportview.export_query",
        doctype=dt,
        file_format_type="CSV",
        title=dt,
        **by_name(dt, n),
    ),
    "chart": lambda c, dt, n: ask(
        c,
        "frappe.desk.doctype.dashboard_chart.dashboard_chart.get",
        chart=json.dumps(
            {
                **CHART,
                "document_type": dt,
                "group_by_based_on": CHARTED_BY.get(dt, "creation"),
                "filters_json": json.dumps([[dt, "name", "=", n, False]]),
            }
        ),
        no_cache=1,
    ),
    "print": lambda c, dt, n: ask(c, "frappe.www.printview.get_html_and_style", doc=dt, name=n),
}


@pytest.mark.parametrize("door", DOORS)
def test_one_rule_at_every_door(client, places, door):
    inside, outside = places
    gestor, auditor = client("Gestor"), client("Auditor")
    for doctype, attribute in (("Family", "family"), ("Beneficiary", "person"), ("Community", "community")):
        ours, theirs = getattr(inside, attribute), getattr(outside, attribute)
        # A chart shows a row by the value it is grouped by; every name here carries the place's own mark.
        marks = (ours, inside.tag), (theirs, outside.tag)
        assert shown(DOORS[door](gestor, doctype, ours), *marks[0]), f"{doctype} inside"
        assert not shown(DOORS[door](gestor, doctype, theirs), *marks[1]), f"{doctype} outside"
        assert shown(DOORS[door](auditor, doctype, theirs), *marks[1]), f"{doctype} for the Auditor"


def test_counts_and_cards_count_what_the_list_shows(client, places):
    inside, outside = places
    for method in ("frappe.client.get_count", "frappe.desk.reportview.get_count"):
        for place, expected in ((inside, 1), (outside, 0)):
            filters = json.dumps([["Beneficiary", "name", "=", place.person]])
            assert client("Gestor").method(method, doctype="Beneficiary", filters=filters) == expected, method
    card = json.dumps({"name": "x", "document_type": "Beneficiary", "function": "Count"})
    filters = json.dumps([["Beneficiary", "name", "=", outside.person]])
    method = "frappe.desk.doctype.number_card.number_card.get_result"
    assert client("Gestor").method(method, doc=card, filters=filters) == 0


def test_our_search_and_titles(client, places):
    inside, outside = places
    gestor = client("Gestor")
    find = "social_crm.search.find"
    assert [p["name"] for p in gestor.method(find, text=inside.surname)["people"]] == [inside.person]
    assert gestor.method(find, text=outside.surname)["people"] == []
    title = "frappe.desk.search.get_link_title"
    assert gestor.method(title, doctype="Beneficiary", docname=outside.person) == outside.person
    assert inside.surname in gestor.method(title, doctype="Beneficiary", docname=inside.person)


def test_contacts_and_files_follow_the_person(client, places):
    inside, outside = places
    admin, gestor = client("System Manager"), client("Gestor")
    for place, expected in ((inside, True), (outside, False)):
        links = [{"link_doctype": "Beneficiary", "link_name": place.person}]
        contact = admin.create("Contact", first_name=f"Contacto {place.surname}", links=links)["name"]
        upload = admin.call(
            "POST",
            "/api/method/upload_file",
            files={"file": (f"{place.surname}.txt", place.surname.encode())},
            data={"doctype": "Beneficiary", "docname": place.person, "is_private": "0"},
        ).json()["message"]
        assert upload["file_url"].startswith("/private/"), "files of our people are never public"
        assert shown(gestor.call("GET", f"/api/resource/Contact/{contact}"), place.surname) is expected
        assert bool(gestor.find("Contact", [["name", "=", contact]])) is expected
        assert bool(gestor.find("File", [["name", "=", upload["name"]]])) is expected
        assert shown(gestor.call("GET", upload["file_url"]), place.surname) is expected
        if not expected:
            borrowed = gestor.call(
                "POST", "/api/resource/File", json={"file_url": upload["file_url"], "file_name": "mine.txt"}
            )
            assert borrowed.status_code == 403


def test_nothing_is_written_outside(client, places):
    inside, outside = places
    gestor = client("Gestor")
    values = {"family_name": "X", "status": "Active", "registered_on": "2024-01-01"}
    refused = gestor.call("POST", "/api/resource/Family", json={**values, "community": outside.community})
    assert refused.status_code == 403
    moved = gestor.call("PUT", f"/api/resource/Family/{inside.family}", json={"community": outside.community})
    assert moved.status_code == 403
    assert (
        gestor.call("PUT", f"/api/resource/Family/{outside.family}", json={"notes": "x"}).status_code == 403
    )
    assert gestor.call("DELETE", f"/api/resource/Family/{outside.family}").status_code == 403


def test_readers_change_nothing(client, places):
    inside, _outside = places
    for role in ("Auditor", "M&E Analyst"):
        caller = client(role)
        for verb, path, body in (
            ("PUT", f"/api/resource/Family/{inside.family}", {"notes": "x"}),
            ("DELETE", f"/api/resource/Family/{inside.family}", None),
            ("POST", "/api/resource/Beneficiary", {"first_name": "A", "first_surname": "B"}),
        ):
            assert caller.call(verb, path, json=body).status_code == 403, (role, verb, path)
        tag = ask(caller, "frappe.desk.doctype.tag.tag.add_tag", tag="x", dt="Family", dn=inside.family)
        assert tag.status_code == 403, role


def test_a_wrapped_method_has_one_address(client):
    second = "frappe.desk.reportview.frappe.client.get_count"
    assert not ask(client("Gestor"), second, doctype="Family").ok


def test_confidential_notes(client, places):
    inside, _outside = places
    professional = client("Psychosocial Professional")
    case = professional.create(
        "Psychosocial Case",
        subject="Acompañamiento",
        status="Open",
        line_of_care="Health",
        level="Person",
        beneficiary=inside.person,
        opened_on="2024-01-15",
        responsible=professional.user,
    )["name"]
    write, read = "social_crm.psychosocial.notes.write_note", "social_crm.psychosocial.notes.read_note"
    note = professional.method(write, psychosocial_case=case, content="palabra secreta")["name"]
    assert ask(professional, read, name=note).json()["message"]["content"] == "palabra secreta"
    # A reading that leaves no trace is not to be had.
    assert not professional.call("GET", f"/api/method/{read}", params={"name": note}).ok
    form = professional.call("GET", f"/api/resource/Confidential Note/{note}")
    assert form.ok and "secreta" not in form.text
    log = client("Auditor").find(
        "Confidential Note Access", [["confidential_note", "=", note]], ["read_by", "door"]
    )
    assert [(row["read_by"], row["door"]) for row in log] == [(professional.user, "REST")]
    for role in ("Auditor", "System Manager", "Social CRM Administrator", "Programme Director", "Gestor"):
        assert ask(client(role), read, name=note).status_code == 403, role
        for door, asked in DOORS.items():
            if door not in ("link check", "value", "by values"):
                assert not shown(asked(client(role), "Confidential Note", note), note, "secreta"), (
                    role,
                    door,
                )
