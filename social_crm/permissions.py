"""The one permission builder: rows are limited by community and programme, the same by every door."""

from collections.abc import Callable

from social_crm.scopes import SCOPES


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool | None = None) -> bool:
    """Placeholder until the builder lands."""
    return True


def _conditions_for(doctype: str) -> Callable[..., str]:
    def conditions(user: str | None = None, doctype: str = doctype) -> str:
        return ""

    return conditions


# The oldest Frappe we run on does not tell a condition hook which DocType it is asked for: hence one function each.
for _doctype in SCOPES:
    globals()[f"{_doctype.lower().replace(' ', '_').replace('-', '_')}_conditions"] = _conditions_for(_doctype)
