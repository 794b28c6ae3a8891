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
DIRECTOR = f"direccion@{DOMAIN}"
PURPOSES = (
    "Compra de materia prima para dos meses.",
    "Compra de animales y concentrado.",
    "Congelador y estantería para el local.",
    "Máquina de coser industrial e hilos.",
    "Ampliación del inventario de la tienda.",
)
# The product that they are asked of; it is the demo's, with the usury modality of loans of this size.
PRODUCT = "Microcrédito popular productivo"
STATES = {
    "draft": "Draft",
    "review": "In Review",
    "committee": "In Committee",
    "rejected": "Rejected",
    "approved": "Approved",
    "declined": "Declined by Borrower",
}
MONTHLY_RATE = 1.9
GUARANTORS: tuple[Values, ...] = (
    {"guarantor_name": "Carmen Alicia Redondo", "relationship": "Vecina", "monthly_income": 1_400_000},
    {"guarantor_name": "Libardo Mengual", "relationship": "Tío", "monthly_income": 1_650_000},
    {"guarantor_name": "Nubia Solano", "relationship": "Comadre", "monthly_income": 1_250_000},
)


@dataclass(frozen=True)
class PlannedLoan:
    """One application: fields, the state it reaches, the decision, and for a loan its day, the months paid and what came then.

    ending: "", "restructured" or "written off". ended_on: the day of it.
    """

    values: Values
    state: str
    decision: Values
    disbursed_on: date | None
    paid_months: int
    ending: str = ""
    ended_on: date | None = None


def plan(family: PlannedFamily, seed: int, today: date, size: int) -> PlannedLoan | None:
    """Return the application of a family, or None for a family without one."""
    outcome = outcomes("loans", seed, size)[family.position]
    if outcome is None:
        return None
    rng = random.Random(f"{seed}:loan:{family.position}")
    amount, periods = rng.randrange(10, 51) * 100_000, 6 if outcome == "paid" else rng.choice((6, 8, 10))
    months = {"on time": rng.randint(1, 4), "late": rng.randint(3, 5), "paid": periods + 1}.get(outcome, 0)
    months = {"restructured": 5, "written off": periods + 1}.get(outcome, months)
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
    if amount > 3_000_000:
        values["guarantors"] = [dict(rng.choice(GUARANTORS))]
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
    paid = {"restructured": 2, "written off": 1}.get(outcome, paid)
    ending = outcome if outcome in ("restructured", "written off") else ""
    ended = today - timedelta(days=20) if ending else None
    return PlannedLoan(values, STATES.get(outcome, "Disbursed"), decision, disbursed, paid, ending, ended)


def write(person: str, unit: str | None, planned: PlannedLoan) -> str:
    """Write an application as its people do: the officer asks and pays out, the committee decides. Returns its name.

    person: the owner of the unit, or the head of the family. unit: name of the Productive Unit, if there is one.
    """
    import frappe

    from social_crm.demo.steps import insert, walk_to
    from social_crm.microcredit.services import warnings
    from social_crm.microcredit.services.declining import decline
    from social_crm.microcredit.services.disbursement import disburse

    user = frappe.session.user
    try:
        frappe.set_user(OFFICER)
        application = insert(
            "Microcredit Application",
            beneficiary=person,
            productive_unit=unit,
            product=PRODUCT,
            **planned.values,
        )
        if planned.state == "Draft":
            return application.name
        decided = planned.state not in ("In Review", "In Committee")
        application = walk_to(application, "In Committee" if decided else planned.state)
        if not decided:
            return application.name
        frappe.set_user(COMMITTEE)
        application.reload()
        application.update(planned.decision)
        application.save()
        walk_to(application, "Rejected" if planned.state == "Rejected" else "Approved")
        if planned.disbursed_on:
            frappe.set_user(OFFICER)
            loan = disburse(application.name, str(planned.disbursed_on))
            repay(loan, planned.paid_months)
            if planned.ended_on:
                _end(loan, planned.ending, planned.ended_on)
            if unit:
                # The visits were made before there was a loan to compare their income with.
                warnings.review(unit)
        if planned.state == STATES["declined"]:
            frappe.set_user(OFFICER)
            decline(application.name, "La familia consiguió el dinero con un pariente.")
        return application.name
    finally:
        frappe.set_user(user)


def _end(loan: str, ending: str, day: date) -> None:
    """Ask for new terms or for a write-off, and let the director approve it."""
    import frappe

    from social_crm.demo.steps import insert, walk_to

    if ending == "restructured":
        terms = {
            "restructured_on": day,
            "reason": "El arroyo dañó la mercancía; el negocio vende menos desde entonces.",
            "method": "Equal Instalment",
            "frequency": "Monthly",
            "periods": 12,
            "monthly_rate": MONTHLY_RATE,
            "first_due": day + timedelta(days=31),
            "arrears_mode": "With the First Instalment",
        }
        doc = insert("Microcredit Restructuring", microcredit=loan, **terms)
    else:
        values = {
            "written_off_on": day,
            "reason": "La persona dejó la región sin contacto.",
        }
        doc = insert("Microcredit Write-off", microcredit=loan, **values)
    requested = walk_to(doc, "Requested")
    frappe.set_user(DIRECTOR)
    walk_to(requested, "Approved")


def repay(loan: str, months: int) -> None:
    """Pay the first instalments of a loan, each on its day."""
    import frappe

    from social_crm.microcredit.services.repayments import record_repayment

    rows = frappe.get_doc("Microcredit", loan).schedule[:months]
    for row in rows:
        record_repayment(loan, row.total, str(min(row.due_date, frappe.utils.getdate())), "Cash")
