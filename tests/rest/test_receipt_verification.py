"""The page to which the QR of a receipt leads: whoever holds the paper sees whether it stands, and no name."""

import pytest
from lending import make_place
from test_microcredit import REPAY, REVERSE, make_loan


@pytest.fixture(scope="module")
def lent(client, people):
    """A loan with a payment that stands and one that was reversed."""
    place = make_place(client("System Manager"), people, ("Credit Officer", "Credit Committee"))
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    paid = officer.method(REPAY, microcredit=loan, amount=188_500, channel="Cash")
    wrong = officer.method(REPAY, microcredit=loan, amount=77_000, channel="Cash")
    officer.method(REVERSE, repayment=wrong, reason="Era de otra persona")
    money = officer.find("Microcredit Disbursement", {"microcredit": loan})[0]["name"]
    return {"loan": loan, "paid": paid, "wrong": wrong, "money": money}


def grouped(code: str) -> str:
    return "-".join(code[start : start + 5] for start in range(0, 20, 5))


def ask(client, code: str, verb: str = "GET"):
    """Ask for a receipt as anybody does who holds the paper."""
    return client("Guest").call(verb, f"/verificar/{code}", headers={"Accept-Language": "es"})


def test_whoever_holds_a_receipt_can_verify_it_and_sees_no_name(client, lent):
    officer = client("Credit Officer")
    paid = officer.read("Microcredit Repayment", lent["paid"])
    answer = ask(client, grouped(paid["verification_code"]))
    assert answer.status_code == 200
    assert lent["paid"] in answer.text and "188.500" in answer.text
    assert 'class="card"' in answer.text
    for hidden in ("Ana", "Epiayú", paid["beneficiary"], lent["loan"], officer.user):
        assert hidden not in answer.text, hidden
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    # Typed by hand, in small letters and without groups.
    assert ask(client, paid["verification_code"].lower()).status_code == 200
    money_out = officer.read("Microcredit Disbursement", lent["money"])
    assert lent["money"] in ask(client, money_out["verification_code"]).text


def test_a_reversed_receipt_says_so(client, lent):
    wrong = client("Credit Officer").read("Microcredit Repayment", lent["wrong"])
    text = ask(client, wrong["verification_code"]).text
    assert lent["wrong"] in text and "77.000" in text
    assert 'class="card reversed"' in text
    assert "Era de otra persona" not in text


def test_no_receipt_is_found_by_trying(client, lent):
    for code in ("A" * 20, lent["paid"], "", "%25" * 7):
        assert ask(client, code).status_code == 404, code
    assert ask(client, "A" * 20, "POST").status_code >= 400
    answers = []
    # Thirty a minute; those of the tests above count, and a new minute may begin meanwhile.
    for _number in range(70):
        answers.append(ask(client, "B" * 20))
        if answers[-1].status_code == 429:
            break
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "60"
    assert {answer.status_code for answer in answers[:-1]} == {404}
