"""Latitude and longitude beside the map control: whichever was changed, the other follows."""

import frappe
from frappe import _

from social_crm.social_crm.domain import geography


def keep_in_step(doc: "frappe.model.document.Document") -> None:
    """Bring `latitude`, `longitude` and `location` of a document in line; throw when it is no place on earth."""
    before = doc.get_doc_before_save()
    try:
        new = geography.point(doc.latitude, doc.longitude)
    except geography.GeographyError as error:
        messages = {
            "latitude": _("The latitude lies between -90 and 90 degrees."),
            "longitude": _("The longitude lies between -180 and 180 degrees."),
            "half": _("Enter both latitude and longitude."),
        }
        frappe.throw(messages[error.code], title=_("Map Point"))
    old = _numbers(before) if before else None
    old_map = geography.from_geojson(before.location) if before else None
    place = geography.reconcile(new, old, geography.from_geojson(doc.location), old_map)
    doc.latitude = place.latitude if place else 0
    doc.longitude = place.longitude if place else 0
    if geography.from_geojson(doc.location) != place:
        doc.location = geography.to_geojson(place)


def _numbers(doc: "frappe.model.document.Document") -> geography.Point | None:
    try:
        return geography.point(doc.latitude, doc.longitude)
    except geography.GeographyError:
        return None
