"""What may still be done with a person or a family: the dead, the merged and the closed are left in peace."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import formatdate, getdate

from social_crm.changes import changed_fields


def require_living(beneficiary: str, on: date | str | None = None) -> None:
    """Throw when the person's record was merged into another, or the person had died before the day.

    on: the day of what is to be recorded; without it any recorded death refuses.
    """
    facts = frappe.db.get_value(
        "Beneficiary", beneficiary, ["full_name", "merged_into", "death_date"], as_dict=True, for_update=False
    )
    if not facts:
        frappe.throw(_("Person {0} does not exist.").format(beneficiary), frappe.DoesNotExistError)
    if facts.merged_into:
        frappe.throw(
            _("The record of {0} was merged into {1}. Use that one.").format(
                facts.full_name, facts.merged_into
            ),
            title=_("Merged Record"),
        )
    if facts.death_date and on is None:
        frappe.throw(
            _("{0} died on {1}. If that was recorded by mistake, undo the death first.").format(
                facts.full_name, formatdate(facts.death_date)
            ),
            title=_("Deceased Person"),
        )
    if facts.death_date and getdate(on) > getdate(facts.death_date):
        frappe.throw(
            _("{0} died on {1}. Nothing of a later date can be recorded.").format(
                facts.full_name, formatdate(facts.death_date)
            ),
            title=_("Deceased Person"),
        )


def require_current_family(family: str) -> None:
    """Throw when the family was merged into another or closed."""
    facts = frappe.db.get_value("Family", family, ["family_name", "status", "merged_into"], as_dict=True)
    if not facts:
        frappe.throw(_("Family {0} does not exist.").format(family), frappe.DoesNotExistError)
    if facts.status == "Merged":
        frappe.throw(
            _("The family {0} was merged into {1}. Use that one.").format(
                facts.family_name, facts.merged_into
            ),
            title=_("Merged Record"),
        )
    if facts.status == "Closed":
        frappe.throw(_("The family {0} is closed.").format(facts.family_name), title=_("Closed Family"))


def require_whole(doc: "frappe.model.document.Document") -> None:
    """Throw when a link to a person or family of a document is new or changed and points to a merged record."""
    links = {
        f.fieldname: f.options for f in doc.meta.get_link_fields() if f.options in ("Beneficiary", "Family")
    }
    for field in changed_fields(doc, *links):
        name = doc.get(field)
        merged = frappe.db.get_value(links[field], name, "merged_into") if name else None
        if merged:
            frappe.throw(
                _("{0} was merged into {1}. Use that one.").format(name, merged), title=_("Merged Record")
            )
