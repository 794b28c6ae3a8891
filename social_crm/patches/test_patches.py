import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.income_generation.factories import (
    make_minimum_wage,
    make_resident,
    make_semester,
    make_student,
    make_unit,
)
from social_crm.patches import carry_programme_rules, carry_unit_closings, carry_workflow_status
from social_crm.social_crm.factories import make_community
from social_crm.social_crm.services.programme_rules import FIGURES, ProgrammeRules, rules_as_of
from social_crm.testing import SocialCRMTestCase


class TestPatches(SocialCRMTestCase):
    def store(self, **values) -> None:
        singles = frappe.qb.DocType("Singles")
        for field, value in values.items():
            frappe.qb.into(singles).columns("doctype", "field", "value").insert(
                "Social CRM Settings", field, str(value)
            ).run()

    def stored(self) -> list:
        singles = frappe.qb.DocType("Singles")
        query = frappe.qb.from_(singles).select(singles.field).where(singles.doctype == "Social CRM Settings")
        return query.where(singles.field.isin(FIGURES)).run()

    def test_rules_of_a_site_become_its_first_dated_ones(self):
        for shipped in (True, False):
            if not shipped:
                frappe.db.delete("Programme Rules", {"name": "2000-01-01"})
            self.store(fes_leave_semesters=0, unverified_after_days=60, fes_tuition_cap_wages=11)
            with self.subTest(shipped=shipped):
                carry_programme_rules.execute()
                expected = ProgrammeRules(fes_leave_semesters=0, unverified_after_days=60)
                self.assertEqual(rules_as_of(getdate("2010-05-05")), expected)
                self.assertFalse(self.stored())

    def test_a_site_that_set_nothing_else_receives_what_is_shipped(self):
        before = frappe.get_doc("Programme Rules", "2000-01-01").as_dict()
        self.store(fes_leave_semesters=2, unverified_after_days=90)
        carry_programme_rules.execute()
        self.assertEqual(frappe.get_doc("Programme Rules", "2000-01-01").as_dict(), before)
        self.assertFalse(self.stored())

    def test_states_give_rows_their_status(self):
        make_minimum_wage(2025, 1_423_500)
        place = make_community("Comunidad de los parches")
        unit = make_unit(make_resident(place)).name
        student = make_student(make_resident(place), first_phase="Active").name
        semester = make_semester(student, "2025-1", tuition=1_000_000).name
        for state, group in (("Follow-up", "Operation"), ("Closed", "Closed"), ("Profile", "Preparation")):
            frappe.db.set_value(
                "Productive Unit", unit, {"workflow_state": state, "stage_group": "Preparation"}
            )
            carry_workflow_status.execute()
            self.assertEqual(frappe.db.get_value("Productive Unit", unit, "stage_group"), group)
        for state in ("Requested", "Approved", "Paid", "Closed", "Draft"):
            frappe.db.set_value("FES Semester", semester, {"workflow_state": state, "status": "Draft"})
            carry_workflow_status.execute()
            self.assertEqual(frappe.db.get_value("FES Semester", semester, "status"), state)

    def test_days_of_closing_become_rows_once(self):
        unit = make_unit(
            make_resident(make_community("Comunidad cerrada")), started_on=add_days(nowdate(), -90)
        )
        values = {"closed_on": add_days(nowdate(), -7), "closing_reason": "Health", "closing_notes": "x"}
        frappe.db.set_value("Productive Unit", unit.name, values)
        for _time in range(2):
            carry_unit_closings.execute()
        unit.reload()
        self.assertEqual(
            [(row.closed_on, row.closing_reason, row.beneficiary) for row in unit.closings],
            [(getdate(values["closed_on"]), "Health", unit.beneficiary)],
        )
        # Such a unit was counted as closed in whatever stage: it stays so, and may still be saved and closed.
        unit.description = "Vende pan"
        unit.save()
        self.assertEqual(unit.status, "Closed")
        unit.update({"workflow_state": "Closed"})
        unit.save()
        self.assertEqual(len(unit.closings), 1)
