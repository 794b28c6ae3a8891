from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.field_records import factories as make
from social_crm.field_records.report.actas_overview import actas_overview
from social_crm.field_records.report.visits_due import visits_due
from social_crm.field_records.report.weekly_work_of_gestores import weekly_work_of_gestores
from social_crm.field_records.services import actions, templates, visits
from social_crm.field_records.services.sync import kinds
from social_crm.field_records.services.visits_due import due_visits
from social_crm.social_crm import factories as people
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign

TEMPLATE = "home_visit-v2"
ELSEWHERE = "Otra comunidad de visitas"


class TestVisits(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.rule = make_rule()

    def due(self, **filters) -> dict:
        return {row["subject"]: row for row in due_visits({"rule": self.rule, **filters})}

    def test_a_family_is_due_until_its_acta_and_again_after_the_days_of_the_rule(self):
        family = make.make_family()
        row = self.due()[family]
        self.assertEqual(
            (row["due"], row["last_visit"]),
            (max(getdate(add_days(nowdate(), -90)), registered(family)), None),
        )
        make.make_acta(family=family, visit_date=add_days(nowdate(), -10))
        self.assertNotIn(family, self.due())
        row = self.due(until=add_days(nowdate(), 20))[family]
        self.assertEqual((row["due"], row["days_late"]), (getdate(add_days(nowdate(), 20)), -20))
        self.assertNotIn(family, self.due(until=add_days(nowdate(), 19)))

    def test_an_acta_of_another_template_is_another_visit_and_of_another_version_the_same(self):
        family = make.make_family()
        make.make_acta(family=family, template="training_meeting-v1", answers={}, visit_date=nowdate())
        self.assertIn(family, self.due())
        newer = templates.new_version(TEMPLATE)
        templates.set_status(newer, "Published")
        make.make_acta(family=family, template=newer, visit_date=nowdate())
        self.assertNotIn(family, self.due())

    def test_what_was_planned_with_an_earlier_version_is_written_with_the_newest_published_one(self):
        old, family = make.make_template(), make.make_family()
        templates.set_status(old.name, "Published")
        rule = make_rule(template=old.name)
        rows = [{"doctype": "Family", "subject": family, "rule": rule}]
        (plan,) = visits.plan_visits(rows, make.GESTOR, nowdate())
        with as_gestor():
            before = kinds.versions(())[f"visit/{plan}"]
            self.assertEqual(visits.template_to_write(plan), old.name)
        newer = templates.new_version(old.name)
        self.assertEqual(visits.template_to_write(plan), old.name, "a draft writes nothing")
        templates.set_status(newer, "Published")
        templates.set_status(old.name, "Withdrawn")
        with as_gestor():
            self.assertEqual(visits.template_to_write(plan), newer)
            after = kinds.versions(())
            self.assertNotEqual(after[f"visit/{plan}"], before, "the phones are told")
            self.assertNotIn(f"template/{old.name}", after, "a new phone does not have it")
            version, sent = kinds.rows_of("visit", [plan])[plan]
            self.assertEqual((version, sent["template"]), (after[f"visit/{plan}"], newer))
        (again,) = visits.plan_visits(rows, make.GESTOR, add_days(nowdate(), 1))
        self.assertEqual((again, frappe.db.get_value("Planned Visit", plan, "template")), (plan, newer))
        templates.set_status(newer, "Withdrawn")
        self.assertIsNone(visits.template_to_write(plan), "none is published: the person chooses")

    def test_rules_that_are_switched_off_or_of_another_place_ask_for_nothing(self):
        family = make.make_family()
        self.assertNotIn(family, self.due(community=people.make_community(ELSEWHERE)))
        frappe.get_doc("Visit Rule", self.rule).update({"enabled": 0}).save()
        self.assertEqual(self.due(), {})

    def test_a_gestor_is_asked_for_the_families_of_their_places_alone(self):
        mine = make.make_family()
        other = people.make_family(1, people.make_community(ELSEWHERE))
        everywhere = make_rule(community=None)
        both = {row["subject"] for row in due_visits({"rule": everywhere})}
        self.assertLessEqual({mine, other}, both)
        with as_gestor():
            seen = {row["subject"] for row in due_visits({"rule": everywhere})}
            self.assertIn(mine, seen)
            self.assertNotIn(other, seen)
            with self.assertRaises(frappe.PermissionError):
                visits.plan_visits([{"doctype": "Family", "subject": other}], make.GESTOR, nowdate())

    def test_planned_visits_lie_near_each_other_and_planning_again_moves_them(self):
        families = [make.make_family() for _ in range(3)]
        for family, longitude in zip(families, (-72.0, -70.0, -71.9), strict=True):
            frappe.db.set_value("Family", family, {"latitude": 10.9, "longitude": longitude})
        rows = [{"doctype": "Family", "subject": family, "rule": self.rule} for family in families]
        day = add_days(nowdate(), 1)
        with as_gestor():
            first = visits.plan_visits(rows, make.GESTOR, day)
            order = {name: frappe.db.get_value("Planned Visit", name, "position") for name in first}
            self.assertEqual([order[name] for name in first], [1, 3, 2])
            again = visits.plan_visits(rows[:1], make.GESTOR, add_days(day, 1))
        self.assertEqual(again, first[:1])
        plan = frappe.get_doc("Planned Visit", first[0])
        self.assertEqual((plan.visit_date, plan.template), (getdate(add_days(day, 1)), TEMPLATE))
        self.assertEqual((plan.community, plan.longitude), (make.COMMUNITY, -72.0))
        self.assertIsNone(plan.start_time, "nobody said an hour")
        self.assertEqual(self.due()[families[0]]["gestor"], make.GESTOR)

    def test_the_acta_closes_its_visit_and_a_deleted_draft_opens_it_again(self):
        family = make.make_family()
        (plan,) = visits.plan_visits(
            [{"doctype": "Family", "subject": family, "rule": self.rule}], make.GESTOR, nowdate()
        )
        with as_gestor():
            acta = make.make_acta(family=family)
        self.assertEqual(frappe.db.get_value("Planned Visit", plan, ["status", "acta"]), ("Done", acta.name))
        with self.assertRaises(frappe.ValidationError):
            frappe.get_doc("Planned Visit", plan).update({"status": "Planned"}).save()
        acta.delete()
        self.assertEqual(frappe.db.get_value("Planned Visit", plan, ["status", "acta"]), ("Planned", None))

    def test_an_amendment_makes_no_other_visit(self):
        family = make.make_family()
        with as_gestor():
            acta = make.close(make.make_acta(family=family))
        (plan,) = visits.plan_visits(
            [{"doctype": "Family", "subject": family}], make.GESTOR, add_days(nowdate(), 3)
        )
        with as_gestor():
            actions.amend(acta.name, "Se corrigió el número de personas")
        self.assertEqual(frappe.db.get_value("Planned Visit", plan, "status"), "Planned")
        with as_gestor():
            make.make_acta(family=family)
        self.assertEqual(frappe.db.get_value("Planned Visit", plan, "status"), "Done")

    def test_nobody_is_sent_where_they_may_not_look(self):
        family = people.make_family(1, people.make_community(ELSEWHERE))
        rows = [{"doctype": "Family", "subject": family}]
        with self.assertRaisesRegex(frappe.ValidationError, "no access"):
            visits.plan_visits(rows, make.GESTOR, nowdate())
        # Nor is a plan handed to them that somebody else had.
        (plan,) = visits.plan_visits(rows, "Administrator", nowdate())
        doc = frappe.get_doc("Planned Visit", plan)
        with self.assertRaisesRegex(frappe.ValidationError, "no access"):
            doc.update({"gestor": make.GESTOR}).save()
        doc.reload()
        doc.update({"reason": "Lleva los papeles"}).save()
        assign(make.GESTOR, ELSEWHERE)
        self.assertEqual(visits.plan_visits(rows, make.GESTOR, nowdate()), [plan])

    def test_a_visit_far_from_the_plan_in_date_is_another_one(self):
        for days, status in ((8, "Planned"), (7, "Done"), (-30, "Done"), (-31, "Planned")):
            with self.subTest(days=days):
                family = make.make_family()
                (plan,) = visits.plan_visits(
                    [{"doctype": "Family", "subject": family}], make.GESTOR, add_days(nowdate(), days)
                )
                make.make_acta(family=family)
                self.assertEqual(frappe.db.get_value("Planned Visit", plan, "status"), status)

    def test_nobody_writes_done_without_an_acta_nor_visits_nobody(self):
        family = make.make_family()
        plan = {"doctype": "Planned Visit", "gestor": make.GESTOR, "visit_date": nowdate()}
        with self.assertRaises(frappe.ValidationError):
            frappe.get_doc({**plan, "family": family, "status": "Done"}).insert()
        with self.assertRaises(frappe.ValidationError):
            frappe.get_doc(plan).insert()

    def test_a_rule_needs_days_and_an_order_of_dates(self):
        with self.assertRaises(frappe.ValidationError):
            make_rule(every_days=0)
        with self.assertRaises(frappe.ValidationError):
            make_rule(valid_to=add_days(nowdate(), -91))

    def test_the_map_holds_visits_whose_place_is_known(self):
        known, unknown = make.make_family(), make.make_family()
        frappe.db.set_value(
            "Family", known, {"latitude": 10.9, "longitude": -72.8, "family_name": "<b>Uriana</b>"}
        )
        rows = [{"doctype": "Family", "subject": family} for family in (known, unknown)]
        visits.plan_visits(rows, make.GESTOR, nowdate())
        filters = [["Planned Visit", "family", "in", [known, unknown]]]
        points = visits.map_points("Planned Visit", filters, "coordinates")["features"]
        self.assertEqual([point["geometry"]["coordinates"] for point in points], [[-72.8, 10.9]])
        self.assertIn("&lt;b&gt;Uriana", points[0]["properties"]["name"])

    def test_the_report_counts_what_is_late(self):
        make.make_family()
        _columns, rows, message, chart = visits_due.execute({"rule": self.rule})
        self.assertEqual(sum(chart["data"]["datasets"][0]["values"]), len(rows))
        self.assertIn(str(len(rows)), message)
        late = visits_due.execute({"rule": self.rule, "only_overdue": 1})[1]
        self.assertEqual(
            {row["subject"] for row in late}, {row["subject"] for row in rows if row["days_late"] > 0}
        )

    def test_the_week_of_a_gestor(self):
        family = make.make_family()
        monday = add_days(nowdate(), -getdate().weekday())
        visits.plan_visits([{"doctype": "Family", "subject": family}], make.GESTOR, monday)
        with as_gestor():
            make.make_acta(family=family, visit_date=monday)
            make.make_acta(family=family, visit_date=monday)
            _columns, rows, _message, chart = weekly_work_of_gestores.execute({"week": nowdate()})
        (row,) = [row for row in rows if row["gestor"] == make.GESTOR]
        counted = {key: row[key] for key in weekly_work_of_gestores.COUNTS}
        self.assertEqual(
            counted,
            {"planned": 1, "made": 1, "actas": 2, "closed": 0, "drafts": 2, "families": 1, "commitments": 0},
        )
        self.assertEqual(len(chart["data"]["labels"]), len(rows))
        before = weekly_work_of_gestores.execute({"week": add_days(monday, -1), "gestor": make.GESTOR})[1]
        self.assertEqual(before, [])

    def test_actas_by_family_community_gestor_and_template(self):
        family = make.make_family()
        with as_gestor():
            make.make_acta(family=family)
            make.make_acta(family=family, visit_date=add_days(nowdate(), -3))
        where = {"community": make.COMMUNITY}
        for group, name in (
            ("Family", family),
            ("Community", make.COMMUNITY),
            ("Gestor", make.GESTOR),
            ("Acta Template", TEMPLATE),
        ):
            rows = {row["group"]: row for row in actas_overview.execute({**where, "group_by": group})[1]}
            self.assertGreaterEqual(rows[name]["actas"], 2)
            self.assertEqual(rows[name]["actas"], rows[name]["closed"] + rows[name]["drafts"])
        by_family = {row["group"]: row for row in actas_overview.execute({**where, "group_by": "Family"})[1]}
        self.assertEqual((by_family[family]["actas"], by_family[family]["last"]), (2, getdate()))
        recent = actas_overview.execute(
            {**where, "group_by": "Family", "from_date": add_days(nowdate(), -2)}
        )[1]
        self.assertEqual({row["group"]: row["actas"] for row in recent}[family], 1)


@contextmanager
def as_gestor() -> Iterator[None]:
    frappe.set_user(make.GESTOR)
    try:
        yield
    finally:
        frappe.set_user("Administrator")


def make_rule(**values) -> str:
    fields = {
        "rule_name": f"Visita cada mes {frappe.generate_hash(length=6)}",
        "template": TEMPLATE,
        "every_days": 30,
        "valid_from": add_days(nowdate(), -90),
        "community": people.make_community(make.COMMUNITY),
    }
    return frappe.get_doc({"doctype": "Visit Rule", **fields, **values}).insert().name


def registered(family: str):
    return getdate(frappe.db.get_value("Family", family, "registered_on"))
