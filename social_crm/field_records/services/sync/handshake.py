"""The beginning of each round of sync: who is there, from where, and what both sides speak."""

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

import social_crm
from social_crm import permissions
from social_crm.field_records.domain.device_records import PROTOCOL_MAX, PROTOCOL_MIN, moment
from social_crm.field_records.services import fingerprints
from social_crm.field_records.services.sync import devices, rights
from social_crm.field_records.services.sync.clocks import server_time, site_time, skew
from social_crm.field_records.services.sync.limits import limits
from social_crm.field_records.services.sync.patience import tried_again

# Older versions of the app at /campo stop, keep what they hold, and ask for their update: docs/sync.md.
MIN_APP_VERSION = "0.1.0"
_MEGABYTE = 1024 * 1024


# Open to guests: an app without a session has to learn that it has none, and shows them nothing else.
@frappe.whitelist(allow_guest=True, methods=["GET"])
def who() -> dict:
    """Return who is logged in and, of a session, the token that its requests carry; read by a shell that holds neither."""
    return {"user": frappe.session.user, "full_name": _full_name(), "csrf_token": _token()}


@frappe.whitelist(methods=["POST"])
@tried_again
def greet(
    device: str | None = None,
    label: str | None = None,
    app_version: str | None = None,
    protocol: int | None = None,
    unsent: int | None = None,
    storage_used: int | None = None,
    storage_quota: int | None = None,
    device_time: str | None = None,
) -> dict:
    """Note what a device says of itself and answer with what it needs to know; storage in bytes."""
    permissions.require("Acta", "read")
    row = devices.find_or_make(device)
    revocation = devices.revoked(str(device))
    told = moment(device_time) if device_time else None
    values = {
        "last_sync": now_datetime(),
        "app_version": (app_version or "")[:40],
        "protocol": cint(protocol),
        "unsent": max(0, cint(unsent)),
        "storage_used": max(0, cint(storage_used)) // _MEGABYTE,
        "storage_quota": max(0, cint(storage_quota)) // _MEGABYTE,
        "device_time": site_time(told) if told else None,
        "clock_skew": skew(told) if told else 0,
    }
    if label:
        values["label"] = label.strip()[:140]
    devices.note(row, **values)
    return {
        "user": frappe.session.user,
        "full_name": _full_name(),
        "language": frappe.local.lang,
        "csrf_token": _token(),
        "server_time": server_time(),
        "protocol": {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX},
        "device": {"status": "Revoked", "reason": revocation.revocation_reason}
        if revocation
        else {"status": "Active"},
        "limits": {**limits(), "fingerprint_quality": fingerprints.least_quality()},
        "may": rights.told(),
        "app": {"min_version": MIN_APP_VERSION, "newest": social_crm.__version__},
    }


@frappe.whitelist(methods=["POST"])
@tried_again
def wiped(device: str | None = None, unsent: int | None = None) -> dict:
    """Note that a revoked device has deleted what it held, and how many unsent records went with it."""
    permissions.require("Acta", "read")
    row = devices.find_or_make(device)
    if devices.revoked(str(device)):
        devices.note(row, wiped_on=now_datetime(), unsent_lost=max(0, cint(unsent)), unsent=0)
    return {"server_time": server_time()}


def _full_name() -> str:
    return _("Guest") if frappe.session.user == "Guest" else frappe.utils.get_fullname(frappe.session.user)


def _token() -> str | None:
    """The token of a session; a caller with an API key has none, and needs none."""
    if frappe.session.user == "Guest" or not frappe.request or frappe.request.headers.get("Authorization"):
        return None
    return str(frappe.sessions.get_csrf_token())
