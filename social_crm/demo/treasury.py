"""The money behind the loans: a product with its usury modality, the programme's fund, and a bank file that waits to be posted."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from social_crm.demo import loans, places

Values = dict[str, Any]
FUND = "Fondo rotatorio de medios de vida"
# What the funder puts in: an amount to begin with, and one for each family.
FOUNDATION, PER_FAMILY = 20_000_000, 750_000
# What came to nobody's loan: nobody knows yet who paid it.
UNKNOWN: Values = {"payer": "Consignación en oficina", "document": "99000017", "amount": 150_000}
PAID_BY_FILE = 6
HEADERS = ("Fecha", "Cédula", "Nombre del pagador", "Número de crédito", "Comprobante", "Valor")
_PRODUCT: Values = {
    "borrower_kind": "Anybody",
    "currency": "COP",
    "modality": "Popular productivo rural",
    "rate_period": "Monthly",
    "interest_rate": loans.MONTHLY_RATE,
    "method": "Equal Instalment",
    "frequency": "Monthly",
    "day_count": "30/360",
    "holiday_rule": "Next Business Day",
    "rest_sunday": 1,
    "default_rate": 25,
    "max_periods": 24,
    "description": "Cuota fija mensual para negocios rurales, hasta seis salarios mínimos.",
}


def write(today: date) -> None:
    """Write the product of the individual loans and the fund of the programme, still without money."""
    import frappe

    from social_crm.demo.steps import insert

    if not frappe.db.exists("Microcredit Product", loans.PRODUCT):
        insert("Microcredit Product", product_name=loans.PRODUCT, **_PRODUCT)
    insert(
        "Microcredit Fund",
        fund_name=FUND,
        programme=places.GENERAL,
        currency="COP",
        opened_on=today - timedelta(days=places.PROGRAMME_DAYS),
        notes="Aporte del financiador; lo que las familias pagan se vuelve a prestar.",
    )


def contribute(families: int, today: date) -> None:
    """Put into the fund what the funder gives for so many families."""
    from social_crm.microcredit.services import funds

    fund = funds.open_fund(places.GENERAL, "COP")
    if fund:
        amount = FOUNDATION + PER_FAMILY * families
        funds.contribute(fund, amount, str(today - timedelta(days=places.PROGRAMME_DAYS)), "Convenio 014")


def write_bank_file(today: date) -> None:
    """Hand in yesterday's bank file and check it: payments of loans that are on time, and one that nobody can place yet."""
    import frappe

    from social_crm.demo.steps import insert
    from social_crm.microcredit.services.payments import checking, state

    rows = _payments(today - timedelta(days=1))
    if not rows:
        return
    user, language = frappe.session.user, frappe.local.lang
    try:
        frappe.set_user(loans.OFFICER)
        file = insert(
            "File", file_name=f"banco-{today:%Y-%m-%d}.csv", is_private=1, content=_sheet(rows).encode()
        )
        batch = insert("Microcredit Payment Batch", payment_file=file.file_url, channel="Bank Transfer")
        token = state.RUNS.begin(batch.name, state.CHECKING, loans.OFFICER)
        checking.run(batch.name, token, loans.OFFICER)
    finally:
        frappe.set_user(user)
        frappe.local.lang = language


def _payments(day: date) -> list[Sequence[Any]]:
    import frappe

    # The generator works on the whole site and for nobody's eyes.
    found = frappe.get_all(
        "Microcredit",
        filters={"status": "Active", "product": loans.PRODUCT, "disbursed_on": ["<", day]},
        pluck="name",
        order_by="name asc",
        limit=PAID_BY_FILE,
    )
    rows: list[Sequence[Any]] = []
    for number, name in enumerate(found, start=40_117):
        loan = frappe.get_doc("Microcredit", name)
        due = next(row for row in loan.schedule if row.unpaid > 0)
        rows.append((f"{day:%d/%m/%Y}", "", loan.beneficiary_name, name, f"RC-{number}", int(due.unpaid)))
    if rows:
        last = (f"{day:%d/%m/%Y}", UNKNOWN["document"], UNKNOWN["payer"], "", "RC-40199", UNKNOWN["amount"])
        rows.append(last)
    return rows


def _sheet(rows: list[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerows(rows)
    return text.getvalue()
