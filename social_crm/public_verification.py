"""What pages have in common to which the QR of a paper leads: open to whoever holds it, counted, and told to nobody."""

from typing import Any

import frappe
from frappe import _
from werkzeug.wrappers import Response

# Requests of one address in a minute; a person scans a handful.
LIMIT = 30
_SECONDS = 60
LANGUAGES = ("es", "en")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    # The address is the paper's secret: it is told to nobody.
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'",
}


class VerificationPage:
    """Renders `/<place>/<code>`; a `page_renderer` of Frappe. Kinds of paper say what they look up and show."""

    # The address without the code, and the page.
    place = ""
    template = ""

    def __init__(self, path: str, http_status_code: int | None = None) -> None:
        self.path = path.strip("/ ")

    def can_render(self) -> bool:
        """Tell whether the address is ours."""
        return self.path == self.place or self.path.startswith(f"{self.place}/")

    def found(self, code: str) -> dict[str, Any] | None:
        """Return what the page shows of the paper with a code, or None when there is none. Reads only."""
        raise NotImplementedError

    def unknown(self) -> str:
        """Say that no paper has this code."""
        raise NotImplementedError

    def render(self) -> Response:
        """Answer with the paper, with 404 where there is none, and with 429 to whoever asks too often."""
        _speak_the_language_of_the_reader()
        if frappe.request.method not in ("GET", "HEAD"):
            return self._page(405, {"problem": _("This page is for reading only.")}, {"Allow": "GET, HEAD"})
        if self._is_too_often():
            text = _("Too many questions from this connection: try again in a minute.")
            return self._page(429, {"problem": text}, {"Retry-After": str(_SECONDS)})
        shown = self.found(self.path.partition("/")[2])
        return self._page(200, shown) if shown else self._page(404, {"problem": self.unknown()})

    def _page(self, status: int, values: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
        html = frappe.render_template(self.template, {"problem": "", "lang": frappe.local.lang, **values})
        return Response(
            html,
            status=status,
            headers={**_HEADERS, **(headers or {})},
            content_type="text/html; charset=utf-8",
        )

    def _is_too_often(self) -> bool:
        """Count the requests of an address; the count ends with the minute after the first of them."""
        address = getattr(frappe.local, "request_ip", None) or "unknown"
        key = frappe.cache.make_key(f"verification:{self.place}:{address}")
        count = frappe.cache.incrby(key, 1)
        if count == 1:
            frappe.cache.expire(key, _SECONDS)
        return count > LIMIT


def _speak_the_language_of_the_reader() -> None:
    """Frappe v15 and v16 ask no browser's language; whoever holds a paper is no user of the site."""
    wanted = frappe.request.accept_languages.best_match(LANGUAGES)
    if wanted:
        frappe.local.lang = wanted
