"""Serves the field app at /campo, its worker and the preview of its forms: built files, the same for everyone, no data.

The worker stands at the site's root, because a worker only controls pages below its own address.
"""

import mimetypes
from collections.abc import Mapping
from pathlib import Path

import frappe
from frappe import _
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

PATH = "campo"
WORKER_PATH = "campo-sw.js"
# Beside the screens of the app, which its worker answers itself.
PREVIEW_PATH = "campo-preview"
BUILD_COMMAND = "bench build --app social_crm"
_SHELL = "index.html"
_PREVIEW = "preview.html"
_WORKER = "sw.js"
_NEVER_KEPT = "no-cache, must-revalidate"
# Named by their content. Private: the platform sets cookies with every answer, which no proxy may keep.
_KEPT_FOR_EVER = "private, max-age=31536000, immutable"
# Readers of fingerprints answer on the device itself.
_LOOPBACK = " ".join(
    f"{scheme}://{host}:*" for scheme in ("http", "https", "wss") for host in ("127.0.0.1", "localhost")
)
_POLICY = "; ".join(
    (
        "default-src 'none'",
        # WebAssembly: the hash that makes keys of PINs.
        "script-src 'self' 'wasm-unsafe-eval'",
        # Style attributes: the form engine sets them in the markup of forms.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        f"connect-src 'self' blob: data: {_LOOPBACK}",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self)",
    "X-Robots-Tag": "noindex",
}
# The Desk shows a template as the app draws it, in a frame of its own page.
_FRAMED = {
    **_HEADERS,
    "Content-Security-Policy": _POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}
# Some systems call JavaScript text/plain, which a browser then refuses to run.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
}


class FieldApp:
    """A `page_renderer` of Frappe. Reads files only; whatever fails leaves nothing in the database."""

    def __init__(self, path: str, http_status_code: int | None = None) -> None:
        self.path = path.strip("/ ")

    def can_render(self) -> bool:
        """Tell whether the address is ours."""
        return self.path in (PATH, WORKER_PATH, PREVIEW_PATH) or self.path.startswith(f"{PATH}/")

    def render(self) -> Response:
        """Answer with the shell for every screen, with a built file for its name, with plain words for the rest."""
        try:
            return _answer(self.path)
        except Exception:
            # The platform commits after an exception in a renderer: nothing half-done may stay.
            frappe.db.rollback()
            frappe.logger("field_app").exception("An address of the field app could not be answered")
            return _plain(500, _("The field app could not be served. Try again in a moment."))


def built_files() -> Path:
    """Return the folder into which the app is built."""
    return Path(frappe.get_app_path("social_crm", "public", "field_app"))


def _answer(path: str) -> Response:
    if frappe.request.method not in ("GET", "HEAD"):
        return _plain(405, _("This page is for reading only."), {"Allow": "GET, HEAD"})
    root = built_files()
    if not (root / _SHELL).is_file() or not (root / _WORKER).is_file():
        text = _("The field app has not been built on this server. Whoever looks after it runs: {0}")
        return _plain(503, text.format(BUILD_COMMAND))
    if path == WORKER_PATH:
        return _file(root / _WORKER)
    if path == PREVIEW_PATH:
        return _file(root / _PREVIEW, headers=_FRAMED)
    wanted = path.partition("/")[2]
    found = safe_join(str(root), wanted) if wanted else None
    if found and Path(found).is_file():
        return _file(Path(found), kept=wanted.startswith("assets/"))
    if "." in wanted.rpartition("/")[2]:
        # A missing script answered with a page would be kept and run as a script.
        return _plain(404, _("There is no such file in the field app."))
    return _file(root / _SHELL)


def _file(path: Path, kept: bool = False, headers: Mapping[str, str] = _HEADERS) -> Response:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = Response(path.read_bytes(), content_type=kind, headers=headers)
    _let_keep(response, _KEPT_FOR_EVER if kept else _NEVER_KEPT)
    response.add_etag()
    return response.make_conditional(frappe.request)


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    response = Response(
        f"{text}\n",
        status=status,
        headers={**_HEADERS, **(headers or {})},
        content_type="text/plain; charset=utf-8",
    )
    _let_keep(response, "no-store")
    return response


def _let_keep(response: Response, rule: str) -> None:
    response.headers["Cache-Control"] = rule
    # v16 writes its own rule over that of the answer unless it stands here.
    later = getattr(frappe.local, "response_headers", None)
    if later is not None:
        later["Cache-Control"] = rule
