import io
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import add_days, getdate, nowdate
from openpyxl import load_workbook

from social_crm import testing_factories
from social_crm.microcredit import factories as make
from social_crm.microcredit.domain import ledger
from social_crm.microcredit.report.microcredit_journal import microcredit_journal
from social_crm.microcredit.services import funds, loans, vouchers
from social_crm.microcredit.services.accounting import actions, chart, journal
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditAccountRule(SocialCRMTestCase):
    """The rules of accounts, and the journal that is read with them."""

    def prepare(self) -> None:
        make.make_team()
        frappe.db.delete("Microcredit Account Rule")
        self.loan = make.make_loan(70)
        self.first = add_days(nowdate(), -70)

    def rule(self, account: str = "Cash", code: str = "1110", **values: Any) -> Any:
        fields = {"account": account, "account_code": code, "account_name": f"Cuenta {code}"}
        return frappe.get_doc(
            {"doctype": "Microcredit Account Rule", "valid_from": "2020-01-01", **fields, **values}
        ).insert()

    def filters(self, **values: Any) -> dict[str, Any]:
        return {"from_date": self.first, "to_date": nowdate(), "microcredit": self.loan.name, **values}

    def lines(self, **values: Any) -> list[dict[str, Any]]:
        asked = journal.period(self.filters(**values))
        return journal.lines(asked, journal.read(asked))

    def test_every_entry_and_every_day_balances_and_the_sums_are_the_ledger(self) -> None:
        paid = record_repayment(self.loan.name, 200_000, add_days(nowdate(), -20))
        record_repayment(self.loan.name, 100_000, add_days(nowdate(), -10))
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        lines = self.lines()
        by_day: dict[Any, Decimal] = {}
        by_source: dict[Any, Decimal] = {}
        for line in lines:
            change = line["debit"] - line["credit"]
            by_day[line["day"]] = by_day.get(line["day"], Decimal(0)) + change
            key = (line["day"], line["source"])
            by_source[key] = by_source.get(key, Decimal(0)) + change
        self.assertEqual(set(by_day.values()), {Decimal(0)})
        self.assertEqual(set(by_source.values()), {Decimal(0)})
        state = ledger.state(loans.read_one(self.loan.name), getdate())
        sums = {row["neutral"]: row["net"] for row in journal.by_account(lines)}
        for account, amount in state.accounts.items():
            self.assertEqual(sums.get(chart.LABEL_OF[account], Decimal(0)), amount, account)
        entries = set(
            frappe.get_all("Microcredit Ledger Entry", {"microcredit": self.loan.name}, pluck="name")
        )
        self.assertEqual({line["source"] for line in lines if line["source"]}, entries)

    def test_accounts_by_date_programme_and_product(self) -> None:
        record_repayment(self.loan.name, 100_000, nowdate())
        self.assertEqual({line["account_code"] for line in self.lines()}, {""})
        old = self.rule(code="1105", valid_to=add_days(nowdate(), -5))
        self.rule(code="1110", valid_from=add_days(nowdate(), -4))
        self.rule("Principal", "1370")
        self.rule("Principal", "137001", product=self.loan.product)
        codes = {(line["neutral"], line["kind"]): line["account_code"] for line in self.lines()}
        # Everything here is posted today, whenever it counts from.
        self.assertEqual(codes[("Cash", "Payment")], "1110")
        self.assertEqual(codes[("Principal", "Payment")], "137001")
        frappe.db.set_value("Microcredit Account Rule", old.name, "valid_to", None)

    def test_rules_that_cannot_be(self) -> None:
        self.rule()
        for values in ({}, {"valid_from": "2025-01-01"}, {"code": "9", "valid_to": "2020-06-01"}):
            with self.subTest(values), self.assertRaises(frappe.ValidationError):
                self.rule(**values)
        with self.assertRaises(frappe.ValidationError):
            self.rule("Principal", "1", valid_from="2024-01-01", valid_to="2023-01-01")
        self.rule(valid_from="2019-01-01", valid_to="2019-12-31")

    def test_the_report_adds_up_and_says_which_rule_is_missing(self) -> None:
        self.rule()
        for view in ("Entries", "By Account", "By Day and Account"):
            _columns, rows, message, _chart, summary = microcredit_journal.execute(self.filters(view=view))
            self.assertIn("Principal", message)
            self.assertNotIn("Cash", message)
            *lines, total = rows
            for side in ("debit", "credit"):
                self.assertEqual(sum(line[side] for line in lines), total[side])
            self.assertEqual(total["debit"], total["credit"])
            self.assertEqual([one["value"] for one in summary], [total["debit"], total["credit"], 0])
        for wrong in (
            {"view": "x"},
            {"from_date": "2026-12-31", "to_date": "2026-01-01"},
            {"from_date": "1990-01-01"},
        ):
            with self.subTest(wrong), self.assertRaises(frappe.ValidationError):
                microcredit_journal.execute(self.filters(**wrong))

    def test_exports_say_what_the_report_says(self) -> None:
        self.rule()
        frappe.db.set_value("Microcredit", self.loan.name, "beneficiary_name", "=cmd|'/c calc'!A1")
        lines = self.lines()
        debit, credit = journal.totals(lines)
        asked = {"from_date": self.first, "to_date": nowdate(), "microcredit": self.loan.name}
        actions.export_journal(**asked)
        book = load_workbook(io.BytesIO(frappe.response["filecontent"]))
        found = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
        self.assertEqual(len(found), len(lines) + 2)
        self.assertEqual((found[-1][9], found[-1][10]), (debit, credit))
        self.assertEqual(found[1][5], "'=cmd|'/c calc'!A1")
        sums = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
        self.assertEqual(sums[-1][3:], [debit, credit, 0])
        actions.export_journal(**asked, file_type="csv")
        text = frappe.response["filecontent"].decode("utf-8-sig").splitlines()
        self.assertEqual(len(text), len(lines) + 2)
        self.assertEqual(text[-1].split(";")[9:], [str(int(debit)), str(int(credit))])
        self.assertRaises(frappe.ValidationError, actions.export_journal, **asked, file_type="pdf")

    def test_money_put_into_a_fund_and_taken_out_is_in_the_journal(self) -> None:
        fund = make.make_fund(5_000_000)
        funds.withdraw(fund.name, 1_000_000, "Sobra")
        asked = journal.period({"from_date": nowdate(), "to_date": nowdate(), "programme": fund.programme})
        rows = journal.lines(asked, journal.read(asked))
        self.assertEqual(
            [(row["kind"], row["neutral"], row["debit"], row["credit"]) for row in rows],
            [
                ("Contribution", "Cash", 5_000_000, 0),
                ("Contribution", "Capital of the Fund", 0, 5_000_000),
                ("Withdrawal", "Cash", 0, 1_000_000),
                ("Withdrawal", "Capital of the Fund", 1_000_000, 0),
            ],
        )
        self.assertEqual(rows[0]["beneficiary_name"], fund.fund_name)
        # Lending it is the cash of the loan, and stands in the journal once.
        make.make_loan(1, programme=fund.programme)
        again = journal.lines(asked, journal.read(asked))
        cash = sum(row["debit"] - row["credit"] for row in again if row["neutral"] == "Cash")
        self.assertEqual(float(cash), frappe.db.get_value("Microcredit Fund", fund.name, "balance"))
        frappe.get_doc({"doctype": "Microcredit Closed Day", "day": add_days(nowdate(), -2)}).insert()
        with self.assertRaises(frappe.ValidationError):
            funds.contribute(fund.name, 1000, add_days(nowdate(), -2))
        frappe.set_user(testing_factories.make_user("fondos.ajenos@example.com", "Credit Officer"))
        self.assertEqual(journal.read(asked), [])

    def test_who_sees_what(self) -> None:
        officer_rows = None
        frappe.set_user(make.OFFICER)
        officer_rows = len(self.lines())
        self.assertGreater(officer_rows, 0)
        self.assertRaises(frappe.PermissionError, self.rule)
        stranger = testing_factories.make_user("otro.credito@example.com", "Credit Officer")
        frappe.set_user(stranger)
        self.assertEqual(self.lines(), [])
        frappe.set_user("Administrator")
        auditor = testing_factories.make_user("auditoria.diario@example.com", "Auditor")
        frappe.set_user(auditor)
        self.assertEqual(len(self.lines()), officer_rows)
        self.assertRaises(frappe.PermissionError, self.rule)
        self.assertRaises(frappe.PermissionError, actions.send_now)
        frappe.set_user("Administrator")
        gestor = testing_factories.make_user("gestor.diario@example.com", "FES Advisor")
        frappe.set_user(gestor)
        self.assertRaises(frappe.PermissionError, self.lines)
