"""Guarantors whose document is typed get the key by which the number is compared, however it was written."""

import frappe

from social_crm.microcredit.services.guarantors import document_key


def execute() -> None:
    """Fill the key of each number once."""
    guarantor = frappe.qb.DocType("Microcredit Guarantor")
    is_without = guarantor.document_key.isnull() & (guarantor.document_number != "")
    numbers = (
        frappe.qb.from_(guarantor)
        .select(guarantor.document_number)
        .distinct()
        .where(is_without)
        .run(pluck=True)
    )
    for number in numbers:
        (
            frappe.qb.update(guarantor)
            .set(guarantor.document_key, document_key(number))
            .where(is_without & (guarantor.document_number == number))
            .run()
        )
