import frappe

from social_crm.microcredit.append_only import AppendOnly


class MicrocreditLedgerEntry(AppendOnly):
    """One fact of a loan, added by `services.ledger.post` alone."""


def on_doctype_update() -> None:
    """A loan is read by its entries, a day of the accounts by its posting day."""
    frappe.db.add_index("Microcredit Ledger Entry", ["microcredit", "value_date"])
    frappe.db.add_index("Microcredit Ledger Entry", ["posting_day", "microcredit"])
    frappe.db.add_index("Microcredit Ledger Entry", ["voucher_doctype", "voucher_name"])
