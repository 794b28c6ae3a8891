"""The making of the sealed PDF in the background: asked for when an acta is closed, and again when a worker was lost."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.translate import get_user_lang
from frappe.utils import add_to_date, get_datetime, now_datetime

from social_crm.field_records.services.sealed_pdf import certificate, rendering, signing
from social_crm.file_runs import commit, words_of

# A job that has said nothing for so long has lost its worker, or its place in the queue.
LOST_SECONDS = 300
# What failed is tried again by itself so many times, half an hour apart; then a person decides.
TRIES = 5
# Who may have the paper of an acta made again, to compare it with what was signed.
REBUILDERS = ("Social CRM Administrator", "Auditor", "System Manager")
_PAUSE_SECONDS = 1800
# The scheduler asks for no more at a time: they come back in three minutes.
_AT_ONCE = 50
_BEFORE = "before_sealed_pdf"
_OPEN = ("Waiting", "In Progress", "Failed", "No Certificate")


@dataclass(frozen=True)
class Made:
    """A sealed PDF and how it was made."""

    content: bytes
    unsealed_sha256: str
    made_with: dict[str, Any]


def request(acta: str) -> None:
    """Have the sealed PDF of a closed acta made as soon as what was done is kept."""
    _set(acta, pdf_status="Waiting", pdf_problem=None, pdf_heartbeat=_now(), pdf_tries=0)
    if not frappe.flags.in_test:
        _enqueue(acta)


@frappe.whitelist(methods=["POST"])
def ask(acta: str) -> dict:
    """Ask for the sealed PDF of a closed acta that has none; return where it stands."""
    doc = frappe.get_doc("Acta", acta)
    doc.check_permission("read")
    if doc.status != "Closed":
        frappe.throw(_("Only a closed acta has a seal."), title=_("Not Closed"))
    if doc.pdf_status != "Ready" and not (doc.pdf_status in ("Waiting", "In Progress") and not _is_lost(doc)):
        request(doc.name)
    return state(acta)


@frappe.whitelist()
def state(acta: str) -> dict:
    """Return where the sealed PDF of an acta stands, for its form."""
    doc = frappe.get_doc("Acta", acta)
    doc.check_permission("read")
    # The file of this very acta: whoever may read the acta may read it.
    url = frappe.db.get_value("File", doc.pdf_file, "file_url") if doc.pdf_file else None
    return {
        "status": doc.pdf_status or "",
        "problem": doc.pdf_problem or "",
        "file_url": url,
        "sha256": doc.pdf_sha256 or "",
        "certificate": json.loads(doc.pdf_made_with or "{}").get("certificate"),
        "has_certificate": certificate.is_configured(),
        "may_rebuild": _may_rebuild(),
    }


def make(acta: str) -> None:
    """Make, sign and attach the PDF of an acta, unless somebody else does or did: a job of the queue. Commits."""
    token = _claim(acta)
    if not token:
        return
    frappe.db.savepoint(_BEFORE)
    language, frappe.local.lang = frappe.local.lang, get_user_lang(frappe.session.user)
    try:
        made = build(acta)
        _keep(acta, token, made)
    except certificate.CertificateProblem as problem:
        _undo()
        _set(acta, pdf_status="Failed", pdf_problem=str(problem))
    except Exception as error:
        # Whatever went wrong is told on the acta, and tried again by the scheduler.
        _undo()
        frappe.log_error(title="Sealed PDF", message=frappe.get_traceback(), reference_doctype="Acta")
        _set(acta, pdf_status="Failed", pdf_problem=words_of(error)[:500])
    finally:
        frappe.local.lang = language
    commit()


def _undo() -> None:
    """Leave nothing of a making that failed. Tests of the package keep what they wrote before it."""
    if frappe.flags.in_test:
        frappe.db.rollback(save_point=_BEFORE)
    else:
        # Also removes what was written to the disk.
        frappe.db.rollback()


def build(acta: str) -> Made:
    """Render and sign the PDF of a closed acta.

    Raises:
        certificate.CertificateProblem: the certificate cannot be used.
    """
    signer, told = certificate.load()
    doc = frappe.get_doc("Acta", acta)
    made_with = {"size": rendering.page_size(), "certificate": told.as_dict()}
    pdf = rendering.render(doc, **made_with)
    return Made(
        content=signing.sign(pdf, signer, doc.name, doc.content_hash),
        unsealed_sha256=hashlib.sha256(pdf).hexdigest(),
        made_with={**made_with, "renderer": rendering.renderer()},
    )


def is_rebuilt_equal(doc: Any) -> bool:
    """Make the paper of an acta again from its data, and say whether it is byte for byte what was signed."""
    made_with = json.loads(doc.pdf_made_with)
    pdf = rendering.render(doc, made_with["size"], made_with["certificate"])
    return hashlib.sha256(pdf).hexdigest() == doc.pdf_unsealed_sha256


@frappe.whitelist(methods=["POST"])
def rebuild(acta: str) -> dict:
    """Make the paper of an acta again and compare it with what was signed; nothing is kept of it.

    {"equal": whether it is the same byte for byte, "same_renderer": whether the program that makes it is the one of then: another
    one may draw the same content with other bytes}

    Raises:
        frappe.PermissionError: the user holds no role that may, or may not see the acta.
    """
    doc = frappe.get_doc("Acta", acta)
    doc.check_permission("read")
    if not _may_rebuild():
        frappe.throw(
            _("Only an administrator or an auditor makes the paper of an acta again."),
            frappe.PermissionError,
            title=_("Sealed PDF"),
        )
    if doc.pdf_status != "Ready":
        frappe.throw(_("This acta has no sealed PDF yet."), title=_("Sealed PDF"))
    same = json.loads(doc.pdf_made_with).get("renderer") == rendering.renderer()
    return {"equal": is_rebuilt_equal(doc), "same_renderer": same}


def _may_rebuild() -> bool:
    return bool(set(REBUILDERS) & set(frappe.get_roles()))


def resume() -> None:
    """For the scheduler: ask again for what lost its worker, failed a while ago, or waited for a certificate."""
    states = [state for state in _OPEN if state != "No Certificate" or certificate.is_configured()]
    # The scheduler acts for the system: it must see the actas of everybody.
    rows = frappe.get_all(
        "Acta",
        filters={"status": "Closed", "pdf_status": ["in", states]},
        fields=["name", "pdf_status", "pdf_heartbeat", "pdf_tries"],
        order_by="pdf_heartbeat",
        limit_page_length=_AT_ONCE * 4,
    )
    for row in [row for row in rows if _is_due(row)][:_AT_ONCE]:
        _set(
            row.name,
            pdf_heartbeat=_now(),
            **({} if row.pdf_status == "Failed" else {"pdf_status": "Waiting"}),
        )
        _enqueue(row.name)
    commit()


def _is_due(row: Any) -> bool:
    if row.pdf_status == "Failed":
        late = add_to_date(now_datetime(), seconds=-_PAUSE_SECONDS)
        return row.pdf_tries < TRIES and (not row.pdf_heartbeat or get_datetime(row.pdf_heartbeat) < late)
    return row.pdf_status == "No Certificate" or _is_lost(row)


def _is_lost(row: Any) -> bool:
    limit = add_to_date(now_datetime(), seconds=-LOST_SECONDS)
    return not row.pdf_heartbeat or get_datetime(row.pdf_heartbeat) < limit


def _enqueue(acta: str) -> None:
    frappe.enqueue(
        "social_crm.field_records.services.sealed_pdf.making.make",
        queue="long",
        timeout=LOST_SECONDS,
        enqueue_after_commit=True,
        acta=acta,
    )


def _claim(acta: str) -> Any:
    """Take the work on an acta, and commit that; None when there is nothing to do or another job is at it."""
    row = _locked(acta)
    busy = row and row.pdf_status == "In Progress" and not _is_lost(row)
    if not row or row.status != "Closed" or row.pdf_status not in _OPEN or busy:
        commit()
        return None
    if not certificate.is_configured():
        _set(acta, pdf_status="No Certificate", pdf_problem=None)
        commit()
        return None
    token = _now()
    _set(acta, pdf_status="In Progress", pdf_problem=None, pdf_heartbeat=token, pdf_tries=row.pdf_tries + 1)
    commit()
    return token


def _keep(acta: str, token: Any, made: Made) -> None:
    row = _locked(acta)
    if not row or row.pdf_status != "In Progress" or get_datetime(row.pdf_heartbeat) != token:
        # Another job took over: one PDF is enough.
        return
    file = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": f"{acta}.pdf",
            "content": made.content,
            "is_private": 1,
            "attached_to_doctype": "Acta",
            "attached_to_name": acta,
        }
    )
    # The acta is closed to everybody; its own paper is what the app adds.
    file.flags.of_closing = True
    file.insert(ignore_permissions=True)
    _set(
        acta,
        pdf_status="Ready",
        pdf_problem=None,
        pdf_file=file.name,
        pdf_sha256=hashlib.sha256(made.content).hexdigest(),
        pdf_unsealed_sha256=made.unsealed_sha256,
        pdf_made_with=json.dumps(made.made_with, ensure_ascii=False),
    )


def _locked(acta: str) -> Any:
    table = frappe.qb.DocType("Acta")
    query = frappe.qb.from_(table).select(
        table.status, table.pdf_status, table.pdf_heartbeat, table.pdf_tries
    )
    found = query.where(table.name == acta).for_update().run(as_dict=True)
    return found[0] if found else None


def _set(acta: str, **values: Any) -> None:
    """Write past the form: a closed acta does not change, and `modified` stays with it."""
    frappe.db.set_value("Acta", acta, values, update_modified=False)


def _now() -> Any:
    return now_datetime().replace(microsecond=0)
