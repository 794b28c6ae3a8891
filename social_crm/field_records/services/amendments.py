"""An amendment: a new acta that names a closed one. It says again, rightly, what was written there, about the same people."""

from typing import Any

import frappe
from frappe import _

from social_crm.access.doors import refuse_unknown

SUBJECT = ("family", "beneficiary", "productive_unit", "community")


def subject_of(amended: str | None) -> dict[str, str | None]:
    """Return whom an acta that is amended is about; nothing for none, and for one that the user may not see."""
    if not amended or not frappe.has_permission("Acta", "read", doc=amended):
        return {}
    return frappe.db.get_value("Acta", amended, SUBJECT, as_dict=True) or {}


def check(doc: Any, before: Any) -> None:
    """Refuse an amendment of what is not closed, without a reason, or about somebody else than the acta that it names.

    Raises:
        frappe.PermissionError: the user may not see the acta that is named; in the same words where there is none.
    """
    if not doc.amends:
        return
    if not doc.flags.ignore_permissions and not (before and before.amends == doc.amends):
        refuse_unknown("Acta", doc.amends)
    amended = frappe.db.get_value("Acta", doc.amends, ["status", *SUBJECT], as_dict=True) or {}
    if amended.get("status") != "Closed":
        frappe.throw(
            _("Only a closed acta is amended; {0} can still be corrected.").format(doc.amends),
            title=_("Amendment not Needed"),
        )
    if any((doc.get(field) or None) != (amended.get(field) or None) for field in SUBJECT):
        frappe.throw(
            _(
                "An amendment is about the family, person, productive unit and community of the acta that it amends."
                " To write about somebody else, make a new acta."
            ),
            title=_("Another Subject"),
        )
    if not doc.amendment_reason:
        frappe.throw(_("Write the reason for the amendment."), title=_("Reason Missing"))
