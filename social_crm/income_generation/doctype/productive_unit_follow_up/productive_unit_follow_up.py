import frappe
from frappe.model.document import Document

from social_crm.income_generation import services
from social_crm.income_generation.domain.activity import net_income


class ProductiveUnitFollowup(Document):
    """A visit to a productive unit: whether it operates, and its figures."""

    def validate(self) -> None:
        services.check_follow_up(self)
        self.income = float(net_income(services.exact(self.sales), services.exact(self.costs)))

    def on_update(self) -> None:
        services.refresh_unit(self.productive_unit)

    def after_delete(self) -> None:
        services.refresh_unit(self.productive_unit)


def on_doctype_update() -> None:
    frappe.db.add_index("Productive Unit Follow-up", ["productive_unit", "visit_date"])
