"""What an acta must hold, and its closing."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from social_crm.field_records.domain.answers import Result, examine
from social_crm.field_records.domain.strokes import stroke_text
from social_crm.field_records.services import (
    acta_programmes,
    agreements,
    amendments,
    arrivals,
    fingerprints,
    forms,
    mapping,
    pictures,
    seals,
    templates,
)
from social_crm.field_records.services.sealed_pdf import making
from social_crm.workflow_status import status_from_workflow

# Read-only on screen; over REST a value may still arrive, and is put back.
OWN_FIELDS = (
    *("closed_on", "closed_by", "content_hash", "seal_version", "sealed_files", "agreed_commitments"),
    *("sealed_names", "seal_chain", "seal_number", "previous_hash", "verification_code"),
    *("pdf_status", "pdf_problem", "pdf_file", "pdf_sha256", "pdf_unsealed_sha256", "pdf_made_with"),
    *("pdf_heartbeat", "pdf_tries"),
)


def validate(doc: Any) -> None:
    """Check an acta. A draft may be incomplete, never wrong; a closed one does not change by any door."""
    before = doc.get_doc_before_save()
    if before and before.status == "Closed":
        frappe.throw(
            _("A closed acta does not change: write an amendment, which is a new acta that names this one."),
            frappe.PermissionError,
            title=_("Closed Acta"),
        )
    doc.status = status_from_workflow(doc, "Draft")
    for field in OWN_FIELDS:
        doc.set(field, before.get(field) if before else None)
    doc.set("written_records", before.written_records if before else [])
    arrivals.stamp(doc, before)
    _check_template(doc, before)
    _place(doc, before)
    if doc.visit_date and getdate(doc.visit_date) > getdate():
        frappe.throw(_("The visit date lies in the future."), title=_("Date not Possible"))
    amendments.check(doc, before)
    _note_signatures(doc, before)
    fingerprints.check_participants(doc)
    result = examine_answers(doc)
    forms.refuse_findings(result)
    doc.answers = json.dumps(result.answers, ensure_ascii=False)
    if doc.status == "Closed":
        _require_complete(doc, result)


def seal_when_closed(doc: Any) -> None:
    """Attach the pictures of a saved acta; stamp and seal it when this save has closed it."""
    before = doc.get_doc_before_save()
    pictures.attach(doc)
    if doc.status == "Closed" and before and before.status != "Closed":
        pictures.require_all(doc)
        mapping.apply(doc)
        # Whole seconds: what is sealed must come back from the database exactly as it was.
        doc.db_set({"closed_on": now_datetime().replace(microsecond=0), "closed_by": frappe.session.user})
        # Those that the closing itself has made are among them.
        doc.db_set("agreed_commitments", json.dumps(agreements.agreed(doc.name), ensure_ascii=False))
        doc.db_set(seals.new_seal(frappe.get_doc("Acta", doc.name)))
        making.request(doc.name)


def examine_answers(values: Any) -> Result:
    """Return what the domain makes of the answers in an acta, or in values of one: calculated, without what does not apply."""
    template = templates.load(values.get("template"), frappe.local.lang)
    answers, day = forms.read_answers(values.get("answers")), getdate(values.get("visit_date"))
    return examine(template, answers, day, forms.moment_of(values))


def refuse_deletion(doc: Any) -> None:
    """A closed acta stays."""
    if doc.status == "Closed":
        frappe.throw(
            _("A closed acta stays on record and cannot be deleted."),
            frappe.PermissionError,
            title=_("Closed Acta"),
        )


def keep_files(doc: Any, method: str | None = None) -> None:
    """Keep the files of a closed acta: an event of File, for deletions. With the whole app they go."""
    if not frappe.flags.in_uninstall and is_of_closed_acta(doc):
        _refuse_loss(doc)


def keep_files_in_place(doc: Any, method: str | None = None) -> None:
    """Keep a file of a closed acta with it and with its content, and let no other come: an event of File, for what is saved.

    The seal covers what hung on the acta when it was closed. What the closing itself attaches, and the sealed paper, say so in
    the flag `of_closing`, which no request can set.
    """
    if doc.flags.of_closing:
        return
    before = doc.get_doc_before_save()
    if before and is_of_closed_acta(before):
        place = ("attached_to_doctype", "attached_to_name", "file_url", "file_name", "content_hash")
        if any((before.get(field) or "") != (doc.get(field) or "") for field in place):
            _refuse_loss(before)
    elif is_of_closed_acta(doc):
        frappe.throw(
            _(
                "The acta {0} is closed, and nothing is attached to it any more."
                " Attach the file to an amendment, or write a comment."
            ).format(doc.attached_to_name),
            frappe.PermissionError,
            title=_("Closed Acta"),
        )


def is_of_closed_acta(file: Any) -> bool:
    """Tell whether a file hangs on a closed acta."""
    return bool(
        file.attached_to_doctype == "Acta"
        and file.attached_to_name
        and frappe.db.get_value("Acta", file.attached_to_name, "status") == "Closed"
    )


def _refuse_loss(file: Any) -> None:
    frappe.throw(
        _("This file belongs to the closed acta {0} and stays with it.").format(file.attached_to_name),
        frappe.PermissionError,
        title=_("Closed Acta"),
    )


def _check_template(doc: Any, before: Any) -> None:
    template = frappe.db.get_value(
        "Acta Template", doc.template, ["title", "version", "status"], as_dict=True
    )
    if not template:
        frappe.throw(_("Choose the template of the acta."), title=_("Template Missing"))
    # Somebody without signal began it while the version was still published: a draft keeps the version it began with.
    begun_elsewhere = template.status == "Withdrawn" and doc.flags.arrival
    if before is None and template.status != "Published" and not begun_elsewhere:
        frappe.throw(
            _("The template {0} is not published: choose a published version.").format(doc.template),
            title=_("Template not Published"),
        )
    if before and before.template != doc.template:
        frappe.throw(_("An acta keeps the template version that it began with."), title=_("Another Template"))
    doc.template_title, doc.template_version = template.title, template.version


def subject_of(values: Any) -> dict[str, str | None]:
    """Return whom values of an acta are about.

    Where they do not say: the unit's person, the person's family and its community; of an amendment whom the acta that it amends
    is about, and nothing that came to be true later (a person who has joined a family since).
    """
    amended = amendments.subject_of(values.get("amends"))
    if amended:
        return {field: values.get(field) or amended[field] for field in amendments.SUBJECT}
    unit, person, family, community = (
        values.get(field) for field in ("productive_unit", "beneficiary", "family", "community")
    )
    if unit and not person:
        person = frappe.db.get_value("Productive Unit", unit, "beneficiary")
    if person and not family:
        family = frappe.db.get_value("Beneficiary", person, "family")
    if family and not community:
        community = frappe.db.get_value("Family", family, "community")
    return {"productive_unit": unit, "beneficiary": person, "family": family, "community": community}


def _place(doc: Any, before: Any) -> None:
    """Fill what follows from what was said; then the title."""
    doc.update(subject_of(doc))
    if not (doc.community or doc.family or doc.beneficiary):
        frappe.throw(
            _("Say what the acta is about: a family, a person or a community."), title=_("Subject Missing")
        )
    acta_programmes.fill(doc, before)
    subject = (
        (doc.beneficiary and frappe.db.get_value("Beneficiary", doc.beneficiary, "full_name"))
        or (doc.family and frappe.db.get_value("Family", doc.family, "family_name"))
        or doc.community
    )
    doc.title = f"{doc.template_title} · {subject}"[:140]


def _note_signatures(doc: Any, before: Any) -> None:
    """The server's time of each signature: when it first arrived, kept while it is the same."""
    known = {row.signature: row.signed_at for row in before.participants if row.signature} if before else {}
    for row in doc.participants:
        if row.cannot_sign:
            row.signature = None
        row.strokes = _strokes(row, row.strokes) if row.signature else None
        row.witness_strokes = _strokes(row, row.witness_strokes) if row.witness_signature else None
        row.signed_at = (
            (known.get(row.signature) or now_datetime().replace(microsecond=0)) if row.signature else None
        )


def _strokes(row: Any, strokes: Any) -> str | None:
    try:
        return stroke_text(strokes) or None
    except (ValueError, RecursionError):
        frappe.throw(
            _("The signature of {0} was not understood. Sign again.").format(row.participant_name),
            title=_("Signature not Understood"),
        )


def _require_complete(doc: Any, result: Result) -> None:
    problems = [forms.finding_text(finding) for finding in result.missing]
    if not doc.participants:
        problems.append(_("Write at least one participant."))
    for row in doc.participants:
        if row.cannot_sign and not (row.cannot_sign_reason and row.witness_name):
            problems.append(
                _("{0} cannot sign: write the reason and the witness.").format(row.participant_name)
            )
        elif row.cannot_sign and not row.witness_signature:
            problems.append(
                _("The signature of the witness {0} is missing: the witness signs for {1}.").format(
                    row.witness_name, row.participant_name
                )
            )
        elif not (row.cannot_sign or row.signature or row.fingerprint):
            problems.append(_("The signature of {0} is missing.").format(row.participant_name))
    if problems:
        frappe.throw(
            "<br>".join(frappe.utils.escape_html(problem) for problem in problems),
            title=_("Not Ready to Close"),
        )
