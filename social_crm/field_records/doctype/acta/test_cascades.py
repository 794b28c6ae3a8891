import json

import frappe

from social_crm.field_records import factories as make
from social_crm.field_records.services import forms, seals
from social_crm.testing import SocialCRMTestCase


class TestCascades(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
        make.make_team()

    def test_a_choice_that_does_not_go_with_the_answers_before_is_refused(self) -> None:
        frappe.set_user("Administrator")
        template = make.make_cascade(status="Published").name
        frappe.set_user(make.GESTOR)
        answers = {"departamento": "guajira", "municipio": "riohacha", "predios": [{"vereda": "camarones"}]}
        doc = make.make_acta(template=template, answers=json.dumps(answers))
        self.assertEqual(json.loads(doc.answers), answers)
        doc.answers = json.dumps({**answers, "departamento": "cesar"})
        with self.assertRaisesRegex(
            frappe.ValidationError, "Municipio: “Riohacha” does not go with"
        ) as refused:
            doc.save()
        self.assertIn("Vereda: “Camarones”", str(refused.exception))
        seen = forms.offered_choices(template, json.dumps({**answers, "predios": [{}, {}]}))
        self.assertEqual(
            seen,
            {
                "municipio": ["riohacha"],
                "predios[0].vereda": ["camarones"],
                "predios[1].vereda": ["camarones"],
            },
        )

    def test_the_seal_covers_filters_and_what_choices_belong_to(self) -> None:
        frappe.set_user("Administrator")
        template = make.make_cascade(status="Published")
        frappe.set_user(make.GESTOR)
        answers = {"departamento": "cesar", "municipio": "valledupar"}
        doc = make.close(make.make_acta(template=template.name, answers=json.dumps(answers)))
        self.assertTrue(seals.verify(doc.name)["valid"])
        for table, name, field in (
            ("Acta Template Field", template.questions[1].name, "choice_filter"),
            ("Acta Template Choice", template.choices[2].name, "choice_attributes"),
        ):
            with self.subTest(field):
                before = frappe.db.get_value(table, name, field)
                frappe.db.set_value(table, name, field, "departamento = '1'", update_modified=False)
                self.assertFalse(seals.verify(doc.name)["valid"])
                frappe.db.set_value(table, name, field, before, update_modified=False)
                self.assertTrue(seals.verify(doc.name)["valid"])
