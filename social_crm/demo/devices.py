"""Devices of the gestores as a supervisor finds them: one up to date, one that waits, one lost, and two conflicts to decide."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from social_crm.demo.actas import TEMPLATE
from social_crm.demo.care import SIGNATURE
from social_crm.demo.users import DEMO_USERS, DOMAIN

GESTORA, GESTOR = f"gestora.barrancas@{DOMAIN}", f"gestor.cesar@{DOMAIN}"
MEGABYTE = 1024 * 1024
# (user, label, records that wait, hours since it was last there, megabytes in use)
DEVICES = (
    (GESTORA, "Tableta 1", 0, 3, 212),
    (GESTORA, "Celular de Yuliana", 2, 26, 64),
    (GESTOR, "Tableta 2", 5, 24 * 9, 388),
    (GESTOR, "Tableta 4", 3, 24 * 21, 120),
)
LOST = "Tableta 4"
REASON = "Se perdió en el camino a la vereda."
ANSWERS = {
    "motivo": "seguimiento",
    "objetivo": "Revisar el avance de la huerta.",
    "personas_presentes": 2,
    "novedades": "no",
    "necesidades": ["ninguna"],
    "desarrollo": "La huerta tiene dos eras sembradas y falta cercarla.",
    "conclusiones": "Se revisa de nuevo en un mes.",
}


def write(today: date) -> None:
    """Write the devices, what two of them sent, and the loss of one."""
    import frappe

    from social_crm.field_records.services.sync import devices

    for user, label, unsent, hours, used in DEVICES:
        with _as(user):
            _greet(label, unsent, hours, used)
    with _as(GESTORA):
        family = _family()
        if family:
            _two_words_about_a_family(family)
            _two_versions_of_an_acta(family, today)
    lost = frappe.db.get_value("Field Device", {"device_id": _uuid(LOST)})
    devices.revoke(lost, REASON)


@contextmanager
def _as(user: str) -> Iterator[None]:
    import frappe

    before = frappe.session.user
    frappe.set_user(user)
    try:
        yield
    finally:
        frappe.set_user(before)


def _uuid(what: str) -> str:
    """The same for each loading of the demo."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{what}.{DOMAIN}"))


def _greet(label: str, unsent: int, hours: int, used: int) -> None:
    import frappe

    import social_crm
    from social_crm.field_records.services.sync import devices, handshake

    handshake.greet(
        device=_uuid(label),
        label=label,
        app_version=social_crm.__version__,
        protocol=1,
        unsent=unsent,
        storage_used=used * MEGABYTE,
        storage_quota=8192 * MEGABYTE,
    )
    seen = frappe.utils.add_to_date(frappe.utils.now_datetime(), hours=-hours)
    devices.note(devices.find_or_make(_uuid(label)), last_sync=seen, last_push=seen, last_pull=seen)


def _family() -> str | None:
    """The first family whose gestora it is."""
    import frappe

    found = frappe.get_list("Family", filters={"status": "Active"}, order_by="name", limit=1, pluck="name")
    return found[0] if found else None


def _two_words_about_a_family(family: str) -> None:
    """Tablet and telephone wrote another address of one family while neither had a signal."""
    import frappe

    from social_crm.field_records.services.sync import change_records, devices

    known = frappe.db.get_value("Family", family, "present_detail")
    for label, address in (("Tableta 1", "Manzana 4, casa 12"), ("Celular de Yuliana", "Manzana 4, casa 21")):
        body = {
            "doctype": "Family",
            "name": family,
            "base": {"present_detail": known},
            "values": {"present_detail": address},
        }
        record = {"kind": "change", "uuid": _uuid(f"direccion {label}"), "revision": 1, "body": body}
        record["device_time"] = frappe.utils.now_datetime().isoformat()
        change_records.store(record, devices.own_row(_uuid(label)), {})


def _two_versions_of_an_acta(family: str, today: date) -> None:
    """A draft from the tablet that was changed in the Desk, and on the tablet too before it heard of that."""
    import frappe

    from social_crm.field_records.services.instances import instance_of_answers
    from social_crm.field_records.services.sync import acta_records, devices

    drawn = base64.b64decode(SIGNATURE.split(",", 1)[1])
    sha256 = hashlib.sha256(drawn).hexdigest()
    community, head = frappe.db.get_value("Family", family, ["community", "head"])
    name = frappe.db.get_value("Beneficiary", head, "full_name")
    people = ((name, "Beneficiary"), ({email: full for email, _role, full in DEMO_USERS}[GESTORA], "Gestor"))
    body: dict[str, Any] = {
        "template": TEMPLATE,
        "visit_date": str(today - timedelta(days=1)),
        "start_time": "14:05",
        "family": family,
        "community": community,
        "place": "Casa de la familia",
        "participants": [
            {
                "uuid": _uuid(f"firma {role}"),
                "participant_name": said,
                "participant_role": role,
                "signature": sha256,
            }
            for said, role in people
        ],
    }
    file = {
        "uuid": _uuid("firma"),
        "name": "firma.png",
        "sha256": sha256,
        "size": len(drawn),
        "type": "image/png",
    }
    device = devices.own_row(_uuid("Tableta 1"))
    for revision, answers in (
        (1, ANSWERS),
        (2, {**ANSWERS, "personas_presentes": 3, "conclusiones": "La familia cercará la huerta."}),
    ):
        record = {
            "kind": "acta",
            "uuid": _uuid("acta"),
            "revision": revision,
            "device_time": frappe.utils.now_datetime().isoformat(),
            "body": {**body, "instance": instance_of_answers(TEMPLATE, answers)},
            "files": [file],
        }
        stored = acta_records.store(record, device, {sha256: drawn})
        if revision == 1:
            acta = frappe.get_doc("Acta", stored["name"])
            acta.answers = frappe.as_json({**ANSWERS, "conclusiones": "Se revisa de nuevo en quince días."})
            acta.save()
