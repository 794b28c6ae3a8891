"""The pytest side of tests that run inside Frappe: connect to the site, roll back after each test.

The site comes from FRAPPE_TEST_SITES (the sites folder) and FRAPPE_SITE. The tests folder itself knows
nothing of how the bench was made: the same tests run on the local bench and on an official one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import frappe
import pytest


def pytest_sessionstart() -> None:
    """Connect before any test file is read: some ask for today's date or a DocType's fields at their top."""
    os.chdir(os.environ["FRAPPE_TEST_SITES"])
    frappe.init(site=os.environ["FRAPPE_SITE"])
    frappe.connect()
    frappe.flags.in_test = True
    frappe.flags.mute_emails = True
    for hook in frappe.get_hooks("before_tests", app_name="social_crm"):
        frappe.get_attr(hook)()


def pytest_sessionfinish() -> None:
    """Leave nothing uncommitted and no connection open."""
    frappe.db.rollback()
    frappe.destroy()


@pytest.fixture(scope="session")
def site() -> str:
    """The name of the site."""
    return frappe.local.site


@pytest.fixture(autouse=True)
def untouched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin as Administrator, and undo whatever the test wrote without committing."""
    frappe.set_user("Administrator")
    yield
    # The app's own test cases undo by themselves, to where the records stand that a whole class uses.
    if not getattr(request.cls, "undoes_itself", False):
        frappe.db.rollback()
    frappe.set_user("Administrator")
    frappe.local.message_log = []
    frappe.local.document_cache = {}
    frappe.cache.delete_keys("document_cache::")
