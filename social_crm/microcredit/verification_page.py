"""The page to which the QR of a receipt leads: open to whoever holds the paper, and silent about persons."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import fmt_money, format_date
from werkzeug.wrappers import Response

from social_crm.microcredit.services import verification
from social_crm.microcredit.services.money import decimals_of
from social_crm.print_formats import jinja

# Requests of one address in a minute; a person scans a handful.
LIMIT = 30
_SECONDS = 60
_TEMPLATE = "social_crm/templates/receipt_verification.html"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    # The address is the receipt's secret: it is told to nobody.
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'",
}


class ReceiptVerification:
    """Renders `/verificar/<code>`; a `page_renderer` of Frappe."""

    def __init__(self, path: str, http_status_code: int | None = None) -> None:
        self.path = path.strip("/ ")

    def can_render(self) -> bool:
        """Tell whether the address is ours."""
        return self.path == verification.PATH or self.path.startswith(f"{verification.PATH}/")

    def render(self) -> Response:
        """Answer with the receipt, with 404 where there is none, and with 429 to whoever asks too often. Reads only."""
        if frappe.request.method not in ("GET", "HEAD"):
            return _page(405, {"problem": _("This page is for reading only.")}, {"Allow": "GET, HEAD"})
        if _is_too_often():
            text = _("Too many questions from this connection: try again in a minute.")
            return _page(429, {"problem": text}, {"Retry-After": str(_SECONDS)})
        found = verification.find(self.path.partition("/")[2])
        if not found:
            text = _(
                "No receipt has this code. Compare it with the paper, or ask whoever gave you the receipt."
            )
            return _page(404, {"problem": text})
        return _page(200, {"receipt": _shown(found)})


def _shown(receipt: verification.Receipt) -> dict[str, str]:
    title = {
        "Microcredit Repayment": _("Receipt of a payment"),
        "Microcredit Disbursement": _("Receipt of a disbursement"),
    }
    return {
        "title": title[receipt.doctype],
        "number": receipt.number,
        "day": format_date(receipt.day, "long"),
        "amount": fmt_money(receipt.amount, decimals_of(receipt.currency), receipt.currency),
        "currency": receipt.currency,
        "issuer": jinja.organisation_identity(receipt.programme)["name"],
        "reversed_on": format_date(receipt.reversed_on, "long") if receipt.reversed_on else "",
    }


def _page(status: int, values: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    html = frappe.render_template(
        _TEMPLATE, {"problem": "", "receipt": None, "lang": frappe.local.lang, **values}
    )
    return Response(
        html, status=status, headers={**_HEADERS, **(headers or {})}, content_type="text/html; charset=utf-8"
    )


def _is_too_often() -> bool:
    """Count the requests of an address; the count ends with the minute after the first of them."""
    address = getattr(frappe.local, "request_ip", None) or "unknown"
    key = frappe.cache.make_key(f"receipt_verification:{address}")
    count = frappe.cache.incrby(key, 1)
    if count == 1:
        frappe.cache.expire(key, _SECONDS)
    return count > LIMIT
