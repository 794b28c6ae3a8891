"""From the product to the committee's decision through REST alone, each step by the role whose right it is."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from conftest import Client
from lending import apply, make_place, refused

TODAY = date.today() - timedelta(days=1)  # the site's day may be one behind the machine's
VOTE = "social_crm.microcredit.services.committee.cast_vote"
CLOSE = "social_crm.microcredit.services.committee.close_session"
PREVIEW = "social_crm.microcredit.services.offers.preview_schedule"
SHEET = "social_crm.microcredit.services.groups.collection_sheet"


@pytest.fixture(scope="module")
def product(client):
    """A product decided by one vote, judged by the caps of November 2025."""
    return client("System Manager").create(
        "Microcredit Product",
        product_name=f"Rural {uuid.uuid4().hex[:6]}",
        currency="COP",
        modality="Productivo rural",
        interest_rate=2,
        required_votes=1,
    )["name"]


@pytest.fixture(scope="module")
def both(client, url, place):
    """A user who is credit officer, member of the committee and director at once."""
    admin = client("System Manager")
    email = f"doble.{uuid.uuid4().hex[:6]}@example.com"
    admin.create(
        "User",
        email=email,
        first_name="Doble",
        send_welcome_email=0,
        roles=[{"role": role} for role in ("Credit Officer", "Credit Committee", "Programme Director")],
    )
    admin.create("Staff Assignment", user=email, community=place["community"], from_date="2020-01-01")
    secret = admin.method("frappe.core.doctype.user.user.generate_keys", user=email)["api_secret"]
    key = admin.read("User", email)["api_key"]
    return Client(url, {"user": email, "key": key, "secret": secret})


def ask(client: Client, place, product: str, **values) -> str:
    fields = {
        "product": product,
        "beneficiary": place["person"],
        "application_date": str(TODAY),
        "requested_amount": 10_000_000,
        "requested_periods": 12,
        "expected_disbursement": "2025-11-10",
        "purpose": "Surtir la tienda",
        "credit_officer": client.user,
    }
    return client.create("Microcredit Application", **{**fields, **values})["name"]


def send(client: Client, name: str) -> str:
    for action in ("Send to Review", "Send to Committee"):
        apply(client, "Microcredit Application", name, action)
    return name


def meet(client: Client, place, *names: str, members=()) -> str:
    users = [client.user, *members]
    return client.create(
        "Microcredit Committee",
        meeting_date=str(TODAY),
        community=place["community"],
        chair=client.user,
        members=[{"user": user, "attends": 1} for user in users],
        agenda=[{"application": name} for name in names],
    )["name"]


def test_a_rate_above_the_cap_is_refused_with_the_highest_allowed(client, place, product):
    officer = client("Credit Officer")
    seen = officer.method(PREVIEW, amount=10_000_000, periods=12, product=product, disbursed_on="2025-11-10")
    assert (seen["cap"]["cap"], seen["cap"]["highest"], seen["cap"]["is_within"]) == (27.39, 2.03, True)
    text = refused(
        officer,
        "POST",
        "/api/resource/Microcredit Application",
        product=product,
        beneficiary=place["person"],
        application_date=str(TODAY),
        requested_amount=10_000_000,
        requested_periods=12,
        monthly_rate=2.05,
        expected_disbursement="2025-11-10",
        purpose="Surtir la tienda",
    ).replace(",", ".")
    assert "27.39" in text, text
    assert "2.03" in text, text
    assert (
        client("Guest").call("POST", f"/api/method/{PREVIEW}", json={"amount": 1, "periods": 1}).status_code
        == 403
    )


def test_votes_decide_once_each(client, place, product):
    officer, committee = client("Credit Officer"), client("Credit Committee")
    name = send(officer, ask(officer, place, product))
    path = f"/api/resource/Microcredit Application/{name}"
    # With the committee: the officer edits no more, and the committee does not rewrite what is asked for.
    refused(officer, "PUT", path, requested_amount=11_000_000)
    refused(committee, "PUT", path, requested_amount=11_000_000)
    session = meet(committee, place, name)
    votes = {"committee": session, "application": name, "vote": "In Favour"}
    refused(officer, "POST", f"/api/method/{VOTE}", **votes)
    refused(client("Programme Director"), "POST", f"/api/method/{VOTE}", **votes)
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: committee.call("POST", f"/api/method/{VOTE}", json=votes).status_code, range(4)
            )
        )
    assert sorted(answers)[0] == 200, answers
    assert sum(status == 200 for status in answers) == 1, answers
    (vote,) = committee.find("Microcredit Committee Vote", {"application": name}, ["name", "user"])
    assert vote["user"] == committee.user
    refused(committee, "PUT", f"/api/resource/Microcredit Committee Vote/{vote['name']}", vote="Against")
    refused(client("System Manager"), "DELETE", f"/api/resource/Microcredit Committee Vote/{vote['name']}")
    refused(committee, "POST", "/api/resource/Microcredit Committee Vote", **{**votes, "user": officer.user})
    refused(officer, "POST", f"/api/method/{CLOSE}", committee=session)
    assert committee.method(CLOSE, committee=session) == {name: "Approved"}
    decided = officer.read("Microcredit Application", name)
    assert (decided["status"], decided["committee_session"]) == ("Approved", session)
    refused(committee, "POST", f"/api/method/{CLOSE}", committee=session)
    refused(committee, "PUT", f"/api/resource/Microcredit Committee/{session}", minutes="Otra")


def test_nobody_votes_or_decides_on_their_own(client, place, product, both):
    committee = client("Credit Committee")
    name = send(both, ask(both, place, product))
    session = meet(committee, place, name, members=(both.user,))
    votes = {"committee": session, "application": name, "vote": "In Favour"}
    refused(both, "POST", f"/api/method/{VOTE}", **votes)
    committee.method(VOTE, **votes)
    refused(both, "POST", f"/api/method/{CLOSE}", committee=session)
    assert both.read("Microcredit Application", name)["status"] == "Open"
    assert both.read("Microcredit Committee", session)["status"] == "Open"
    refused(both, "PUT", f"/api/resource/Microcredit Application/{name}", workflow_state="Approved")


APPLICATION = "/api/resource/Microcredit Application"
APPROVED = {
    "approved_amount": 10_000_000,
    "approved_periods": 12,
    "committee_minutes": "Acta 9",
    "committee_date": "2025-11-08",
    "workflow_state": "Approved",
}


@pytest.fixture(scope="module")
def plain(client):
    """A product that the committee decides without votes."""
    return client("System Manager").create(
        "Microcredit Product",
        product_name=f"Sin votos {uuid.uuid4().hex[:6]}",
        currency="COP",
        modality="Productivo rural",
        interest_rate=2,
    )["name"]


def test_who_wrote_an_application_stays_so(client, place, plain, product, both):
    officer, committee = client("Credit Officer"), client("Credit Committee")
    name = send(both, ask(both, place, plain, credit_officer=officer.user))
    made = officer.read("Microcredit Application", name)
    for values in ({"owner": officer.user}, {"creation": "2020-01-01 00:00:00"}):
        refused(both, "PUT", f"{APPLICATION}/{name}", **values)
        refused(both, "PUT", f"{APPLICATION}/{name}", **values, **APPROVED)
        refused(client("System Manager"), "PUT", f"{APPLICATION}/{name}", **values)
    refused(both, "PUT", f"{APPLICATION}/{name}", **APPROVED)
    # What comes back as it was read is no change.
    both.update("Microcredit Application", name, owner=made["owner"], creation=made["creation"])
    assert both.read("Microcredit Application", name)["status"] == "Open"
    # Nor do a vote and the closing of a session.
    name = send(both, ask(both, place, product, credit_officer=officer.user))
    session = meet(committee, place, name, members=(both.user,))
    refused(both, "PUT", f"{APPLICATION}/{name}", owner=officer.user)
    refused(both, "POST", f"/api/method/{VOTE}", committee=session, application=name, vote="In Favour")


def test_the_officer_of_record_does_not_step_aside_to_decide(client, place, plain, both):
    officer = client("Credit Officer")
    name = send(officer, ask(officer, place, plain, credit_officer=both.user))
    refused(both, "PUT", f"{APPLICATION}/{name}", credit_officer=officer.user, **APPROVED)
    both.update("Microcredit Application", name, credit_officer=officer.user)
    refused(both, "PUT", f"{APPLICATION}/{name}", **APPROVED)
    assert officer.read("Microcredit Application", name)["status"] == "Open"
    client("Credit Committee").update("Microcredit Application", name, **APPROVED)
    assert officer.read("Microcredit Application", name)["status"] == "Approved"


def test_a_guarantor_does_not_leave_to_decide(client, people, place, plain, both):
    officer, admin = client("Credit Officer"), client("System Manager")
    person = make_place(admin, people, ())["person"]
    admin.create(
        "Contact",
        first_name="Doble",
        user=both.user,
        links=[{"link_doctype": "Beneficiary", "link_name": person}],
    )
    guarantor = {"beneficiary": person, "guarantor_name": "Doble"}
    name = send(officer, ask(admin, place, plain, guarantors=[guarantor], credit_officer=officer.user))
    refused(both, "PUT", f"{APPLICATION}/{name}", guarantors=[], **APPROVED)
    both.update("Microcredit Application", name, guarantors=[])
    refused(both, "PUT", f"{APPLICATION}/{name}", **APPROVED)
    assert officer.read("Microcredit Application", name)["status"] == "Open"


def test_nobody_approves_what_they_asked_for_of_a_loan(client, place, plain, both):
    officer, committee = client("Credit Officer"), client("Credit Committee")
    name = send(officer, ask(officer, place, plain))
    committee.update("Microcredit Application", name, **APPROVED)
    loan = officer.method(
        "social_crm.microcredit.services.disbursement.disburse", application=name, disbursed_on="2025-11-10"
    )
    wanted = {
        "Microcredit Write-off": {"written_off_on": str(TODAY), "reason": "Se fue"},
        "Microcredit Restructuring": {
            "restructured_on": "2025-11-20",
            "reason": "Perdió la cosecha",
            "method": "Equal Instalment",
            "frequency": "Monthly",
            "periods": 18,
            "monthly_rate": 2,
            "first_due": "2025-12-20",
            "arrears_mode": "With the First Instalment",
        },
    }
    for doctype, values in wanted.items():
        asked = both.create(doctype, microcredit=loan, **values)["name"]
        apply(both, doctype, asked, "Request")
        path = f"/api/resource/{doctype}/{asked}"
        refused(both, "PUT", path, owner=officer.user)
        refused(both, "PUT", path, owner=officer.user, workflow_state="Approved", docstatus=1)
        refused(both, "PUT", path, workflow_state="Approved", docstatus=1)
        assert both.read(doctype, asked)["docstatus"] == 0
        answer = {"doc": f'{{"doctype": "{doctype}", "name": "{asked}"}}', "action": "Approve"}
        refused(both, "POST", "/api/method/frappe.model.workflow.apply_workflow", **answer)


def test_products_and_caps_are_the_administrators(client, product):
    officer = client("Credit Officer")
    assert officer.read("Microcredit Product", product)["version"] == 1
    refused(officer, "PUT", f"/api/resource/Microcredit Product/{product}", interest_rate=9)
    refused(officer, "POST", "/api/resource/Microcredit Product", product_name="Propio")
    cap = officer.find(
        "Microcredit Usury Cap", {"modality": "Consumo", "valid_from": "2025-11-01"}, ["name", "cap"]
    )
    assert cap[0]["cap"] == 24.99
    refused(officer, "PUT", f"/api/resource/Microcredit Usury Cap/{cap[0]['name']}", cap=99)
    admin = client("System Manager")
    version = f"{product} v1"
    refused(admin, "PUT", f"/api/resource/Microcredit Product Version/{version}", terms="{}")
    refused(admin, "DELETE", f"/api/resource/Microcredit Product Version/{version}")
    refused(
        admin, "POST", "/api/resource/Microcredit Product Version", product=product, version=7, terms="{}"
    )


def test_groups_and_sessions_of_other_communities_stay_unseen(client, place, product):
    officer = client("Credit Officer")
    group = officer.create(
        "Solidarity Group",
        group_name="Las Tejedoras",
        community=place["community"],
        formed_on="2020-01-01",
        members=[{"beneficiary": place["person"], "from_date": "2020-01-01"}],
    )["name"]
    assert [row["beneficiary"] for row in officer.method(SHEET, group=group)["rows"]] == [place["person"]]
    session = meet(client("Credit Committee"), place, send(officer, ask(officer, place, product)))
    nobody = client("Nobody")
    for path in (f"Solidarity Group/{group}", f"Microcredit Committee/{session}"):
        assert nobody.call("GET", f"/api/resource/{path}").status_code in (403, 404)
    refused(nobody, "POST", f"/api/method/{SHEET}", group=group)
    refused(client("Gestor"), "PUT", f"/api/resource/Solidarity Group/{group}", group_name="Otro")
