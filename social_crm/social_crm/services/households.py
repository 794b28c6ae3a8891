"""What saving a family checks and computes."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.social_crm.domain import names, vulnerability
from social_crm.social_crm.services import families, store
from social_crm.social_crm.services.people import check_exception, refuse_merged

__all__ = [
    "check_exception",
    "check_vulnerabilities",
    "keep_computed_fields",
    "record_registration",
    "refuse_merged",
]

_COMPUTED = ("status", "head", "member_count", "merged_into", "after_cut_off", "registered_on")
# The family itself may say that it left; the other states come from actions.
_BY_HAND = frozenset({"Active", "Moved Away"})


def keep_computed_fields(doc: "frappe.model.document.Document") -> None:
    """Set what memberships and actions decide and refuse to move the family by hand."""
    doc.family_name = names.proper(doc.family_name)
    if doc.is_new():
        if getdate(doc.registered_on) > getdate(nowdate()):
            frappe.throw(_("The date of registration lies in the future."), title=_("Registered on"))
        doc.update({"status": "Active", "head": None, "member_count": 0, "merged_into": None})
        doc.after_cut_off = int(families.arrived_after_cut_off(doc.community, doc.registered_on))
        return
    stored = frappe.db.get_value("Family", doc.name, [*_COMPUTED, "community"], as_dict=True)
    if doc.community != stored.community:
        frappe.throw(
            _(
                "The community changes through the action Move to Community, which records the day and the reason."
            ),
            title=_("Not by Hand"),
        )
    wanted = doc.status
    doc.update({field: stored[field] for field in _COMPUTED})
    if {wanted, stored.status} <= _BY_HAND:
        doc.status = wanted


def check_vulnerabilities(doc: "frappe.model.document.Document") -> None:
    """Throw when the dated vulnerabilities contradict themselves or name somebody who never belonged to the family."""
    rows = [
        vulnerability.Vulnerability(
            row.vulnerability,
            row.beneficiary or None,
            getdate(row.from_date),
            getdate(row.to_date) if row.to_date else None,
        )
        for row in doc.vulnerabilities
        if row.vulnerability and row.from_date
    ]
    try:
        vulnerability.check(rows)
    except vulnerability.VulnerabilityError as error:
        messages = {
            "dates": _("Row {0}: the vulnerability ends before it begins."),
            "overlap": _("Row {0}: the same vulnerability is already registered for those days."),
        }
        frappe.throw(messages[error.code].format(error.row + 1), title=_("Vulnerabilities"))
    named = {row.person for row in rows if row.person}
    if named:
        strangers = named - {stay.person for stay in store.read(doc.name)}
        for row in doc.vulnerabilities:
            if row.beneficiary in strangers:
                frappe.throw(
                    _("Row {0}: that person never belonged to this family.").format(row.idx),
                    title=_("Vulnerabilities"),
                )


def record_registration(doc: "frappe.model.document.Document") -> None:
    """Write the event of registration of a family that was created by itself, without members."""
    if not families.is_creating_family():
        store.add_event("Registration", getdate(doc.registered_on), doc.name)
