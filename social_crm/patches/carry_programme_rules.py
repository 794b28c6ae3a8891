"""Rules that the settings held without a date become the first dated Programme Rules of the site."""

import frappe
from frappe import _

from social_crm.social_crm.services.programme_rules import FIGURES, RULES, ProgrammeRules

SETTINGS = "Social CRM Settings"
# What the app ships is valid from this day; a site that had set nothing else receives just that.
FIRST_DAY = "2000-01-01"
SOURCE_OF_CAPS = "fes_caps_source"


def execute() -> None:
    """Write what the site had set into the row of the first day, and forget the fields of the settings."""
    singles = frappe.qb.DocType("Singles")
    fields = (*FIGURES, SOURCE_OF_CAPS)
    ours = (singles.doctype == SETTINGS) & singles.field.isin(fields)
    stored = {
        field: value
        for field, value in frappe.qb.from_(singles).select(singles.field, singles.value).where(ours).run()
        if value not in (None, "")
    }
    default = ProgrammeRules()
    if any(float(stored[name]) != float(getattr(default, name)) for name in FIGURES if name in stored):
        _write(stored)
    frappe.qb.from_(singles).delete().where(ours).run()


def _write(stored: dict[str, str]) -> None:
    exists = frappe.db.exists(RULES, FIRST_DAY)
    row = frappe.get_doc(RULES, FIRST_DAY) if exists else frappe.new_doc(RULES)
    row.update(stored)
    row.update({"valid_from": FIRST_DAY, "source": _("The settings of this site before its rules had dates")})
    # A migrate is nobody's permission to hold; the row is written before any figure rests on it.
    row.flags.ignore_permissions = True
    row.flags.ignore_validate = True
    row.save()
