"""What the REST tests of microcredits and actas share: a place of their own with a family, and workflow actions."""

import json
import uuid

MUNICIPALITY = (("44", "La Guajira", "Department", None), ("44078", "Barrancas", "Municipality", "44"))


def apply(client, doctype: str, name: str, action: str):
    return client.method(
        "frappe.model.workflow.apply_workflow",
        doc=json.dumps({"doctype": doctype, "name": name}),
        action=action,
    )


def plain_product(client) -> str:
    """The product of the examples, which lends on any day: without a usury cap, for a reason."""
    name = "Crédito de los ejemplos"
    admin = client("System Manager")
    if not admin.find("Microcredit Product", {"name": name}):
        reason = "Pruebas: se presta en días sin tope certificado."
        admin.create("Microcredit Product", product_name=name, interest_rate=2, cap_exception=reason)
    return name


def refused(client, method: str, path: str, **values) -> str:
    answer = client.call(method, path, json=values)
    assert 400 <= answer.status_code < 500, f"{answer.status_code} {answer.text[:300]}"
    return answer.text


def pdf(client, doctype: str, name: str, print_format: str) -> bytes:
    answer = client.call(
        "GET",
        "/api/method/frappe.utils.print_format.download_pdf",
        params={"doctype": doctype, "name": name, "format": print_format},
    )
    assert answer.ok, answer.text[:500]
    assert answer.content.startswith(b"%PDF"), answer.content[:200]
    return answer.content


def make_place(admin, people, roles) -> dict:
    """A community with a family of one person, and the given roles' users assigned to it."""
    mark = uuid.uuid4().hex[:8]
    for code, name, level, parent in MUNICIPALITY:
        if not admin.find("Territorial Division", {"code": code}):
            admin.create(
                "Territorial Division", code=code, division_name=name, level=level, parent_division=parent
            )
    community = admin.create(
        "Community", community_name=f"Oreganal {mark}", kind="Resettled", municipality="44078"
    )["name"]
    family = admin.create(
        "Family", family_name="Epiayú", community=community, status="Active", registered_on="2020-01-01"
    )["name"]
    person = admin.create(
        "Beneficiary",
        first_name="Ana",
        first_surname="Epiayú",
        no_document_reason="Perdido",
        family=family,
        kinship="Head",
        registered_on="2020-01-01",
    )["name"]
    for role in roles:
        admin.create(
            "Staff Assignment", user=people[role]["user"], community=community, from_date="2020-01-01"
        )
    return {"community": community, "family": family, "person": person}
