"""What comes after an acta was closed: amendments about the same people, and no file that was not sealed."""

import frappe

from social_crm.field_records import factories as make
from social_crm.field_records.services import actions, seals
from social_crm.social_crm import factories as people
from social_crm.testing import SocialCRMTestCase


def loose(private: int = 1, to: str | None = None):
    """A file of the session's user that hangs on nothing, or on an acta."""
    place = {"attached_to_doctype": "Acta", "attached_to_name": to} if to else {}
    name = f"suelta-{frappe.generate_hash(length=6)}.png"
    values = {"file_name": name, "content": make.SIGNATURE.split(",")[1], "decode": True, **place}
    return frappe.get_doc({"doctype": "File", "is_private": private, **values}).insert()


class TestClosedActa(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
        make.make_team()
        frappe.set_user(make.GESTOR)

    def amending(self, closed, **values):
        return make.make_acta(amends=closed.name, amendment_reason="Un dato estaba mal", **values)

    def test_an_amendment_is_about_whom_the_other_acta_is_about(self) -> None:
        family, other = make.make_family(), make.make_family()
        frappe.set_user("Administrator")
        elsewhere = people.make_community("Otra comunidad de las actas")
        frappe.set_user(make.GESTOR)
        first, second = frappe.get_all(
            "Beneficiary", filters={"family": family}, pluck="name", order_by="name"
        )
        closed = make.close(make.make_acta(family=family, beneficiary=first))
        about = ("family", "beneficiary", "productive_unit", "community")
        for wrong in ({"family": other}, {"family": family, "beneficiary": second}, {"beneficiary": second}):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(frappe.ValidationError, "somebody else"):
                self.amending(closed, **wrong)
        # A community besides the family, for an acta of the family in its own.
        with self.assertRaisesRegex(frappe.ValidationError, "somebody else"):
            self.amending(closed, community=elsewhere, family=family)
        # Who says nothing, means the same.
        amendment = self.amending(closed, community=closed.community)
        self.assertEqual([amendment.get(field) for field in about], [closed.get(field) for field in about])
        # Nor later, while it is a draft, nor by turning an acta of somebody else into an amendment.
        amendment.beneficiary = second
        with self.assertRaisesRegex(frappe.ValidationError, "somebody else"):
            amendment.save()
        draft = make.make_acta(family=other)
        draft.update({"amends": closed.name, "amendment_reason": "x"})
        with self.assertRaisesRegex(frappe.ValidationError, "somebody else"):
            draft.save()
        frappe.set_user("Administrator")
        with self.assertRaisesRegex(frappe.ValidationError, "somebody else"):
            self.amending(closed, family=other)

    def test_an_acta_of_somebody_who_has_joined_a_family_since_is_amended(self) -> None:
        frappe.set_user("Administrator")
        person = people.make_person("Llega después")
        closed = make.close(make.make_acta(family=None, beneficiary=person))
        self.assertFalse(closed.family)
        family = frappe.get_doc("Family", make.make_family())
        frappe.get_doc("Beneficiary", person).db_set({"family": family.name, "community": family.community})
        amendment = self.amending(closed, beneficiary=person)
        self.assertEqual((amendment.beneficiary, amendment.family), (person, None))

    def test_who_may_not_see_an_acta_does_not_learn_of_it_by_amending(self) -> None:
        frappe.set_user("Administrator")
        far = people.make_family(1, people.make_community("Lejos de las actas"))
        hidden = make.close(make.make_acta(family=far))
        frappe.set_user(make.GESTOR)
        said = []
        for name in (hidden.name, "ACTA-NONE"):
            with self.assertRaises((frappe.PermissionError, frappe.LinkValidationError)) as refused:
                self.amending(frappe._dict(name=name))
            said.append(str(refused.exception))
        self.assertNotIn(far, "".join(said))

    def test_nothing_is_attached_to_a_closed_acta(self) -> None:
        closed, draft = make.close(make.make_acta()), make.make_acta()
        for user in (make.GESTOR, "Administrator"):
            frappe.set_user(user)
            with self.subTest(user=user):
                with self.assertRaisesRegex(frappe.PermissionError, "nothing is attached"):
                    make.attach(closed)
                for file in (loose(), loose(to=draft.name)):
                    file.update({"attached_to_doctype": "Acta", "attached_to_name": closed.name})
                    with self.assertRaisesRegex(frappe.PermissionError, "nothing is attached"):
                        file.save()
                closed.add_comment("Comment", "Falta la lista de asistencia")
        self.assertFalse(frappe.db.exists("File", {"attached_to_name": closed.name}))
        self.assertTrue(seals.verify(closed.name)["valid"])
        # Nor does one that hangs there from earlier days, or by the hand of the database, touch the seal.
        frappe.db.set_value(
            "File", loose().name, {"attached_to_doctype": "Acta", "attached_to_name": closed.name}
        )
        self.assertTrue(seals.verify(closed.name)["valid"])
        # A draft and an amendment take files.
        make.attach(draft)
        make.attach(frappe.get_doc("Acta", actions.amend(closed.name, "Falta la lista")))

    def test_the_closing_itself_attaches_what_the_last_answers_name(self) -> None:
        """A picture answered in the very save that closes, also one that was uploaded in the open."""
        for private in (1, 0):
            with self.subTest(private=private):
                doc = make.make_acta()
                doc.update(
                    {
                        "answers": {**make.ANSWERS, "foto": loose(private).file_url},
                        "workflow_state": "Closed",
                    }
                ).save()
                self.assertEqual(doc.status, "Closed")
                kept = frappe.get_all(
                    "File", filters={"attached_to_name": doc.name}, fields=["file_url", "is_private"]
                )
                self.assertEqual([row.is_private for row in kept], [1])
                self.assertTrue(seals.verify(doc.name)["valid"])
