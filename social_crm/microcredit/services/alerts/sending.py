"""Sends what was written down, each alert by itself, and keeps what became of it.

An e-mail enters the platform's queue in the transaction that says so: both happen or neither. An SMS leaves the site for good, so
its row is first committed as Unconfirmed, then sent, then called Sent: a worker that dies in between leaves a row that nobody
sends again by itself, and that an officer sees. What the service refused, or what never left, is tried again in the next hour.

Two runs at once meet in the same rows: the database undoes a step of one of them, which takes it again from its beginning.
"""

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import frappe
from frappe.query_builder import DocType
from frappe.utils import getdate, now_datetime

from social_crm.microcredit.domain import alerts as domain
from social_crm.microcredit.services import ledger
from social_crm.microcredit.services.alerts import channels, finding, recipients, rules
from social_crm.microcredit.services.alerts.channels import Mail, NoAnswerError, NotAcceptedError
from social_crm.microcredit.services.alerts.texts import values_of
from social_crm.microcredit.services.money import to_decimal

ALERT = finding.ALERT
OPEN = ("Waiting", "To Try again")
# A run hands the rest to the next hour; no queue of the platform kills a job before.
RUN_SECONDS = 1200
# A service that refuses so many in a row is down: the others wait for the next hour.
_REFUSALS_IN_A_ROW = 3
# How often a step is taken that the database undid because of another run.
_TRIES = 6
_NO_CHANNEL = {rules.SMS: "SMS is not Set up", rules.EMAIL: "E-mail is not Set up"}


Result = TypeVar("Result")


def nightly() -> None:
    """Scheduler: write down what is to go out today."""
    _taken_again(_write_down, getdate())


def hourly() -> None:
    """Scheduler: send within the hours of the day what waits; also what the night missed."""
    run(now_datetime())


def run(moment: datetime, run_seconds: float = RUN_SECONDS) -> dict[str, int]:
    """Send what waits at a moment, committing alert by alert; return how many had which result."""
    today = moment.date()
    done: dict[str, int] = {}
    _taken_again(_follow_queue)
    _taken_again(_give_up, today)
    if not domain.may_write_at(moment, rules.settings().hours, rules.holidays_around(today)):
        return done
    _taken_again(_write_down, today)
    until = time.monotonic() + run_seconds
    refused = 0
    for channel, is_set_up in (
        (rules.SMS, channels.sms_is_set_up()),
        (rules.EMAIL, channels.email_is_set_up()),
    ):
        if not is_set_up:
            _taken_again(_say_not_set_up, channel)
            continue
        for name in _waiting(channel, today):
            if time.monotonic() > until or refused >= _REFUSALS_IN_A_ROW:
                break
            result = _taken_again(send, name, moment)
            done[result] = done.get(result, 0) + 1
            refused = refused + 1 if result == "To Try again" else 0
        refused = 0
    return done


def commit() -> None:
    """Keep what is done. Tests roll everything back; a commit there would leave their rows."""
    if not frappe.flags.in_test:
        frappe.db.commit()


def _taken_again(step: Callable[..., Result], *arguments: Any) -> Result:
    """Take a step that ends with a commit, again if the database undid it; nothing of it had left the site by then."""
    for turn in range(_TRIES):
        try:
            return step(*arguments)
        except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
            if frappe.flags.in_test or turn == _TRIES - 1:
                raise
            frappe.db.rollback()
            time.sleep(0.1 * (turn + 1))
    raise AssertionError("unreachable")


def _write_down(today: date) -> None:
    finding.write_down(today)
    commit()


def send(name: str, moment: datetime | None = None) -> str:
    """Send one alert at a moment (now) if it still waits and may go out; return its status after it."""
    moment = moment or now_datetime()
    today = moment.date()
    alert = frappe.db.get_value(ALERT, name, "*", as_dict=True, for_update=True)
    if alert.status not in OPEN:
        commit()
        return alert.status
    rule = frappe.get_cached_doc(rules.RULE, alert.rule)
    reason = recipients.refusal(alert, rule)
    instalment = None if reason else _owed(alert, today)
    if not reason and isinstance(instalment, str):
        reason = instalment
    if reason:
        return _note(alert, "Not Sent", reason=reason)
    to, reason = recipients.destination(alert, rule, rules.settings().country_code)
    if reason:
        return _note(alert, "Not Sent", reason=reason)
    if wait := recipients.lately(alert, today):
        return _note(alert, "Waiting", reason=wait)
    return _hand_over(alert, rule, to, instalment, moment)


def _hand_over(alert: Any, rule: Any, to: str, instalment: Any, moment: datetime) -> str:
    values = values_of(alert, instalment, moment.date())
    text = domain.render(rule.message, values)
    kept = {
        "message": text,
        "destination": domain.masked(to),
        "tries": alert.tries + 1,
        "sent_at": moment,
    }
    if alert.channel == rules.EMAIL:
        frappe.db.savepoint("microcredit_alert")
        try:
            queued = channels.queue_email(Mail(alert.name, to, domain.render(rule.subject, values), text))
        except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
            raise
        # Whatever is wrong with one address or account, the next alert is tried all the same.
        except Exception as refused:
            frappe.db.rollback(save_point="microcredit_alert")
            frappe.clear_messages()
            return _failed(alert, alert.tries + 1, type(refused).__name__)
        if queued:
            return _note(alert, "Queued", reason=None, detail=None, **kept)
        return _note(alert, "Not Sent", reason="Not Accepted by the Service", **kept)
    _note(alert, "Unconfirmed", reason="No Answer from the Service", detail=None, **kept)
    try:
        channels.write_sms(to, text)
    except NotAcceptedError as refused:
        return _taken_again(_failed, alert, kept["tries"], str(refused))
    except NoAnswerError as silent:
        return _taken_again(_answered, alert, "Unconfirmed", str(silent)[:140])
    return _taken_again(_answered, alert, "Sent")


def _answered(alert: Any, status: str, detail: str | None = None) -> str:
    """Note what the service did with an SMS; until then its row says that nobody knows."""
    return _note(alert, status, detail=detail, **({"reason": None} if status == "Sent" else {}))


def _failed(alert: Any, tries: int, answer: str) -> str:
    status = "To Try again" if tries < rules.settings().max_tries else "Not Sent"
    reason = "Not Accepted by the Service"
    return _note(alert, status, reason=reason, detail=answer[:140], tries=tries, sent_at=None)


def _owed(alert: Any, today: date) -> Any:
    """Return what is still unpaid of the alert's instalment, or why there is nothing to say any more."""
    loan = frappe.db.get_value("Microcredit", alert.microcredit, ["status", "position_as_of"], as_dict=True)
    if loan.position_as_of and getdate(loan.position_as_of) < today == getdate():
        # The night did not reach it yet: amounts are those of today.
        ledger.refresh(alert.microcredit)
        loan = frappe.db.get_value("Microcredit", alert.microcredit, ["status"], as_dict=True)
    if loan.status not in ("Active", "In Arrears"):
        return "Nothing is Owed"
    row = frappe.db.get_value(
        "Microcredit Instalment",
        {"parent": alert.microcredit, "parenttype": "Microcredit", "due_date": alert.due_date},
        ["number", "unpaid", "due_date"],
        as_dict=True,
    )
    if not row:
        return "Other Dates Agreed"
    return row if to_decimal(row.unpaid) > 0 else "Nothing is Owed"


def _waiting(channel: str, today: date) -> list[str]:
    table = DocType(ALERT)
    query = (
        frappe.qb.from_(table)
        .select(table.name)
        .where(table.status.isin(OPEN) & (table.channel == channel))
        .where((table.send_from <= today) & (table.send_until >= today))
        .orderby(table.send_from)
        .orderby(table.name)
    )
    return [name for (name,) in query.run()]


def _say_not_set_up(channel: str) -> None:
    """Say in the list why nothing goes out: one statement, however many wait."""
    table = DocType(ALERT)
    (
        frappe.qb.update(table)
        .set(table.reason, _NO_CHANNEL[channel])
        .where(table.status.isin(OPEN) & (table.channel == channel))
        .run()
    )
    commit()


def _give_up(today: date) -> None:
    """Close what was not sent in time: the reason that it had stays, and without one it came too late."""
    table = DocType(ALERT)
    late = table.status.isin(OPEN) & (table.send_until < today)
    unsaid = table.reason.isnull() | (table.reason == "")
    frappe.qb.update(table).set(table.reason, "Too Late").where(late & unsaid).run()
    frappe.qb.update(table).set(table.status, "Not Sent").where(late).run()
    commit()


def _follow_queue() -> None:
    """Learn from the platform's queue what became of e-mails: sent, or refused by the mail server."""
    table, queue = DocType(ALERT), DocType("Email Queue")
    rows = (
        frappe.qb.from_(table)
        .join(queue)
        .on((queue.reference_doctype == ALERT) & (queue.reference_name == table.name))
        .select(table.name, table.tries, queue.status)
        .where((table.status == "Queued") & queue.status.isin(("Sent", "Error")))
        .orderby(queue.creation)
        .run(as_dict=True)
    )
    # Of an e-mail that was sent again the last one tells.
    last = {row.name: row for row in rows if channels.queued(row.name) == row.status}
    for row in last.values():
        if row.status == "Sent":
            _note(row, "Sent", reason=None, detail=None)
        else:
            _failed(row, row.tries, "")


def _note(alert: Any, status: str, **values: Any) -> str:
    frappe.db.set_value(ALERT, alert.name, {"status": status, **values})
    commit()
    return status
