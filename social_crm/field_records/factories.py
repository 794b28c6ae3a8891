"""Actas for tests, made the way a gestor makes them."""

from typing import Any

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from social_crm import testing_factories as make
from social_crm.field_records.services import actions
from social_crm.social_crm import factories as people

COMMUNITY = "Comunidad de las actas"
GESTOR = "gestor.actas@example.com"
# A drawn line of one pixel: what the signature field gives.
SIGNATURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ANSWERS = {
    "motivo": "seguimiento",
    "objetivo": "Conocer la situación del hogar",
    "personas_presentes": 3,
    "novedades": "no",
    "desarrollo": "La familia recibió la visita.",
}


def make_team() -> None:
    """Give the gestor of these tests the role and the community."""
    people.make_community(COMMUNITY)
    make.make_user(GESTOR, "Gestor")
    make.assign(GESTOR, COMMUNITY)


def make_family() -> str:
    """Return a new family of the community of these tests."""
    before = frappe.session.user
    frappe.set_user("Administrator")
    family = people.make_family(2, people.make_community(COMMUNITY))
    frappe.set_user(before)
    return family


def make_acta(**values: Any) -> Any:
    """Return a new acta of a home visit, a draft with one signature."""
    fields = {
        "template": "home_visit-v2",
        "visit_date": nowdate(),
        "answers": ANSWERS,
        "participants": [participant("Ana Epiayú")],
    }
    if not {"family", "beneficiary", "community"} & set(values):
        fields["family"] = make_family()
    return frappe.get_doc({"doctype": "Acta", **fields, **values}).insert()


def participant(name: str, **values: Any) -> dict:
    """Return a participant who signed."""
    return {
        "participant_name": name,
        "participant_role": "Beneficiary",
        "document_number": "CC 1",
        "signature": SIGNATURE,
        **values,
    }


def make_template(**values: Any) -> Any:
    """Return a new draft template with one question."""
    fields = {
        "title": "Plantilla de prueba",
        "template_key": f"prueba_{frappe.generate_hash(length=8)}",
        "version": 1,
        "questions": [{"field_type": "text", "field_name": "tema", "label": "Tema", "required": 1}],
    }
    return frappe.get_doc({"doctype": "Acta Template", **fields, **values}).insert()


def make_cascade(**values: Any) -> Any:
    """Return a new draft template with choices that depend on each other: department, town and, in rows, village."""

    def question(name: str, choice_list: str, choice_filter: str = "") -> dict:
        return {
            "field_type": "select_one",
            "field_name": name,
            "label": name.capitalize(),
            "choice_list": choice_list,
            "choice_filter": choice_filter,
        }

    listed = (
        ("departamentos", "guajira", ""),
        ("departamentos", "cesar", ""),
        ("municipios", "riohacha", "departamento = guajira"),
        ("municipios", "valledupar", "departamento = cesar"),
        ("veredas", "camarones", "municipio = riohacha"),
        ("veredas", "mariangola", "municipio = valledupar"),
    )
    return make_template(
        questions=[
            question("departamento", "departamentos"),
            question("municipio", "municipios", "departamento = ${departamento}"),
            {"field_type": "begin_repeat", "field_name": "predios", "label": "Predios"},
            question("vereda", "veredas", "municipio = ${municipio}"),
            {"field_type": "end_repeat"},
        ],
        choices=[
            {
                "list_name": name,
                "choice_value": value,
                "label": value.capitalize(),
                "choice_attributes": attributes,
            }
            for name, value, attributes in listed
        ],
        **values,
    )


def close(doc: Any) -> Any:
    """Close an acta and return it as it is then."""
    return frappe.get_doc("Acta", apply_workflow(doc, "Close").name)


def attach(doc: Any, content: str = SIGNATURE.split(",")[1]) -> Any:
    """Attach a file to an acta. content: in base64."""
    return frappe.get_doc(
        {
            "doctype": "File",
            "file_name": f"foto-{frappe.generate_hash(length=6)}.png",
            "content": content,
            "decode": True,
            "is_private": 1,
            "attached_to_doctype": "Acta",
            "attached_to_name": doc.name,
        }
    ).insert()


def sealed() -> tuple[Any, Any, Any]:
    """Return a closed acta that has everything a seal covers, the photo of an answer and a second file."""
    signer = participant("Ana Epiayú", strokes=[[{"x": 1.5, "y": 2, "t": 0}, {"x": 3, "y": 4, "t": 16}]])
    doc = make_acta(latitude=11.3812345, longitude=-72.24, start_time="08:30:00", participants=[signer])
    photo, paper = attach(doc), attach(doc, "SG9qYSBkZSBhc2lzdGVuY2lh")
    actions.add_commitment(doc.name, "Llevar a la niña al control", str(add_days(nowdate(), 8)))
    doc.reload()
    doc.answers = {**ANSWERS, "foto": photo.file_url}
    doc.save()
    return close(doc), photo, paper
