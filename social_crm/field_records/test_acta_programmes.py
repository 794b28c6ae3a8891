"""Which programme an acta counts in when nobody has said: it decides in whose chain of seals it stands."""

import frappe
from frappe.utils import add_days, nowdate

from social_crm import testing_factories
from social_crm.field_records import factories as make
from social_crm.field_records.services import actions, seal_chains
from social_crm.income_generation import factories as units
from social_crm.testing import SocialCRMTestCase


class TestActaProgrammes(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        # A community of this test alone: what runs in it is what the test says.
        mark = frappe.generate_hash(length=6)
        self.community = make.people.make_community(f"Programas {mark}")
        self.gestor = testing_factories.make_user(f"gestor.{mark}@example.com".lower(), "Gestor")
        testing_factories.assign(self.gestor, self.community)
        self.family = make.people.make_family(1, self.community)

    def programme(self, **values) -> str:
        name = f"Programa {frappe.generate_hash(length=6)}"
        return testing_factories.make_programme(name, (self.community,), **values).name

    def acta(self, **values):
        frappe.set_user(self.gestor)
        try:
            return make.make_acta(**{"family": self.family, **values})
        finally:
            frappe.set_user("Administrator")

    def test_the_only_programme_that_runs_in_the_community(self):
        self.assertIsNone(self.acta().programme)
        self.programme(status="Finished")
        self.programme(start_date=add_days(nowdate(), 1))
        self.programme(end_date=add_days(nowdate(), -1))
        self.assertIsNone(self.acta().programme)
        only = self.programme()
        acta = self.acta()
        self.assertEqual(acta.programme, only)
        closed = make.close(acta)
        self.assertEqual((closed.seal_chain, closed.seal_number), (seal_chains.take_place(only).chain, 1))
        self.programme()
        self.assertIsNone(self.acta().programme, "two programmes: nobody knows which")
        self.assertEqual(frappe.get_doc("Acta", actions.amend(closed.name, "Falta un dato")).programme, only)

    def test_the_programme_of_the_unit_and_what_the_author_chose(self):
        first, second = self.programme(), self.programme()
        person = frappe.db.get_value("Family", self.family, "head")
        unit = units.make_unit(person, programme=second)
        unit = getattr(unit, "name", unit)
        acta = self.acta(productive_unit=unit)
        self.assertEqual(acta.programme, second)
        self.assertEqual(self.acta(productive_unit=unit, programme=first).programme, first)
        name = actions.add_commitment(acta.name, "Llevar las cuentas", str(add_days(nowdate(), 8)))
        self.assertEqual(
            frappe.db.get_value("Commitment", name, ["productive_unit", "programme"]), (unit, second)
        )

    def test_what_is_emptied_by_hand_stays_empty_and_what_a_device_does_not_say_stays(self):
        only = self.programme()
        acta = self.acta()
        self.programme()
        acta.reload()
        acta.programme = None
        acta.flags.arrival = {"origin": "Field App", "device": None, "received_at": acta.creation}
        acta.save()
        self.assertEqual(acta.programme, only)
        acta = frappe.get_doc("Acta", acta.name)
        acta.programme = None
        acta.save()
        self.assertIsNone(acta.programme)

    def test_no_programme_takes_an_acta_out_of_its_authors_sight(self):
        mark = frappe.generate_hash(length=6)
        mine = testing_factories.make_programme(f"Mío {mark}", ())
        user = testing_factories.make_user(f"solo.{mark}@example.com".lower(), "Gestor")
        testing_factories.assign(user, self.community, programme=mine.name)
        self.programme()
        frappe.set_user(user)
        acta = make.make_acta(family=self.family)
        self.assertIsNone(acta.programme)
        self.assertIn(acta.name, frappe.get_list("Acta", pluck="name"))
