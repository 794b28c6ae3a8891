"""What seeing only one's own communities costs: the list of persons for an administrator and for a Gestor."""

import frappe

from social_crm.social_crm import factories

FAMILIES = 60
GESTOR = "gestor@benchmark.example"


def prepare() -> None:
    """Sixty families in six communities; the Gestor is assigned to two of them."""
    communities = [factories.make_community(f"Vereda {number}") for number in range(6)]
    for number in range(FAMILIES):
        factories.make_family(4, community=communities[number % len(communities)])
    user = frappe.get_doc(
        {"doctype": "User", "email": GESTOR, "first_name": "Gestor", "send_welcome_email": 0}
    )
    user.append("roles", {"role": "Gestor"})
    user.insert()
    for community in communities[:2]:
        frappe.get_doc(
            {"doctype": "Staff Assignment", "user": GESTOR, "community": community, "from_date": "2020-01-01"}
        ).insert()


def list_people(user: str, expected: int) -> None:
    """The first hundred rows of the list, as the Desk asks for them."""
    frappe.set_user(user)
    try:
        rows = frappe.get_list(
            "Beneficiary", fields=["name", "full_name", "community"], limit_page_length=100
        )
    finally:
        frappe.set_user("Administrator")
    if len(rows) != expected:
        raise AssertionError(f"{user} sees {len(rows)} persons instead of {expected}")


MEASURES = {
    "list of persons, Administrator": lambda: list_people("Administrator", 100),
    "list of persons, Gestor of 2 of 6 communities": lambda: list_people(GESTOR, 80),
}
LIMITS = {"list of persons, Gestor of 2 of 6 communities": 1.0}
