"""An authorisation that was taken back is "Revoked"; "Withdrawn" is what a student is, and one word had one Spanish."""

import frappe


def execute() -> None:
    """Carry the stored status over to the new word."""
    table = frappe.qb.DocType("Data Authorisation")
    frappe.qb.update(table).set(table.status, "Revoked").where(table.status == "Withdrawn").run()
