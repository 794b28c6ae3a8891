"""What field records add to the life of persons and families."""

from social_crm.timeline import TimelineSource

SOURCES: tuple[TimelineSource, ...] = (
    TimelineSource(
        doctype="Acta",
        component="Field Records",
        date_field="visit_date",
        title="Acta: {template_title} ({status})",
        fields=("template_title", "status"),
        family_field="family",
    ),
)
