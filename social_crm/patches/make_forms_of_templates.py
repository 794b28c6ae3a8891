"""Templates that were published before field apps get the form that publishing makes now."""

import frappe

from social_crm.field_records.services import xforms


def execute() -> None:
    """Make the missing forms; a template that cannot have one is told in the error log, the Desk goes on with it."""
    # A migrate works on every template, for everybody.
    names = frappe.get_all(
        "Acta Template", filters={"status": ["!=", "Draft"]}, pluck="name", order_by="name"
    )
    for name in names:
        frappe.db.savepoint("make_form")
        try:
            xforms.keep_form(frappe.get_doc("Acta Template", name))
        except frappe.ValidationError:
            frappe.db.rollback(save_point="make_form")
            frappe.clear_messages()
            frappe.log_error(title=f"No form for field apps: {name}")
