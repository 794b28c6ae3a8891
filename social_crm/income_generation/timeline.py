"""What productive units contribute to the life of families and persons."""

from social_crm.timeline import TimelineSource

COMPONENT = "Income Generation"

SOURCES = (
    TimelineSource(
        doctype="Productive Unit",
        component=COMPONENT,
        date_field="started_on",
        title="Productive unit started: {unit_name} · {activity_sector} · {kind}",
        fields=("unit_name", "activity_sector", "kind"),
        icon="flag",
    ),
    TimelineSource(
        doctype="Productive Unit Closing",
        component=COMPONENT,
        date_field="closed_on",
        title="Productive unit closed: {parent} · {closing_reason} · {closing_notes}",
        fields=("parent", "closing_reason", "closing_notes"),
        parent_doctype="Productive Unit",
        icon="flag",
    ),
    TimelineSource(
        doctype="Productive Unit Follow-up",
        component=COMPONENT,
        date_field="visit_date",
        title="Follow-up visit to {productive_unit} · Operating: {operating} · Sales {sales} · {findings}",
        fields=("productive_unit", "operating", "sales", "findings"),
        icon="calendar",
    ),
)
