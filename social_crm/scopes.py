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
    "Staff Assignment": Scope((("community", "Community"),), programme_field="programme"),
    "Community": Scope((("name", "Community"),)),
    "Family": Scope((("community", "Community"),)),
    "Beneficiary": Scope((("community", "Community"),)),
    "Family Membership": Scope((("family", "Family"),)),
    "Family Event": Scope((("family", "Family"), *PERSON)),
    "Beneficiary Merge": Scope((("target", "Beneficiary"),)),
    "Data Authorisation": Scope(PERSON),
    "Commitment": Scope(ANYWHERE, programme_field="programme"),
    "Community Activity": Scope((("community", "Community"),), programme_field="programme"),
    "Activity Attendance": Scope((("activity", "Community Activity"),)),
    "Goods Delivery": Scope((("family", "Family"),), programme_field="programme"),
    "Census Import": Scope((("community", "Community"),), programme_field="programme"),
    "Census Import Row": Scope((("census_import", "Census Import"),)),
    # Income Generation
    "Productive Unit": Scope(PERSON, programme_field="programme"),
    "Productive Unit Follow-up": Scope((("productive_unit", "Productive Unit"),)),
    # Microcredit
    "Microcredit Application": Scope(PERSON, programme_field="programme"),
    "Microcredit": Scope(PERSON, programme_field="programme"),
    "Microcredit Ledger Entry": Scope((("microcredit", "Microcredit"),)),
    "Microcredit Standing": Scope((("microcredit", "Microcredit"),)),
    "Microcredit Disbursement": Scope((("microcredit", "Microcredit"),)),
    "Microcredit Repayment": Scope((("microcredit", "Microcredit"),)),
    "Microcredit Restructuring": Scope((("microcredit", "Microcredit"),)),
    "Microcredit Write-off": Scope((("microcredit", "Microcredit"),)),
    "Microcredit Alert": Scope((("microcredit", "Microcredit"),)),
    # Money of a programme tells of no person: whoever is assigned to the whole programme sees it.
    "Microcredit Fund": Scope((), programme_field="programme"),
    "Microcredit Fund Movement": Scope((("fund", "Microcredit Fund"),)),
    # A file of payments belongs to who loaded it, or to a programme; a payment that was matched, to its loan.
    "Microcredit Payment Batch": Scope((), programme_field="programme"),
    "Microcredit Payment Row": Scope(
        (("microcredit", "Microcredit"), ("batch", "Microcredit Payment Batch")),
    ),
    "Microcredit Journal Posting": Scope((("microcredit", "Microcredit"),), programme_field="programme"),
    "Solidarity Group": Scope((("community", "Community"),), programme_field="programme"),
    "Microcredit Committee": Scope((("community", "Community"),), programme_field="programme"),
    "Microcredit Committee Vote": Scope((("application", "Microcredit Application"),)),
    # Higher Education
    "FES Student": Scope(PERSON, programme_field="programme"),
    "FES Semester": Scope((("fes_student", "FES Student"),)),
    # Field Records
    "Acta": Scope(ANYWHERE, programme_field="programme"),
    "Planned Visit": Scope((("family", "Family"), ("community", "Community"))),
    "Fingerprint": Scope((("acta", "Acta"),)),
    # A receipt follows its acta; one of a changed field, and what waits for its record, are their sender's own.
    "Field Submission": Scope((("acta", "Acta"),)),
    "OpenRosa Submission": Scope((("acta", "Acta"),)),
    "Field Upload": Scope(()),
    "Sync Conflict": Scope(
        (("acta", "Acta"), ("productive_unit", "Productive Unit"), *ANYWHERE),
    ),
    # Psychosocial
    "Psychosocial Case": Scope(ANYWHERE, programme_field="programme"),
    "Psychosocial Activity": Scope(ANYWHERE, programme_field="programme"),
    "Confidential Note Access": Scope((("psychosocial_case", "Psychosocial Case"),)),
}

# Table fields hold rows about people too, and Frappe lists those of every parent to whoever may read the parent's
# DocType: each follows the documents it stands in.
CHILD_TABLES: dict[str, tuple[str, ...]] = {
    "Beneficiary Document": ("Beneficiary",),
    "Family Vulnerability": ("Family",),
    "Goods Delivery Item": ("Goods Delivery",),
    "Census Import Column": ("Census Import",),
    "FES Phase": ("FES Student",),
    "Productive Unit Closing": ("Productive Unit",),
    "FES Payment": ("FES Semester",),
    "Microcredit Instalment": ("Microcredit",),
    "Microcredit Household Item": ("Microcredit Application",),
    "Microcredit Guarantor": ("Microcredit Application",),
    "Solidarity Group Member": ("Solidarity Group",),
    "Microcredit Committee Member": ("Microcredit Committee",),
    "Microcredit Committee Item": ("Microcredit Committee",),
    "Microcredit Payment Column": ("Microcredit Payment Batch",),
    "Microcredit Payment Share": ("Microcredit Payment Row",),
    "Psychosocial Case Professional": ("Psychosocial Case",),
    "Acta Participant": ("Acta",),
    "Acta Written Record": ("Acta",),
    "Sync Conflict Field": ("Sync Conflict",),
}


# DocTypes with a rule of their own that holds for everybody, the roles that see every row included: the dotted path
# of a function that takes the user and returns the criterion.
OWN_RULES: dict[str, str] = {
    "Confidential Note": "social_crm.psychosocial.notes.readers",
    "Field Device": "social_crm.field_records.services.sync.devices.readers",
}

# Every DocType whose rows are limited; what refers to such a row is limited with it.
PROTECTED: tuple[str, ...] = (*SCOPES, *OWN_RULES)

# DocTypes of Frappe whose rows tell of other records: the fields that name the DocType and the record. Contact and
# Address do so in their rows of links.
REFERENCES: dict[str, tuple[str, str]] = {
    "Contact": ("link_doctype", "link_name"),
    "Address": ("link_doctype", "link_name"),
    "File": ("attached_to_doctype", "attached_to_name"),
    "ToDo": ("reference_type", "reference_name"),
    "Comment": ("reference_doctype", "reference_name"),
    "Communication": ("reference_doctype", "reference_name"),
    "Activity Log": ("reference_doctype", "reference_name"),
    "Tag Link": ("document_type", "document_name"),
    "Version": ("ref_doctype", "docname"),
    "View Log": ("reference_doctype", "reference_name"),
    "Document Follow": ("ref_doctype", "ref_docname"),
    "DocShare": ("share_doctype", "share_name"),
    "Workflow Action": ("reference_doctype", "reference_name"),
    "Notification Log": ("document_type", "document_name"),
    "Energy Point Log": ("reference_doctype", "reference_name"),
    "Email Queue": ("reference_doctype", "reference_name"),
    "Submission Queue": ("ref_doctype", "ref_docname"),
    "Deleted Document": ("deleted_doctype", "deleted_name"),
    "Access Log": ("export_from", "reference_document"),
    "Dynamic Link": ("link_doctype", "link_name"),
}

# Telephones and addresses of a contact are rows of their own, which Frappe lists to whoever may read any contact.
REFERENCE_CHILDREN: dict[str, str] = {"Contact Phone": "Contact", "Contact Email": "Contact"}


def condition_function_name(doctype: str) -> str:
    """Return the name of the function in `permissions.py` that answers `permission_query_conditions` for a DocType."""
    return f"{doctype.lower().replace(' ', '_').replace('-', '_').replace('&', 'and')}_conditions"
