"""Deliveries of goods with a site: evidence first, exact values, and no edits afterwards."""

import frappe

from social_crm.social_crm.factories import make_family
from social_crm.testing import SocialCRMTestCase


def deliver(**values: object) -> "frappe.model.document.Document":
    fields = {
        "subject": "Seeds and tools",
        "status": "Planned",
        "delivery_date": "2025-06-01",
        "family": make_family(2),
        "responsible": "Administrator",
        "items": [
            {"description": "Seeds", "quantity": 2.5, "unit": "kg", "unit_value": 12345.67},
            {"description": "Hoe", "quantity": 3, "unit": "u", "unit_value": 0.1},
        ],
    }
    return frappe.get_doc({"doctype": "Goods Delivery", **fields, **values}).insert()


class TestGoodsDelivery(SocialCRMTestCase):
    def test_values_are_exact(self):
        doc = deliver()
        self.assertEqual([row.total_value for row in doc.items], [30864.18, 0.3])
        self.assertEqual(doc.total_value, 30864.48)

    def test_no_evidence_no_delivery(self):
        doc = deliver()
        doc.status = "Delivered"
        with self.assertRaisesRegex(frappe.ValidationError, "Without evidence"):
            doc.save()
        doc.reload()
        doc.update({"status": "Delivered", "signature": "data:image/png;base64,iVBORw0KGgo="})
        doc.save()

    def test_what_was_delivered_is_not_edited(self):
        doc = deliver(status="Delivered", evidence="/private/files/receipt.pdf")
        doc.items[0].quantity = 9
        with self.assertRaisesRegex(frappe.ValidationError, "not edited"):
            doc.save()
        doc.reload()
        doc.notes = "Received by the aunt"
        doc.save()
        doc.status = "Planned"
        with self.assertRaisesRegex(frappe.ValidationError, "not edited"):
            doc.save()
        doc.reload()
        doc.status = "Cancelled"
        doc.save()

    def test_deliveries_that_are_refused(self):
        with self.assertRaisesRegex(frappe.ValidationError, "more than zero"):
            deliver(items=[{"description": "Seeds", "quantity": 0, "unit_value": 5}])
        with self.assertRaisesRegex(frappe.ValidationError, "goods"):
            deliver(status="Delivered", evidence="/private/files/receipt.pdf", items=[])
        with self.assertRaisesRegex(frappe.ValidationError, "future"):
            deliver(
                status="Delivered",
                evidence="/private/files/receipt.pdf",
                delivery_date=frappe.utils.add_days(frappe.utils.nowdate(), 3),
            )
