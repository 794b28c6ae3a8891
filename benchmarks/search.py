"""What finding a person costs among many, for who sees everybody and for a Gestor of two communities.

The fictional community is copied until there are SOCIAL_CRM_SEARCH_FAMILIES families (2,070 unless told, about 9,600 persons).
The basis is the bare read of the same row by its primary key.
"""

import os

import frappe

from social_crm import demo, search

FAMILIES = int(os.environ.get("SOCIAL_CRM_SEARCH_FAMILIES", "2070"))
GESTOR = "gestor@benchmark.example"
NOBODY = "Zzyzx Inexistente"
PERSON: dict[str, str] = {}


def prepare() -> None:
    """Many families, and a Gestor who is assigned to the communities of one person and of nobody else."""
    demo.load(families=FAMILIES)
    # The benchmark measures as Administrator and as the Gestor; which person is looked for does not matter.
    row = frappe.get_all(
        "Beneficiary Document",
        filters={"document_number": ["is", "set"]},
        fields=["parent", "document_number"],
        order_by="parent desc",
        limit=1,
    )[0]
    name, community = frappe.db.get_value("Beneficiary", row.parent, ["full_name", "community"])
    PERSON.update(id=row.parent, number=row.document_number, name=name)
    user = frappe.get_doc(
        {"doctype": "User", "email": GESTOR, "first_name": "Gestor", "send_welcome_email": 0}
    )
    user.append("roles", {"role": "Gestor"})
    user.insert()
    frappe.get_doc(
        {"doctype": "Staff Assignment", "user": GESTOR, "community": community, "from_date": "2020-01-01"}
    ).insert()


def find(text: str, expected: bool, user: str = "Administrator") -> None:
    """One search as somebody types it; whether the person is among the results is checked."""
    frappe.set_user(user)
    try:
        found = [person["name"] for person in search.find_people(text)]
    finally:
        frappe.set_user("Administrator")
    if (PERSON["id"] in found) != expected and expected:
        raise AssertionError(f"{user} does not find {PERSON['id']} by {text!r}")
    if not expected and found:
        raise AssertionError(f"{user} finds {found} by {text!r}")


MEASURES = {
    "the row by its key": lambda: frappe.db.get_value("Beneficiary", PERSON["id"], "full_name", cache=False),
    "by document number, Administrator": lambda: find(PERSON["number"], True),
    "by document number, Gestor": lambda: find(PERSON["number"], True, GESTOR),
    "by whole name, Administrator": lambda: find(PERSON["name"], True),
    "by whole name, Gestor": lambda: find(PERSON["name"], True, GESTOR),
    "a name nobody bears, Administrator": lambda: find(NOBODY, False),
    "a name nobody bears, Gestor": lambda: find(NOBODY, False, GESTOR),
}
LIMITS = {
    "by document number, Administrator": 1.0,
    "by whole name, Administrator": 1.0,
    "a name nobody bears, Administrator": 1.0,
}
