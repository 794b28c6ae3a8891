"""The documents of a microcredit as PDF: the pages, what stands on them, and where they break; on A4 and on Letter.

Made by the print system of the site with its own wkhtmltopdf, by the users whose right it is.
"""

import io
import re
import uuid
from datetime import date, timedelta

import pytest
from lending import pdf
from papers import ask_for, decide
from pypdf import PdfReader
from test_microcredit import DISBURSE, REPAY, REVERSE, make_loan

PAYOFF = "social_crm.microcredit.services.schedules.payoff_on"
CHECK = "social_crm.microcredit.services.documents.statements.check_closing"
TODAY = date.today() - timedelta(days=1)  # the site's day may be one behind the machine's
SIZES = {"A4": (595, 842), "Letter": (612, 792)}
ORGANISATION = {
    "organisation_name": "Fondo Semilla",
    "organisation_tax_id": "900.123.456-7",
    "organisation_city": "Riohacha",
}
CONTRACT, NOTE = "Contrato de microcrédito", "Pagaré y carta de instrucciones"
STATEMENT, CLOSING = "Estado de cuenta de microcrédito", "Paz y salvo de microcrédito"
RECEIPT, MONEY_OUT = "Recibo de pago de microcrédito", "Comprobante de desembolso"
MINUTES, REQUEST = "Acta del comité de crédito", "Solicitud de microcrédito"


@pytest.fixture(scope="module", autouse=True)
def organisation(client):
    """The organisation that lends, as the settings name it; put back as it was."""
    admin = client("System Manager")
    settings = ("Social CRM Settings", "Social CRM Settings")
    before = admin.read(*settings)
    admin.update(*settings, **ORGANISATION)
    yield
    admin.update(*settings, **{field: before.get(field) or "" for field in ORGANISATION})
    admin.update("Print Settings", "Print Settings", pdf_page_size="A4")


@pytest.fixture(scope="module")
def product(client):
    """Everything that a contract can speak of: grace, fees, insurance, default interest, guarantors, votes, a cap."""
    return client("System Manager").create(
        "Microcredit Product",
        product_name=f"Completo {uuid.uuid4().hex[:6]}",
        currency="COP",
        modality="Productivo rural",
        interest_rate=1.5,
        default_rate=25,
        insurance_per_mil=0.5,
        principal_grace=2,
        max_surplus_share=80,
        min_guarantors=1,
        required_votes=1,
        fees=[
            {"fee_name": "Estudio", "charged": "Upfront", "kind": "Percentage", "value": 1},
            {"fee_name": "Manejo", "charged": "With each Instalment", "kind": "Amount", "value": 2500},
        ],
    )["name"]


@pytest.fixture(scope="module")
def group(client, place):
    """A solidarity group of two: the borrower, and a neighbour."""
    admin = client("System Manager")
    neighbour = admin.create(
        "Beneficiary",
        first_name="Berta",
        first_surname="Ipuana",
        no_document_reason="Perdido",
        family=place["family"],
        kinship="Non-relative",
        registered_on="2020-01-01",
    )["name"]
    return client("Credit Officer").create(
        "Solidarity Group",
        group_name=f"Las Tejedoras {uuid.uuid4().hex[:4]}",
        community=place["community"],
        formed_on="2020-01-01",
        members=[{"beneficiary": one, "from_date": "2020-01-01"} for one in (place["person"], neighbour)],
    )["name"]


@pytest.fixture(scope="module")
def lent(client, place, product, group):
    """A loan of 36 instalments, from its application through a session of the committee to its first payments."""
    officer, committee = client("Credit Officer"), client("Credit Committee")
    application = ask_for(officer, place, product, group)
    session = decide(officer, committee, place, application)
    loan = officer.method(DISBURSE, application=application, disbursed_on="2025-11-10")
    rows = officer.read("Microcredit", loan)["schedule"]
    paid = officer.method(
        REPAY, microcredit=loan, amount=rows[0]["total"], paid_on=rows[0]["due_date"], channel="Cash"
    )
    wrong = officer.method(REPAY, microcredit=loan, amount=77_000, paid_on="2025-12-20", channel="Cash")
    officer.method(REVERSE, repayment=wrong, reason="Era de otra persona")
    money = officer.find("Microcredit Disbursement", {"microcredit": loan})[0]["name"]
    return {
        "application": application,
        "session": session,
        "loan": loan,
        "paid": paid,
        "wrong": wrong,
        "money": money,
        "rows": rows,
    }


@pytest.fixture(params=SIZES, scope="module")
def size(request, client):
    """The paper of the site."""
    client("System Manager").update("Print Settings", "Print Settings", pdf_page_size=request.param)
    return request.param


def read(content: bytes, size: str | None = None) -> list[str]:
    """The text of each page, in one line; the pages have the size asked for."""
    pages = PdfReader(io.BytesIO(content)).pages
    if size:
        for page in pages:
            assert (round(page.mediabox.width), round(page.mediabox.height)) == SIZES[size]
    # The reader sees a gap before a comma that follows bold letters.
    return [re.sub(r" ([,;.:)])", r"\1", " ".join(page.extract_text().split())) for page in pages]


def check_foot(pages: list[str], reference: str) -> None:
    """Each page says whose it is, and which of how many."""
    for number, text in enumerate(pages, 1):
        assert f"Página {number} de {len(pages)}" in text, text[-300:]
        assert f"Fondo Semilla · {reference}" in text, text[-300:]


def page_with(pages: list[str], text: str) -> str:
    """The one page on which a text stands."""
    found = [page for page in pages if text in page]
    assert len(found) == 1, (text, pages)
    return found[0]


def money(amount: float) -> str:
    return f"$ {amount:,.0f}".replace(",", ".")


def test_contract(client, lent, size):
    loan = client("Credit Officer").read("Microcredit", lent["loan"])
    pages = read(pdf(client("Credit Officer"), "Microcredit", lent["loan"], CONTRACT), size)
    check_foot(pages, f"Contrato {lent['loan']}")
    text = " ".join(pages)
    for said in (
        "doce millones de pesos m/cte ($ 12.000.000)",
        "de los cuales se le entregan $ 11.880.000",
        "1,50 % nominal mensual, mes vencido",
        "19,56 %",
        "27,39 % efectivo anual, Productivo rural, del 1 de noviembre de 2025 al 30 de noviembre de 2025",
        "2 cuotas de solo intereses",
        "Seguro: 0,50 por mil mensual",
        "25,00 % efectivo anual",
        "Comprar dos novillas",
        "Marcar las novillas",
        "José Ñáñez, con documento de identidad n.º 17.999.001",
        "Solidaridad del grupo",
        "comisiones, seguros, intereses de mora, intereses remuneratorios y capital",
        money(loan["total_amount"]),
    ):
        assert said in text, (said, text)
    application = client("Credit Officer").read("Microcredit Application", lent["application"])
    true_rate = f"{application['true_annual_rate']:.2f} %".replace(".", ",")
    assert true_rate in text and true_rate != "19,56 %"
    # The heading of the schedule has rows below it; its total stands below the last ones.
    assert "10 de diciembre de 2025" in next(page for page in pages if "Plan de pagos" in page)
    assert "10 de noviembre de 2028" in next(page for page in reversed(pages) if "Total" in page)
    # The signatures have the last clause above them.
    signed = page_with(pages, "El acreedor: nombre")
    assert "En constancia se firma en Riohacha" in signed and "Datos personales" in signed
    for signer in ("Ana Epiayú", "José Ñáñez", "Berta Ipuana", "Fondo Semilla"):
        assert signer in signed


def test_promissory_note_and_instructions(client, lent, size):
    pages = read(pdf(client("Credit Officer"), "Microcredit", lent["loan"], NOTE), size)
    check_foot(pages, f"Pagaré {lent['loan']} y carta de instrucciones")
    text = " ".join(pages)
    # Código de Comercio 621 and 709: right, payee, to order, maturity, unconditional promise of a determined sum.
    for said in (
        f"Pagaré a la orden n.º {lent['loan']}",
        "prometemos pagar incondicionalmente a la orden de Fondo Semilla, NIT 900.123.456-7",
        "la suma de doce millones de pesos m/cte ($ 12.000.000)",
        "Riohacha, 10 de noviembre de 2025",
        "con vencimientos ciertos y sucesivos",
        "Ley 45 de 1990, artículo 69",
        "artículo 622",
        "No puede exceder de doce millones de pesos m/cte ($ 12.000.000)",
    ):
        assert said in text, (said, text)
    for row in lent["rows"]:
        day = date.fromisoformat(row["due_date"])
        assert f"{day:%d/%m/%Y} {money(row['total'])}" in text, row
    letter = next(number for number, page in enumerate(pages) if "Carta de instrucciones Para llenar" in page)
    assert not any("Espacio (1)" in page for page in pages[:letter]), "the letter begins a page of its own"
    assert "Pagaré a la orden n.º" not in pages[letter].split("Carta de instrucciones")[0]
    for said in ("se crea y se firma en Riohacha", "Declaramos que recibimos copia"):
        signed = page_with(pages, said)
        assert signed.count("Huella") == 3
        for signer in ("Ana Epiayú", "José Ñáñez", "Berta Ipuana"):
            assert signer in signed, (said, signer)
    assert all(f"({number})" in " ".join(pages[:letter]) for number in range(1, 6))


def test_application(client, lent, size):
    pages = read(pdf(client("Credit Officer"), "Microcredit Application", lent["application"], REQUEST), size)
    check_foot(pages, f"Solicitud {lent['application']}")
    text = " ".join(pages)
    # 45,000 a day, of which 90 % count, are 1,231,875 a month; 100,000 a week are 433,333.
    for said in (
        "Venta de leche",
        "$ 1.231.875",
        "$ 433.333",
        "$ 798.542",
        "José Ñáñez",
        "27,39 %",
        "19,56 %",
    ):
        assert said in text, (said, text)
    assert "1 a favor, 0 en contra, 0 abstenciones" in text
    assert "Quienes firman declaran" in page_with(pages, "Oficial de crédito: verificó")


def test_minutes(client, lent, size):
    pages = read(pdf(client("Credit Committee"), "Microcredit Committee", lent["session"], MINUTES), size)
    check_foot(pages, f"Acta {lent['session']}")
    text = " ".join(pages)
    for said in (
        "1 de 2 miembros",
        "Presidencia",
        "No asiste",
        "A favor Buen negocio",
        "con 1 voto a favor, 0 en contra y 0 abstenciones",
        "doce millones de pesos m/cte ($ 12.000.000) en treinta y seis (36) cuotas",
        "Condiciones. Marcar las novillas",
        "Se leyó el acta anterior.",
    ):
        assert said in text, (said, text)
    assert "5. Constancia" in page_with(pages, "Para constancia se firma en Riohacha")
    assert "BORRADOR" not in text


def test_receipts(client, lent, size):
    officer = client("Credit Officer")
    paid = officer.read("Microcredit Repayment", lent["paid"])
    (page,) = read(pdf(officer, "Microcredit Repayment", lent["paid"], RECEIPT), size)
    check_foot([page], f"Recibo {lent['paid']}")
    for said in ("ciento ochenta y ocho mil quinientos pesos m/cte", "$ 180.000", "$ 6.000", "Ana Epiayú"):
        assert said in page, (said, page)
    code = paid["verification_code"]
    assert "-".join(code[start : start + 5] for start in range(0, 20, 5)) in page
    (page,) = read(pdf(officer, "Microcredit Disbursement", lent["money"], MONEY_OUT), size)
    check_foot([page], f"Comprobante {lent['money']}")
    for said in (
        "$ 12.000.000",
        "Menos comisiones anticipadas $ 120.000",
        "Valor entregado en mano $ 11.880.000",
    ):
        assert said in page, (said, page)


def test_statement(client, lent, size):
    officer = client("Credit Officer")
    pages = read(pdf(officer, "Microcredit", lent["loan"], STATEMENT), size)
    check_foot(pages, f"Estado de cuenta {lent['loan']} al")
    text = " ".join(pages)
    loan = officer.read("Microcredit", lent["loan"])
    payoff = officer.method(PAYOFF, microcredit=lent["loan"])
    for said in (
        f"10/12/2025 {lent['paid']} Pago",
        "Pago (reversado)",
        f"Reversión de {lent['wrong']}: Era de otra persona",
        money(loan["balance"]),
        money(loan["overdue_amount"]),
        f"{loan['days_late']} días de mora",
        money(payoff),
    ):
        assert said in text, (said, text)
    assert "Constancia" in page_with(pages, "Por Fondo Semilla: nombre y firma")
    assert "Cuotas" in next(page for page in pages if "10/11/2028" in page)


def statement_on(officer, loan: str, day: str) -> str:
    answer = officer.call(
        "GET",
        "/api/method/frappe.utils.print_format.download_pdf",
        params={"doctype": "Microcredit", "name": loan, "format": STATEMENT, "as_of": day},
    )
    assert answer.ok, answer.text[:500]
    return " ".join(read(answer.content))


def test_statement_as_of_a_day(client, lent):
    officer = client("Credit Officer")
    text = statement_on(officer, lent["loan"], "2025-12-01")
    assert "Al 1 de diciembre de 2025" in text
    assert lent["paid"] not in text and "no se debe nada" not in text
    assert "doce millones de pesos m/cte ($ 12.000.000)" in text
    assert "no se había entregado dinero" in statement_on(officer, lent["loan"], "2025-11-09")
    future = statement_on(officer, lent["loan"], str(TODAY + timedelta(days=40)))
    assert "está en el futuro" in future and "Movimientos" not in future


def test_closing_certificate_only_when_nothing_is_owed(client, place):
    officer = client("Credit Officer")
    loan = make_loan(client, place)
    text = " ".join(read(pdf(officer, "Microcredit", loan, CLOSING)))
    assert "No se expide paz y salvo" in text and "no está pagado" in text
    assert "se encuentra a paz y salvo" not in text
    answer = officer.call("GET", f"/api/method/{CHECK}", params={"microcredit": loan})
    assert answer.status_code == 417 and loan in answer.text
    officer.method(REPAY, microcredit=loan, amount=3_404_144, channel="Cash")
    assert officer.data("GET", f"/api/method/{CHECK}", params={"microcredit": loan})["closed_on"]
    (page,) = read(pdf(officer, "Microcredit", loan, CLOSING))
    check_foot([page], f"Paz y salvo {loan}")
    for said in (
        "se encuentra a paz y salvo",
        "tres millones de pesos m/cte ($ 3.000.000)",
        "Total pagado $ 3.404.144",
        "artículo 624",
        "Se expide a solicitud del interesado en Riohacha",
    ):
        assert said in page, (said, page)


def test_documents_follow_the_rows_of_the_user(client, lent):
    """By role, and by place: who may not read the record prints none of its documents."""
    documents = (
        ("Microcredit", lent["loan"], (CONTRACT, NOTE, STATEMENT, CLOSING)),
        ("Microcredit Application", lent["application"], (REQUEST,)),
        ("Microcredit Committee", lent["session"], (MINUTES,)),
        ("Microcredit Repayment", lent["paid"], (RECEIPT,)),
        ("Microcredit Disbursement", lent["money"], (MONEY_OUT,)),
    )
    for doctype, name, formats in documents:
        for print_format in formats:
            for role in ("Guest", "Nobody", "FES Advisor"):
                answer = client(role).call(
                    "GET",
                    "/api/method/frappe.utils.print_format.download_pdf",
                    params={"doctype": doctype, "name": name, "format": print_format},
                )
                assert answer.status_code in (403, 404), (role, print_format, answer.status_code)
    for role in ("Programme Director", "Auditor"):
        assert pdf(client(role), "Microcredit", lent["loan"], STATEMENT)
    assert (
        client("Nobody").call("GET", f"/api/method/{CHECK}", params={"microcredit": lent["loan"]}).status_code
        == 403
    )
