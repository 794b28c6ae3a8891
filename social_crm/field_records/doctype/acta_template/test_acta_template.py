import frappe

from social_crm.field_records import factories as make
from social_crm.field_records.services import templates
from social_crm.testing import SocialCRMTestCase


class TestActaTemplate(SocialCRMTestCase):
    def test_the_shipped_ones_are_published(self) -> None:
        for name in ("home_visit-v1", "productive_unit_follow_up-v1", "training_meeting-v1"):
            with self.subTest(name):
                self.assertEqual(frappe.db.get_value("Acta Template", name, "status"), "Published")
                self.assertTrue(templates.load(name).items)

    def test_problems_are_told_by_row(self) -> None:
        with self.assertRaisesRegex(frappe.ValidationError, "no_hay"):
            make.make_template(
                questions=[
                    {"field_type": "text", "field_name": "a", "label": "A", "relevant": "${no_hay} = 1"}
                ]
            )
        for key in ("Con Espacio", "", "9uno"):
            with self.subTest(key), self.assertRaises(frappe.ValidationError):
                make.make_template(template_key=key)

    def test_a_published_version_is_immutable(self) -> None:
        doc = make.make_template()
        doc.questions[0].label = "Otro tema"
        doc.save()
        templates.set_status(doc.name, "Published")
        doc.reload()
        doc.questions[0].label = "Todavía otro"
        with self.assertRaises(frappe.PermissionError):
            doc.save()
        doc.reload()
        doc.status = "Draft"
        with self.assertRaises(frappe.PermissionError):
            doc.save()
        row = frappe.get_doc("Acta Template Field", doc.questions[0].name)
        row.label = "Por la puerta de atrás"
        with self.assertRaises(frappe.PermissionError):
            row.save()
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Acta Template", doc.name)
        templates.set_status(doc.name, "Withdrawn")
        self.assertEqual(frappe.db.get_value("Acta Template", doc.name, "status"), "Withdrawn")

    def test_versions(self) -> None:
        doc = make.make_template(status="Published")
        second = frappe.get_doc("Acta Template", templates.new_version(doc.name))
        self.assertEqual((second.version, second.status, second.previous_version), (2, "Draft", doc.name))
        self.assertEqual(second.questions[0].field_name, "tema")
        self.assertEqual(templates.new_version(doc.name), f"{doc.template_key}-v3")
        with self.assertRaises(frappe.DuplicateEntryError):
            make.make_template(template_key=doc.template_key)
