"""A form of the Desk sends the whole record as JSON, dates as texts and whole numbers without decimals: what nobody changed
counts as unchanged, and what somebody changed is still refused."""

import json

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from social_crm.income_generation.factories import (
    make_minimum_wage,
    make_resident,
    make_semester,
    make_student,
    make_unit,
)
from social_crm.social_crm.factories import make_community, make_family
from social_crm.testing import SocialCRMTestCase


def as_a_form_sends_it(doc, **changes):
    """Return the document as the Desk's form hands it over, JavaScript's numbers included, with what somebody typed."""
    values = json.loads(frappe.get_doc(doc.doctype, doc.name).as_json())

    def plain(value):
        if isinstance(value, list):
            return [{key: plain(inner) for key, inner in row.items()} for row in value]
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return frappe.get_doc({key: plain(value) for key, value in {**values, **changes}.items()})


class TestChanges(SocialCRMTestCase):
    def test_an_approved_semester_takes_its_marks(self):
        make_minimum_wage(2025, 1_423_500)
        student = make_student(
            make_resident(make_community("Comunidad del formulario")), first_phase="Active"
        )
        semester = make_semester(student.name, "2025-1", tuition=3_000_000, enrolled_on="2025-01-20")
        for action in ("Request", "Approve"):
            semester = apply_workflow(semester, action)
        as_a_form_sends_it(semester, marks_average=4.2).save()
        self.assertEqual(frappe.db.get_value("FES Semester", semester.name, "marks_average"), 4.2)
        with self.assertRaisesRegex(frappe.ValidationError, "Tuition"):
            as_a_form_sends_it(semester, tuition=2_000_000).save()
        with self.assertRaisesRegex(frappe.ValidationError, "Enrolled"):
            as_a_form_sends_it(semester, enrolled_on="2025-01-21").save()

    def test_a_closed_unit_takes_a_note_and_keeps_its_day(self):
        person = make_resident(make_community("Comunidad del formulario"))
        unit = make_unit(person, started_on=add_days(nowdate(), -200))
        while unit.workflow_state != "Follow-up":
            unit = apply_workflow(unit, "Advance")
        unit.update({"closed_on": nowdate(), "closing_reason": "Health", "workflow_state": "Closed"})
        unit.save()
        as_a_form_sends_it(unit, closing_notes="Vendió las máquinas").save()
        with self.assertRaisesRegex(frappe.ValidationError, "day of closing"):
            as_a_form_sends_it(unit, closed_on=add_days(nowdate(), -3)).save()

    def test_a_delivery_takes_a_note_and_keeps_its_goods(self):
        items = [{"description": "Azadón", "quantity": 3, "unit": "u", "unit_value": 45_000}]
        doc = frappe.get_doc(
            {
                "doctype": "Goods Delivery",
                "subject": "Herramientas",
                "status": "Delivered",
                "delivery_date": "2025-06-01",
                "family": make_family(2),
                "responsible": "Administrator",
                "evidence": "/private/files/receipt.pdf",
                "items": items,
            }
        ).insert()
        as_a_form_sends_it(doc, notes="La recibió la tía").save()
        with self.assertRaisesRegex(frappe.ValidationError, "not edited"):
            as_a_form_sends_it(doc, delivery_date="2025-06-02").save()
        changed = as_a_form_sends_it(doc)
        changed.items[0].quantity = 4
        with self.assertRaisesRegex(frappe.ValidationError, "not edited"):
            changed.save()
