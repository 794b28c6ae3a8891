"""What is refused past a form: renaming and merging, telling hidden from missing, counting, and writing by GET."""

import json
import re
import uuid

import pytest
from lending import make_place


@pytest.fixture(scope="module")
def places(client, people):
    """A place of the Gestor's and the Director's, and one of nobody's."""
    admin = client("System Manager")
    return make_place(
        admin, people, ("Gestor", "Programme Director", "Psychosocial Professional")
    ), make_place(admin, people, ())


def ask(caller, path: str, /, **values):
    return caller.call("POST", f"/api/method/{path}", json=values)


# Every address by which Frappe renames or merges.
RENAMES = {
    "client": lambda c, dt, old, new, merge: ask(
        c, "frappe.client.rename_doc", doctype=dt, old_name=old, new_name=new, merge=merge
    ),
    "forced": lambda c, dt, old, new, merge: ask(
        c, "frappe.rename_doc", doctype=dt, old=old, new=new, merge=merge, force=1
    ),
    "title": lambda c, dt, old, new, merge: ask(
        c, "frappe.model.rename_doc.update_document_title", doctype=dt, docname=old, name=new, merge=merge
    ),
    "title, older words": lambda c, dt, old, new, merge: ask(
        c,
        "frappe.model.rename_doc.update_document_title",
        doctype=dt,
        docname=old,
        new_name=new,
        merge=merge,
        enqueue=1,
    ),
    "document": lambda c, dt, old, new, merge: c.call(
        "POST",
        f"/api/resource/{dt}/{old}",
        json={"run_method": "rename", "name": new, "merge": merge, "force": 1},
    ),
    "document, unchecked": lambda c, dt, old, new, merge: c.call(
        "POST",
        f"/api/resource/{dt}/{old}",
        json={"run_method": "rename", "name": new, "merge": merge, "force": 1, "validate_rename": 0},
    ),
}
KEYS = {"Community": "community", "Family": "family", "Beneficiary": "person"}


@pytest.mark.parametrize("door", RENAMES)
def test_nothing_is_merged_or_renamed_past_its_rules(client, places, door):
    inside, outside = places
    admin, director, gestor = client("System Manager"), client("Programme Director"), client("Gestor")
    for doctype, key in KEYS.items():
        caller = director if doctype == "Community" else gestor
        for old, new, merge in (
            (outside[key], inside[key], 1),
            (inside[key], outside[key], 1),
            (outside[key], f"X{uuid.uuid4().hex[:8]}", 0),
        ):
            answer = RENAMES[door](caller, doctype, old, new, merge)
            assert answer.status_code in (403, 417), (doctype, merge, answer.text[:300])
            assert admin.find(doctype, {"name": old}), (doctype, old, new)
        # Not even who sees everything merges, or gives a new name to what documents on paper call by its number.
        assert not RENAMES[door](admin, doctype, outside[key], inside[key], 1).ok
        if doctype != "Community":
            assert not RENAMES[door](gestor, doctype, inside[key], f"X{uuid.uuid4().hex[:8]}", 0).ok
        assert len(admin.find(doctype, [["name", "in", [inside[key], outside[key]]]])) == 2


def test_contacts_of_others_are_not_merged(client, places):
    inside, outside = places
    admin, gestor = client("System Manager"), client("Gestor")
    names = [
        admin.create(
            "Contact",
            first_name=f"C{uuid.uuid4().hex[:8]}",
            links=[{"link_doctype": "Beneficiary", "link_name": place["person"]}],
        )["name"]
        for place in (inside, outside)
    ]
    answer = RENAMES["client"](gestor, "Contact", names[1], names[0], 1)
    assert answer.status_code in (403, 417), answer.text[:300]
    assert len(admin.find("Contact", [["name", "in", names]])) == 2


def test_a_director_renames_a_community_of_theirs(client, people):
    director = client("Programme Director")
    place = make_place(client("System Manager"), people, ("Programme Director",))
    for door in ("client", "title", "forced"):
        new = f"Nuevo Oreganal {uuid.uuid4().hex[:8]}"
        answer = RENAMES[door](director, "Community", place["community"], new, 0)
        assert answer.ok, answer.text[:300]
        place["community"] = new
        assert director.find("Family", {"community": new}) == [{"name": place["family"]}]


# Addresses that name one record: what they say of one that is hidden and of one that is missing.
QUESTIONS = {
    "client get by filters": lambda c, dt, n: ask(c, "frappe.client.get", doctype=dt, filters={"name": n}),
    "value": lambda c, dt, n: ask(c, "frappe.client.get_value", doctype=dt, fieldname="name", filters=n),
    "link check": lambda c, dt, n: ask(c, "frappe.client.validate_link", doctype=dt, docname=n),
    "link title": lambda c, dt, n: ask(c, "frappe.desk.search.get_link_title", doctype=dt, docname=n),
    "link search": lambda c, dt, n: ask(c, "frappe.desk.search.search_link", doctype=dt, txt=n),
    "linked": lambda c, dt, n: ask(c, "frappe.desk.form.linked_with.get", doctype=dt, docname=n),
    "count": lambda c, dt, n: ask(c, "frappe.client.get_count", doctype=dt, filters={"name": n}),
}


def told(answer, name: str) -> tuple:
    """Everything an answer tells but the name that was asked for; the trace of an error is a developer's."""
    body = json.loads(answer.text) if "json" in answer.headers["Content-Type"] else {"text": answer.text}
    for trace in ("exc", "exception", "_exc_source", "_debug_messages"):
        body.pop(trace, None)
    text = json.dumps(body, sort_keys=True, ensure_ascii=False).replace(name, "?")
    # Newer versions of Frappe give each message a number of its own, drawn by lot.
    return answer.status_code, re.sub(r"(__frappe_exc_id\W+)[0-9a-f]{16,}", r"\1", text)


@pytest.mark.parametrize("door", QUESTIONS)
def test_hidden_and_missing_are_told_alike(client, places, door):
    _inside, outside = places
    gestor = client("Gestor")
    for doctype, key in KEYS.items():
        hidden, missing = outside[key], f"ZZZ-{uuid.uuid4().hex[:6]}"
        of_hidden = told(QUESTIONS[door](gestor, doctype, hidden), hidden)
        of_missing = told(QUESTIONS[door](gestor, doctype, missing), missing)
        assert of_hidden == of_missing, doctype


def test_connections_count_what_is_seen(client, places):
    """Over Frappe's own count a Gestor would learn that a person of theirs is in psychosocial care."""
    inside, _outside = places
    professional = client("Psychosocial Professional")
    professional.create(
        "Psychosocial Case",
        subject="Acompañamiento",
        status="Open",
        line_of_care="Health",
        level="Person",
        beneficiary=inside["person"],
        opened_on="2024-01-15",
        responsible=professional.user,
    )
    items = ["Psychosocial Case", "Family Membership"]
    counted = {}
    for role in ("Psychosocial Professional", "Gestor"):
        answer = ask(
            client(role),
            "frappe.desk.notifications.get_open_count",
            doctype="Beneficiary",
            name=inside["person"],
            items=json.dumps(items),
        )
        assert answer.ok, answer.text[:300]
        rows = answer.json()["message"]["count"]
        rows = rows["external_links_found"] if isinstance(rows, dict) else rows
        counted[role] = {row.get("doctype") or row["name"]: row["count"] for row in rows}
    assert counted["Psychosocial Professional"]["Psychosocial Case"] == 1
    assert counted["Gestor"]["Psychosocial Case"] == 0
    assert counted["Gestor"]["Family Membership"] == 1


WRITERS = (
    "social_crm.field_records.services.actions.amend",
    "social_crm.field_records.services.actions.add_commitment",
    "social_crm.field_records.services.templates.new_version",
    "social_crm.field_records.services.templates.set_status",
    "social_crm.microcredit.services.disbursement.disburse",
    "social_crm.microcredit.services.repayments.record_repayment",
    "social_crm.microcredit.services.repayments.reverse_repayment",
    "social_crm.microcredit.services.vouchers.reverse",
    "social_crm.microcredit.services.disbursement.hand_over",
    "social_crm.microcredit.services.declining.decline",
    "social_crm.microcredit.services.declining.annul",
    "social_crm.microcredit.services.funds.contribute",
    "social_crm.microcredit.services.funds.withdraw",
    "social_crm.microcredit.services.committee.cast_vote",
    "social_crm.microcredit.services.committee.close_session",
    "social_crm.microcredit.services.groups.apply_for_group",
    "social_crm.microcredit.services.applications.take_current_terms",
    "social_crm.microcredit.services.payments.actions.read_sheet",
    "social_crm.microcredit.services.payments.actions.check",
    "social_crm.microcredit.services.payments.actions.post",
    "social_crm.microcredit.services.payments.actions.resume",
    "social_crm.microcredit.services.payments.actions.cancel",
    "social_crm.microcredit.services.payments.actions.assign",
    "social_crm.microcredit.services.payments.actions.dismiss",
    "social_crm.microcredit.services.payments.actions.reopen",
    "social_crm.microcredit.services.accounting.actions.send_now",
    "social_crm.microcredit.services.accounting.actions.take_back",
    "social_crm.microcredit.services.accounting.actions.send_again",
)


@pytest.mark.parametrize("path", WRITERS)
def test_what_writes_accepts_no_get(client, path):
    answer = client("System Manager").call("GET", f"/api/method/{path}")
    assert answer.status_code == 403, answer.text[:300]
