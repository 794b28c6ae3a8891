from frappe.model.document import Document

from social_crm.microcredit.services import applications, disbursement


class MicrocreditApplication(Document):
    """A request for a loan, decided by the committee through the workflow and paid out by the service."""

    def validate(self) -> None:
        applications.validate(self)

    def on_update(self) -> None:
        applications.record_decision(self)
        disbursement.disburse_by_workflow(self)
