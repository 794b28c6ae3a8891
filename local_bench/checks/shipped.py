"""What the app ships for administrators to own: workflows, print formats, notifications, masters.

Each file is held against the JSON schema beside the code that installs it, read the way that code reads it, and
checked for references: the DocType exists, a workflow's transitions lead from and to its own states.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from local_bench.checks import tree

FOLDERS = ("workflow", "print_formats", "notifications", "masters")
SCHEMA = Path(tree.APP) / "shipping" / "schema.json"
# Frappe's DocTypes that shipped files may be about.
FRAPPES = {"Contact", "Address", "User", "File"}


def schema_problems(schema: dict[str, Any], document: Any) -> list[str]:
    problems = Draft202012Validator(schema).iter_errors(document)
    return [
        f"{'.'.join(map(str, problem.absolute_path)) or 'document'}: {problem.message[:200]}"
        for problem in problems
    ]


def workflow_problems(document: dict[str, Any]) -> list[str]:
    """States and transitions of one workflow that do not fit together."""
    states = [row.get("state") for row in document.get("states", [])]
    # Frappe lists a state once for each role that may edit in it.
    editors = [(row.get("state"), row.get("allow_edit")) for row in document.get("states", [])]
    found = [
        f"state '{state}' appears twice for {role}"
        for state, role in sorted({pair for pair in editors if editors.count(pair) > 1})
    ]
    reached = {states[0]} if states else set()
    for row in document.get("transitions", []):
        for end in ("state", "next_state"):
            if row.get(end) not in states:
                found.append(
                    f"a transition names the state '{row.get(end)}', which the workflow does not have"
                )
        reached.add(row.get("next_state"))
    found += [f"no transition leads to the state '{state}'" for state in states if state not in reached]
    return found


def _read_as_installed(root: Path) -> list[str]:
    """Read every file with the code that installs them."""
    try:
        from social_crm.shipping.sources import load_sources

        load_sources(root / tree.APP)
    except Exception as problem:
        return [str(problem)]
    return []


def findings(root: Path) -> list[str]:
    schema = json.loads((root / SCHEMA).read_text(encoding="utf-8"))
    known = {data["name"] for _, data in tree.doctypes(root)} | FRAPPES
    found = _read_as_installed(root)
    for folder in FOLDERS:
        for path in tree.files(root / tree.APP / folder, ".json"):
            document = json.loads(path.read_text(encoding="utf-8"))
            place = tree.at(root, path)
            found += [f"{place}: {problem}" for problem in schema_problems(schema, document)]
            about = document.get("document_type") or document.get("doc_type")
            if about and about not in known:
                found.append(f"{place}: is about the DocType '{about}', which does not exist")
            if document.get("doctype") == "Workflow":
                found += [f"{place}: {problem}" for problem in workflow_problems(document)]
    return found
