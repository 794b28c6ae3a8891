"""Small real records for tests: one function a DocType, everything with a sensible default.

Every factory inserts as whoever is logged in, past the role permissions: a test that is about permissions builds its
rows first and then changes the user.
"""

from typing import Any

import frappe
from frappe.utils import nowdate

TEST_CUT_OFF = "2020-01-01"


def make(doctype: str, **values: Any) -> Any:
    """Insert one document past the role permissions and return it."""
    # Test data: who may create what is the subject of the tests, not of the rows they stand on.
    return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def make_municipality(code: str = "99999") -> str:
    """Return the name of a territorial division made for tests."""
    if not frappe.db.exists("Territorial Division", code):
        make("Territorial Division", code=code, division_name=f"Municipio {code}", level="Municipality")
    return code


def make_community(name: str, **values: Any) -> Any:
    """Insert a community, or return the one of that name."""
    if frappe.db.exists("Community", name):
        return frappe.get_doc("Community", name)
    values = {"kind": "Resettled", "municipality": make_municipality(), **values}
    return make("Community", community_name=name, **values)


def make_programme(name: str, communities: tuple[str, ...] = (), **values: Any) -> Any:
    """Insert a programme that works in the given communities."""
    rows = [{"community": community} for community in communities]
    values = {"status": "Running", "start_date": TEST_CUT_OFF, **values}
    return make("Social Programme", programme_name=name, communities=rows, **values)


def make_family(community: str, name: str = "Familia de prueba", **values: Any) -> Any:
    """Insert a family without members in a community."""
    values = {"status": "Active", "registered_on": nowdate(), **values}
    return make("Family", family_name=name, community=community, **values)


def make_person(family: Any, first_name: str = "Ana", first_surname: str = "Prueba", **values: Any) -> Any:
    """Insert a person and place them in a family as the membership of today would."""
    values = {"status": "Active", "no_document_reason": "Test", **values}
    person = make("Beneficiary", first_name=first_name, first_surname=first_surname, **values)
    # Family and community of a person are computed from dated membership; tests of permissions need only the result.
    person.db_set({"family": family.name, "community": family.community})
    return person


def make_user(email: str, *roles: str) -> str:
    """Insert a user of the Desk with the given roles, or give an existing one exactly these; return the name."""
    if frappe.db.exists("User", email):
        user = frappe.get_doc("User", email)
        user.roles = []
    else:
        user = frappe.new_doc("User")
        user.update({"email": email, "first_name": email.split("@")[0], "send_welcome_email": 0})
    user.flags.no_welcome_mail = True
    user.flags.ignore_password_policy = True
    for role in roles:
        user.append("roles", {"role": role})
    # Test data, see the top of this file.
    user.save(ignore_permissions=True)
    if "System Manager" not in roles:
        # Frappe makes the first user of a site a System Manager, asked or not.
        frappe.db.delete("Has Role", {"parent": email, "role": "System Manager"})
    frappe.clear_cache(user=email)
    return user.name


def assign(user: str, community: str | None = None, programme: str | None = None, **values: Any) -> Any:
    """Insert a staff assignment that is live today."""
    values = {"from_date": TEST_CUT_OFF, **values}
    return make("Staff Assignment", user=user, community=community, programme=programme, **values)
