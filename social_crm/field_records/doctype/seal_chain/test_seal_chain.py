import hashlib
import json

import frappe

from social_crm.field_records import factories as make
from social_crm.field_records.services import seal_chains, seals, templates
from social_crm.testing import SocialCRMTestCase


class TestSealChain(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        frappe.set_user(make.GESTOR)

    def test_nobody_moves_the_end_of_a_chain_by_hand(self) -> None:
        doc, *_files = make.sealed()
        frappe.set_user("Administrator")
        for field, value in (("last_number", 0), ("last_hash", "x")):
            chain = frappe.get_doc("Seal Chain", frappe.db.get_value("Acta", doc.name, "seal_chain"))
            chain.set(field, value)
            with self.assertRaisesRegex(frappe.PermissionError, "by hand"):
                chain.save()

    def test_a_seal_of_the_second_rule_still_holds(self) -> None:
        """As above: what it covered is spelled out in full."""
        doc, *_files = make.sealed()
        first = "name template template_version client_uuid visit_date start_time end_time gestor family beneficiary"
        first += (
            " productive_unit community programme place latitude longitude accuracy amends amendment_reason"
        )
        first += " device_time closed_on closed_by title template_title"
        signer = (
            "participant_name participant_role document_number beneficiary signature signed_at cannot_sign"
        )
        signer += " cannot_sign_reason witness_name witness_document witness_signature"

        def told(row, field):
            value = row.get(field)
            if value is None:
                return ""
            return (
                value if isinstance(value, int) else repr(value) if isinstance(value, float) else str(value)
            )

        def digest(value) -> str:
            text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            return hashlib.sha256(text.encode()).hexdigest()

        questions, choices = templates.rows_of(frappe.get_doc("Acta Template", doc.template))
        question = "field_type name label hint required relevant constraint constraint_message calculation"
        question = f"{question} appearance default choice_list".split()
        content = {field: told(doc, field) for field in first.split()}
        content["participants"] = [{f: told(row, f) for f in signer.split()} for row in doc.participants]
        content["template_rows"] = digest(
            {
                "questions": [{field: getattr(row, field) for field in question} for row in questions],
                "choices": [
                    {field: getattr(row, field) for field in ("list_name", "value", "label")}
                    for row in choices
                ],
            }
        )
        content |= {
            "seal_version": 2,
            "answers": doc.answers,
            "commitments": doc.agreed_commitments,
            "sealed_files": json.loads(doc.sealed_files),
            "files": json.loads(doc.sealed_files),
        }
        old = {"seal_version": 2, "content_hash": digest(content), "seal_chain": None, "seal_number": 0}
        old |= {"previous_hash": None, "sealed_names": None, "verification_code": None}
        frappe.db.set_value("Acta", doc.name, old, update_modified=False)
        self.assertEqual(seals.verify(doc.name), {**seals.verify(doc.name), "valid": True, "seal_version": 2})
        frappe.db.set_value("Acta", doc.name, "title", "Otro")
        self.assertFalse(seals.verify(doc.name)["valid"])

    def test_a_renamed_community_breaks_no_seal(self) -> None:
        doc, *_files = make.sealed()
        frappe.set_user("Administrator")
        frappe.rename_doc("Community", make.COMMUNITY, "Comunidad con otro nombre")
        self.assertEqual(frappe.db.get_value("Acta", doc.name, "community"), "Comunidad con otro nombre")
        self.assertTrue(seals.verify(doc.name)["valid"])

    def test_each_acta_carries_the_seal_of_the_one_before(self) -> None:
        first, second, third = (make.close(make.make_acta()) for _number in range(3))
        self.assertEqual(first.seal_chain, third.seal_chain)
        self.assertEqual(
            (second.seal_number, third.seal_number), (first.seal_number + 1, first.seal_number + 2)
        )
        self.assertEqual(
            (second.previous_hash, third.previous_hash), (first.content_hash, second.content_hash)
        )
        chain, whole = first.seal_chain, seal_chains.walk(first.seal_chain)
        self.assertEqual(whole[1], None, whole)
        for name, field, value, code, number in (
            (second.name, "place", "Otra", "content", second.seal_number),
            (second.name, "previous_hash", "0" * 64, "previous", second.seal_number),
            (second.name, "seal_chain", None, "missing", second.seal_number),
            (third.name, "seal_chain", None, "missing", third.seal_number),
            (second.name, "seal_number", third.seal_number + 1, "missing", second.seal_number),
        ):
            with self.subTest(field=field, code=code):
                before = frappe.db.get_value("Acta", name, field)
                frappe.db.set_value("Acta", name, field, value, update_modified=False)
                broken = seal_chains.walk(chain)[1]
                self.assertEqual((broken.code, broken.number), (code, number))
                frappe.db.set_value("Acta", name, field, before, update_modified=False)
        frappe.db.set_value("Seal Chain", chain, "last_hash", "0" * 64)
        self.assertEqual(seal_chains.walk(chain)[1].code, "end")

    def test_a_signature_that_is_no_strokes_is_refused(self) -> None:
        for wrong in ("x", [[1]], [[{"x": 1}]], [[{"x": 1, "y": float("inf")}]], {"x": 1}):
            with self.subTest(wrong), self.assertRaisesRegex(frappe.ValidationError, "Ana"):
                make.make_acta(participants=[make.participant("Ana", strokes=json.dumps(wrong))])
