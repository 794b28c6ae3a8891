from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.microcredit.services import schedules


class Microcredit(Document):
    """A loan: created by the disbursement alone; its terms never change and its figures follow from its ledger."""

    def before_insert(self) -> None:
        if not self.flags.by_disbursement:
            frappe.throw(
                _("A microcredit is created by disbursing an approved application."),
                frappe.PermissionError,
                title=_("Disburse an Application"),
            )

    def validate(self) -> None:
        if not self.is_new():
            frappe.throw(
                _("The terms and figures of a microcredit are never edited: record or reverse a repayment."),
                frappe.PermissionError,
                title=_("Frozen Terms"),
            )

    def signed_schedule(self) -> list[Any]:
        """Return the schedule that was signed, for the contract: the table of instalments is the one in force."""
        return schedules.signed(self)

    def on_trash(self) -> None:
        frappe.throw(
            _("A microcredit stays on record and cannot be deleted."),
            frappe.PermissionError,
            title=_("Kept on Record"),
        )
