import frappe

from social_crm.microcredit.append_only import AppendOnly


class MicrocreditFundMovement(AppendOnly):
    """Money that entered or left a fund, added by `services.funds.move` alone."""


def on_doctype_update() -> None:
    """A fund is read movement by movement, the latest first."""
    frappe.db.add_index("Microcredit Fund Movement", ["fund", "day"])
