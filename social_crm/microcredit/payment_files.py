"""What the package tests of payment files share: a file, its check, its posting, and the sums that always agree."""

import io
import json
from datetime import timedelta
from typing import Any

import frappe
from frappe.utils import getdate
from openpyxl import Workbook

from social_crm.microcredit import factories as make
from social_crm.microcredit.services.payments import actions, checking, posting, state
from social_crm.testing import SocialCRMTestCase

HEADER = ("Fecha", "Cédula", "Nro. Crédito", "Comprobante", "Valor", "Nombre")


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def day(days_ago: int = 3) -> str:
    return (getdate() - timedelta(days=days_ago)).strftime("%d/%m/%Y")


class PaymentFileCase(SocialCRMTestCase):
    """Two loans of one officer, and files of payments for them."""

    def prepare(self) -> None:
        make.make_team()
        # A run speaks the language of its user; the tests quote the English texts.
        for user in (make.OFFICER, "Administrator"):
            frappe.db.set_value("User", user, "language", "en")
            frappe.clear_cache(user=user)
        self.loans = [make.make_loan(40) for _ in range(2)]
        frappe.set_user(make.OFFICER)

    def upload(self, content: bytes | str, name: str = "pagos.xlsx", **values: Any) -> Any:
        file = frappe.get_doc({"doctype": "File", "file_name": name, "is_private": 1, "content": content})
        fields = {"payment_file": file.insert().file_url, **values}
        return frappe.get_doc({"doctype": "Microcredit Payment Batch", **fields}).insert()

    def check(self, doc: Any, columns: dict[int, str] | None = None) -> Any:
        actions.check(doc.name, json.dumps(columns or {}))
        token = frappe.db.get_value(doc.doctype, doc.name, "run_token")
        checking.run(doc.name, token, frappe.session.user)
        frappe.local.lang = "en"
        return doc.reload() or doc

    def post(self, doc: Any) -> Any:
        user = frappe.session.user
        actions.post(doc.name)
        token = frappe.db.get_value(doc.doctype, doc.name, "run_token")
        posting.run(doc.name, token, user)
        frappe.local.lang = "en"
        doc.reload()
        self.assert_adds_up(doc)
        return doc

    def checked(self, *rows: tuple[Any, ...], name: str = "pagos.xlsx", **values: Any) -> Any:
        return self.check(self.upload(workbook(HEADER, *rows), name, **values))

    def rows(self, doc: Any) -> list[Any]:
        # The tests look at every row.
        return frappe.get_all(
            "Microcredit Payment Row",
            filters={"batch": doc.name},
            fields=["name", "sheet_row", "result", "amount", "posted_amount", "reason", "microcredit"],
            order_by="sheet_row",
        )

    def results(self, doc: Any) -> list[str]:
        return [row.result for row in self.rows(doc)]

    def assert_adds_up(self, doc: Any) -> None:
        found = state.figures(doc.name)
        self.assertEqual(found.total, found.posted + found.pending + found.dismissed)
        # As above.
        shares = frappe.get_all(
            "Microcredit Payment Share",
            filters={"parent": ["in", [row.name for row in self.rows(doc)]], "repayment": ["is", "set"]},
            pluck="repayment",
        )
        # As above.
        paid = frappe.get_all(
            "Microcredit Repayment", filters={"name": ["in", shares or [""]], "docstatus": 1}, pluck="amount"
        )
        self.assertEqual(sum(paid), float(found.posted))

    def balance(self, loan: Any) -> float:
        return frappe.db.get_value("Microcredit", loan.name, "unpaid_amount")
