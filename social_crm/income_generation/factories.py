"""Records for the tests of productive units and of the higher-education fund, as the Desk makes them."""

import frappe

from social_crm.social_crm.factories import make_family, make_programme, members
from social_crm.testing_factories import assign, make_user

PROGRAMME = "Programme of the Tests"


def make_resident(community: str) -> str:
    """Return a new person, the head of a new family in a community."""
    return members(make_family(1, community), frappe.utils.nowdate())[0]


def make_staff(email: str, role: str, community: str | None = None) -> str:
    """Return a user with one role, assigned to a community when one is given."""
    user = make_user(email, role)
    if community:
        assign(user, community)
    return user


def make_unit(beneficiary: str, **values):
    """Return a new productive unit."""
    return frappe.get_doc(
        {
            "doctype": "Productive Unit",
            "unit_name": "Unidad de prueba",
            "beneficiary": beneficiary,
            "programme": make_programme(PROGRAMME),
            "kind": "New",
            "activity_sector": "Food",
            **values,
        }
    ).insert()


def make_visit(unit: str, visit_date, operating: str = "Yes", **values):
    """Return a new follow-up visit."""
    return frappe.get_doc(
        {
            "doctype": "Productive Unit Follow-up",
            "productive_unit": unit,
            "visit_date": visit_date,
            "operating": operating,
            **values,
        }
    ).insert()


def make_student(beneficiary: str, **values):
    """Return a new student of the fund."""
    return frappe.get_doc(
        {
            "doctype": "FES Student",
            "beneficiary": beneficiary,
            "programme": make_programme(PROGRAMME),
            "institution": "Universidad de La Guajira",
            "academic_programme": "Trabajo Social",
            "registered_on": "2024-01-15",
            **values,
        }
    ).insert()


def make_semester(student: str, period: str, **values):
    """Return a new semester of a student."""
    return frappe.get_doc(
        {"doctype": "FES Semester", "fes_student": student, "period": period, **values}
    ).insert()


def make_minimum_wage(year: int, monthly_value: int) -> None:
    """Register the minimum wage of a year, or set it when it is registered."""
    if frappe.db.exists("Minimum Wage", str(year)):
        frappe.db.set_value("Minimum Wage", str(year), "monthly_value", monthly_value)
        return
    frappe.get_doc(
        {"doctype": "Minimum Wage", "year": year, "monthly_value": monthly_value, "source": "Tests"}
    ).insert()
