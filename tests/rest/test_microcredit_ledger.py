"""The books of microcredit by every door: the ledger is never edited, a fund never overdrawn, a reversal has its reason."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from lending import apply, refused
from test_microcredit import DISBURSE, REPAY, day, make_approved, make_loan

SERVICES = "social_crm.microcredit.services"
REVERSE = f"{SERVICES}.vouchers.reverse"


@pytest.fixture(scope="module")
def fund(client, people):
    """A programme with an open fund of seven million; the officer and the committee are assigned to it."""
    admin = client("System Manager")
    programme = admin.create(
        "Social Programme",
        programme_name=f"Fondo rotatorio {uuid.uuid4().hex[:8]}",
        status="Running",
        start_date="2020-01-01",
    )["name"]
    for role in ("Credit Officer", "Credit Committee", "Programme Director"):
        admin.create(
            "Staff Assignment", user=people[role]["user"], programme=programme, from_date="2020-01-01"
        )
    name = admin.create(
        "Microcredit Fund", fund_name=f"Fondo {uuid.uuid4().hex[:6]}", programme=programme, currency="COP"
    )["name"]
    admin.method(f"{SERVICES}.funds.contribute", fund=name, amount=7_000_000)
    return {"name": name, "programme": programme}


def entry_of(reader, loan: str, kind: str) -> str:
    return reader.find("Microcredit Ledger Entry", {"microcredit": loan, "kind": kind})[0]["name"]


def test_simultaneous_disbursements_never_overdraw_a_fund(client, place, fund):
    """Six approved loans of three million, handed over at once, from a fund that has seven: two of them go through."""
    officer, admin = client("Credit Officer"), client("System Manager")
    applications = [make_approved(client, place, programme=fund["programme"]) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda name: officer.call("POST", f"/api/method/{DISBURSE}", json={"application": name}),
                applications,
            )
        )
    statuses = [answer.status_code for answer in answers]
    assert sum(status == 200 for status in statuses) == 2, [answer.text[:300] for answer in answers]
    assert all(status in (200, 417) for status in statuses), statuses
    assert admin.read("Microcredit Fund", fund["name"])["balance"] == 1_000_000
    movements = admin.find("Microcredit Fund Movement", {"fund": fund["name"]}, ("amount", "balance_after"))
    assert sum(row["amount"] for row in movements) == 1_000_000
    assert all(row["balance_after"] >= 0 for row in movements)
    lent = admin.find("Microcredit", {"fund": fund["name"]})
    assert len(lent) == 2
    # Who was refused is approved still, and can be paid out later.
    refused_ones = [name for name, status in zip(applications, statuses, strict=True) if status != 200]
    assert {officer.read("Microcredit Application", name)["status"] for name in refused_ones} == {"Approved"}


def make_programme_with_fund(admin, people, amount: float) -> str:
    programme = admin.create(
        "Social Programme",
        programme_name=f"Fondo rotatorio {uuid.uuid4().hex[:8]}",
        status="Running",
        start_date="2020-01-01",
    )["name"]
    for role in ("Credit Officer", "Credit Committee"):
        admin.create(
            "Staff Assignment", user=people[role]["user"], programme=programme, from_date="2020-01-01"
        )
    name = admin.create(
        "Microcredit Fund", fund_name=f"Fondo {uuid.uuid4().hex[:6]}", programme=programme, currency="COP"
    )["name"]
    admin.method(f"{SERVICES}.funds.contribute", fund=name, amount=amount)
    return programme


def test_loans_that_pay_off_loans_of_each_others_funds_never_block(client, people, place):
    """New money of one fund pays a loan of the other fund, both ways at once; whoever took the locks one by one would deadlock."""
    admin, officer = client("System Manager"), client("Credit Officer")
    programmes = [make_programme_with_fund(admin, people, 60_000_000) for _ in range(2)]
    old = []
    for programme in programmes * 4:
        application = make_approved(client, place, programme=programme)
        old.append(officer.method(DISBURSE, application=application, disbursed_on=day(5)))
    new = [make_approved(client, place, programme=programme) for programme in programmes[::-1] * 4]

    def pay_off(pair):
        application, loan = pair
        return officer.call(
            "POST",
            f"/api/method/{DISBURSE}",
            json={"application": application, "refinances": loan, "disbursed_on": day(5)},
        )

    def pay(loan):
        values = {"microcredit": loan, "amount": 1000, "paid_on": day(5), "channel": "Cash"}
        return officer.call("POST", f"/api/method/{REPAY}", json=values)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(pay_off, zip(new, old, strict=True)))
    assert [answer.status_code for answer in answers] == [200] * 8, [a.text[:300] for a in answers]
    assert {officer.read("Microcredit", name)["status"] for name in old} == {"Paid"}
    # Taking them back, while others pay, locks the same rows once more.
    made = [answer.json()["message"] for answer in answers]
    loans = [officer.read("Microcredit Application", name)["microcredit"] for name in new]
    assert made == loans
    money = [officer.find("Microcredit Disbursement", {"microcredit": loan})[0]["name"] for loan in loans]

    def take_back(name):
        values = {"doctype": "Microcredit Disbursement", "name": name, "reason": "No vino"}
        return officer.call("POST", f"/api/method/{REVERSE}", json=values)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(take_back, money))
    assert [answer.status_code for answer in answers] == [200] * 8, [a.text[:300] for a in answers]
    assert {officer.read("Microcredit", name)["balance"] for name in old} == {3_000_000}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(pay, old))
    assert [answer.status_code for answer in answers] == [200] * 8, [a.text[:300] for a in answers]


def test_nobody_edits_the_ledger(client, place):
    loan = make_loan(client, place)
    for role in ("Credit Officer", "Programme Director", "System Manager", "Auditor"):
        who = client(role)
        name = entry_of(client("System Manager"), loan, "Disbursement")
        path = f"/api/resource/Microcredit Ledger Entry/{name}"
        refused(who, "PUT", path, amount=1)
        refused(who, "DELETE", path)
        refused(
            who, "POST", "/api/resource/Microcredit Ledger Entry", microcredit=loan, kind="Payment", amount=9
        )
        for method, values in (
            (
                "frappe.client.set_value",
                {"doctype": "Microcredit Ledger Entry", "name": name, "fieldname": "amount", "value": 1},
            ),
            ("frappe.client.delete", {"doctype": "Microcredit Ledger Entry", "name": name}),
            (
                "frappe.client.rename_doc",
                {"doctype": "Microcredit Ledger Entry", "old_name": name, "new_name": "X"},
            ),
            (
                "frappe.desk.reportview.delete_items",
                {"doctype": "Microcredit Ledger Entry", "items": f'["{name}"]'},
            ),
        ):
            who.call("POST", f"/api/method/{method}", json=values)
    assert client("System Manager").read("Microcredit Ledger Entry", name)["amount"] == 3_000_000


def test_a_reversal_needs_its_reason_at_every_door(client, place):
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    paid = officer.method(REPAY, microcredit=loan, amount=1000, channel="Cash")
    path = f"/api/resource/Microcredit Repayment/{paid}"
    refused(officer, "PUT", path, docstatus=2)
    refused(officer, "PUT", path, docstatus=2, reversal_reason="  ")
    refused(officer, "POST", "/api/method/frappe.client.cancel", doctype="Microcredit Repayment", name=paid)
    refused(
        officer,
        "POST",
        "/api/method/frappe.desk.form.save.cancel",
        doctype="Microcredit Repayment",
        name=paid,
    )
    refused(officer, "POST", f"/api/method/{REVERSE}", doctype="Microcredit Repayment", name=paid, reason="")
    assert officer.read("Microcredit Repayment", paid)["docstatus"] == 1
    officer.update("Microcredit Repayment", paid, docstatus=2, reversal_reason="Otro crédito")
    assert officer.read("Microcredit", loan)["paid_amount"] == 0
    entry = entry_of(officer, loan, "Reversal")
    assert officer.read("Microcredit Ledger Entry", entry)["reason"] == "Otro crédito"


def test_who_may_do_what(client, place):
    admin, officer, director = (
        client("System Manager"),
        client("Credit Officer"),
        client("Programme Director"),
    )
    loan = make_loan(client, place)
    for role in ("Gestor", "Credit Committee", "Auditor"):
        who = client(role)
        refused(who, "POST", f"/api/method/{REPAY}", microcredit=loan, amount=1000)
        refused(who, "POST", f"/api/method/{SERVICES}.disbursement.hand_over", microcredit=loan, amount=1000)
        refused(who, "POST", "/api/resource/Microcredit Write-off", microcredit=loan, reason="x")
        refused(who, "POST", "/api/resource/Microcredit Closed Day", day=day(30))
    assert client("Auditor").find("Microcredit Ledger Entry", {"microcredit": loan})
    stranger = client("Nobody")
    assert stranger.call("GET", "/api/resource/Microcredit Ledger Entry").status_code in (403, 404)
    for preview in ("schedules.life_of_loan", "write_offs.preview_write_off"):
        refused(stranger, "POST", f"/api/method/{SERVICES}.{preview}", microcredit=loan)
    request = officer.create("Microcredit Write-off", microcredit=loan, reason="Abandonó la región")["name"]
    path = f"/api/resource/Microcredit Write-off/{request}"
    refused(officer, "PUT", path, docstatus=1)
    refused(director, "PUT", path, docstatus=1)
    apply(officer, "Microcredit Write-off", request, "Request")
    refused(officer, "PUT", path, workflow_state="Approved", docstatus=1)
    apply(director, "Microcredit Write-off", request, "Approve")
    assert admin.read("Microcredit", loan)["status"] == "Written Off"
    refused(officer, "POST", f"/api/method/{REPAY}", microcredit=loan, amount=1000)
    assert officer.method(REPAY, microcredit=loan, amount=1000, kind="Recovery")


def test_money_of_a_fund_is_moved_by_who_may_change_it(client, fund):
    officer = client("Credit Officer")
    for method in ("contribute", "withdraw"):
        refused(
            officer, "POST", f"/api/method/{SERVICES}.funds.{method}", fund=fund["name"], amount=1, reason="x"
        )
    admin = client("System Manager")
    before = admin.read("Microcredit Fund", fund["name"])["balance"]
    admin.update("Microcredit Fund", fund["name"], balance=99, contributed=99)
    assert admin.read("Microcredit Fund", fund["name"])["balance"] == before
    refused(
        admin,
        "POST",
        f"/api/method/{SERVICES}.funds.withdraw",
        fund=fund["name"],
        amount=before + 1,
        reason="x",
    )


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "Prepayment"},
        {"kind": "Prepayment", "prepayment_mode": "Bitcoin"},
        {"kind": "Recovery"},
        {"kind": "Gift"},
        {"amount": "mucho"},
        {"amount": 1_000_000_000_000},
        {"amount": 0.5},
        {"paid_on": "2020-01-01"},
        {"posting_day": "2020-01-01"},
        {"posting_day": "ayer"},
    ],
)
def test_bad_input_changes_nothing(client, place, loan, values):
    officer = client("Credit Officer")
    before = officer.read("Microcredit", loan)
    refused(
        officer,
        "POST",
        f"/api/method/{REPAY}",
        **{"microcredit": loan, "amount": 1000, "channel": "Cash", **values},
    )
    assert officer.read("Microcredit", loan) == before


@pytest.fixture(scope="module")
def loan(client, place):
    return make_loan(client, place)


def test_a_prepayment_lowers_the_instalment_or_shortens_the_term(client, place):
    officer = client("Credit Officer")
    for mode, fewer in (("Shorten the Term", True), ("Lower the Instalment", False)):
        loan = make_loan(client, place, days_ago=20)
        preview = f"{SERVICES}.schedules.preview_payment"
        asked = {
            "microcredit": loan,
            "amount": 1_500_000,
            "paid_on": day(0),
            "kind": "Prepayment",
            "prepayment_mode": mode,
        }
        shown = officer.method(preview, **asked)
        officer.method(REPAY, channel="Cash", **asked)
        rows = [row for row in officer.read("Microcredit", loan)["schedule"] if row["unpaid"]]
        assert [row["total"] for row in rows] == [row["total"] for row in shown["rows"]]
        assert (len(rows) < 10) is fewer
        assert (rows[0]["total"] < 200_000) is not fewer
        # Closing it charges the interest that has run and none of what is to come.
        payoff = officer.method(f"{SERVICES}.schedules.payoff_on", microcredit=loan, day=day(0))
        assert payoff == officer.read("Microcredit", loan)["balance"]
        officer.method(
            REPAY,
            microcredit=loan,
            amount=payoff,
            paid_on=day(0),
            kind="Prepayment",
            prepayment_mode=mode,
            channel="Cash",
        )
        assert officer.read("Microcredit", loan)["status"] == "Paid"


def test_disbursing_is_a_change_on_record(client, place):
    loan = make_loan(client, place)
    application = client("Credit Officer").read("Microcredit", loan)["application"]
    versions = client("System Manager").find(
        "Version", {"ref_doctype": "Microcredit Application", "docname": application}, ("data",)
    )
    assert any("Disbursed" in row["data"] for row in versions)
    assert any("decided_by" in row["data"] for row in versions)
