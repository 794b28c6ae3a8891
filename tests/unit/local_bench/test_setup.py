"""What decides whether a bench can be set up: the Python, the packages, the app's own metadata."""

import subprocess
import sys
from pathlib import Path

import pytest

from local_bench import debian, demo, python_env, site
from local_bench.bench import Bench
from local_bench.debian import Need
from local_bench.errors import BenchError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("version", [(3, 9, 18), (3, 12, 1), (3, 13, 0), (2, 7, 18)])
def test_other_pythons_are_refused_by_name(version):
    with pytest.raises(BenchError, match=rf"this is Python {'.'.join(map(str, version))}"):
        python_env.check_python(version)


def test_entry_point_refuses_a_named_python_that_is_none():
    environment = {"SOCIAL_CRM_PYTHON": "/bin/true", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run([ROOT / "run", "help"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "/bin/true" in done.stderr


def test_needs_are_met_by_program_library_or_file(tmp_path):
    assert Need("x", programs=("no-such-program", "sh")).is_met()
    assert Need("x", library="c").is_met()
    assert Need("x", file=__file__).is_met()
    assert not Need(
        "x", programs=("no-such-program",), library="no-such-library", file=str(tmp_path / "no")
    ).is_met()


def test_missing_packages_are_named_in_the_command_to_type(tmp_path, monkeypatch):
    # The message is for people who are not root, and tests may run as root.
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "apt-get").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "apt-get").chmod(0o755)
    with pytest.raises(BenchError, match="sudo apt-get install --no-install-recommends left-pad"):
        debian.ensure((Need("left-pad", programs=("no-such-program",)),), tmp_path / "log")


def test_demo_users_are_read_without_importing_the_app():
    users = demo.demo_users()
    assert len(users) >= 10
    assert all("@" in email and role and name for email, role, name in users)


@pytest.mark.parametrize(("made_with", "asked_again"), [(None, 207), (20, 20)])
def test_a_demo_is_asked_for_again_with_its_own_size(tmp_path, monkeypatch, made_with, asked_again):
    monkeypatch.delenv("SOCIAL_CRM_DEMO_FAMILIES", raising=False)
    calls = []
    # A demo takes minutes on a site of its own; here only what is asked of Frappe matters.
    monkeypatch.setattr(site, "frappe", lambda bench, *words: calls.append(words))
    bench = Bench(tmp_path)
    site.refuse_another_size(bench, 5)  # nothing is there yet
    site.load_demo(bench, made_with)
    assert repr({"families": asked_again}) in calls[0]
    site.refuse_another_size(bench, asked_again)
    site.refuse_another_size(bench, None)
    with pytest.raises(BenchError, match=r"--families 21.*reset"):
        site.refuse_another_size(bench, 21)
    site.load_demo(bench, made_with)
    assert len(calls) == 1


def test_every_dependency_of_the_app_is_known_to_pip_check():
    assert any(text.startswith("rapidfuzz") for text in python_env.app_requirements())
    assert python_env.app_version() != "0.0.0"


def test_lock_of_build_tools_is_part_of_the_lock():
    first = python_env._first(python_env.LOCKS / "bench.txt")
    assert "setuptools==" in first
    assert first.count("--hash=sha256:") > 2
    assert "werkzeug" not in first


def test_supported_versions_agree_with_the_entry_point():
    line = next(line for line in (ROOT / "run").read_text().splitlines() if line.startswith("supported="))
    named = {tuple(map(int, word.split("."))) for word in line.partition("=")[2].strip('"').split()}
    assert named == set(python_env.SUPPORTED)
    assert sys.version_info[:2] in python_env.SUPPORTED
