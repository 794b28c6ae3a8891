"""Field minutes of home visits: closed and sealed, some still drafts."""

import random
from datetime import date, timedelta
from typing import Any

from social_crm.demo import places
from social_crm.demo.care import SIGNATURE
from social_crm.demo.people import PlannedFamily
from social_crm.demo.quotas import outcomes
from social_crm.demo.users import DEMO_USERS, DOMAIN

Values = dict[str, Any]
TEMPLATE = "home_visit-v2"
CHAIN = "Seal Chain"
# So many PDFs are made at once after the demo was loaded: each takes a second or two of a worker.
SEALED = 6
# What a copy of a closed acta does not take along from the one it is copied from.
OF_THE_SEAL: Values = {"seal_chain": None, "seal_number": 0, "previous_hash": None, "pdf_status": None}
VISITS = (
    (
        "Conocer cómo se adapta la familia al nuevo lugar.",
        "La familia recibió la visita y mostró la huerta. Los niños asisten a la escuela.",
    ),
    (
        "Revisar los compromisos de la visita anterior.",
        "Se revisaron los compromisos uno por uno; dos se cumplieron y uno queda pendiente.",
    ),
    (
        "Acompañar el plan de la unidad productiva.",
        "Se revisó el cuaderno de ventas y se acordó separar los gastos del hogar.",
    ),
)


def plan(family: PlannedFamily, seed: int, today: date, size: int) -> Values | None:
    """Return the acta of a family with `closed`, or None for a family without one."""
    outcome = outcomes("actas", seed, size)[family.position]
    if outcome is None:
        return None
    rng = random.Random(f"{seed}:acta:{family.position}")
    objective, development = rng.choice(VISITS)
    gestor = f"{places.gestor_of(family.family['community'])}@{DOMAIN}"
    return {
        "closed": outcome == "closed",
        "signs": rng.random() < 0.88,
        "gestor": gestor,
        "values": {
            "template": TEMPLATE,
            "visit_date": today
            - timedelta(days=rng.randint(1, 25) if rng.random() < 0.4 else rng.randint(26, 180)),
            "start_time": "09:15:00",
            "end_time": "10:20:00",
            "gestor": gestor,
            "programme": places.GENERAL,
            "place": family.family["present_detail"],
            "answers": {
                "motivo": "seguimiento",
                "objetivo": objective,
                "personas_presentes": rng.randint(1, len(family.members)),
                "novedades": "no",
                "necesidades": ["ingresos"] if rng.random() < 0.5 else ["ninguna"],
                "desarrollo": development,
                "conclusiones": "La familia y el gestor quedan de acuerdo con lo escrito.",
            },
        },
    }


def write(name: str, people: list[str], planned: Values) -> None:
    """Write an acta as its gestor does, and close it when the plan says so.

    name: the family. people: its members in the order of the plan.
    """
    import frappe

    from social_crm.demo.steps import insert, walk_to

    user = frappe.session.user
    gestor = planned["gestor"]
    values = {**planned["values"], "answers": {**planned["values"]["answers"]}}
    if values["answers"]["necesidades"] != ["ninguna"]:
        values["answers"]["detalle_necesidades"] = "Apoyo para ampliar las ventas."
    head = frappe.db.get_value("Beneficiary", people[0], "full_name")
    family = {"participant_name": head, "participant_role": "Beneficiary", "beneficiary": people[0]}
    if planned["signs"]:
        family["signature"] = SIGNATURE
    else:
        family |= {
            "cannot_sign": 1,
            "cannot_sign_reason": "No sabe firmar.",
            "witness_name": "Vecino de la comunidad",
            "witness_signature": SIGNATURE,
        }
    names = {email: full for email, _role, full in DEMO_USERS}
    staff = {"participant_name": names[gestor], "participant_role": "Gestor", "signature": SIGNATURE}
    try:
        frappe.set_user(gestor)
        acta = insert("Acta", family=name, beneficiary=people[0], participants=[family, staff], **values)
        if planned["closed"]:
            walk_to(acta, "Closed")
    finally:
        frappe.set_user(user)


def seal_copies() -> None:
    """Seal closed actas that were copied: a seal covers the acta's own name and persons, and its place in the chain."""
    import frappe

    from social_crm.field_records.services import seals

    # The generator works on the whole site and for nobody's eyes.
    for name in frappe.get_all(
        "Acta",
        filters={"status": "Closed", "seal_chain": ["is", "not set"], "owner": ["like", f"%@{DOMAIN}"]},
        order_by="name",
        pluck="name",
    ):
        frappe.db.set_value("Acta", name, seals.new_seal(frappe.get_doc("Acta", name)), update_modified=False)


def seal_some() -> None:
    """Leave the sealed PDF of a few actas to be made; the others' is made when somebody asks for it."""
    import frappe

    from social_crm.field_records.services.sealed_pdf import certificate, making
    from social_crm.print_formats import jinja

    if not certificate.is_configured():
        certificate.make_demo(jinja.organisation_identity()["name"])
    acta = frappe.qb.DocType("Acta")
    mine = (acta.status == "Closed") & acta.owner.like(f"%@{DOMAIN}")
    newest = frappe.qb.from_(acta).select(acta.name).where(mine).orderby(acta.name, order=frappe.qb.desc)
    kept = [name for (name,) in newest.limit(SEALED).run()]
    others = frappe.qb.update(acta).set(acta.pdf_status, "").set(acta.pdf_heartbeat, None)
    others.where(mine & acta.name.notin(kept or [""])).run()
    for name in kept:
        # Copies have never asked for theirs.
        making.request(name)
