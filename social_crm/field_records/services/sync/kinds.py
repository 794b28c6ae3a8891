"""Which rows go to a device, kind by kind, and which of their fields: what the field app shows, and no more.

Everything is asked through `get_list`, so that a device gets what its user may see by every other door, on that day.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import add_days, nowdate

from social_crm.field_records.domain.plain_text import plain_text
from social_crm.field_records.services import fingerprints, templates, visits, xforms
from social_crm.field_records.services.sync import corrections

ACTA_DAYS = 365
VISIT_DAYS_BACK, VISIT_DAYS_AHEAD = visits.LATE_DAYS, 14
Filters = list[list[Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of row. fields: of its data. watched: stored values that change without a save of the row.

    filters: any of these lists of conditions brings a row.
    """

    name: str
    doctype: str
    fields: tuple[str, ...]
    watched: tuple[str, ...] = ()
    filters: Callable[[], tuple[Filters, ...]] = lambda: ([],)


def _recent_actas() -> tuple[Filters, ...]:
    since = add_days(nowdate(), -ACTA_DAYS)
    drafts: Filters = [["status", "=", "Draft"], ["gestor", "=", frappe.session.user]]
    return ([["visit_date", ">=", since]], drafts)


def _own_visits() -> tuple[Filters, ...]:
    days = [add_days(nowdate(), -VISIT_DAYS_BACK), add_days(nowdate(), VISIT_DAYS_AHEAD)]
    own: Filters = [["gestor", "=", frappe.session.user], ["status", "=", "Planned"]]
    return ([*own, ["visit_date", "between", days]],)


def _texts_in_force() -> tuple[Filters, ...]:
    begun: Filters = [["purpose", "=", fingerprints.PURPOSE], ["valid_from", "<=", nowdate()]]
    return ([*begun, ["valid_to", "is", "not set"]], [*begun, ["valid_to", ">=", nowdate()]])


KINDS: tuple[Kind, ...] = (
    Kind(
        "template",
        "Acta Template",
        ("name", "status"),
        ("status",),
        lambda: ([["status", "in", ["Published", "Withdrawn"]]],),
    ),
    Kind(
        "community",
        "Community",
        ("name", "community_name", "kind", "zone", "municipality", "latitude", "longitude"),
    ),
    Kind(
        "family",
        "Family",
        (
            "name",
            "family_name",
            "status",
            "community",
            "zone",
            "head",
            "member_count",
            "census_code",
            "present_detail",
            "latitude",
            "longitude",
            "notes",
        ),
        ("community", "head", "member_count", "status"),
        lambda: ([["status", "=", "Active"]],),
    ),
    Kind(
        "person",
        "Beneficiary",
        (
            "name",
            "first_name",
            "middle_name",
            "first_surname",
            "second_surname",
            "full_name",
            "status",
            "family",
            "kinship",
            "community",
            "birth_date",
            "sex",
            "occupation",
            "schooling_level",
        ),
        ("family", "kinship", "community", "status"),
        lambda: ([["status", "=", "Active"]],),
    ),
    Kind(
        "unit",
        "Productive Unit",
        (
            "name",
            "unit_name",
            "beneficiary",
            "family",
            "community",
            "programme",
            "kind",
            "workflow_state",
            "status",
            "activity_sector",
            "description",
            "started_on",
            "last_follow_up",
            "next_visit",
            "monthly_sales",
            "jobs",
        ),
        ("status", "last_follow_up", "next_visit", "workflow_state"),
        lambda: ([["status", "!=", "Closed"]],),
    ),
    Kind(
        "acta",
        "Acta",
        (
            "name",
            "client_uuid",
            "title",
            "template",
            "visit_date",
            "status",
            "family",
            "beneficiary",
            "productive_unit",
            "community",
            "gestor",
            "amends",
            "pdf_status",
            "sync_version",
        ),
        ("sync_version", "status", "pdf_status"),
        _recent_actas,
    ),
    Kind(
        "commitment",
        "Commitment",
        (
            "name",
            "subject",
            "status",
            "due_date",
            "responsible_party",
            "responsible",
            "family",
            "beneficiary",
            "productive_unit",
            "community",
            "reference_doctype",
            "reference_name",
        ),
        ("status",),
        lambda: ([["status", "=", "Open"]],),
    ),
    Kind(
        "visit",
        "Planned Visit",
        (
            "name",
            "title",
            "family",
            "beneficiary",
            "productive_unit",
            "community",
            "visit_date",
            "start_time",
            "position",
            "template",
            "reason",
            "status",
        ),
        ("position", "visit_date"),
        _own_visits,
    ),
    Kind(
        "authorisation_text",
        "Authorisation Text",
        ("name", "title", "purpose", "version", "valid_from", "valid_to", "text"),
        filters=_texts_in_force,
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
_IN_CONFLICT = ("Acta", *corrections.FIELDS)


def versions(held: Collection[str]) -> dict[str, str]:
    """Return "kind/id" -> version of every row that the user may have now. held: the same keys of what the device has."""
    found: dict[str, str] = {}
    for kind in KINDS:
        if frappe.has_permission(kind.doctype, "read"):
            found.update(_versions(kind, held))
    found.update(corrections.versions())
    return found


def rows_of(kind: str, ids: list[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return id -> version and data of those rows of a kind that the user may still see."""
    return corrections.rows(ids) if kind == corrections.KIND else rows(BY_NAME[kind], ids)


def rows(kind: Kind, names: list[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return name -> version and data of those rows that the user may still see."""
    extra, answers = _extra(kind), _biometric_answers(kind)
    fields = list(dict.fromkeys(("name", "modified", *kind.fields, *kind.watched)))
    found = frappe.get_list(kind.doctype, filters=[["name", "in", names]], fields=fields, limit=0)
    keep = set(kind.fields)
    # The version is taken from the very row that goes out.
    read = {
        row.name: (
            _version(kind, row, extra, answers),
            {key: value for key, value in row.items() if key in keep},
        )
        for row in found
    }
    if kind.doctype in corrections.FIELDS and frappe.has_permission("Sync Conflict", "read"):
        _complete_conflicts({name: data for name, (_version_now, data) in read.items()}, extra)
    if kind.name == "person":
        for name, (_version_now, data) in read.items():
            data["biometrics"] = answers.get(name)
    complete = _COMPLETE.get(kind.name)
    if complete:
        complete({name: data for name, (_version_now, data) in read.items()}, extra)
    return read


def _versions(kind: Kind, held: Collection[str]) -> dict[str, str]:
    extra, answers = _extra(kind), _biometric_answers(kind)
    fields = list(dict.fromkeys(("name", "modified", *kind.watched)))
    found: dict[str, str] = {}
    for filters in kind.filters():
        for row in frappe.get_list(kind.doctype, filters=filters, fields=fields, limit=0, order_by="name"):
            key = f"{kind.name}/{row.name}"
            if kind.name == "template" and not _goes_out(row, key, held, extra):
                continue
            found[key] = _version(kind, row, extra, answers)
    return found


def _goes_out(row: Any, key: str, held: Collection[str], forms: dict[str, str]) -> bool:
    """A published template that has a form; one that was withdrawn only to devices that have it, which keep it for drafts."""
    return row.name in forms and (row.status == "Published" or key in held)


def _extra(kind: Kind) -> dict[str, str]:
    """What belongs to a row's version and lies in other rows: the form of a template, the newest version of a planned one, the
    open conflicts of a record.
    """
    if kind.name == "template":
        # Hashes of forms; the templates themselves are asked through get_list.
        return {row.name: row.form_hash for row in frappe.get_all(xforms.FORM, fields=["name", "form_hash"])}
    if kind.name == "visit":
        return _newest_templates()
    if kind.doctype in _IN_CONFLICT and frappe.has_permission("Sync Conflict", "read"):
        found = frappe.get_list(
            "Sync Conflict",
            filters={"status": "Open", "reference_doctype": kind.doctype},
            fields=["name", "reference_name"],
            order_by="name",
            limit=0,
        )
        named: dict[str, list[str]] = {}
        for row in found:
            named.setdefault(row.reference_name, []).append(row.name)
        return {reference: " ".join(names) for reference, names in named.items()}
    return {}


def _newest_templates() -> dict[str, str]:
    """Visit -> the newest published version of its template, for those that were planned with another one."""
    newest = templates.newest_published()
    replaced = [name for name, newer in newest.items() if newer != name]
    if not replaced:
        return {}
    filters = [["template", "in", replaced], ["gestor", "=", frappe.session.user], ["status", "=", "Planned"]]
    found = frappe.get_list("Planned Visit", filters=filters, fields=["name", "template"], limit=0)
    return {row.name: newest[row.template] for row in found}


def _biometric_answers(kind: Kind) -> dict[str, str]:
    return fingerprints.last_answers() if kind.name == "person" else {}


def _version(kind: Kind, row: Any, extra: dict[str, str], answers: dict[str, str]) -> str:
    values = [str(row.modified), *(str(row.get(field)) for field in kind.watched), extra.get(row.name, "")]
    if row.name in answers:
        values.append(answers[row.name])
    return hashlib.blake2b("\x1f".join(values).encode(), digest_size=6).hexdigest()


def _complete_conflicts(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    """Say of each record which fields wait in which open conflict."""
    conflicts = [name for row in data for name in extra.get(row, "").split()]
    # Rows of the conflicts that were just asked for through get_list.
    fields = frappe.get_all(
        "Sync Conflict Field",
        filters={"parenttype": "Sync Conflict", "parent": ["in", conflicts or [""]]},
        fields=["parent", "fieldname"],
        order_by="parent, idx",
    )
    for name, values in data.items():
        values["open_conflicts"] = [
            {"name": one, "fields": [row.fieldname for row in fields if row.parent == one]}
            for one in extra.get(name, "").split()
        ]


def _complete_templates(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    for name, values in data.items():
        values.update(xforms.form_package(name))


def _complete_families(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    heads = [values["head"] for values in data.values() if values.get("head")]
    if not heads or not frappe.has_permission("Beneficiary", "read"):
        return
    found = frappe.get_list(
        "Beneficiary", filters=[["name", "in", heads]], fields=["name", "full_name"], limit=0
    )
    names = {row.name: row.full_name for row in found}
    for values in data.values():
        values["head_name"] = names.get(values.get("head"))


def _complete_persons(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    # Rows of the persons that were just asked for through get_list.
    found = frappe.get_all(
        "Beneficiary Document",
        filters={"parenttype": "Beneficiary", "parent": ["in", list(data) or [""]]},
        fields=["parent", "document_type", "document_number"],
        order_by="parent, idx",
    )
    for values in data.values():
        values["documents"] = []
    for row in found:
        data[row.parent]["documents"].append(
            {"document_type": row.document_type, "document_number": row.document_number}
        )


def _complete_texts(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    for values in data.values():
        # Plain paragraphs: a client draws no markup of others.
        values["text"] = plain_text(values.get("text") or "")


def _complete_actas(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    for name, values in data.items():
        values["uuid"] = values.pop("client_uuid", None)
        values["version"] = str(values.pop("sync_version", None) or 0)
        # The latest: what came from several devices waits in several.
        values["open_conflict"] = (extra.get(name) or "").rpartition(" ")[2] or None


def _complete_visits(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    for name, values in data.items():
        # A device that came later does not hold the version that the plan names.
        values["template"] = extra.get(name) or values["template"]


def _complete_commitments(data: dict[str, dict[str, Any]], extra: dict[str, str]) -> None:
    for values in data.values():
        of, name = values.pop("reference_doctype", None), values.pop("reference_name", None)
        values["acta"] = name if of == "Acta" else None


_COMPLETE: dict[str, Callable[[dict[str, dict[str, Any]], dict[str, str]], None]] = {
    "template": _complete_templates,
    "family": _complete_families,
    "person": _complete_persons,
    "acta": _complete_actas,
    "commitment": _complete_commitments,
    "visit": _complete_visits,
    "authorisation_text": _complete_texts,
}
