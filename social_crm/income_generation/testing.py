"""Records that the tests of productive units and of the fund need; each call makes new ones."""

import frappe


def make_community(name: str) -> str:
    """Return a community of this name, created with its municipality when it does not exist."""
    for code, division, level in (("44", "La Guajira", "Department"), ("44078", "Barrancas", "Municipality")):
        if not frappe.db.exists("Territorial Division", code):
            frappe.get_doc(
                {
                    "doctype": "Territorial Division",
                    "code": code,
                    "division_name": division,
                    "level": level,
                    "parent_division": "44" if level == "Municipality" else None,
                }
            ).insert()
    if not frappe.db.exists("Community", name):
        frappe.get_doc(
            {"doctype": "Community", "community_name": name, "kind": "Resettled", "municipality": "44078"}
        ).insert()
    return name


def make_programme(name: str = "Programme of the Tests") -> str:
    """Return a programme of this name, created when it does not exist."""
    if not frappe.db.exists("Social Programme", name):
        frappe.get_doc(
            {
                "doctype": "Social Programme",
                "programme_name": name,
                "status": "Running",
                "start_date": "2020-01-01",
            }
        ).insert()
    return name


def make_person(community: str, first_name: str = "Ana") -> str:
    """Return a new person who lives in a community."""
    person = frappe.get_doc(
        {
            "doctype": "Beneficiary",
            "first_name": first_name,
            "first_surname": "Prueba",
            "second_surname": frappe.generate_hash(length=8),
            "status": "Active",
            "no_document_reason": "A person of the tests",
        }
    ).insert()
    # Where a person lives follows from a family; here it is set outright, because only the place matters.
    frappe.db.set_value("Beneficiary", person.name, "community", community)
    return person.name


def make_unit(beneficiary: str, **values):
    """Return a new productive unit."""
    return frappe.get_doc(
        {
            "doctype": "Productive Unit",
            "unit_name": "Unidad de prueba",
            "beneficiary": beneficiary,
            "programme": make_programme(),
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
            "programme": make_programme(),
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
    """Register the minimum wage of a year unless it is registered."""
    if not frappe.db.exists("Minimum Wage", str(year)):
        frappe.get_doc(
            {"doctype": "Minimum Wage", "year": year, "monthly_value": monthly_value, "source": "Tests"}
        ).insert()


def make_user(email: str, role: str, community: str | None = None, programme: str | None = None) -> str:
    """Return a user with one role, assigned to a community, to a programme, to both or to neither."""
    if not frappe.db.exists("User", email):
        frappe.get_doc(
            {
                "doctype": "User",
                "email": email,
                "first_name": role,
                "send_welcome_email": 0,
                "roles": [{"role": role}],
            }
        ).insert()
    if community or programme:
        frappe.get_doc(
            {
                "doctype": "Staff Assignment",
                "user": email,
                "community": community,
                "programme": programme,
                "from_date": "2020-01-01",
            }
        ).insert()
    return email
