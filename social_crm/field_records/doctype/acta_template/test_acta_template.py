from datetime import date

import frappe

from social_crm.field_records import factories as make
from social_crm.field_records.domain.answers import examine
from social_crm.field_records.domain.xlsform import element_of
from social_crm.field_records.services import instances, templates, xforms
from social_crm.patches import make_forms_of_templates
from social_crm.testing import SocialCRMTestCase


class TestActaTemplate(SocialCRMTestCase):
    def test_the_shipped_ones_are_published(self) -> None:
        for name in (
            "home_visit-v2",
            "productive_unit_follow_up-v2",
            "training_meeting-v1",
            "goods_delivery-v2",
            "meeting-v1",
            "psychosocial_contact-v1",
            "household_characterisation-v2",
        ):
            with self.subTest(name):
                self.assertEqual(frappe.db.get_value("Acta Template", name, "status"), "Published")
                form = templates.form_of(frappe.get_doc("Acta Template", name))
                self.assertEqual(xforms.form_package(name)["languages"], ["es", "en"])
                # Every text that is asked stands there in English too.
                english = {one.element for one in form.translations if one.label}
                asked = {row.name for row in form.rows if row.label and row.name}
                asked |= {element_of(choice) for choice in form.choices}
                spoken = {row.name for row in form.rows if row.field_type == "calculate"}
                self.assertEqual(asked - english - spoken, set())

    def test_none_does_not_go_with_another_choice_of_a_shipped_one(self) -> None:
        found = 0
        for name in frappe.get_all("Acta Template", filters={"status": "Published"}, pluck="name"):
            template = templates.load(name)
            for row in templates.form_of(frappe.get_doc("Acta Template", name)).rows:
                labels = template.labels(row.choice_list)
                if row.field_type != "select_multiple" or "ninguna" not in labels:
                    continue
                other = next(value for value in labels if value != "ninguna")
                for chosen, is_wrong in ((["ninguna"], False), ([other], False), ([other, "ninguna"], True)):
                    with self.subTest(f"{name} {row.name} {chosen}"):
                        seen = examine(template, {row.name: chosen}, date(2026, 11, 1))
                        self.assertEqual(row.name in {one.path for one in seen.findings}, is_wrong)
                found += 1
        self.assertGreaterEqual(found, 3)

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

    def test_publishing_makes_the_form_of_field_apps(self) -> None:
        doc = make.make_template(
            questions=[
                {"field_type": "begin_group", "field_name": "casa", "label": "Casa"},
                {
                    "field_type": "text",
                    "field_name": "tema",
                    "label": "Tema",
                    "relevant": "${tipo} = 'a'",
                    "required": 1,
                },
                {"field_type": "end_group"},
                {"field_type": "select_one", "field_name": "tipo", "label": "Tipo", "choice_list": "tipos"},
                {
                    "field_type": "image",
                    "field_name": "firma",
                    "label": "Firma",
                    "appearance": "signature",
                },
            ],
            choices=[{"list_name": "tipos", "choice_value": "a", "label": "Aé"}],
            translations=[
                {"language": "English (en)", "element": "tema", "label": "Subject"},
                {"language": "English (en)", "element": "tipos/a", "label": "Ay"},
            ],
        )
        with self.assertRaises(frappe.ValidationError):
            xforms.form_package(doc.name)
        templates.set_status(doc.name, "Published")
        package = xforms.form_package(doc.name)
        self.assertEqual((package["key"], package["version"]), (doc.template_key, 1))
        self.assertEqual(package["languages"], ["es", "en"])
        path = f"/{doc.template_key}/casa/tema"
        for piece in (f'name="{path}"', "data-relevant", "or-appearance-signature", ">Subject<", ">Aé<"):
            with self.subTest(piece):
                self.assertIn(piece, package["html"])
        self.assertIn(f'<{doc.template_key} id="{doc.template_key}" version="1"', package["model"])
        # A published version never changes, and so does not its form.
        templates.set_status(doc.name, "Withdrawn")
        self.assertEqual(xforms.form_package(doc.name)["hash"], package["hash"])
        self.assertEqual(templates.load(doc.name, "en").labels("tipos"), {"a": "Ay"})
        self.assertEqual(templates.load(doc.name, "es-CO").labels("tipos"), {"a": "Aé"})

    def test_what_is_filled_in_becomes_answers(self) -> None:
        doc = make.make_template(status="Published")
        xml = instances.instance_of_answers(doc.name, {"tema": "Agua & luz <hoy>"})
        self.assertEqual(instances.answers_of_instance(doc.name, xml, {}), {"tema": "Agua & luz <hoy>"})
        for wrong, text in (
            ("another version", xml.replace('version="1"', 'version="2"')),
            ("DOCTYPE", f"<!DOCTYPE x>{xml}"),
            ("asks nothing", xml.replace("tema>", "otro>")),
        ):
            with self.subTest(wrong), self.assertRaisesRegex(frappe.ValidationError, wrong):
                instances.answers_of_instance(doc.name, text, {})

    def test_a_template_that_no_form_can_be_made_of_is_not_published(self) -> None:
        doc = make.make_template(
            questions=[
                {"field_type": "begin_group", "field_name": "vacio", "label": "Vacío"},
                {"field_type": "end_group"},
                {"field_type": "text", "field_name": "Tema", "label": "Tema"},
                {"field_type": "text", "field_name": "tema", "label": "Hola, ${ Tema"},
            ]
        )
        with self.assertRaisesRegex(frappe.ValidationError, r"Row 4 \(tema\)"):
            templates.set_status(doc.name, "Published")
        self.assertFalse(frappe.db.exists(xforms.FORM, doc.name))

    def test_translations_name_what_is_there(self) -> None:
        for row in (
            {"language": "English (en)", "element": "otra", "label": "x"},
            {"language": "English", "element": "tema", "label": "x"},
        ):
            with self.subTest(row), self.assertRaises(frappe.ValidationError):
                make.make_template(translations=[row])

    def test_published_before_there_were_forms(self) -> None:
        doc = make.make_template(status="Published")
        before = xforms.form_package(doc.name)
        frappe.db.delete(xforms.FORM, {"name": doc.name})
        make_forms_of_templates.execute()
        self.assertEqual(xforms.form_package(doc.name), before)
