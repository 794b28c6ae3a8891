"""One spreadsheet of an organisation on its way into families and persons."""

from frappe.model.document import Document

from social_crm.social_crm.services.census import imports


class CensusImport(Document):
    def validate(self) -> None:
        imports.prepare(self)

    def on_trash(self) -> None:
        imports.forget(self)
