"""Bank files as people write them: amounts, dates, columns, the same payment twice, which loan, and totals that add up."""

import random
from datetime import date, datetime
from decimal import Decimal

import pytest

from social_crm.microcredit.domain import bank_columns, bank_rows
from social_crm.microcredit.domain.bank_matching import Claim, Directory, KnownLoan, Matcher, propose
from social_crm.microcredit.domain.bank_rows import BankRow, fingerprints, repetitions
from social_crm.microcredit.domain.bank_values import read_amount, read_day
from social_crm.social_crm.domain.census_headers import Column
from social_crm.social_crm.domain.census_rows import RowInput

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("250000", "250000"),
        (250000.0, "250000"),
        (250000.5, "250000.5"),
        (0.1, "0.1"),
        ("250.000", "250000"),
        ("250,000", "250000"),
        ("1.250.000", "1250000"),
        ("1'250.000", "1250000"),
        ("1’250.000", "1250000"),
        ("$ 1.250.000", "1250000"),
        ("$1.250.000,00", "1250000.00"),
        ("1.250.000,50", "1250000.50"),
        ("1,250,000.50", "1250000.50"),
        ("50.000,oo", "50000.00"),
        ("$50.000 COP", "50000"),
        ("COP 50.000", "50000"),
        ("50.000 pesos", "50000"),
        ("50.000 M/CTE", "50000"),
        ("1 250 000", "1250000"),
        ("1234,5", "1234.5"),
        ("1234.00", "1234.00"),
        ("-50.000", "-50000"),
        ("$ -50.000", "-50000"),
        ("-$ 50.000", "-50000"),
        ("(50.000)", "-50000"),
        ("50.000-", "-50000"),
        ("+50.000", "50000"),
        ("0", "0"),
        (10**12, "1000000000000"),
    ],
)
def test_amounts_that_are_understood(written, amount):
    assert read_amount(written).value == Decimal(amount)


@pytest.mark.parametrize(
    "written",
    ["1.25.000", "1250.000", "12.3456", "0.500", "1.250,000.00", "1e6", "50 mil", "cien", "--5", "5.000,", "1.000.00", "1/2",
     True, float("nan"), float("inf"), 1e16, "1..000", "$", "1.000-2"],
)  # fmt: skip
def test_amounts_that_could_be_two_things_are_not_guessed(written):
    reading = read_amount(written)
    assert reading.value is None
    assert reading.problem in ("unreadable", "missing")


def test_every_amount_is_read_back_in_each_way_of_writing_it():
    chance = random.Random(7)
    for _turn in range(3000):
        whole, cents = chance.randrange(0, 10**9), chance.randrange(100)
        grouped = f"{whole:,}"
        amount, exact = Decimal(whole), Decimal(f"{whole}.{cents:02}")
        point = grouped.replace(",", ".")
        for text in (str(whole), grouped, point, f"$ {point}", f"$ {point},00"):
            assert read_amount(text).value == amount, text
        for text in (f"{point},{cents:02}", f"{grouped}.{cents:02}"):
            assert read_amount(text).value == exact, text


@pytest.mark.parametrize(
    ("written", "day", "problem"),
    [
        ("15/11/2026", date(2026, 11, 15), ""),
        ("15/11/26", date(2026, 11, 15), ""),
        ("2026-11-15", date(2026, 11, 15), ""),
        ("20261115", date(2026, 11, 15), ""),
        ("15 de noviembre de 2026", date(2026, 11, 15), ""),
        ("15/11/2026 10:45", date(2026, 11, 15), ""),
        (datetime(2026, 11, 15, 9, 30), date(2026, 11, 15), ""),
        ("23/11/2026", None, "future"),
        ("15/12/26", None, "future"),
        ("31/02/2026", None, "impossible"),
        ("11/15/2026", None, "month"),
        ("2026", None, "unreadable"),
        ("15/11/1926", None, "too_old"),
        ("ayer", None, "unreadable"),
        ("", None, "missing"),
    ],
)
def test_days(written, day, problem):
    reading = read_day(written, TODAY)
    assert (reading.value, reading.problem) == (day, problem)


def columns(*headers):
    return [Column(index, header) for index, header in enumerate(headers)]


def test_columns_of_a_bank_and_of_a_clerk():
    bank = columns("FECHA", "Oficina", "No. Comprobante", "Referencia 1", "Valor Crédito", "Saldo")
    assert [one.field for one in bank_columns.suggest(bank, {})] == [
        "paid_on", "description", "bank_reference", "payer_reference", "", "ignore",
    ]  # fmt: skip
    clerk = columns("Cédula", "Nombre", "Nro. de Crédito", "Valor pagado", "Fecha de pago")
    assert [one.field for one in bank_columns.suggest(clerk, {})] == [
        "document_number", "payer_name", "loan_number", "amount", "paid_on",
    ]  # fmt: skip


def test_what_was_chosen_is_remembered_and_a_field_is_given_once():
    found = bank_columns.suggest(columns("Vlr neto", "Valor"), {"vlr neto": "amount"})
    assert [(one.field, one.basis) for one in found] == [("amount", "Remembered"), ("", "Unknown")]
    similar = bank_columns.suggest(columns("Feccha de pago"), {})
    assert (similar[0].field, similar[0].basis) == ("paid_on", "Similar")


def test_of_two_columns_headed_as_the_amount_the_one_with_amounts():
    given = [Column(0, "Pago", ("sí", "sí")), Column(1, "Valor", ("20.000", "30.000"))]
    assert [one.field for one in bank_columns.suggest(given, {})] == ["", "amount"]


def test_a_mapping_needs_amount_and_date_once():
    assert [one.code for one in bank_columns.check_mapping({0: "amount", 1: "amount"})] == [
        "payment_field_twice", "payment_field_missing",
    ]  # fmt: skip
    assert bank_columns.check_mapping({0: "amount", 1: "paid_on", 2: "ignore", 3: ""}) == ()


def read(decimals=0, **values):
    values = {"amount": "50.000", "paid_on": "15/11/2026", **values}
    cells = {key: f"{key}!" for key in values}
    return bank_rows.read_row(RowInput(5, values, cells), TODAY, decimals)


@pytest.mark.parametrize(
    ("values", "code", "amount"),
    [
        ({"amount": "12,5"}, "payment_amount_decimals", "12.5"),
        ({"amount": "-50.000"}, "payment_amount_not_paid_in", "-50000"),
        ({"amount": "0"}, "payment_amount_not_paid_in", "0"),
        ({"amount": ""}, "payment_amount_missing", "0"),
        ({"amount": "cien"}, "payment_amount_unreadable", "0"),
        ({"amount": 10**12}, "payment_amount_too_large", "0"),
        ({"amount": 0.123}, "payment_amount_unreadable", "0"),
        ({"paid_on": "30/11/2026"}, "payment_date_future", "50000"),
        ({"paid_on": ""}, "payment_date_missing", "50000"),
        ({"document_number": "1,07E+09"}, "payment_number_shortened", "50000"),
    ],
)
def test_what_is_wrong_with_a_row(values, code, amount):
    row = read(**values)
    assert [problem.code for problem in row.problems] == [code]
    assert row.amount == Decimal(amount)


def test_a_cell_that_holds_an_error_is_no_amount():
    row = bank_rows.read_row(
        RowInput(2, {"amount": 5, "paid_on": "15/11/2026"}, {"amount": "B2"}, {"amount": "cell_error"}),
        TODAY,
        0,
    )
    assert ([problem.code for problem in row.problems], row.amount) == (["payment_cell_broken"], 0)


def test_cents_are_taken_where_the_currency_has_them():
    assert read(2, amount="12,50").problems == ()


def payment(number, amount=50_000, **values):
    return BankRow(number, Decimal(amount), values.pop("day", date(2026, 11, 15)), **values)


def test_the_same_payment_twice_for_sure_and_in_doubt():
    rows = [
        payment(2, bank_reference="TR-77", document_number="1065"),
        payment(3, bank_reference="tr 77", document_number="1.065"),
        payment(4, bank_reference="TR-77", document_number="2000"),
        payment(5, document_number="1065"),
        payment(6, document_number="1065"),
        payment(7, document_number="1065", day=date(2026, 11, 16)),
        payment(8, bank_reference="TR-77", document_number="1065", amount=50_001),
    ]
    assert repetitions(rows) == {3: (2, True), 4: (2, False), 6: (5, False)}


def test_fingerprints_know_a_payment_again_in_any_order_and_form():
    first = [
        payment(2, document_number="1065"),
        payment(3, document_number="1.065"),
        payment(4, bank_reference="A1"),
    ]
    again = [
        payment(2, bank_reference="a-1", amount="50000.00"),
        payment(8, document_number="1065"),
        payment(9, document_number="1065"),
    ]
    assert len(set(fingerprints(first))) == 3
    assert set(fingerprints(first)) == set(fingerprints(again))
    assert fingerprints([payment(2)]) != fingerprints([payment(2, amount=50_001)])


DIRECTORY = Directory(
    loans=(
        KnownLoan("MCR-00012", "ANA"),
        KnownLoan("MCR-00013", "EVA"),
        KnownLoan("MCR-00014", "EVA"),
        KnownLoan("MCR-00015", "ROSA", "over"),
        KnownLoan("MCR-00016", "LUZ", "written_off"),
        KnownLoan("MCR-00017", "SOL", "over"),
        KnownLoan("MCR-00018", "SOL"),
    ),
    documents={"1065842311": ("ANA",), "52000111": ("EVA",), "7777": ("ROSA",), "8888": ("LUZ",), "9999": ("NINA",), "6666": ("SOL",)},
    groups={"las amapolas": ("MCR-00012", "MCR-00013", "MCR-00014", "MCR-00015")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "result", "loans", "code"),
    [
        ({"loan_number": "MCR-00012"}, "Ready", ("MCR-00012",), None),
        ({"loan_number": "mcr 12"}, "Ready", ("MCR-00012",), None),
        ({"loan_number": "12"}, "Ready", ("MCR-00012",), None),
        ({"loan_number": "00012", "document_number": "5555555"}, "Ready", ("MCR-00012",), None),
        ({"document_number": "CC 1.065.842.311"}, "Ready", ("MCR-00012",), None),
        ({"document_number": "6666"}, "Ready", ("MCR-00018",), None),
        ({"payer_reference": "1065842311"}, "Ready", ("MCR-00012",), None),
        ({"payer_reference": "MCR-13"}, "Ready", ("MCR-00013",), None),
        ({"bank_reference": "MCR-00013"}, "Ready", ("MCR-00013",), None),
        ({"bank_reference": "12"}, "To Reconcile", (), "payment_names_no_loan"),
        ({"document_number": "52000111"}, "To Confirm", ("MCR-00013", "MCR-00014"), "payment_several_loans"),
        (
            {"group_name": "LAS AMAPOLAS"},
            "To Confirm",
            ("MCR-00012", "MCR-00013", "MCR-00014"),
            "payment_of_a_group",
        ),
        (
            {"loan_number": "MCR-00012", "document_number": "52000111"},
            "To Reconcile",
            (),
            "payment_loan_of_another",
        ),
        (
            {"loan_number": "99", "document_number": "1065842311"},
            "To Confirm",
            ("MCR-00012",),
            "payment_loan_unknown",
        ),
        ({"loan_number": "99"}, "To Reconcile", (), "payment_loan_unknown"),
        ({"loan_number": "15"}, "To Reconcile", (), "payment_loan_over"),
        ({"document_number": "8888"}, "To Confirm", ("MCR-00016",), "payment_is_recovery"),
        ({"document_number": "9999"}, "To Reconcile", (), "payment_person_without_loan"),
        ({"document_number": "1234567"}, "To Reconcile", (), "payment_document_unknown"),
        ({"payer_reference": "nada"}, "To Reconcile", (), "payment_reference_unknown"),
        ({"group_name": "Otra"}, "To Reconcile", (), "payment_group_unknown"),
        ({"payer_name": "Ana Epiayú"}, "To Reconcile", (), "payment_names_no_loan"),
    ],
)
def test_which_loan(values, result, loans, code):
    found = Matcher(DIRECTORY).match(payment(2, **values))
    assert (found.result, found.loans) == (result, loans)
    assert [problem.code for problem in found.problems] == ([code] if code else [])


def test_a_reference_that_is_one_loan_and_another_persons_document_is_left_to_a_person():
    directory = Directory((KnownLoan("MCR-05200", "ANA"), KnownLoan("MCR-00013", "EVA")), {"5200": ("EVA",)})
    found = Matcher(directory).match(payment(2, payer_reference="5200"))
    assert (found.result, found.loans) == ("To Confirm", ("MCR-05200", "MCR-00013"))


def claim(name, overdue, due=0, coming=0, limit=10**9):
    return Claim(name, *(Decimal(part) for part in (overdue, due, coming, limit)))


def test_a_share_is_proposed_and_the_rest_is_given_to_nobody():
    claims = [claim("A", 30, 10, 50), claim("B", 40, 0, 50, 70)]
    assert propose(Decimal(60), claims) == {"A": 30, "B": 30}
    assert propose(Decimal(85), claims) == {"A": 45, "B": 40}
    assert propose(Decimal(500), claims) == {"A": 90, "B": 70}
    assert propose(Decimal(500), [claim("A", 30, 0, 50, 400)]) == {"A": 400}
    assert propose(Decimal(-5), claims) == {"A": 0, "B": 0}


def test_proposals_never_exceed_the_payment_nor_a_loan():
    chance = random.Random(3)
    for _turn in range(2000):
        claims = [
            claim(str(number), *(chance.randrange(0, 200) for _part in range(3)), chance.randrange(0, 300))
            for number in range(chance.randrange(1, 5))
        ]
        amount = Decimal(chance.randrange(0, 900))
        shares = propose(amount, claims)
        assert sum(shares.values()) <= amount
        assert all(0 <= shares[one.loan] <= one.limit for one in claims)


def test_the_total_of_a_file_is_posted_pending_and_dismissed_whatever_its_rows_are():
    chance = random.Random(11)
    for _turn in range(2000):
        rows = []
        for _row in range(chance.randrange(0, 30)):
            amount = Decimal(chance.randrange(-1000, 100_000))
            done = Decimal(chance.randrange(0, int(amount) + 1)) if amount > 0 else Decimal(0)
            rows.append((chance.choice(bank_rows.RESULTS), 1, amount, done))
        found = bank_rows.figures(rows)
        assert found.total == sum((amount for _result, _many, amount, _done in rows), Decimal(0))
        assert found.total == found.posted + found.pending + found.dismissed
        assert found.posted == sum((done for _result, _many, _amount, done in rows), Decimal(0))
        assert sum(many for many, _money in found.by_result.values()) == found.rows == len(rows)
