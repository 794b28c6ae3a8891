"""Activities and their attendance sheet with a site."""

from datetime import date

import frappe

from social_crm.social_crm.factories import make_community, make_family, members
from social_crm.social_crm.services import attendance, families
from social_crm.testing import SocialCRMTestCase

DAY = date(2025, 6, 1)


class TestCommunityActivity(SocialCRMTestCase):
    def prepare(self):
        self.community = make_community()
        self.people = members(make_family(4, self.community), DAY)
        self.activity = self.plan(DAY)

    def plan(self, day: date | str) -> str:
        fields = {
            "subject": "Workshop",
            "activity_kind": "Workshop",
            "activity_date": day,
            "status": "Planned",
        }
        fields |= {"community": self.community, "responsible": "Administrator"}
        return frappe.get_doc({"doctype": "Community Activity", **fields}).insert().name

    def test_the_sheet_lists_the_community_and_keeps_what_was_ticked(self):
        self.assertEqual({row["beneficiary"] for row in attendance.sheet(self.activity)}, set(self.people))
        marks = {
            self.people[0]: "Present",
            self.people[1]: "Present",
            self.people[2]: "Excused",
            self.people[3]: "",
        }
        self.assertEqual(attendance.take(self.activity, marks), 2)
        doc = frappe.get_doc("Community Activity", self.activity)
        self.assertEqual((doc.status, doc.attendee_count), ("Held", 2))
        self.assertEqual(attendance.take(self.activity, {self.people[0]: ""}), 1)
        self.assertEqual(attendance.take(self.activity, {self.people[1]: "Absent"}), 0)
        marked = {
            row["beneficiary"]: row["attended"] for row in attendance.sheet(self.activity) if row["attended"]
        }
        self.assertEqual(marked, {self.people[1]: "Absent", self.people[2]: "Excused"})

    def test_nobody_attends_twice_or_before_the_day(self):
        attendance.take(self.activity, {self.people[0]: "Present"})
        values = {"activity": self.activity, "beneficiary": self.people[0], "attended": "Present"}
        with self.assertRaisesRegex(frappe.ValidationError, "already on"):
            frappe.get_doc({"doctype": "Activity Attendance", **values}).insert()
        future = self.plan(frappe.utils.add_days(frappe.utils.nowdate(), 5))
        with self.assertRaisesRegex(frappe.ValidationError, "from that day on"):
            attendance.take(future, {self.people[0]: "Present"})

    def test_the_dead_do_not_attend(self):
        families.record_death(self.people[1], date(2025, 5, 1))
        with self.assertRaisesRegex(frappe.ValidationError, "died"):
            attendance.take(self.activity, {self.people[1]: "Present"})

    def test_the_count_is_not_typed(self):
        doc = frappe.get_doc("Community Activity", self.activity)
        doc.attendee_count = 77
        doc.save()
        self.assertEqual(frappe.db.get_value("Community Activity", self.activity, "attendee_count"), 0)
