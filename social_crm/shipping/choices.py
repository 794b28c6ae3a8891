"""What an administrator decides about a shipped item, one click each; the endpoints of the form and the list.

Who may write `Shipped Item` (System Manager, Social CRM Administrator) decides; each endpoint checks that first.
"""

import json

import frappe
from frappe import _

from social_crm.shipping import documents, ledger
from social_crm.shipping.apply import insert, refresh, sources_of_app
from social_crm.shipping.compare import differences
from social_crm.shipping.render import difference_table
from social_crm.shipping.sources import ShippedSource


@frappe.whitelist()
def difference(item: str) -> str:
    """Return the readable difference between the site's copy and ours as safe HTML.

    item: name of the Shipped Item. Raises PermissionError for who may not read it.
    """
    entry = _entry(item, "read")
    source = _source(entry)
    if source is None:
        return difference_table((), _("This version of the app no longer brings this item."))
    site = documents.read(entry.item_doctype, entry.item_name)
    if site is None:
        return difference_table((), _("The item was removed from this site. It can be restored."))
    baseline = ledger.as_installed(entry)
    # Where the files say what the site already holds, what the site stored then is the better text to compare with.
    ours = baseline if baseline is not None and entry.shipped_version == source.version else source.values
    return difference_table(
        differences(entry.item_doctype, site, ours), _("The site's copy is what the app ships.")
    )


@frappe.whitelist(methods=["POST"])
def adopt(item: str) -> str:
    """Replace the site's copy by ours, keeping a copy of it for `bring_back`; return the new state."""
    entry = _entry(item, "write")
    source = _required_source(entry)
    site = documents.read(entry.item_doctype, entry.item_name)
    if site is None:
        return restore(item)
    stored = documents.overwrite(entry.item_doctype, entry.item_name, source.values)
    ledger.change(
        entry, replaced_json=json.dumps(site, ensure_ascii=False), **ledger.installed(stored, source.version)
    )
    return entry.state


@frappe.whitelist(methods=["POST"])
def keep(item: str) -> str:
    """Keep the site's copy and say no more until another version is shipped; return the new state."""
    entry = _entry(item, "write")
    source = _required_source(entry)
    if entry.state != ledger.UPDATE_AVAILABLE:
        frappe.throw(_("There is no newer version to decide about."), title=_("Nothing to Keep"))
    ledger.change(entry, state=ledger.KEPT, kept_version=source.version)
    return entry.state


@frappe.whitelist(methods=["POST"])
def restore(item: str) -> str:
    """Install again an item that was removed from the site; return the new state."""
    entry = _entry(item, "write")
    source = _required_source(entry)
    if frappe.db.exists(entry.item_doctype, entry.shipped_name):
        frappe.throw(
            _("The site already has {0}.").format(frappe.bold(entry.shipped_name)), title=_("Not Removed")
        )
    stored = insert(source)
    ledger.change(entry, item_name=entry.shipped_name, **ledger.installed(stored, source.version))
    refresh()
    return ledger.find(entry.item_doctype, entry.shipped_name).state


@frappe.whitelist(methods=["POST"])
def bring_back(item: str) -> str:
    """Put back the site's copy that `adopt` replaced; return the new state."""
    entry = _entry(item, "write")
    if not entry.replaced_json:
        frappe.throw(_("No earlier copy of this item is kept."), title=_("Nothing to Bring Back"))
    documents.overwrite(entry.item_doctype, entry.item_name, json.loads(entry.replaced_json))
    ledger.change(entry, replaced_json=None)
    refresh()
    return ledger.find(entry.item_doctype, entry.shipped_name).state


@frappe.whitelist(methods=["POST"])
def refresh_states() -> int:
    """Look again at every item on the site; return how many await a decision."""
    if not frappe.has_permission(ledger.LEDGER, "write"):
        frappe.throw(
            _("Only administrators decide about shipped items."), frappe.PermissionError, _("Not Permitted")
        )
    refresh()
    return frappe.db.count(ledger.LEDGER, {"state": ledger.UPDATE_AVAILABLE})


def _entry(item: str, permission: str):
    entry = frappe.get_doc(ledger.LEDGER, item)
    entry.check_permission(permission)
    return entry


def _source(entry) -> ShippedSource | None:
    key = (entry.item_doctype, entry.shipped_name)
    return next((source for source in sources_of_app() if (source.doctype, source.name) == key), None)


def _required_source(entry) -> ShippedSource:
    source = _source(entry)
    if source is None:
        frappe.throw(
            _("This version of the app no longer brings {0}.").format(frappe.bold(entry.item_name)),
            title=_("No Longer Shipped"),
        )
    return source
