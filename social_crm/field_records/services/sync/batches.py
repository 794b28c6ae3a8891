"""A batch of records: each is looked at, stored and committed by itself, so that none holds up another."""

from collections.abc import Callable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import now_datetime, strip_html

from social_crm.field_records.domain.device_records import Problem, is_uuid, problems
from social_crm.field_records.services.sync import (
    acta_records,
    authorisation_records,
    change_records,
    devices,
    requests,
    transactions,
)
from social_crm.field_records.services.sync.clocks import server_time
from social_crm.field_records.services.sync.limits import limit
from social_crm.field_records.services.sync.patience import IN_THE_WAY, TRIES, pause, tried_again
from social_crm.field_records.services.sync.results import result

_STORES: dict[str, Callable[..., dict[str, Any]]] = {
    "acta": acta_records.store,
    "change": change_records.store,
    "authorisation": authorisation_records.store,
}


@frappe.whitelist(methods=["POST"])
@tried_again
def push(batch: str | None = None) -> dict:
    """Store the records of a batch and say of each what became of it."""
    requests.check_body(limit("batch_bytes"))
    given = requests.read_batch(batch)
    device = devices.own_row(given.get("device"))
    parts = requests.parts()
    results = [_stored(record, device, parts) for record in given["records"]]
    transactions.begin()
    devices.note(device, last_push=now_datetime(), last_sync=now_datetime())
    return {"server_time": server_time(), "results": results}


def _stored(record: Any, device: str, parts: Mapping[str, bytes]) -> dict[str, Any]:
    """Store one record in a transaction of its own. It never raises: whatever goes wrong is the answer for this record."""
    given = record.get("uuid") if isinstance(record, dict) else None
    uuid = given if is_uuid(given) else None
    try:
        found = problems(record)
    except RecursionError:
        found = (Problem("", "object"),)
    if found:
        return result(uuid, "refused", message=_problem_text(found))
    for attempt in range(TRIES):
        transactions.begin()
        try:
            answer = _STORES[record["kind"]](record, device, parts, transactions.undo)
            after = answer.pop("after_commit", None)
            if answer["state"] in ("stored", "known", "conflict"):
                transactions.keep()
            else:
                transactions.undo()
            if after:
                after()
            return answer
        except IN_THE_WAY:
            # Another transaction was in the way; the database has undone ours.
            frappe.db.rollback()
            pause(attempt)
        except Exception as error:
            transactions.undo()
            if refused := _words(error):
                return result(uuid, "refused", message=refused)
            _log(uuid)
            break
        finally:
            frappe.clear_messages()
    text = _(
        "The server could not store this now. Nothing is lost: it stays on the device and is sent again."
    )
    return result(uuid, "refused", message=text, retry=True)


def _words(error: Exception) -> str:
    """What a refusal said, without markup; nothing for an error that is no refusal but a fault."""
    is_refusal = getattr(error, "http_status_code", 500) < 500 or isinstance(error, frappe.db.DataError)
    if not is_refusal:
        return ""
    if isinstance(error, frappe.MandatoryError):
        return _("Fill in what is required: {0}.").format(_labels_of(str(error)))
    text = strip_html(str(error).replace("<br>", "\n")).strip()
    if isinstance(error, frappe.PermissionError) and not text:
        text = _("You do not have the right to do this.")
    return text or type(error).__name__


def _labels_of(text: str) -> str:
    """The labels of the fields that the platform names in "[DocType, name]: field, field"."""
    place, _colon, fields = text.partition("]: ")
    doctype = place.lstrip("[").partition(",")[0]
    if not frappe.db.exists("DocType", doctype):
        return text
    meta = frappe.get_meta(doctype)
    return ", ".join(_(meta.get_label(one.strip())) for one in fields.split(","))


def _log(uuid: str | None) -> None:
    """Keep the trace of a fault for the administrator; no content of the record."""
    frappe.log_error(title=f"Sync of {uuid}", message=frappe.get_traceback())
    transactions.keep()


def _problem_text(found: tuple[Problem, ...]) -> str:
    texts = {
        "object": _("not an object"),
        "unknown": _("unknown field"),
        "missing": _("missing"),
        "text": _("not a text"),
        "too_long": _("too long"),
        "too_many": _("too many"),
        "twice": _("given twice"),
        "number": _("not a possible number"),
        "date": _("not a date"),
        "time": _("not a time"),
        "uuid": _("not a UUID"),
        "sha256": _("not a SHA-256"),
        "option": _("none of the possible values"),
    }
    said = [f"{one.path or 'record'}: {texts.get(one.code, _('not understood'))}" for one in found[:10]]
    return _("The record is not understood: {0}").format("; ".join(said))
