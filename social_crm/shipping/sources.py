"""Reads the shipped files of an app folder. Knows nothing of Frappe: the checks run it without a site."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Folder -> the DocType its files hold. Masters name their own DocType. The order is the order of installing.
FOLDERS: tuple[tuple[str, str | None], ...] = (
    ("masters", None),
    ("workflow", "Workflow"),
    ("print_formats", "Print Format"),
    ("notifications", "Notification"),
)
KIND_OF_MASTERS = "Master"
# A long text lives next to its JSON file under the same name: (DocType, field, suffix).
COMPANIONS: tuple[tuple[str, str, str], ...] = (
    ("Print Format", "html", ".html"),
    ("Print Format", "css", ".css"),
    ("Notification", "message", ".html"),
)
# What a site writes by itself has no place in a shipped file.
FORBIDDEN_KEYS = frozenset(
    {
        "creation",
        "modified",
        "modified_by",
        "owner",
        "idx",
        "docstatus",
        "parent",
        "parenttype",
        "parentfield",
    }
    | {"workflow_data", "_user_tags", "_comments", "_assign", "_liked_by", "__islocal"}
)


class ShippedFileError(ValueError):
    """A shipped file is wrong; the message names the file and what to change."""


@dataclass(frozen=True)
class ShippedSource:
    """One row as this release ships it.

    kind: Workflow, Print Format, Notification or Master.
    doctype, name: what the row is on a site.
    path: the file, relative to the app folder.
    values: fields and child rows, without `doctype` and `name`.
    version: hash over the values; the same content always has the same version.
    """

    kind: str
    doctype: str
    name: str
    path: str
    values: Mapping[str, Any]
    version: str


def load_sources(app_folder: Path) -> tuple[ShippedSource, ...]:
    """Return every shipped row of the app in the order of installing.

    Raises ShippedFileError when a file is not a document, is of another DocType than its folder, or names a row twice.
    """
    found: list[ShippedSource] = []
    for folder, doctype in FOLDERS:
        root = app_folder / folder
        files = sorted(root.rglob("*.json")) if root.is_dir() else []
        found.extend(_read(path, app_folder, doctype) for path in files)
    seen: dict[tuple[str, str], str] = {}
    for source in found:
        key = (source.doctype, source.name)
        if key in seen:
            raise ShippedFileError(
                f"{source.path}: {source.doctype} {source.name!r} is already in {seen[key]}"
            )
        seen[key] = source.path
    return tuple(found)


def version_of(values: Mapping[str, Any]) -> str:
    """Return the version of a shipped row: sixteen hexadecimal digits of a SHA-256 over its values."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(path: Path, app_folder: Path, doctype: str | None) -> ShippedSource:
    shown = path.relative_to(app_folder).as_posix()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ShippedFileError(f"{shown}: not a JSON file in UTF-8 ({error})") from error
    if not isinstance(document, dict):
        raise ShippedFileError(f"{shown}: the file must hold one document")
    for key in ("doctype", "name"):
        if not isinstance(document.get(key), str) or not document[key].strip():
            raise ShippedFileError(f"{shown}: {key!r} is missing")
    if doctype and document["doctype"] != doctype:
        raise ShippedFileError(f"{shown}: files of this folder are of DocType {doctype}")
    _refuse_site_keys(document, shown)
    for owner, field, suffix in COMPANIONS:
        companion = path.with_suffix(suffix)
        if owner == document["doctype"] and companion.is_file():
            document[field] = companion.read_text(encoding="utf-8")
    values = {key: value for key, value in document.items() if key not in ("doctype", "name")}
    return ShippedSource(
        kind=doctype or KIND_OF_MASTERS,
        doctype=document["doctype"],
        name=document["name"],
        path=shown,
        values=values,
        version=version_of(values),
    )


def _refuse_site_keys(document: Mapping[str, Any], shown: str) -> None:
    rows = [row for value in document.values() if isinstance(value, list) for row in value]
    for row in (document, *rows):
        if not isinstance(row, dict):
            raise ShippedFileError(f"{shown}: a table must hold rows, not {row!r}")
        wrong = sorted(FORBIDDEN_KEYS & row.keys())
        if wrong:
            raise ShippedFileError(f"{shown}: {', '.join(wrong)} belong to a site, not to a shipped file")
    if any("name" in row for row in rows):
        raise ShippedFileError(f"{shown}: child rows get their names on the site")
