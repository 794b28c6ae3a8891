from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import add_days, add_months, get_fullname, getdate, now_datetime, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.report.microcredit_cohorts import microcredit_cohorts as cohorts
from social_crm.microcredit.report.microcredit_collections_due import microcredit_collections_due as due
from social_crm.microcredit.report.microcredit_expected_cash_flow import (
    microcredit_expected_cash_flow as expected,
)
from social_crm.microcredit.report.microcredit_portfolio_at_risk import (
    microcredit_portfolio_at_risk as at_risk,
)
from social_crm.microcredit.report.microcredit_roll_rates import microcredit_roll_rates as roll
from social_crm.microcredit.report.portfolio import portfolio
from social_crm.microcredit.services import portfolio as service
from social_crm.microcredit.services import vouchers
from social_crm.microcredit.services.disbursement import disburse
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase

HERE = {"community": make.COMMUNITY}
REPORTS = (portfolio, at_risk, cohorts, due, expected, roll)


class TestPortfolioReports(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()

    def late(self, days: int, amount: int) -> str:
        """A loan of which nothing was paid and whose first instalment fell due so many days ago."""
        application = make.make_approved(requested_amount=amount)
        frappe.set_user(make.OFFICER)
        first = add_days(nowdate(), -days) if days else add_days(nowdate(), 20)
        name = disburse(application.name, add_days(nowdate(), -days - 10), first_due=first)
        frappe.set_user("Administrator")
        return name

    def test_at_risk(self) -> None:
        """The whole balance of loans more than n days late: 60 days late is not in PAR 60, and 1 day not in PAR 1."""
        for days, millions in ((0, 1), (1, 2), (30, 3), (31, 4), (60, 5), (61, 6)):
            self.late(days, millions * 1_000_000)
        _columns, rows, message, chart, summary = at_risk.execute(dict(HERE))
        self.assertEqual(len(rows), 1)
        row = rows[0]
        self.assertEqual((row["group_key"], row["loans"], row["balance"]), (make.COMMUNITY, 6, 21_000_000))
        self.assertEqual([row[f"par_{n}"] for n in (1, 30, 60, 90)], [85.71, 71.43, 28.57, 0])
        self.assertEqual(
            [row[f"age_{n}"] for n in range(6)], [1_000_000, 5_000_000, 9_000_000, 6_000_000, 0, 0]
        )
        # 1 %, 10 %, 25 % and 50 % of these, as the shipped table says.
        self.assertEqual(row["provision"], 10_000 + 500_000 + 2_250_000 + 3_000_000)
        self.assertIsNone(message)
        self.assertEqual(sum(chart["data"]["datasets"][0]["values"]), 21_000_000)
        self.assertEqual(summary[0]["value"], 21_000_000)
        detail = portfolio.execute(dict(HERE))[1]
        self.assertEqual(sorted(line["days_late"] for line in detail), [0, 1, 30, 31, 60, 61])
        divided = at_risk.execute({**HERE, "group_by": "Product"})[1]
        self.assertEqual([line["balance"] for line in divided], [21_000_000])

    def test_restructured_apart(self) -> None:
        self.late(0, 1_000_000)
        name = self.late(45, 3_000_000)
        frappe.set_user(make.OFFICER)
        doc = frappe.model.workflow.apply_workflow(
            make.make_restructuring(name, arrears_mode="Waive"), "Request"
        )
        frappe.set_user(make.DIRECTOR)
        frappe.model.workflow.apply_workflow(doc, "Approve")
        row = at_risk.execute(dict(HERE))[1][0]
        self.assertEqual((row["balance"], row["par_30"]), (4_000_000, 0))
        self.assertEqual((row["restructured"], row["restructured_share"]), (3_000_000, 75))
        # As it stood before that day nothing was restructured, and it was at risk.
        yesterday = at_risk.execute({**HERE, "as_of": add_days(nowdate(), -1)})[1][0]
        self.assertEqual((yesterday["par_30"], yesterday["restructured"]), (75, 0))
        self.assertEqual(service.restructured_card()["value"], 3_000_000)

    def test_the_same_answer_when_asked_again(self) -> None:
        name = self.late(40, 3_000_000)
        known = now_datetime()
        asked = {**HERE, "as_of": nowdate(), "known_at": str(known)}
        before = [report.execute(dict(asked))[1] for report in REPORTS]
        paid = record_repayment(name, 1_000_000, add_days(nowdate(), -35))
        self.assertEqual([report.execute(dict(asked))[1] for report in REPORTS], before)
        now = at_risk.execute(dict(HERE))[1][0]
        self.assertEqual(now["par_30"], 0)
        self.assertLess(now["balance"], 3_000_000)
        # Backdated, it counts from its value date on, and not before it.
        earlier = at_risk.execute({**HERE, "as_of": add_days(nowdate(), -36)})[1][0]
        self.assertEqual(earlier["balance"], 3_000_000)
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        self.assertEqual(at_risk.execute(dict(HERE))[1][0]["balance"], 3_000_000)
        self.assertEqual([report.execute(dict(asked))[1] for report in REPORTS], before)

    def test_collections_of_the_week(self) -> None:
        soon = make.make_loan(days_ago=28)
        behind = make.make_loan(days_ago=75)
        _columns, rows, _message, _chart, summary = due.execute(dict(HERE))
        found = {row["name"]: row for row in rows}
        self.assertEqual(set(found), {soon.name, behind.name})
        self.assertEqual(
            (found[soon.name]["due"], found[soon.name]["overdue"], found[soon.name]["due_on"]),
            (283_679, 0, getdate(soon.first_due)),
        )
        self.assertEqual((found[behind.name]["due"], found[behind.name]["overdue"]), (0, 567_358))
        self.assertEqual([item["value"] for item in summary[:3]], [283_679, 567_358, 851_037])
        for group, key in (("Community", make.COMMUNITY), ("Credit Officer", get_fullname(make.OFFICER))):
            with self.subTest(group):
                added = due.execute({**HERE, "group_by": group})[1]
                self.assertEqual([(row["loans"], row["total"]) for row in added], [(2, 851_037)])
                self.assertIn(key, added[0].values())
        self.assertEqual(service.due_card()["value"], 283_679)
        record_repayment(soon.name, 283_679)
        self.assertEqual({row["name"] for row in due.execute(dict(HERE))[1]}, {behind.name})

    def test_expected_cash_flow(self) -> None:
        """3,000,000 at 2 % a month over 12 months bring 404,144 of interest."""
        loan = make.make_loan(days_ago=20)
        _columns, rows, _message, chart, summary = expected.execute(dict(HERE))
        self.assertEqual(len(rows), 12)
        self.assertEqual(rows[0]["period"], str(loan.first_due)[:7])
        self.assertEqual((rows[0]["principal"], rows[0]["interest"]), (223_679, 60_000))
        self.assertEqual(sum(row["principal"] for row in rows), 3_000_000)
        self.assertEqual(sum(row["interest"] for row in rows), 404_144)
        self.assertEqual((rows[-1]["total"], rows[-1]["running"]), (283_675, 3_404_144))
        self.assertEqual([item["value"] for item in summary], [3_404_144, 0])
        self.assertEqual(len(chart["data"]["labels"]), 12)
        later = expected.execute({**HERE, "as_of": add_days(loan.first_due, 1), "period": "Year"})[1]
        self.assertEqual(later[0]["total"], 283_679)

    def test_roll_rates(self) -> None:
        worse = self.late(45, 3_000_000)
        self.late(40, 1_000_000)
        gone = self.late(39, 2_000_000)
        record_repayment(worse, 1, add_days(nowdate(), -1))
        book = frappe.get_doc("Microcredit", gone)
        record_repayment(gone, book.unpaid_amount)
        rows = roll.execute({**HERE, "first_day": add_days(nowdate(), -30)})[1]
        # All three were up to 30 days late; a third of that balance was paid since, the rest is later still.
        self.assertEqual([row["opening"] for row in rows], [6_000_000])
        self.assertEqual(
            {key: rows[0][key] for key in rows[0] if key.startswith("to_")}, {"to_2": 66.67, "to_6": 33.33}
        )
        with self.assertRaises(frappe.ValidationError):
            roll.execute({**HERE, "first_day": nowdate()})

    def test_cohorts(self) -> None:
        old = make.make_loan(days_ago=90)
        make.make_loan(days_ago=0)
        _columns, rows, _message, chart = cohorts.execute(dict(HERE))
        by_cohort = {row["cohort"]: row for row in rows}
        self.assertEqual(set(by_cohort), {str(old.disbursed_on)[:7], nowdate()[:7]})
        row = by_cohort[str(old.disbursed_on)[:7]]
        self.assertEqual((row["loans"], row["disbursed"]), (1, 3_000_000))
        today = f"on_{getdate():%Y_%m_%d}"
        # 90 days old, nothing paid: the first instalment is some 60 days late, and was not late 58 days ago.
        self.assertEqual((row[today], by_cohort[nowdate()[:7]][today]), (100, 0))
        earliest = next(key for key in row if key.startswith("on_"))
        self.assertGreaterEqual(earliest, f"on_{getdate(old.disbursed_on):%Y_%m_%d}")
        self.assertEqual(row[earliest], 0)
        self.assertEqual(len(chart["data"]["datasets"]), 2)
        given = {**HERE, "over": "Months on Book", "days_late": "1"}
        columns, by_age, _message, chart = cohorts.execute(given)
        row = next(row for row in by_age if row["loans"] == 1 and row["cohort"] == str(old.disbursed_on)[:7])
        self.assertEqual([row[f"age_{age}"] for age in range(3)], [0, 0, 100])
        self.assertIn("age_2", [column["fieldname"] for column in columns])
        self.assertEqual([line["name"] for line in chart["data"]["datasets"]], [row["cohort"]])
        # The loan of today is of age 0 alone.
        young = next(row for row in by_age if row["cohort"] == nowdate()[:7])
        self.assertEqual([key for key in young if key.startswith("age_")], ["age_0"])
        yearly = cohorts.execute({**HERE, "cohort": "Year"})[1]
        self.assertEqual(sum(line["loans"] for line in yearly), 2)
        with self.assertRaises(frappe.ValidationError):
            cohorts.execute({**HERE, "days_late": "45"})

    def test_only_loans_that_the_reader_may_see(self) -> None:
        make.make_borrower("Comunidad ajena")
        stranger = make.make.make_user("ajeno.reportes@example.com", "Credit Officer")
        make.make.assign(stranger, "Comunidad ajena")
        make.make_loan(days_ago=75)
        for user, seen in ((make.OFFICER, 1), (stranger, 0)):
            frappe.set_user(user)
            for report in REPORTS:
                with self.subTest(user=user, report=report.__name__):
                    given = {"first_day": add_months(nowdate(), -1), "group_by": "Community"}
                    rows = report.execute(given)[1]
                    self.assertEqual(bool(rows), bool(seen))
            for card in (service.restructured_card, service.due_card, service.balance_card):
                if not seen:
                    self.assertEqual(card()["value"], 0)
        frappe.set_user("Guest")
        for report in REPORTS:
            with self.subTest(report=report.__name__), self.assertRaises(frappe.PermissionError):
                report.execute({})

    def test_provision_tables(self) -> None:
        def table(*ranges: tuple[int, float], day: str = "2026-01-01") -> Any:
            rows = [{"from_day": start, "rate": rate} for start, rate in ranges]
            values = {"table_name": frappe.generate_hash(length=6), "valid_from": day, "source": "Acta 3"}
            return frappe.get_doc(
                {"doctype": "Microcredit Provision Table", "ranges": rows, **values}
            ).insert()

        for wrong in (((1, 5),), ((0, 5), (0, 6)), ((0, 5), (31, 10), (1, 20)), ((0, 101),), ((0, -1),)):
            with self.subTest(wrong), self.assertRaises(frappe.ValidationError):
                table(*wrong)
        self.late(10, 1_000_000)
        table((0, 0), (1, 12.5), day=add_days(nowdate(), -3))
        found = at_risk.execute(dict(HERE))[1][0]
        self.assertEqual(Decimal(str(found["provision"])), Decimal(125_000))
        # A table counts from its date: what was reported before stays as it was.
        before = at_risk.execute({**HERE, "as_of": add_days(nowdate(), -4)})[1][0]
        self.assertEqual(before["provision"], 100_000)
