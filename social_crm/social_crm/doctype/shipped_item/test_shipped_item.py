"""Rule 4: what administrators edit survives every migrate, and what they left alone follows ours."""

import copy

# Stands in for the files of a later release alone; everything that reads, compares and writes is real.
from unittest.mock import patch

import frappe

from social_crm.shipping import apply, choices, documents, ledger
from social_crm.shipping.compare import same
from social_crm.shipping.sources import ShippedSource, version_of
from social_crm.testing import SocialCRMTestCase

WORKFLOW = "Test Commitment Stages"
STATES = [
    {"state": "Test Open", "doc_status": "0", "allow_edit": "Gestor"},
    {"state": "Test Done", "doc_status": "0", "allow_edit": "Programme Director"},
]
TRANSITIONS = [
    {
        "state": "Test Open",
        "action": "Test Finish",
        "next_state": "Test Done",
        "allowed": "Gestor",
        "allow_self_approval": 1,
    }
]


def source(doctype: str, name: str, **values) -> ShippedSource:
    kind = doctype if doctype in ledger.FILE_KINDS else "Master"
    return ShippedSource(kind, doctype, name, f"test/{name}.json", values, version_of(values))


def workflow(**changes) -> ShippedSource:
    values = {
        "workflow_name": WORKFLOW,
        "document_type": "Commitment",
        "workflow_state_field": "status",
        "is_active": 0,
        "states": copy.deepcopy(STATES),
        "transitions": copy.deepcopy(TRANSITIONS),
    }
    return source("Workflow", WORKFLOW, **{**values, **changes})


def print_format(html: str) -> ShippedSource:
    return source(
        "Print Format",
        "Test Sheet",
        doc_type="Commitment",
        standard="No",
        custom_format=1,
        print_format_type="Jinja",
        html=html,
    )


def vulnerability(name: str = "Test Vulnerability", description: str = "First text") -> ShippedSource:
    return source("Vulnerability Type", name, vulnerability_name=name, description=description, enabled=1)


def notification(subject: str = "First {{ doc.name }}") -> ShippedSource:
    return source(
        "Notification",
        "Test Notice",
        subject=subject,
        document_type="Commitment",
        event="New",
        channel="System Notification",
        message="Text",
        recipients=[{"receiver_by_role": "Gestor"}],
    )


class TestShippedItem(SocialCRMTestCase):
    def ship(self, *extra: ShippedSource) -> None:
        apply.sync([*apply.sources_of_app(), *extra])

    def state(self, doctype: str, name: str) -> str:
        return ledger.find(doctype, name).state

    def test_everything_the_app_ships_is_on_the_site_and_current(self):
        # What is shipped withdrawn takes back what an earlier release brought; a new site never had it.
        shipped = {
            (one.doctype, one.name)
            for one in apply.sources_of_app()
            if one.values.get("status") != "Withdrawn"
        }
        self.assertTrue(shipped)
        for doctype, name in shipped:
            self.assertTrue(frappe.db.exists(doctype, name), f"{doctype} {name}")
            self.assertIsNotNone(ledger.find(doctype, name), f"{doctype} {name}")

    def test_a_second_migrate_changes_nothing(self):
        items = (workflow(), print_format("<p>One</p>"), notification(), vulnerability())
        self.ship(*items)
        before = self.times(items)
        self.ship(*items)
        self.ship(*items)
        self.assertEqual(before, self.times(items))

    def times(self, items):
        every = [("Shipped Item", row) for row in frappe.get_all("Shipped Item", pluck="name")]
        every += [(one.doctype, one.name) for one in items] + [
            (one.doctype, one.name) for one in apply.sources_of_app()
        ]
        return {key: str(frappe.db.get_value(*key, "modified")) for key in every}

    def test_an_unedited_item_follows_the_new_version(self):
        self.ship(workflow(), print_format("<p>One</p>"), notification(), vulnerability())
        newer = copy.deepcopy(STATES)
        newer[1]["allow_edit"] = "Gestor"
        newer.append({"state": "Test Archived", "doc_status": "0", "allow_edit": "Auditor"})
        self.ship(
            workflow(states=newer),
            print_format("<p>Two</p>"),
            notification("Second {{ doc.name }}"),
            vulnerability(description="Second text"),
        )
        states = frappe.get_doc("Workflow", WORKFLOW).states
        self.assertEqual([row.state for row in states], ["Test Open", "Test Done", "Test Archived"])
        self.assertEqual(states[1].allow_edit, "Gestor")
        self.assertEqual(frappe.db.get_value("Print Format", "Test Sheet", "html"), "<p>Two</p>")
        self.assertEqual(
            frappe.db.get_value("Notification", "Test Notice", "subject"), "Second {{ doc.name }}"
        )
        self.assertEqual(
            frappe.db.get_value("Vulnerability Type", "Test Vulnerability", "description"), "Second text"
        )
        self.assertEqual(self.state("Workflow", WORKFLOW), "Current")
        self.assertTrue(frappe.db.exists("Workflow State", "Test Archived"))

    def test_an_edited_item_is_left_alone_and_the_administrator_is_told_once(self):
        self.ship(workflow())
        self.edit_workflow()
        self.ship(workflow())
        self.assertEqual(self.state("Workflow", WORKFLOW), "Edited")
        newer = workflow(override_status=1)
        self.ship(newer)
        self.ship(newer)
        self.assertEqual(self.state("Workflow", WORKFLOW), "Update Available")
        self.assertEqual(frappe.get_doc("Workflow", WORKFLOW).states[1].allow_edit, "Auditor")
        item = ledger.find("Workflow", WORKFLOW).name
        told = frappe.get_all(
            "Notification Log", filters={"document_name": item, "for_user": "Administrator"}
        )
        self.assertEqual(len(told), 1)

    def edit_workflow(self) -> None:
        document = frappe.get_doc("Workflow", WORKFLOW)
        document.states[1].allow_edit = "Auditor"
        document.save()

    def test_each_kind_of_edit_is_seen(self):
        self.ship(print_format("<p>One</p>"), notification(), vulnerability())
        for doctype, name, field, value in (
            ("Print Format", "Test Sheet", "html", "<p>Mine</p>"),
            ("Print Format", "Test Sheet", "margin_top", 25),
            ("Notification", "Test Notice", "enabled", 0),
            ("Vulnerability Type", "Test Vulnerability", "enabled", 0),
        ):
            document = frappe.get_doc(doctype, name)
            document.set(field, value)
            document.save()
            apply.refresh(
                [*apply.sources_of_app(), print_format("<p>One</p>"), notification(), vulnerability()]
            )
            self.assertEqual(self.state(doctype, name), "Edited", f"{doctype}.{field}")

    def test_looking_at_a_workflow_in_the_builder_is_no_edit(self):
        self.ship(workflow())
        document = frappe.get_doc("Workflow", WORKFLOW)
        document.workflow_data = '[{"id": "1"}]'
        # The builder writes the rows anew, with new names and numbers.
        rows = [row.as_dict(no_default_fields=True) for row in document.states]
        document.set("states", [])
        for row in rows:
            document.append("states", row)
        document.save()
        self.ship(workflow(override_status=1))
        self.assertEqual(frappe.db.get_value("Workflow", WORKFLOW, "override_status"), 1)

    def test_adopting_ours_replaces_the_copy_and_it_can_be_brought_back(self):
        self.ship(vulnerability())
        frappe.get_doc("Vulnerability Type", "Test Vulnerability").update({"description": "Mine"}).save()
        self.ship(vulnerability(description="Second text"))
        item = ledger.find("Vulnerability Type", "Test Vulnerability").name
        with self.shipping(vulnerability(description="Second text")):
            self.assertIn("Mine", choices.difference(item))
            self.assertIn("Second text", choices.difference(item))
            self.assertEqual(choices.adopt(item), "Current")
            self.assertEqual(self.description(), "Second text")
            self.assertEqual(choices.bring_back(item), "Edited")
            self.assertEqual(self.description(), "Mine")

    def description(self) -> str:
        return frappe.db.get_value("Vulnerability Type", "Test Vulnerability", "description")

    def shipping(self, *extra: ShippedSource):
        """Let the endpoints see these files as if the release had them."""
        every = (*apply.sources_of_app(), *extra)
        return patch.multiple(choices, sources_of_app=lambda: every, refresh=lambda: apply.refresh(every))

    def test_keeping_theirs_is_remembered_until_another_version_is_shipped(self):
        self.ship(vulnerability())
        frappe.get_doc("Vulnerability Type", "Test Vulnerability").update({"description": "Mine"}).save()
        second = vulnerability(description="Second text")
        self.ship(second)
        item = ledger.find("Vulnerability Type", "Test Vulnerability").name
        with self.shipping(second):
            self.assertEqual(choices.keep(item), "Kept")
        self.ship(second)
        self.assertEqual(self.state("Vulnerability Type", "Test Vulnerability"), "Kept")
        self.ship(vulnerability(description="Third text"))
        self.assertEqual(self.state("Vulnerability Type", "Test Vulnerability"), "Update Available")
        self.assertEqual(self.description(), "Mine")

    def test_a_removed_item_stays_removed_until_it_is_restored(self):
        self.ship(vulnerability())
        frappe.delete_doc("Vulnerability Type", "Test Vulnerability")
        second = vulnerability(description="Second text")
        self.ship(second)
        self.assertFalse(frappe.db.exists("Vulnerability Type", "Test Vulnerability"))
        self.assertEqual(self.state("Vulnerability Type", "Test Vulnerability"), "Removed")
        with self.shipping(second):
            self.assertEqual(
                choices.restore(ledger.find("Vulnerability Type", "Test Vulnerability").name), "Current"
            )
        self.assertEqual(self.description(), "Second text")

    def test_what_we_no_longer_ship_goes_only_when_nobody_edited_it(self):
        self.ship(vulnerability("Test Gone"), vulnerability("Test Edited"))
        frappe.get_doc("Vulnerability Type", "Test Edited").update({"description": "Mine"}).save()
        self.ship()
        self.assertFalse(frappe.db.exists("Vulnerability Type", "Test Gone"))
        self.assertIsNone(ledger.find("Vulnerability Type", "Test Gone"))
        self.assertTrue(frappe.db.exists("Vulnerability Type", "Test Edited"))
        self.assertEqual(self.state("Vulnerability Type", "Test Edited"), "No Longer Shipped")

    def test_a_row_of_the_site_under_our_name_is_neither_overwritten_nor_removed(self):
        frappe.get_doc(
            {"doctype": "Workflow State", "workflow_state_name": "Test Open", "style": "Danger"}
        ).insert()
        frappe.get_doc(
            {
                "doctype": "Vulnerability Type",
                "vulnerability_name": "Test Vulnerability",
                "description": "Theirs",
                "enabled": 1,
            }
        ).insert()
        self.ship(workflow(), vulnerability())
        self.ship(workflow(), vulnerability(description="Second text"))
        self.assertEqual(self.description(), "Theirs")
        self.assertEqual(self.state("Vulnerability Type", "Test Vulnerability"), "Owned by the Site")
        apply.remove_all()
        self.assertTrue(frappe.db.exists("Vulnerability Type", "Test Vulnerability"))
        self.assertEqual(frappe.db.get_value("Workflow State", "Test Open", "style"), "Danger")
        self.assertFalse(frappe.db.exists("Workflow State", "Test Done"))
        self.assertFalse(frappe.db.exists("Workflow Action Master", "Test Finish"))

    def test_uninstalling_removes_edited_items_too_but_no_state_that_another_workflow_uses(self):
        self.ship(workflow())
        self.edit_workflow()
        other = {
            "doctype": "Workflow",
            "workflow_name": "Test Other",
            "document_type": "ToDo",
            "workflow_state_field": "status",
            "states": [{"state": "Test Done", "doc_status": "0", "allow_edit": "System Manager"}],
        }
        frappe.get_doc(other).insert()
        apply.remove_all()
        self.assertFalse(frappe.db.exists("Workflow", WORKFLOW))
        self.assertTrue(frappe.db.exists("Workflow State", "Test Done"))
        self.assertFalse(frappe.db.exists("Workflow State", "Test Open"))

    def test_installing_again_after_removing_starts_afresh(self):
        self.ship(vulnerability())
        apply.remove_all()
        frappe.db.delete("Shipped Item")
        self.ship(vulnerability())
        self.assertEqual(self.state("Vulnerability Type", "Test Vulnerability"), "Current")
        apply.remove_all()
        self.assertFalse(frappe.db.exists("Vulnerability Type", "Test Vulnerability"))

    def test_a_new_workflow_of_ours_does_not_switch_off_the_site_s(self):
        mine = {
            "doctype": "Workflow",
            "workflow_name": "Test Mine",
            "document_type": "Commitment",
            "workflow_state_field": "status",
            "is_active": 1,
            "states": [{"state": "Test Mine", "doc_status": "0", "allow_edit": "Gestor"}],
        }
        frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": "Test Mine"}).insert()
        frappe.get_doc(mine).insert()
        self.ship(workflow(is_active=1))
        self.assertEqual(frappe.db.get_value("Workflow", "Test Mine", "is_active"), 1)
        self.assertEqual(frappe.db.get_value("Workflow", WORKFLOW, "is_active"), 0)
        self.assertEqual(self.state("Workflow", WORKFLOW), "Edited")
        frappe.clear_cache(doctype="Commitment")

    def test_only_administrators_decide(self):
        self.ship(vulnerability())
        item = ledger.find("Vulnerability Type", "Test Vulnerability").name
        # On a site without a System Manager, Frappe makes the first user one: let it be another.
        self.user("first@socialcrm.example", "System Manager")
        user = self.user("shipped@socialcrm.example", "Gestor")
        frappe.set_user(user.name)
        for choice in (choices.adopt, choices.keep, choices.restore, choices.bring_back, choices.difference):
            with self.assertRaises(frappe.PermissionError):
                choice(item)
        with self.assertRaises(frappe.PermissionError):
            choices.refresh_states()
        frappe.set_user("Administrator")
        user.add_roles("Social CRM Administrator")
        frappe.set_user(user.name)
        with self.shipping(vulnerability()):
            self.assertEqual(choices.adopt(item), "Current")

    def user(self, email: str, role: str):
        user = frappe.get_doc(
            {"doctype": "User", "email": email, "first_name": "Ana", "send_welcome_email": 0}
        ).insert()
        user.add_roles(role)
        return user

    def test_the_difference_names_state_and_field_and_escapes_what_the_site_wrote(self):
        self.ship(workflow())
        document = frappe.get_doc("Workflow", WORKFLOW)
        document.transitions[0].condition = 'doc.subject != "<script>"'
        document.save()
        with self.shipping(workflow()):
            shown = choices.difference(ledger.find("Workflow", WORKFLOW).name)
        self.assertIn("Test Open → Test Finish → Test Done", shown)
        self.assertIn("&lt;script&gt;", shown)
        self.assertNotIn("<script>", shown)

    def test_a_long_text_is_compared_line_by_line(self):
        self.ship(print_format("<p>One</p>\n<p>Two</p>\n<p>Three</p>"))
        frappe.get_doc("Print Format", "Test Sheet").update(
            {"html": "<p>One</p>\n<p>Mine</p>\n<p>Three</p>"}
        ).save()
        with self.shipping(print_format("<p>One</p>\n<p>Two</p>\n<p>Three</p>")):
            shown = choices.difference(ledger.find("Print Format", "Test Sheet").name)
        self.assertIn("- &lt;p&gt;Mine&lt;/p&gt;", shown)
        self.assertIn("+ &lt;p&gt;Two&lt;/p&gt;", shown)

    def test_a_row_that_its_own_rules_keep_does_not_break_the_migrate(self):
        """A text to which people answered stays; the item waits for a decision."""
        text = {"title": "Test", "purpose": "Image and Voice", "version": "test", "valid_from": "2020-01-01"}
        name = "AUT-Image and Voice-test"
        self.ship(source("Authorisation Text", name, **text, text="<p>First</p>"))
        answer = frappe.new_doc("Data Authorisation")
        answer.update({"authorisation_text": name, "purpose": "Image and Voice", "decision": "Granted"})
        # An answer without its person is enough for the rule, which asks only whether somebody answered to the text.
        answer.name = "DAU-TEST"
        answer.db_insert()
        self.ship(source("Authorisation Text", name, **text, text="<p>Second</p>"))
        self.assertEqual(frappe.db.get_value("Authorisation Text", name, "text"), "<p>First</p>")
        self.assertEqual(self.state("Authorisation Text", name), "Update Available")

    def test_a_field_that_a_newer_platform_adds_is_no_edit(self):
        self.ship(notification())
        stored = ledger.as_installed(ledger.find("Notification", "Test Notice"))
        del stored["enabled"]
        site = documents.read("Notification", "Test Notice")
        self.assertEqual(frappe.get_meta("Notification").get_field("enabled").default, "1")
        self.assertTrue(same("Notification", stored, site))
        self.assertFalse(same("Notification", stored, {**site, "enabled": 0}))
