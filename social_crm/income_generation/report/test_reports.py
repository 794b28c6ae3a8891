from frappe.utils import add_days, getdate, nowdate

from social_crm.income_generation.factories import make_resident, make_unit, make_visit
from social_crm.income_generation.report.active_productive_units import active_productive_units
from social_crm.income_generation.report.follow_ups_overdue import follow_ups_overdue
from social_crm.income_generation.report.productive_units_by_stage import productive_units_by_stage
from social_crm.income_generation.services import close_unit
from social_crm.social_crm.factories import make_community
from social_crm.testing import SocialCRMTestCase


class TestIncomeReports(SocialCRMTestCase):
    def prepare(self) -> None:
        self.place = make_community()
        self.where = {"community": self.place}

    def unit(self, *visits: int, **values):
        """A unit started 300 days ago, visited the given numbers of days ago."""
        values.setdefault("started_on", add_days(nowdate(), -300))
        unit = make_unit(make_resident(self.place), **values)
        for days in visits:
            make_visit(unit.name, add_days(nowdate(), -days))
        return unit

    def test_stages(self):
        self.unit(investment=1_500_000)
        self.unit(started_on=None)
        _columns, rows, _message, chart = productive_units_by_stage.execute(self.where)
        self.assertEqual(rows[0]["units"], 2)
        self.assertEqual((rows[0]["share"], rows[0]["investment"]), (100, 1_500_000))
        self.assertEqual(sum(chart["data"]["datasets"][0]["values"]), 2)

    def test_active_rate_by_community_and_in_all(self):
        self.unit(10)
        self.unit(120)
        close_unit(self.unit().name, nowdate(), "Health")
        self.unit(started_on=None)
        _columns, rows, _message, _chart, summary, _total = active_productive_units.execute(self.where)
        self.assertEqual(rows[0]["community"], self.place)
        for row in rows:
            self.assertEqual(
                (row["ever_started"], row["active"], row["unverified"], row["closed"], row["rate"]),
                (3, 1, 1, 1, 33.33),
            )
        self.assertEqual(summary[0]["value"], 33.33)
        past = active_productive_units.execute({**self.where, "as_of": add_days(nowdate(), -100)})
        self.assertEqual(past[1][-1]["rate"], 33.33)
        before = active_productive_units.execute({**self.where, "as_of": add_days(nowdate(), -301)})
        self.assertEqual((before[1], before[4][0]["value"]), ([], "—"))

    def test_overdue_from_the_day_after_the_term_and_from_the_agreed_visit(self):
        self.unit(90)
        late = self.unit(91)
        never = self.unit()
        agreed = self.unit()
        make_visit(agreed.name, add_days(nowdate(), -30), next_visit=add_days(nowdate(), -5))
        close_unit(self.unit(120).name, nowdate(), "Health")
        _columns, rows, _message = follow_ups_overdue.execute(self.where)
        self.assertEqual(
            [(row["unit"], row["days_late"]) for row in rows],
            [(never.name, 300), (agreed.name, 5), (late.name, 1)],
        )
        self.assertEqual(rows[2]["last_follow_up"], getdate(add_days(nowdate(), -91)))
