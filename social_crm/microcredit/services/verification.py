"""Receipts that their holder can verify: each posted voucher of money has a code of its own, which tells nothing by itself.

The code is random and kept with the voucher, so a receipt can be verified for as long as the site has the voucher. Who has
the paper has the code, and may ask the site without logging in whether the receipt stands. The answer names no person.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe.utils import getdate

from social_crm import verification_codes

# Where the address on a receipt leads; what follows it is the code.
PATH = "verificar"
# DocType -> the fields of its value date and of the loan's currency.
_RECEIPTS: dict[str, str] = {
    "Microcredit Repayment": "paid_on",
    "Microcredit Disbursement": "disbursed_on",
}


@dataclass(frozen=True)
class Receipt:
    """What a receipt says to whoever holds it. reversed_on: empty while it stands."""

    doctype: str
    number: str
    day: date
    amount: Any
    currency: str
    programme: str | None
    reversed_on: date | None


def find(text: str) -> Receipt | None:
    """Return the receipt of a code as somebody typed or scanned it, or None.

    For anybody, whoever is logged in: the code is the permission, and what is told names no person.
    """
    code = verification_codes.bare(text)
    if not code:
        return None
    for doctype, day in _RECEIPTS.items():
        row = frappe.db.get_value(
            doctype,
            {"verification_code": code, "docstatus": ["in", (1, 2)]},
            ["name", day, "amount", "currency", "docstatus", "reversed_at", "modified", "microcredit"],
            as_dict=True,
        )
        if row:
            return Receipt(
                doctype=doctype,
                number=row.name,
                day=getdate(row[day]),
                amount=row.amount,
                currency=row.currency,
                programme=frappe.db.get_value("Microcredit", row.microcredit, "programme"),
                reversed_on=getdate(row.reversed_at or row.modified) if row.docstatus == 2 else None,
            )
    return None
