"""Which account of the chart of accounts a neutral account is: dated rules that the organisation keeps."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.microcredit.domain.account_rules import AccountRule, Chart, overlapping
from social_crm.microcredit.domain.accounts import ACCOUNTS
from social_crm.microcredit.domain.fund_journal import FUND_CAPITAL

# What the site shows, in the order of the domain's accounts; that of funds comes last.
LABELS = (
    "Cash",
    "Principal",
    "Interest Receivable",
    "Fees Receivable",
    "Insurance Receivable",
    "Default Interest Receivable",
    "Surplus of Borrowers",
    "Interest Income",
    "Fees Income",
    "Insurance Payable",
    "Default Interest Income",
    "Recovery Income",
    "Write-off Loss",
    "Waiver Loss",
    "Capital of the Fund",
)
LABEL_OF = dict(zip((*ACCOUNTS, FUND_CAPITAL), LABELS, strict=True))
_ACCOUNT_OF = {label: account for account, label in LABEL_OF.items()}
_FIELDS = (
    "name",
    "account",
    "account_code",
    "account_name",
    "erpnext_account",
    "programme",
    "product",
    "valid_from",
    "valid_to",
)


def read() -> Chart:
    """Return the rules of the site. They name accounts and no people: whoever reads a journal reads it with them."""
    # As above.
    rows = frappe.get_all("Microcredit Account Rule", fields=list(_FIELDS), limit_page_length=0)
    return Chart(_rule(row) for row in rows)


def _rule(row: Any) -> AccountRule:
    return AccountRule(
        account=_ACCOUNT_OF[row.account],
        code=row.account_code,
        name=row.account_name,
        valid_from=getdate(row.valid_from),
        valid_to=getdate(row.valid_to) if row.valid_to else None,
        programme=row.programme or "",
        product=row.product or "",
        target=(row.erpnext_account or "").strip(),
    )


def validate(doc: Any) -> None:
    """Check a rule: its dates, and that no other one says what the same account is on a common day."""
    if doc.valid_to and getdate(doc.valid_to) < getdate(doc.valid_from):
        frappe.throw(_("The rule ends before it begins."), title=_("Date not Possible"))
    # Rules name no people; another one must be known whoever may see it.
    others = frappe.get_all(
        "Microcredit Account Rule",
        filters={"account": doc.account, "name": ["!=", doc.name or ""]},
        fields=list(_FIELDS),
    )
    same = overlapping(_rule(doc), (_rule(row) for row in others))
    if same:
        frappe.throw(
            _("{0} is already account {1} from {2} on: end that rule first.").format(
                _(doc.account), same.code, frappe.format(same.valid_from, "Date")
            ),
            title=_("Two Rules for one Day"),
        )
