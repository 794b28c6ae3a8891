"""Where an alert goes, and why it may not: contacts, authorisations, access and how often a person was written to lately."""

from datetime import date, timedelta
from typing import Any

import frappe
from frappe.query_builder import DocType

from social_crm import permissions
from social_crm.microcredit.domain.alerts import mobile_number
from social_crm.microcredit.services.alerts import rules
from social_crm.social_crm.services.authorisations import is_authorised

_WEEK = timedelta(days=7)
# What went out, or may have.
_WRITTEN = ("Queued", "Sent", "Unconfirmed")


def refusal(alert: Any, rule: Any) -> str | None:
    """Return why an alert may not go out at all, or None; asked again each time, for the world changes."""
    if not rule.enabled:
        return "The Rule was Switched off"
    people = {alert.beneficiary, alert.recipient_person} - {None, ""}
    if frappe.db.exists(
        "Beneficiary", {"name": ["in", sorted(people)], "status": ["in", ("Deceased", "Merged")]}
    ):
        return "The Person Died"
    if alert.recipient == rules.OFFICER:
        return None if _officer_may_know(alert) else "The Officer has no Access"
    if rule.authorisation_purpose:
        person = alert.recipient_person
        if not person or not is_authorised(person, rule.authorisation_purpose):
            return "No Authorisation"
    return None


def lately(alert: Any, today: date) -> str | None:
    """Return why a person is left alone for now: written to today, or this week by another channel (Ley 2300 de 2023, art. 2).

    Officers are no consumers: the rule is not about them.
    """
    if alert.recipient == rules.OFFICER:
        return None
    table = DocType("Microcredit Alert")
    to = (
        table.recipient_person == alert.recipient_person
        if alert.recipient_person
        else table.guarantor == alert.guarantor
    )
    rows = (
        frappe.qb.from_(table)
        .select(table.channel, table.sent_at)
        .where(to & table.status.isin(_WRITTEN) & (table.name != alert.name))
        .where((table.recipient != rules.OFFICER) & (table.sent_at >= today - _WEEK))
        .run()
    )
    if any(sent_at.date() == today for _channel, sent_at in rows):
        return "Written to Today"
    # The week runs from the day after the message: seven days later the other channel is free again.
    if any(channel != alert.channel and sent_at.date() > today - _WEEK for channel, sent_at in rows):
        return "Written to by Another Channel"
    return None


def destination(alert: Any, rule: Any, country_code: str) -> tuple[str, str | None]:
    """Return the number or address of an alert, or "" and why there is none."""
    numbers, addresses = _contact_of(alert)
    mobile = next(
        (found for number in numbers if (found := mobile_number(number, country_code))),
        "",
    )
    if alert.channel == rules.SMS:
        return (mobile, None) if mobile else ("", "No Mobile Number")
    if rule.only_without_mobile and mobile:
        return "", "Reached by SMS"
    return (addresses[0], None) if addresses else ("", "No E-mail Address")


def _contact_of(alert: Any) -> tuple[list[str], list[str]]:
    """Return the numbers and the addresses of who is written to, the primary ones first."""
    if alert.recipient_user:
        user = frappe.db.get_value(
            "User", alert.recipient_user, ["mobile_no", "phone", "email"], as_dict=True
        )
        return [n for n in (user.mobile_no, user.phone) if n], [user.email] if user.email else []
    if alert.recipient_person:
        return _of_person(alert.recipient_person)
    number = frappe.db.get_value("Microcredit Guarantor", alert.guarantor, "telephone")
    return [number] if number else [], []


def _of_person(person: str) -> tuple[list[str], list[str]]:
    link, phone, email = DocType("Dynamic Link"), DocType("Contact Phone"), DocType("Contact Email")
    mine = (link.link_doctype == "Beneficiary") & (link.link_name == person) & (link.parenttype == "Contact")
    numbers = (
        frappe.qb.from_(link)
        .join(phone)
        .on(phone.parent == link.parent)
        .select(phone.phone, phone.is_primary_mobile_no, phone.is_primary_phone)
        .where(mine)
        .orderby(link.parent)
        .orderby(phone.idx)
        .run()
    )
    addresses = (
        frappe.qb.from_(link)
        .join(email)
        .on(email.parent == link.parent)
        .select(email.email_id, email.is_primary)
        .where(mine)
        .orderby(link.parent)
        .orderby(email.idx)
        .run()
    )
    return (
        [number for number, _mobile, _phone in sorted(numbers, key=lambda row: (-row[1], -row[2])) if number],
        [address for address, _primary in sorted(addresses, key=lambda row: -row[1]) if address],
    )


def _officer_may_know(alert: Any) -> bool:
    """An officer who left, or looks after other places now, learns nothing more of a person."""
    user = alert.recipient_user
    return bool(
        frappe.db.get_value("User", user, "enabled")
        and frappe.has_permission("Microcredit", "read", user=user)
        and permissions.may_read("Microcredit", alert.microcredit, user)
    )
