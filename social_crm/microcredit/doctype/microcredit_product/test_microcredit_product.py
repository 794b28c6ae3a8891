import frappe

from social_crm.microcredit import factories as make
from social_crm.microcredit.domain.schedule import build
from social_crm.microcredit.services import calendars, caps, offers, products
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditProduct(SocialCRMTestCase):
    def test_the_default_product_gives_the_known_schedule(self) -> None:
        version = products.current(products.default_product())
        schedule = build(products.terms_for(version, 3_000_000, 12, "2025-11-03", rate=2))
        self.assertEqual([row.total for row in schedule.rows], [283_679] * 11 + [283_675])
        self.assertEqual((schedule.total_interest, schedule.total_fees), (404_144, 0))

    def test_what_is_proposed_out_of_the_box_says_that_it_has_no_cap_and_lends_at_no_absurd_rate(
        self,
    ) -> None:
        make.make_team()
        name = products.default_product()
        self.assertFalse(products.current(name).is_judged)
        seen = offers.preview_schedule(1_000_000, 6, product=name)
        self.assertIn("no compara con el tope de usura", seen["cap_exception"]["reason"])
        for rate in (3.01, 99):
            with self.subTest(rate), self.assertRaises(frappe.ValidationError):
                make.make_application(product=name, monthly_rate=rate)
        self.assertTrue(make.make_application(product=name, monthly_rate=3).name)

    def test_a_shipped_product_with_a_modality_is_judged_by_its_cap(self) -> None:
        make.make_team()
        values = {"product": "Microcrédito productivo rural", "requested_amount": 10_000_000}
        with self.assertRaisesRegex(frappe.ValidationError, r"27[.,]39"):
            make.make_application(**values, monthly_rate=99, expected_disbursement="2025-11-10")
        self.assertTrue(make.make_application(**values, expected_disbursement="2025-11-10").name)

    def test_lending_pesos_without_a_cap_takes_a_dated_reason(self) -> None:
        for currency in ("COP", None):
            with self.subTest(currency), self.assertRaisesRegex(frappe.ValidationError, "why it is lent"):
                make.make_product(currency=currency, cap_exception=" ")
        self.assertTrue(make.make_product("En dólares", currency="USD", cap_exception=None))
        doc = frappe.get_doc("Microcredit Product", make.make_product(currency="COP"))
        self.assertEqual(str(doc.cap_exception_on), frappe.utils.nowdate())
        frappe.db.set_value(doc.doctype, doc.name, "cap_exception_on", "2024-01-31")
        doc.reload()
        doc.cap_exception_on = "1999-01-01"
        doc.save()
        self.assertEqual((str(doc.cap_exception_on), doc.version), ("2024-01-31", 1))
        seen = offers.preview_schedule(1_000_000, 6, product=doc.name)
        self.assertEqual(seen["cap_exception"]["since"], "2024-01-31")
        doc.modality = "Productivo rural"
        doc.save()
        self.assertEqual((doc.cap_exception, doc.cap_exception_on, doc.version), (None, None, 2))

    def test_the_modality_that_a_product_gets_later_judges_its_older_versions(self) -> None:
        make.make_team()
        product = make.make_product("Antes sin tope", currency="COP")
        application = make.make_application(
            product=product, requested_amount=10_000_000, monthly_rate=9, expected_disbursement="2025-11-10"
        )
        doc = frappe.get_doc("Microcredit Product", product)
        doc.modality = "Productivo rural"
        doc.save()
        application.requested_periods = 10
        with self.assertRaisesRegex(frappe.ValidationError, r"27[.,]39"):
            application.save()

    def test_a_change_of_terms_makes_a_version_and_a_loan_keeps_its_own(self) -> None:
        make.make_team()
        product = make.make_product()
        first = make.make_application(product=product)
        doc = frappe.get_doc("Microcredit Product", product)
        doc.description = "Otro texto"
        doc.save()
        self.assertEqual(doc.version, 1)
        doc.method = "Flat"
        doc.save()
        self.assertEqual(doc.version, 2)
        first.reload()
        first.requested_amount = 2_000_000
        first.save()
        self.assertEqual(first.product_version, products.version_name(product, 1))
        self.assertEqual(products.read(first.product_version).values["method"], "Equal Instalment")
        self.assertEqual(make.make_application(product=product).product_version, f"{product} v2")

    def test_a_version_is_never_edited_or_deleted(self) -> None:
        version = frappe.get_doc("Microcredit Product Version", f"{make.make_product()} v1")
        version.terms = "{}"
        with self.assertRaises(frappe.PermissionError):
            version.save()
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Microcredit Product Version", version.name)
        forged = frappe.get_doc(
            {
                "doctype": "Microcredit Product Version",
                "product": version.product,
                "version": 9,
                "terms": "{}",
            }
        )
        with self.assertRaises(frappe.PermissionError):
            forged.insert()

    def test_impossible_products(self) -> None:
        wrong = (
            {"frequency": "Seasonal", "method": "Equal Principal"},
            {"frequency": "Seasonal", "seasons": [{"month": "June", "day": 30, "share": 1}]},
            {
                "frequency": "Seasonal",
                "method": "Flat",
                "seasons": [{"month": "February", "day": 30, "share": 1}],
            },
            {"method": "Bullet", "principal_grace": 2},
            {"fees": [{"fee_name": "Estudio", "charged": "Upfront", "kind": "Percentage", "value": -1}]},
            {"allocation": [{"component": "Interest"}, {"component": "Principal"}]},
            {"modality": "Consumo", "currency": "USD"},
            {"interest_rate": -1},
        )
        for number, values in enumerate(wrong):
            with self.subTest(values), self.assertRaises(frappe.ValidationError):
                make.make_product(f"Imposible {number}", **values)

    def test_a_seasonal_calendar_follows_the_harvests(self) -> None:
        product = make.make_product(
            frequency="Seasonal",
            method="Equal Principal",
            seasons=[
                {"month": "June", "day": 30, "share": 1},
                {"month": "December", "day": 15, "share": 2},
            ],
        )
        terms = products.terms_for(products.current(product), 3_000_000, 3, "2025-11-03")
        rows = build(terms).rows
        self.assertEqual([str(row.due) for row in rows], ["2025-12-15", "2026-06-30", "2026-12-15"])
        self.assertEqual([row.principal for row in rows], [1_200_000, 600_000, 1_200_000])

    def test_a_due_date_on_a_colombian_holiday_moves(self) -> None:
        # 8 December 2025 (Immaculate Conception) is a Monday; 12 January 2026 is Epiphany, moved to its Monday.
        found = {str(day) for day in calendars.colombian_holidays(2025, 2026)}
        self.assertTrue({"2025-12-08", "2026-01-12", "2026-04-03", "2026-07-20"} <= found)
        for rule, expected in (
            ("No Change", "2025-12-08"),
            ("Next Business Day", "2025-12-09"),
            ("Previous Business Day", "2025-12-06"),
        ):
            with self.subTest(rule):
                version = products.current(make.make_product(f"Festivos {rule}", holiday_rule=rule))
                rows = build(products.terms_for(version, 1_000_000, 2, "2025-11-08")).rows
                self.assertEqual(str(rows[0].due), expected)

    def test_default_interest_never_above_the_cap(self) -> None:
        product = make.make_product(modality="Productivo rural", default_rate=40)
        make.make_cap("Productivo rural", "2025-12-01", "2025-12-31", 26)
        policy = products.policy_for(products.current(product), "2025-11-10")
        rates = {str(day): float(rate) for day, rate in policy.default_rates}
        self.assertEqual(rates, {"2025-11-10": 0.2739, "2025-12-01": 0.26})

    def test_order_of_payment(self) -> None:
        order = ["Principal", "Interest", "Default Interest", "Insurance", "Fees"]
        product = make.make_product(allocation=[{"component": name} for name in order])
        policy = products.policy_for(products.current(product), "2025-11-10")
        self.assertEqual(policy.order, ("principal", "interest", "default_interest", "insurance", "fees"))

    def test_the_usury_cap_of_the_month_of_disbursement(self) -> None:
        version = products.current(make.make_product(modality="Productivo rural", currency="COP"))
        within = offers.schedule_for(version, 10_000_000, 12, 2, "2025-11-10")
        self.assertTrue(caps.check_cap("Productivo rural", within).is_within)
        above = offers.schedule_for(version, 10_000_000, 12, 2.05, "2025-11-10")
        with self.assertRaises(frappe.ValidationError) as refusal:
            caps.check_cap("Productivo rural", above)
        # The true rate, the cap, its dates and the highest rate allowed.
        for part in ("27.57", "27.39", "2025", "2.03"):
            self.assertIn(part, str(refusal.exception).replace(",", "."))

    def test_amounts_and_months_outside_the_modality(self) -> None:
        version = products.current(make.make_product(modality="Productivo rural", currency="COP"))
        for amount, day, words in (
            (36_000_000, "2025-11-10", "35.587.500|35,587,500"),  # 25 x 1,423,500 (Ley 590)
            (8_000_000, "2025-11-10", "8.541.000|8,541,000"),  # 6 x 1,423,500
            (10_000_000, "2025-10-31", "Productivo rural"),
        ):
            with self.subTest(amount=amount, day=day), self.assertRaisesRegex(frappe.ValidationError, words):
                caps.check_cap("Productivo rural", offers.schedule_for(version, amount, 12, 1, day))

    def test_fees_count_from_the_day_the_rule_says_so(self) -> None:
        fee = {"fee_name": "Estudio", "charged": "Upfront", "kind": "Percentage", "value": 2}
        version = products.current(make.make_product(modality="Productivo rural", fees=[fee]))
        schedule = offers.schedule_for(version, 10_000_000, 12, 1.9, "2025-11-10")
        with self.assertRaises(frappe.ValidationError):
            caps.check_cap("Productivo rural", schedule)
        modality = frappe.get_doc("Microcredit Modality", "Productivo rural")
        modality.append(
            "rules", {"valid_from": "2025-11-05", "above_wages": 6, "up_to_wages": 25, "count_fees": 0}
        )
        modality.save()
        self.assertTrue(caps.check_cap("Productivo rural", schedule).is_within)
        modality.rules[-1].max_fees = 1.5
        modality.save()
        with self.assertRaises(frappe.ValidationError):
            caps.check_cap("Productivo rural", schedule)
