"""The state of a workflow decides who may edit, by every door, as the administrator has it today."""

import json

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import nowdate

from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_user
from social_crm.tests.doors import request
from social_crm.tests.rows import make_place


class TestWorkflowGuard(SocialCRMTestCase):
    def prepare(self) -> None:
        place = make_place("Guard")
        self.gestor = make_user("gestor@guard.example.com", "Gestor")
        self.director = make_user("director@guard.example.com", "Programme Director")
        for user in (self.gestor, self.director):
            assign(user, place.community)
        self.workflow = self.make_workflow()
        frappe.set_user(self.gestor)
        fields = {"subject": "Visitar", "status": "Open", "due_date": nowdate(), "responsible_party": "Staff"}
        fields.update({"responsible": self.gestor, "community": place.community})
        self.name = frappe.get_doc({"doctype": "Commitment", **fields}).insert().name

    def make_workflow(self):
        for state in ("Open", "Done", "Cancelled"):
            self.master("Workflow State", "workflow_state_name", state)
        for action in ("Finish", "Drop"):
            self.master("Workflow Action Master", "workflow_action_name", action)
        states = [
            {"state": "Open", "doc_status": "0", "allow_edit": "Gestor"},
            {"state": "Done", "doc_status": "0", "allow_edit": "Programme Director"},
            {"state": "Cancelled", "doc_status": "0", "allow_edit": "Programme Director"},
        ]
        transitions = [
            {"state": "Open", "action": "Finish", "next_state": "Done", "allowed": "Gestor"},
            {"state": "Done", "action": "Drop", "next_state": "Cancelled", "allowed": "Gestor"},
        ]
        for row in transitions:
            row["allow_self_approval"] = 1
        doc = {"doctype": "Workflow", "workflow_name": "Guard", "document_type": "Commitment", "is_active": 1}
        doc.update({"workflow_state_field": "status", "states": states, "transitions": transitions})
        return frappe.get_doc({**doc, "send_email_alert": 0}).insert()

    def master(self, doctype: str, field: str, name: str) -> None:
        if not frappe.db.exists(doctype, name):
            frappe.get_doc({"doctype": doctype, field: name}).insert()

    def finish(self) -> None:
        apply_workflow(frappe.get_doc("Commitment", self.name), "Finish")

    def change(self) -> str:
        """Save another description and return it."""
        doc = frappe.get_doc("Commitment", self.name)
        doc.description = frappe.generate_hash(length=6)
        doc.save()
        return doc.description

    def assert_can_change(self) -> None:
        written = self.change()
        self.assertEqual(frappe.db.get_value("Commitment", self.name, "description"), written)

    def test_the_state_decides_by_every_door(self) -> None:
        self.change()
        self.finish()
        doors = {
            "save": self.change,
            "set_value": lambda: request(
                "frappe.client.set_value",
                doctype="Commitment",
                name=self.name,
                fieldname="description",
                value="x",
            ),
            "client.save": lambda: request(
                "frappe.client.save",
                doc=json.dumps(
                    {**frappe.get_doc("Commitment", self.name).as_dict(), "description": "y"}, default=str
                ),
            ),
            "delete": lambda: frappe.get_doc("Commitment", self.name).delete(ignore_permissions=False),
        }
        for door, change in doors.items():
            with self.subTest(door=door), self.assertRaises(frappe.PermissionError):
                change()
        frappe.set_user(self.director)
        self.change()

    def test_a_bulk_edit_is_refused_too(self) -> None:
        self.finish()
        # Frappe undoes the whole transaction for a record that it could not change, and names it.
        failed = request(
            "frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
            doctype="Commitment",
            docnames=json.dumps([self.name]),
            action="update",
            data=json.dumps({"description": "bulk"}),
        )
        frappe.clear_messages()
        self.assertEqual(failed, [self.name])

    def test_a_transition_still_goes_through_and_carries_nothing_else(self) -> None:
        self.finish()
        doc = frappe.get_doc("Commitment", self.name)
        doc.update({"status": "Cancelled", "description": "slipped in"})
        self.assertRaises(frappe.PermissionError, doc.save)
        apply_workflow(frappe.get_doc("Commitment", self.name), "Drop")
        self.assertEqual(frappe.db.get_value("Commitment", self.name, "status"), "Cancelled")

    def test_what_the_administrator_changes_counts_at_once(self) -> None:
        self.finish()
        frappe.set_user("Administrator")
        workflow = frappe.get_doc("Workflow", self.workflow.name)
        workflow.states[1].allow_edit = "Gestor"
        workflow.save()
        frappe.set_user(self.gestor)
        self.assert_can_change()

    def test_without_a_workflow_roles_alone_decide(self) -> None:
        self.finish()
        frappe.set_user("Administrator")
        frappe.db.set_value("Workflow", self.workflow.name, "is_active", 0)
        frappe.cache.delete_value("workflow_Commitment")
        frappe.clear_cache(doctype="Commitment")
        frappe.set_user(self.gestor)
        self.assert_can_change()

    def test_settings_are_saved_however_often(self) -> None:
        frappe.set_user("Administrator")
        for turn in range(2):
            for name in (
                "Social CRM Settings",
                "Microcredit Accounting Settings",
                "Microcredit Alert Settings",
            ):
                with self.subTest(name=name, turn=turn):
                    doc = frappe.get_doc(name)
                    doc.flags.ignore_mandatory = True
                    doc.save()
                    self.assertEqual(doc.docstatus, 0)

    def test_who_made_a_record_never_changes(self) -> None:
        stored = frappe.db.get_value("Commitment", self.name, ["owner", "creation"], as_dict=True)
        for user in (self.gestor, "Administrator"):
            frappe.set_user(user)
            for values in ({"owner": self.director}, {"creation": "2020-01-01 00:00:00"}):
                with self.subTest(user=user, **values), self.assertRaises(frappe.PermissionError):
                    doc = frappe.get_doc("Commitment", self.name)
                    doc.update(values)
                    doc.save()
        frappe.set_user(self.gestor)
        doc = frappe.get_doc("Commitment", self.name)
        doc.update({"owner": None, "creation": None, "description": "Sin autor"})
        doc.save()
        kept = frappe.db.get_value("Commitment", self.name, ["owner", "creation"], as_dict=True)
        self.assertEqual(kept, stored)
