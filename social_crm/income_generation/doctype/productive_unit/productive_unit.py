import frappe
from frappe.model.document import Document

from social_crm.income_generation import services, stages
from social_crm.social_crm.services import guards


class ProductiveUnit(Document):
    """A business of a person that the programme starts or strengthens."""

    def onload(self) -> None:
        """Show where the person lives now and how the unit stands today, whatever was stored."""
        self.update(services.derived_fields(self.as_dict()))
        self.update(
            frappe.db.get_value("Beneficiary", self.beneficiary, ["family", "community"], as_dict=True) or {}
        )

    def validate(self) -> None:
        guards.require_whole(self)
        if self.is_new():
            guards.require_living(self.beneficiary, self.started_on)
        stages.follow_workflow(self)
        services.check_unit(self)
        stages.check_closing(self)

    def before_save(self) -> None:
        stages.keep_closing(self)
        self.update(services.derived_fields(self.as_dict()))


def on_doctype_update() -> None:
    frappe.db.add_index("Productive Unit", ["programme", "started_on"])
