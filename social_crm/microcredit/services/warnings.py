"""Early warnings: a follow-up that shows falling income becomes a commitment of the officer, once, and back when corrected.

The commitment carries the follow-up in a unique key, so there is one a visit whatever is saved how often. Corrected visits
withdraw it, a withdrawn one comes back when the visit shows it again; what a person closed stays closed.
"""

from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import add_days, getdate, nowdate

from social_crm.microcredit.domain import business as domain
from social_crm.microcredit.domain.business import BELOW_INSTALMENTS, EarlyWarning, WarningRule
from social_crm.microcredit.services import business, loans
from social_crm.microcredit.services.money import money_text
from social_crm.permissions import may_read
from social_crm.social_crm.services.programme_rules import rules_as_of

RAISED, WITHDRAWN = "Raised", "Withdrawn"
# Days that the officer has to look into it.
_DAYS = 7
_OWING = ("Active", "In Arrears")


def visit_changed(visit: Any, method: str | None = None) -> None:
    """Look again at a unit after one of its follow-ups was written, changed or deleted; events of the follow-up."""
    if method == "on_change" and visit.flags.in_delete:
        return
    review(visit.productive_unit)


def review(unit: str) -> None:
    """Raise, bring up to date or withdraw the warnings of a unit: that of its last visit, and those raised before."""
    known = _known(unit)
    owing = _loans_of(unit)
    if not owing and not known:
        return
    rows = _visits(unit)
    visits = business.visits_of(rows)
    books = loans.read([loan.name for loan in owing])
    last = visits[-1].key if visits else None
    for number, visit in enumerate(visits):
        raised = known.pop(visit.key, None)
        if not raised and (visit.key != last or not _is_fresh(visit)):
            continue
        found = None
        if owing:
            due = business.due_in_month(books.values(), visit.day)
            found = domain.early_warning(visit, visits[:number], due, _rule(visit))
        if found:
            _raise(raised, found, rows[number], owing)
        elif raised and owing:
            _withdraw(raised, _("The follow-up was corrected: it shows no falling income."))
    for raised in known.values():
        _withdraw(raised, _("The follow-up was deleted."))


def _rule(visit: Any) -> WarningRule:
    figures = rules_as_of(visit.day)
    return WarningRule(
        figures.warn_below_instalments, figures.warn_fall_percent / 100, figures.warn_fall_visits
    )


def _is_fresh(visit: Any) -> bool:
    """An old visit that is entered late tells of the past: it vouches for nothing, and warns of nothing."""
    today = getdate()
    return visit.day >= today - timedelta(days=rules_as_of(today).unverified_after_days)


def _loans_of(unit: str) -> list[Any]:
    # A warning rests on all loans of the unit, whoever wrote the visit.
    return frappe.get_all(
        "Microcredit",
        filters={"productive_unit": unit, "status": ["in", _OWING]},
        fields=["name", "beneficiary", "beneficiary_name", "programme", "credit_officer", "currency"],
        order_by="balance desc, name asc",
    )


def _visits(unit: str) -> list[Any]:
    # As above.
    return frappe.get_all(
        "Productive Unit Follow-up",
        filters={"productive_unit": unit},
        fields=[
            "name",
            "productive_unit",
            "visit_date",
            "operating",
            "sales",
            "costs",
            "income",
            "visited_by",
            "owner",
        ],
        order_by="visit_date asc, creation asc, name asc",
    )


def _known(unit: str) -> dict[str, Any]:
    table = DocType("Commitment")
    rows = (
        frappe.qb.from_(table)
        .select(table.name, table.warning_key, table.warning_state, table.status)
        .where((table.productive_unit == unit) & table.warning_key.notnull() & (table.warning_key != ""))
        # Two who save visits of a unit at once wait for each other.
        .for_update()
        .run(as_dict=True)
    )
    return {row.warning_key: row for row in rows}


def _raise(raised: Any, found: EarlyWarning, row: Any, owing: list[Any]) -> None:
    loan = owing[0]
    text = describe(found, row, owing)
    if raised:
        doc = frappe.get_doc("Commitment", raised.name)
        if doc.warning_state == WITHDRAWN:
            doc.update({"status": "Open", "warning_state": RAISED, "outcome": None})
        elif doc.status != "Open" or doc.description == text:
            return
        doc.description = text
        # The warning follows from the visit; who writes visits need not look after commitments.
        doc.save(ignore_permissions=True)
        return
    unit_name = frappe.db.get_value("Productive Unit", row.productive_unit, "unit_name")
    doc = frappe.new_doc("Commitment")
    doc.update(
        {
            "subject": _("Falling income: visit {0} and its microcredit").format(unit_name)[:140],
            "due_date": add_days(nowdate(), _DAYS),
            "responsible_party": "Staff",
            "responsible": _responsible(loan, row),
            "beneficiary": loan.beneficiary,
            "programme": loan.programme,
            "reference_doctype": "Microcredit",
            "reference_name": loan.name,
            "productive_unit": row.productive_unit,
            "warning_key": row.name,
            "warning_state": RAISED,
            "description": text,
        }
    )
    # As above.
    doc.insert(ignore_permissions=True)


def _withdraw(raised: Any, why: str) -> None:
    if raised.warning_state == WITHDRAWN:
        return
    doc = frappe.get_doc("Commitment", raised.name)
    doc.warning_state = WITHDRAWN
    if doc.status == "Open":
        doc.update({"status": "Cancelled", "outcome": why})
    # The warning follows from the visit; see above.
    doc.save(ignore_permissions=True)


def describe(found: EarlyWarning, row: Any, owing: list[Any]) -> str:
    """Return in words what a visit shows, with the figures on which it rests."""
    currency = owing[0].currency
    said = [
        _("Visit of {0}: income {1}.").format(
            frappe.format(row.visit_date, {"fieldtype": "Date"}), money_text(found.income, currency)
        )
    ]
    for reason in found.reasons:
        if reason == BELOW_INSTALMENTS:
            said.append(
                _("It is below the instalments of the month, {0}.").format(money_text(found.due, currency))
            )
        else:
            said.append(
                _("It fell by {0} % against the mean of the visits before it, {1}.").format(
                    round((found.fall or 0) * 100), money_text(round(found.mean or 0), currency)
                )
            )
    said.append(_("Microcredits: {0}.").format(", ".join(loan.name for loan in owing)))
    return " ".join(said)


def _responsible(loan: Any, row: Any) -> str:
    """Return the officer of the loan, or who visited, or who writes: the first who may see the person."""
    for user in (loan.credit_officer, row.visited_by, row.owner):
        if (
            user
            and frappe.db.get_value("User", user, "enabled")
            and frappe.has_permission("Commitment", "read", user=user)
            and may_read("Beneficiary", loan.beneficiary, user)
        ):
            return user
    return frappe.session.user
