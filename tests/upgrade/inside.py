"""What the upgrade tests do inside Frappe, with whichever copy of the app the bench runs at that moment.

python inside.py fill | edit | read | rows      from the sites folder, with FRAPPE_SITE; prints RESULT and JSON
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import frappe

MODULES = ("Workflow", "Print Format", "Notification")
# What people saw of a loan, of an instalment and of a repayment before there was a ledger.
FIGURES = (
    "status", "principal", "balance", "unpaid_amount", "paid_amount", "overdue_amount", "overdue_principal", "days_late",
    "next_due_date", "next_amount", "monthly_rate", "effective_annual_rate", "periods", "disbursed_on", "first_due", "last_due",
    "total_interest", "total_amount",
)  # fmt: skip
ROW_FIGURES = (
    "number", "due_date", "principal", "interest", "fees", "total", "balance", "paid_principal", "paid_interest", "paid_fees",
    "unpaid", "days_late",
)  # fmt: skip
REPAYMENT_FIGURES = (
    "name", "paid_on", "amount", "channel", "reference", "docstatus", "fees_paid", "interest_paid", "principal_paid",
    "balance_after", "posted_at", "received_by", "reversed_at", "reversed_by", "reversal_reason",
)  # fmt: skip


def fill() -> dict[str, list[str]]:
    """Records as people make them; {DocType: names}."""
    from social_crm.social_crm.services.families import register_family

    place = {"code": "20250", "division_name": "El Paso", "level": "Municipality"}
    if not frappe.db.exists("Territorial Division", place["code"]):
        frappe.get_doc({"doctype": "Territorial Division", **place}).insert()
    programme = frappe.get_doc(
        {
            "doctype": "Social Programme",
            "programme_name": "Reasentamiento El Hatillo",
            "start_date": "2026-01-01",
        }
    ).insert()
    community = frappe.get_doc(
        {
            "doctype": "Community",
            "community_name": "Nuevo Hatillo",
            "kind": "Resettled",
            "municipality": place["code"],
        }
    ).insert()
    members = [
        {
            "first_name": "María",
            "first_surname": "Ochoa",
            "kinship": "Head",
            "birth_date": "1980-03-02",
            "sex": "Female",
            "no_document_reason": "Lost",
        },
        {
            "first_name": "Ángel",
            "first_surname": "Ochoa",
            "kinship": "Child",
            "birth_date": "2010-07-20",
            "sex": "Male",
            "no_document_reason": "Lost",
        },
    ]
    family = register_family(
        {"family_name": "Ochoa", "community": community.name}, members, frappe.utils.getdate("2026-01-15")
    )
    frappe.db.commit()
    people = frappe.get_all("Beneficiary", filters={"family": family}, pluck="name")
    loans, applications = fill_credit()
    frappe.db.commit()
    acta = fill_acta()
    return {
        "Acta": [acta],
        "Loan": loans,
        "Microcredit Application": applications,
        "Social Programme": [programme.name],
        "Community": [community.name],
        "Family": [family],
        "Beneficiary": sorted(people),
    }


def fill_credit() -> tuple[list[str], list[str]]:
    """Loans with every kind of past, through that release's own services, and applications that are no loans yet."""
    from frappe.utils import add_days, nowdate

    from social_crm.microcredit import factories as make
    from social_crm.microcredit.services.repayments import record_repayment, reverse_repayment

    frappe.flags.mute_emails = True
    make.make_team()
    on_time, late, reversed_once, paid, untouched = (
        make.make_loan(days_ago=days).name for days in (65, 100, 75, 40, 90)
    )
    frappe.set_user(make.OFFICER)
    record_repayment(on_time, 283_679, add_days(nowdate(), -34))
    record_repayment(on_time, 283_679, add_days(nowdate(), -3))
    record_repayment(late, 283_679, add_days(nowdate(), -60))
    record_repayment(late, 50_001, add_days(nowdate(), -20), "Bank Deposit", "C-77")
    wrong = record_repayment(reversed_once, 500_000, add_days(nowdate(), -50))
    record_repayment(reversed_once, 283_679, add_days(nowdate(), -40))
    reverse_repayment(wrong, "Era de otra persona")
    # A payment that was entered late, behind one of a later day.
    record_repayment(reversed_once, 10_000, add_days(nowdate(), -45))
    record_repayment(paid, frappe.db.get_value("Microcredit", paid, "unpaid_amount"))
    approved = make.make_approved().name
    frappe.set_user(make.OFFICER)
    draft = make.make_application().name
    frappe.set_user("Administrator")
    return [on_time, late, reversed_once, paid, untouched], [approved, draft]


def fill_acta() -> str:
    """An acta of a visit, closed with a photo and a commitment, with its sealed PDF, as a gestor makes it."""
    from social_crm.field_records import factories as make
    from social_crm.field_records.services.sealed_pdf import certificate, making

    certificate.make_demo("Fundación Prueba")
    frappe.local.conf = frappe.get_site_config()
    make.make_team()
    frappe.set_user(make.GESTOR)
    acta, _photo, _paper = make.sealed()
    frappe.set_user("Administrator")
    frappe.db.commit()
    making.make(acta.name)
    return acta.name


def _acta(name: str) -> dict:
    """How an acta stands: what the page behind its QR says, whether its chain is whole, and what its form and its print show."""
    from social_crm.field_records.services import seal_chains
    from social_crm.field_records.services.sealed_pdf import making, standing

    doc = frappe.get_doc("Acta", name)
    found = standing.find(doc.verification_code)
    count, broken = seal_chains.walk(doc.seal_chain)
    paper = Path(frappe.get_doc("File", doc.pdf_file).get_full_path())
    return {
        "content": found.content,
        "pdf": found.pdf,
        "digest": hashlib.sha256(paper.read_bytes()).hexdigest(),
        "chain": [count, broken],
        "state": making.state(name)["status"],
        "printed": frappe.utils.strip_html(frappe.get_print("Acta", name)),
    }


def _loan(name: str) -> dict:
    """Every figure of a loan, of its instalments and of its repayments, as people saw it."""
    loan = frappe.get_doc("Microcredit", name)
    return {
        **{field: str(loan.get(field)) for field in FIGURES},
        "schedule": [[str(row.get(field)) for field in ROW_FIGURES] for row in loan.schedule],
        "repayments": [
            [str(row[field]) for field in REPAYMENT_FIGURES]
            for row in frappe.get_all(
                "Microcredit Repayment", {"microcredit": name}, list(REPAYMENT_FIGURES), order_by="name"
            )
        ],
    }


def _in_the_ledger(name: str) -> dict:
    """What a loan owes when nothing is read but its ledger, and what its entries say."""
    from social_crm.microcredit.services import ledger

    state = ledger.state_of(name)
    entries = frappe.get_all(
        "Microcredit Ledger Entry", {"microcredit": name}, ["kind", "amount"], order_by="posted_at, name"
    )
    return {
        "balance": float(state.position.balance),
        "unpaid": float(state.position.unpaid),
        "paid": float(state.position.paid),
        "days_late": state.position.days_late,
        "accounts": float(sum(state.accounts.values())),
        "entries": [[row.kind, row.amount] for row in entries],
    }


def edit() -> dict[str, list[str]]:
    """What an administrator changes in the browser; {kind: names of what was edited}."""
    from frappe.custom.doctype.custom_field.custom_field import create_custom_field
    from frappe.permissions import update_permission_property

    update_permission_property("Community", "Auditor", 0, "export", 0)
    frappe.make_property_setter(
        {"doctype": "Community", "fieldname": "kind", "property": "label", "value": "Clase de lugar"}
    )
    create_custom_field("Community", {"fieldname": "river", "fieldtype": "Data", "label": "Río"})
    edited: dict[str, list[str]] = {kind: [] for kind in MODULES}
    ours = {
        row.name
        for row in frappe.get_all("DocType", {"module": ["in", frappe.get_module_list("social_crm")]})
    }
    for name in frappe.get_all("Workflow", {"document_type": ["in", list(ours)]}, pluck="name", limit=1):
        document = frappe.get_doc("Workflow", name)
        document.transitions[0].allowed = "System Manager"
        document.save()
        edited["Workflow"].append(name)
    for name in frappe.get_all("Print Format", {"doc_type": ["in", list(ours)]}, pluck="name", limit=1):
        frappe.db.set_value("Print Format", name, "html", "<p>Nuestro formato</p>")
        edited["Print Format"].append(name)
    for name in frappe.get_all("Notification", {"document_type": ["in", list(ours)]}, pluck="name", limit=1):
        document = frappe.get_doc("Notification", name)
        document.subject = "Nuestro asunto"
        document.save()
        edited["Notification"].append(name)
    edited["Acta Template"] = edit_templates()
    frappe.db.commit()
    return edited


def edit_templates() -> list[str]:
    """A template writes more of what is answered, one has a next version of the site's own, and one is not in use."""
    from social_crm.field_records.services import templates

    mapped = frappe.get_doc("Acta Template", "home_visit-v1")
    mapped.append("writes", {"question": "conclusiones", "target": "Family", "target_field": "notes"})
    mapped.save()
    own = frappe.get_doc("Acta Template", templates.new_version("goods_delivery-v1"))
    own.update({"title": "Nuestra entrega"}).save()
    templates.set_status("household_characterisation-v1", "Withdrawn")
    return [mapped.name, own.name, "goods_delivery-v1", "household_characterisation-v1"]


def _values(doctype: str, name: str) -> dict:
    """Every value of a document but those that saving it again would change."""
    document = frappe.get_doc(doctype, name).as_dict(no_nulls=True)
    text = frappe.as_json(document)
    loose = ("modified", "modified_by", "idx", "_user_tags", "_comments", "_assign", "_liked_by")

    def strip(value):
        if isinstance(value, dict):
            return {key: strip(item) for key, item in sorted(value.items()) if key not in loose}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip(json.loads(text))


def read(wanted: dict[str, list[str]]) -> dict:
    """The documents named, the permissions of an edited DocType and its customisations."""
    meta = frappe.get_meta("Community")
    found = {
        f"{doctype}/{name}": _loan(name) if doctype == "Loan" else _values(doctype, name)
        for doctype, names in wanted.items()
        for name in names
    }
    if frappe.db.exists("DocType", "Microcredit Ledger Entry"):
        found["ledger"] = {name: _in_the_ledger(name) for name in wanted["Loan"]}
    found["acta"] = {name: _acta(name) for name in wanted["Acta"]}
    found["templates"] = {
        row.name: row.status for row in frappe.get_all("Acta Template", fields=["name", "status"])
    }
    found["told"] = frappe.get_all("Notification Log", {"for_user": "Administrator"}, pluck="subject")
    found["label"] = meta.get_label("kind")
    found["custom field"] = bool(meta.get_field("river"))
    found["auditor exports"] = [
        row.export for row in meta.permissions if row.role == "Auditor" and not row.permlevel
    ]
    return found


def rows() -> dict[str, dict[str, str]]:
    """A hash of every row of every table: {table: {key: hash}}."""
    found = {}
    for (table,) in frappe.db.sql("SHOW TABLES"):
        if not table.startswith("tab"):
            continue
        listed = frappe.db.sql(f"SELECT * FROM `{table}`", as_dict=True)
        found[table] = {}
        for row in listed:
            if "Installed Applications" in (row.get("ref_doctype"), row.get("doctype")):
                continue  # Frappe writes its list of apps anew at each migration
            key = row.get("name") or f"{row.get('doctype')}.{row.get('field')}"
            found[table][str(key)] = hashlib.sha256(frappe.as_json(row).encode()).hexdigest()[:12]
    return found


def main(action: str, argument: str = "{}") -> None:
    frappe.init(site=os.environ["FRAPPE_SITE"])
    frappe.connect()
    frappe.set_user("Administrator")
    result = (
        read(json.loads(argument))
        if action == "read"
        else {"fill": fill, "edit": edit, "rows": rows}[action]()
    )
    print("RESULT" + json.dumps(result, sort_keys=True, default=str))
    frappe.destroy()


if __name__ == "__main__":
    main(*sys.argv[1:])
