import json

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from social_crm.field_records import factories as make
from social_crm.field_records.services import actions, mapping, seals, xforms
from social_crm.income_generation import factories as income
from social_crm.social_crm import factories as people
from social_crm.testing import SocialCRMTestCase

QUESTIONS = [
    {"field_type": "select_one", "field_name": "zona", "label": "Zona", "choice_list": "zonas"},
    {"field_type": "geopoint", "field_name": "punto", "label": "Punto"},
    {"field_type": "text", "field_name": "oficio", "label": "Oficio"},
    {"field_type": "select_one", "field_name": "estudia", "label": "¿Estudia?", "choice_list": "si_no"},
    {"field_type": "select_one", "field_name": "opera", "label": "¿Opera?", "choice_list": "si_no"},
    {"field_type": "decimal", "field_name": "ventas", "label": "Ventas"},
    {"field_type": "decimal", "field_name": "costos", "label": "Costos"},
    {"field_type": "integer", "field_name": "empleos", "label": "Empleos"},
    {"field_type": "begin_repeat", "field_name": "compromisos", "label": "Compromisos"},
    {"field_type": "text", "field_name": "que", "label": "Qué"},
    {"field_type": "date", "field_name": "cuando", "label": "Cuándo"},
    {"field_type": "end_repeat"},
    {"field_type": "text", "field_name": "tema", "label": "Tema"},
]
CHOICES = [
    {"list_name": "zonas", "choice_value": "r", "label": "Rural"},
    {"list_name": "zonas", "choice_value": "Urban", "label": "Urbana"},
    {"list_name": "si_no", "choice_value": "si", "label": "Sí"},
    {"list_name": "si_no", "choice_value": "no", "label": "No"},
]
YES_NO = "si = Yes\nno = No"


def write(question: str, target: str, field: str, values: str = "") -> dict:
    return {"question": question, "target": target, "target_field": field, "value_map": values}


FAMILY = [write("zona", "Family", "zone", "r = Rural"), write("punto", "Family", "latitude")]
PERSON = [write("oficio", "Beneficiary", "occupation"), write("estudia", "Beneficiary", "attends_school")]
VISIT = [
    write("opera", "Productive Unit Follow-up", "operating", YES_NO),
    write("ventas", "Productive Unit Follow-up", "sales"),
    write("costos", "Productive Unit Follow-up", "costs"),
    write("empleos", "Productive Unit Follow-up", "jobs"),
]
COMMITMENTS = [write("que", "Commitment", "subject"), write("cuando", "Commitment", "due_date")]
ACTIVITY = [write("tema", "Community Activity", "subject")]


class TestMapping(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()

    def template(self, *writes: dict) -> str:
        frappe.set_user("Administrator")
        doc = make.make_template(
            questions=[dict(row) for row in QUESTIONS],
            choices=[dict(row) for row in CHOICES],
            writes=[dict(row) for row in writes],
            status="Published",
        )
        frappe.set_user(make.GESTOR)
        return doc.name

    def close(self, template: str, answers: dict, **values) -> object:
        doc = make.make_acta(template=template, answers=answers, **values)
        return frappe.get_doc("Acta", apply_workflow(doc, "Close").name)

    def history(self, doctype: str, name: str) -> list[dict]:
        rows = frappe.get_all("Version", filters={"ref_doctype": doctype, "docname": name}, pluck="data")
        return [json.loads(data) for data in rows]

    def test_answers_change_the_family_and_its_history_names_the_acta(self) -> None:
        family = make.make_family()
        answers = {"zona": "r", "punto": {"latitude": "11.5", "longitude": "-72.9"}}
        template = self.template(*FAMILY)
        doc = self.close(template, answers, family=family)
        record = frappe.get_doc("Family", family)
        self.assertEqual((record.zone, record.latitude, record.longitude), ("Rural", 11.5, -72.9))
        last = next(one for one in self.history("Family", family) if one.get("updater_reference"))
        self.assertEqual(last["updater_reference"]["docname"], doc.name)
        self.assertIn(["zone", None, "Rural"], [[a, b or None, c] for a, b, c in last["changed"]])
        self.assertEqual(
            [(row.record_doctype, row.record_name, row.action) for row in doc.written_records],
            [("Family", family, "Changed")],
        )
        self.assertTrue(seals.holds(doc))
        package = xforms.form_package(template)
        # Who signs reads in their language what closing will change.
        told = {
            "question": "zona",
            "target": "Family",
            "field": "zone",
            "label": {"es": "Zona", "en": "Zone"},
        }
        self.assertIn(told, package["mapping"])
        # The same again is no change.
        again = self.close(template, answers, family=family)
        self.assertFalse(again.written_records)

    def test_a_question_that_was_not_answered_writes_nothing(self) -> None:
        family = make.make_family()
        doc = self.close(self.template(*FAMILY, *VISIT), {"tema": "x"}, family=family)
        self.assertFalse(doc.written_records)

    def test_a_follow_up_is_made_and_an_amendment_changes_it(self) -> None:
        unit = self.unit()
        template = self.template(*VISIT)
        first = self.close(
            template, {"opera": "si", "ventas": "900000.5", "empleos": 2}, productive_unit=unit
        )
        [row] = first.written_records
        visit = frappe.get_doc("Productive Unit Follow-up", row.record_name)
        self.assertEqual(
            (visit.productive_unit, visit.operating, visit.sales, visit.jobs, visit.visited_by),
            (unit, "Yes", 900000.5, 2, make.GESTOR),
        )
        self.assertEqual(str(visit.visit_date), nowdate())
        self.assertEqual(
            [one["updater_reference"]["docname"] for one in self.history(visit.doctype, visit.name)],
            [first.name],
        )
        amendment = frappe.get_doc("Acta", actions.amend(first.name, "Error en las ventas"))
        self.assertFalse(amendment.written_records)
        amendment.answers = {"opera": "si", "ventas": "800000", "empleos": 2}
        amendment.append("participants", make.participant("Ana"))
        amendment.save()
        apply_workflow(amendment, "Close")
        self.assertEqual(frappe.db.count("Productive Unit Follow-up", {"productive_unit": unit}), 1)
        self.assertEqual(frappe.db.get_value(visit.doctype, visit.name, "sales"), 800000)

    def unit(self) -> str:
        family = make.make_family()
        person = frappe.db.get_value("Family", family, "head")
        frappe.set_user("Administrator")
        return income.make_unit(person).name

    def test_commitments_of_a_repeat_are_sealed_with_the_acta(self) -> None:
        due = add_days(nowdate(), 20)
        rows = [{"que": "Traer la cédula", "cuando": due}, {"que": "Sembrar", "cuando": due}]
        doc = self.close(self.template(*COMMITMENTS), {"compromisos": rows})
        agreed = json.loads(doc.agreed_commitments)
        self.assertEqual([one["subject"] for one in agreed], ["Traer la cédula", "Sembrar"])
        made = frappe.get_doc("Commitment", agreed[0]["name"])
        self.assertEqual((made.reference_name, made.family, str(made.due_date)), (doc.name, doc.family, due))
        self.assertTrue(seals.holds(doc))

    def test_an_activity_with_those_who_took_part(self) -> None:
        family = make.make_family()
        head = frappe.db.get_value("Family", family, "head")
        signed = [make.participant("Ana", beneficiary=head), make.participant("Invitada")]
        doc = self.close(
            self.template(*ACTIVITY), {"tema": "Huertas"}, community=make.COMMUNITY, participants=signed
        )
        activity, attendance = doc.written_records
        self.assertEqual(
            frappe.db.get_value(
                "Community Activity",
                activity.record_name,
                ["subject", "status", "community", "attendee_count"],
            ),
            ("Huertas", "Held", make.COMMUNITY, 1),
        )
        self.assertEqual(
            frappe.db.get_value("Activity Attendance", attendance.record_name, ["activity", "beneficiary"]),
            (activity.record_name, head),
        )

    def test_what_a_record_refuses_refuses_the_closing(self) -> None:
        template = self.template(*VISIT)
        unit = self.unit()
        frappe.set_user(make.GESTOR)
        for why, answers, values in (
            ("choose it", {"opera": "si"}, {}),
            ("Operating|operating", {"ventas": "5"}, {"productive_unit": unit}),
            ("negative|less", {"opera": "si", "ventas": "-5"}, {"productive_unit": unit}),
        ):
            with self.subTest(why):
                doc = make.make_acta(template=template, answers=answers, **values)
                with self.assertRaisesRegex(frappe.ValidationError, rf"cannot be closed.*({why})"):
                    apply_workflow(doc, "Close")
                frappe.clear_messages()

    def test_the_rights_of_whoever_closes_hold(self) -> None:
        """The Credit Officer may read families, not write them."""
        template = self.template(*FAMILY)
        doc = make.make_acta(template=template, answers={"zona": "r"})
        family = frappe.get_doc("Family", doc.family)
        frappe.set_user("Administrator")
        other = frappe.get_doc(
            {"doctype": "Custom DocPerm", "parent": "Family", "role": "Gestor", "read": 1, "permlevel": 0}
        )
        frappe.permissions.setup_custom_perms("Family")
        frappe.db.delete("Custom DocPerm", {"parent": "Family", "role": "Gestor"})
        other.insert()
        frappe.clear_cache(doctype="Family")
        self.addCleanup(frappe.clear_cache, doctype="Family")
        frappe.set_user(make.GESTOR)
        with self.assertRaises(frappe.PermissionError):
            apply_workflow(doc, "Close")
        self.assertEqual(frappe.db.get_value("Family", family.name, "zone"), family.zone)

    def test_nobody_writes_the_list_of_what_was_written(self) -> None:
        doc = make.make_acta(family=make.make_family())
        doc.append(
            "written_records", {"record_doctype": "Family", "record_name": doc.family, "action": "Made"}
        )
        doc.save()
        self.assertFalse(frappe.get_doc("Acta", doc.name).written_records)

    def test_a_mapping_is_checked_when_the_template_is_saved(self) -> None:
        for why, rows in (
            ("no question", [write("nada", "Family", "notes")]),
            ("does not exist", [write("oficio", "Family", "head")]),
            ("does not exist", [write("oficio", "Family", "community")]),
            ("does not exist", [write("oficio", "Beneficiary", "first_surname")]),
            ("does not exist", [write("oficio", "Beneficiary", "no_hay")]),
            ("does not fit", [write("oficio", "Productive Unit", "jobs")]),
            ("no value si", [write("estudia", "Productive Unit Follow-up", "operating", "no = No")]),
            ("without operating", [write("ventas", "Productive Unit Follow-up", "sales")]),
            ("in a repeat", [write("que", "Family", "notes")]),
            ("same repeat", [write("que", "Commitment", "subject"), write("cuando", "Commitment", "due_date"), write("oficio", "Commitment", "description")]),
            ("written twice", [write("oficio", "Family", "notes"), write("tema", "Family", "notes")]),
            ("latitude", [write("punto", "Family", "longitude")]),
        ):  # fmt: skip
            with self.subTest(rows), self.assertRaisesRegex(frappe.ValidationError, why):
                self.template(*rows)
            frappe.clear_messages()

    def test_the_mapping_of_a_published_version_may_change_its_questions_may_not(self) -> None:
        name = self.template(*FAMILY)
        before = xforms.form_package(name)
        frappe.set_user("Administrator")
        doc = frappe.get_doc("Acta Template", name)
        doc.append("writes", write("oficio", "Beneficiary", "occupation"))
        doc.append("translations", {"language": "English (en)", "element": "oficio", "label": "Trade"})
        doc.save()
        now = xforms.form_package(name)
        self.assertNotEqual(now["hash"], before["hash"])
        self.assertEqual((now["languages"], len(now["mapping"])), (["es", "en"], 3))
        doc.append("writes", write("oficio", "Family", "head"))
        with self.assertRaisesRegex(frappe.ValidationError, "does not exist"):
            doc.save()
        doc.reload()
        doc.questions[0].label = "Otra"
        with self.assertRaises(frappe.PermissionError):
            doc.save()

    def test_protected_fields_are_fields_that_there_are(self) -> None:
        for target, names in mapping.PROTECTED.items():
            for name in names:
                self.assertTrue(frappe.get_meta(target).has_field(name), f"{target}.{name}")
            self.assertFalse(set(mapping.fields_of(target)) & names)
        self.assertIn("zone", [row["value"] for row in mapping.writable_fields("Family")])
        self.assertTrue(people.make_community(make.COMMUNITY))
