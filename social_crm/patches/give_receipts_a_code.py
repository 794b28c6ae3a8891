"""Receipts from before their QR get a code of their own, so that the next copy of the paper can be verified too."""

import frappe
from frappe.query_builder import DocType

from social_crm import verification_codes

_DOCTYPES = ("Microcredit Repayment", "Microcredit Disbursement")


def execute() -> None:
    """Give every posted voucher of money without a code one; a reversed receipt can be asked for as well."""
    for doctype in _DOCTYPES:
        table = DocType(doctype)
        rows = (
            frappe.qb.from_(table)
            .select(table.name)
            .where((table.docstatus > 0) & table.verification_code.isnull())
            .run()
        )
        for (name,) in rows:
            (
                frappe.qb.update(table)
                .set(table.verification_code, verification_codes.new_code())
                .where(table.name == name)
                .run()
            )
