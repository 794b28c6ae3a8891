"""An administrator renames every state of a shipped workflow in the browser, and every rule still holds.

Both ways of the browser are walked: renaming the state itself, which renames it wherever it is used, and writing other
names into the rows of the workflow. So is a workflow whose states carry no status, as they were first shipped.
"""

from collections.abc import Callable, Iterator

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, getdate, nowdate

from social_crm.field_records import factories as actas
from social_crm.income_generation import services as units
from social_crm.income_generation.factories import (
    make_minimum_wage,
    make_resident,
    make_semester,
    make_student,
    make_unit,
    make_visit,
)
from social_crm.microcredit import factories as credit
from social_crm.microcredit.services import vouchers
from social_crm.microcredit.services.disbursement import disburse
from social_crm.social_crm.factories import make_community
from social_crm.testing import SocialCRMTestCase

WORKFLOWS = {
    "Productive Unit Stages": "Productive Unit",
    "FES Semester": "FES Semester",
    "Microcredit Application": "Microcredit Application",
    "Microcredit Restructuring": "Microcredit Restructuring",
    "Microcredit Write-off": "Microcredit Write-off",
    "Acta": "Acta",
}


def new_name(state: str) -> str:
    return f"Etapa {state[::-1]}"


def rename_the_states(workflow: str) -> None:
    """As the form of each Workflow State renames it: everything that links to it follows."""
    states = dict.fromkeys(row.state for row in frappe.get_doc("Workflow", workflow).states)
    for state in states:
        frappe.rename_doc("Workflow State", state, new_name(state), force=True, show_alert=False)


def write_other_names(workflow: str) -> None:
    """As the form of the workflow lets its rows be written; actions too, which the workflow names as it likes."""
    document = frappe.get_doc("Workflow", workflow)
    for state in dict.fromkeys(row.state for row in document.states):
        name = new_name(state)
        if not frappe.db.exists("Workflow State", name):
            frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": name}).insert()
    for row in document.states:
        row.state = new_name(row.state)
    for row in document.transitions:
        row.state, row.next_state = new_name(row.state), new_name(row.next_state)
    document.save()


def take_the_status_away(workflow: str) -> None:
    """A workflow that its administrator had edited before its states carried a status: it stays as it was."""
    document = frappe.get_doc("Workflow", workflow)
    for row in document.states:
        row.update({"update_field": None, "update_value": None})
    document.save()


WAYS: tuple[Callable[[str], None], ...] = (rename_the_states, write_other_names)


class TestRenamedStates(SocialCRMTestCase):
    def _ways(self, workflow: str, ways) -> Iterator[str]:
        for way in ways:
            frappe.db.savepoint("way")
            frappe.set_user("Administrator")
            way(workflow)
            frappe.clear_cache(doctype=WORKFLOWS[workflow])
            with self.subTest(way=way.__name__):
                yield way.__name__
            frappe.set_user("Administrator")
            frappe.db.rollback(save_point="way")
            frappe.clear_cache()

    def refused(self, step: Callable, *arguments) -> None:
        with self.assertRaises((frappe.ValidationError, frappe.PermissionError)):
            step(*arguments)

    def test_every_shipped_workflow_is_walked_here(self) -> None:
        shipped = frappe.get_all("Shipped Item", filters={"kind": "Workflow"}, pluck="item_name")
        self.assertEqual(set(shipped), set(WORKFLOWS))

    def test_productive_unit(self) -> None:
        place = make_community("Comunidad de las etapas")
        person = make_resident(place)
        for way in self._ways("Productive Unit Stages", (*WAYS, take_the_status_away)):
            unit = make_unit(person)
            for _stage in range(3):
                unit = apply_workflow(unit, "Advance")
            self.assertEqual(unit.stage_group, "Preparation", way)
            # Into implementation only with a start.
            self.refused(apply_workflow, unit, "Advance")
            unit.reload()
            unit.started_on = add_days(nowdate(), -60)
            unit.save()
            for _stage in range(2):
                unit = apply_workflow(unit, "Advance")
            self.assertEqual(unit.stage_group, "Operation")
            make_visit(unit.name, add_days(nowdate(), -10))
            self.refused(apply_workflow, unit, "Close")
            units.close_unit(unit.name, add_days(nowdate(), -2), "Health")
            unit.reload()
            self.assertEqual((unit.stage_group, unit.status), ("Closed", "Closed"))
            unit = apply_workflow(unit, "Reopen")
            self.assertEqual((unit.stage_group, unit.closed_on, unit.status), ("Operation", None, "Active"))
            past = units.active_rate(getdate(add_days(nowdate(), -1)), {"community": place})
            self.assertEqual((past.active, past.ever_started), (0, 1))

    def test_fes_semester(self) -> None:
        make_minimum_wage(2025, 1_423_500)
        person = make_resident(make_community("Comunidad de los estados"))
        student = make_student(person, first_phase="Active").name
        for way in self._ways("FES Semester", (*WAYS, take_the_status_away)):
            semester = make_semester(student, "2025-1")
            self.assertEqual(semester.status, "Draft", way)
            self.refused(apply_workflow, semester, "Request")
            semester.reload()
            semester.tuition = 1_000_000
            semester.save()
            semester = apply_workflow(semester, "Request")
            self.assertEqual(semester.status, "Requested")
            payment = {"kind": "Tuition", "paid_on": nowdate(), "amount": 1_000_000, "reference": "TR-1"}
            semester.append("payments", payment)
            self.refused(semester.save)
            semester.reload()
            semester = apply_workflow(semester, "Approve")
            semester.tuition = 900_000
            self.refused(semester.save)
            semester.reload()
            self.refused(apply_workflow, semester, "Mark as Paid")
            semester.reload()
            semester.append("payments", payment)
            semester.enrolled_on = "2025-01-20"
            semester.save()
            semester = apply_workflow(semester, "Mark as Paid")
            self.assertEqual(semester.status, "Paid")
            self.refused(apply_workflow, semester, "Close")
            semester.reload()
            semester.follow_up = "Sin notas: la universidad estuvo en paro"
            semester.save()
            semester = apply_workflow(semester, "Close")
            self.assertEqual(semester.status, "Closed")
            self.assertEqual(apply_workflow(semester, "Reopen").status, "Paid")

    def test_microcredit_application(self) -> None:
        credit.make_team()
        for way in self._ways("Microcredit Application", WAYS):
            application = credit.make_approved()
            self.assertEqual(application.status, "Approved", way)
            frappe.set_user(credit.OFFICER)
            loan = disburse(application.name, add_days(nowdate(), -1))
            self.assertEqual(
                frappe.db.get_value("Microcredit Application", application.name, ["status", "microcredit"]),
                ("Disbursed", loan),
            )
            frappe.set_user("Administrator")

    def test_microcredit_restructuring(self) -> None:
        credit.make_team()
        loan = credit.make_loan(days_ago=75).name
        # Its states carry no status as shipped: what counts is whether they post, which its administrator cannot rename.
        for way in self._ways("Microcredit Restructuring", (*WAYS, take_the_status_away)):
            frappe.set_user(credit.OFFICER)
            self.walk_posted(credit.make_restructuring(loan), way, loan, "is_restructured", (0, 1))

    def test_microcredit_write_off(self) -> None:
        credit.make_team()
        loan = credit.make_loan(days_ago=75).name
        for way in self._ways("Microcredit Write-off", (*WAYS, take_the_status_away)):
            frappe.set_user(credit.OFFICER)
            doc = {"doctype": "Microcredit Write-off", "microcredit": loan, "reason": "Abandonó la región"}
            self.walk_posted(frappe.get_doc(doc).insert(), way, loan, "status", ("In Arrears", "Written Off"))

    def walk_posted(self, doc, way: str, loan: str, field: str, values: tuple) -> None:
        """Request, approve and reverse a voucher; a field of its loan has the second value while it is posted."""
        before, posted = values
        self.refused(doc.submit)
        doc = apply_workflow(frappe.get_doc(doc.doctype, doc.name), "Request")
        self.refused(apply_workflow, doc, "Approve")
        frappe.set_user(credit.DIRECTOR)
        self.assertEqual(frappe.db.get_value("Microcredit", loan, field), before, way)
        doc = apply_workflow(frappe.get_doc(doc.doctype, doc.name), "Approve")
        self.assertEqual((doc.docstatus, frappe.db.get_value("Microcredit", loan, field)), (1, posted))
        vouchers.reverse(doc.doctype, doc.name, "Se registró por error")
        doc.reload()
        self.assertEqual((doc.docstatus, frappe.db.get_value("Microcredit", loan, field)), (2, before))
        self.assertEqual(doc.workflow_state, self.cancelled_state(doc.doctype))

    def cancelled_state(self, workflow: str) -> str:
        states = frappe.get_doc("Workflow", workflow).states
        return next(row.state for row in states if row.doc_status == "2")

    def test_acta(self) -> None:
        actas.make_team()
        for way in self._ways("Acta", WAYS):
            frappe.set_user(actas.GESTOR)
            acta = actas.make_acta()
            self.assertEqual(acta.status, "Draft", way)
            acta = frappe.get_doc("Acta", apply_workflow(acta, "Close").name)
            self.assertEqual(acta.status, "Closed")
            self.assertTrue(acta.content_hash)
            acta.answers = "{}"
            with self.assertRaises((frappe.ValidationError, frappe.PermissionError)):
                acta.save()
