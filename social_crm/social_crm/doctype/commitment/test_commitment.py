"""Commitments with a site: their assignment, and how they end."""

import frappe

from social_crm.social_crm.factories import make_family
from social_crm.social_crm.services import commitments
from social_crm.testing import SocialCRMTestCase


def promise(**values: object) -> "frappe.model.document.Document":
    fields = {
        "subject": "Bring the seeds",
        "due_date": "2026-12-01",
        "responsible_party": "Staff",
        "responsible": "Administrator",
        "family": make_family(1),
    }
    return frappe.get_doc({"doctype": "Commitment", **fields, **values}).insert()


def open_assignments(name: str) -> list[str]:
    filters = {"reference_type": "Commitment", "reference_name": name, "status": "Open"}
    return frappe.get_all("ToDo", filters, pluck="allocated_to")


class TestCommitment(SocialCRMTestCase):
    def test_the_responsible_is_assigned_until_it_is_done(self):
        doc = promise()
        self.assertEqual(open_assignments(doc.name), ["Administrator"])
        commitments.finish(doc.name, "2026-01-15", "Seeds handed over")
        doc.reload()
        self.assertEqual(
            (doc.status, str(doc.done_on), doc.outcome), ("Done", "2026-01-15", "Seeds handed over")
        )
        self.assertEqual(open_assignments(doc.name), [])
        commitments.reopen(doc.name)
        doc.reload()
        self.assertEqual((doc.status, doc.done_on), ("Open", None))
        self.assertEqual(open_assignments(doc.name), ["Administrator"])

    def test_cancelling_needs_a_reason(self):
        doc = promise()
        with self.assertRaisesRegex(frappe.ValidationError, "reason"):
            commitments.cancel(doc.name, " ")
        commitments.cancel(doc.name, "The family left")
        self.assertEqual(open_assignments(doc.name), [])
        with self.assertRaisesRegex(frappe.ValidationError, "closed already"):
            commitments.finish(doc.name, "2026-01-15")

    def test_who_may_not_see_it_is_not_made_responsible(self):
        user = (
            frappe.get_doc(
                {
                    "doctype": "User",
                    "email": "no.access@example.com",
                    "first_name": "N",
                    "send_welcome_email": 0,
                }
            )
            .insert()
            .name
        )
        frappe.db.delete("Has Role", {"parent": user})
        frappe.clear_cache(user=user)
        with self.assertRaisesRegex(frappe.ValidationError, "no access"):
            promise(responsible=user)

    def test_what_a_commitment_needs(self):
        with self.assertRaisesRegex(frappe.ValidationError, "Name the person"):
            promise(family=None)
        with self.assertRaisesRegex(frappe.ValidationError, "responsible staff"):
            promise(responsible=None)
        self.assertEqual(open_assignments(promise(responsible_party="Family", responsible=None).name), [])
