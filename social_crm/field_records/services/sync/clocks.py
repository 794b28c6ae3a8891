"""The clock of a device and that of the site: everything is stored in the site's own zone, and ordered by its clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import frappe

from social_crm.field_records.domain.device_records import moment


def server_time() -> str:
    """Return the present time with the offset of the site."""
    return datetime.now(_zone()).isoformat(timespec="seconds")


def offset() -> str:
    """Return how far the site's clock is from UTC at present, as "-05:00"."""
    return datetime.now(_zone()).isoformat()[-6:]


def site_time(given: datetime | str) -> datetime | None:
    """Return a time of a device as the site stores times: in its own zone, without an offset; a text that is none: None."""
    told = moment(given) if isinstance(given, str) else given
    if told is None:
        return None
    try:
        local = told.astimezone(_zone()) if told.tzinfo else told
    except (OverflowError, ValueError):
        return None
    return local.replace(tzinfo=None, microsecond=0)


def skew(told: datetime) -> int:
    """Return by how many seconds a clock that says this is ahead."""
    local = site_time(told)
    return int((local - datetime.now(_zone()).replace(tzinfo=None)).total_seconds()) if local else 0


def _zone() -> ZoneInfo:
    return ZoneInfo(frappe.db.get_system_setting("time_zone") or "UTC")
