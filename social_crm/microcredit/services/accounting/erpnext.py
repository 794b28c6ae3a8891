"""The one place that speaks to ERPNext: through its documents on the same site, by Frappe's own API, importing nothing of it.

The contract, as ERPNext documents its Journal Entry: `voucher_type`, `company`, `posting_date`, `cheque_no` and `cheque_date`
(reference number and date), `user_remark`, and rows `accounts` with `account`, `debit_in_account_currency`,
`credit_in_account_currency` and `cost_center`; inserted and then submitted. Company has `default_currency`; Account has
`company`, `is_group` and `disabled`. Entry and note of it are written in one transaction of one database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _

_JOURNAL_ENTRY = "Journal Entry"
_NEEDED = (_JOURNAL_ENTRY, "Journal Entry Account", "Account", "Company", "Cost Center")
_REFERENCE = "Social CRM {0}"


@dataclass(frozen=True)
class GeneralEntry:
    """What is posted. key: unique for ever. lines: (account, debit, credit), in balance."""

    key: str
    company: str
    cost_center: str
    day: date
    currency: str
    remark: str
    lines: Sequence[tuple[str, Decimal, Decimal]]


def is_here() -> bool:
    """Tell whether the documents of ERPNext's accounts are on this site."""
    return all(frappe.db.exists("DocType", name) for name in _NEEDED)


def post(entry: GeneralEntry) -> str:
    """Insert and submit a Journal Entry; return its name. One that stands there already under the same key is returned instead.

    Errors: no such company, account or cost centre; another currency; whatever ERPNext itself refuses.
    """
    known = find(entry.company, entry.key)
    if known:
        return known
    _check(entry)
    reference = _REFERENCE.format(entry.key)
    doc = frappe.get_doc(
        {
            "doctype": _JOURNAL_ENTRY,
            "voucher_type": _JOURNAL_ENTRY,
            "company": entry.company,
            "posting_date": entry.day,
            "cheque_no": reference,
            "cheque_date": entry.day,
            "user_remark": entry.remark,
            "accounts": [
                {
                    "account": account,
                    "debit_in_account_currency": float(debit),
                    "credit_in_account_currency": float(credit),
                    "cost_center": entry.cost_center or None,
                }
                for account, debit, credit in entry.lines
            ],
        }
    )
    # The rules of accounts are the right to post: whoever enters a repayment need not keep the general ledger.
    doc.flags.ignore_permissions = True
    doc.insert()
    doc.submit()
    return str(doc.name)


def find(company: str, key: str) -> str | None:
    """Return the submitted Journal Entry of a key."""
    # One key of ours, whoever may see the general ledger.
    return frappe.db.get_value(
        _JOURNAL_ENTRY, {"cheque_no": _REFERENCE.format(key), "company": company, "docstatus": 1}
    )


def cancel(name: str) -> None:
    """Cancel a Journal Entry of ours; one that is cancelled already stays so."""
    doc = frappe.get_doc(_JOURNAL_ENTRY, name)
    if doc.docstatus == 1:
        doc.flags.social_crm_takes_back = True
        # Whoever may change the settings of accounting takes back what they posted.
        doc.flags.ignore_permissions = True
        doc.cancel()


def refuse_cancellation(doc: Any, method: str | None = None) -> None:
    """Hook of Journal Entry: what came from here is taken back here, so that both books go on saying the same."""
    if doc.flags.social_crm_takes_back:
        return
    posting = frappe.db.get_value(
        "Microcredit Journal Posting", {"journal_entry": doc.name, "status": "Posted"}
    )
    if posting:
        frappe.throw(
            _(
                "{0} comes from the microcredits ({1}): reverse the payment there, or take the posting back."
            ).format(doc.name, posting),
            title=_("Entry of the Microcredits"),
        )


def _check(entry: GeneralEntry) -> None:
    if not frappe.db.exists("Company", entry.company):
        _refuse(_("There is no company {0} in ERPNext.").format(entry.company))
    currency = frappe.db.get_value("Company", entry.company, "default_currency")
    if currency and currency != entry.currency:
        _refuse(
            _("{0} keeps its books in {1}, and the microcredits are in {2}.").format(
                entry.company, currency, entry.currency
            )
        )
    if entry.cost_center and not frappe.db.exists("Cost Center", entry.cost_center):
        _refuse(_("There is no cost centre {0} in ERPNext.").format(entry.cost_center))
    for account, _debit, _credit in entry.lines:
        found = frappe.db.get_value("Account", account, ["company", "is_group", "disabled"], as_dict=True)
        if not found or found.company != entry.company:
            _refuse(_("{0} has no account {1} in ERPNext.").format(entry.company, account))
        if found.is_group or found.disabled:
            _refuse(_("The account {0} takes no postings in ERPNext.").format(account))


def _refuse(text: str) -> None:
    frappe.throw(text, title=_("ERPNext"))
