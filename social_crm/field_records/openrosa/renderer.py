"""The addresses of the OpenRosa API: `/openrosa/formList`, `/forms/…`, `/manifest/…`, `/media/…` and `/submission`.

Clients log in with HTTP Basic, an API key and its secret: the platform's own way in. They ask without credentials first, and
wait for a challenge that the platform does not give; so this answers with one.
"""

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.utils import strip_html
from werkzeug.wrappers import Response

from social_crm.field_records.domain import openrosa, openrosa_form
from social_crm.field_records.openrosa import forms, submissions

PATH = "openrosa"
# What the oldest platform we run on takes in one request, headers of parts left aside.
MAX_POST = 9 * 1024 * 1024
_XML = "text/xml; charset=utf-8"
_HEADERS = {"X-OpenRosa-Version": "1.0", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Social CRM", charset="UTF-8"'}
_CONTENT = "xml_submission_file"


class OpenRosa:
    """A `page_renderer` of Frappe."""

    def __init__(self, path: str, http_status_code: int | None = None) -> None:
        self.path = path.strip("/ ")

    def can_render(self) -> bool:
        """Tell whether the address is ours."""
        return self.path == PATH or self.path.startswith(f"{PATH}/")

    def render(self) -> Response:
        """Answer the client. Whatever goes wrong leaves nothing behind: the platform commits after an error in a renderer."""
        if frappe.session.user == "Guest":
            return _challenge()
        try:
            return _answer(self.path.partition("/")[2])
        except Exception as error:
            frappe.db.rollback()
            frappe.clear_messages()
            status = getattr(error, "http_status_code", 500)
            if 400 <= status < 500:
                # 417 is the platform's own way to say that something was refused.
                text = strip_html(str(error).replace("<br>", "\n")).strip() or _(
                    "You do not have the right to do this."
                )
                return _said(400 if status == 417 else status, text, "submit_error")
            frappe.log_error(title="OpenRosa", message=frappe.get_traceback())
            frappe.db.commit()  # The trace alone: nothing else is left of this request.
            return _said(500, _("The server could not take this now. Send it again."), "submit_error")


def challenge(response: Any = None, request: Any = None) -> None:
    """For `after_request`: whoever comes with wrong credentials to our addresses is asked for right ones.

    The platform refuses such a request before a renderer is asked, in its oldest version with a page and status 200.
    """
    path = (request.path if request else "").strip("/")
    if response is None or not (path == PATH or path.startswith(f"{PATH}/")):
        return
    ours = "X-OpenRosa-Version" in response.headers
    if not ours and (response.status_code in (200, 401, 403) or "Authorization" in request.headers):
        response.status_code = 401
        response.set_data(openrosa.answer(_("Log in with an API key and its secret."), "auth_error"))
        response.headers["Content-Type"] = _XML
        response.headers.update({**_HEADERS, **_CHALLENGE})


def _answer(path: str) -> Response:
    place, _slash, name = path.partition("/")
    if place == "submission" and not name:
        return _submission()
    if frappe.request.method not in ("GET", "HEAD"):
        return _said(405, _("This address is for reading only."))
    pages: dict[str, Callable[[], str]] = {
        "formList": lambda: forms.listed(form_id=frappe.request.args.get("formID")),
        "forms": lambda: forms.form(name),
        "manifest": lambda: forms.manifest(name),
    }
    if place == "media" and name in openrosa_form.FILES:
        return Response(forms.list_of(name), headers=_HEADERS, content_type="text/csv; charset=utf-8")
    if place not in pages or bool(name) == (place == "formList"):
        return _said(404, _("There is no such address."))
    return Response(pages[place](), headers=_HEADERS, content_type=_XML)


def _submission() -> Response:
    request = frappe.request
    if request.method == "HEAD":
        here = {"Location": request.url.partition("?")[0], "X-OpenRosa-Accept-Content-Length": str(MAX_POST)}
        return Response(status=204, headers={**_HEADERS, **here})
    if request.method != "POST":
        return _said(405, _("Forms are sent to this address by POST."))
    if (request.content_length or 0) > MAX_POST:
        return _said(413, _("The request is too large."), "submit_error")
    if not frappe.has_permission("Acta", "create"):
        return _said(403, _("You do not have the right to do this."), "submit_error")
    parts = dict(request.files.items())
    if _CONTENT not in parts:
        return _said(400, _("The request brings no filled-in form."), "submit_error")
    try:
        xml = parts.pop(_CONTENT).stream.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return _said(400, _("The form that arrived is not written in UTF-8."), "submit_error")
    files = {part.filename or name: part.stream.read() for name, part in parts.items()}
    outcome = submissions.receive(
        xml,
        files,
        device=str(request.args.get("deviceID") or "")[:140],
        more_to_come=request.form.get("*isIncomplete*") == "yes",
    )
    if outcome.status >= 400 and outcome.nature and not files:
        frappe.db.rollback()
    frappe.db.commit()  # What the client is told is kept from now on, whatever comes after this answer.
    if after := frappe.flags.pop("openrosa_after_commit", None):
        after()
    return _said(outcome.status, outcome.message, outcome.nature)


def _challenge() -> Response:
    said = _said(401, _("Log in with an API key and its secret."), "auth_error")
    said.headers.update(_CHALLENGE)
    return said


def _said(status: int, message: str, nature: str = "") -> Response:
    return Response(openrosa.answer(message, nature), status=status, headers=_HEADERS, content_type=_XML)
