"""The verification of whole chains: when an administrator asks for it, and every night, with a warning of what is broken."""

from typing import Any

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.utils import now_datetime

from social_crm.field_records.services import seal_chains
from social_crm.file_runs import commit, words_of

EVENT = "social_crm_seal_chain"
_WARNED_ROLES = ("Social CRM Administrator", "System Manager")
_STEP = 25
_TIMEOUT_SECONDS = 3600


@frappe.whitelist(methods=["POST"])
def verify_chain(chain: str) -> None:
    """Verify a chain in the background; its form shows how far it is and what came of it."""
    frappe.get_doc(seal_chains.DOCTYPE, chain).check_permission("read")
    _set(chain, check_status="Queued", checked_number=0, check_problem=None)
    frappe.enqueue(
        "social_crm.field_records.services.chain_checks.check",
        queue="long",
        timeout=_TIMEOUT_SECONDS,
        enqueue_after_commit=True,
        chain=chain,
    )


def check(chain: str) -> None:
    """Verify a chain from its first acta to its last, and write down the first broken link. Commits."""
    _set(
        chain, check_status="Running", checked_number=0, broken_acta=None, broken_number=0, check_problem=None
    )
    commit()

    def seen(number: int) -> None:
        if number % _STEP == 0:
            _set(chain, checked_number=number)
            commit()
            frappe.publish_realtime(
                EVENT, {"chain": chain, "number": number}, doctype=seal_chains.DOCTYPE, docname=chain
            )

    try:
        count, broken = seal_chains.walk(chain, seen)
    except Exception as error:
        # Told on the chain: a verification that was broken off says nothing about the seals.
        frappe.db.rollback()
        frappe.log_error(title="Seal Chain", message=frappe.get_traceback())
        _set(chain, check_status="Failed", check_problem=words_of(error)[:500])
    else:
        _set(
            chain,
            check_status="Broken" if broken else "Intact",
            checked_on=now_datetime().replace(microsecond=0),
            checked_number=max(broken.number - 1, 0) if broken else count,
            broken_acta=broken.acta or None if broken else None,
            broken_number=broken.number if broken else 0,
            check_problem=seal_chains.words_of(broken) if broken else None,
        )
    commit()
    frappe.publish_realtime(EVENT, {"chain": chain}, doctype=seal_chains.DOCTYPE, docname=chain)


def nightly() -> None:
    """For the scheduler: verify every chain, and warn the administrators of each that has broken since."""
    # The scheduler acts for the system.
    for chain in frappe.get_all(seal_chains.DOCTYPE, pluck="name", order_by="name"):
        before = _result(chain)
        check(chain)
        after = _result(chain)
        if after.check_status in ("Broken", "Failed") and after != before:
            _warn(chain, after)
            commit()


def _result(chain: str) -> Any:
    fields = ["check_status", "broken_acta", "broken_number", "check_problem"]
    return frappe.db.get_value(seal_chains.DOCTYPE, chain, fields, as_dict=True)


def _warn(chain: str, result: Any) -> None:
    rows = frappe.qb.DocType("Has Role")
    users = frappe.qb.DocType("User")
    query = frappe.qb.from_(rows).join(users).on(users.name == rows.parent).select(users.name).distinct()
    query = query.where(rows.role.isin(_WARNED_ROLES) & (users.enabled == 1) & (users.name != "Guest"))
    enqueue_create_notification(
        [name for (name,) in query.run()],
        {
            "type": "Alert",
            "document_type": seal_chains.DOCTYPE,
            "document_name": chain,
            "subject": _("The chain of seals {0} does not hold: {1}").format(chain, result.check_problem),
            "from_user": "Administrator",
            "email_content": "",
        },
    )


def _set(chain: str, **values: Any) -> None:
    frappe.db.set_value(seal_chains.DOCTYPE, chain, values, update_modified=False)
