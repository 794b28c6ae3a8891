"""The page to which the QR of an acta leads: it says whether the acta stands as it was sealed, and nothing else."""

from typing import Any

from frappe import _

from social_crm.field_records.services.sealed_pdf import standing
from social_crm.public_verification import VerificationPage


class ActaVerification(VerificationPage):
    """Renders `/verificar-acta/<code>`."""

    place = standing.PATH
    template = "social_crm/templates/acta_verification.html"

    def found(self, code: str) -> dict[str, Any] | None:
        found = standing.find(code)
        return {"acta": {"valid": found.valid, "has_pdf": found.pdf is not None}} if found else None

    def unknown(self) -> str:
        return _("No acta has this code. Compare it with the paper, or ask whoever gave you the acta.")
