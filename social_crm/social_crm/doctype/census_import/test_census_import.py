"""The census import with a site: real files in, families and persons out, whole households only, nothing twice."""

import io
import json
from collections import Counter
from datetime import date

import frappe
from openpyxl import Workbook, load_workbook

from social_crm.demo.messy_census import SURNAMES, WOMEN, messy_census
from social_crm.social_crm.services import documents
from social_crm.social_crm.services.census import actions, checking, loading, message_texts, rows_store, state
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_community, make_user

HEADER = [
    "Código hogar",
    "Parentesco",
    "Nombres",
    "Apellidos",
    "Tipo doc",
    "Cédula",
    "F. nacimiento",
    "Observaciones",
]
ON = "2026-01-15"
GESTOR = "gestor.censo@example.com"


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def person(household, kinship, given, surnames, number, birth="12/03/1980", notes=None, kind="CC"):
    return [household, kinship, given, surnames, kind, number, birth, notes]


def fresh(doc):
    """The document as the services left it."""
    doc.reload()
    return doc


class CensusTestCase(SocialCRMTestCase):
    def prepare(self) -> None:
        self.community = make_community("Comunidad del censo").name

    def upload(self, content: bytes, name: str = "censo.xlsx", **values):
        file = frappe.get_doc(
            {"doctype": "File", "file_name": name, "is_private": 1, "content": content}
        ).insert()
        values = {
            "community": self.community,
            "registration_date": ON,
            "no_document_reason": "Sin dato",
            **values,
        }
        return frappe.get_doc({"doctype": "Census Import", "census_file": file.file_url, **values}).insert()

    def check(self, doc):
        token = state.RUNS.begin(doc.name, state.CHECKING, frappe.session.user)
        checking.run(doc.name, token, frappe.session.user)
        return fresh(doc)

    def load(self, doc):
        token = state.RUNS.begin(doc.name, state.LOADING, frappe.session.user)
        loading.run(doc.name, token, frappe.session.user)
        return fresh(doc)

    def import_file(self, content: bytes, name: str = "censo.xlsx", **values):
        return self.load(self.check(self.upload(content, name, **values)))

    def reasons(self, doc, row: int) -> str:
        return frappe.db.get_value(
            "Census Import Row", {"census_import": doc.name, "sheet_row": row}, "reason"
        )

    def row(self, doc, number: int):
        name = frappe.db.get_value("Census Import Row", {"census_import": doc.name, "sheet_row": number})
        return frappe.get_doc("Census Import Row", name)


class TestCensusImport(CensusTestCase):
    def test_a_messy_census_gives_exactly_what_is_true_and_again_nothing(self):
        census = messy_census(120, seed=4)
        families, persons = frappe.db.count("Family"), frappe.db.count("Beneficiary")
        doc = self.import_file(census.as_xlsx())
        truth = census.truth
        self.assertEqual(
            (doc.status, doc.total_rows, doc.created_rows, doc.created_families),
            ("Finished", truth.rows, truth.created, truth.households),
        )
        self.assertEqual(
            (doc.duplicate_rows, doc.undecided_rows, doc.rejected_rows),
            (truth.duplicates, truth.to_decide, truth.rejected),
        )
        self.assertEqual(frappe.db.count("Beneficiary") - persons, truth.created)
        self.assertEqual(frappe.db.count("Family") - families, truth.households)
        for content, name in ((census.as_xlsx(), "otra.xlsx"), (census.shuffled().as_csv(), "otra.csv")):
            again = self.import_file(content, name)
            self.assertEqual((again.created_rows, again.created_families), (0, 0))
            self.assertEqual(again.skipped_rows, truth.created + truth.duplicates)
        self.assertEqual(frappe.db.count("Beneficiary") - persons, truth.created)

    def test_a_household_becomes_a_family_with_its_members(self):
        doc = self.import_file(
            workbook(
                HEADER,
                person("H-1", "Jefe de hogar", "Ana María", "Pérez de la Hoz", "1.118.800.001"),
                person("H-1", "hija", "Luisa", "Gómez Pérez", 1118800002, date(2015, 5, 6), "Estudia", "TI"),
            )
        )
        head = self.row(doc, 2)
        family = frappe.get_doc("Family", head.family)
        self.assertEqual(
            (family.community, family.census_code, family.member_count), (self.community, "H-1", 2)
        )
        self.assertEqual((family.head, family.family_name), (head.beneficiary, "Pérez de la Hoz"))
        child = frappe.get_doc("Beneficiary", self.row(doc, 3).beneficiary)
        self.assertEqual(
            (child.first_name, child.kinship, str(child.birth_date)), ("Luisa", "Child", "2015-05-06")
        )
        self.assertEqual(documents.owner_of("RC", "1118800002"), child.name)

    def test_one_bad_row_keeps_its_household_out_and_says_why(self):
        doc = self.import_file(
            workbook(
                HEADER,
                person("1", "Jefe", "Ana", "Pérez", 1118800011),
                person("1", "Hijo", "Luis", "Pérez", 1118800012, "31/02/2015"),
                person("2", "Jefe", "Eva", "Ruiz", 1118800013),
            )
        )
        self.assertEqual((doc.created_rows, doc.rejected_rows, doc.created_families), (1, 2, 1))
        frappe.local.lang = "es"
        self.addCleanup(setattr, frappe.local, "lang", "en")
        problems = actions.problem_rows(doc.name, "Rejected")["rows"]
        self.assertEqual(
            problems[1]["reasons"], ["Celda G3: La fecha «31/02/2015» no existe en el calendario."]
        )
        self.assertIn("Un hogar se carga completo", problems[0]["reasons"][0])

    def test_rejected_rows_come_back_as_a_safe_spreadsheet_that_loads_once_corrected(self):
        evil = '=HYPERLINK("http://x","clic")'
        good = person("1", "Jefe", "Ana", "Pérez", 1118800021)
        bad = person("1", "Hijo", "Luis", "Pérez", 1118800022, "31/02/2015", f" {evil}")
        doc = self.import_file(workbook(HEADER, good, bad))
        actions.rejected_rows(doc.name)
        sheet = load_workbook(io.BytesIO(frappe.response["filecontent"])).active
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        self.assertEqual(rows[0][: len(HEADER)], HEADER)
        self.assertEqual([row[len(HEADER)] for row in rows[1:]], [2, 3])
        self.assertTrue(all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line))
        self.assertTrue(rows[2][7].startswith("'"))
        rows[2][6] = "28/02/2015"
        again = self.import_file(workbook(*rows), "corregido.xlsx")
        self.assertEqual((again.created_rows, again.created_families, again.rejected_rows), (2, 1, 0))
        self.assertEqual(
            frappe.db.get_value("Beneficiary", self.row(again, 3).beneficiary, "notes").strip(), evil
        )

    def test_a_new_row_of_a_known_household_joins_its_family(self):
        rows = [HEADER, person("1", "Jefe", "Ana", "Pérez", 1118800031)]
        first = self.import_file(workbook(*rows))
        second = self.import_file(
            workbook(*rows, person("1", "Hijo", "Luis", "Pérez", 1118800032)), "dos.xlsx"
        )
        self.assertEqual((second.created_rows, second.created_families, second.skipped_rows), (1, 0, 1))
        self.assertEqual(self.row(second, 3).family, self.row(first, 2).family)
        self.assertEqual(frappe.db.get_value("Family", self.row(first, 2).family, "member_count"), 2)

    def test_a_likely_duplicate_waits_for_a_decision(self):
        self.import_file(workbook(HEADER, person("1", "Jefe", "Ana María", "Pérez Gómez", 1118800041)))
        rows = [
            person("7", "Jefe", "ANA MARIA", "Gomez Perez", None),
            person("8", "Jefe", "Ana María", "Pérez Gómez", 1118800047),
            person("8", "Hijo", "Luis", "Pérez", 1118800048, "01/02/2014"),
        ]
        doc = self.import_file(workbook(HEADER, *rows), "dos.xlsx")
        self.assertEqual((doc.created_rows, doc.undecided_rows, doc.waiting_rows), (0, 2, 1))
        first, second = actions.questions(doc.name)
        self.assertEqual(first["other"]["full_name"], "Ana María Pérez Gómez")
        actions.decide(doc.name, first["name"], "Same Person")
        actions.decide(doc.name, second["name"], "Different Person")
        self.load(doc)
        self.assertEqual((doc.created_rows, doc.created_families, doc.duplicate_rows), (2, 1, 1))
        self.assertEqual(self.import_file(workbook(HEADER, *rows), "tres.xlsx").created_rows, 0)

    def test_a_person_of_another_community_is_not_shown_to_a_gestor(self):
        other = make_community("Comunidad ajena").name
        self.import_file(
            workbook(HEADER, person("1", "Jefe", "Ana María", "Pérez Gómez", 1118800051)), community=other
        )
        assign(make_user(GESTOR, "Gestor"), community=self.community)
        frappe.set_user(GESTOR)
        rows = [
            person("1", "Jefe", "Ana María", "Pérez Gómez", 1118800051),
            person("2", "Jefe", "Ana María", "Pérez Gómez", 1118800057),
            person("3", "Jefe", "Eva", "Ruiz", 1118800053),
        ]
        doc = self.import_file(workbook(HEADER, *rows), "propio.xlsx")
        self.assertEqual((doc.created_rows, doc.rejected_rows, doc.undecided_rows), (1, 1, 1))
        seen = frappe.get_list("Census Import Row", filters={"census_import": doc.name}, fields=["*"])
        told = [row for row in seen if row.sheet_row in (2, 3)]
        said = [[reason["code"] for reason in json.loads(row.reasons)] for row in told]
        self.assertEqual(said, [["exists_elsewhere"]] * 2)
        self.assertNotIn("BEN-", json.dumps(told, default=str))
        (question,) = actions.questions(doc.name)
        self.assertEqual((question["other"], question["findings"], question["score"]), (None, [], 0))
        self.assertRaises(
            frappe.PermissionError, actions.decide, doc.name, question["name"], "Different Person"
        )
        frappe.set_user("Administrator")
        self.assertEqual(actions.questions(doc.name)[0]["other"]["full_name"], "Ana María Pérez Gómez")
        actions.decide(doc.name, question["name"], "Different Person")
        self.assertEqual(fresh(doc).ready_rows, 1)

    def test_who_may_import_and_where(self):
        other = make_community("Comunidad ajena").name
        assign(make_user(GESTOR, "Gestor"), community=self.community)
        content = workbook(HEADER, person("1", "Jefe", "Eva", "Ruiz", 1118800061))
        foreign = self.upload(content, community=other)
        frappe.set_user(GESTOR)
        self.assertRaises(frappe.PermissionError, self.upload, content, community=other)
        content = workbook(HEADER, person("1", "Jefe", "Rosa", "Daza", 1118800062))
        nowhere = self.upload(content, community=None)
        self.assertRaises(frappe.MandatoryError, actions.check, nowhere.name, "{}")
        self.assertRaises(frappe.PermissionError, actions.overview, foreign.name)
        self.assertRaises(frappe.PermissionError, actions.load, foreign.name)
        for role in ("Income Advisor", "M&E Analyst", "Auditor"):
            frappe.set_user("Administrator")
            make_user(GESTOR, role)
            frappe.set_user(GESTOR)
            self.assertRaises(frappe.PermissionError, self.upload, content)

    def test_computed_fields_are_not_taken_from_a_client(self):
        doc = self.upload(workbook(HEADER, person("1", "Jefe", "Eva", "Ruiz", 1118800062)))
        doc.update({"status": "Finished", "created_rows": 99, "run_token": "x"})
        doc.columns = []
        doc.save()
        doc.reload()
        self.assertEqual((doc.status, doc.created_rows, doc.run_token), ("Draft", 0, None))
        self.assertEqual(len(doc.columns), len(HEADER))
        row = frappe.get_doc({"doctype": "Census Import Row", "census_import": doc.name})
        self.assertRaises(frappe.PermissionError, row.insert)

    def test_a_file_that_is_no_census_is_refused_whole(self):
        before = frappe.db.count("Census Import")
        for content, name in (
            (b"%PDF-1.7", "censo.xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "censo.xls"),
        ):
            self.assertRaises(frappe.ValidationError, self.upload, content, name)
        self.assertEqual(frappe.db.count("Census Import"), before)

    def test_a_merged_header_is_told_and_another_row_can_be_chosen(self):
        book = Workbook()
        for line in (
            ["DATOS", "", "", ""],
            ["Hogar", "Parentesco", "Nombres", "Apellidos"],
            ["1", "Jefe", "Eva", "Ruiz"],
        ):
            book.active.append(line)
        book.active.merge_cells("C2:D2")
        stream = io.BytesIO()
        book.save(stream)
        doc = self.upload(stream.getvalue())
        view = actions.overview(doc.name)
        self.assertIn("C2:D2", view["problem"])
        self.assertEqual(view["columns"], [])
        self.assertEqual(actions.read_sheet(doc.name, header_row=1)["header_row"], 1)

    def test_a_formula_without_a_result_stops_the_check_and_names_the_cell(self):
        doc = self.check(
            self.upload(workbook(HEADER, ["1", "Jefe", "=B1", "Ruiz", "CC", 1118800071, None, None]))
        )
        self.assertEqual(doc.status, "Failed")
        self.assertIn("C2", actions.overview(doc.name)["problem"])
        self.assertEqual(rows_store.counts(doc.name), {})

    def test_what_was_chosen_for_a_header_is_remembered(self):
        rows = [["Hogar", "Rol", "Nombre completo", "Apodo raro"], ["1", "Jefe", "Eva Ruiz", "Evita"]]
        doc = self.upload(workbook(*rows))
        chosen = {column.column_index: column.target_field for column in doc.columns}
        actions.check(doc.name, json.dumps({**chosen, 3: "Notes"}))
        later = self.upload(workbook(*rows), "luego.xlsx")
        self.assertEqual((later.columns[3].target_field, later.columns[3].basis), ("Notes", "Remembered"))
        self.assertRaises(frappe.ValidationError, actions.check, later.name, json.dumps({2: "Notes"}))

    def test_a_lost_run_is_taken_over_and_the_old_one_stops(self):
        rows = [person(str(n), "Jefe", WOMEN[n], SURNAMES[n], 1118800080 + n) for n in range(6)]
        doc = self.check(self.upload(workbook(HEADER, *rows)))
        old = state.RUNS.begin(doc.name, state.LOADING, "Administrator")
        loading.run(doc.name, old, "Administrator", run_seconds=0)
        self.assertEqual(fresh(doc).created_rows, 1)
        new = state.RUNS.begin(doc.name, state.LOADING, "Administrator")
        loading.run(doc.name, old, "Administrator")
        self.assertEqual(fresh(doc).created_rows, 1)
        loading.run(doc.name, new, "Administrator")
        self.assertEqual((fresh(doc).created_rows, doc.status, doc.progress), (6, "Finished", 100))

    def test_a_stalled_run_is_found_and_a_live_one_is_not(self):
        doc = self.upload(workbook(HEADER, person("1", "Jefe", "Eva", "Ruiz", 1118800091)))
        token = state.RUNS.begin(doc.name, state.CHECKING, "Administrator")
        loading.resume_stalled()
        self.assertEqual(frappe.db.get_value("Census Import", doc.name, "run_token"), token)
        state.RUNS.set_values(doc.name, heartbeat="2026-01-01 00:00:00")
        loading.resume_stalled()
        self.assertNotEqual(frappe.db.get_value("Census Import", doc.name, "run_token"), token)

    def test_cancelling_keeps_what_is_loaded_and_continues_later(self):
        rows = [person(str(n), "Jefe", WOMEN[n], SURNAMES[n], 1118800100 + n) for n in range(4)]
        doc = self.check(self.upload(workbook(HEADER, *rows)))
        token = state.RUNS.begin(doc.name, state.LOADING, "Administrator")
        loading.run(doc.name, token, "Administrator", run_seconds=0)
        actions.cancel(doc.name)
        loading.run(doc.name, token, "Administrator")
        self.assertEqual((fresh(doc).status, doc.created_rows), ("Cancelled", 1))
        self.assertEqual(self.load(doc).created_rows, 4)
        self.assertRaises(frappe.ValidationError, doc.delete)

    def test_a_household_that_the_site_refuses_is_rejected_with_the_words_of_the_refusal(self):
        doc = self.check(self.upload(workbook(HEADER, person("1", "Jefe", "Eva", "Ruiz", 1118800111))))
        self.import_file(workbook(HEADER, person("9", "Jefe", "Rosa", "Daza", 1118800111)), "otro.xlsx")
        self.load(doc)
        self.assertEqual((doc.created_rows, doc.rejected_rows, doc.status), (0, 1, "Finished"))
        self.assertIn("1118800111", self.reasons(doc, 2))

    def test_every_code_has_its_sentence_in_spanish(self):
        frappe.local.lang = "es"
        self.addCleanup(setattr, frappe.local, "lang", "en")
        spanish = {**message_texts.file_texts(), **message_texts.row_texts()}
        frappe.local.lang = "en"
        english = {**message_texts.file_texts(), **message_texts.row_texts()}
        same = [code for code, text in spanish.items() if text == english[code]]
        self.assertEqual(same, [])
        fields = {code: Counter(_placeholders(text)) for code, text in english.items()}
        self.assertEqual({code: Counter(_placeholders(text)) for code, text in spanish.items()}, fields)


def _placeholders(text: str) -> list[str]:
    from string import Formatter

    return [name for _, name, _, _ in Formatter().parse(text) if name]
