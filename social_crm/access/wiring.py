"""Which door of Frappe asks which function of ours; `hooks.py` takes these tables over. Imports nothing of Frappe."""

from social_crm.scopes import CHILD_TABLES, SCOPES, condition_function_name

PERMISSION_QUERY_CONDITIONS: dict[str, str] = {
    doctype: f"social_crm.permissions.{condition_function_name(doctype)}"
    for doctype in (*SCOPES, *CHILD_TABLES)
}
HAS_PERMISSION: dict[str, str] = dict.fromkeys(SCOPES, "social_crm.permissions.has_permission")

DOC_EVENTS: dict[str, dict[str, str]] = {
    "Staff Assignment": {
        "validate": "social_crm.access.assignments.refuse_wider_than_own",
        "on_change": "social_crm.access.assignments.forget_grants",
        "after_delete": "social_crm.access.assignments.forget_grants",
    },
    "Social Programme": {
        "validate": "social_crm.access.assignments.refuse_foreign_programme",
        "on_change": "social_crm.access.assignments.forget_grants",
    },
    "Community": {"after_insert": "social_crm.access.assignments.assign_creator"},
    "User": {"on_change": "social_crm.access.assignments.forget_grants"},
}
