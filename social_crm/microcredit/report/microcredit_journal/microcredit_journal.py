"""The journal of microcredit: every posting as debit and credit, line by line, by account, or by account and day."""

from typing import Any

import frappe
from frappe import _

from social_crm.microcredit.report.parts import column, money
from social_crm.microcredit.services.accounting import journal

_VIEWS = ("Entries", "By Account", "By Day and Account")


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message, chart and summary; only of loans that the user may see.

    filters: from_date, to_date, view, and which loans.
    """
    view = (filters or {}).get("view") or _VIEWS[0]
    if view not in _VIEWS:
        frappe.throw(_("Choose what the journal shows."), title=_("Choice Missing"))
    asked = journal.period(filters)
    lines = journal.lines(asked, journal.read(asked))
    shown = lines if view == _VIEWS[0] else journal.by_account(lines, by_day=view == _VIEWS[2])
    debit, credit = journal.totals(lines)
    rows = [_shown(row) for row in shown]
    if rows:
        total = {
            "kind": _("Total"),
            "account_name": "" if view == _VIEWS[0] else _("Total"),
            "debit": float(debit),
            "credit": float(credit),
            "bold": 1,
        }
        rows.append({**total, "net": float(debit - credit), "currency": asked.currency})
    return _columns(view), rows, _message(lines), None, _summary(debit, credit, asked.currency)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    shown = {key: float(value) if key in ("debit", "credit", "net") else value for key, value in row.items()}
    if row.get("kind"):
        shown["kind"] = _(row["kind"])
    shown["neutral"] = _(row["neutral"])
    shown["adjustment"] = _("Yes") if row.get("is_adjustment") else ""
    return shown


def _columns(view: str) -> list[dict[str, Any]]:
    account = [
        column("account_code", _("Account Code"), "Data", 130),
        column("account_name", _("Account Name"), "Data", 210),
    ]
    amounts = [money("debit", _("Debit")), money("credit", _("Credit"))]
    neutral = column("neutral", _("Neutral Account"), "Data", 190)
    if view == "By Account":
        return [*account, *amounts, money("net", _("Net")), neutral]
    day = column("day", _("Date"), "Date", 105)
    if view == "By Day and Account":
        return [day, *account, *amounts, money("net", _("Net")), neutral]
    return [
        day,
        column("kind", _("Kind"), "Data", 115),
        column("microcredit", _("Microcredit"), "Link", 110, "Microcredit"),
        column("beneficiary_name", _("Name"), "Data", 170),
        *account,
        *amounts,
        neutral,
        column("source", _("Ledger Entry"), "Dynamic Link", 130, "source_doctype"),
        column("adjustment", _("Adjustment"), "Data", 90),
    ]


def _message(lines: list[dict[str, Any]]) -> str | None:
    without = sorted({_(row["neutral"]) for row in lines if not row["account_code"]})
    if not without:
        return None
    return _("No rule names the account of: {0}. Add it in Microcredit Account Rule.").format(
        ", ".join(without)
    )


def _summary(debit: Any, credit: Any, currency: str) -> list[dict[str, Any]]:
    amount = {"datatype": "Currency", "currency": currency}
    difference = float(debit - credit)
    return [
        {"label": _("Debits"), "value": float(debit), "indicator": "Blue", **amount},
        {"label": _("Credits"), "value": float(credit), "indicator": "Blue", **amount},
        {
            "label": _("Difference"),
            "value": difference,
            "indicator": "Red" if difference else "Green",
            **amount,
        },
    ]
