"""Solidarity groups: who belonged to one on a day, what its members owe at a meeting, and who answers for whom.

Each member has a loan of their own; the loans of one group answer for each other.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.domain.arrears import Position
from social_crm.microcredit.domain.capacity import joint_liability
from social_crm.microcredit.services import loans, products
from social_crm.microcredit.services.money import decimals_of, to_decimal

_RULES = {"Equal Parts": "equal", "By Amount Lent": "by_share"}


def validate(doc: Any) -> None:
    """Check the members of a group: dates, nobody twice at once, nobody in two groups at once, everybody of its community."""
    for row in doc.members:
        if row.to_date and getdate(row.to_date) < getdate(row.from_date):
            _refuse(_("Row {0}: the member left before joining.").format(row.idx))
        for other in doc.members[: row.idx - 1]:
            if other.beneficiary == row.beneficiary and _overlap(other, row):
                _refuse(_("{0} is a member twice at once.").format(row.beneficiary_name or row.beneficiary))
        if row.to_date:
            continue
        community = frappe.db.get_value("Beneficiary", row.beneficiary, "community")
        if community != doc.community:
            _refuse(
                _("{0} does not live in {1}.").format(row.beneficiary_name or row.beneficiary, doc.community)
            )
        _refuse_second_group(doc, row)
    if doc.status == "Closed" and any(loan.balance > 0 for loan in _loans(doc.name).run(as_dict=True)):
        # Loans that the closer may not see count too.
        _refuse(_("The group still owes microcredits and cannot be closed."))


def members_on(group: str, day: Any) -> list[Any]:
    """Return the members of a group on a day, in the order of the list: beneficiary, beneficiary_name, member_role."""
    day = getdate(day)
    return [
        row
        for row in frappe.get_doc("Solidarity Group", group).members
        if getdate(row.from_date) <= day and (not row.to_date or day <= getdate(row.to_date))
    ]


def check_membership(doc: Any) -> None:
    """Refuse an application for a group by who is no member of it, or for a product that is not lent so."""
    kind = products.read(doc.product_version).values.get("borrower_kind")
    if kind == "Solidarity Group" and not doc.solidarity_group:
        _refuse(_("{0} is lent to members of solidarity groups: choose the group.").format(doc.product))
    if kind == "Person" and doc.solidarity_group:
        _refuse(_("{0} is not lent to solidarity groups.").format(doc.product))
    if not doc.solidarity_group:
        return
    before = doc.get_doc_before_save()
    if before and before.solidarity_group == doc.solidarity_group and before.beneficiary == doc.beneficiary:
        return
    check_active(doc.solidarity_group)
    members = {row.beneficiary for row in members_on(doc.solidarity_group, doc.application_date)}
    if doc.beneficiary not in members:
        _refuse(_("{0} is not a member of the group.").format(doc.beneficiary_name or doc.beneficiary))


def loans_of(group: str) -> list[Any]:
    """Return the loans of a group's members: name, beneficiary, beneficiary_name, principal, balance, currency."""
    limit = permissions.visible("Microcredit")
    query = _loans(group)
    return (query if limit is None else query.where(limit)).run(as_dict=True)


def check_active(group: str | None) -> None:
    """Refuse to lend for a group that was closed; an application without a group passes."""
    if group and frappe.db.get_value("Solidarity Group", group, "status") != "Active":
        _refuse(_("The group {0} is closed.").format(group))


def _loans(group: str) -> Any:
    loan, application = frappe.qb.DocType("Microcredit"), frappe.qb.DocType("Microcredit Application")
    return (
        frappe.qb.from_(loan)
        .join(application)
        .on(application.name == loan.application)
        .select(
            loan.name, loan.beneficiary, loan.beneficiary_name, loan.principal, loan.balance, loan.currency
        )
        .where(application.solidarity_group == group)
        .orderby(loan.name)
    )


@frappe.whitelist()
def collection_sheet(group: str, day: str | None = None) -> dict:
    """Return what each member is to pay at a meeting, and what each answers for of what others have overdue.

    day: ISO date of the meeting, today by default. For whoever may read the group and microcredits.
    """
    permissions.require("Solidarity Group", "read", group)
    permissions.require("Microcredit", "read")
    doc = frappe.get_doc("Solidarity Group", group)
    when = getdate(day)
    rows = _sheet_rows(loans_of(group), when)
    answers = _liability(doc, rows, when)
    named = {row["beneficiary"] for row in rows}
    for member in members_on(group, when):
        if member.beneficiary not in named:
            rows.append(_empty_row(member))
    for row in rows:
        row["answers_for"] = float(answers.pop(row["beneficiary"], Decimal(0)))
    totals = {key: sum(row[key] for row in rows) for key in ("due_now", "overdue", "to_collect", "balance")}
    return {
        "day": when.isoformat(),
        "group_name": doc.group_name,
        "meeting_day": doc.meeting_day,
        "meeting_place": doc.meeting_place,
        "liability_rule": doc.liability_rule,
        "currency": next((row["currency"] for row in rows if row["currency"]), "COP"),
        "rows": rows,
        "totals": totals,
    }


@frappe.whitelist(methods=["POST"])
def apply_for_group(group: str, product: str, periods: int, purpose: str, amounts: str) -> list[str]:
    """Write one application for each member of a group who asks for an amount; return their names.

    amounts: JSON object of amounts by beneficiary. Errors: something else, or an amount of who is no member; those of each
    application. All are written, or none.
    """
    permissions.require("Solidarity Group", "read", group)
    members = members_on(group, frappe.utils.today())
    asked = _asked_amounts(amounts, members)
    programme = frappe.db.get_value("Solidarity Group", group, "programme")
    made = []
    for member in members:
        if member.beneficiary in asked:
            doc = frappe.new_doc("Microcredit Application")
            doc.update(
                {
                    "product": product,
                    "beneficiary": member.beneficiary,
                    "solidarity_group": group,
                    "programme": programme,
                    "requested_amount": float(asked[member.beneficiary]),
                    "requested_periods": periods,
                    "monthly_rate": None,
                    "annual_rate": None,
                    "purpose": purpose,
                    "credit_officer": frappe.session.user,
                }
            )
            made.append(doc.insert().name)
    if not made:
        _refuse(_("Write the amount of at least one member."))
    return made


def _asked_amounts(amounts: str, members: list[Any]) -> dict[str, Decimal]:
    try:
        given = json.loads(amounts)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        _refuse(_("Give the amounts as an object: the amount of each member by the member's number."))
    asked = {person: to_decimal(amount) for person, amount in given.items() if amount not in (None, "", 0)}
    strangers = sorted(asked.keys() - {member.beneficiary for member in members})
    if strangers:
        _refuse(_("Not a member of the group today: {0}.").format(", ".join(strangers)))
    return {person: amount for person, amount in asked.items() if amount}


def _sheet_rows(found: list[Any], when: date) -> list[dict[str, Any]]:
    """What each loan is to pay on a day: those that were owed then or paid off that day, whatever was paid since."""
    books = loans.read([loan.name for loan in found])
    states = {name: domain.state(book, when) for name, book in books.items()}
    return [
        _sheet_row(loan, states[loan.name].position, when)
        for loan in found
        if states[loan.name].position.balance > 0 or states[loan.name].closed_on == when
    ]


def _sheet_row(loan: Any, state: Position, when: date) -> dict[str, Any]:
    due_now = sum((item.unpaid for item in state.instalments if item.row.due == when), Decimal(0))
    return {
        "beneficiary": loan.beneficiary,
        "beneficiary_name": loan.beneficiary_name,
        "loan": loan.name,
        "principal": float(loan.principal),
        "currency": loan.currency,
        "balance": float(state.balance),
        "due_now": float(due_now),
        "overdue": float(state.overdue),
        "to_collect": float(state.overdue + due_now),
        "days_late": state.days_late,
    }


def _empty_row(member: Any) -> dict[str, Any]:
    return {
        "beneficiary": member.beneficiary,
        "beneficiary_name": member.beneficiary_name,
        "loan": None,
        "principal": 0.0,
        "currency": None,
        "balance": 0.0,
        "due_now": 0.0,
        "overdue": 0.0,
        "to_collect": 0.0,
        "days_late": 0,
    }


def _liability(doc: Any, rows: list[dict[str, Any]], when: date) -> dict[str, Decimal]:
    """Share what is overdue among the members of the day who are up to date; who left still owes, and answers for nobody."""
    members = {row.beneficiary: Decimal(0) for row in members_on(doc.name, when)}
    overdue: dict[str, Decimal] = {}
    for row in rows:
        person = row["beneficiary"]
        members[person] = members.get(person, Decimal(0)) + to_decimal(row["principal"])
        if row["overdue"]:
            overdue[person] = overdue.get(person, Decimal(0)) + to_decimal(row["overdue"])
    here = {member.beneficiary for member in members_on(doc.name, when)}
    pairs = [
        (person, principal) for person, principal in members.items() if person in here or person in overdue
    ]
    decimals = decimals_of(next((row["currency"] for row in rows if row["currency"]), None))
    return joint_liability(pairs, overdue, _RULES[doc.liability_rule], decimals)


def _overlap(one: Any, other: Any) -> bool:
    ends_before = one.to_date and getdate(one.to_date) < getdate(other.from_date)
    begins_after = other.to_date and getdate(other.to_date) < getdate(one.from_date)
    return not (ends_before or begins_after)


def _refuse_second_group(doc: Any, row: Any) -> None:
    member, group = frappe.qb.DocType("Solidarity Group Member"), frappe.qb.DocType("Solidarity Group")
    # Asked across all communities, without saying which group it is.
    found = (
        frappe.qb.from_(member)
        .join(group)
        .on(group.name == member.parent)
        .select(group.name)
        .where((member.beneficiary == row.beneficiary) & member.to_date.isnull())
        .where((group.status == "Active") & (group.name != (doc.name or "")))
        .limit(1)
        .run()
    )
    if found:
        _refuse(
            _("{0} already belongs to another solidarity group.").format(
                row.beneficiary_name or row.beneficiary
            )
        )


def _refuse(text: str) -> None:
    frappe.throw(text, title=_("Solidarity Group"))
