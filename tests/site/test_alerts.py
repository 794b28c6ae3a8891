"""Workers that send alerts at the same time, and one that is killed while it sends: each alert goes out once.

Real processes on the real site, and a gateway on this machine that counts what it is asked to send.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import getdate
from sweeping import OF_LOANS, swept

from social_crm.microcredit import factories as make
from social_crm.microcredit.alert_cases import Gateway, make_email_account
from social_crm.microcredit.domain.alerts import sending_day
from social_crm.microcredit.services.alerts import rules
from social_crm.microcredit.services.alerts.sending import OPEN
from social_crm.social_crm.doctype.data_authorisation.test_data_authorisation import decide

LOANS, WORKERS = 6, 4
ALERT, QUEUE = "Microcredit Alert", "Email Queue"
# One night and the hour after it, as the scheduler runs them, from the same moment on in every worker.
CHILD = """
import os, sys, time
from datetime import datetime
import frappe
sites, site, moment, start = sys.argv[1:]
os.chdir(sites)
frappe.init(site=site)
frappe.connect()
from social_crm.microcredit.services.alerts import sending
moment = datetime.fromisoformat(moment)
time.sleep(max(0, float(start) - time.time()))
print(sending.run(moment))
"""
MADE = (
    QUEUE,
    "Email Account",
    ALERT,
    rules.RULE,
    "Contact Email",
    "Contact Phone",
    "Dynamic Link",
    "Contact",
    "Data Authorisation",
    "Authorisation Text",
)


@pytest.fixture
def gateway():
    """A gateway that takes its time, set in the site."""
    service, settings = Gateway(), frappe.get_doc("SMS Settings")
    names = ("sms_gateway_url", "message_parameter", "receiver_parameter")
    before = {name: settings.get(name) for name in names}
    set_gateway(dict(zip(names, (service.url, "text", "to"), strict=True)))
    yield service
    frappe.db.rollback()
    set_gateway(before)
    service.close()


def set_gateway(values):
    settings = frappe.get_doc("SMS Settings")
    settings.update(values)
    settings.flags.ignore_mandatory = True
    settings.save()
    frappe.db.commit()
    frappe.clear_document_cache("SMS Settings", "SMS Settings")


@pytest.fixture
def night(gateway):
    """Loans of people who may be written to, one rule for them and one for the officer; no other rule or alert is open."""
    used = frappe.get_all(rules.RULE, {"enabled": 1}, pluck="name")
    waiting = frappe.get_all(ALERT, {"status": ["in", OPEN]}, ["name", "status"])
    with swept(*MADE, *OF_LOANS):
        frappe.db.set_value(rules.RULE, {"name": ["in", used or [""]]}, "enabled", 0)
        for alert in waiting:
            frappe.db.set_value(ALERT, alert.name, "status", "Not Sent")
        make_email_account()
        make.make_team()
        for number in range(LOANS):
            borrower = make.make_borrower()
            contact = frappe.new_doc("Contact")
            contact.first_name = f"Deudora {number}"
            contact.append("links", {"link_doctype": "Beneficiary", "link_name": borrower})
            contact.append("phone_nos", {"phone": f"300 123 450{number}", "is_primary_mobile_no": 1})
            contact.insert()
            decide(borrower, purpose="Programme Services")
            loan = make.make_loan(beneficiary=borrower)
        for recipient, channel in (("Borrower", "SMS"), ("Credit Officer", "Email")):
            frappe.get_doc(
                {
                    "doctype": rules.RULE,
                    "rule_name": f"Simultánea {channel}",
                    "recipient": recipient,
                    "channel": channel,
                    "moment": "Before the Due Date",
                    "days": 3,
                    "late_by": 5,
                    "authorisation_purpose": "Programme Services",
                    "subject": "Vence {credito}",
                    "message": "{deudor}: {valor} vence el {fecha}",
                }
            ).insert()
        frappe.db.commit()
        yield SimpleNamespace(gateway=gateway, moment=moment_for(getdate(loan.next_due_date)))
    for name in used:
        frappe.db.set_value(rules.RULE, name, "enabled", 1)
    for alert in waiting:
        frappe.db.set_value(ALERT, alert.name, "status", alert.status)
    frappe.db.commit()


def moment_for(due):
    """Ten o'clock on the day on which the alerts of these rules go out."""
    rule = rules.in_use()[0]
    day = sending_day(due, rules.timing_of(rule), rules.holidays_around(due))
    return datetime.combine(day, datetime.min.time()).replace(hour=10)


def start(night, count):
    """Start workers that begin at the same moment."""
    begin = str(time.time() + 6)
    words = [sys.executable, "-c", CHILD, str(Path.cwd()), frappe.local.site, night.moment.isoformat(), begin]
    return [subprocess.Popen(words, start_new_session=True) for _turn in range(count)]


def alerts(**filters):
    frappe.db.rollback()  # a new snapshot
    return frappe.get_all(ALERT, filters=filters, fields=["name", "status", "tries", "destination"])


def test_many_nights_at_once_send_each_alert_once(night):
    night.gateway.wait = 0.2
    assert [worker.wait(timeout=240) for worker in start(night, WORKERS)] == [0] * WORKERS
    texts = alerts(channel="SMS")
    assert Counter((row.status, row.tries) for row in texts) == {("Sent", 1): LOANS}
    sent = Counter(number for number, _text in night.gateway.messages)
    assert sent == {f"57300123450{number}": 1 for number in range(LOANS)}
    mails = alerts(channel="Email")
    assert Counter((row.status, row.tries) for row in mails) == {("Queued", 1): LOANS}
    queued = frappe.get_all(QUEUE, {"reference_doctype": ALERT}, pluck="reference_name")
    assert sorted(name for name in queued if name in {row.name for row in mails}) == sorted(
        row.name for row in mails
    )


def test_a_worker_that_is_killed_while_it_sends_leaves_nothing_to_be_sent_twice(night):
    night.gateway.wait = 60
    (worker,) = start(night, 1)
    try:
        until = time.monotonic() + 120
        while not night.gateway.messages and time.monotonic() < until:
            assert worker.poll() is None, "the worker ended by itself"
            time.sleep(0.05)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    ((number, _text),) = night.gateway.messages
    assert Counter(row.status for row in alerts(channel="SMS")) == {"Unconfirmed": 1, "Waiting": LOANS - 1}
    night.gateway.wait = 0
    assert [worker.wait(timeout=240) for worker in start(night, 2)] == [0, 0]
    assert Counter(row.status for row in alerts(channel="SMS")) == {"Unconfirmed": 1, "Sent": LOANS - 1}
    sent = Counter(to for to, _text in night.gateway.messages)
    assert sent == {f"57300123450{one}": 1 for one in range(LOANS)}
    assert number in sent
