"""The dated figures by which units and students are judged: a figure of a past date keeps the rules of that date."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.changes import has_changed

RULES = "Programme Rules"


@dataclass(frozen=True)
class ProgrammeRules:
    """The figures of one day; the defaults are what the app ships, and hold where no row reaches back to the day.

    unverified_after_days: days for which a follow-up visit vouches for a productive unit.
    fes_tuition_cap_wages, fes_allowance_cap_wages: highest payments of one semester, in monthly minimum wages.
    fes_leave_semesters, fes_enrolment_closes_after_days, fes_deceased_leave_denominator: see
        `higher_education/domain/permanence.py`.
    warn_below_instalments, warn_fall_percent, warn_fall_visits: when a follow-up is an early warning, see
        `microcredit/domain/business.py`.
    """

    unverified_after_days: int = 90
    fes_tuition_cap_wages: Decimal = Decimal(11)
    fes_allowance_cap_wages: Decimal = Decimal("1.5")
    fes_leave_semesters: int = 2
    fes_enrolment_closes_after_days: int = 90
    fes_deceased_leave_denominator: bool = False
    warn_below_instalments: bool = True
    warn_fall_percent: Decimal = Decimal(30)
    warn_fall_visits: int = 3


FIGURES = tuple(field.name for field in fields(ProgrammeRules))


def rules_as_of(day: date) -> ProgrammeRules:
    """Return the rules in force on a day: of the latest row that is valid from then or earlier."""
    # Everyone's figures rest on the same rules, whoever asks.
    row = frappe.db.get_value(
        RULES, {"valid_from": ["<=", day]}, FIGURES, order_by="valid_from desc", as_dict=True
    )
    if not row:
        return ProgrammeRules()
    return ProgrammeRules(
        unverified_after_days=row.unverified_after_days or ProgrammeRules.unverified_after_days,
        fes_tuition_cap_wages=Decimal(str(row.fes_tuition_cap_wages)),
        fes_allowance_cap_wages=Decimal(str(row.fes_allowance_cap_wages)),
        fes_leave_semesters=row.fes_leave_semesters,
        fes_enrolment_closes_after_days=row.fes_enrolment_closes_after_days,
        fes_deceased_leave_denominator=bool(row.fes_deceased_leave_denominator),
        warn_below_instalments=bool(row.warn_below_instalments),
        warn_fall_percent=Decimal(str(row.warn_fall_percent)),
        warn_fall_visits=row.warn_fall_visits,
    )


def check(rules) -> None:
    """Refuse figures that cannot be, and other figures for days that have passed.

    Raises frappe.ValidationError in plain words.
    """
    if rules.unverified_after_days <= 0:
        frappe.throw(
            _("A visit vouches for a unit for at least one day."), title=_("Unverified after (days)")
        )
    if not 0 <= (rules.warn_fall_percent or 0) <= 100:
        frappe.throw(_("An income falls by 0 to 100 %."), title=_("Fallen by (%)"))
    before = rules.get_doc_before_save()
    if before and _figures_rest_on(before) and has_changed(rules, *FIGURES):
        frappe.throw(
            _("Figures of past days rest on these rules. Add rules with a new date instead."),
            title=_("Rules in Force"),
        )


def check_deletion(rules) -> None:
    """Refuse the deletion of rules on which figures of past days rest."""
    if _figures_rest_on(rules):
        frappe.throw(
            _("Figures of past days rest on these rules. Add rules with a new date instead."),
            title=_("Rules in Force"),
        )


def _figures_rest_on(rules) -> bool:
    """A slip may be corrected on the day of writing; after that the rules stand from their first day on."""
    today = getdate(nowdate())
    return getdate(rules.valid_from) < today and getdate(rules.creation) < today
