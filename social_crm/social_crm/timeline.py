"""What people and places contribute to the life of families and persons."""

from social_crm.timeline import TimelineSource

PEOPLE = "Family"
WORK = "Community Work"
PROTECTION = "Data Protection"

SOURCES = (
    TimelineSource(
        doctype="Family Event",
        component=PEOPLE,
        date_field="event_date",
        title="{event_type} · {beneficiary} · {other_family} · {reason}",
        fields=("event_type", "beneficiary", "other_family", "reason"),
        beneficiary_field=None,
        family_field="family",
        lives=("Family",),
        icon="family",
    ),
    TimelineSource(
        doctype="Family Event",
        component=PEOPLE,
        date_field="event_date",
        title="{event_type} with the family {family} · {reason}",
        fields=("event_type", "family", "reason"),
        beneficiary_field=None,
        family_field="other_family",
        lives=("Family",),
        icon="family",
    ),
    TimelineSource(
        doctype="Family Membership",
        component=PEOPLE,
        date_field="from_date",
        title="{joined_by}: member of the family {family} · {kinship}",
        fields=("joined_by", "family", "kinship"),
        lives=("Beneficiary",),
        icon="family",
    ),
    TimelineSource(
        doctype="Family Membership",
        component=PEOPLE,
        date_field="to_date",
        title="{left_by}: no longer a member of the family {family}",
        fields=("left_by", "family"),
        filters=(("left_by", "not in", ("", "New Head")),),
        lives=("Beneficiary",),
        icon="family",
    ),
    TimelineSource(
        doctype="Family Vulnerability",
        component=PEOPLE,
        date_field="from_date",
        title="Vulnerability: {vulnerability} · {notes}",
        fields=("vulnerability", "notes"),
        family_field="parent",
        parent_doctype="Family",
        icon="heart",
    ),
    TimelineSource(
        doctype="Activity Attendance",
        component=WORK,
        date_field="activity_date",
        title="{attended}: {activity}",
        fields=("attended", "activity"),
        icon="calendar",
    ),
    TimelineSource(
        doctype="Goods Delivery",
        component=WORK,
        date_field="delivery_date",
        title="{status}: {subject} · {total_value}",
        fields=("status", "subject", "total_value"),
        family_field="family",
        icon="box",
    ),
    TimelineSource(
        doctype="Commitment",
        component=WORK,
        date_field="due_date",
        title="Commitment ({status}): {subject} · {responsible} · {outcome}",
        fields=("status", "subject", "responsible", "outcome"),
        family_field="family",
        icon="handshake",
    ),
    TimelineSource(
        doctype="Data Authorisation",
        component=PROTECTION,
        date_field="given_on",
        title="{decision} the use of data: {purpose} · {channel}",
        fields=("decision", "purpose", "channel"),
        icon="shield",
    ),
    TimelineSource(
        doctype="Data Authorisation",
        component=PROTECTION,
        date_field="withdrawn_on",
        title="Authorisation withdrawn: {purpose} · {withdrawal_reason}",
        fields=("purpose", "withdrawal_reason"),
        filters=(("status", "=", "Withdrawn"),),
        icon="shield",
    ),
)
