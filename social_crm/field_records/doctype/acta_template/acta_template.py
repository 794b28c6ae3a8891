from frappe.model.document import Document

from social_crm.field_records.services import mapping, templates, xforms


class ActaTemplate(Document):
    """One version of a template: a draft is edited, a published one is copied."""

    def validate(self) -> None:
        templates.validate(self)
        mapping.validate(self)

    def on_update(self) -> None:
        xforms.keep_form(self)

    def on_trash(self) -> None:
        templates.refuse_deletion(self)
