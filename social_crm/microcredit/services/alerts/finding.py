"""Which alerts are to go out: found in one query a rule from the schedule in force, written down in sets, each once.

The key of an alert (loan, due date, rule, channel, recipient) is its name: writing down twice changes nothing, whether a job runs
twice or two run at once. Only what may still go out today is looked at, so a new rule never writes to people about the past.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import getdate, now

from social_crm.microcredit.domain.alerts import dues_on
from social_crm.microcredit.services.alerts import rules

ALERT = "Microcredit Alert"
_AT_ONCE = 500
_OWING = ("Active", "In Arrears")
# Whom no alert concerns any more.
_LEFT_IN_PEACE = ("Deceased", "Merged")
_FIELDS = (
    "name",
    "owner",
    "creation",
    "modified",
    "modified_by",
    "microcredit",
    "beneficiary",
    "beneficiary_name",
    "instalment",
    "due_date",
    "status",
    "rule",
    "recipient",
    "recipient_name",
    "channel",
    "send_from",
    "send_until",
    "tries",
    "recipient_person",
    "recipient_user",
    "guarantor",
)


def write_down(day: Any = None) -> int:
    """Write down the alerts that may go out on a day (today); return how many instalments they are about."""
    today = getdate(day)
    holidays = rules.holidays_around(today)
    found = 0
    for rule in rules.in_use():
        dues = dues_on(today, rules.timing_of(rule), holidays)
        due_rows = _due(rule, sorted(dues))
        found += len(due_rows)
        _insert(list(_alerts(rule, due_rows, dues)))
    return found


def key_of(loan: str, due: date, rule: str, channel: str, recipient: str) -> str:
    """Return the name of an alert: the same for the same loan, due date, rule, channel and recipient."""
    text = "|".join((loan, due.isoformat(), rule, channel, recipient))
    return f"MAL-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def _due(rule: Any, dues: list[date]) -> list[Any]:
    """The unpaid instalments of these due dates, of loans that owe and people who live."""
    if not dues:
        return []
    loan, row, person = DocType("Microcredit"), DocType("Microcredit Instalment"), DocType("Beneficiary")
    query = (
        frappe.qb.from_(row)
        .join(loan)
        .on((loan.name == row.parent) & (row.parenttype == "Microcredit"))
        .join(person)
        .on(person.name == loan.beneficiary)
        .select(
            loan.name,
            loan.application,
            loan.beneficiary,
            loan.beneficiary_name,
            loan.credit_officer,
            row.number,
            row.due_date,
        )
        .where(row.due_date.isin(dues) & (row.unpaid > 0))
        .where(loan.status.isin(_OWING) & person.status.notin(_LEFT_IN_PEACE))
        .orderby(row.due_date)
        .orderby(loan.name)
    )
    for field in ("programme", "product"):
        if rule.get(field):
            query = query.where(loan[field] == rule[field])
    return query.run(as_dict=True)


def _alerts(rule: Any, due_rows: list[Any], dues: dict[date, tuple[date, date]]) -> Iterator[dict[str, Any]]:
    guarantors = (
        _guarantors([row.application for row in due_rows]) if rule.recipient == rules.GUARANTORS else {}
    )
    moment = now()
    for row in due_rows:
        due = getdate(row.due_date)
        for to in _recipients(rule, row, guarantors):
            yield {
                "name": key_of(row.name, due, rule.name, rule.channel, to["key"]),
                "owner": "Administrator",
                "creation": moment,
                "modified": moment,
                "modified_by": "Administrator",
                "microcredit": row.name,
                "beneficiary": row.beneficiary,
                "beneficiary_name": row.beneficiary_name,
                "instalment": row.number,
                "due_date": due,
                "status": "Waiting",
                "rule": rule.name,
                "recipient": rule.recipient,
                "recipient_name": to["name"],
                "channel": rule.channel,
                "send_from": dues[due][0],
                "send_until": dues[due][1],
                "tries": 0,
                "recipient_person": to.get("person"),
                "recipient_user": to.get("user"),
                "guarantor": to.get("guarantor"),
            }


def _recipients(rule: Any, row: Any, guarantors: dict[str, list[Any]]) -> list[dict[str, Any]]:
    if rule.recipient == rules.BORROWER:
        return [{"key": row.beneficiary, "name": row.beneficiary_name, "person": row.beneficiary}]
    if rule.recipient == rules.OFFICER:
        if not row.credit_officer:
            return []
        name = frappe.utils.get_fullname(row.credit_officer)
        return [{"key": row.credit_officer, "name": name, "user": row.credit_officer}]
    return [
        {
            "key": given.beneficiary or given.name,
            "name": given.guarantor_name,
            "person": given.beneficiary,
            "guarantor": given.name,
        }
        for given in guarantors.get(row.application, [])
    ]


def _guarantors(applications: list[str]) -> dict[str, list[Any]]:
    if not applications:
        return {}
    table = DocType("Microcredit Guarantor")
    rows = (
        frappe.qb.from_(table)
        .select(table.name, table.parent, table.beneficiary, table.guarantor_name)
        .where((table.parenttype == "Microcredit Application") & table.parent.isin(sorted(set(applications))))
        .orderby(table.idx)
        .run(as_dict=True)
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.parent, []).append(row)
    return found


def _insert(alerts: list[dict[str, Any]]) -> None:
    """Add the rows that are not there yet: the database refuses a second one of the same name by itself."""
    table = DocType(ALERT)
    for start in range(0, len(alerts), _AT_ONCE):
        part = [[alert[field] for field in _FIELDS] for alert in alerts[start : start + _AT_ONCE]]
        frappe.qb.into(table).columns(*_FIELDS).insert(*part).ignore().run()
