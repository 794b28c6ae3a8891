"""What a contract and a promissory note say of a loan: the terms, schedule and rates as they were signed."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import get_datetime, getdate

from social_crm import permissions
from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.rates import effective_annual_rate, nominal_annual
from social_crm.microcredit.domain.schedule import Schedule, Terms, build, true_annual_rate
from social_crm.microcredit.services import loans, offers, products, schedules
from social_crm.microcredit.services.documents.parties import parties_of
from social_crm.microcredit.services.money import to_decimal

_HUNDRED = Decimal(100)


def agreement_of(loan: Any) -> dict[str, Any]:
    """Return what was agreed about a loan, for its contract and its promissory note.

    Rates are percentages. default_rate: effective a year as agreed, 0 where none was. cap: as `offers.described_cap`.
    changes: restructurings in force since, oldest first: (day, schedule version).
    Errors: no permission to read the loan or its application; the loan keeps no terms.
    """
    permissions.require("Microcredit", "read", loan.name)
    terms = loans.agreed_terms(loan.name, loan.terms)
    policy = stored.policy_from_json(json.loads(loan.policy or "{}"))
    schedule = signed_schedule(loan, terms)
    version = products.read(loan.product_version) if loan.product_version else None
    return {
        "parties": parties_of(loan),
        "decimals": terms.decimals,
        "purpose": frappe.db.get_value("Microcredit Application", loan.application, "purpose") or "",
        "disbursements": disbursements_of(loan.name),
        "net": schedule.net,
        "amount": schedule.amount,
        "rows": schedules.table_of(schedule.rows),
        "first_due": schedule.rows[0].due,
        "last_due": schedule.rows[-1].due,
        "level": _level(schedule),
        "total_interest": schedule.total_interest,
        "total_charges": sum((row.fees + row.insurance for row in schedule.rows), Decimal(0)),
        "total": schedule.total,
        **described(terms),
        **rates_of(terms, schedule),
        # The cap that it was judged by, whatever was registered since.
        "cap": offers.described_cap(
            version.values.get("modality") if version else None,
            schedule,
            known_at=get_datetime(loan.creation),
        ),
        "default_rate": version.amount("default_rate") if version and policy.default_rates else Decimal(0),
        "order": list(policy.order),
        "changes": _changes(loan.name),
    }


def described(terms: Terms) -> dict[str, Any]:
    """Return the terms of a loan as the documents name them; the wording of each is theirs."""
    return {
        "method": terms.method,
        "frequency": terms.frequency,
        "day_count": terms.day_count,
        "principal_grace": terms.principal_grace,
        "total_grace": terms.total_grace,
        "capitalise": terms.capitalise,
        "holiday_rule": terms.holiday_rule,
        "insurance_per_mil": terms.insurance_per_mil,
        "fees": [
            {
                "name": fee.name,
                "when": fee.when,
                "kind": fee.kind,
                "value": fee.value * _HUNDRED if fee.kind == "share" else fee.value,
            }
            for fee in terms.fees
        ],
    }


def rates_of(terms: Terms, schedule: Schedule) -> dict[str, Any]:
    """Return the rates of a schedule in percent: as quoted, nominal and effective a year, and the true one."""
    return {
        "rate": terms.rate * _HUNDRED,
        "rate_period": terms.rate_period,
        "nominal_rate": nominal_annual(terms.rate, terms.rate_period, terms.frequency) * _HUNDRED,
        "effective_rate": effective_annual_rate(terms.rate, terms.rate_period, terms.frequency) * _HUNDRED,
        "true_rate": true_annual_rate(schedule) * _HUNDRED,
    }


def signed_schedule(loan: Any, terms: Terms) -> Schedule:
    """Return the schedule of a loan with the rows that were signed."""
    schedule = build(terms)
    rows = stored.rows_from_json(json.loads(loan.signed_rows or "[]"))
    if not rows:
        return schedule
    return replace(
        schedule,
        rows=rows,
        total_interest=sum((row.interest for row in rows), Decimal(0)),
        total=sum((row.total for row in rows), Decimal(0)),
    )


def _level(schedule: Schedule) -> Decimal | None:
    """The amount that all instalments but the last have in common, or None."""
    totals = {row.total for row in schedule.rows[:-1]} or {schedule.rows[-1].total}
    return totals.pop() if len(totals) == 1 else None


def disbursements_of(loan: str) -> list[dict[str, Any]]:
    """Return the money that was handed over and not taken back, oldest first."""
    rows = frappe.get_list(
        "Microcredit Disbursement",
        filters={"microcredit": loan, "docstatus": 1},
        fields=["name", "disbursed_on", "amount"],
        order_by="disbursed_on asc, name asc",
        limit_page_length=0,
    )
    return [
        {"name": row.name, "day": getdate(row.disbursed_on), "amount": to_decimal(row.amount)} for row in rows
    ]


def _changes(loan: str) -> list[dict[str, Any]]:
    rows = frappe.get_list(
        "Microcredit Restructuring",
        filters={"microcredit": loan, "docstatus": 1},
        fields=["name", "restructured_on", "schedule_version"],
        order_by="restructured_on asc, name asc",
        limit_page_length=0,
    )
    return [
        {"name": row.name, "day": getdate(row.restructured_on), "version": row.schedule_version}
        for row in rows
    ]
