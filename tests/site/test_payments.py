"""A worker that is killed while it posts a file of payments: every row is in or out, and the next worker goes on; nothing twice.

And two workers that post files with the same payments at once.
"""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate
from openpyxl import Workbook
from sweeping import OF_LOANS, swept

from social_crm.microcredit import factories as make
from social_crm.microcredit.services.payments import actions, checking, posting, state

ROWS, PAID = 60, 1000
CHILD = """
import os, sys, frappe
sites, site, name, token = sys.argv[1:]
os.chdir(sites)
frappe.init(site=site)
frappe.connect()
from social_crm.microcredit.services.payments import posting
posting.run(name, token, "Administrator")
"""
MADE = (
    "Microcredit Payment Share",
    "Microcredit Payment Row",
    "Microcredit Payment Column",
    "Microcredit Payment Batch",
)


@pytest.fixture
def loans():
    """Two loans that are in the database, as a worker of its own sees them; afterwards all that was made is swept away."""
    with swept(*MADE, *OF_LOANS):
        make.make_team()
        found = [make.make_loan(40).name for _turn in range(2)]
        frappe.db.commit()
        yield found


def checked(loans, name):
    """A checked batch of many small payments, half of them for each loan; the same in every file."""
    book = Workbook()
    book.active.append(("Fecha", "Nro. Crédito", "Comprobante", "Valor"))
    for number in range(ROWS):
        day = f"{getdate(add_days(nowdate(), -3)):%d/%m/%Y}"
        book.active.append((day, loans[number % 2], f"KILL-{number}", PAID))
    stream = io.BytesIO()
    book.save(stream)
    file = frappe.get_doc(
        {"doctype": "File", "file_name": name, "is_private": 1, "content": stream.getvalue()}
    )
    doc = frappe.get_doc(
        {"doctype": "Microcredit Payment Batch", "payment_file": file.insert().file_url}
    ).insert()
    actions.check(doc.name, json.dumps({}))
    token = frappe.db.get_value("Microcredit Payment Batch", doc.name, "run_token")
    checking.run(doc.name, token, "Administrator")
    frappe.db.commit()
    assert frappe.db.get_value("Microcredit Payment Batch", doc.name, "status") == "Ready"
    return doc.name


def start(name):
    token = state.RUNS.begin(name, state.POSTING, "Administrator")
    frappe.db.commit()
    words = [sys.executable, "-c", CHILD, str(Path.cwd()), frappe.local.site, name, token]
    return subprocess.Popen(words, start_new_session=True)


def posted(loans):
    frappe.db.rollback()  # a new snapshot
    return frappe.db.count("Microcredit Repayment", {"microcredit": ["in", loans], "docstatus": 1})


def check_books(loans, name):
    """Rows, repayments and entries agree, and the file's total is what was posted, is pending or was set aside."""
    frappe.db.rollback()
    done = frappe.get_all("Microcredit Payment Row", {"batch": name, "result": "Posted"}, pluck="name")
    paid = frappe.get_all(
        "Microcredit Payment Share",
        {"parent": ["in", done or [""]], "repayment": ["is", "set"]},
        pluck="repayment",
    )
    assert len(paid) == len(set(paid)) == len(done)
    found = state.figures(name)
    assert found.total == found.posted + found.pending + found.dismissed == ROWS * PAID
    assert found.posted == len(done) * PAID
    return len(done)


def test_a_killed_worker_leaves_whole_payments_and_the_next_goes_on(loans):
    name = checked(loans, "muere.xlsx")
    worker = start(name)
    try:
        until = time.monotonic() + 120
        while posted(loans) < 5 and time.monotonic() < until:
            assert worker.poll() is None, "the worker ended by itself"
            time.sleep(0.05)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    part = posted(loans)
    assert 5 <= part < ROWS
    assert frappe.db.get_value("Microcredit Payment Batch", name, "status") == state.POSTING
    assert check_books(loans, name) == part
    # The scheduler finds it once it has given no sign of life for a while.
    state.RUNS.set_values(name, heartbeat="2026-01-01 00:00:00")
    posting.resume_stalled()
    token = frappe.db.get_value("Microcredit Payment Batch", name, "run_token")
    frappe.db.commit()
    frappe.flags.in_test = False
    try:
        posting.run(name, token, "Administrator")
    finally:
        frappe.flags.in_test = True
    assert frappe.db.get_value("Microcredit Payment Batch", name, "status") == "Finished"
    assert check_books(loans, name) == ROWS == posted(loans)
    entries = frappe.db.count("Microcredit Ledger Entry", {"microcredit": ["in", loans], "kind": "Payment"})
    assert entries == ROWS


def test_two_files_with_the_same_payments_that_are_posted_at_once(loans):
    names = [checked(loans, f"dos-{number}.xlsx") for number in range(2)]
    workers = [start(name) for name in names]
    for worker in workers:
        assert worker.wait(timeout=240) == 0
    assert posted(loans) == ROWS
    done = [check_books(loans, name) for name in names]
    assert sum(done) == ROWS
    duplicates = [
        frappe.db.count("Microcredit Payment Row", {"batch": name, "result": "Duplicate"}) for name in names
    ]
    assert duplicates == [ROWS - done[0], ROWS - done[1]]
