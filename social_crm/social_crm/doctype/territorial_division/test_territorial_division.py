"""DIVIPOLA with a site: loading twice changes nothing, and what is no DIVIPOLA loads nothing."""

import io

import frappe

from social_crm.social_crm.services import divipola
from social_crm.testing import SocialCRMTestCase

HEADER = "Código Departamento,Nombre Departamento,Código Municipio,Nombre Municipio,Código Centro Poblado,Nombre Centro Poblado\n"


def text(*rows: str) -> bytes:
    return (HEADER + "\n".join(rows)).encode()


class TestTerritorialDivision(SocialCRMTestCase):
    def test_the_shipped_divisions_load_once(self):
        divipola.load_shipped()
        again = divipola.load_shipped()
        self.assertEqual((again["created"], again["changed"], again["left_out"]), (0, 0, 0))
        self.assertEqual(frappe.db.count("Territorial Division", {"level": "Department"}), 33)
        doc = frappe.get_doc("Territorial Division", "44430")
        self.assertEqual(
            (doc.division_name, doc.parent_division, doc.department_name), ("Maicao", "44", "La Guajira")
        )

    def test_a_corrected_name_is_taken_over(self):
        divipola.load(divipola.parse(text("97,VAUPES,97001,MITU,97001000,MITU")))
        result = divipola.load(divipola.parse(text("97,Vaupés,97001,Mitú,97001000,Mitú")))
        self.assertEqual((result["created"], result["changed"]), (0, 3))
        self.assertEqual(frappe.db.get_value("Territorial Division", "97001000", "department_name"), "Vaupés")

    def test_nine_thousand_centres_load_in_one_go(self):
        rows = [
            f"91,Amazonas,91{m:03},Lugar {m},91{m:03}{c:03},Centro {m}-{c}"
            for m in range(1, 19)
            for c in range(500)
        ]
        result = divipola.load(divipola.parse(text(*rows)))
        self.assertEqual(result["created"] + result["unchanged"] + result["changed"], 1 + 18 + 9000)

    def test_a_workbook_with_titles_above(self):
        import openpyxl

        book = openpyxl.Workbook()
        book.active.append(["DANE"])
        book.create_sheet("DIVIPOLA")
        for row in (
            ["Departamento", None, "Municipio", None],
            ["Código", "Nombre", "Código", "Nombre"],
            [99, "Vichada", 99001, "Puerto Carreño"],
        ):
            book["DIVIPOLA"].append(row)
        data = io.BytesIO()
        book.save(data)
        found = divipola.parse(data.getvalue())
        self.assertEqual([d.code for d in found.divisions], ["99", "99001"])

    def test_files_that_are_no_divipola(self):
        for content in (b"a,b\n1,2\n", b"\x00\x01\x02nothing", HEADER.encode(), b""):
            with self.assertRaises(frappe.ValidationError):
                divipola.parse(content)

    def test_the_import_of_a_user_reports_its_result(self):
        file = frappe.get_doc(
            {
                "doctype": "File",
                "file_name": "divipola.csv",
                "is_private": 1,
                "content": text("95,Guaviare,95001,Calamar,,"),
            }
        ).insert()
        divipola.run_import(file.file_url, "Administrator")
        self.assertTrue(frappe.db.exists("Territorial Division", "95001"))
        self.assertIn("1", frappe.db.get_single_value("Social CRM Settings", "territory_status"))

    def test_codes_fit_their_level(self):
        for code, level in (("444", "Department"), ("44A30", "Municipality"), ("44", "Municipality")):
            values = {"code": code, "division_name": "X", "level": level}
            with self.assertRaisesRegex(frappe.ValidationError, "digits"):
                frappe.get_doc({"doctype": "Territorial Division", **values}).insert()
