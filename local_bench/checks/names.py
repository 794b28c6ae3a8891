"""Names: DocTypes that no other app uses, addresses that do not collide, fields that say what they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from local_bench.checks import tree

TAKEN = Path("tests/data/doctype_names.txt")
# This product's central word; the other app that uses it is named in docs/decisions.
ACCEPTED = {"Beneficiary"}
ANONYMOUS = re.compile(r"^(section|column|tab|html|button|data|link|select|check)_?(break)?_?([a-z]{4}|\d+)$")


def taken_names(root: Path) -> dict[str, str]:
    """DocType name -> the apps that use it already."""
    lines = (root / TAKEN).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[0]: row[1] if len(row) > 1 else "" for row in rows}


def _doctype_findings(root: Path) -> list[str]:
    found = []
    taken = taken_names(root)
    for path, data in tree.doctypes(root):
        name = data["name"]
        if name in taken and name not in ACCEPTED:
            found.append(f"{tree.at(root, path)}: DocType '{name}' exists in {taken[name]}")
        if path.stem != name.lower().replace(" ", "_").replace("-", "_"):
            found.append(f"{tree.at(root, path)}: the folder does not match the DocType's name '{name}'")
        for field in data.get("fields", []):
            fieldname = field.get("fieldname", "")
            if not re.fullmatch(r"[a-z][a-z0-9_]*", fieldname):
                found.append(f"{tree.at(root, path)}: field '{fieldname}' is not snake_case")
            if ANONYMOUS.fullmatch(fieldname):
                found.append(
                    f"{tree.at(root, path)}: field '{fieldname}' says nothing; name it after what it holds"
                )
    return found


def _address_findings(root: Path) -> list[str]:
    doctypes = {tree.slug(data["name"]): data["name"] for _, data in tree.doctypes(root)}
    found = []
    for kind in ("workspace", "page"):
        for path, data in tree.documents(root, kind):
            address = tree.slug(data.get("title") or data.get("name", ""))
            if address in doctypes:
                found.append(
                    f"{tree.at(root, path)}: {kind} '{data.get('name')}' has the address of DocType "
                    f"'{doctypes[address]}', so /app/{address} would not open its list"
                )
    return found


def findings(root: Path) -> list[str]:
    found = _doctype_findings(root) + _address_findings(root)
    for path in tree.app_files(root, ".json"):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError as problem:
            found.append(f"{tree.at(root, path)}: is not JSON ({problem})")
    return found
