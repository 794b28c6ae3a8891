import base64
import copy

import frappe

from social_crm.field_records import factories as make
from social_crm.field_records.domain.xlsform import Form
from social_crm.field_records.services import (
    template_problems,
    template_versions,
    templates,
    xforms,
    xlsforms,
)
from social_crm.field_records.services.xlsform_files import workbook
from social_crm.testing import SocialCRMTestCase


class TestXLSForms(SocialCRMTestCase):
    def load(self, form: Form, **stored) -> dict:
        return xlsforms.load(base64.b64encode(workbook(form)).decode(), **stored)

    def home_visit(self) -> Form:
        return templates.form_of(frappe.get_doc("Acta Template", "home_visit-v2"))

    def changed(self, **values) -> Form:
        form = self.home_visit()
        return Form(**{**vars(form), "key": "otra_visita", **values})

    def test_a_spreadsheet_fills_a_draft_that_downloads_the_same(self) -> None:
        found = self.load(self.changed())
        self.assertEqual((found["problems"], found["notices"]), ([], []))
        doc = frappe.get_doc({"doctype": "Acta Template", **copy.deepcopy(found["values"])}).insert()
        self.assertEqual(doc.name, "otra_visita-v2")
        self.assertEqual(templates.form_of(doc), self.changed())
        xlsforms.download(doc.name)
        self.assertEqual(frappe.response["type"], "binary")
        again = xlsforms.load(base64.b64encode(frappe.response["filecontent"]).decode())
        self.assertEqual(again["values"], found["values"])
        templates.set_status(doc.name, "Published")

    def test_every_shipped_template_loads_back_the_same(self) -> None:
        for name in frappe.get_all("Acta Template", pluck="name"):
            with self.subTest(name):
                form = templates.form_of(frappe.get_doc("Acta Template", name))
                found = self.load(form)
                self.assertEqual((found["problems"], found["notices"]), ([], []))
                self.assertEqual(found["values"]["questions"], templates.tables_of(form)["questions"])

    def test_problems_are_told_by_cell_and_nothing_is_loaded(self) -> None:
        form = self.home_visit()
        rows = list(form.rows)
        rows[3] = type(rows[3])(**{**vars(rows[3]), "relevant": "nada() = 1"})
        rows[4] = type(rows[4])(**{**vars(rows[4]), "label": "¿${nadie}?"})
        found = self.load(self.changed(rows=tuple(rows), translations=()))
        self.assertIsNone(found["values"])
        self.assertEqual(
            [(one["where"], one["text"]) for one in found["problems"]],
            [
                ("Sheet survey, cell F5 (relevant)", "The function nada() is not known: nada() = 1"),
                (
                    "Sheet survey, cell C6 (label::Español (es))",
                    "The text names a field that does not exist: nadie.",
                ),
            ],
        )

    def test_it_must_be_for_this_draft(self) -> None:
        found = self.load(self.home_visit(), template_key="otra", version=2)
        self.assertIsNone(found["values"])
        self.assertIn("home_visit", found["problems"][0]["text"])
        found = self.load(self.home_visit(), template_key="home_visit", version=3)
        self.assertIn("version 2", found["notices"][0]["text"])
        self.assertTrue(found["values"])
        self.assertIsNone(self.load(self.changed(key="Con Mayúsculas"))["values"])

    def test_files_that_are_none(self) -> None:
        for content in (b"", b"%PDF-1.7", b"PK\x03\x04 nothing"):
            with self.subTest(content):
                found = xlsforms.load(base64.b64encode(content).decode())
                self.assertIsNone(found["values"])
                self.assertTrue(found["problems"][0]["text"])
        self.assertIsNone(xlsforms.load("no base64 %")["values"])

    def test_only_who_may_write_templates_loads(self) -> None:
        make.make_team()
        frappe.set_user(make.GESTOR)
        with self.assertRaises(frappe.PermissionError):
            self.load(self.home_visit())

    def test_what_has_no_place_is_refused_with_what_to_write_instead(self) -> None:
        for code, detail, advice in (
            ("unknown_type", "file", "photo"),
            ("unknown_type", "select_one_from_file veredas.csv", "sheet choices"),
            ("unknown_type", "video", "photo"),
            ("column_unsupported", "media::image::English (en)", "label or the hint"),
        ):
            with self.subTest(detail):
                said = template_problems.said(code, detail)
                self.assertIn(advice, said)
                self.assertIn(detail, said)
        self.assertEqual(template_problems.said("unknown_type", "no such"), "Unknown type: no such.")

    def test_cascading_choices_come_and_go_by_spreadsheet(self) -> None:
        doc = make.make_cascade()
        form = templates.form_of(doc)
        found = self.load(Form(**{**vars(form), "key": "otra_cascada"}))
        self.assertEqual((found["problems"], found["notices"]), ([], []))
        copy_of = frappe.get_doc({"doctype": "Acta Template", **copy.deepcopy(found["values"])}).insert()
        again = templates.form_of(copy_of)
        self.assertEqual((again.rows, again.choices), (form.rows, form.choices))
        templates.set_status(copy_of.name, "Published")
        package = xforms.form_package(copy_of.name)
        self.assertIn("/root/item[departamento =  /otra_cascada/departamento ]", package["html"])
        self.assertIn("<departamento>guajira</departamento>", package["model"])

    def test_what_is_wrong_with_a_filter_is_told_by_cell(self) -> None:
        form = templates.form_of(make.make_cascade())
        for wrong, said in (
            ("departamento = ${nadie}", "The expression names a field that does not exist: nadie."),
            ("region = 1", "The filter reads region, which no choice has: look at how it is written."),
            ("municipio = 1", "The filter reads municipio, which no choice of the list municipios has."),
            (
                "name = vereda",
                "The filter reads vereda as a column of the choices, and none has it. The question is written ${vereda}.",
            ),
            (
                "name = ${vereda}",
                "A filter takes only what was answered before: vereda is not asked before this question.",
            ),
        ):
            with self.subTest(wrong):
                rows = list(form.rows)
                rows[1] = type(rows[1])(**{**vars(rows[1]), "choice_filter": wrong})
                found = self.load(Form(**{**vars(form), "key": "otra", "rows": tuple(rows)}))
                self.assertEqual(
                    [(one["where"], one["text"]) for one in found["problems"]],
                    [("Sheet survey, cell D3 (choice_filter)", said)],
                )

    def test_two_versions_side_by_side(self) -> None:
        doc = make.make_template(status="Published")
        second = frappe.get_doc("Acta Template", templates.new_version(doc.name))
        self.assertEqual(template_versions.changes(doc.name, second.name), [])
        second.questions[0].label = "Tema tratado"
        second.append("questions", {"field_type": "text", "field_name": "lugar", "label": "Lugar"})
        second.append("writes", {"question": "lugar", "target": "Family", "target_field": "present_detail"})
        second.save()
        self.assertEqual([row.name for row in template_versions.versions(doc.name)], [second.name])
        told = template_versions.changes(second.name, doc.name)
        detail = frappe.get_meta("Family").get_label("present_detail")
        self.assertEqual(
            [(row["kind"], row["what"], row["was"], row["now"]) for row in told],
            [
                ("changed", "Question Tema tratado (tema): Label", "Tema", "Tema tratado"),
                ("added", "New question: Lugar (lugar)", "", ""),
                ("added", f"The answer is now written: lugar → Family: {detail}", "", ""),
            ],
        )
