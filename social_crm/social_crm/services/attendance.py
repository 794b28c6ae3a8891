"""Who took part in an activity: the sheet of a community, with a tick for each person."""

import frappe
from frappe import _
from frappe.utils import formatdate, getdate, nowdate

from social_crm.changes import has_changed
from social_crm.social_crm.services import guards

STATES = ("Present", "Absent", "Excused")


def check(doc: "frappe.model.document.Document") -> None:
    """Check one attendance about to be saved."""
    guards.require_whole(doc)
    # The activity is locked so that two sheets at once do not register a person twice.
    activity = frappe.db.get_value(
        "Community Activity", doc.activity, ["activity_date", "status"], as_dict=True, for_update=True
    )
    if activity.status == "Cancelled":
        frappe.throw(_("The activity was cancelled."), title=_("Attendance"))
    if getdate(activity.activity_date) > getdate(nowdate()):
        frappe.throw(
            _("The activity is on {0}: attendance is taken from that day on.").format(
                formatdate(activity.activity_date)
            ),
            title=_("Attendance"),
        )
    guards.require_living(doc.beneficiary, activity.activity_date)
    doc.activity_date = activity.activity_date
    other = frappe.db.get_value(
        "Activity Attendance",
        {"activity": doc.activity, "beneficiary": doc.beneficiary, "name": ["!=", doc.name or ""]},
    )
    if other:
        frappe.throw(
            _("{0} is already on the attendance sheet.").format(doc.beneficiary_name or doc.beneficiary),
            title=_("Attendance"),
        )


def count(activity: str) -> None:
    """Bring the number of attendees of an activity in line with its sheet."""
    if frappe.db.exists("Community Activity", activity):
        present = frappe.db.count("Activity Attendance", {"activity": activity, "attended": "Present"})
        frappe.db.set_value("Community Activity", activity, "attendee_count", present)


def check_activity(doc: "frappe.model.document.Document") -> None:
    """Check an activity about to be saved; one that was held has happened."""
    # Frappe fills every empty time of a new record with the present one, to the microsecond: nobody typed that.
    if doc.is_new() and doc.start_time and "." in str(doc.start_time):
        doc.start_time = None
    if doc.status == "Held" and getdate(doc.activity_date) > getdate(nowdate()):
        frappe.throw(_("An activity in the future was not held yet."), title=_("Community Activity"))
    if (doc.hours or 0) < 0:
        frappe.throw(_("The hours cannot be negative."), title=_("Community Activity"))


def follow_activity(doc: "frappe.model.document.Document") -> None:
    """Give the sheet the new date of an activity that was moved."""
    if has_changed(doc, "activity_date"):
        table = frappe.qb.DocType("Activity Attendance")
        frappe.qb.update(table).set(table.activity_date, doc.activity_date).where(
            table.activity == doc.name
        ).run()


@frappe.whitelist()
def sheet(activity: str) -> list[dict]:
    """Return the persons of the activity's community whom the user may see, with what the sheet says of each."""
    doc = frappe.get_doc("Community Activity", activity)
    doc.check_permission("read")
    marked = {
        row.beneficiary: row
        for row in frappe.get_list(
            "Activity Attendance",
            filters={"activity": activity},
            fields=["name", "beneficiary", "beneficiary_name", "attended"],
            limit=5000,
        )
    }
    people = frappe.get_list(
        "Beneficiary",
        filters={"community": doc.community, "status": "Active"},
        fields=["name", "full_name", "family"],
        order_by="full_name",
        limit=5000,
    )
    families = dict(
        frappe.get_list(
            "Family",
            filters={"community": doc.community},
            fields=["name", "family_name"],
            as_list=True,
            limit=5000,
        )
    )
    rows = [
        {
            "beneficiary": person.name,
            "full_name": person.full_name,
            "family": families.get(person.family, ""),
            "attended": marked.pop(person.name).attended if person.name in marked else "",
        }
        for person in people
    ]
    # Guests of other communities and people who left since stay on the sheet.
    rows += [
        {"beneficiary": m.beneficiary, "full_name": m.beneficiary_name, "family": "", "attended": m.attended}
        for m in marked.values()
    ]
    return rows


@frappe.whitelist(methods=["POST"])
def take(activity: str, marks: dict | str) -> int:
    """Write the sheet of an activity and return the number of persons present.

    marks: person to Present, Absent, Excused or "" (not on the sheet). Who is not named is not touched.
    """
    doc = frappe.get_doc("Community Activity", activity)
    doc.check_permission("write")
    wanted = frappe.parse_json(marks) or {}
    unknown = set(wanted.values()) - {*STATES, "", None}
    if unknown:
        frappe.throw(
            _("Unknown attendance: {0}.").format(", ".join(sorted(map(str, unknown)))), title=_("Attendance")
        )
    present = {
        row.beneficiary: row.name
        for row in frappe.get_list(
            "Activity Attendance", filters={"activity": activity}, fields=["name", "beneficiary"], limit=5000
        )
    }
    for person, attended in wanted.items():
        if person in present:
            row = frappe.get_doc("Activity Attendance", present[person])
            if not attended:
                # The sheet is the activity's: whoever may write the activity may take a name off it.
                frappe.delete_doc("Activity Attendance", row.name, ignore_permissions=True)
            elif row.attended != attended:
                row.attended = attended
                row.save()
        elif attended:
            frappe.has_permission("Beneficiary", "read", doc=person, throw=True)
            values = {"activity": activity, "beneficiary": person, "attended": attended}
            frappe.get_doc({"doctype": "Activity Attendance", **values}).insert()
    if doc.status == "Planned" and any(wanted.values()):
        doc.reload()
        doc.status = "Held"
        doc.save()
    count(activity)
    return frappe.db.get_value("Community Activity", activity, "attendee_count")
