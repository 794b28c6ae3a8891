"""What the documents of microcredit call; every function here becomes a Jinja global (hook `jinja`).

Frappe takes each function it finds here, imported ones included: import modules, never functions.
"""

import frappe

from social_crm.microcredit.services.documents import agreements, origination, receipts, statements


def microcredit_request(doc) -> dict:
    """Return what an application shows beside its own fields."""
    return origination.request_of(doc)


def microcredit_session(doc) -> dict:
    """Return what the minutes of a session of the committee show."""
    return origination.session_of(doc)


def microcredit_agreement(doc) -> dict:
    """Return what was agreed about a loan, for its contract and its promissory note, or {"refusal": text}."""
    try:
        return agreements.agreement_of(doc)
    except frappe.ValidationError as error:
        return _refused(error)


def microcredit_receipt(doc) -> dict:
    """Return what a receipt of money handed over or received shows beside its own fields."""
    return receipts.receipt_of(doc)


def microcredit_handed_over(doc) -> dict:
    """Return how the money of a disbursement went."""
    return receipts.handed_over(doc)


def microcredit_statement(doc) -> dict:
    """Return the statement of account of a loan, or {"refusal": text}.

    The request may say as of which day (`as_of`, by default today) and as known at which moment (`known_at`, by default now).
    """
    asked = getattr(frappe.local, "form_dict", None) or {}
    try:
        return statements.statement_of(doc, asked.get("as_of"), asked.get("known_at"))
    except frappe.ValidationError as error:
        return _refused(error)


def microcredit_closing(doc) -> dict:
    """Return what the closing certificate of a loan says, or {"refusal": text} while anything is owed."""
    try:
        return statements.closing_of(doc)
    except frappe.ValidationError as error:
        return _refused(error)


def _refused(error: Exception) -> dict:
    """Frappe makes a page without a reason of what is thrown while it prints, and a PDF of that page: the paper says why."""
    frappe.clear_messages()
    return {"refusal": str(error)}
