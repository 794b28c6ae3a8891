"""Productive units and the higher-education fund through REST alone, as an outside program with API keys."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from lending import apply, pdf, refused

TODAY = date.today() - timedelta(days=1)  # the site's day may be one behind the machine's
STAGES = ("Profile", "Business Model", "Action Plan", "Implementation", "Follow-up")


def day(days_ago: int) -> str:
    return str(TODAY - timedelta(days=days_ago))


@pytest.fixture(scope="module")
def place(client, people):
    """Two communities and a programme, with staff assigned to the first, and one person in each."""
    admin, mark = client("System Manager"), uuid.uuid4().hex[:8]
    for code, name, level, parent in (
        ("44", "La Guajira", "Department", None),
        ("44078", "Barrancas", "Municipality", "44"),
    ):
        if not admin.find("Territorial Division", {"code": code}):
            admin.create(
                "Territorial Division", code=code, division_name=name, level=level, parent_division=parent
            )
    programme = admin.create(
        "Social Programme", programme_name=f"Programa {mark}", status="Running", start_date="2020-01-01"
    )["name"]
    communities, persons = [], []
    for name in (f"Roche {mark}", f"Patilla {mark}"):
        community = admin.create("Community", community_name=name, kind="Resettled", municipality="44078")[
            "name"
        ]
        family = admin.create(
            "Family", family_name="Epiayú", community=community, status="Active", registered_on="2020-01-01"
        )["name"]
        person = admin.create(
            "Beneficiary",
            first_name="Ana",
            first_surname="Epiayú",
            status="Active",
            no_document_reason="Perdido",
            family=family,
            kinship="Head",
            registered_on="2020-01-01",
        )["name"]
        communities.append(community)
        persons.append(person)
    for role in ("Gestor", "Income Advisor", "FES Advisor", "Programme Director"):
        admin.create(
            "Staff Assignment", user=people[role]["user"], community=communities[0], from_date="2020-01-01"
        )
    return {"programme": programme, "communities": communities, "persons": persons}


def make_unit(client, place, person: int = 0, **values):
    return client.create(
        "Productive Unit",
        **{
            "unit_name": "Panadería",
            "beneficiary": place["persons"][person],
            "programme": place["programme"],
            "kind": "New",
            "activity_sector": "Food",
            **values,
        },
    )


def test_a_unit_from_diagnosis_to_closing(client, place):
    advisor = client("Income Advisor")
    unit = make_unit(advisor, place)
    assert (unit["workflow_state"], unit["status"]) == ("Diagnosis", "Not Started")
    advisor.update("Productive Unit", unit["name"], started_on=day(200), monthly_sales=800000)
    for stage in STAGES:
        assert apply(advisor, "Productive Unit", unit["name"], "Advance")["workflow_state"] == stage
    visit = advisor.create(
        "Productive Unit Follow-up",
        productive_unit=unit["name"],
        visit_date=day(10),
        operating="Yes",
        sales=1200000,
        costs=700000,
    )
    assert visit["income"] == 500000
    assert advisor.read("Productive Unit", unit["name"])["status"] == "Active"
    found = advisor.find(
        "Productive Unit", {"status": "Active", "beneficiary": place["persons"][0]}, ["name"]
    )
    assert {"name": unit["name"]} in found
    assert len(pdf(advisor, "Productive Unit", unit["name"], "Ficha de unidad productiva")) > 5000
    refused(
        advisor,
        "POST",
        "/api/method/frappe.model.workflow.apply_workflow",
        doc=json.dumps({"doctype": "Productive Unit", "name": unit["name"]}),
        action="Close",
    )
    address = f"/api/resource/Productive Unit/{unit['name']}"
    closing = {"closed_on": day(1), "closing_reason": "Health"}
    # The day alone closes nothing: it belongs to the step of the workflow.
    refused(advisor, "PUT", address, **closing)
    closed = advisor.update("Productive Unit", unit["name"], **closing, workflow_state="Closed")
    assert (closed["status"], closed["closings"][0]["closed_on"]) == ("Closed", day(1))
    # Closed: only who the workflow names may change it, by this door as by any other.
    refused(advisor, "PUT", f"/api/resource/Productive Unit/{unit['name']}", unit_name="Otro nombre")


def test_closing_in_one_request(client, place):
    advisor = client("Income Advisor")
    unit = make_unit(advisor, place, started_on=day(100))
    closed = advisor.method(
        "social_crm.income_generation.services.close_unit",
        productive_unit=unit["name"],
        closed_on=day(0),
        closing_reason="Found Employment",
        closing_notes="Trabaja en la mina",
    )
    assert (closed["workflow_state"], closed["closing_reason"]) == ("Closed", "Found Employment")


def test_units_of_another_community_do_not_exist_for_the_advisor(client, place):
    admin, advisor = client("System Manager"), client("Income Advisor")
    foreign = make_unit(admin, place, person=1, started_on=day(100))
    assert advisor.find("Productive Unit", {"name": foreign["name"]}) == []
    assert advisor.call("GET", f"/api/resource/Productive Unit/{foreign['name']}").status_code in (403, 404)
    refused(
        advisor,
        "POST",
        "/api/resource/Productive Unit Follow-up",
        productive_unit=foreign["name"],
        visit_date=day(1),
        operating="Yes",
    )
    refused(
        advisor,
        "POST",
        "/api/method/social_crm.income_generation.services.follow_up_series",
        productive_unit=foreign["name"],
    )


def test_auditor_reads_units_and_changes_nothing(client, place):
    unit = make_unit(client("Income Advisor"), place)
    auditor = client("Auditor")
    assert auditor.read("Productive Unit", unit["name"])["unit_name"] == "Panadería"
    refused(auditor, "PUT", f"/api/resource/Productive Unit/{unit['name']}", unit_name="Otro")
    refused(auditor, "DELETE", f"/api/resource/Productive Unit/{unit['name']}")


def make_student(client, place, **values):
    return client.create(
        "FES Student",
        **{
            "beneficiary": place["persons"][0],
            "programme": place["programme"],
            "registered_on": "2024-01-15",
            "institution": "Universidad de La Guajira",
            "academic_programme": "Trabajo Social",
            **values,
        },
    )


def move(client, student: str, action: str, on: str, **values):
    return client.method(
        "social_crm.higher_education.services.change_phase", student=student, action=action, on=on, **values
    )


@pytest.fixture(scope="module")
def student(client, place):
    """A student brought from the first talk to the studies."""
    advisor = client("FES Advisor")
    name = make_student(advisor, place)["name"]
    for action, on in (
        ("Promote", "2024-02-01"),
        ("Guide", "2024-03-01"),
        ("Apply for Admission", "2024-10-01"),
        ("Admit", "2024-12-01"),
    ):
        move(advisor, name, action, on)
    move(advisor, name, "Enrol", "2025-01-20", period="2025-1", semester_number=1)
    return move(advisor, name, "Start Studies", "2025-02-03")


@pytest.fixture(scope="module")
def wage(client):
    """The minimum wage of the years of these tests is registered, as on any site after the installation."""
    admin = client("System Manager")
    for year, value in ((2024, 1300000), (2025, 1423500)):
        if not admin.find("Minimum Wage", {"year": year}):
            admin.create("Minimum Wage", year=year, monthly_value=value, source="Decreto")


def test_the_phase_is_an_event_and_no_hand_edit(client, student):
    assert (student["phase"], len(student["phases"])) == ("Active", 7)
    advisor = client("FES Advisor")
    path = f"/api/resource/FES Student/{student['name']}"
    refused(advisor, "PUT", path, phases=[{"phase": "Graduated", "from_date": "2025-06-01"}])
    assert advisor.update("FES Student", student["name"], phase="Graduated")["phase"] == "Active"
    refused(
        client("Gestor"),
        "POST",
        "/api/method/social_crm.higher_education.services.change_phase",
        student=student["name"],
        action="Graduate",
        on="2025-06-01",
    )


def test_a_semester_from_the_request_to_the_certificate(client, student, wage):
    advisor, director = client("FES Advisor"), client("Programme Director")
    (row,) = advisor.find(
        "FES Semester", {"fes_student": student["name"], "period": "2025-1"}, ["name", "enrolled_on"]
    )
    assert row["enrolled_on"] == "2025-01-20"
    name = row["name"]
    path = f"/api/resource/FES Semester/{name}"
    assert "15.658.500" in refused(advisor, "PUT", path, tuition=15658501).replace(",", ".")
    advisor.update("FES Semester", name, tuition=15658500, living_allowance=2135250)
    assert apply(advisor, "FES Semester", name, "Request")["workflow_state"] == "Requested"
    refused(advisor, "PUT", path, tuition=1)  # requested: the director's to change
    assert apply(director, "FES Semester", name, "Approve")["workflow_state"] == "Approved"
    payments = [
        {"kind": "Tuition", "paid_on": day(1), "amount": 15658500, "reference": f"TRX-{name}"},
        {"kind": "Living Allowance", "paid_on": day(1), "amount": 2135250, "reference": f"TRX-{name}"},
    ]
    refused(advisor, "PUT", path, payments=[*payments, {**payments[0], "amount": 1}])
    assert advisor.update("FES Semester", name, payments=payments)["pending_total"] == 0
    apply(advisor, "FES Semester", name, "Mark as Paid")
    advisor.update("FES Semester", name, marks_average=4.1, credits_enrolled=16, credits_passed=16)
    assert apply(advisor, "FES Semester", name, "Close")["workflow_state"] == "Closed"
    assert len(pdf(advisor, "FES Semester", name, "Certificado de semestre FES")) > 5000


def test_the_same_semester_sent_eight_times_at_once_is_one(client, student):
    advisor = client("FES Advisor")

    def send(_number: int) -> int:
        values = {"fes_student": student["name"], "period": "2025-2", "enrolled_on": "2025-07-20"}
        return advisor.call("POST", "/api/resource/FES Semester", json=values).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(send, range(8)))
    assert codes.count(200) == 1, codes
    assert all(400 <= code < 500 for code in codes if code != 200), codes
    found = advisor.find("FES Semester", {"fes_student": student["name"], "period": "2025-2"})
    assert len(found) == 1


def test_the_same_payment_in_two_semesters_at_once_is_one(client, student, wage):
    advisor, director = client("FES Advisor"), client("Programme Director")
    names = []
    for period in ("2024-1", "2024-2"):
        name = advisor.create("FES Semester", fes_student=student["name"], period=period, tuition=1000000)[
            "name"
        ]
        apply(advisor, "FES Semester", name, "Request")
        apply(director, "FES Semester", name, "Approve")
        names.append(name)
    payment = {"kind": "Tuition", "paid_on": day(1), "amount": 1000000, "reference": "BANCO 900"}
    service = "/api/method/social_crm.higher_education.services.register_payment"

    def pay(name: str) -> int:
        return advisor.call("POST", service, json={"semester": name, **payment}).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(pay, [*names, *names]))
    assert codes == [200, 409, 409, 409]
    for name in names:
        # By the general door too: the payment is there already.
        unpaid = not advisor.read("FES Semester", name)["payments"]
        if unpaid:
            assert (
                advisor.call(
                    "PUT", f"/api/resource/FES Semester/{name}", json={"payments": [payment]}
                ).status_code
                == 409
            )
    paid = [advisor.read("FES Semester", name)["paid_total"] for name in names]
    assert sorted(paid) == [0, 1000000]


def test_reports_and_cards_count_only_what_the_user_may_see(client, place, student):
    admin, advisor = client("System Manager"), client("FES Advisor")
    foreign = make_student(admin, place, beneficiary=place["persons"][1], first_phase="Active")
    admin.create("FES Semester", fes_student=foreign["name"], period="2025-1", enrolled_on="2025-01-20")
    for who, expected in ((advisor, 1), (admin, 2)):
        answer = who.method(
            "frappe.desk.query_report.run",
            report_name="FES Permanence",
            filters={"cut_off": "2025-06-30", "level": "System", "programme": place["programme"]},
            ignore_prepared_report=1,
        )
        assert answer["result"][-1]["ever_enrolled"] == expected
    assert "value" in advisor.method("social_crm.higher_education.services.permanence_card")
    assert client("Nobody").call(
        "POST", "/api/method/social_crm.higher_education.services.permanence_card"
    ).status_code in (403, 417)
