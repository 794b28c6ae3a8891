"""One file of payments on its way to the loans."""

from frappe.model.document import Document

from social_crm.microcredit.services.payments import batches


class MicrocreditPaymentBatch(Document):
    def validate(self) -> None:
        batches.prepare(self)

    def on_trash(self) -> None:
        batches.forget(self)
