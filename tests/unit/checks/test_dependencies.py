"""The check of lock files finds a missing hash, a host name and a package that nobody locked."""

import json

from local_bench.checks import dependencies

GOOD = "segno==1.6.6 \\\n    --hash=sha256:abc\nsix==1.17.0 \\\n    --hash=sha256:def\n"


def test_sound_lock_passes():
    assert dependencies.lock_problems("x.txt", GOOD) == []


def test_missing_hash_and_host_are_found():
    text = GOOD + "rich==1.0\n# from https://example.org/simple\n"
    assert len(dependencies.lock_problems("x.txt", text)) == 2


def test_npm_lock_without_integrity_or_with_a_host_is_found():
    packages = {
        "": {},
        "node_modules/a": {"version": "1"},
        "node_modules/b": {"integrity": "x", "resolved": "https://h/b"},
    }
    assert len(dependencies.npm_problems("lock", json.dumps({"packages": packages}))) == 2


def test_dependency_that_is_not_locked_is_found():
    pyproject = 'dependencies = [\n    "segno>=1.5,<2",\n    "Python_Calamine>=0.2",\n]\n'
    assert dependencies.unlocked(pyproject, GOOD) == ["Python_Calamine"]
