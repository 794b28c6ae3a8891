"""The check of domain code finds each way out of it."""

import pytest

from local_bench.checks import purity

DOMAIN = "social_crm/microcredit/domain/schedule.py"
CLEAN = """
from __future__ import annotations
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from social_crm.social_crm.domain.names import search_key

@dataclass(frozen=True)
class Row:
    due: date
    amount: Decimal

def rows(count: int) -> tuple[Row, ...]:
    return tuple(Row(date(2026, 1, 1), Decimal(number)) for number in range(count))
"""


def test_clean_domain_code_passes(house):
    assert purity.findings(house({DOMAIN: CLEAN})) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import frappe", "imports frappe"),
        ("from frappe.utils import flt", "imports frappe.utils"),
        ("import os", "imports os"),
        ("from pathlib import Path", "imports pathlib"),
        ("import requests", "imports requests"),
        ("from social_crm.microcredit import services", "not domain code"),
        ("x = date.today()", "reads the clock"),
        ("x = datetime.datetime.now()", "reads the clock"),
        ("text = open('x').read()", "calls open()"),
        ("print('x')", "calls print()"),
        ("while True:\n    break", "`while`"),
        ("for n in itertools.count():\n    break", "never ends"),
        ("for n in iter(f, None):\n    pass", "sentinel"),
        ("@dataclass\nclass Loose:\n    x: int", "not frozen"),
        ("def f():\n    global state\n    state = 1", "global variable"),
    ],
)
def test_each_way_out_is_found(house, line, said):
    found = purity.findings(house({DOMAIN: f"{CLEAN}\n{line}\n"}))
    assert len(found) == 1
    assert said in found[0]
    assert DOMAIN in found[0]


def test_door_for_auditors_may_read_and_print(house):
    root = house(
        {"social_crm/microcredit/domain/__main__.py": "import sys\nprint(open(sys.argv[1]).read())\n"}
    )
    assert purity.findings(root) == []


def test_package_above_domain_imports_nothing(house):
    root = house({DOMAIN: CLEAN, "social_crm/microcredit/__init__.py": "import frappe\n"})
    assert [text for text in purity.findings(root) if "social_crm/microcredit/__init__.py" in text]
