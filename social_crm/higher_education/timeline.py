"""What the higher-education fund contributes to the life of families and persons."""

from social_crm.timeline import TimelineSource

COMPONENT = "Higher Education"

SOURCES = (
    TimelineSource(
        doctype="FES Phase",
        component=COMPONENT,
        date_field="from_date",
        title="Higher-education fund: {phase} · {reason}",
        fields=("phase", "reason"),
        parent_doctype="FES Student",
        icon="book",
    ),
    TimelineSource(
        doctype="FES Semester",
        component=COMPONENT,
        date_field="enrolled_on",
        title="Enrolled in the semester {period}: {academic_programme} · {institution}",
        fields=("period", "academic_programme", "institution"),
        icon="book",
    ),
)
