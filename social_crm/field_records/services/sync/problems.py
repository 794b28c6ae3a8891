"""Errors of the sync protocol: a status, a class by which a client knows them, and words for people."""

from typing import NoReturn

import frappe


class DeviceRevokedError(frappe.PermissionError):
    """The device may not be used any more."""


class PullExpiredError(frappe.ValidationError):
    """The pull that is asked about is not the one under way."""

    http_status_code = 409


class TooLargeError(frappe.ValidationError):
    """More bytes than the limits allow."""

    http_status_code = 413


class CompressedBodyError(frappe.ValidationError):
    """A body that would have to be unpacked."""

    http_status_code = 415


class ProtocolError(frappe.ValidationError):
    """A version of the protocol that is not spoken here."""

    http_status_code = 426


class BusyError(frappe.ValidationError):
    """The database could not let this request through; nothing was written."""

    http_status_code = 503


def fail(text: str, code: str, title: str, kind: type[Exception] = frappe.ValidationError) -> NoReturn:
    """Answer with an error of the protocol. code: for programs; text: for the user, without markup."""
    frappe.local.response["problem"] = {"code": code, "text": text}
    frappe.throw(frappe.utils.escape_html(text), kind, title=title)
    raise AssertionError  # frappe.throw does not come back
