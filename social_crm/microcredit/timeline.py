"""What microcredit adds to the life of a person and of a family.

What was reversed is told where it was reversed, with its amount and reason, and no longer where it was: a life holds no payment
that does not count. Members of a solidarity group have loans of their own; joining and leaving the group are told besides.
"""

from social_crm.timeline import TimelineSource

COMPONENT = "Microcredit"
_POSTED = (("docstatus", "=", 1),)
_REVERSED = (("docstatus", "=", 2),)


def _repayment(kind: str, title: str, *fields: str) -> TimelineSource:
    return TimelineSource(
        doctype="Microcredit Repayment",
        component=COMPONENT,
        date_field="paid_on",
        title=title,
        fields=("amount", *fields),
        filters=(*_POSTED, ("kind", "=", kind)),
        icon="coins",
    )


def _reversal(doctype: str, title: str, *fields: str) -> TimelineSource:
    return TimelineSource(
        doctype=doctype,
        component=COMPONENT,
        date_field="reversed_at",
        title=title,
        fields=(*fields, "reversal_reason"),
        filters=_REVERSED,
        icon="coins",
    )


SOURCES: tuple[TimelineSource, ...] = (
    TimelineSource(
        doctype="Microcredit Application",
        component=COMPONENT,
        date_field="application_date",
        title="Microcredit application for {requested_amount}: {workflow_state}",
        fields=("requested_amount", "workflow_state"),
        icon="coins",
    ),
    TimelineSource(
        doctype="Microcredit Application",
        component=COMPONENT,
        date_field="declined_on",
        title="Microcredit declined by the borrower: {approved_amount} · {decline_reason}",
        fields=("approved_amount", "decline_reason"),
        icon="coins",
    ),
    TimelineSource(
        doctype="Microcredit",
        component=COMPONENT,
        date_field="disbursed_on",
        title="Microcredit of {principal} granted: {status}",
        fields=("principal", "status"),
        icon="coins",
    ),
    TimelineSource(
        doctype="Microcredit Disbursement",
        component=COMPONENT,
        date_field="disbursed_on",
        title="Money of a microcredit handed over: {amount}",
        fields=("amount",),
        filters=_POSTED,
        icon="coins",
    ),
    _repayment("Payment", "Microcredit repayment of {amount}"),
    _repayment("Prepayment", "Microcredit prepayment of {amount} · {prepayment_mode}", "prepayment_mode"),
    _repayment("Recovery", "Recovered of a microcredit written off: {amount}"),
    TimelineSource(
        doctype="Microcredit Restructuring",
        component=COMPONENT,
        date_field="restructured_on",
        title="Microcredit restructured to {periods} instalments · {reason}",
        fields=("periods", "reason"),
        filters=_POSTED,
        icon="coins",
    ),
    TimelineSource(
        doctype="Microcredit Write-off",
        component=COMPONENT,
        date_field="written_off_on",
        title="Microcredit written off: {total}",
        fields=("total",),
        filters=_POSTED,
        icon="coins",
    ),
    _reversal(
        "Microcredit Disbursement",
        "Disbursement of {amount} reversed, of {disbursed_on} · {reversal_reason}",
        "amount",
        "disbursed_on",
    ),
    _reversal(
        "Microcredit Repayment",
        "Payment of {amount} reversed, of {paid_on} · {reversal_reason}",
        "amount",
        "paid_on",
    ),
    _reversal(
        "Microcredit Restructuring",
        "Restructuring of {restructured_on} reversed · {reversal_reason}",
        "restructured_on",
    ),
    _reversal(
        "Microcredit Write-off",
        "Write-off of {total} reversed, of {written_off_on} · {reversal_reason}",
        "total",
        "written_off_on",
    ),
    TimelineSource(
        doctype="Microcredit",
        component=COMPONENT,
        date_field="closed_on",
        title="Microcredit of {principal} paid in full",
        fields=("principal",),
        filters=(("status", "=", "Paid"),),
        icon="coins",
    ),
    TimelineSource(
        doctype="Microcredit Alert",
        component=COMPONENT,
        date_field="sent_at",
        title="Alert sent by {channel} about the instalment of {due_date} · {rule}",
        fields=("channel", "due_date", "rule"),
        beneficiary_field="recipient_person",
        filters=(("status", "in", ("Sent", "Queued", "Unconfirmed")),),
        icon="coins",
    ),
    TimelineSource(
        doctype="Solidarity Group Member",
        component=COMPONENT,
        date_field="from_date",
        title="Joined the solidarity group {parent} · {member_role}",
        fields=("parent", "member_role"),
        parent_doctype="Solidarity Group",
        icon="handshake",
    ),
    TimelineSource(
        doctype="Solidarity Group Member",
        component=COMPONENT,
        date_field="to_date",
        title="Left the solidarity group {parent} · {reason}",
        fields=("parent", "reason"),
        parent_doctype="Solidarity Group",
        icon="handshake",
    ),
)
