"""Every string of the app has a Spanish row in `translations/es.csv`, once, with the same placeholders."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from local_bench.checks import messages, tree

PLACEHOLDER = re.compile(r"\{\w*\}|%s|%\(\w+\)s")


def rows(text: str) -> tuple[dict[tuple[str, str], list[str]], list[str]]:
    """{(source, context): translations} and the problems of the file's form."""
    found: dict[tuple[str, str], list[str]] = {}
    problems = []
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        if not row:
            continue
        if len(row) not in (2, 3):
            problems.append(
                f"line {number}: {len(row)} columns instead of 2 or 3 (quote a text that holds a comma)"
            )
            continue
        found.setdefault((row[0], row[2] if len(row) == 3 else ""), []).append(row[1])
    return found, problems


def row_problems(source: str, translations: list[str]) -> list[str]:
    """What is wrong with the translations of one string."""
    found = []
    if len(set(translations)) > 1:
        found.append(f"'{source}' has several translations: {', '.join(sorted(set(translations)))}")
    for translation in set(translations):
        if not translation.strip():
            found.append(f"'{source}' has an empty translation")
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(translation)):
            found.append(f"'{source}': the placeholders of '{translation}' differ")
        if source.strip() == source and translation.strip() != translation:
            found.append(f"'{source}': the translation begins or ends with white space")
    return found


def findings(root: Path) -> list[str]:
    path = root / tree.APP / "translations" / "es.csv"
    table, found = rows(path.read_text(encoding="utf-8"))
    found = [f"{tree.at(root, path)}: {problem}" for problem in found]
    for (source, _context), translations in table.items():
        found += [f"{tree.at(root, path)}: {problem}" for problem in row_problems(source, translations)]
    known = {source for source, _context in table}
    collected, problems = messages.collect(root)
    missing: dict[str, str] = {}
    for message in collected:
        # Frappe looks a string up as it stands and without the white space around it.
        if message.text not in known and message.text.strip() not in known:
            missing.setdefault(message.text, message.place)
    found += [f"{place}: '{text}' has no Spanish" for text, place in missing.items()]
    found += [f"{problem.place}: {problem.what}" for problem in problems]
    return found
