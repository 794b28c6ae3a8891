"""The fingerprints of an acta that a device sends: what nobody may keep is left out, and the device is told what it may forget.

An authorisation may end while an acta with a fingerprint waits on a device. The capture is then refused, and the acta is not: it
is stored without it, and its closing asks for another signature. See docs/decisions/fingerprints.md.
"""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _

from social_crm.field_records.services import fingerprints
from social_crm.social_crm.services import authorisations

_STORED = ("stored", "known", "conflict")


def sifted(record: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """Return a record without the captures that may not be kept now, and the participants who gave these."""
    rows = record["body"].get("participants") or []
    refused = [row for row in rows if _is_without_leave(row)]
    if not refused:
        return record, []
    left = [{**row, "fingerprint": None} if row in refused else row for row in rows]
    return {**record, "body": {**record["body"], "participants": left}}, refused


def told(
    answer: dict[str, Any], record: Mapping[str, Any], refused: list[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return an answer that also says which captures are kept, and which were refused and why."""
    if answer["state"] not in _STORED:
        return answer
    answer["fingerprints"] = _kept(answer.get("name") or "", record)
    answer["fingerprints_refused"] = [row["uuid"] for row in refused]
    if refused:
        words = _(
            "Without the fingerprint of {0}: there is no authorisation for biometric data in force. The fingerprint was not kept;"
            " everything else is on the server. Let the person sign, or a witness."
        ).format(", ".join(row["participant_name"] for row in refused))
        answer["message"] = " ".join(part for part in (words, answer.get("message")) if part)
    return answer


def _is_without_leave(row: Mapping[str, Any]) -> bool:
    """Whether a capture is of somebody on record who does not authorise it; what is wrong in other ways is refused elsewhere."""
    person, taken = row.get("beneficiary"), row.get("fingerprint")
    if not taken or not person or not frappe.db.exists("Beneficiary", person):
        return False
    if taken.get("kept") and frappe.db.get_value("Fingerprint", taken["kept"], "status") == "Deleted":
        return True
    return not authorisations.is_authorised(person, fingerprints.PURPOSE)


def _kept(acta: str, record: Mapping[str, Any]) -> list[dict[str, str]]:
    """The participants whose capture is kept, each with the name of its row: the device forgets the capture itself."""
    found = []
    for row in record["body"].get("participants") or []:
        taken = row.get("fingerprint")
        if taken and row.get("beneficiary"):
            name = taken.get("kept") or fingerprints.find(acta, row["beneficiary"], taken)
            if name:
                found.append({"uuid": row["uuid"], "name": str(name)})
    return found
