"""The rules of alerts and the hours, as the administrator keeps them."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from social_crm.microcredit.domain import alerts as domain
from social_crm.microcredit.domain.alerts import Hours, Timing
from social_crm.microcredit.services.calendars import colombian_holidays

RULE = "Microcredit Alert Rule"
SETTINGS = "Microcredit Alert Settings"
BORROWER, GUARANTORS, OFFICER = "Borrower", "Guarantors", "Credit Officer"
SMS, EMAIL = "SMS", "Email"
_MOMENTS = {
    "Before the Due Date": domain.BEFORE,
    "On the Due Date": domain.ON,
    "After the Due Date": domain.AFTER,
}
# One SMS of the GSM alphabet has 160 characters; a gateway joins a few, and each is paid for.
MAX_SMS = 480


@dataclass(frozen=True)
class Settings:
    """Hours, tries and the country code of numbers."""

    hours: Hours
    max_tries: int
    country_code: str


def validate(doc: Any) -> None:
    """Check a rule: days that can be, and a text of which every place can be filled in."""
    if doc.moment == "On the Due Date":
        doc.days = 0
    elif cint(doc.days) < 1:
        frappe.throw(_("Enter how many days before or after the due date."), title=_("Days"))
    try:
        timing_of(doc)
    except ValueError:
        frappe.throw(
            _("At most {0} days before or after a due date, and at most {1} days late.").format(
                domain.MAX_DAYS, domain.MAX_LATE
            ),
            title=_("Days"),
        )
    if doc.channel == SMS:
        doc.subject, doc.only_without_mobile = None, 0
        if len(doc.message or "") > MAX_SMS:
            frappe.throw(_("An SMS has at most {0} characters.").format(MAX_SMS), title=_("Message"))
    elif not (doc.subject or "").strip():
        frappe.throw(_("Write the subject of the e-mail."), title=_("Subject"))
    if doc.recipient == OFFICER:
        doc.authorisation_purpose = None
    if doc.recipient != BORROWER:
        doc.only_without_mobile = 0
    wrong = domain.unknown_places(f"{doc.subject or ''} {doc.message or ''}")
    if wrong:
        frappe.throw(
            _("The text names what no alert knows: {0}. It may name: {1}.").format(
                ", ".join(f"{{{place}}}" for place in wrong),
                ", ".join(f"{{{place}}}" for place in domain.PLACES),
            ),
            title=_("Message"),
        )


def validate_settings(doc: Any) -> None:
    """Check the hours: within those of the law, the end after the beginning."""
    legal = Hours()
    for name, label in (("weekdays", _("Monday to Friday")), ("saturdays", _("Saturdays"))):
        first = _time(doc.get(f"{name}_from"), getattr(legal, f"{name}_from"))
        last = _time(doc.get(f"{name}_until"), getattr(legal, f"{name}_until"))
        if first >= last:
            frappe.throw(_("{0}: the end must come after the beginning.").format(label), title=_("Hours"))
        earliest, latest = getattr(legal, f"{name}_from"), getattr(legal, f"{name}_until")
        if first < earliest or last > latest:
            frappe.throw(
                _("{0}: the law allows from {1} to {2}.").format(
                    label, earliest.strftime("%H:%M"), latest.strftime("%H:%M")
                ),
                title=_("Hours"),
            )
    if not 1 <= cint(doc.max_tries) <= 20:
        frappe.throw(_("From 1 to 20 tries."), title=_("Tries at most"))
    if not (doc.country_code or "").isdigit() or len(doc.country_code) > 3:
        frappe.throw(
            _("The country code has one to three digits."), title=_("Country Code of Mobile Numbers")
        )


def in_use() -> list[Any]:
    """Return the rules in use. The nightly job works for everybody: no user's permissions apply."""
    # As said above.
    return frappe.get_all(RULE, filters={"enabled": 1}, fields=["*"], order_by="name asc")


def timing_of(rule: Any) -> Timing:
    """Return when a rule speaks."""
    late = rule.get("late_by")
    return Timing(_MOMENTS[rule.moment], cint(rule.days), 3 if late is None else cint(late))


def settings() -> Settings:
    """Return the settings; what was never saved is as shipped."""
    doc = frappe.get_cached_doc(SETTINGS)
    shipped = Hours()
    hours = Hours(
        *(
            _time(doc.get(field), getattr(shipped, field))
            for field in ("weekdays_from", "weekdays_until", "saturdays_from", "saturdays_until")
        )
    )
    return Settings(hours, cint(doc.max_tries) or 5, doc.country_code or "57")


def holidays_around(day: date) -> frozenset[date]:
    """Return the holidays that alerts of a day can meet."""
    return colombian_holidays(day.year - 1, day.year + 2)


def _time(value: Any, shipped: time) -> time:
    """Return a full hour; 0, which the law allows nobody, is what was never set."""
    hour = cint(value)
    if not 0 <= hour < 24:
        frappe.throw(_("Hours go from 0 to 24."), title=_("Hours"))
    return time(hour) if hour else shipped
