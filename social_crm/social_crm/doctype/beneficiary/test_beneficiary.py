"""Persons with a site: names, documents of one holder only, and the place in a family."""

import threading
from datetime import date

import frappe

from social_crm.social_crm.factories import make_community, make_family, make_person, members, person
from social_crm.social_crm.services import documents
from social_crm.testing import SocialCRMTestCase

DAY = date(2024, 6, 1)


def papers(*pairs: tuple[str, str]) -> dict:
    return {"documents": [{"document_type": kind, "document_number": number} for kind, number in pairs]}


def number() -> str:
    """Return a number that no other record has."""
    return str(10**9 + int(frappe.generate_hash(length=7), 16))


class TestBeneficiary(SocialCRMTestCase):
    def test_names_are_tidied_and_searchable(self):
        doc = frappe.get_doc(
            "Beneficiary", make_person(" MARÍA ", middle_name="josé", first_surname="DE LA HOZ")
        )
        self.assertEqual(doc.full_name, "María José De la Hoz Uriana")
        self.assertEqual(doc.search_key, "maria jose de la hoz uriana")

    def test_a_document_or_a_reason_is_needed(self):
        with self.assertRaisesRegex(frappe.ValidationError, "reason for having none"):
            make_person(no_document_reason="")

    def test_a_child_keeps_the_number_under_other_types(self):
        same = number()
        name = make_person(**papers(("RC", same), ("TI", same), ("CC", same)))
        doc = frappe.get_doc("Beneficiary", name)
        self.assertEqual(len({row.identity_key for row in doc.documents}), 1)
        self.assertEqual([bool(row.unique_identity) for row in doc.documents], [True, False, False])
        del doc.documents[0]
        doc.save()
        self.assertEqual([bool(row.unique_identity) for row in doc.documents], [True, False])
        self.assertEqual(documents.owner_of("RC", same), name)

    def test_nobody_else_may_have_the_document(self):
        same = number()
        holder = make_person("Rosa", **papers(("TI", same)))
        with self.assertRaisesRegex(frappe.UniqueValidationError, f"belongs to Rosa .*{holder}"):
            make_person("Otra", **papers(("CC", f"{same[:1]}.{same[1:4]}.{same[4:7]}.{same[7:]}")))
        make_person("Otra", **papers(("CE", same)))

    def test_numbers_can_be_exchanged_between_rows(self):
        one, two = number(), number()
        doc = frappe.get_doc("Beneficiary", make_person(**papers(("CC", one), ("CE", two))))
        doc.documents[0].document_number, doc.documents[0].document_type = two, "CE"
        doc.documents[1].document_number, doc.documents[1].document_type = one, "CC"
        doc.save()
        self.assertEqual({row.unique_identity for row in doc.documents}, {f"NUIP:{one}", f"CE:{two}"})

    def test_malformed_documents_are_refused_in_words(self):
        for kind, value, words in (
            ("CC", "12A", "letters"),
            ("CC", "1", "characters"),
            ("TI", "0000000", "zeros"),
        ):
            with self.assertRaisesRegex(frappe.ValidationError, words):
                make_person(**papers((kind, value)))

    def test_the_database_itself_refuses_a_second_holder(self):
        """Two people type the same new number at the same moment: one is saved, the other is told."""
        same, results = number(), {}
        site, barrier = frappe.local.site, threading.Barrier(2)

        def register(label: str) -> None:
            frappe.init(site=site)
            frappe.connect()
            frappe.set_user("Administrator")
            frappe.local.lang = "en"  # a new connection speaks the site's language
            try:
                frappe.db.get_value("Beneficiary", {"status": "Active"}, "name")  # both see the same past
                barrier.wait(20)
                name = make_person(label, **papers(("CC", same)))
                frappe.db.commit()
                results[label] = name
            except frappe.UniqueValidationError as error:
                frappe.db.rollback()
                results[label] = error
            finally:
                frappe.destroy()

        # The counter of names exists from the first record on; two very first records would wait for each other.
        frappe.delete_doc("Beneficiary", make_person("Primera"), force=True)
        frappe.db.commit()  # the threads have connections of their own
        threads = [threading.Thread(target=register, args=(label,)) for label in ("Uno", "Dos")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)
        saved = [value for value in results.values() if isinstance(value, str)]
        refused = [value for value in results.values() if not isinstance(value, str)]
        self.addCleanup(frappe.db.commit)
        self.addCleanup(lambda: [frappe.delete_doc("Beneficiary", name, force=True) for name in saved])
        self.assertEqual((len(saved), len(refused)), (1, 1), results)
        self.assertRegex(str(refused[0]), "belongs to|exists elsewhere")

    def test_a_new_person_enters_the_family_named(self):
        family = make_family(2)
        name = make_person("Luz", family=family, kinship="Child", registered_on=DAY)
        doc = frappe.get_doc("Beneficiary", name)
        self.assertEqual(
            (doc.family, doc.kinship, doc.community),
            (family, "Child", frappe.db.get_value("Family", family, "community")),
        )
        self.assertIn(name, members(family, DAY))
        self.assertEqual(frappe.db.get_value("Family", family, "member_count"), 3)

    def test_what_memberships_decide_is_not_typed(self):
        name = members(make_family(2), DAY)[1]
        doc = frappe.get_doc("Beneficiary", name)
        kept = (doc.family, doc.community, doc.kinship)
        doc.update(
            {"family": make_family(1), "community": make_community(), "kinship": "Head", "status": "Merged"}
        )
        doc.update({"death_date": DAY, "merged_into": make_person()})
        doc.save()
        doc.reload()
        self.assertEqual((doc.family, doc.community, doc.kinship), kept)
        self.assertEqual((doc.status, doc.death_date, doc.merged_into), ("Active", None, None))

    def test_dates_of_birth(self):
        with self.assertRaisesRegex(frappe.ValidationError, "future"):
            make_person(birth_date=frappe.utils.add_days(frappe.utils.nowdate(), 2))
        with self.assertRaisesRegex(frappe.ValidationError, "before the person's birth"):
            doc = frappe.get_doc({"doctype": "Beneficiary", **person("Ana", **papers(("CC", number())))})
            doc.documents[0].issued_on = "1980-01-01"
            doc.insert()

    def test_contacts_and_addresses_come_with_the_form(self):
        name = make_person()
        link = {"link_doctype": "Beneficiary", "link_name": name}
        frappe.get_doc({"doctype": "Contact", "first_name": "Ana", "links": [link]}).insert()
        doc = frappe.get_doc("Beneficiary", name)
        doc.run_method("onload")
        self.assertEqual(len(doc.get("__onload").contact_list), 1)
