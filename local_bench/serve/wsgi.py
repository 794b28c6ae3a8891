"""Frappe as a WSGI application that serves one site, with its assets and public files.

Run by gunicorn from the sites folder, with FRAPPE_SITE naming the site. `frappe serve` is not used: it
binds every interface and shows a debugger.
"""

import os
from pathlib import Path

import frappe.app
from frappe.middlewares import StaticDataMiddleware
from werkzeug.middleware.shared_data import SharedDataMiddleware

frappe.app._site = os.environ["FRAPPE_SITE"]

application = SharedDataMiddleware(frappe.app.application, {"/assets": str(Path("assets").resolve())})
application = StaticDataMiddleware(application, {"/files": str(Path.cwd())})
