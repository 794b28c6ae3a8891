"""The pytest side of tests that run inside Frappe: connect to the site, roll back after each test.

The site comes from FRAPPE_TEST_SITES (the sites folder) and FRAPPE_SITE. The tests folder itself knows
nothing of how the bench was made: the same tests run on the local bench and on an official one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import frappe
import pytest


@pytest.fixture(scope="session", autouse=True)
def site() -> Iterator[str]:
    """Connect to the site once; its name."""
    name = os.environ["FRAPPE_SITE"]
    os.chdir(os.environ["FRAPPE_TEST_SITES"])
    frappe.init(site=name)
    frappe.connect()
    frappe.flags.in_test = True
    frappe.flags.mute_emails = True
    yield name
    frappe.db.rollback()
    frappe.destroy()


@pytest.fixture(autouse=True)
def untouched(site: str) -> Iterator[None]:
    """Begin as Administrator, and undo whatever the test wrote without committing."""
    frappe.set_user("Administrator")
    yield
    frappe.db.rollback()
    frappe.set_user("Administrator")
    frappe.local.message_log = []
    frappe.local.document_cache = {}
    frappe.cache.delete_keys("document_cache::")
