"""What microcredit adds to the life of a person."""

from social_crm.timeline import TimelineSource

SOURCES: tuple[TimelineSource, ...] = (
    TimelineSource(
        doctype="Microcredit Application",
        component="Microcredit",
        date_field="application_date",
        title="Microcredit application for {requested_amount}: {workflow_state}",
        fields=("requested_amount", "workflow_state"),
    ),
    TimelineSource(
        doctype="Microcredit",
        component="Microcredit",
        date_field="disbursed_on",
        title="Microcredit of {principal} disbursed: {status}",
        fields=("principal", "status"),
    ),
    TimelineSource(
        doctype="Microcredit Repayment",
        component="Microcredit",
        date_field="paid_on",
        title="Microcredit repayment of {amount}",
        fields=("amount",),
        filters=(("docstatus", "=", 1),),
    ),
)
