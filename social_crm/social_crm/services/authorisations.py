"""Authorisations to use personal data: recorded once, withdrawn by an action, asked live."""

from datetime import date, datetime, time

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, now_datetime

from social_crm.changes import changed_fields, has_changed
from social_crm.social_crm.domain import authorisation as rules
from social_crm.social_crm.services import guards

_FIXED = (
    "beneficiary",
    "purpose",
    "authorisation_text",
    "decision",
    "given_on",
    "channel",
    "given_by",
    "representative",
    "representative_name",
    "representative_document",
    "representation_basis",
    "signature_strokes",
)
_WITHDRAWAL = ("withdrawn_on", "withdrawal_channel", "withdrawal_reason", "withdrawn_by", "status")


def is_authorised(beneficiary: str, purpose: str, on: date | datetime | str | None = None) -> bool:
    """Say whether a person's data may be used for a purpose at a moment (now without one; a day counts to its end).

    Live: asks the records each time. Reads without permissions, because the answer binds whoever uses the data.
    """
    return rules.is_authorised(_decisions(beneficiary, purpose), _moment(on))


@frappe.whitelist()
def authorised(beneficiary: str, purpose: str, on: str | None = None) -> bool:
    """Say whether the data of a person whom the user may see may be used for a purpose."""
    frappe.has_permission("Beneficiary", "read", doc=beneficiary, throw=True)
    return is_authorised(beneficiary, purpose, on)


@frappe.whitelist(methods=["POST"])
def withdraw(authorisation: str, channel: str, reason: str | None = None, on: str | None = None) -> None:
    """Record that the person withdrew an authorisation, now or at an earlier moment."""
    doc = frappe.get_doc("Data Authorisation", authorisation, for_update=True)
    if not (doc.has_permission("write") or doc.has_permission("create")):
        raise frappe.PermissionError
    moment = (get_datetime(on) if on else now_datetime()).replace(microsecond=0)
    if doc.status != "In Force":
        frappe.throw(_("Only an authorisation in force can be withdrawn."), title=_("Withdrawal"))
    if moment < get_datetime(doc.given_on) or moment > now_datetime():
        frappe.throw(
            _("The withdrawal comes after the authorisation and not in the future."), title=_("Withdrawal")
        )
    if not (channel or "").strip():
        frappe.throw(_("Enter how the withdrawal reached you."), title=_("Withdrawal"))
    # Whoever may record an authorisation may record its withdrawal, although nobody edits either by hand.
    frappe.db.set_value(
        "Data Authorisation",
        authorisation,
        {
            "withdrawn_on": moment,
            "withdrawal_channel": channel,
            "withdrawal_reason": reason,
            "withdrawn_by": frappe.session.user,
            "status": "Revoked",
        },
    )
    doc.reload()
    doc.add_comment("Info", _("Authorisation withdrawn."))
    _tell_the_end(doc)


def check(doc: "frappe.model.document.Document") -> None:
    """Check an authorisation about to be saved; after the first save only evidence may be added."""
    _check_evidence(doc)
    if not doc.is_new():
        _refuse_changes(doc)
        return
    guards.require_whole(doc)
    # The form shows seconds; a finer moment would count as changed when it is opened.
    doc.given_on = get_datetime(doc.given_on).replace(microsecond=0)
    doc.update(dict.fromkeys(_WITHDRAWAL))
    doc.status = "In Force" if doc.decision == "Granted" else "Refused"
    if get_datetime(doc.given_on) > now_datetime():
        frappe.throw(_("The authorisation cannot be given in the future."), title=_("Data Authorisation"))
    guards.require_living(doc.beneficiary, getdate(doc.given_on))
    _check_text(doc)
    _check_giver(doc)


def refresh_statuses(doc: "frappe.model.document.Document") -> None:
    """Let a new answer replace the earlier ones of the same person and purpose."""
    for name, status in rules.statuses(_decisions(doc.beneficiary, doc.purpose)).items():
        frappe.db.set_value("Data Authorisation", name, "status", status, update_modified=False)
        if name == doc.name:
            doc.status = status
    if doc.decision == "Refused":
        _tell_the_end(doc)


def _tell_the_end(doc: "frappe.model.document.Document") -> None:
    """Let the components that hold such data do what the end of the authorisation asks of them."""
    for path in frappe.get_hooks("social_crm_authorisation_ended"):
        frappe.get_attr(path)(doc)


def check_text(doc: "frappe.model.document.Document") -> None:
    """Check a version of an authorisation text: its dates, and that a text somebody answered to stays as it was."""
    if doc.valid_to and getdate(doc.valid_to) < getdate(doc.valid_from):
        frappe.throw(_("The text ends before it begins to be valid."), title=_("Authorisation Text"))
    if doc.is_new():
        return
    changed = has_changed(doc, "purpose", "version", "text", "valid_from")
    if changed and frappe.db.exists("Data Authorisation", {"authorisation_text": doc.name}):
        frappe.throw(
            _("People have already answered to this text. Register a new version instead."),
            title=_("Authorisation Text"),
        )


def _refuse_changes(doc: "frappe.model.document.Document") -> None:
    changed = changed_fields(doc, *_FIXED, *_WITHDRAWAL)
    if changed:
        labels = ", ".join(sorted(_(doc.meta.get_label(field)) for field in changed))
        frappe.throw(
            _("A recorded decision is not edited: record a new one, or its withdrawal. ({0})").format(labels),
            title=_("Data Authorisation"),
        )


def keep_evidence(doc: "frappe.model.document.Document", method: str | None = None) -> None:
    """Keep the file that proves a decision: an event of File, for deletions."""
    if is_evidence(doc) and not frappe.flags.in_uninstall:
        frappe.throw(
            _("This file is the evidence of the decision {0} and stays with it.").format(
                doc.attached_to_name
            ),
            frappe.PermissionError,
            title=_("Data Authorisation"),
        )


def is_evidence(file: "frappe.model.document.Document") -> bool:
    """Tell whether a file proves the decision on which it hangs."""
    return bool(
        file.attached_to_doctype == "Data Authorisation"
        and file.attached_to_name
        and frappe.db.get_value("Data Authorisation", file.attached_to_name, "evidence") == file.file_url
    )


def _check_evidence(doc: "frappe.model.document.Document") -> None:
    if not doc.evidence and not (doc.evidence_note or "").strip():
        frappe.throw(
            _("Attach the evidence of the decision or describe where it is kept."),
            title=_("Data Authorisation"),
        )
    before = doc.get_doc_before_save()
    if not before:
        return
    note = (before.evidence_note or "").strip()
    replaced = before.evidence and doc.evidence != before.evidence
    if replaced or not (doc.evidence_note or "").strip().startswith(note):
        frappe.throw(
            _(
                "The evidence on record stays as it is. Add to its description, or attach further files to the record."
            ),
            title=_("Data Authorisation"),
        )


def _check_text(doc: "frappe.model.document.Document") -> None:
    text = frappe.db.get_value(
        "Authorisation Text", doc.authorisation_text, ["purpose", "valid_from", "valid_to"], as_dict=True
    )
    if text.purpose != doc.purpose:
        frappe.throw(_("That text was written for another purpose."), title=_("Data Authorisation"))
    day = getdate(doc.given_on)
    if day < getdate(text.valid_from) or (text.valid_to and day > getdate(text.valid_to)):
        frappe.throw(
            _("That version of the text was not valid on the day of the decision."),
            title=_("Data Authorisation"),
        )


def _check_giver(doc: "frappe.model.document.Document") -> None:
    birth = frappe.db.get_value("Beneficiary", doc.beneficiary, "birth_date")
    other = (
        frappe.db.get_value("Beneficiary", doc.representative, "birth_date") if doc.representative else None
    )
    try:
        rules.check_giver(
            doc.given_by,
            getdate(birth) if birth else None,
            getdate(doc.given_on),
            doc.representative == doc.beneficiary,
            getdate(other) if other else None,
            doc.representation_basis,
        )
    except rules.AuthorisationError as error:
        messages = {
            "minor": _("For a minor only the legal representative decides."),
            "own_representative": _("Nobody is the legal representative of oneself."),
            "minor_representative": _("The legal representative is a minor."),
            "no_basis": _("Enter on what the representation rests."),
        }
        frappe.throw(messages[error.code], title=_("Data Authorisation"))
    except ValueError:
        frappe.throw(_("The decision lies before the person's birth."), title=_("Data Authorisation"))
    if doc.given_by == rules.REPRESENTATIVE:
        if doc.representative and not doc.representative_name:
            doc.representative_name = frappe.db.get_value("Beneficiary", doc.representative, "full_name")
        if not (doc.representative_name and doc.representative_document):
            frappe.throw(
                _("Enter name and document of the legal representative."), title=_("Data Authorisation")
            )


def _decisions(beneficiary: str, purpose: str) -> list[rules.Decision]:
    table = frappe.qb.DocType("Data Authorisation")
    rows = (
        frappe.qb.from_(table)
        .select(table.name, table.decision, table.given_on, table.withdrawn_on)
        .where((table.beneficiary == beneficiary) & (table.purpose == purpose))
        .run()
    )
    return [
        rules.Decision(name, decision == "Granted", get_datetime(given), get_datetime(gone) if gone else None)
        for name, decision, given, gone in rows
    ]


def _moment(on: date | datetime | str | None) -> datetime:
    if on is None:
        return now_datetime()
    if isinstance(on, str):
        on = get_datetime(on) if len(on) > 10 else getdate(on)
    return on if isinstance(on, datetime) else datetime.combine(on, time.max)
