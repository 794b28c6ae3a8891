"""Loans as the domain knows them: agreed terms, the signed schedule, the product's rules and every ledger entry."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import get_datetime, getdate

from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.entries import Entry, LaterRate, Loan, Policy
from social_crm.microcredit.domain.schedule import Terms
from social_crm.microcredit.services import products
from social_crm.microcredit.services.money import to_decimal

# What the site shows, and what the domain calls it.
KINDS: Mapping[str, str] = {
    "Disbursement": "disbursement",
    "Payment": "payment",
    "Prepayment": "prepayment",
    "Restructuring": "restructuring",
    "Write-off": "write_off",
    "Recovery": "recovery",
    "Reversal": "reversal",
}
MODES: Mapping[str, str] = {
    "": "",
    "Shorten the Term": "shorten_term",
    "Lower the Instalment": "lower_instalment",
    "Capitalise": "capitalise",
    "With the First Instalment": "first_row",
    "Waive": "waive",
    "Refinances Arrears": "refinances_arrears",
}
KIND_LABELS: Mapping[str, str] = {kind: label for label, kind in KINDS.items()}
MODE_LABELS: Mapping[str, str] = {mode: label for label, mode in MODES.items()}
METHOD_LABELS: Mapping[str, str] = {method: label for label, method in products.METHODS.items()}
_ENTRY = (
    "microcredit",
    "name",
    "kind",
    "value_date",
    "posted_at",
    "amount",
    "posting_day",
    "mode",
    "terms",
    "rows",
    "reverses",
)


def read(names: Sequence[str], latest: bool = False) -> dict[str, Loan]:
    """Return loans by name, in two queries.

    latest: read entries as committed now and not in the snapshot of this transaction; only for who holds the loans' locks.
    Errors: as of `agreed_terms`.
    """
    if not names:
        return {}
    loan = DocType("Microcredit")
    agreed = (
        frappe.qb.from_(loan)
        .select(
            loan.name,
            loan.terms,
            loan.policy,
            loan.signed_rows,
            loan.product_version,
            loan.disbursed_on,
            loan.creation,
        )
        .where(loan.name.isin(names))
        .run()
    )
    entries = entries_of(names, latest)
    rates: dict[Any, tuple[LaterRate, ...]] = {}
    return {
        name: Loan(
            terms=agreed_terms(name, terms),
            entries=tuple(entries.get(name, ())),
            policy=policy_of(policy, version, disbursed, made_at, rates),
            rows=stored.rows_from_json(json.loads(rows or "[]")),
        )
        for name, terms, policy, rows, version, disbursed, made_at in agreed
    }


def agreed_terms(name: str, kept: str | None) -> Terms:
    """Return the terms that a loan keeps. Errors: it keeps none, as no disbursement made it."""
    if not kept:
        frappe.throw(
            _(
                "{0} has no agreed terms: it was not made by disbursing an application. Ask the administrator where it comes from."
            ).format(name),
            title=_("Terms Missing"),
        )
    return stored.terms_from_json(json.loads(kept or ""))


def policy_of(
    kept: str | None,
    version: str | None,
    disbursed: Any,
    made_at: Any,
    known: dict[Any, tuple[LaterRate, ...]],
) -> Policy:
    """Return the rules that a loan keeps, with the default interest of the caps that were registered since it was made.

    known: rates already asked for, by version and day.
    """
    policy = stored.policy_from_json(json.loads(kept or "{}"))
    if not version or not policy.default_rates:
        return policy
    key = (version, disbursed)
    if key not in known:
        known[key] = products.default_rates_since(products.read(version), getdate(disbursed))
    made = get_datetime(made_at)
    return replace(policy, later_rates=tuple(rate for rate in known[key] if rate.known_from > made))


def read_one(name: str, latest: bool = False) -> Loan:
    """Return one loan; see `read`."""
    return read([name], latest)[name]


def entries_of(names: Iterable[str], latest: bool = False) -> dict[str, list[Entry]]:
    """Return the entries of loans, every one that was ever posted."""
    entry = DocType("Microcredit Ledger Entry")
    query = (
        frappe.qb.from_(entry)
        .select(*(entry[field] for field in _ENTRY))
        .where(entry.microcredit.isin(list(names)))
    )
    if latest:
        query = query.for_update()
    found: dict[str, list[Entry]] = defaultdict(list)
    for loan, *values in query.run():
        found[loan].append(_entry(*values))
    return found


def _entry(
    name: str,
    kind: str,
    value_date: Any,
    posted_at: datetime | str,
    amount: Any,
    posting_day: Any,
    mode: str | None,
    terms: str | None,
    rows: str | None,
    reverses: str | None,
) -> Entry:
    return Entry(
        key=name,
        kind=KINDS[kind],
        value_date=getdate(value_date),
        posted_at=get_datetime(posted_at),
        amount=to_decimal(amount),
        posting_day=getdate(posting_day),
        mode=MODES[mode or ""],
        terms=stored.terms_from_json(json.loads(terms)) if terms else None,
        rows=stored.rows_from_json(json.loads(rows)) if rows else (),
        reverses=reverses or "",
    )
