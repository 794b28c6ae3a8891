import io
import json

import frappe
from frappe.utils import add_days, getdate, nowdate
from openpyxl import Workbook, load_workbook

from social_crm.microcredit import factories as make
from social_crm.microcredit.payment_files import HEADER, PaymentFileCase, day, workbook
from social_crm.microcredit.services.payments import actions, posting, state, store
from social_crm.microcredit.services.repayments import record_repayment


class TestMicrocreditPaymentBatch(PaymentFileCase):
    def test_payments_of_two_loans_from_one_file(self) -> None:
        one, two = self.loans
        before = [self.balance(loan) for loan in self.loans]
        doc = self.checked(
            (day(5), None, one.name, "A-1", "100.000", "Ana"),
            (day(4), None, two.name[4:], "A-2", "$ 150.000,00", "Eva"),
            (day(3), None, one.name, "A-3", 50000, "Ana"),
            ("Total", None, None, None, "300.000", None),
        )
        self.assertEqual(self.results(doc), ["Ready", "Ready", "Ready"])
        self.assertEqual((doc.total_amount, doc.pending_amount, doc.posted_amount), (300_000, 300_000, 0))
        self.assertEqual([self.balance(loan) for loan in self.loans], before)
        doc = self.post(doc)
        self.assertEqual((doc.status, doc.posted_amount, doc.pending_amount), ("Finished", 300_000, 0))
        self.assertEqual(
            [self.balance(loan) for loan in self.loans], [before[0] - 150_000, before[1] - 150_000]
        )
        repayment = frappe.get_doc("Microcredit Repayment", {"reference": "A-2"})
        self.assertEqual(
            (repayment.docstatus, repayment.amount, repayment.channel, repayment.received_by),
            (1, 150_000, "Bank Transfer", make.OFFICER),
        )
        self.assertEqual(repayment.paid_on, getdate(add_days(nowdate(), -4)))

    def test_the_same_file_twice_posts_nothing(self) -> None:
        rows = [
            (day(5), None, self.loans[0].name, "B-1", 100000, "Ana"),
            (day(5), None, self.loans[1].name, None, 90000, "Eva"),
        ]
        self.post(self.checked(*rows))
        before = [self.balance(loan) for loan in self.loans]
        again = self.checked(*reversed(rows), name="otra vez.xlsx")
        self.assertEqual(self.results(again), ["Duplicate", "Duplicate"])
        again = self.post(again)
        self.assertEqual([self.balance(loan) for loan in self.loans], before)
        self.assertEqual((again.posted_amount, again.dismissed_amount), (0, 190_000))

    def test_two_files_with_one_payment_that_were_both_checked_before(self) -> None:
        row = (day(5), None, self.loans[0].name, "C-1", 100000, "Ana")
        # One content: a workbook that is made again carries another time.
        content = workbook(HEADER, row)
        first, second = (self.check(self.upload(content, name)) for name in ("uno.xlsx", "copia.xlsx"))
        self.assertEqual(self.results(second), ["Ready"])
        self.assertIn(
            f"The same file was loaded before, in {first.name}.", actions.overview(second.name)["notices"]
        )
        before = self.balance(self.loans[0])
        self.post(first)
        self.post(second)
        self.assertEqual(self.results(second), ["Duplicate"])
        self.assertEqual(self.balance(self.loans[0]), before - 100_000)

    def test_what_was_entered_by_hand_is_recognised(self) -> None:
        one, two = self.loans
        paid_on = add_days(nowdate(), -5)
        record_repayment(one.name, 100_000, paid_on, "Bank Deposit", "D-1")
        record_repayment(two.name, 80_000, paid_on, "Cash")
        doc = self.checked(
            (day(5), None, one.name, "d 1", 100000, "Ana"),
            (day(5), None, one.name, "D-1", 110000, "Ana"),
            (day(5), None, two.name, "D-3", 80000, "Eva"),
        )
        self.assertEqual(self.results(doc), ["Duplicate", "To Reconcile", "To Reconcile"])

    def test_twice_in_one_file_for_sure_and_in_doubt(self) -> None:
        loan = self.loans[0].name
        doc = self.checked(
            (day(5), None, loan, "E-1", 10000, "Ana"),
            (day(5), None, loan, "E-1", 10000, "Ana"),
            (day(5), None, loan, None, 20000, "Ana"),
            (day(5), None, loan, None, 20000, "Ana"),
        )
        self.assertEqual(self.results(doc), ["Ready", "Duplicate", "Ready", "To Reconcile"])
        self.post(doc)
        before = self.balance(self.loans[0])
        # A person says that both are other payments.
        for row in (self.rows(doc)[1], self.rows(doc)[3]):
            shares = [{"microcredit": loan, "amount": row.amount}]
            actions.assign(row.name, json.dumps(shares))
        doc = self.post(doc)
        self.assertEqual(self.results(doc), ["Posted"] * 4)
        self.assertEqual(self.balance(self.loans[0]), before - 30_000)
        self.assertEqual((doc.posted_amount, doc.pending_amount, doc.dismissed_amount), (60_000, 0, 0))

    def test_what_the_ledger_refuses_is_said_before_and_the_rest_is_posted(self) -> None:
        one, two = self.loans
        doc = self.checked(
            (day(5), None, one.name, "F-1", "9.000.000", "Ana"),
            (day(90), None, one.name, "F-2", "10.000", "Ana"),
            ("31/02/2026", None, one.name, "F-3", "10.000", "Ana"),
            (day(5), None, one.name, "F-4", "cien", "Ana"),
            (day(5), None, one.name, "F-5", "-10.000", "Ana"),
            (day(5), None, two.name, "F-6", "10.000", "Eva"),
        )
        self.assertEqual(self.results(doc), ["Rejected"] * 5 + ["Ready"])
        reasons = [row.reason for row in self.rows(doc)]
        for text, reason in zip(
            ("above the debt", "precede", "does not exist", "not understood", "came in"),
            reasons,
            strict=False,
        ):
            self.assertIn(text, reason)
        self.assertEqual(doc.total_amount, 9_020_000 - 10_000 + 10_000)
        doc = self.post(doc)
        self.assertEqual((doc.posted_amount, doc.pending_amount), (10_000, 9_010_000))

    def test_two_payments_that_together_are_above_the_debt(self) -> None:
        owed = self.balance(self.loans[0])
        doc = self.checked(
            (day(2), None, self.loans[0].name, "G-2", 1000, "Ana"),
            (day(5), None, self.loans[0].name, "G-1", owed, "Ana"),
        )
        self.assertEqual(self.results(doc), ["Rejected", "Ready"])

    def test_a_closed_day_makes_an_adjustment(self) -> None:
        frappe.set_user("Administrator")
        closed = getdate(add_days(nowdate(), -5))
        frappe.get_doc({"doctype": "Microcredit Closed Day", "day": closed}).insert()
        frappe.set_user(make.OFFICER)
        self.post(self.checked((day(5), None, self.loans[0].name, "H-1", 1000, "Ana")))
        entry = frappe.get_doc(
            "Microcredit Ledger Entry", {"microcredit": self.loans[0].name, "kind": "Payment"}
        )
        self.assertEqual((entry.value_date, entry.posting_day, entry.is_adjustment), (closed, getdate(), 1))

    def test_a_lost_run_is_taken_over_and_the_old_one_stops(self) -> None:
        loan = self.loans[0].name
        doc = self.checked(
            *[(day(5), None, loan, f"P-{number}", 1000 + number, "Ana") for number in range(4)]
        )
        old = state.RUNS.begin(doc.name, state.POSTING, make.OFFICER)
        posting.run(doc.name, old, make.OFFICER, run_seconds=0)
        self.assertEqual(self.results(doc).count("Posted"), 1)
        new = state.RUNS.begin(doc.name, state.POSTING, make.OFFICER)
        posting.run(doc.name, old, make.OFFICER)
        self.assertEqual(self.results(doc).count("Posted"), 1)
        posting.run(doc.name, new, make.OFFICER)
        self.assertEqual(self.results(doc), ["Posted"] * 4)
        self.assertEqual(frappe.db.count("Microcredit Repayment", {"microcredit": loan, "docstatus": 1}), 4)

    def test_a_stalled_run_is_found_and_a_live_one_is_not(self) -> None:
        doc = self.checked((day(5), None, self.loans[0].name, "Q-1", 5000, "Ana"))
        token = state.RUNS.begin(doc.name, state.POSTING, make.OFFICER)
        posting.resume_stalled()
        self.assertEqual(frappe.db.get_value(doc.doctype, doc.name, "run_token"), token)
        state.RUNS.set_values(doc.name, heartbeat="2026-01-01 00:00:00")
        posting.resume_stalled()
        self.assertNotEqual(frappe.db.get_value(doc.doctype, doc.name, "run_token"), token)
        self.assertRaises(frappe.ValidationError, actions.resume, doc.name)

    def test_a_csv_of_a_bank_and_what_was_not_posted_comes_back(self) -> None:
        loan = self.loans[0].name
        content = (
            "FECHA;OFICINA;REFERENCIA 1;VALOR CREDITO\n"
            f"{getdate():%Y%m%d};Fonseca;{loan};50.000,00\n{getdate():%d/%m/%y};=cmd();99999;70.000,00\n"
        )
        doc = self.upload(content, "banco.csv")
        self.assertEqual(
            [column.target_field for column in doc.columns],
            ["Payment Date", "Description", "Reference Given by the Payer", ""],
        )
        self.assertRaises(frappe.ValidationError, actions.check, doc.name, "{}")
        doc = self.check(doc.reload() or doc, {3: "Amount"})
        self.assertEqual(self.results(doc), ["Ready", "To Reconcile"])
        self.post(doc)
        actions.not_posted(doc.name)
        sheet = load_workbook(io.BytesIO(frappe.response["filecontent"])).active
        lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[1][1], "'=cmd()")
        self.assertEqual((lines[1][4], lines[1][6]), (3, 70_000))
        self.assertIn("99999", lines[1][7])
        later = self.upload(content, "banco2.csv")
        self.assertEqual((later.columns[3].target_field, later.columns[3].basis), ("Amount", "Remembered"))

    def test_files_that_are_no_list_of_payments(self) -> None:
        for content, name in (
            (b"%PDF-1.4", "a.xlsx"),
            (b"PK\x03\x04broken", "b.xlsx"),
            ("solo\nuna\n", "c.csv"),
        ):
            with self.subTest(name), self.assertRaises(frappe.ValidationError):
                self.upload(content, name)
        empty = self.upload(workbook(HEADER), "vacio.xlsx")
        self.assertEqual(self.check(empty).status, "Failed")

    def test_another_sheet_and_another_row_of_headers(self) -> None:
        book = Workbook()
        book.active.append(("Nada", "aquí"))
        sheet = book.create_sheet("Pagos")
        sheet.append(("Extracto del mes",))
        for row in (HEADER, (day(5), None, self.loans[0].name, "R-1", 5000, "Ana")):
            sheet.append(row)
        stream = io.BytesIO()
        book.save(stream)
        doc = self.upload(stream.getvalue())
        view = actions.read_sheet(doc.name, sheet="Pagos")
        self.assertEqual((view["sheet"], view["header_row"]), ("Pagos", 2))
        self.assertEqual(self.results(self.check(doc.reload() or doc)), ["Ready"])

    def test_what_is_lost_between_check_and_posting(self) -> None:
        doc = self.checked((day(5), None, self.loans[0].name, "S-1", 5000, "Ana"))
        frappe.db.set_value("Microcredit Payment Batch", doc.name, "file_hash", "x")
        self.assertEqual(self.check(doc).status, "Failed")
        self.assertEqual(store.shares_of("nothing"), [])
