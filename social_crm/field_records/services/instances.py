"""What a field app filled in, as the answers of an acta, and answers as the XML that it reads."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _

from social_crm.field_records.domain.xform_instance import (
    Instance,
    InstanceError,
    named_files,
    read,
    write,
)
from social_crm.field_records.services import templates
from social_crm.field_records.services.sync import clocks


def answers_of_instance(template: str, xml: str, media: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers in an instance of a template, as `domain/answers.py` wants them.

    media: name of a file in the XML -> its file_url. What is no instance of this version of the template is refused.
    """
    return dict(read_instance(template, xml, media).answers)


def read_instance(template: str, xml: str, media: Mapping[str, str]) -> Instance:
    """As `answers_of_instance`, with the identifiers that the instance carries."""
    doc = frappe.get_cached_doc("Acta Template", template)
    try:
        return read(templates.load(template), doc.template_key, int(doc.version), xml, media)
    except InstanceError as error:
        frappe.throw(instance_error_text(error), title=_("Form not Understood"))


def files_of_instance(template: str, xml: str) -> dict[str, set[str]]:
    """Return what files an instance names as answers, with the types of the questions; nothing for what is no instance.

    Why it is none is said by `read_instance`, when the files are there.
    """
    if not frappe.db.exists("Acta Template", template):
        return {}
    try:
        return named_files(templates.load(template), xml)
    except InstanceError:
        return {}


def instance_of_answers(template: str, answers: Mapping[str, Any], instance_id: str = "") -> str:
    """Return answers as an instance of a template; a file is named as the last part of its address."""
    doc = frappe.get_cached_doc("Acta Template", template)
    return write(
        templates.load(template), doc.template_key, int(doc.version), answers, instance_id, clocks.offset()
    )


def instance_error_text(error: InstanceError) -> str:
    """Return why an instance is refused, in the user's language."""
    texts = {
        "too_big": _("The form that arrived is too large: at most {0} bytes are taken."),
        "not_xml": _("What arrived is not a filled-in form: it cannot be read as XML."),
        "forbidden": _("What arrived is refused: a form has no DOCTYPE and no entities."),
        "too_many_elements": _("The form that arrived has more than {0} answers."),
        "too_deep": _("What arrived is not a filled-in form: it is nested more than {0} deep."),
        "wrong_form": _("The form that arrived was filled with another template: {0}."),
        "wrong_version": _("The form that arrived was filled with another version of the template: {0}."),
        "unknown_element": _("The template asks nothing that is named {0}."),
        "twice": _("The form that arrived answers {0} twice."),
        "too_many_rows": _("{0}: there are too many rows."),
        "missing_file": _("The file {0} has not arrived."),
    }
    return texts.get(error.code, error.code).format(frappe.utils.escape_html(error.detail[:140]))
