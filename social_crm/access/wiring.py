"""Which door of Frappe asks which function of ours; `hooks.py` takes these tables over. Imports nothing of Frappe."""

from social_crm.scopes import (
    CHILD_TABLES,
    PROTECTED,
    REFERENCE_CHILDREN,
    REFERENCES,
    condition_function_name,
)

_PERMISSIONS = "social_crm.permissions"
_ASSIGNMENTS = "social_crm.access.assignments"
_REFERENCES = "social_crm.access.references"
_FILES = "social_crm.access.files"
_AUTHOR = "social_crm.workflow_guard.keep_author"
_DATES = "social_crm.access.unreadable.refuse_dates"

PERMISSION_QUERY_CONDITIONS: dict[str, str] = {
    **{name: f"{_PERMISSIONS}.{condition_function_name(name)}" for name in (*PROTECTED, *CHILD_TABLES)},
    **{name: f"{_REFERENCES}.{condition_function_name(name)}" for name in (*REFERENCES, *REFERENCE_CHILDREN)},
}

HAS_PERMISSION: dict[str, str] = {
    **dict.fromkeys(PROTECTED, f"{_PERMISSIONS}.has_permission"),
    **dict.fromkeys(REFERENCES, f"{_REFERENCES}.has_permission"),
    "File": f"{_FILES}.has_permission",
}

DOC_EVENTS: dict[str, dict[str, list[str]]] = {
    "*": {
        # A submitted record and one that is being cancelled pass by other events than one that is saved.
        "before_validate": [_AUTHOR, _DATES],
        "before_update_after_submit": [_AUTHOR, _DATES],
        "before_cancel": [_AUTHOR],
        "validate": ["social_crm.access.links.check_links"],
        "before_rename": ["social_crm.access.renames.check_rename"],
        "after_rename": ["social_crm.access.renames.check_rename"],
    },
    **{
        name: {"on_update": [f"{_FILES}.attach_privately", f"{_FILES}.keep_files_private"]}
        for name in PROTECTED
    },
    "File": {
        # Before Frappe's own checks, which move the content.
        "before_validate": [
            "social_crm.field_records.services.actas.keep_files_in_place",
            f"{_FILES}.refuse_made_public",
        ],
        "validate": [f"{_FILES}.refuse_on_encrypted", f"{_FILES}.refuse_changed_url"],
        "after_insert": [f"{_FILES}.keep_private"],
        "on_trash": [
            "social_crm.field_records.services.actas.keep_files",
            "social_crm.social_crm.services.authorisations.keep_evidence",
        ],
    },
    "DocShare": {"validate": [f"{_REFERENCES}.refuse_share"]},
    "User": {"on_change": [f"{_ASSIGNMENTS}.forget_grants"]},
}


def _add(doctype: str, event: str, function: str) -> None:
    DOC_EVENTS.setdefault(doctype, {}).setdefault(event, []).append(function)


for _doctype in PROTECTED:
    for _event in ("before_validate", "before_cancel", "before_update_after_submit"):
        _add(_doctype, _event, "social_crm.workflow_guard.check_state")
    _add(_doctype, "on_trash", "social_crm.workflow_guard.check_deletion")
_add("Staff Assignment", "validate", f"{_ASSIGNMENTS}.refuse_wider_than_own")
_add("Staff Assignment", "on_change", f"{_ASSIGNMENTS}.forget_grants")
_add("Staff Assignment", "after_delete", f"{_ASSIGNMENTS}.forget_grants")
_add("Social Programme", "validate", f"{_ASSIGNMENTS}.refuse_foreign_programme")
_add("Social Programme", "on_change", f"{_ASSIGNMENTS}.forget_grants")
_add("Community", "after_insert", f"{_ASSIGNMENTS}.assign_creator")

# What devices and clients sent about a record goes with it.
for _doctype in ("Acta", "Family", "Beneficiary", "Productive Unit"):
    _add(_doctype, "after_delete", "social_crm.field_records.services.sync.erasure.with_record")
_add("Acta", "on_trash", "social_crm.field_records.services.sync.erasure.fingerprints_of")

_DOORS = "social_crm.access.doors"
_DESK = "social_crm.access.desk_doors"
_WORKSPACES = "social_crm.access.workspaces"

# Methods of Frappe that answer past the row permissions, and the wrapper that answers in their place.
OVERRIDES: dict[str, str] = {
    "frappe.desk.search.search_link": f"{_DOORS}.search_link",
    "frappe.desk.search.search_widget": f"{_DOORS}.search_widget",
    "frappe.desk.search.get_link_title": f"{_DOORS}.get_link_title",
    "frappe.client.validate_link": f"{_DOORS}.validate_link",
    "frappe.client.get": f"{_DOORS}.get",
    "frappe.client.get_count": f"{_DOORS}.get_count",
    "frappe.contacts.doctype.contact.contact.get_contact_details": f"{_DOORS}.get_contact_details",
    "frappe.contacts.doctype.address.address.get_address_display": f"{_DOORS}.get_address_display",
    "frappe.contacts.doctype.address.address.get_default_address": f"{_DOORS}.get_default_address",
    "frappe.core.doctype.sms_settings.sms_settings.get_contact_number": f"{_DOORS}.get_contact_number",
    "frappe.core.doctype.communication.email.make": f"{_DOORS}.make_communication",
    "frappe.utils.file_manager.add_attachments": f"{_DOORS}.add_attachments",
    "frappe.email.get_contact_list": f"{_DOORS}.get_contact_list",
    "frappe.core.api.file.get_attached_images": f"{_DOORS}.get_attached_images",
    "frappe.desk.doctype.dashboard_chart.dashboard_chart.get": f"{_DESK}.get_chart",
    "frappe.desk.notifications.get_open_count": f"{_DESK}.get_open_count",
    "frappe.desk.listview.get_group_by_count": f"{_DESK}.get_group_by_count",
    "frappe.workflow.doctype.workflow.workflow.get_workflow_state_count": f"{_DESK}.get_workflow_state_count",
    "frappe.utils.goal.get_monthly_goal_graph_data": f"{_DESK}.get_monthly_goal_graph_data",
    "frappe.desk.query_report.get_data_for_custom_field": f"{_DESK}.get_data_for_custom_field",
    "frappe.desk.form.linked_with.get": f"{_DESK}.get_linked",
    "frappe.desk.form.linked_with.get_submitted_linked_docs": f"{_DESK}.get_submitted_linked_docs",
    "frappe.desk.doctype.tag.tag.get_tagged_docs": f"{_DESK}.get_tagged_docs",
    "frappe.desk.doctype.tag.tag.add_tag": f"{_DESK}.add_tag",
    "frappe.desk.doctype.tag.tag.add_tags": f"{_DESK}.add_tags",
    "frappe.desk.doctype.tag.tag.remove_tag": f"{_DESK}.remove_tag",
    "frappe.desk.like.toggle_like": f"{_DESK}.toggle_like",
    "frappe.email.relink": f"{_DESK}.relink",
    "frappe.desk.desktop.get_workspace_sidebar_items": f"{_WORKSPACES}.get_workspace_sidebar_items",
    "frappe.desk.doctype.workspace.workspace.new_page": f"{_WORKSPACES}.new_page",
}

# Addresses that Frappe's own Desk uses for a wrapped method besides its proper one.
OVERRIDES["frappe.core.doctype.file.file.get_attached_images"] = f"{_DOORS}.get_attached_images"

# Link fields look people up by name without accents and by document number.
STANDARD_QUERIES: dict[str, str] = {
    "Family": "social_crm.search.family_query",
    "Beneficiary": "social_crm.search.person_query",
}
