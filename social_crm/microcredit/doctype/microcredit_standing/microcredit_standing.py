import frappe

from social_crm.microcredit.append_only import AppendOnly


class MicrocreditStanding(AppendOnly):
    """A stretch of days on which a loan stood like this, as known in a stretch of time: written by `services.standings` alone."""


def on_doctype_update() -> None:
    """A portfolio is read as it is known now, on a day; a loan is written by what is known of it now."""
    frappe.db.add_index("Microcredit Standing", ["known_to", "to_date", "from_date"], "portfolio_on_a_day")
    frappe.db.add_index("Microcredit Standing", ["microcredit", "known_to", "from_date"], "loan_as_known")
