"""Frappe is rebuilt from one wheel and no other, and every renamed word comes back."""

import zipfile

import pytest

from local_bench import source
from local_bench.errors import BenchError


@pytest.mark.parametrize(
    ("renamed", "original"),
    [
        ("import criscostack.utils", "import frappe.utils"),
        ("CRISCOSTACK_SITE", "FRAPPE_SITE"),
        ("Criscostack Framework", "Frappe Framework"),
        ("Crisco Technologies", "Frappe Technologies"),
        ("criscoerp.com and Criscoerp", "erpnext.com and ERPNext"),
        ("utils.brik_helper", "utils.bench_helper"),
        ("nothing to do", "nothing to do"),
    ],
)
def test_names_come_back(renamed, original):
    assert source.restore_names(renamed) == original


def test_binary_files_stay_as_they_are():
    assert source.is_binary(b"\x89PNG\r\n\x00criscostack")
    assert source.is_binary(b"\xff\xfe crisco")
    assert not source.is_binary("café crisco".encode())


def test_any_other_wheel_is_refused(tmp_path):
    wheel = tmp_path / source.WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("criscostack/__init__.py", "evil = 1\n")
    with pytest.raises(BenchError, match="not the expected file"):
        source.rebuild(wheel, tmp_path / "app")
    assert not (tmp_path / "app").exists()
