"""What psychosocial care contributes to the life of families and persons; nothing of the confidential notes."""

from social_crm.timeline import TimelineSource

COMPONENT = "Psychosocial Care"

SOURCES = (
    TimelineSource(
        doctype="Psychosocial Case",
        component=COMPONENT,
        date_field="opened_on",
        title="Psychosocial case opened: {subject} · {line_of_care}",
        fields=("subject", "line_of_care"),
        family_field="family",
        icon="heart",
    ),
    TimelineSource(
        doctype="Psychosocial Case",
        component=COMPONENT,
        date_field="closed_on",
        title="Psychosocial case closed: {subject} · {closing_reason}",
        fields=("subject", "closing_reason"),
        family_field="family",
        filters=(("status", "=", "Closed"),),
        icon="heart",
    ),
    TimelineSource(
        doctype="Psychosocial Activity",
        component=COMPONENT,
        date_field="activity_date",
        title="{activity_kind}: {subject} · {line_of_care} · {agreements}",
        fields=("activity_kind", "subject", "line_of_care", "agreements"),
        family_field="family",
        filters=(("status", "=", "Held"),),
        icon="heart",
    ),
)
