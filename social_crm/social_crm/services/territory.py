"""Territory codes: what a division must look like, and what a community takes from its municipality."""

import frappe
from frappe import _

LENGTHS = {"Department": 2, "Municipality": 5, "Populated Centre": 8}
_PARENTS = {"Municipality": "Department", "Populated Centre": "Municipality"}


def check_division(doc: "frappe.model.document.Document") -> None:
    """Throw when the code does not fit the level; set the parent division and the department's name."""
    doc.code = (doc.code or "").strip()
    length = LENGTHS.get(doc.level)
    if length is None or len(doc.code) != length or not doc.code.isdigit():
        frappe.throw(
            _("The code of a {0} has {1} digits.").format(_(doc.level), length or "?"),
            title=_("Territory Code"),
        )
    if doc.level == "Department":
        doc.parent_division, doc.department_name = None, doc.division_name
        return
    parent = doc.code[: LENGTHS[_PARENTS[doc.level]]]
    # A site that needs only one municipality need not register its department.
    doc.parent_division = parent if frappe.db.exists("Territorial Division", parent) else None
    doc.department_name = frappe.db.get_value("Territorial Division", doc.code[:2], "division_name")


def complete_community(doc: "frappe.model.document.Document") -> None:
    """Fill the department from the municipality and refuse divisions of the wrong level or of another place."""
    _expect(doc, "municipality", "Municipality")
    _expect(doc, "populated_centre", "Populated Centre")
    if doc.municipality:
        department = doc.municipality[:2]
        doc.department = department if frappe.db.exists("Territorial Division", department) else None
    if doc.populated_centre and doc.populated_centre[:5] != doc.municipality:
        frappe.throw(_("The populated centre lies in another municipality."), title=_("Populated Centre"))


def _expect(doc: "frappe.model.document.Document", field: str, level: str) -> None:
    code = doc.get(field)
    if code and frappe.db.get_value("Territorial Division", code, "level") != level:
        frappe.throw(
            _("{0} is not the code of a {1}.").format(code, _(level)), title=_(doc.meta.get_label(field))
        )
