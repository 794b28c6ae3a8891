"""What the tests of alerts share: a gateway that really answers over HTTP, a borrower who may be written to, rules."""

import threading
from datetime import datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import frappe
from frappe.utils import getdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.domain.alerts import sending_day
from social_crm.microcredit.services.alerts import rules
from social_crm.social_crm.doctype.data_authorisation.test_data_authorisation import decide
from social_crm.testing import SocialCRMTestCase

NUMBER, SENT_AS = "300 123 4567", "573001234567"
ALERT = "Microcredit Alert"


class Gateway:
    """An SMS service on this machine that keeps what it is asked and answers as it is told, `wait` seconds later."""

    def __init__(self) -> None:
        self.status, self.messages, self.wait = 200, [], 0.0
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)
                if gateway.status == 0:
                    # The message is taken and the line goes dead.
                    gateway.messages.append((asked["to"][0], asked["text"][0]))
                    self.connection.close()
                    return
                if gateway.status == 200:
                    gateway.messages.append((asked["to"][0], asked["text"][0]))
                threading.Event().wait(gateway.wait)
                self.send_response(gateway.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Nothing is written to the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/send"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def make_email_account() -> None:
    """Give the site an account that sends; with e-mail muted Frappe's own has no address, and assignments write to people."""
    frappe.get_doc(
        {
            "doctype": "Email Account",
            "email_account_name": "Avisos de prueba",
            "email_id": "avisos@example.com",
            "enable_outgoing": 1,
            "default_outgoing": 1,
            "smtp_server": "localhost",
            "no_smtp_authentication": 1,
        }
    ).insert()
    frappe.local.outgoing_email_account = {}


class AlertCase(SocialCRMTestCase):
    """A loan of a borrower with a number and an authorisation; no rule in use but those a test makes."""

    def prepare(self) -> None:
        make.make_team()
        frappe.db.set_value(rules.RULE, {"enabled": 1}, "enabled", 0)
        frappe.db.delete(ALERT)
        self.borrower = make.make_borrower()
        self.give_number(self.borrower)
        decide(self.borrower, purpose="Programme Services")
        self.loan = make.make_loan(beneficiary=self.borrower)
        self.due = getdate(self.loan.next_due_date)

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(self.forget)
        self.gateway = Gateway()
        self.addCleanup(self.gateway.close)
        self.set_gateway(self.gateway.url)

    def forget(self) -> None:
        for name in ("SMS Settings", rules.SETTINGS):
            frappe.clear_document_cache(name, name)
            frappe.db.value_cache.pop(name, None)
        frappe.local.outgoing_email_account = {}

    def set_gateway(self, url: str | None) -> None:
        doc = frappe.get_doc("SMS Settings")
        doc.update({"sms_gateway_url": url, "message_parameter": "text", "receiver_parameter": "to"})
        doc.flags.ignore_mandatory = True
        doc.save()
        frappe.clear_document_cache("SMS Settings", "SMS Settings")

    def give_number(self, person: str, number: str = NUMBER, email: str | None = None) -> Any:
        doc = frappe.new_doc("Contact")
        doc.first_name = f"Contacto {frappe.generate_hash(length=6)}"
        doc.append("links", {"link_doctype": "Beneficiary", "link_name": person})
        if number:
            doc.append("phone_nos", {"phone": number, "is_primary_mobile_no": 1})
        if email:
            doc.append("email_ids", {"email_id": email, "is_primary": 1})
        return doc.insert()

    def rule(self, **values: Any) -> Any:
        fields = {
            "rule_name": f"Regla {frappe.generate_hash(length=8)}",
            "recipient": "Borrower",
            "channel": "SMS",
            "moment": "Before the Due Date",
            "days": 3,
            "authorisation_purpose": "Programme Services",
            "message": "{nombre}: {valor} vence el {fecha}",
        }
        return frappe.get_doc({"doctype": rules.RULE, **fields, **values}).insert()

    def moment(self, rule: Any, due: Any = None) -> datetime:
        """Ten o'clock on the day on which the alert of a rule goes out."""
        due = due or self.due
        day = sending_day(due, rules.timing_of(rule), rules.holidays_around(due))
        return datetime.combine(day, time(10))

    def alerts(self, **filters: Any) -> list[Any]:
        # What the jobs wrote, whoever is logged in.
        return frappe.get_all(ALERT, filters=filters, fields=["*"], order_by="creation asc")

    def only(self) -> Any:
        found = self.alerts()
        self.assertEqual(len(found), 1, found)
        return found[0]
