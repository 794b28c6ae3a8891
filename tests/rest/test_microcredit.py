"""A microcredit from the application to the last peso through REST alone, with each role's API key."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from lending import apply, pdf, plain_product, refused
from pypdf import PdfReader

TODAY = date.today() - timedelta(days=1)  # the site's day may be one behind the machine's
DISBURSE = "social_crm.microcredit.services.disbursement.disburse"
REPAY = "social_crm.microcredit.services.repayments.record_repayment"
REVERSE = "social_crm.microcredit.services.repayments.reverse_repayment"


def day(days_ago: int) -> str:
    return str(TODAY - timedelta(days=days_ago))


def make_approved(client, place, **values) -> str:
    officer, committee = client("Credit Officer"), client("Credit Committee")
    name = officer.create(
        "Microcredit Application",
        product=plain_product(client),
        beneficiary=place["person"],
        application_date=day(120),
        requested_amount=3_000_000,
        requested_periods=12,
        monthly_rate=2,
        purpose="Surtir la tienda",
        credit_officer=officer.user,
        **values,
    )["name"]
    apply(officer, "Microcredit Application", name, "Send to Review")
    apply(officer, "Microcredit Application", name, "Send to Committee")
    committee.update(
        "Microcredit Application",
        name,
        approved_amount=3_000_000,
        approved_periods=12,
        committee_minutes="Acta 12",
        committee_date=day(110),
        conditions="Acompañamiento mensual",
    )
    apply(committee, "Microcredit Application", name, "Approve")
    return name


def make_loan(client, place, days_ago: int = 75) -> str:
    application = make_approved(client, place)
    return client("Credit Officer").method(DISBURSE, application=application, disbursed_on=day(days_ago))


def test_the_whole_life(client, place):
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    document = officer.read("Microcredit", loan)
    assert [row["total"] for row in document["schedule"]] == [283_679] * 11 + [283_675]
    assert (document["total_interest"], document["balance"], document["status"]) == (
        404_144,
        3_000_000,
        "In Arrears",
    )

    first = officer.method(REPAY, microcredit=loan, amount=283_679, paid_on=day(40), channel="Cash")
    assert officer.read("Microcredit Repayment", first)["principal_paid"] == 223_679
    second = officer.method(
        REPAY, microcredit=loan, amount=100_000, channel="Bank Transfer", reference=f"T-{loan}"
    )
    before_reversal = officer.read("Microcredit", loan)
    assert before_reversal["balance"] == 3_000_000 - 223_679 - 44_474
    officer.method(REVERSE, repayment=second, reason="Consignación devuelta")
    assert officer.read("Microcredit", loan)["balance"] == 3_000_000 - 223_679
    officer.method(REPAY, microcredit=loan, amount=3_404_144 - 283_679, channel="Cash")
    paid = officer.read("Microcredit", loan)
    assert (paid["status"], paid["balance"], paid["days_late"]) == ("Paid", 0, 0)
    assert loan in [row["name"] for row in officer.find("Microcredit", {"status": "Paid"})]
    # The Gestor of the community and the director read it; a person without an assignment there does not.
    assert client("Gestor").read("Microcredit", loan)["name"] == loan
    assert client("Nobody").call("GET", f"/api/resource/Microcredit/{loan}").status_code in (403, 404)


def test_documents_in_pdf(client, place):
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    application = officer.read("Microcredit", loan)["application"]
    receipt = officer.method(REPAY, microcredit=loan, amount=283_679, channel="Cash")
    for doctype, name, print_format, expected in (
        ("Microcredit", loan, "Contrato de microcrédito", "tres millones de pesos m/cte"),
        ("Microcredit Application", application, "Solicitud de microcrédito", "Surtir la tienda"),
        (
            "Microcredit Repayment",
            receipt,
            "Recibo de pago de microcrédito",
            "doscientos ochenta y tres mil seiscientos setenta y nueve pesos m/cte",
        ),
    ):
        pages = PdfReader(io.BytesIO(pdf(officer, doctype, name, print_format))).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        assert expected in text, text[:1500]


def test_nobody_approves_their_own_and_states_say_who_edits(client, place):
    officer, committee = client("Credit Officer"), client("Credit Committee")
    name = officer.create(
        "Microcredit Application",
        beneficiary=place["person"],
        requested_amount=500_000,
        requested_periods=6,
        monthly_rate=2,
        purpose="Herramientas",
        application_date=day(3),
        credit_officer=officer.user,
    )["name"]
    path = f"/api/resource/Microcredit Application/{name}"
    refused(officer, "PUT", path, workflow_state="Approved")
    refused(committee, "PUT", path, requested_amount=9_000_000)
    officer.update("Microcredit Application", name, status="Approved")
    assert officer.read("Microcredit Application", name)["status"] == "Open"
    refused(officer, "POST", f"/api/method/{DISBURSE}", application=name)
    apply(officer, "Microcredit Application", name, "Send to Review")
    apply(officer, "Microcredit Application", name, "Send to Committee")
    refused(officer, "PUT", path, approved_amount=500_000)
    assert officer.read("Microcredit Application", name)["status"] == "Open"


def test_terms_and_postings_are_frozen(client, place):
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    document = officer.read("Microcredit", loan)
    refused(officer, "PUT", f"/api/resource/Microcredit/{loan}", principal=1)
    refused(officer, "POST", "/api/resource/Microcredit", beneficiary=place["person"], principal=1)
    refused(client("System Manager"), "DELETE", f"/api/resource/Microcredit/{loan}")
    refused(
        officer, "PUT", f"/api/resource/Microcredit Instalment/{document['schedule'][0]['name']}", unpaid=0
    )
    payment = officer.method(REPAY, microcredit=loan, amount=1000, channel="Cash")
    refused(officer, "PUT", f"/api/resource/Microcredit Repayment/{payment}", amount=1)
    refused(officer, "PUT", f"/api/resource/Microcredit Repayment/{payment}", amount=1, docstatus=2)
    assert officer.read("Microcredit Repayment", payment)["docstatus"] == 1


@pytest.mark.parametrize(
    "values",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": 3_404_145},
        {"amount": 1_000_000_000_000},
        {"amount": 10.5},
        {"amount": 1000, "paid_on": str(date.today() + timedelta(days=2))},
        {"amount": 1000, "paid_on": "2020-01-01"},
    ],
)
def test_refused_repayments(client, place, values):
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    refused(officer, "POST", f"/api/method/{REPAY}", microcredit=loan, channel="Cash", **values)
    assert officer.find("Microcredit Repayment", {"microcredit": loan}) == []
    assert officer.read("Microcredit", loan)["paid_amount"] == 0


def test_simultaneous_disbursements_make_one_loan(client, place):
    officer = client("Credit Officer")
    application = make_approved(client, place)
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: (
                    officer.call(
                        "POST", f"/api/method/{DISBURSE}", json={"application": application}
                    ).status_code
                ),
                range(4),
            )
        )
    assert sorted(answers)[0] == 200, answers
    assert sum(status == 200 for status in answers) == 1, answers
    assert len(officer.find("Microcredit", {"application": application})) == 1


def test_simultaneous_repayments_never_exceed_the_debt(client, place):
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: (
                    officer.call(
                        "POST",
                        f"/api/method/{REPAY}",
                        json={"microcredit": loan, "amount": 2_000_000, "channel": "Cash"},
                    ).status_code
                ),
                range(4),
            )
        )
    assert sum(status == 200 for status in answers) == 1, answers
    document = officer.read("Microcredit", loan)
    assert document["paid_amount"] == 2_000_000
    assert document["unpaid_amount"] == 3_404_144 - 2_000_000
