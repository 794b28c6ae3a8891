"""Use cases of productive units: their state as of a date, their closing, and the rate of active units.

The rules are in `domain/activity.py`; here records are read, handed to them, and the answers stored or shown.
"""

from datetime import date, timedelta
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.income_generation import stages
from social_crm.income_generation.domain.activity import (
    ActiveUnitRate,
    Closing,
    UnitHistory,
    UnitStatus,
    Visit,
    active_unit_rate,
    status_as_of,
)
from social_crm.social_crm.services.programme_rules import rules_as_of

UNIT = "Productive Unit"
FOLLOW_UP = "Productive Unit Follow-up"


def unverified_after_days(as_of: date) -> int:
    """Return for how many days a visit vouched for a unit by the rules in force on a day."""
    return rules_as_of(as_of).unverified_after_days


def today() -> date:
    """Return the present day of the site's time zone."""
    return getdate(nowdate())


def _history(unit: dict, visits: list[dict], closings: list[dict]) -> UnitHistory:
    return UnitHistory(
        getdate(unit.get("started_on")) if unit.get("started_on") else None,
        tuple(
            Closing(getdate(row.closed_on), getdate(row.reopened_on) if row.reopened_on else None)
            for row in closings
        ),
        tuple(Visit(getdate(row.visit_date), row.operating == "Yes") for row in visits),
    )


def _visits_of(unit: str) -> list[dict]:
    # The state of a unit rests on all its visits, whoever may read them.
    return frappe.get_all(
        FOLLOW_UP,
        filters={"productive_unit": unit},
        fields=["visit_date", "operating", "next_visit"],
        order_by="visit_date asc, creation asc, name asc",
    )


def derived_fields(unit: dict, as_of: date | None = None) -> dict:
    """Return the fields of a unit that follow from its dates, closings and visits: status, last_follow_up, next_visit."""
    as_of = as_of or today()
    visits = _visits_of(unit["name"]) if unit.get("name") else []
    history = _history(unit, visits, unit.get("closings") or [])
    status = status_as_of(history, as_of, unverified_after_days(as_of))
    done = [visit for visit in visits if getdate(visit.visit_date) <= as_of]
    return {
        "status": status.value,
        "last_follow_up": done[-1].visit_date if done else None,
        "next_visit": done[-1].next_visit if done and status is not UnitStatus.CLOSED else None,
    }


def refresh_unit(name: str) -> None:
    """Bring the derived fields of a unit up to date after one of its visits was written, changed or deleted."""
    unit = frappe.db.get_value(UNIT, name, ["name", "started_on"], as_dict=True)
    if unit:
        # The state of a unit rests on all its closings, whoever may read them.
        unit.closings = stages.closings_of(frappe.get_all, [name]).get(name)
        frappe.db.set_value(UNIT, name, derived_fields(unit), update_modified=False)


def refresh_all_units() -> int:
    """Bring the stored status of every unit up to date: each day some pass the term. Returns how many changed.

    The stored status serves lists and filters only; rates and reports are reckoned anew from the visits.
    """
    days = unverified_after_days(today())
    # A nightly job works on every unit, for everybody.
    units = frappe.get_all(UNIT, fields=["name", "started_on", "status"], limit_page_length=0)
    # As above.
    closings = stages.closings_of(frappe.get_all)
    visits = _recent_visits(frappe.get_all, today(), days)
    changed = 0
    for unit in units:
        status = status_as_of(
            _history(unit, visits.get(unit.name, []), closings.get(unit.name, [])), today(), days
        ).value
        if status != unit.status:
            frappe.db.set_value(UNIT, unit.name, "status", status, update_modified=False)
            changed += 1
    return changed


def _recent_visits(read, as_of: date, days: int) -> dict[str, list[dict]]:
    """Return the visits of the term that ends on `as_of`, by unit, oldest first. Older ones vouch for nothing.

    read: frappe.get_list for what a user sees, frappe.get_all for what the site computes.
    """
    rows = read(
        FOLLOW_UP,
        filters={"visit_date": ["between", [as_of - timedelta(days=days), as_of]]},
        fields=["productive_unit", "visit_date", "operating"],
        order_by="visit_date asc, creation asc, name asc",
        limit_page_length=0,
    )
    return stages.by_unit(rows, "productive_unit")


def units_with_status(as_of: date, filters: dict | None = None, unstarted: bool = False) -> list[dict]:
    """Return the units the user may see, each with its status as of a date and the person's present community.

    filters: `programme` and `community`, both optional.
    unstarted: whether units that had not started by then are returned too.
    """
    filters = filters or {}
    days = unverified_after_days(as_of)
    wanted = {"programme": filters["programme"]} if filters.get("programme") else {}
    units = frappe.get_list(
        UNIT,
        filters=wanted,
        fields=[
            "name",
            "unit_name",
            "beneficiary",
            "beneficiary.full_name as person",
            "beneficiary.community as present_community",
            "programme",
            "workflow_state",
            "started_on",
            "closed_on",
            "last_follow_up",
            "next_visit",
            "investment",
        ],
        order_by="name asc",
        limit_page_length=0,
    )
    if filters.get("community"):
        units = [unit for unit in units if unit.present_community == filters["community"]]
    visits = _recent_visits(frappe.get_list, as_of, days)
    # Rows of a table have no permission of their own: only those of the units above are used.
    closings = stages.closings_of(frappe.get_all)
    for unit in units:
        unit.history = _history(unit, visits.get(unit.name, []), closings.get(unit.name, []))
        unit.status = status_as_of(unit.history, as_of, days)
    return [unit for unit in units if unstarted or unit.status is not UnitStatus.NOT_STARTED]


def active_rate(as_of: date, filters: dict | None = None) -> ActiveUnitRate:
    """Return the rate of active units among those the user may see, as of a date."""
    units = units_with_status(as_of, filters)
    return active_unit_rate((unit.history for unit in units), as_of, unverified_after_days(as_of))


@frappe.whitelist()
def active_unit_rate_card(filters: str | dict | list | None = None) -> dict | str:
    """Return what the number card of the rate of active units shows, reckoned from the records the user may see."""
    if not frappe.has_permission(UNIT, "read"):
        frappe.throw(_("You may not read productive units."), frappe.PermissionError)
    rate = active_rate(today())
    if rate.percent is None:
        return "—"
    return {
        "value": float(rate.percent),
        "fieldtype": "Percent",
        "route": ["query-report", "Active Productive Units"],
    }


@frappe.whitelist()
def follow_up_series(productive_unit: str) -> list[dict]:
    """Return the visits of a unit, oldest first, for its form and its chart; only those the user may read."""
    frappe.get_doc(UNIT, productive_unit).check_permission("read")
    return frappe.get_list(
        FOLLOW_UP,
        filters={"productive_unit": productive_unit},
        fields=[
            "name",
            "visit_date",
            "operating",
            "sales",
            "costs",
            "income",
            "jobs",
            "findings",
            "recommendations",
            "next_visit",
            "visited_by",
        ],
        order_by="visit_date asc, creation asc, name asc",
        limit_page_length=0,
    )


@frappe.whitelist(methods=["POST"])
def close_unit(productive_unit: str, closed_on: str, closing_reason: str, closing_notes: str = "") -> dict:
    """Close a unit with its reason and date, in one step. The workflow decides who may."""
    unit = frappe.get_doc(UNIT, productive_unit)
    unit.check_permission("write")
    unit.update({"closed_on": closed_on, "closing_reason": closing_reason, "closing_notes": closing_notes})
    stages.close(unit)
    return unit.as_dict()


def exact(value: float | int | str | None) -> Decimal:
    """Return an amount as the framework holds it as the exact number that was entered."""
    return Decimal(str(value or 0))


def check_unit(unit) -> None:
    """Refuse a unit whose dates or stage contradict each other. Raises frappe.ValidationError in plain words."""
    now = today()
    title = _("The dates of the productive unit")
    started, closed = (
        getdate(unit.get(field)) if unit.get(field) else None for field in ("started_on", "closed_on")
    )
    if started and started > now:
        frappe.throw(_("The day on which the unit started cannot lie in the future."), title=title)
    if closed and closed > now:
        frappe.throw(_("The day of closing cannot lie in the future."), title=title)
    if closed and started and closed < started:
        frappe.throw(_("The unit cannot close before the day on which it started."), title=title)
    if unit.stage_group == stages.OPERATION and not started:
        frappe.throw(
            _("Enter the day on which the unit started before it goes on to {0}.").format(
                _(unit.workflow_state)
            ),
            frappe.MandatoryError,
            title=title,
        )


def check_follow_up(visit) -> None:
    """Refuse a visit that cannot have been. Raises frappe.ValidationError in plain words."""
    title = _("The dates of the visit")
    if getdate(visit.visit_date) > today():
        frappe.throw(
            _("A visit is registered once it has taken place: its day lies in the future."), title=title
        )
    if visit.next_visit and getdate(visit.next_visit) <= getdate(visit.visit_date):
        frappe.throw(_("The next visit must come after this one."), title=title)
    closed_on = frappe.db.get_value(UNIT, visit.productive_unit, "closed_on")
    if closed_on and getdate(visit.visit_date) > getdate(closed_on):
        frappe.throw(
            _("The unit closed on {0}: a visit after that day cannot be registered.").format(
                frappe.format(closed_on, {"fieldtype": "Date"})
            ),
            title=title,
        )
