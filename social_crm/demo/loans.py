"""Microcredits: applications in every state, loans on time, late and paid."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from social_crm.demo import places
from social_crm.demo.people import PlannedFamily
from social_crm.demo.quotas import outcomes
from social_crm.demo.users import DOMAIN

Values = dict[str, Any]
OFFICER = f"credito@{DOMAIN}"
COMMITTEE = f"comite@{DOMAIN}"
PURPOSES = (
    "Compra de materia prima para dos meses.",
    "Compra de animales y concentrado.",
    "Congelador y estantería para el local.",
    "Máquina de coser industrial e hilos.",
    "Ampliación del inventario de la tienda.",
)
STATES = {
    "draft": "Draft",
    "review": "In Review",
    "committee": "In Committee",
    "rejected": "Rejected",
    "approved": "Approved",
}
MONTHLY_RATE = 1.9


@dataclass(frozen=True)
class PlannedLoan:
    """One application: fields, the state it reaches, the decision, and for a loan its day and the months paid."""

    values: Values
    state: str
    decision: Values
    disbursed_on: date | None
    paid_months: int


def plan(family: PlannedFamily, seed: int, today: date, size: int) -> PlannedLoan | None:
    """Return the application of a family, or None for a family without one."""
    outcome = outcomes("loans", seed, size)[family.position]
    if outcome is None:
        return None
    rng = random.Random(f"{seed}:loan:{family.position}")
    amount, periods = rng.randrange(10, 51) * 100_000, 6 if outcome == "paid" else rng.choice((6, 8, 10))
    months = {"on time": rng.randint(1, 4), "late": rng.randint(3, 5), "paid": periods + 1}.get(outcome, 0)
    disbursed = today - timedelta(days=31 * months + rng.randint(3, 20)) if months else None
    decided = (disbursed or today) - timedelta(days=4)
    income = rng.randrange(12, 26) * 100_000
    values: Values = {
        "programme": places.GENERAL,
        "application_date": decided - timedelta(days=rng.randint(8, 25)),
        "credit_officer": OFFICER,
        "requested_amount": amount,
        "requested_periods": periods,
        "purpose": rng.choice(PURPOSES),
        "monthly_income": income,
        "monthly_expenses": int(income * rng.uniform(0.5, 0.7)) // 10_000 * 10_000,
        "monthly_rate": MONTHLY_RATE,
    }
    if outcome == "rejected":
        decision: Values = {"rejection_reason": "El flujo del negocio no cubre la cuota solicitada."}
    else:
        decision = {
            "approved_amount": amount,
            "approved_periods": periods,
            "committee_minutes": f"Comité {rng.randint(3, 40):02d}",
            "committee_date": decided,
        }
    paid = {"on time": months, "late": rng.randint(0, max(0, months - 3)), "paid": periods}.get(outcome, 0)
    return PlannedLoan(values, STATES.get(outcome, "Disbursed"), decision, disbursed, paid)


def write(person: str, unit: str | None, planned: PlannedLoan) -> None:
    """Write an application as its people do: the officer asks and pays out, the committee decides.

    person: the owner of the unit, or the head of the family. unit: name of the Productive Unit, if there is one.
    """
    import frappe

    from social_crm.demo.steps import insert, walk_to
    from social_crm.microcredit.services.disbursement import disburse

    user = frappe.session.user
    try:
        frappe.set_user(OFFICER)
        application = insert(
            "Microcredit Application", beneficiary=person, productive_unit=unit, **planned.values
        )
        if planned.state == "Draft":
            return
        decided = planned.state in ("Approved", "Rejected", "Disbursed")
        application = walk_to(application, "In Committee" if decided else planned.state)
        if not decided:
            return
        frappe.set_user(COMMITTEE)
        application.reload()
        application.update(planned.decision)
        application.save()
        walk_to(application, "Rejected" if planned.state == "Rejected" else "Approved")
        if planned.disbursed_on:
            frappe.set_user(OFFICER)
            loan = disburse(application.name, str(planned.disbursed_on))
            _repay(loan, planned.paid_months)
    finally:
        frappe.set_user(user)


def _repay(loan: str, months: int) -> None:
    import frappe

    from social_crm.microcredit.services.repayments import record_repayment

    rows = frappe.get_doc("Microcredit", loan).schedule[:months]
    for row in rows:
        record_repayment(loan, row.total, str(min(row.due_date, frappe.utils.getdate())), "Cash")
