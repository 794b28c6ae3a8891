import frappe

from social_crm.microcredit import factories as make
from social_crm.patches import give_guarantors_a_key
from social_crm.testing import SocialCRMTestCase


class TestGiveGuarantorsAKey(SocialCRMTestCase):
    def test_numbers_typed_before(self) -> None:
        rows = [
            {"guarantor_name": "Rosa", "document_number": "40.123"},
            {"guarantor_name": "Sin documento"},
        ]
        doc = make.make_application(guarantors=rows)
        frappe.db.set_value("Microcredit Guarantor", {"parent": doc.name}, "document_key", None)
        for _turn in range(2):
            give_guarantors_a_key.execute()
            doc.reload()
            self.assertEqual([row.document_key for row in doc.guarantors], ["40123", None])
