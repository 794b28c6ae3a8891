"""DocTypes' permission rows that Frappe itself would refuse when an administrator edits them.

A row is only read when someone saves it: then one that grants what the DocType cannot do makes every change of
that DocType's permissions fail.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local_bench.checks import tree

# What a row may grant only if the DocType says so.
NEEDS = {
    "import": "allow_import",
    "submit": "is_submittable",
    "cancel": "is_submittable",
    "amend": "is_submittable",
}


def problems(data: dict[str, Any]) -> list[str]:
    """What is wrong with the permission rows of one DocType."""
    found = []
    rows = data.get("permissions", [])
    if data.get("istable"):
        return ["a child table has permissions of its own"] if rows else []
    if not rows:
        found.append("nobody may read it: it has no permission row")
    seen = set()
    for row in rows:
        role, level = row.get("role"), row.get("permlevel", 0)
        for right, switch in NEEDS.items():
            if row.get(right) and not data.get(switch):
                found.append(f"{role} may {right}, but the DocType has no {switch}")
        if not level and not any(row.get(right) for right in ("read", "select")):
            found.append(f"{role} has a row without read")
        key = (role, level, row.get("if_owner", 0))
        if key in seen:
            found.append(f"{role} has two rows at level {level}")
        seen.add(key)
    return found


def findings(root: Path) -> list[str]:
    return [f"{tree.at(root, path)}: {text}" for path, data in tree.doctypes(root) for text in problems(data)]
