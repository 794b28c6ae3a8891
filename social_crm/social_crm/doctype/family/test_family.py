"""Families with a site: what the services write, what they refuse, and what undoing restores."""

import json
from datetime import date, timedelta

import frappe
import frappe.client

from social_crm import testing_factories, timeline
from social_crm.social_crm.factories import make_community, make_family, make_person, members, person
from social_crm.social_crm.services import families, family_actions
from social_crm.testing import SocialCRMTestCase

DAY = date(2024, 6, 1)
EVE = DAY - timedelta(days=1)
TABLES = ("Family Membership", "Family", "Beneficiary")


def whole_state(*doctypes: str) -> dict:
    """Return all rows of the tables that events touch, without the traces of who wrote when."""
    state = {}
    for doctype in doctypes or TABLES:
        for row in frappe.get_all(doctype, fields=["*"]):
            state[doctype, row.name] = {k: v for k, v in row.items() if k not in ("modified", "modified_by")}
    return state


class TestFamily(SocialCRMTestCase):
    def test_family_of_six_splits_into_four_and_two(self):
        family = make_family(6)
        six = members(family, EVE)
        self.assertEqual(len(six), 6)
        new = families.split(
            family, {six[2]: "Head", six[3]: "Sibling"}, {"family_name": "Epiayú Joven"}, DAY
        )
        self.assertEqual(len(members(family, EVE)), 6)
        self.assertEqual(set(members(family, DAY)), {six[0], six[1], six[4], six[5]})
        self.assertEqual(members(new, DAY), [six[2], six[3]])
        self.assertEqual(members(new, EVE), [])
        moved = frappe.get_doc("Beneficiary", six[2])
        self.assertEqual((moved.family, moved.kinship, moved.status), (new, "Head", "Active"))
        self.assertEqual(frappe.db.get_value("Family", family, ["member_count", "head"]), (4, six[0]))
        self.assertEqual(frappe.db.get_value("Family", new, ["member_count", "head"]), (2, six[2]))
        self.assertEqual(
            frappe.db.get_value("Family", new, "community"),
            frappe.db.get_value("Family", family, "community"),
        )

    def test_a_refused_split_leaves_nothing_behind(self):
        family = make_family(3)
        before = whole_state("Family", "Family Event", "Family Membership")
        ana = members(family, DAY)[1]
        for leavers in ({}, {ana: "Child"}, dict.fromkeys(members(family, DAY), "Head")):
            with self.assertRaises(frappe.ValidationError):
                families.split(family, leavers, {"family_name": "Nueva"}, DAY)
        self.assertEqual(whole_state("Family", "Family Event", "Family Membership"), before)

    def test_leave_and_return(self):
        family = make_family(3)
        child = members(family, DAY)[2]
        families.leave(family, child, DAY, "Studies")
        gone = frappe.get_doc("Beneficiary", child)
        self.assertEqual((gone.family, gone.status), (None, "Inactive"))
        self.assertTrue(gone.community)
        self.assertNotIn(child, members(family, DAY))
        families.join(family, child, "Child", DAY + timedelta(days=30), joined_by="Return")
        self.assertIn(child, members(family, DAY + timedelta(days=30)))
        self.assertNotIn(child, members(family, DAY + timedelta(days=29)))

    def test_nobody_joins_a_second_family(self):
        one, two = make_family(2), make_family(2)
        with self.assertRaisesRegex(frappe.ValidationError, "already belongs"):
            families.join(two, members(one, DAY)[1], "Child", DAY)

    def test_a_day_in_the_future_is_refused(self):
        family = make_family(2)
        tomorrow = frappe.utils.add_days(frappe.utils.nowdate(), 1)
        with self.assertRaisesRegex(frappe.ValidationError, "future"):
            families.leave(family, members(family, DAY)[1], tomorrow)

    def test_death_ends_the_membership_and_guards_the_record(self):
        family = make_family(3)
        head, partner = members(family, DAY)[:2]
        families.record_death(head, DAY, "Illness", kinships={partner: "Head"})
        dead = frappe.get_doc("Beneficiary", head)
        self.assertEqual((dead.status, dead.death_date, dead.family), ("Deceased", DAY, None))
        self.assertEqual(frappe.db.get_value("Family", family, ["head", "member_count"]), (partner, 2))
        with self.assertRaisesRegex(frappe.ValidationError, "died"):
            families.join(family, head, "Parent", DAY + timedelta(days=1))
        with self.assertRaisesRegex(frappe.ValidationError, "died"):
            families.record_death(head, DAY)

    def test_the_dead_join_no_family_not_even_for_an_earlier_day(self):
        dead = make_person("Carmen")
        families.record_death(dead, DAY)
        family = make_family(2)
        with self.assertRaisesRegex(frappe.ValidationError, "died"):
            families.join(family, dead, "Parent", EVE)
        with self.assertRaisesRegex(frappe.ValidationError, "died"):
            families.register_family(
                {"family_name": "Nueva", "community": make_community()},
                [{"beneficiary": dead, "kinship": "Head"}],
                EVE,
            )
        self.assertFalse(frappe.db.exists("Family Membership", {"beneficiary": dead}))

    def test_the_death_of_a_person_without_a_family_is_on_record_and_can_be_undone(self):
        alone = make_person("Carmen")
        before = whole_state("Beneficiary")
        versions = {"ref_doctype": "Beneficiary", "docname": alone}
        told = frappe.db.count("Version", versions)
        event = frappe.get_doc("Family Event", families.record_death(alone, DAY, "Illness"))
        self.assertEqual(
            (event.event_type, event.event_date, event.beneficiary, event.family, event.reason),
            ("Death", DAY, alone, None, "Illness"),
        )
        self.assertEqual(
            frappe.db.get_value("Beneficiary", alone, ["status", "death_date"]), ("Deceased", DAY)
        )
        self.assertEqual(family_actions.death_of(alone), event.name)
        self.assertEqual(
            [(e["title"], str(e["date"])) for e in timeline.entries("Beneficiary", alone)[0]],
            [("Death · Illness", str(DAY))],
        )
        self.assertEqual(frappe.db.count("Version", versions), told + 1)
        last = frappe.get_last_doc("Version", versions)
        self.assertIn("death_date", [change[0] for change in json.loads(last.data)["changed"]])
        family_actions.undo(event.name)
        self.assertEqual(whole_state("Beneficiary"), before)
        self.assertEqual(frappe.db.count("Version", versions), told + 2)
        self.assertIsNone(family_actions.death_of(alone))
        self.assertEqual(timeline.entries("Beneficiary", alone)[0], [])

    def test_only_who_may_write_the_person_undoes_a_death_without_a_family(self):
        alone = make_person("Carmen")
        event = families.record_death(alone, DAY)
        stranger = testing_factories.make_user("undo.stranger@example.com", "Gestor")
        testing_factories.assign(stranger, make_community())
        frappe.set_user(stranger)
        with self.assertRaises(frappe.PermissionError):
            family_actions.undo(event)

    def test_only_a_newborn_joins_by_birth(self):
        """A birth exempts from the cut-off: an adult does not slip into the census by it."""
        family = make_family(2, make_community(cut_off_date="2022-01-01"))
        child = make_person("Niño", birth_date=EVE)
        families.join(family, child, "Child", DAY, joined_by="Birth")
        self.assertFalse(frappe.db.get_value("Beneficiary", child, "after_cut_off"))
        for born in ("1990-05-01", DAY - timedelta(days=91), DAY + timedelta(days=1), None):
            other = make_person("Otra", birth_date=born)
            with self.subTest(born=born), self.assertRaisesRegex(frappe.ValidationError, "birth"):
                families.join(family, other, "Child", DAY, joined_by="Birth")
        families.join(family, other, "Child", DAY)
        self.assertTrue(frappe.db.get_value("Beneficiary", other, "after_cut_off"))

    def test_a_family_that_splits_keeps_its_place_in_the_census(self):
        place = make_community(cut_off_date="2022-01-01")
        counted, late = make_family(3, place), make_family(3, place)
        approver = {"exception_approver": "Administrator", "exception_reason": "Documented"}
        frappe.db.set_value("Family", late, {"after_cut_off": 1, **approver})
        for family, expected in ((counted, (0, None, None)), (late, (1, "Administrator", "Documented"))):
            with self.subTest(expected=expected):
                leaver = members(family, DAY)[1]
                new = families.split(family, {leaver: "Head"}, {"family_name": "Nueva"}, DAY)
                self.assertEqual(
                    frappe.db.get_value(
                        "Family", new, ["after_cut_off", "exception_approver", "exception_reason"]
                    ),
                    expected,
                )
                self.assertFalse(frappe.db.get_value("Beneficiary", leaver, "after_cut_off"))

    def test_merge_and_its_undo_restore_everything(self):
        source, target = make_family(3), make_family(2)
        before = whole_state()
        moved = members(source, DAY)
        event = families.merge(source, target, DAY, "One household", kinships={moved[1]: "Sibling"})
        self.assertEqual(len(members(target, DAY)), 5)
        self.assertEqual(members(source, DAY), [])
        self.assertEqual(frappe.db.get_value("Family", source, ["status", "merged_into"]), ("Merged", target))
        self.assertNotEqual(whole_state(), before)
        undo = families.undo_merge(event)
        self.assertEqual(whole_state(), before)
        self.assertEqual(frappe.db.get_value("Family Event", event, "undone_by"), undo)
        with self.assertRaises(frappe.ValidationError):
            families.undo_merge(event)

    def test_an_event_is_not_undone_under_a_later_one(self):
        source, target = make_family(3), make_family(2)
        child = members(source, DAY)[2]
        merge = families.merge(source, target, DAY)
        later = families.leave(target, child, DAY + timedelta(days=5))
        with self.assertRaisesRegex(frappe.ValidationError, "later events"):
            families.undo_merge(merge)
        families.undo_merge(later)
        families.undo_merge(merge)
        self.assertIn(child, members(source, DAY))

    def test_every_kind_of_event_can_be_undone(self):
        family, other = make_family(4), make_community()
        stranger = make_person("Carmen")
        head, partner, child = members(family, DAY)[:3]
        acts = [
            lambda: families.join(family, stranger, "Non-relative", DAY),
            lambda: families.leave(family, child, DAY),
            lambda: families.record_death(head, DAY, kinships={partner: "Head"}),
            lambda: families.move(family, other, DAY),
            lambda: families.change_head(family, {partner: "Head", head: "Spouse or Partner"}, DAY),
        ]
        for act in acts:
            before = whole_state()
            event = act()
            self.assertNotEqual(whole_state(), before)
            families.undo_merge(event)
            self.assertEqual(whole_state(), before)

    def test_undoing_a_split_closes_the_new_family(self):
        family = make_family(3)
        before = whole_state("Family Membership", "Beneficiary")
        new = families.split(family, {members(family, DAY)[1]: "Head"}, {"family_name": "Nueva"}, DAY)
        event = frappe.db.get_value("Family Event", {"other_family": new, "event_type": "Split"})
        families.undo_merge(event)
        self.assertEqual(whole_state("Family Membership", "Beneficiary"), before)
        self.assertEqual(frappe.db.get_value("Family", new, "status"), "Closed")

    def test_a_family_moves_with_its_people(self):
        family = make_family(3)
        place = make_community()
        families.move(family, place, DAY, "Resettlement")
        self.assertEqual(frappe.db.get_value("Family", family, "community"), place)
        communities = {frappe.db.get_value("Beneficiary", p, "community") for p in members(family, DAY)}
        self.assertEqual(communities, {place})
        doc = frappe.get_doc("Family", family)
        doc.community = make_community()
        with self.assertRaisesRegex(frappe.ValidationError, "Move to Community"):
            doc.save()

    def test_memberships_and_events_are_closed_to_hands(self):
        family = make_family(2)
        row = frappe.get_doc("Family Membership", {"family": family})
        row.kinship = "Sibling"
        self.assertRaises(frappe.PermissionError, row.save)
        row.reload()
        row.kinship = "Sibling"
        row.flags.update({"social_crm_writes_memberships": True, "ignore_permissions": True})
        self.assertRaises(frappe.PermissionError, row.save)
        self.assertRaises(
            frappe.PermissionError, frappe.delete_doc, "Family Membership", row.name, force=True
        )
        values = {"family": family, "beneficiary": row.beneficiary, "kinship": "Child", "from_date": DAY}
        new = frappe.get_doc({"doctype": "Family Membership", "joined_by": "Joining", **values})
        self.assertRaises(frappe.PermissionError, new.insert)
        event = frappe.get_doc("Family Event", {"family": family})
        event.reason = "Another"
        self.assertRaises(frappe.PermissionError, event.save)
        self.assertRaises(
            frappe.PermissionError,
            frappe.client.set_value,
            "Family Membership",
            row.name,
            "to_date",
            "2024-01-01",
        )

    def test_computed_fields_are_put_back(self):
        family = make_family(2)
        doc = frappe.get_doc("Family", family)
        doc.update({"member_count": 99, "head": None, "status": "Merged", "after_cut_off": 1})
        doc.save()
        doc.reload()
        self.assertEqual((doc.member_count, doc.status, doc.after_cut_off), (2, "Active", 0))
        self.assertTrue(doc.head)
        doc.status = "Moved Away"
        doc.save()
        self.assertEqual(frappe.db.get_value("Family", family, "status"), "Moved Away")

    def test_who_arrives_after_the_cut_off_is_flagged(self):
        community = make_community(cut_off_date=DAY)
        early, late = make_family(2, community, on=DAY), make_family(2, community, on=DAY + timedelta(days=1))
        flags = [frappe.db.get_value("Family", f, "after_cut_off") for f in (early, late)]
        self.assertEqual(flags, [0, 1])
        self.assertEqual(
            frappe.db.get_value("Beneficiary", members(late, "2025-01-01")[0], "after_cut_off"), 1
        )
        newborn, cousin = make_person("Luz", birth_date=DAY + timedelta(days=9)), make_person("Iván")
        families.join(early, newborn, "Child", DAY + timedelta(days=9), joined_by="Birth")
        families.join(early, cousin, "Other Relative", DAY + timedelta(days=9))
        flags = [frappe.db.get_value("Beneficiary", p, "after_cut_off") for p in (newborn, cousin)]
        self.assertEqual(flags, [0, 1])
        doc = frappe.get_doc("Family", late)
        doc.exception_reason = "Census team did not reach the house"
        with self.assertRaisesRegex(frappe.ValidationError, "names who approved"):
            doc.save()
        doc.reload()
        doc.update({"exception_reason": "House not reached", "exception_approver": "Administrator"})
        doc.save()

    def test_an_existing_person_is_registered_with_a_family(self):
        ana = make_person("Ana")
        self.assertEqual(frappe.db.get_value("Beneficiary", ana, "status"), "Inactive")
        family = families.register_family(
            {"family_name": "EPIAYÚ", "community": make_community()},
            [{"beneficiary": ana, "kinship": "Head"}, person("Luis")],
            DAY,
        )
        self.assertEqual(members(family, DAY)[0], ana)
        self.assertEqual(frappe.db.get_value("Family", family, ["family_name", "head"]), ("Epiayú", ana))

    def test_map_and_numbers_keep_in_step(self):
        doc = frappe.get_doc("Family", make_family(1))
        doc.update({"latitude": 11.38, "longitude": -72.24})
        doc.save()
        self.assertIn("[-72.24, 11.38]", doc.location)
        doc.location = doc.location.replace("11.38", "11.5")
        doc.save()
        self.assertEqual(doc.latitude, 11.5)
        doc.location = ""
        doc.save()
        self.assertEqual((doc.latitude, doc.longitude), (0, 0))
        doc.latitude = 95
        self.assertRaises(frappe.ValidationError, doc.save)

    def test_vulnerabilities_have_dates_and_belong_to_members(self):
        kind = frappe.get_doc(
            {"doctype": "Vulnerability Type", "vulnerability_name": frappe.generate_hash(length=8)}
        ).insert()
        doc = frappe.get_doc("Family", make_family(2))
        doc.append("vulnerabilities", {"vulnerability": kind.name, "beneficiary": doc.head, "from_date": DAY})
        doc.save()
        doc.append("vulnerabilities", {"vulnerability": kind.name, "beneficiary": doc.head, "from_date": DAY})
        with self.assertRaisesRegex(frappe.ValidationError, "already registered"):
            doc.save()
        doc.reload()
        other = make_person("Otra")
        doc.append("vulnerabilities", {"vulnerability": kind.name, "beneficiary": other, "from_date": DAY})
        with self.assertRaisesRegex(frappe.ValidationError, "never belonged"):
            doc.save()
