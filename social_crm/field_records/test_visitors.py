import frappe
from frappe.utils import add_days, nowdate

from social_crm.field_records import factories as make
from social_crm.field_records.services import visitors, visits
from social_crm.field_records.services.sync import kinds
from social_crm.field_records.test_visits import ELSEWHERE, TEMPLATE, as_gestor
from social_crm.social_crm import factories as people
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_user

COLLEAGUE = "otra.gestora.visitas@example.com"
ANALYST = "analista.visitas@example.com"


class TestVisitors(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
        make.make_team()
        people.make_community(ELSEWHERE)
        make_user(COLLEAGUE, "Gestor")
        assign(COLLEAGUE, ELSEWHERE)

    def offered(self, txt: str = "", **filters) -> set[str]:
        args = ("User", txt, "name", 0, 300, filters)
        rows = visitors.visitor_query(*args, as_dict=True)
        # As the platform asks of a link field.
        self.assertEqual([row[0] for row in visitors.visitor_query(*args)], [row.name for row in rows])
        return {row.name for row in rows}

    def test_only_who_may_see_the_family_and_writes_actas_is_offered(self) -> None:
        make_user(ANALYST, "M&E Analyst")
        family = make.make_family()
        self.assertLessEqual({make.GESTOR, COLLEAGUE}, self.offered())
        found = self.offered(family=family)
        self.assertIn(make.GESTOR, found)
        self.assertFalse({COLLEAGUE, ANALYST} & found)
        # Whoever is offered is taken.
        plan = {"doctype": "Planned Visit", "visit_date": nowdate(), "family": family}
        for user, taken in ((make.GESTOR, True), (COLLEAGUE, False)):
            doc = frappe.get_doc({**plan, "gestor": user})
            if taken:
                doc.insert()
            else:
                with self.assertRaisesRegex(frappe.ValidationError, "no access"):
                    doc.insert()
        frappe.db.set_value("User", make.GESTOR, "enabled", 0)
        self.assertNotIn(make.GESTOR, self.offered(family=family))

    def test_of_several_visits_only_who_sees_them_all_is_offered(self) -> None:
        here, there = make.make_family(), people.make_family(1, ELSEWHERE)
        both = [{"doctype": "Family", "subject": name} for name in (here, there)]
        self.assertIn(make.GESTOR, self.offered(visits=both[:1]))
        self.assertNotIn(make.GESTOR, self.offered(visits=both))
        assign(make.GESTOR, ELSEWHERE)
        found = self.offered(visits=both)
        self.assertIn(make.GESTOR, found)
        self.assertNotIn(COLLEAGUE, found)

    def test_nobody_learns_who_works_where_they_do_not(self) -> None:
        family = people.make_family(1, ELSEWHERE)
        with as_gestor(), self.assertRaises(frappe.PermissionError):
            self.offered(family=family)
        make_user(ANALYST, "Credit Officer")
        frappe.set_user(ANALYST)
        with self.assertRaises(frappe.PermissionError):
            self.offered()

    def test_a_visit_to_a_community_is_planned_seen_and_made(self) -> None:
        frappe.db.set_value("Community", ELSEWHERE, {"latitude": 11.2, "longitude": -72.4})
        plan = {"doctype": "Planned Visit", "visit_date": add_days(nowdate(), 2), "community": ELSEWHERE}
        with self.assertRaisesRegex(frappe.ValidationError, "no access"):
            frappe.get_doc({**plan, "gestor": make.GESTOR}).insert()
        doc = frappe.get_doc({**plan, "gestor": COLLEAGUE, "template": TEMPLATE}).insert()
        self.assertEqual((doc.title, doc.family, doc.latitude, doc.longitude), (ELSEWHERE, None, 11.2, -72.4))
        of_family = frappe.get_doc(
            {**plan, "community": None, "gestor": COLLEAGUE, "family": people.make_family(1, ELSEWHERE)}
        ).insert()
        frappe.set_user(make.GESTOR)
        self.assertFalse(frappe.has_permission("Planned Visit", "read", doc=doc.name))
        frappe.set_user(COLLEAGUE)
        # On the map and on the phone.
        points = visits.map_points("Planned Visit", [["Planned Visit", "name", "=", doc.name]])["features"]
        self.assertEqual(points[0]["geometry"]["coordinates"], [-72.4, 11.2])
        kind = next(kind for kind in kinds.KINDS if kind.name == "visit")
        held = {row.name: row for row in frappe.get_list("Planned Visit", fields=list(kind.fields), limit=0)}
        self.assertEqual((held[doc.name].family, held[doc.name].community), (None, ELSEWHERE))
        acta = make.make_acta(community=ELSEWHERE, family=None)
        state = ["status", "acta"]
        self.assertEqual(frappe.db.get_value("Planned Visit", doc.name, state), ("Done", acta.name))
        # An acta of the community is no visit to one of its families.
        make.make_acta(community=ELSEWHERE, family=None)
        self.assertEqual(frappe.db.get_value("Planned Visit", of_family.name, "status"), "Planned")
