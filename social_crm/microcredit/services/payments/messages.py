"""Every finding about a file of payments in words for the person who loads it."""

from collections.abc import Iterable

import frappe
from frappe import _

from social_crm.microcredit.domain.bank_columns import LABELS
from social_crm.social_crm.domain.census_problem import Problem
from social_crm.social_crm.services.census.message_texts import file_texts

IGNORE_LABEL = "Do not use"


def sentence(problem: Problem) -> str:
    """Return the finding in the language of the user, with the cell in front when there is one. Plain text, not HTML."""
    params = dict(problem.params)
    if "payment_field" in params:
        params["payment_field"] = _(LABELS[params["payment_field"]])
    template = {**file_texts(), **texts()}.get(problem.code)
    # What the ledger refused travels as it was said, in `text`.
    said = template.format(**params) if template else params.get("text", problem.code)
    return f"{_('Cell {0}').format(problem.cell)}: {said}" if problem.cell else said


def sentences(problems: Iterable[Problem]) -> str:
    """Return the findings in one text, one a line."""
    return "\n".join(sentence(problem) for problem in problems)


def refuse(problem: Problem) -> None:
    """Throw the finding as a message."""
    frappe.throw(frappe.utils.escape_html(sentence(problem)), title=_("Payment Batch"))


def texts() -> dict[str, str]:
    """Return the sentences of payments by code; those of the census import that speak of a census are said anew."""
    return {**_file_texts(), **_cell_texts(), **_loan_texts(), **_double_texts()}


def _file_texts() -> dict[str, str]:
    return {
        "file_too_large": _("The file has {size} MB; at most {limit} MB can be loaded. Split it by day."),
        "zip_bomb": _(
            "The file says that it unpacks to {size} GB; a list of payments does not reach {limit} MB. It was not opened."
        ),
        "header_not_found": _(
            "No row with headers was found. Write the headers in one row, such as: Fecha, Valor, Cédula, Comprobante."
        ),
        "no_rows": _("The sheet has no payments below its header."),
        "payment_field_twice": _(
            "{payment_field} is chosen for two columns ({columns}). Choose one of them."
        ),
        "payment_field_missing": _("Say which column holds: {payment_field}."),
        "payment_file_known": _("The same file was loaded before, in {batch}."),
    }


def _cell_texts() -> dict[str, str]:
    return {
        "payment_cell_broken": _("The cell holds an error or a formula without a result. Write the value."),
        "payment_amount_missing": _("The row has no amount."),
        "payment_amount_unreadable": _(
            "“{value}” is not understood as an amount. Write it like 250.000 or 250.000,50."
        ),
        "payment_amount_decimals": _("“{value}” has cents, and the currency has none."),
        "payment_amount_not_paid_in": _("“{value}” is not money that came in."),
        "payment_amount_too_large": _(
            "“{value}” is more than can be recorded; it is not added to the total."
        ),
        "payment_date_missing": _("The row has no date."),
        "payment_date_unreadable": _("“{value}” is not understood as a date. Write it like 15/11/2026."),
        "payment_date_impossible": _("“{value}” is a day that does not exist."),
        "payment_date_month": _("“{value}” has a month above 12: write the day first."),
        "payment_date_future": _("“{value}” lies in the future."),
        "payment_date_too_old": _("“{value}” lies too far back."),
        "payment_number_shortened": _(
            "“{value}” was shortened by the spreadsheet. Give the column the format of text and write the number again."
        ),
    }


def _loan_texts() -> dict[str, str]:
    return {
        "payment_names_no_loan": _("The row names neither a microcredit nor a document."),
        "payment_loan_unknown": _("There is no microcredit {value} among those that you may see."),
        "payment_document_unknown": _("No microcredit that you may see belongs to the document {value}."),
        "payment_reference_unknown": _(
            "The reference {value} is no number of a microcredit or of a document that you may see."
        ),
        "payment_group_unknown": _("There is no solidarity group {value} with open microcredits."),
        "payment_loan_over": _("{loans} is not open: paid, annulled or not handed over."),
        "payment_person_without_loan": _("The person has no microcredit."),
        "payment_several_loans": _(
            "The person has several open microcredits: {loans}. Say how much goes to each."
        ),
        "payment_is_recovery": _("{loans} was written off: the payment is a recovery. Confirm it."),
        "payment_of_a_group": _("A payment of the group {value}: say how much goes to each member."),
        "payment_loan_of_another": _("The microcredit belongs to another person than the document."),
        "payment_reference_of_two": _(
            "{value} is the number of one person's microcredit and of another person's document. Say which."
        ),
        "payment_part_left": _("{left} of this payment is not given to a microcredit."),
        "payment_reversed": _("{repayment} was reversed: {why}"),
    }


def _double_texts() -> dict[str, str]:
    return {
        "payment_posted_before": _("Already posted from row {row} of {batch}."),
        "payment_twice_in_file": _("The same payment stands in row {row} of this file."),
        "payment_maybe_twice": _(
            "Row {row} of this file has the same day and amount. Is it another payment?"
        ),
        "payment_recorded_before": _("Already recorded in {repayment}."),
        "payment_reference_used": _(
            "The bank reference is recorded in {repayment} with another amount, day or microcredit. Is it another payment?"
        ),
        "payment_like_recorded": _(
            "{repayment} has the same microcredit, day and amount. Is this another payment?"
        ),
    }


# The findings after which a person who names a loan says that it is another payment.
DOUBTS = frozenset(
    (
        "payment_posted_before",
        "payment_twice_in_file",
        "payment_maybe_twice",
        "payment_recorded_before",
        "payment_reference_used",
        "payment_like_recorded",
    )
)
