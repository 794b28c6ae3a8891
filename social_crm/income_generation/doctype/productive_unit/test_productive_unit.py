from datetime import timedelta

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, getdate, nowdate

from social_crm.income_generation import services
from social_crm.income_generation.factories import make_resident, make_staff, make_unit, make_visit
from social_crm.social_crm.factories import make_community
from social_crm.testing import SocialCRMTestCase


class TestProductiveUnit(SocialCRMTestCase):
    def prepare(self) -> None:
        self.place = make_community("Comunidad de las unidades")
        self.person = make_resident(self.place)

    def started(self, days_ago: int = 200, **values):
        return make_unit(self.person, started_on=add_days(nowdate(), -days_ago), **values)

    def to_stage(self, unit, stage: str):
        """Walk a unit through the workflow up to a stage."""
        while unit.workflow_state != stage:
            unit = apply_workflow(unit, "Advance")
        return unit

    def test_status_follows_the_visits(self):
        unit = self.started()
        self.assertEqual(unit.status, "Unverified")
        visit = make_visit(unit.name, add_days(nowdate(), -90), next_visit=add_days(nowdate(), -60))
        unit.reload()
        self.assertEqual(unit.status, "Active")
        self.assertEqual(unit.last_follow_up, getdate(visit.visit_date))
        self.assertEqual(unit.next_visit, getdate(add_days(nowdate(), -60)))
        make_visit(unit.name, nowdate(), operating="No")
        self.assertEqual(frappe.db.get_value("Productive Unit", unit.name, "status"), "Not Operating")

    def test_deleting_the_only_visit_leaves_the_unit_unverified(self):
        unit = self.started()
        visit = make_visit(unit.name, nowdate())
        frappe.delete_doc("Productive Unit Follow-up", visit.name)
        unit.reload()
        self.assertEqual((unit.status, unit.last_follow_up), ("Unverified", None))

    def test_nightly_refresh_finds_what_passed_the_term(self):
        unit = self.started()
        make_visit(unit.name, add_days(nowdate(), -91))
        frappe.db.set_value("Productive Unit", unit.name, "status", "Active", update_modified=False)
        self.assertGreaterEqual(services.refresh_all_units(), 1)
        self.assertEqual(frappe.db.get_value("Productive Unit", unit.name, "status"), "Unverified")
        self.assertEqual(services.refresh_all_units(), 0)

    def test_form_shows_where_the_person_lives_now(self):
        unit = self.started()
        other = make_community("Comunidad de llegada")
        frappe.db.set_value("Beneficiary", self.person, "community", other)
        unit = frappe.get_doc("Productive Unit", unit.name)
        unit.run_method("onload")
        self.assertEqual(unit.community, other)

    def test_net_income_is_reckoned_by_the_server(self):
        unit = self.started()
        visit = make_visit(unit.name, nowdate(), sales=1000.10, costs=400.20, income=9)
        self.assertEqual(visit.income, 599.9)

    def test_dates_that_cannot_be(self):
        tomorrow = add_days(nowdate(), 1)
        with self.assertRaises(frappe.ValidationError):
            make_unit(self.person, started_on=tomorrow)
        unit = self.started(5)
        with self.assertRaises(frappe.ValidationError):
            services.close_unit(unit.name, add_days(nowdate(), -6), "Health")
        with self.assertRaises(frappe.ValidationError):
            services.close_unit(unit.name, tomorrow, "Health")
        with self.assertRaises(frappe.ValidationError):
            make_visit(unit.name, tomorrow)
        with self.assertRaises(frappe.ValidationError):
            make_visit(unit.name, nowdate(), next_visit=nowdate())

    def test_implementation_needs_the_start(self):
        unit = self.to_stage(make_unit(self.person), "Action Plan")
        with self.assertRaises(frappe.MandatoryError):
            apply_workflow(unit, "Advance")

    def test_closing_needs_day_and_reason_and_stays_in_the_denominator(self):
        unit = self.to_stage(self.started(), "Follow-up")
        with self.assertRaises(frappe.MandatoryError):
            apply_workflow(frappe.get_doc("Productive Unit", unit.name), "Close")
        services.close_unit(unit.name, add_days(nowdate(), -1), "Health")
        unit.reload()
        self.assertEqual((unit.workflow_state, unit.status), ("Closed", "Closed"))
        with self.assertRaises(frappe.ValidationError):
            make_visit(unit.name, nowdate())
        rate = services.active_rate(getdate(nowdate()), {"community": self.place})
        self.assertEqual((rate.active, rate.ever_started), (0, 1))

    def rate(self, days_ago: int = 0) -> str:
        return str(
            services.active_rate(getdate(add_days(nowdate(), -days_ago)), {"community": self.place}).percent
        )

    def test_reopening_ends_the_closing_and_changes_no_past_rate(self):
        unit = self.to_stage(self.started(), "Follow-up")
        make_visit(unit.name, add_days(nowdate(), -20))
        services.close_unit(unit.name, add_days(nowdate(), -10), "Health", "Se enfermó")
        before = [self.rate(days) for days in (15, 10, 1)]
        self.assertEqual(before, ["100.00", "0.00", "0.00"])
        unit = apply_workflow(frappe.get_doc("Productive Unit", unit.name), "Reopen")
        self.assertEqual(
            (unit.workflow_state, unit.closed_on, unit.closing_reason, unit.status),
            ("Follow-up", None, None, "Active"),
        )
        self.assertEqual([self.rate(days) for days in (15, 10, 1)], before)
        self.assertEqual(self.rate(), "100.00")
        kept = unit.closings[0]
        self.assertEqual(
            (kept.closed_on, kept.closing_reason, kept.closing_notes, kept.reopened_on, kept.reopened_by),
            (getdate(add_days(nowdate(), -10)), "Health", "Se enfermó", getdate(nowdate()), "Administrator"),
        )
        # The next closing cannot reach back into the days that were counted as open.
        with self.assertRaises(frappe.ValidationError):
            services.close_unit(unit.name, add_days(nowdate(), -1), "Health")
        services.close_unit(unit.name, nowdate(), "Moved Away")
        unit.reload()
        self.assertEqual([row.closing_reason for row in unit.closings], ["Health", "Moved Away"])

    def test_the_day_of_closing_belongs_to_the_step_that_closes(self):
        with self.assertRaises(frappe.ValidationError):
            make_unit(self.person, started_on=add_days(nowdate(), -9), closed_on=nowdate())
        unit = self.to_stage(self.started(), "Follow-up")
        unit.update({"closed_on": nowdate(), "closing_reason": "Health"})
        with self.assertRaises(frappe.ValidationError):
            unit.save()
        unit.reload()
        self.assertNotEqual(unit.status, "Closed")
        unit.update({"closed_on": nowdate(), "closing_reason": "Health", "workflow_state": "Closed"})
        unit.save()
        self.assertEqual(unit.status, "Closed")
        unit.closed_on = add_days(nowdate(), -3)
        with self.assertRaises(frappe.ValidationError):
            unit.save()

    def test_closings_are_nobodys_to_write(self):
        unit = self.started()
        unit.append("closings", {"closed_on": nowdate(), "closing_reason": "Health"})
        unit.save()
        self.assertEqual((unit.closings, unit.status), ([], "Unverified"))
        services.close_unit(unit.name, nowdate(), "Health")
        unit.reload()
        unit.closings = []
        unit.save()
        self.assertEqual(len(frappe.get_doc("Productive Unit", unit.name).closings), 1)

    def test_rules_of_a_day_judge_the_figures_of_that_day(self):
        unit = self.started()
        make_visit(unit.name, add_days(nowdate(), -50))
        before = [self.rate(days) for days in (45, 20, 1)]
        self.assertEqual(before, ["100.00"] * 3)
        frappe.get_doc(
            {
                "doctype": "Programme Rules",
                "valid_from": nowdate(),
                "source": "Acta 12",
                "unverified_after_days": 30,
            }
        ).insert()
        self.assertEqual([self.rate(days) for days in (45, 20, 1)], before)
        self.assertEqual(self.rate(), "0.00")

    def test_rate_as_of_a_past_date_and_the_card(self):
        for days in (10, 50, 120):
            unit = self.started()
            make_visit(unit.name, add_days(nowdate(), -days))
        rate = services.active_rate(getdate(nowdate()), {"community": self.place})
        self.assertEqual(str(rate.percent), "66.67")
        past = services.active_rate(getdate(nowdate()) - timedelta(days=60), {"community": self.place})
        self.assertEqual(str(past.percent), "33.33")
        card = services.active_unit_rate_card()
        self.assertEqual(card["fieldtype"], "Percent")

    def test_gestor_sees_the_units_of_the_own_community_alone(self):
        elsewhere = make_community("Comunidad ajena")
        own, foreign = self.started(), make_unit(make_resident(elsewhere), started_on="2025-01-01")
        make_visit(own.name, nowdate())
        make_visit(foreign.name, nowdate())
        for role in ("Gestor", "Income Advisor"):
            user = make_staff(f"{frappe.scrub(role)}-unidades@example.com", role, self.place)
            frappe.set_user(user)
            with self.subTest(role=role):
                self.assertEqual(frappe.get_list("Productive Unit", pluck="name"), [own.name])
                self.assertEqual(
                    frappe.get_list("Productive Unit Follow-up", pluck="productive_unit"), [own.name]
                )
                self.assertTrue(frappe.has_permission("Productive Unit", "write", doc=own.name))
                self.assertFalse(frappe.has_permission("Productive Unit", "read", doc=foreign.name))
                self.assertEqual([u.name for u in services.units_with_status(getdate(nowdate()))], [own.name])
                self.assertEqual(services.active_unit_rate_card()["value"], 100)
                with self.assertRaises(frappe.PermissionError):
                    services.follow_up_series(foreign.name)
            frappe.set_user("Administrator")

    def test_auditor_reads_everything_and_writes_nothing(self):
        unit = self.started()
        frappe.set_user(make_staff("auditor-unidades@example.com", "Auditor"))
        self.assertIn(unit.name, frappe.get_list("Productive Unit", pluck="name", limit_page_length=0))
        for doctype in ("Productive Unit", "Productive Unit Follow-up"):
            self.assertTrue(frappe.has_permission(doctype, "read"))
            for ptype in ("write", "create", "delete"):
                self.assertFalse(frappe.has_permission(doctype, ptype), (doctype, ptype))

    def test_fes_advisor_cannot_write_units(self):
        frappe.set_user(make_staff("fes-unidades@example.com", "FES Advisor", self.place))
        with self.assertRaises(frappe.PermissionError):
            make_unit(self.person)

    def test_gestor_works_in_the_diagnosis_and_not_beyond(self):
        make_unit(self.person)
        frappe.set_user(make_staff("gestora-diagnostico@example.com", "Gestor", self.place))
        unit = make_unit(self.person)
        unit.description = "Vende pan"
        unit.save()
        unit = apply_workflow(unit, "Advance")
        self.assertEqual(unit.workflow_state, "Profile")
        unit = frappe.get_doc("Productive Unit", unit.name)
        unit.description = "Vende tortas"
        with self.assertRaises(frappe.PermissionError):
            unit.save()
