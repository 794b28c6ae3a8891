"""Commitments with families: a responsible, a date, and an assignment of the platform until they are done."""

import frappe
from frappe import _
from frappe.desk.form import assign_to
from frappe.utils import getdate, nowdate

from social_crm.social_crm.services import guards


def check(doc: "frappe.model.document.Document") -> None:
    """Check a commitment about to be saved."""
    guards.require_whole(doc)
    doc.status = doc.status or "Open"
    if not (doc.beneficiary or doc.family or doc.community):
        frappe.throw(
            _("Name the person, the family or the community of the commitment."), title=_("Commitment")
        )
    if doc.responsible_party == "Staff" and not doc.responsible:
        frappe.throw(_("Name the responsible staff member."), title=_("Commitment"))
    if doc.status == "Done":
        doc.done_on = doc.done_on or nowdate()
        if getdate(doc.done_on) > getdate(nowdate()):
            frappe.throw(_("What is done was not done in the future."), title=_("Commitment"))
    else:
        doc.done_on = None


def assign(doc: "frappe.model.document.Document") -> None:
    """Keep the assignment in line with the commitment: open for its responsible, closed with it."""
    before = doc.get_doc_before_save()
    was = before.responsible if before and before.status == "Open" else None
    now = doc.responsible if doc.status == "Open" else None
    if was == now:
        return
    if was:
        assign_to.close_all_assignments(doc.doctype, doc.name)
    if now:
        # Assigning somebody without access would make the platform share the record past the row permissions.
        if not frappe.has_permission(doc.doctype, "read", doc=doc, user=now):
            frappe.throw(
                _("{0} has no access to that community. Choose somebody who works there.").format(
                    frappe.utils.get_fullname(now)
                ),
                title=_("Responsible Staff Member"),
            )
        assign_to.add(
            {
                "doctype": doc.doctype,
                "name": doc.name,
                "assign_to": [now],
                "description": doc.subject,
                "date": doc.due_date,
            }
        )


@frappe.whitelist(methods=["POST"])
def finish(commitment: str, done_on: str, outcome: str | None = None) -> None:
    """Record that a commitment was kept."""
    _close(commitment, {"status": "Done", "done_on": getdate(done_on), "outcome": outcome})


@frappe.whitelist(methods=["POST"])
def cancel(commitment: str, reason: str) -> None:
    """Cancel a commitment for a reason."""
    if not (reason or "").strip():
        frappe.throw(_("Enter the reason."), title=_("Commitment"))
    _close(commitment, {"status": "Cancelled", "outcome": reason})


@frappe.whitelist(methods=["POST"])
def reopen(commitment: str) -> None:
    """Open a closed commitment again."""
    doc = frappe.get_doc("Commitment", commitment)
    doc.check_permission("write")
    doc.status = "Open"
    doc.save()


def _close(commitment: str, values: dict) -> None:
    doc = frappe.get_doc("Commitment", commitment)
    doc.check_permission("write")
    if doc.status != "Open":
        frappe.throw(_("This commitment is closed already."), title=_("Commitment"))
    doc.update(values)
    doc.save()
