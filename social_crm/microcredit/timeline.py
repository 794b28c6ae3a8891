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
    TimelineSource(
        doctype="Microcredit Restructuring",
        component="Microcredit",
        date_field="restructured_on",
        title="Microcredit restructured to {periods} instalments",
        fields=("periods",),
        filters=(("docstatus", "=", 1),),
    ),
    TimelineSource(
        doctype="Microcredit Write-off",
        component="Microcredit",
        date_field="written_off_on",
        title="Microcredit written off: {total}",
        fields=("total",),
        filters=(("docstatus", "=", 1),),
    ),
)
