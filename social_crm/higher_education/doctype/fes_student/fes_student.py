import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.higher_education.services import phases
from social_crm.social_crm.services import guards


class FESStudent(Document):
    """A person on the road through the higher-education fund."""

    def before_insert(self) -> None:
        phases.begin_phases(self)

    def validate(self) -> None:
        guards.require_whole(self)
        if self.is_new():
            guards.require_living(self.beneficiary, self.registered_on)
        phases.refuse_hand_edits(self)
        self.refuse_double()

    def refuse_double(self) -> None:
        """One person has one open record in one programme: two would count twice in every figure."""
        other = frappe.db.exists(
            "FES Student",
            {
                "beneficiary": self.beneficiary,
                "programme": self.programme,
                "phase": ["not in", ["Graduated", "Expelled"]],
                "name": ["!=", self.name or ""],
            },
        )
        if other:
            frappe.throw(
                _("This person is registered already as the student {0}.").format(other),
                frappe.DuplicateEntryError,
                title=_("The same student twice"),
            )


def on_doctype_update() -> None:
    frappe.db.add_index("FES Student", ["programme", "phase"])
