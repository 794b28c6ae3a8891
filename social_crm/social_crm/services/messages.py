"""What the rules of the domain say, in words for people. Every code of every domain error has its sentence here."""

import frappe
from frappe import _
from frappe.utils import formatdate

from social_crm.social_crm.domain.identity import DocumentError
from social_crm.social_crm.domain.membership import MembershipRuleError


def person_label(name: object) -> str:
    """Return the full name of a beneficiary for a message to somebody who already named the record."""
    return frappe.db.get_value("Beneficiary", name, "full_name") or str(name)


def family_label(name: object) -> str:
    """Return the name of a family for a message to somebody who already named the record."""
    return frappe.db.get_value("Family", name, "family_name") or str(name)


def membership_message(error: MembershipRuleError) -> str:
    """Return the sentence for a refused event of a family."""
    facts = error.facts
    person = person_label(facts["person"]) if facts.get("person") else ""
    family = family_label(facts["family"]) if facts.get("family") else ""
    date = formatdate(facts["date"]) if facts.get("date") else ""
    sentences = {
        "already_member": _(
            "{0} already belongs to a family on or after that date. Record the leaving first."
        ).format(person),
        "already_left": _("{0} already left that family on {1}.").format(person, date),
        "before_joining": _("{0} has been a member only since {1}. Choose a later date.").format(
            person, date
        ),
        "not_member": _("{0} is not a member of the family {1}.").format(person, family),
        "family_has_head": _("The family {0} already has a head of household: {1}.").format(family, person),
        "unknown_kinship": _("Unknown kinship: {0}.").format(facts.get("kinship") or _("empty")),
        "nobody": _("Choose at least one member."),
        "everybody": _("All members were chosen: that is no split. Move the family instead."),
        "one_head": _("A family has exactly one head of household. Choose one."),
        "same_family": _("A family cannot be merged with itself."),
    }
    return sentences[error.code]


def document_message(error: DocumentError) -> str:
    """Return the sentence for an identity document that is not well formed."""
    facts = error.facts
    kind, number = facts.get("kind"), facts.get("number", "")
    sentences = {
        "unknown_type": _("Unknown type of document: {0}.").format(kind),
        "empty": _("Enter the number of the document {0}.").format(kind),
        "letters": _(
            "The number {0} of the {1} has letters, which this type of document does not carry."
        ).format(number, kind),
        "length": _(
            "The number {0} of the {1} has {2} characters; this type of document has {3} to {4}."
        ).format(number, kind, len(str(number)), facts.get("shortest"), facts.get("longest")),
        "zeros": _("The number {0} of the {1} holds nothing but zeros.").format(number, kind),
    }
    return sentences[error.code]
