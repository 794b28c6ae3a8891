"""Microcredits for tests, made the way people make them: application, committee, disbursement."""

from typing import Any

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, add_months, nowdate

from social_crm import testing_factories as make
from social_crm.microcredit.services import funds
from social_crm.microcredit.services.disbursement import disburse
from social_crm.social_crm import factories as people

COMMUNITY = "Comunidad de crédito"
OFFICER = "oficial.credito@example.com"
COMMITTEE = "comite.credito@example.com"
DIRECTOR = "direccion.credito@example.com"
PLAIN = "Crédito de los ejemplos"


def make_team() -> None:
    """Give the credit officer, the committee member and the director of these tests their roles and the community."""
    people.make_community(COMMUNITY)
    for user, role in (
        (OFFICER, "Credit Officer"),
        (COMMITTEE, "Credit Committee"),
        (DIRECTOR, "Programme Director"),
    ):
        make.make_user(user, role)
        make.assign(user, COMMUNITY)


def make_borrower(community: str = COMMUNITY) -> str:
    """Return a new person who lives in the community of these tests."""
    before = frappe.session.user
    frappe.set_user("Administrator")
    family = people.make_family(1, people.make_community(community))
    frappe.set_user(before)
    return frappe.db.get_value("Family", family, "head")


def make_application(beneficiary: str | None = None, **values: Any) -> Any:
    """Return a new application in Draft, inserted by whoever is logged in."""
    fields = {
        "beneficiary": beneficiary or make_borrower(),
        "application_date": add_days(nowdate(), -120),
        "requested_amount": 3_000_000,
        "requested_periods": 12,
        "monthly_rate": 2,
        "purpose": "Surtir la tienda",
    }
    fields["product"] = values.get("product") or plain_product()
    doc = frappe.get_doc({"doctype": "Microcredit Application", **fields, **values})
    return doc.insert()


def make_approved(**values: Any) -> Any:
    """Return an approved application: written by the officer, decided by the committee."""
    borrower = values.pop("beneficiary", None) or make_borrower()
    before = frappe.session.user
    frappe.set_user(OFFICER)
    doc = make_application(borrower, **values)
    for action in ("Send to Review", "Send to Committee"):
        doc = apply_workflow(doc, action)
    frappe.set_user(COMMITTEE)
    doc.update(
        {
            "approved_amount": doc.requested_amount,
            "approved_periods": doc.requested_periods,
            "committee_minutes": "Acta 7",
            "committee_date": add_days(nowdate(), -100),
        }
    )
    doc.save()
    doc = apply_workflow(doc, "Approve")
    frappe.set_user(before)
    return doc


def make_loan(days_ago: int = 100, **values: Any) -> Any:
    """Return a loan disbursed some days ago, its first instalment due a month after that."""
    application = make_approved(**values)
    before = frappe.session.user
    frappe.set_user(OFFICER)
    name = disburse(application.name, add_days(nowdate(), -days_ago))
    frappe.set_user(before)
    return frappe.get_doc("Microcredit", name)


def make_fund(amount: float, programme: str | None = None) -> Any:
    """Return an open fund with some money, of a programme or of a new one."""
    if not programme:
        programme = (
            frappe.get_doc(
                {
                    "doctype": "Social Programme",
                    "programme_name": f"Programa {frappe.generate_hash(length=6)}",
                    "status": "Running",
                    "start_date": add_days(nowdate(), -400),
                }
            )
            .insert()
            .name
        )
    doc = frappe.get_doc(
        {
            "doctype": "Microcredit Fund",
            "fund_name": f"Fondo {frappe.generate_hash(length=6)}",
            "programme": programme,
            "currency": "COP",
        }
    ).insert()
    funds.contribute(doc.name, amount)
    return doc.reload() or doc


def make_restructuring(loan: str, **values: Any) -> Any:
    """Return the draft of a restructuring to 18 months, inserted by whoever is logged in."""
    fields = {
        "microcredit": loan,
        "reason": "Perdió la cosecha",
        "method": "Equal Instalment",
        "frequency": "Monthly",
        "periods": 18,
        "monthly_rate": 2,
        "first_due": add_months(nowdate(), 1),
        "arrears_mode": "With the First Instalment",
    }
    return frappe.get_doc({"doctype": "Microcredit Restructuring", **fields, **values}).insert()


def plain_product() -> str:
    """Return the product of the examples, which lends on any day: without a usury cap, for a reason."""
    if not frappe.db.exists("Microcredit Product", PLAIN):
        before = frappe.session.user
        frappe.set_user("Administrator")
        make_product(PLAIN)
        frappe.set_user(before)
    return PLAIN


def make_product(name: str = "Producto de prueba", **values: Any) -> str:
    """Return a product: that of the examples (equal instalment, monthly, 2 % a month), unless values say otherwise."""
    fields = {
        "method": "Equal Instalment",
        "frequency": "Monthly",
        "day_count": "30/360",
        "rate_period": "Monthly",
        "interest_rate": 2,
        "rest_sunday": 1,
    }
    if not values.get("modality"):
        fields["cap_exception"] = "Pruebas: se presta en días sin tope certificado."
    doc = frappe.get_doc({"doctype": "Microcredit Product", "product_name": name, **fields, **values})
    return doc.insert().name


def make_cap(modality: str, valid_from: str, valid_to: str, cap: float) -> str:
    """Return the usury cap of a modality for a period that has none."""
    values = {"modality": modality, "valid_from": valid_from, "valid_to": valid_to, "cap": cap}
    doc = frappe.get_doc({"doctype": "Microcredit Usury Cap", "source": "Pruebas", **values})
    return doc.insert().name


def make_session(*applications: str, members: tuple[str, ...] = (), **values: Any) -> Any:
    """Return an open session of the committee with these applications, chaired by its first member."""
    users = members or (COMMITTEE,)
    fields = {"meeting_date": nowdate(), "community": COMMUNITY, "chair": users[0]}
    doc = frappe.get_doc({"doctype": "Microcredit Committee", **fields, **values})
    doc.set("members", [{"user": user, "attends": 1} for user in users])
    doc.set("agenda", [{"application": name} for name in applications])
    return doc.insert()
