"""Every finding of the census import in words for the person who keeps the spreadsheet."""

from collections.abc import Iterable

import frappe
from frappe import _

from social_crm.social_crm.domain.census_fields import label_of
from social_crm.social_crm.domain.census_problem import Problem
from social_crm.social_crm.services.census.message_texts import file_texts, row_texts


def sentence(problem: Problem) -> str:
    """The finding in the language of the user, with the cell in front when there is one. Plain text, not HTML."""
    params = dict(problem.params)
    if "field" in params:
        params["field"] = _(label_of(params["field"]))
    template = _texts().get(problem.code)
    # What a service of another module refused travels as it was said, in `text`.
    said = template.format(**params) if template else params.get("text", problem.code)
    return f"{_('Cell {0}').format(problem.cell)}: {said}" if problem.cell else said


def sentences(problems: Iterable[Problem]) -> str:
    """The findings in one text, one a line."""
    return "\n".join(sentence(problem) for problem in problems)


def _texts() -> dict[str, str]:
    cached = getattr(frappe.local, "social_crm_census_texts", None)
    if not cached or cached[0] != frappe.local.lang:
        cached = (frappe.local.lang, {**file_texts(), **row_texts()})
        frappe.local.social_crm_census_texts = cached
    return cached[1]


def finding_labels() -> dict[str, str]:
    """What two like persons have in common, for the side-by-side view."""
    return {
        "same_name": _("same name (accents and capitals apart)"),
        "swapped_surnames": _("same names in another order"),
        "sounds_alike": _("names that sound alike"),
        "similar_name": _("similar names"),
        "name_part_missing": _("same name, one part missing"),
        "same_number": _("same document number"),
        "number_one_digit": _("document numbers that differ in one digit"),
        "number_transposed": _("document numbers with two digits swapped"),
        "number_digit_missing": _("document numbers with one digit missing"),
        "other_number": _("different document numbers"),
        "same_birth_date": _("same date of birth"),
        "birth_day_month_swapped": _("dates of birth with day and month swapped"),
        "birth_one_part": _("dates of birth that differ in one part"),
        "birth_year_near": _("similar age"),
        "other_birth_date": _("different dates of birth"),
        "other_sex": _("different sex"),
        "same_community": _("same community"),
    }
