"""The field app is built anew when, and only when, something it is made of changed."""

import json

import pytest

from local_bench import field_app


@pytest.fixture
def sources(tmp_path, monkeypatch):
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "src" / "main.ts").write_text("1")
    # The real sources belong to the checkout: a test does not write into them.
    monkeypatch.setattr(field_app, "SOURCE", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["src/main.ts", "src/new.ts", "package-lock.json"])
def test_a_source_or_the_lock_makes_a_new_build(sources, name):
    before = field_app.key()
    (sources / name).write_text("2")
    assert field_app.key() != before


@pytest.mark.parametrize("name", ["tests/a.test.ts", "node_modules/x.js"])
def test_tests_and_packages_do_not(sources, name):
    before = field_app.key()
    (sources / name).write_text("2")
    assert field_app.key() == before


def test_the_root_builds_it_and_no_build_is_in_the_repository():
    root = field_app.CHECKOUT
    assert json.loads((root / "package.json").read_text())["scripts"]["build"] == "node frontend/build.mjs"
    assert "social_crm/public/field_app/" in (root / ".gitignore").read_text().splitlines()
    assert field_app.version() in (root / "social_crm" / "__init__.py").read_text()
