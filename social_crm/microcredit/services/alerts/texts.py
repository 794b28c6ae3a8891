"""What the text of an alert may say, in the words of the person who reads it."""

from datetime import date
from typing import Any

import frappe
from frappe.utils import getdate

from social_crm.microcredit.services.money import decimals_of, to_decimal
from social_crm.print_formats import jinja


def values_of(alert: Any, instalment: Any, today: date) -> dict[str, str]:
    """Return every place of a text for an alert. instalment: number, due_date and unpaid of the schedule in force."""
    loan = frappe.db.get_value(
        "Microcredit", alert.microcredit, ["currency", "overdue_amount", "credit_officer"], as_dict=True
    )
    due = getdate(instalment.due_date)
    return {
        "nombre": _first_name(alert),
        "deudor": alert.beneficiary_name or "",
        "valor": _money(instalment.unpaid, loan.currency),
        "fecha": jinja.spanish_date(due),
        "dias": str(abs((today - due).days)),
        "cuota": str(instalment.number),
        "credito": alert.microcredit,
        "vencido": _money(loan.overdue_amount, loan.currency),
        "oficial": frappe.utils.get_fullname(loan.credit_officer) if loan.credit_officer else "",
        "organizacion": frappe.db.get_single_value("Social CRM Settings", "organisation_name") or "",
    }


def _first_name(alert: Any) -> str:
    """How the reader is addressed: the first given name of a person, the name of a user or of a guarantor as written."""
    if alert.recipient_person:
        return frappe.db.get_value("Beneficiary", alert.recipient_person, "first_name") or ""
    return alert.recipient_name or ""


def _money(amount: Any, currency: str | None) -> str:
    """Pesos as they are written ("$ 283.679"); other currencies with their code."""
    decimals = decimals_of(currency)
    text = jinja.money_text(to_decimal(amount), decimals)
    return text if (currency or "COP") == "COP" else f"{currency} {text.lstrip('$ ')}"
