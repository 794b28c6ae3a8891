"""Entries of closed days on their way to ERPNext: written down once, posted once, and tried again until they are.

Writing down and posting are two steps. What is written down has a unique key (the ledger entry; for what fell due or ran, the day
with programme and currency), so no step that is repeated doubles anything. Each posting and its Journal Entry are committed
together. What fell due or ran on a day is one entry of the day for all loans of a programme; every entry of the ledger is its own.
"""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime, strip_html

from social_crm.microcredit.domain.account_rules import Chart, Place, netted, total_of
from social_crm.microcredit.domain.journal import Line
from social_crm.microcredit.services.accounting import chart, erpnext, journal, settings
from social_crm.microcredit.services.accounting.erpnext import GeneralEntry
from social_crm.microcredit.services.accounting.journal import ACCRUAL, Booking, Period
from social_crm.microcredit.services.money import to_decimal

_POSTING = "Microcredit Journal Posting"
_WAITING = ("To Send", "Failed")
_DAYS_AT_ONCE = 31
# A run ends after so many rounds of days: more than ten years of them.
_ROUNDS = 120
_BATCH = 200


def nightly() -> None:
    """Scheduler: close what is over where the settings say so, then send what is closed. Without ERPNext nothing happens."""
    if settings.is_on():
        settings.close_past_days(getdate())
        run()


def run() -> None:
    """Write down and post all that is due, committing as it goes. Runs for the system, of whose rows none is hidden."""
    if not settings.is_on():
        return
    for _round in range(_ROUNDS):
        if not write_down():
            break
        commit()
    send_all()


def commit() -> None:
    """Keep what is done. Tests roll everything back; a commit there would leave their rows."""
    if not frappe.flags.in_test:
        frappe.db.commit()


def write_down() -> int:
    """Write down the entries of the closed days that come next; return how many days there were."""
    _lock()
    days = settings.next_days(_DAYS_AT_ONCE)
    if not days:
        return 0
    for currency in _currencies():
        asked = Period(days[0], days[-1], {"currency": currency})
        _write_down(asked, journal.bookings(asked, everything=True))
    frappe.db.set_single_value(settings.NAME, "sent_until", days[-1])
    frappe.clear_document_cache(settings.NAME, settings.NAME)
    return len(days)


def _lock() -> None:
    """Two runs wait for each other."""
    single = frappe.qb.DocType("Singles")
    frappe.qb.from_(single).select(single.value).where(single.doctype == settings.NAME).for_update().run()


def _currencies() -> list[str]:
    found = set()
    for doctype in ("Microcredit", "Microcredit Fund"):
        table = frappe.qb.DocType(doctype)
        found |= {name for (name,) in frappe.qb.from_(table).select(table.currency).distinct().run() if name}
    return sorted(found)


def _write_down(asked: Period, bookings: Iterable[Booking]) -> None:
    accrued: dict[tuple[date, str], list[tuple[str, Line]]] = {}
    for booking in bookings:
        if booking.kind == ACCRUAL:
            key = (booking.voucher.day, booking.loan["programme"] or "")
            lines = accrued.setdefault(key, [])
            lines += [(booking.loan["product"] or "", line) for line in booking.voucher.lines]
        else:
            _insert_entry(asked, booking)
    for (day, programme), lines in sorted(accrued.items()):
        _insert(
            {
                "posting_key": f"{ACCRUAL} {day} {programme or '-'} {asked.currency}",
                "day": day,
                "kind": ACCRUAL,
                "programme": programme or None,
                "currency": asked.currency,
            },
            lines,
        )


def _insert_entry(asked: Period, booking: Booking) -> None:
    source = booking.voucher.source
    values = {
        "posting_key": source,
        "day": booking.voucher.day,
        "kind": booking.kind,
        "microcredit": booking.loan["name"],
        "programme": booking.loan["programme"],
        "currency": asked.currency,
    }
    if booking.is_of_fund:
        values["fund_movement"] = source
    else:
        values["ledger_entry"] = source
        taken_back = frappe.db.get_value("Microcredit Ledger Entry", source, "reverses")
        values["reverses"] = taken_back and frappe.db.get_value(_POSTING, {"posting_key": taken_back})
    _insert(values, [(booking.loan["product"] or "", line) for line in booking.voucher.lines])


def _insert(values: dict[str, Any], lines: list[tuple[str, Line]]) -> None:
    if frappe.db.exists(_POSTING, {"posting_key": values["posting_key"]}):
        return
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for product, line in lines:
        both = sums.setdefault((product, line.account), [Decimal(0), Decimal(0)])
        both[0] += line.debit
        both[1] += line.credit
    stored = [
        [product, account, str(debit), str(credit)] for (product, account), (debit, credit) in sums.items()
    ]
    doc = frappe.new_doc(_POSTING)
    doc.update({**values, "status": "To Send", "lines": json.dumps(stored), "tries": 0})
    doc.total = float(total_of(line for _product, line in lines))
    doc.flags.by_ledger = True
    # Nobody may create postings by hand; they follow from the ledger.
    doc.insert(ignore_permissions=True)


def send_all() -> dict[str, int]:
    """Post all that waits or failed before, each by itself; return how many were posted and how many failed."""
    done = {"posted": 0, "failed": 0}
    posting = frappe.qb.DocType(_POSTING)
    query = (
        frappe.qb.from_(posting)
        .select(posting.name)
        .where(posting.status.isin(_WAITING))
        .orderby(posting.day)
        .orderby(posting.name)
    )
    rules = chart.read()
    for number, (name,) in enumerate(query.run()):
        done["posted" if send(name, rules) else "failed"] += 1
        commit()
        if number % _BATCH == _BATCH - 1:
            rules = chart.read()
    return done


def send(name: str, rules: Chart) -> bool:
    """Post one entry; note the Journal Entry that it became, or why ERPNext did not take it."""
    row = frappe.db.get_value(_POSTING, name, "*", as_dict=True, for_update=True)
    if row.status not in _WAITING:
        return row.status == "Posted"
    frappe.db.savepoint("journal_posting")
    try:
        entry = _general_entry(row, rules)
        made = erpnext.post(entry) if entry.lines else None
    except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
        raise
    # Whatever another app refuses, in whatever way, is a reason that a person reads; the next entry is tried all the same.
    except Exception as refused:
        frappe.db.rollback(save_point="journal_posting")
        problem = strip_html(str(refused)).strip() or type(refused).__name__
        _note(name, status="Failed", problem=problem[:500], tries=row.tries + 1)
        frappe.clear_messages()
        return False
    _note(
        name,
        status="Posted",
        journal_entry=made,
        company=entry.company,
        cost_center=entry.cost_center,
        sent_at=now_datetime(),
        problem=None,
        tries=row.tries + 1,
    )
    return True


def _general_entry(row: Any, rules: Chart) -> GeneralEntry:
    target = settings.target_of(row.programme)
    if not target:
        frappe.throw(_("No company is set for {0}.").format(row.programme or _("loans without a programme")))
    lines, without = [], set()
    for product, account, debit, credit in json.loads(row.lines):
        rule = rules.rule_for(account, Place(row.programme or "", product), getdate(row.day))
        if rule and rule.target:
            lines.append((rule.target, Line(account, to_decimal(debit), to_decimal(credit))))
        else:
            without.add(_(chart.LABEL_OF[account]))
    if without:
        frappe.throw(_("No rule says which ERPNext account this is: {0}.").format(", ".join(sorted(without))))
    parts = [
        _(row.kind),
        row.microcredit,
        row.ledger_entry,
        row.reverses and _("reverses {0}").format(row.reverses),
    ]
    remark = " · ".join(str(part) for part in parts if part)
    return GeneralEntry(
        key=row.posting_key,
        company=target.company,
        cost_center=target.cost_center,
        day=getdate(row.day),
        currency=row.currency,
        remark=remark,
        lines=netted(lines),
    )


def _note(name: str, **values: Any) -> None:
    frappe.db.set_value(_POSTING, name, values)


def take_back(name: str, reason: str) -> None:
    """Cancel the Journal Entry of a posting, with a reason: it went to the wrong account or company. It can be sent again."""
    row = frappe.db.get_value(_POSTING, name, ["status", "journal_entry"], as_dict=True, for_update=True)
    if row.status != "Posted":
        frappe.throw(_("Only what is posted can be taken back."), title=_("Not Possible"))
    if not (reason or "").strip():
        frappe.throw(_("Write the reason."), title=_("Reason Missing"))
    if row.journal_entry:
        erpnext.cancel(row.journal_entry)
    _note(name, status="Taken Back", problem=reason.strip()[:500])


def send_again(name: str) -> None:
    """Put what was taken back, or failed, in the line again. Its accounts are those of the rules as they are then."""
    status = frappe.db.get_value(_POSTING, name, "status", for_update=True)
    if status not in ("Taken Back", "Failed"):
        frappe.throw(_("Only what was taken back or failed is sent again."), title=_("Not Possible"))
    _note(name, status="To Send", problem=None, journal_entry=None)
