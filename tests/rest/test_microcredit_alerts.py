"""Alerts and the business of a loan over HTTP: who may, who may not, and what nobody may."""

import pytest
from lending import refused
from test_microcredit import DISBURSE, day, make_approved, make_loan

ACTIONS = "social_crm.microcredit.services.alerts.actions"
BUSINESS = "social_crm.microcredit.services.business"
ALERT, RULE, SETTINGS = "Microcredit Alert", "Microcredit Alert Rule", "Microcredit Alert Settings"


@pytest.fixture(scope="module")
def loan(client, place):
    return make_loan(client, place, 40)


def test_nobody_writes_an_alert(client, loan):
    for role in ("Credit Officer", "System Manager", "Gestor"):
        answer = refused(
            client(role),
            "POST",
            f"/api/resource/{ALERT}",
            microcredit=loan,
            due_date="2026-01-01",
            status="Waiting",
        )
        assert "Traceback" not in answer or "PermissionError" in answer


def test_rules_are_the_administrators(client):
    values = {
        "rule_name": "Regla por REST",
        "recipient": "Borrower",
        "channel": "SMS",
        "moment": "Before the Due Date",
        "days": 2,
        "message": "{nombre}: {valor}",
    }
    for role in ("Credit Officer", "Programme Director", "Gestor"):
        refused(client(role), "POST", f"/api/resource/{RULE}", **values)
    admin = client("System Manager")
    assert "monto" in refused(admin, "POST", f"/api/resource/{RULE}", **{**values, "message": "{monto}"})
    made = admin.create(RULE, **{**values, "enabled": 0})
    assert made["late_by"] == 3
    admin.call("DELETE", f"/api/resource/{RULE}/{made['name']}").raise_for_status()
    refused(admin, "PUT", f"/api/resource/{SETTINGS}/{SETTINGS}", weekdays_until=22)


def test_what_the_site_lacks_is_told_to_whom_it_concerns(client):
    told = client("Credit Officer").method(f"{ACTIONS}.status")
    assert told["rules"] >= 1 and {"sms_missing", "email_missing", "places"} <= told.keys()
    refused(client("Gestor"), "POST", f"/api/method/{ACTIONS}.status")


def test_an_alert_that_is_not_there_is_not_sent_again(client):
    refused(client("Credit Officer"), "POST", f"/api/method/{ACTIONS}.send_again", alert="MAL-nothing")
    assert client("Credit Officer").call("GET", f"/api/method/{ACTIONS}.send_again").status_code == 403


def test_a_visit_that_shows_falling_income_becomes_a_commitment_of_the_officer(client, place):
    admin, officer, gestor = client("System Manager"), client("Credit Officer"), client("Gestor")
    programme = admin.create(
        "Social Programme",
        programme_name=f"Programa {place['family']}",
        status="Running",
        start_date="2020-01-01",
    )["name"]
    unit = admin.create(
        "Productive Unit",
        unit_name="Tienda",
        beneficiary=place["person"],
        programme=programme,
        kind="New",
        activity_sector="Commerce",
        started_on="2024-01-01",
    )["name"]
    application = make_approved(client, place, productive_unit=unit)
    loan = officer.method(DISBURSE, application=application, disbursed_on=day(40))
    today = admin.read("Microcredit", loan)["position_as_of"]
    first_due = admin.read("Microcredit", loan)["first_due"]
    earlier = min(today, first_due)
    visit = gestor.create(
        "Productive Unit Follow-up",
        productive_unit=unit,
        visit_date=earlier,
        operating="Yes",
        sales=900000,
        costs=10,
    )["name"]
    assert officer.method(f"{BUSINESS}.warnings_of_loan", microcredit=loan) == []
    low = gestor.create(
        "Productive Unit Follow-up",
        productive_unit=unit,
        visit_date=today,
        operating="Yes",
        sales=50000,
        costs=0,
    )["name"]
    (warning,) = officer.method(f"{BUSINESS}.warnings_of_loan", microcredit=loan)
    assert warning["responsible"] == officer.user and warning["warning_key"] == low
    flow = officer.method(f"{BUSINESS}.cash_flow", productive_unit=unit)
    assert flow["warnings"][0]["name"] == warning["name"] and flow["loans"][0]["name"] == loan
    gestor.update("Productive Unit Follow-up", low, sales=950000)
    assert officer.method(f"{BUSINESS}.warnings_of_loan", microcredit=loan) == []
    assert officer.read("Commitment", warning["name"])["status"] == "Cancelled"
    refused(client("FES Advisor"), "POST", f"/api/method/{BUSINESS}.cash_flow", productive_unit=unit)
    assert visit != low
