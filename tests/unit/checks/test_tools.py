"""ruff, mypy and node really run: each finds a plain fault."""

import shutil
from pathlib import Path

from local_bench.checks import scripts, style, types

ROOT = Path(__file__).parents[3]


def test_style_finds_an_unused_import_and_a_bad_layout(house):
    root = house({"social_crm/a.py": "import os\n\nx = {  'a':1 }\n"})
    shutil.copy(ROOT / "pyproject.toml", root / "pyproject.toml")
    found = style.findings(root)
    assert any("F401" in text for text in found)
    assert any("a.py: not laid out" in text for text in found)


def test_types_finds_a_wrong_type(house):
    root = house({"social_crm/m/domain/a.py": "def f(x: int) -> str:\n    return x\n"})
    assert ["return-value" in text for text in types.findings(root)] == [True]


def test_scripts_finds_what_does_not_parse_and_what_was_left_over(house):
    root = house({"social_crm/public/js/a.js": "const x = ;\n", "social_crm/public/js/b.js": "debugger;\n"})
    assert len(scripts.findings(root)) == 2
    good = house(
        {"social_crm/public/js/a.js": "const x = 1;\n", "social_crm/public/js/b.js": 'import "./a.js";\n'}
    )
    assert scripts.findings(good) == []
