"""The credit committee: a session with its agenda, one vote for each member and application, and what follows from them.

A vote is a record of its own that nobody edits. Closing a session counts the votes and moves each application through the
site's own workflow, as the user who closes it.
"""

from collections import Counter
from typing import Any

import frappe
from frappe import _
from frappe.model.workflow import apply_workflow, get_transitions
from frappe.utils import cint, now_datetime

from social_crm import permissions
from social_crm.microcredit.services import applicants, applications, fingerprints, products
from social_crm.microcredit.services.money import positive_amount
from social_crm.workflow_status import state_for_status

_OWN_ITEM_FIELDS = {
    "decision": "Pending",
    "votes_for": 0,
    "votes_against": 0,
    "abstentions": 0,
    "voted_on": None,
}
# What a vote was cast on.
_PROPOSAL = ("approved_amount", "approved_periods", "conditions")


def validate(doc: Any) -> None:
    """Check a session: members once each, applications that can be decided, and no change of what was voted on."""
    before = doc.get_doc_before_save()
    if doc.flags.get("by_closing"):
        return
    if before and before.status == "Closed":
        _refuse(_("The session is closed: its agenda, votes and minutes do not change any more."))
    doc.status, doc.closed_by, doc.closed_on = "Open", None, None
    if not doc.programme and not doc.community:
        _refuse(_("Say for which programme or community the committee meets."))
    users = [row.user for row in doc.members]
    if len(set(users)) != len(users):
        _refuse(_("Each member of the committee is named once."))
    if doc.chair not in users:
        _refuse(_("The chair is a member of the committee."))
    names = [row.application for row in doc.agenda]
    if len(set(names)) != len(names):
        _refuse(_("Each application stands once on the agenda."))
    earlier = {row.application: row for row in before.agenda} if before else {}
    voted = _voted(doc.name)
    for gone in voted - set(names):
        _refuse(_("{0} was voted on and stays on the agenda.").format(gone))
    for row in doc.agenda:
        _check_item(doc, row, earlier.get(row.application), row.application in voted)


def validate_vote(doc: Any) -> None:
    """Check a vote before it is stored: by a member of an open session, once, and not on an application of one's own."""
    if not doc.is_new():
        _refuse(_("A vote is cast once and never changed."), frappe.PermissionError)
    # Locked until the vote is stored: a session is not closed in between.
    status = frappe.db.get_value("Microcredit Committee", doc.committee, "status", for_update=True)
    permissions.require("Microcredit Committee", "read", doc.committee)
    permissions.require("Microcredit Application", "read", doc.application)
    if status != "Open":
        _refuse(_("The session is closed."))
    session = frappe.get_doc("Microcredit Committee", doc.committee)
    user = frappe.session.user
    if user not in {row.user for row in session.members if cint(row.attends)}:
        _refuse(_("Only members who attend the session vote."), frappe.PermissionError)
    item = next((row for row in session.agenda if row.application == doc.application), None)
    if not item:
        _refuse(_("{0} is not on the agenda.").format(doc.application))
    application = frappe.get_doc("Microcredit Application", doc.application)
    if user in applicants.interested_users(application):
        frappe.throw(
            _("Nobody votes on an application of their own."),
            frappe.PermissionError,
            title=_("Own Application"),
        )
    doc.user, doc.cast_at = user, now_datetime()
    doc.vote_key = f"{doc.committee}|{doc.application}|{user}"
    if frappe.db.exists("Microcredit Committee Vote", {"vote_key": doc.vote_key}):
        frappe.throw(
            _("You have voted on this application already."), frappe.DuplicateEntryError, title=_("Voted")
        )
    if not item.voted_on:
        # With the first vote, under the session's lock; whoever votes need not be one who may change sessions.
        frappe.db.set_value(
            item.doctype, item.name, "voted_on", fingerprints.of(application), update_modified=False
        )


@frappe.whitelist(methods=["POST"])
def cast_vote(committee: str, application: str, vote: str, remark: str | None = None) -> str:
    """Vote on an application of an open session. vote: "In Favour", "Against" or "Abstention". Errors: those of `validate_vote`."""
    permissions.require("Microcredit Committee Vote", "create")
    doc = frappe.new_doc("Microcredit Committee Vote")
    doc.update({"committee": committee, "application": application, "vote": vote, "remark": remark})
    return doc.insert().name


@frappe.whitelist()
def votes_on(committee: str | None = None, application: str | None = None) -> list[dict]:
    """Return the votes of a session, or those on an application, in the order in which they were cast.

    For whoever may read the session or the application.
    """
    field, doctype, name = (
        ("committee", "Microcredit Committee", committee)
        if committee
        else ("application", "Microcredit Application", application)
    )
    permissions.require(doctype, "read", name)
    vote, user = frappe.qb.DocType("Microcredit Committee Vote"), frappe.qb.DocType("User")
    query = (
        frappe.qb.from_(vote)
        .join(user)
        .on(user.name == vote.user)
        .select(
            vote.committee, vote.application, vote.vote, vote.user, user.full_name, vote.cast_at, vote.remark
        )
        .where(vote[field] == name)
        .orderby(vote.cast_at)
    )
    limit = permissions.visible("Microcredit Committee Vote")
    return (query if limit is None else query.where(limit)).run(as_dict=True)


@frappe.whitelist(methods=["POST"])
def close_session(committee: str) -> dict:
    """Count the votes, decide the applications of the agenda and close the session; return decisions by application.

    An application with more votes in favour than against is approved as proposed, one with more against is rejected; without
    the votes for or against that its product asks for, or with as many for as against, it is postponed.
    Errors: an application is not any more what was voted on; those of deciding each one, for the user who closes. Then nothing
    is decided at all.
    """
    doc = frappe.get_doc("Microcredit Committee", committee, for_update=True)
    doc.check_permission("write")
    permissions.require("Microcredit Committee Vote", "create")
    if doc.status != "Open":
        _refuse(_("The session is closed."))
    if frappe.session.user not in {row.user for row in doc.members if cint(row.attends)}:
        _refuse(_("Only a member who attends the session closes it."), frappe.PermissionError)
    counts = _count(committee)
    for row in doc.agenda:
        votes = counts.get(row.application, Counter())
        row.votes_for, row.votes_against, row.abstentions = (
            votes["In Favour"],
            votes["Against"],
            votes["Abstention"],
        )
        row.decision = _decision(row, votes)
        if row.decision in ("Approved", "Rejected"):
            _decide(doc, row)
    doc.update({"status": "Closed", "closed_by": frappe.session.user, "closed_on": now_datetime()})
    doc.flags.by_closing = True
    doc.save()
    return {row.application: row.decision for row in doc.agenda}


def refuse_deletion(doc: Any) -> None:
    """Keep a session that was voted in."""
    if doc.status == "Closed" or _voted(doc.name):
        _refuse(_("A session that was voted in stays on record."), frappe.PermissionError)


def _check_item(doc: Any, row: Any, earlier: Any, is_voted: bool) -> None:
    for field, initial in _OWN_ITEM_FIELDS.items():
        row.set(field, earlier.get(field) if earlier else initial)
    if is_voted:
        if any((row.get(field) or "") != (earlier.get(field) or "") for field in _PROPOSAL):
            _refuse(_("{0} was voted on: its proposal does not change any more.").format(row.application))
        return
    permissions.require("Microcredit Application", "read", row.application)
    application = frappe.get_doc("Microcredit Application", row.application)
    if application.status != "Open":
        _refuse(_("{0} has been decided already.").format(row.application))
    _check_state(application)
    _check_place(doc, application)
    lacking = applications.missing_for_decision(application)
    if lacking:
        _refuse(
            _("{0} is not ready for the committee; it lacks: {1}.").format(
                application.name, ", ".join(lacking)
            )
        )
    row.beneficiary_name = application.beneficiary_name
    row.requested_amount, row.currency = application.requested_amount, application.currency
    row.approved_amount = row.approved_amount or application.requested_amount
    row.approved_periods = row.approved_periods or application.requested_periods
    positive_amount(row.approved_amount, "Proposed Amount", application.currency)


def _check_state(application: Any) -> None:
    """An application comes to the committee once the site's workflow lets it be decided."""
    name = frappe.get_meta(application.doctype).get_workflow()
    if not name:
        return
    target = state_for_status(application.doctype, "Approved")
    steps = frappe.get_cached_doc("Workflow", name).transitions
    if not any(step.state == application.workflow_state and step.next_state == target for step in steps):
        _refuse(
            _("{0} cannot be decided where it stands: {1}.").format(
                application.name, _(application.workflow_state)
            )
        )


def _check_place(doc: Any, application: Any) -> None:
    """Who may read a session reads its agenda: every application belongs where the session does."""
    community = frappe.db.get_value("Beneficiary", application.beneficiary, "community")
    elsewhere = doc.community and doc.community != community
    if elsewhere or (doc.programme and application.programme and doc.programme != application.programme):
        _refuse(_("{0} belongs to another community or programme than the session.").format(application.name))


def _decision(row: Any, votes: Counter[str]) -> str:
    application = frappe.get_doc("Microcredit Application", row.application)
    needed = cint(products.read(application.product_version).values.get("required_votes")) or 1
    # Who abstains attends, and does not decide.
    if votes["In Favour"] + votes["Against"] < needed or votes["In Favour"] == votes["Against"]:
        return "Postponed"
    return "Approved" if votes["In Favour"] > votes["Against"] else "Rejected"


def _decide(session: Any, row: Any) -> None:
    """Write the decision on the application and move it through the site's workflow."""
    application = frappe.get_doc("Microcredit Application", row.application)
    changed = fingerprints.changed(row.voted_on, application)
    if changed:
        _refuse(
            _(
                "{0} is not any more what was voted on; changed since: {1}. Put it back as it was, and close the session then."
            ).format(application.name, ", ".join(changed))
        )
    application.update({"committee_session": session.name, "committee_date": session.meeting_date})
    application.committee_minutes = application.committee_minutes or session.name
    if row.decision == "Approved":
        application.update({field: row.get(field) for field in _PROPOSAL})
    else:
        application.rejection_reason = row.reason or _("Rejected by {0} votes to {1}.").format(
            row.votes_against, row.votes_for
        )
    application.flags.by_committee = True
    application.save()
    target = state_for_status(application.doctype, row.decision)
    action = next((step.action for step in get_transitions(application) if step.next_state == target), None)
    if not action:
        _refuse(
            _("{0} cannot be decided where it stands: {1}.").format(
                application.name, _(application.workflow_state)
            )
        )
    apply_workflow(application, action)


def _count(committee: str) -> dict[str, Counter[str]]:
    """Return the votes by application as last committed: the session is locked by who counts."""
    vote = frappe.qb.DocType("Microcredit Committee Vote")
    query = frappe.qb.from_(vote).select(vote.application, vote.vote).where(vote.committee == committee)
    found: dict[str, Counter[str]] = {}
    for application, cast in query.for_update().run():
        found.setdefault(application, Counter())[cast] += 1
    return found


def _voted(committee: str | None) -> set[str]:
    vote = frappe.qb.DocType("Microcredit Committee Vote")
    query = (
        frappe.qb.from_(vote).select(vote.application).distinct().where(vote.committee == (committee or ""))
    )
    return {row[0] for row in query.run()}


def _refuse(text: str, error: type[Exception] = frappe.ValidationError) -> None:
    frappe.throw(text, error, title=_("Credit Committee"))
