"""The platform's own channels: its e-mail queue and its SMS settings. What they answer is told apart, and no number is kept.

Frappe's errors of a gateway carry the address that was called, with the number in it: they are never written down.
"""

from dataclasses import dataclass
from typing import Any

import frappe
import requests
from frappe.core.doctype.sms_settings.sms_settings import send_sms
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.query_builder import Order
from urllib3.exceptions import MaxRetryError, NewConnectionError

from social_crm.microcredit.domain.alerts import masked


class NotAcceptedError(Exception):
    """The service refused the message, or could not be reached at all: it did not go out and may be tried again."""


class NoAnswerError(Exception):
    """Nobody knows whether the message went out: trying again could send it twice."""


@dataclass(frozen=True)
class Mail:
    """An e-mail about an alert; text is plain."""

    alert: str
    to: str
    subject: str
    text: str


def sms_is_set_up() -> bool:
    """Say whether the site has an SMS gateway."""
    gateway = frappe.get_cached_doc("SMS Settings")
    return bool(gateway.sms_gateway_url and gateway.message_parameter and gateway.receiver_parameter)


def email_is_set_up() -> bool:
    """Say whether the site has an account that sends. Where e-mail is muted Frappe gives one without an address."""
    account = EmailAccount.find_default_outgoing()
    return bool(account and account.get("email_id"))


def write_sms(number: str, text: str) -> None:
    """Send an SMS to one number. Raises NotAcceptedError or NoAnswerError, whose text holds no number."""
    frappe.flags.social_crm_alert = True
    try:
        send_sms([number], text, success_msg=False)
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else ""
        raise NotAcceptedError(f"HTTP {status}".strip()) from None
    except requests.ConnectionError as error:
        if _never_left(error):
            raise NotAcceptedError("The service cannot be reached.") from None
        raise NoAnswerError(type(error).__name__) from None
    except requests.RequestException as error:
        if isinstance(error, ValueError):
            # Of requests, those that say that the address is none.
            raise NotAcceptedError("The address of the service is not valid.") from None
        raise NoAnswerError(type(error).__name__) from None
    except ImportError:
        # The service has accepted the message by then; a Frappe from a package registry comes without its log of SMS.
        return
    finally:
        frappe.flags.social_crm_alert = False


def _never_left(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectTimeout) or (
        isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    )


def queue_email(mail: Mail) -> bool:
    """Put an e-mail in the platform's queue, in this transaction; False when the address wants no mail from this site."""
    frappe.sendmail(
        recipients=[mail.to],
        subject=mail.subject,
        message=_as_html(mail.text),
        reference_doctype="Microcredit Alert",
        reference_name=mail.alert,
        add_unsubscribe_link=0,
    )
    return bool(queued(mail.alert))


def queued(alert: str) -> str | None:
    """Return the status of the e-mail of an alert, the latest one when it was sent again; None without any."""
    queue = frappe.qb.DocType("Email Queue")
    found = (
        frappe.qb.from_(queue)
        .select(queue.status)
        .where((queue.reference_doctype == "Microcredit Alert") & (queue.reference_name == alert))
        .orderby(queue.creation, order=Order.desc)
        .limit(1)
        .run()
    )
    return found[0][0] if found else None


def keep_no_number(log: Any, method: str | None = None) -> None:
    """Mask the numbers in the platform's log of SMS where an alert of ours was sent; an event of SMS Log."""
    if frappe.flags.social_crm_alert:
        for field in ("requested_numbers", "sent_to"):
            log.set(field, "\n".join(masked(number) for number in (log.get(field) or "").splitlines()))


def _as_html(text: str) -> str:
    paragraphs = frappe.utils.escape_html(text).split("\n\n")
    return "".join(f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in paragraphs if part.strip())
