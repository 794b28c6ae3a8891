"""Who works with Social CRM alone sees the workspaces of Social CRM alone.

Frappe shows a workspace without roles to everybody, and its own ("Users", "Website", "Build", ...) have none. Setting
roles on them would change them for users of other apps; so they are left out here, for our users, on the way out.
"""

from collections.abc import Iterable
from typing import Any

import frappe

from social_crm.access.doors import original
from social_crm.install import ROLES

_METHOD = "frappe.desk.desktop.get_workspace_sidebar_items"
# Roles that Frappe gives to everybody, by itself.
_AUTOMATIC = frozenset({"All", "Guest", "Desk User"})


@frappe.whitelist()
def get_workspace_sidebar_items() -> dict[str, Any]:
    """Return the workspaces of the user as Frappe does, without those that are of no use to them."""
    items = original(_METHOD)
    items["pages"] = shown(items["pages"])
    return items


@frappe.whitelist()
def new_page(new_page: str | dict) -> Any:
    """Make a workspace as Frappe does (which checks the right to); Frappe 16 answers with the workspaces anew."""
    answer = original("frappe.desk.doctype.workspace.workspace.new_page", new_page=new_page)
    if isinstance(answer, dict) and isinstance(answer.get("pages"), list):
        answer["pages"] = shown(answer["pages"])
    return answer


def extend_bootinfo(bootinfo: Any) -> None:
    """Leave the same workspaces out of what the Desk is started with; a hook of every page load.

    Frappe 15 calls the list `allowed_workspaces`; Frappe 16 `sidebar_pages`, and names them once more by app.
    """
    if bootinfo.get("allowed_workspaces"):
        bootinfo["allowed_workspaces"] = shown(bootinfo["allowed_workspaces"])
    if bootinfo.get("sidebar_pages"):
        before = {page["name"] for page in bootinfo["sidebar_pages"]["pages"]}
        bootinfo["sidebar_pages"]["pages"] = shown(bootinfo["sidebar_pages"]["pages"])
        hidden = before - {page["name"] for page in bootinfo["sidebar_pages"]["pages"]}
        for app in bootinfo.get("app_data") or []:
            app["workspaces"] = [name for name in app["workspaces"] if name not in hidden]


def shown(pages: list[Any]) -> list[Any]:
    """Return those of the workspaces that concern the user; all of them unless they work with Social CRM alone."""
    if not works_here_alone():
        return pages
    modules = set(frappe.get_module_list("social_crm"))
    # Which roles a workspace has says nothing about rows of people; Has Role is no DocType that users may list.
    with_roles = set(frappe.get_all("Has Role", filters={"parenttype": "Workspace"}, pluck="parent"))
    kept = {
        page["name"]
        for page in pages
        # Without a module it is somebody's own or was made in the browser for everybody.
        if not page.get("public")
        or not page.get("module")
        or page["module"] in modules
        or page["name"] in with_roles
    }
    kept |= {page.get("parent_page") for page in pages if page["name"] in kept}
    return [page for page in pages if page["name"] in kept] or pages


def works_here_alone(roles: Iterable[str] | None = None) -> bool:
    """Tell whether the user (of the given roles) holds a role of ours and none that Frappe or another app brings.

    Roles that an administrator made and marked as custom count as neither.
    """
    held = set(frappe.get_roles() if roles is None else roles) - _AUTOMATIC
    if not held & set(ROLES):
        return False
    others = held - set(ROLES)
    # The names of roles are no rows of people.
    return not others or not frappe.get_all(
        "Role", filters={"name": ["in", sorted(others)], "is_custom": 0}, limit=1
    )
