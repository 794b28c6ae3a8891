"""What no function of ours could work with: refused in words, where the platform would fail with status 500."""

import datetime
import inspect
import json
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.access.requests import asked_method
from social_crm.scopes import PROTECTED

_OURS = "social_crm."
_METHODS = f"/api/method/{_OURS}"
# Deeper than whatever a client means by its arguments.
_DEPTH = 60


def refuse_requests(*_args: Any) -> None:
    """Refuse texts that no database keeps, and calls of ours that lack an argument; a hook of every request.

    Raises:
        frappe.ValidationError: half of a letter in a text (a lone surrogate), or an argument missing.
    """
    if not frappe.local.request.path.startswith("/api/"):
        return
    form = frappe.local.form_dict
    if not _is_text(form):
        frappe.throw(
            _("The request holds a text that is cut off in the middle of a letter."),
            title=_("Request not Understood"),
        )
    asked = asked_method() or ""
    if asked.startswith(_OURS):
        _require_arguments(asked, form)


def _is_text(value: Any, depth: int = 0) -> bool:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
        return True
    if depth > _DEPTH:
        return True
    if isinstance(value, dict):
        return all(_is_text(key, depth + 1) and _is_text(one, depth + 1) for key, one in value.items())
    return all(_is_text(one, depth + 1) for one in value) if isinstance(value, list) else True


def _require_arguments(asked: str, form: Any) -> None:
    try:
        function = frappe.get_attr(asked)
        parameters = inspect.signature(inspect.unwrap(function)).parameters.values()
    except Exception:
        # No function at all: Frappe says so itself in a moment.
        frappe.clear_messages()
        return
    # A key is looked at only after this: who comes with one is no guest yet.
    is_guest = frappe.session.user == "Guest" and not frappe.get_request_header("Authorization")
    if function not in frappe.whitelisted or (is_guest and function not in frappe.guest_methods):
        return
    # What takes no GET is refused as that, whatever came with it.
    if frappe.local.request.method not in frappe.allowed_http_methods_for_whitelisted_func[function]:
        return
    lacking = [
        one.name
        for one in parameters
        if one.default is one.empty
        and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        and one.name not in form
    ]
    if lacking:
        frappe.throw(
            _("The request lacks: {0}.").format(", ".join(lacking)), title=_("Request not Understood")
        )


def refuse_dates(doc: Any, method: str | None = None) -> None:
    """Refuse what is no date in a record of ours and its rows; an event of every DocType.

    Frappe reads the first day of the year 1 and a number as no date at all, and then fails where two dates are compared.

    Raises:
        frappe.ValidationError: a field of a date holds none.
    """
    if doc.doctype not in PROTECTED:
        return
    dates: dict[str, list[Any]] = {}
    for row in (doc, *doc.get_all_children()):
        if row.doctype not in dates:
            fields = frappe.get_meta(row.doctype).fields
            dates[row.doctype] = [one for one in fields if one.fieldtype in ("Date", "Datetime")]
        for field in dates[row.doctype]:
            value = row.get(field.fieldname)
            if value and not isinstance(value, datetime.date) and not _is_date(value):
                frappe.throw(
                    _("{0}: {1} is no date.").format(
                        _(field.label), frappe.utils.escape_html(str(value)[:40])
                    ),
                    title=_("Date not Possible"),
                )


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and getdate(value) is not None
    except Exception:
        # What is no date is read in many ways, each with its own error (and a message of the platform).
        frappe.clear_last_message()
        return False


def name_bad_json(response: Any = None, request: Any = None) -> None:
    """For `after_request`: a body that says it is JSON and is none is the sender's fault, not the server's."""
    if response is None or response.status_code != 500 or not request.path.startswith(_METHODS):
        return
    if "application/json" not in (request.content_type or ""):
        return
    try:
        json.loads(request.get_data(as_text=True))
    except (ValueError, RecursionError):
        response.status_code = 417
        text = _("The body of the request is no JSON.")
        said = {"exc_type": "ValidationError", "problem": {"code": "json", "text": text}}
        response.set_data(json.dumps(said))
        response.headers["Content-Type"] = "application/json"
