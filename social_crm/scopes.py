"""Which rows of which DocType belong to which community and programme: the one table of row permissions.

Every DocType of ours that holds rows about people or places has a line here. `permissions.py` turns the line into
the condition for lists and the answer for single documents, so that all doors agree. This module imports nothing of
Frappe: `hooks.py` reads it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """How a row is placed.

    paths: (field, DocType) pairs, the most specific first. The first field that is filled decides: the row is visible
        when the document it names is visible. The field "name" with the DocType itself means "this is the root".
    programme_field: the row is further limited to the programmes of the user's assignments when this field is filled.
    """

    paths: tuple[tuple[str, str], ...]
    programme_field: str | None = None


PERSON = (("beneficiary", "Beneficiary"),)
PERSON_OR_FAMILY = (("beneficiary", "Beneficiary"), ("family", "Family"))
ANYWHERE = (*PERSON_OR_FAMILY, ("community", "Community"))

SCOPES: dict[str, Scope] = {
    # Social CRM: people and places
    "Community": Scope((("name", "Community"),)),
    "Family": Scope((("community", "Community"),)),
    "Beneficiary": Scope((("community", "Community"),)),
    "Family Membership": Scope((("family", "Family"),)),
    "Family Event": Scope((("family", "Family"),)),
    "Data Authorisation": Scope(PERSON),
    "Commitment": Scope(ANYWHERE, programme_field="programme"),
    "Community Activity": Scope((("community", "Community"),), programme_field="programme"),
    "Activity Attendance": Scope((("activity", "Community Activity"),)),
    "Goods Delivery": Scope((("family", "Family"),), programme_field="programme"),
    # Income Generation
    # Microcredit
    # Higher Education
    # Field Records
    # Psychosocial
}
