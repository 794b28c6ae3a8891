"""Brings the shipped rows to a site: install, every migrate, uninstall."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import frappe
from frappe.model.delete_doc import check_if_doc_is_dynamically_linked, check_if_doc_is_linked

from social_crm.shipping import documents, ledger, notice, successors
from social_crm.shipping.compare import same
from social_crm.shipping.parts import ensure_parts, remove_parts
from social_crm.shipping.sources import ShippedSource, load_sources


def sources_of_app() -> tuple[ShippedSource, ...]:
    """Return what this release ships."""
    return load_sources(Path(frappe.get_app_path("social_crm")))


def sync(sources: Iterable[ShippedSource] | None = None) -> None:
    """Install what is new, update what nobody edited, take back what is no longer shipped; safe to repeat.

    A site's own edits are never touched: the administrators are told and decide (`choices.py`).
    """
    shipped = successors.in_order(sources if sources is not None else sources_of_app())
    for source in shipped:
        if source.doctype == "Workflow":
            ensure_parts(source.values)
        _sync_one(source, shipped)
    _retire({(source.doctype, source.name) for source in shipped})
    notice.tell_administrators()


def refresh(sources: Iterable[ShippedSource] | None = None) -> None:
    """Write down the present state of every item (edited, removed ...) without changing any item."""
    shipped = {(source.doctype, source.name): source for source in (sources or sources_of_app())}
    for entry in ledger.entries(ledger.FILE_KINDS):
        source = shipped.get((entry.item_doctype, entry.shipped_name))
        if source:
            ledger.change(entry, state=_state_of(entry, source), available_version=source.version)


def remove_all() -> None:
    """Delete every row that we brought, edited or not; called while the DocTypes of the app still exist.

    What the site had before us under the same name stays, and so does a workflow state that another workflow uses.
    """
    for entry in ledger.entries(ledger.FILE_KINDS):
        if not entry.existed_before and entry.state != ledger.REMOVED:
            documents.delete(entry.item_doctype, entry.item_name, at_any_rate=True)
    remove_parts()


def insert(source: ShippedSource) -> Mapping[str, Any]:
    """Insert a shipped row that the site does not have; return its content as stored.

    A workflow comes switched off when the site already runs another one on the same DocType.
    """
    values = dict(source.values)
    if source.doctype == "Workflow" and values.get("is_active"):
        other = {"document_type": values["document_type"], "is_active": 1}
        if frappe.db.exists("Workflow", other):
            values["is_active"] = 0
            stored = documents.insert(source.doctype, source.name, values)
            return {**stored, "is_active": 1}
    return documents.insert(source.doctype, source.name, values)


def _sync_one(source: ShippedSource, shipped: Sequence[ShippedSource]) -> None:
    entry = ledger.find(source.doctype, source.name)
    if entry is None:
        _first_time(source, shipped)
        return
    site = documents.read(entry.item_doctype, entry.item_name)
    baseline = ledger.as_installed(entry)
    behind = source.version != entry.shipped_version
    if site is not None and baseline is not None and behind:
        if same(source.doctype, site, baseline) and not successors.stays(source, shipped):
            with _allowed(entry):
                stored = documents.overwrite(entry.item_doctype, entry.item_name, source.values)
                ledger.change(entry, source_path=source.path, **ledger.installed(stored, source.version))
                return
        if same(source.doctype, site, source.values):
            # The administrator made the same change before us.
            ledger.change(entry, source_path=source.path, **ledger.installed(site, source.version))
            return
    ledger.change(
        entry, state=_state_of(entry, source), available_version=source.version, source_path=source.path
    )


@contextmanager
def _allowed(entry: Any) -> Iterator[None]:
    """Try to write; where the record's own rules refuse (people answered to this text), put everything back and go on.

    The rows of a site outlive a release: a migrate must not break on them, and the item shows that it waits.
    """
    point = "social_crm_shipping"
    frappe.db.savepoint(point)
    shown = len(frappe.message_log)
    try:
        yield
    except (frappe.ValidationError, frappe.PermissionError) as error:
        frappe.db.rollback(save_point=point)
        del frappe.message_log[shown:]
        frappe.clear_document_cache(entry.item_doctype, entry.item_name)
        print(f"{entry.item_doctype} {entry.item_name} stays as it is: {error}")
        entry.reload()


def _first_time(source: ShippedSource, shipped: Sequence[ShippedSource]) -> None:
    if successors.is_taken_back(source):
        # Shipped to be withdrawn where an earlier release brought it; a site that never had it needs none.
        return
    common = {"source_path": source.path, "available_version": source.version}
    if frappe.db.exists(source.doctype, source.name):
        ledger.add(source.kind, source.doctype, source.name, existed_before=True, **common)
        return
    earlier = successors.waits_for(source, shipped)
    stored = _insert_as_draft(source) if earlier else insert(source)
    entry = ledger.add(
        source.kind,
        source.doctype,
        source.name,
        existed_before=False,
        **{**common, **ledger.installed(stored, source.version)},
    )
    ledger.change(entry, state=_state_of(entry, source))
    if earlier:
        notice.tell_of_draft(entry, earlier.name)


def _insert_as_draft(source: ShippedSource) -> Mapping[str, Any]:
    stored = documents.insert(source.doctype, source.name, {**source.values, "status": "Draft"})
    # As shipped: a draft is then the site's state of it, and publishing it makes it what we brought.
    return {**stored, "status": source.values["status"]}


def _state_of(entry: Any, source: ShippedSource) -> str:
    site = documents.read(entry.item_doctype, entry.item_name)
    baseline = ledger.as_installed(entry)
    if site is None:
        return ledger.REMOVED
    if baseline is None:
        return ledger.OWNED_BY_SITE
    edited = not same(source.doctype, site, baseline)
    if source.version == entry.shipped_version:
        return ledger.EDITED if edited else ledger.CURRENT
    return ledger.KEPT if entry.kept_version == source.version else ledger.UPDATE_AVAILABLE


def _retire(shipped: set[tuple[str, str]]) -> None:
    """Take back what an earlier release shipped and this one does not: only what nobody edited and nothing uses."""
    for entry in ledger.entries(ledger.FILE_KINDS):
        if (entry.item_doctype, entry.shipped_name) in shipped:
            continue
        site = documents.read(entry.item_doctype, entry.item_name)
        baseline = ledger.as_installed(entry)
        if site is None or baseline is None:
            ledger.forget(entry)
        elif entry.existed_before or not same(entry.item_doctype, site, baseline) or _in_use(entry):
            ledger.change(entry, state=ledger.NO_LONGER_SHIPPED)
        else:
            with _allowed(entry):
                documents.delete(entry.item_doctype, entry.item_name)
                ledger.forget(entry)
                continue
            ledger.change(entry, state=ledger.NO_LONGER_SHIPPED)


def _in_use(entry: Any) -> bool:
    document = frappe.get_doc(entry.item_doctype, entry.item_name)
    try:
        check_if_doc_is_linked(document)
        check_if_doc_is_dynamically_linked(document)
    except frappe.LinkExistsError:
        return True
    return False
