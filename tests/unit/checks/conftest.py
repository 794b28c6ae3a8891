"""A small source tree to hold the checks against."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

House = Callable[[dict[str, object]], Path]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Write files (texts, or objects as JSON) into a tree that has the least an app needs; its root."""

    def build(files: dict[str, object]) -> Path:
        least: dict[str, object] = {
            "social_crm/__init__.py": "",
            "social_crm/modules.txt": "",
            "social_crm/patches.txt": "[pre_model_sync]\n\n[post_model_sync]\n",
            "social_crm/install.py": "ROLES = ()\n",
            "social_crm/translations/es.csv": "",
            "tests/data/doctype_names.txt": "# name<TAB>apps\nStudent\tframe/education\nBeneficiary\tother/app\n",
        }
        for name, content in {**least, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return tmp_path

    return build


@pytest.fixture
def doctype() -> Callable[..., dict[str, object]]:
    """Makes the JSON of a DocType from its name and fields."""
    return lambda name, *fields, **more: {"doctype": "DocType", "name": name, "fields": list(fields), **more}
