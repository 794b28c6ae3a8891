from decimal import Decimal

import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.social_crm.services.programme_rules import FIGURES, ProgrammeRules, rules_as_of
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import make_user


class TestProgrammeRules(SocialCRMTestCase):
    def rules(self, valid_from: str, **figures):
        values = {"doctype": "Programme Rules", "valid_from": valid_from, "source": "Acta 4", **figures}
        return frappe.get_doc(values).insert()

    def test_what_is_shipped_reaches_back_and_beyond_it_the_defaults_hold(self):
        self.assertEqual(rules_as_of(getdate("2000-01-01")), ProgrammeRules())
        self.assertEqual(rules_as_of(getdate("1999-12-31")), ProgrammeRules())

    def test_each_day_has_the_rules_of_the_latest_date(self):
        self.rules("2026-07-01", fes_leave_semesters=0, fes_tuition_cap_wages=0, fes_allowance_cap_wages=2.25)
        self.rules("2026-01-01", fes_leave_semesters=1, fes_deceased_leave_denominator=1)
        found = {
            day: rules_as_of(getdate(day)) for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")
        }
        self.assertEqual([one.fes_leave_semesters for one in found.values()], [2, 1, 1, 0])
        self.assertEqual(
            [one.fes_deceased_leave_denominator for one in found.values()], [False, True, True, False]
        )
        last = found["2026-07-01"]
        self.assertEqual(
            (last.fes_tuition_cap_wages, last.fes_allowance_cap_wages), (Decimal(0), Decimal("2.25"))
        )

    def test_one_row_a_date_and_figures_that_can_be(self):
        self.rules("2026-01-01")
        with self.assertRaises(frappe.DuplicateEntryError):
            self.rules("2026-01-01")
        with self.assertRaises(frappe.ValidationError):
            self.rules("2026-02-01", unverified_after_days=0)

    def test_figures_of_past_days_keep_their_rules(self):
        slip = self.rules("2026-01-01", fes_leave_semesters=1)
        slip.fes_leave_semesters = 3
        slip.save()
        old = frappe.get_doc("Programme Rules", "2000-01-01")
        frappe.db.set_value("Programme Rules", old.name, "creation", add_days(nowdate(), -400))
        for name in FIGURES:
            old.reload()
            is_check = old.meta.get_field(name).fieldtype == "Check"
            old.set(name, 1 - int(old.get(name)) if is_check else old.get(name) + 1)
            with self.subTest(name), self.assertRaises(frappe.ValidationError):
                old.save()
        old.reload()
        with self.assertRaises(frappe.ValidationError):
            old.delete()
        old.source = "Reglamento de 2019"
        old.save()

    def test_everyone_reads_and_administrators_write(self):
        from social_crm.install import ROLES

        rows = {row.role: row for row in frappe.get_meta("Programme Rules").permissions}
        self.assertEqual(set(rows), {*ROLES, "System Manager"})
        self.assertTrue(all(row.read for row in rows.values()))
        writers = {role for role, row in rows.items() if row.write or row.create or row.delete}
        self.assertEqual(writers, {"Social CRM Administrator", "System Manager"})
        frappe.set_user(make_user("reglas-gestora@example.com", "Gestor"))
        self.assertEqual(frappe.get_list("Programme Rules", pluck="name"), ["2000-01-01"])
        with self.assertRaises(frappe.PermissionError):
            self.rules("2026-01-01")
