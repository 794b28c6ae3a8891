"""The life of families and persons: whose entries they show, to whom, and with how few queries."""

from datetime import date

import frappe

from social_crm import timeline
from social_crm.social_crm.factories import make_community, make_family, members
from social_crm.social_crm.services import attendance, families
from social_crm.testing import SocialCRMTestCase

DAY = date(2024, 6, 1)


def shown(doctype: str, name: str, **wanted: object) -> list[str]:
    entries, _cut = timeline.entries(doctype, name, timeline.LifeFilter(**wanted))
    return [entry["title"] for entry in entries]


class TestTimeline(SocialCRMTestCase):
    def prepare(self):
        frappe.local.lang = "en"
        self.community = make_community()
        self.family = make_family(3, self.community)
        self.people = members(self.family, DAY)

    def attend(self, person: str, day: date, subject: str) -> None:
        fields = {"subject": subject, "activity_kind": "Meeting", "activity_date": day, "status": "Held"}
        fields |= {"community": self.community, "responsible": "Administrator"}
        activity = frappe.get_doc({"doctype": "Community Activity", **fields}).insert().name
        attendance.take(activity, {person: "Present"})

    def test_a_family_shows_what_was_done_with_members_while_they_were_members(self):
        child = self.people[2]
        self.attend(child, date(2024, 5, 1), "As member")
        families.leave(self.family, child, DAY, "Marriage")
        self.attend(child, DAY, "After leaving")
        family, person = shown("Family", self.family), shown("Beneficiary", child)
        self.assertIn("Present: As member", family)
        self.assertNotIn("Present: After leaving", family)
        self.assertIn("Present: As member", person)
        self.assertIn("Present: After leaving", person)
        self.assertTrue(any(title.startswith("Leaving: no longer") for title in person))

    def test_entries_come_latest_first_and_obey_the_filters(self):
        self.attend(self.people[0], date(2023, 1, 5), "Reunión de líderes")
        self.attend(self.people[1], date(2024, 1, 5), "Taller de pesca")
        titles = shown("Family", self.family)
        self.assertLess(titles.index("Present: Taller de pesca"), titles.index("Present: Reunión de líderes"))
        self.assertEqual(
            shown("Family", self.family, text="reunion LIDERES"), ["Present: Reunión de líderes"]
        )
        self.assertEqual(shown("Family", self.family, person=self.people[1]), ["Present: Taller de pesca"])
        self.assertEqual(
            shown("Family", self.family, from_date=date(2024, 1, 5), to_date=date(2024, 1, 5)),
            ["Present: Taller de pesca"],
        )

    def test_a_split_shows_in_both_families(self):
        new = families.split(
            self.family, {self.people[1]: "Head"}, {"family_name": "Nueva"}, DAY, "New household"
        )
        self.assertIn("Split · Nueva · New household", shown("Family", self.family))
        self.assertTrue(any("Split" in title for title in shown("Family", new)))

    def test_the_number_of_queries_does_not_grow_with_the_entries(self):
        self.attend(self.people[0], date(2023, 1, 1), "First")
        timeline.entries("Family", self.family)  # what is read once and cached is not counted
        few = self.queries()
        for day in range(2, 22):
            self.attend(self.people[0], date(2023, 1, day), f"Activity {day}")
        self.assertEqual(self.queries(), few)

    def queries(self) -> int:
        asked = []
        original = frappe.db.sql

        def count(*args: object, **kwargs: object) -> object:
            asked.append(args)
            return original(*args, **kwargs)

        frappe.db.sql = count
        try:
            timeline.entries("Family", self.family)
        finally:
            frappe.db.sql = original
        return len(asked)

    def test_pages_and_counts(self):
        for day in range(1, 8):
            self.attend(self.people[0], date(2023, 1, day), f"Activity {day}")
        page = timeline.life("Family", self.family, start=0, length=5)
        self.assertEqual(len(page["entries"]), 5)
        self.assertEqual({c["component"]: c["count"] for c in page["components"]}["Community Work"], 7)
        rest = timeline.life("Family", self.family, component="Community Work", start=5, length=5)
        self.assertEqual((len(rest["entries"]), rest["total"]), (2, 7))

    def test_the_life_of_other_documents_is_not_told(self):
        with self.assertRaises(frappe.ValidationError):
            timeline.life("User", "Administrator")

    def test_every_registered_source_names_real_fields(self):
        for source in timeline.sources():
            meta = frappe.get_meta(source.doctype)
            fields = [*source.fields, source.date_field, source.beneficiary_field, source.family_field]
            for field in filter(None, fields):
                self.assertTrue(
                    field in ("parent", "creation") or meta.has_field(field), (source.doctype, field)
                )
