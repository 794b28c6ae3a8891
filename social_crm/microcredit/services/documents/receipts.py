"""What the receipts of money handed over and received show beside their own fields."""

from decimal import Decimal
from typing import Any

import frappe

from social_crm import permissions, verification_codes
from social_crm.microcredit.services import verification
from social_crm.microcredit.services.money import decimals_of, to_decimal
from social_crm.print_formats import jinja


def receipt_of(doc: Any) -> dict[str, Any]:
    """Return what a receipt shows beside its fields: identity, who handled the money, and how it is verified.

    A draft has no code. Errors: no permission to read it.
    """
    permissions.require(doc.doctype, "read", doc.name)
    loan = frappe.db.get_value(
        "Microcredit", doc.microcredit, ["programme", "principal", "application", "refinances"], as_dict=True
    )
    handled_by = doc.get("received_by") or doc.get("posted_by")
    address = verification_codes.address(verification.PATH, doc.verification_code)
    return {
        "decimals": decimals_of(doc.currency),
        "programme": loan.programme,
        "principal": to_decimal(loan.principal),
        "application": loan.application,
        "document": jinja.identity_document(doc.beneficiary, doc.get("paid_on") or doc.get("disbursed_on")),
        "handled_by": frappe.db.get_value("User", handled_by, "full_name") if handled_by else "",
        "reversed_by": frappe.db.get_value("User", doc.reversed_by, "full_name") if doc.reversed_by else "",
        "code": verification_codes.in_groups(doc.verification_code),
        "address": address,
        "qr": jinja.qr_code(address) if address else "",
    }


def handed_over(doc: Any) -> dict[str, Any]:
    """Return how the money of a disbursement went: paid to an older loan, put in by the person for that, and handed over."""
    paid_off = Decimal(0)
    if doc.refinances and doc.docstatus == 1:
        rows = frappe.get_list(
            "Microcredit Repayment",
            filters={"refinanced_by": doc.microcredit, "docstatus": 1},
            fields=["amount"],
            limit_page_length=0,
        )
        paid_off = sum((to_decimal(row.amount) for row in rows), Decimal(0))
    left = to_decimal(doc.net_amount) - paid_off
    # Paying off more than was handed over is refused; of money that was posted before that, the person put in the rest.
    return {"paid_off": paid_off, "put_in": max(-left, Decimal(0)), "in_hand": max(left, Decimal(0))}
