"""The shipped files are read and refused without a site."""

import json
from pathlib import Path

import pytest

from social_crm.shipping.sources import ShippedFileError, load_sources, version_of

APP = Path(__file__).parents[2] / "social_crm"


def write(folder: Path, path: str, content: object) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def test_every_shipped_file_of_the_app_can_be_read():
    sources = load_sources(APP)
    assert len(sources) == len({(one.doctype, one.name) for one in sources})
    assert {"Authorisation Text", "Vulnerability Type", "Notification"} <= {one.doctype for one in sources}


def test_masters_come_before_what_may_name_them():
    kinds = [one.kind for one in load_sources(APP)]
    assert kinds == sorted(kinds, key=["Master", "Workflow", "Print Format", "Notification"].index)


def test_the_html_beside_a_print_format_belongs_to_it(tmp_path):
    write(tmp_path, "print_formats/sheet.json", {"doctype": "Print Format", "name": "Sheet"})
    write(tmp_path, "print_formats/sheet.html", "<p>Ñ</p>")
    (one,) = load_sources(tmp_path)
    assert one.values["html"] == "<p>Ñ</p>"
    write(tmp_path, "print_formats/sheet.html", "<p>other</p>")
    assert load_sources(tmp_path)[0].version != one.version


def test_the_version_depends_on_content_alone():
    assert version_of({"a": 1, "b": [{"c": 2}]}) == version_of({"b": [{"c": 2}], "a": 1})
    assert version_of({"a": 1}) != version_of({"a": 2})


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("workflow/a.json", "{", "not a JSON file"),
        ("workflow/a.json", [], "one document"),
        ("workflow/a.json", {"doctype": "Workflow"}, "'name' is missing"),
        ("workflow/a.json", {"doctype": "Print Format", "name": "A"}, "of DocType Workflow"),
        ("workflow/a.json", {"doctype": "Workflow", "name": "A", "modified": "x"}, "belong to a site"),
        ("workflow/a.json", {"doctype": "Workflow", "name": "A", "states": [{"idx": 1}]}, "belong to a site"),
        ("workflow/a.json", {"doctype": "Workflow", "name": "A", "states": [{"name": "x"}]}, "child rows"),
        ("workflow/a.json", {"doctype": "Workflow", "name": "A", "states": ["x"]}, "must hold rows"),
    ],
)
def test_a_wrong_file_is_named_with_what_to_change(tmp_path, path, content, words):
    write(tmp_path, path, content)
    with pytest.raises(ShippedFileError, match=words) as error:
        load_sources(tmp_path)
    assert path in str(error.value)


def test_a_row_shipped_twice_is_refused(tmp_path):
    for path in ("masters/one.json", "masters/deep/two.json"):
        write(tmp_path, path, {"doctype": "Vulnerability Type", "name": "Same"})
    with pytest.raises(ShippedFileError, match="already in"):
        load_sources(tmp_path)
