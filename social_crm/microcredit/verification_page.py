"""The page to which the QR of a receipt leads: open to whoever holds the paper, and silent about persons."""

from typing import Any

from frappe import _
from frappe.utils import fmt_money, format_date

from social_crm.microcredit.services import verification
from social_crm.microcredit.services.money import decimals_of
from social_crm.print_formats import jinja
from social_crm.public_verification import VerificationPage


class ReceiptVerification(VerificationPage):
    """Renders `/verificar/<code>`."""

    place = verification.PATH
    template = "social_crm/templates/receipt_verification.html"

    def found(self, code: str) -> dict[str, Any] | None:
        receipt = verification.find(code)
        return {"receipt": _shown(receipt)} if receipt else None

    def unknown(self) -> str:
        return _("No receipt has this code. Compare it with the paper, or ask whoever gave you the receipt.")


def _shown(receipt: verification.Receipt) -> dict[str, str]:
    title = {
        "Microcredit Repayment": _("Receipt of a payment"),
        "Microcredit Disbursement": _("Receipt of a disbursement"),
    }
    return {
        "title": title[receipt.doctype],
        "number": receipt.number,
        "day": format_date(receipt.day, "long"),
        "amount": fmt_money(receipt.amount, decimals_of(receipt.currency), receipt.currency),
        "currency": receipt.currency,
        "issuer": jinja.organisation_identity(receipt.programme)["name"],
        "reversed_on": format_date(receipt.reversed_on, "long") if receipt.reversed_on else "",
    }
