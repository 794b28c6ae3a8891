"""What is wrong with a template, a spreadsheet of one or an expression in it, in the user's words."""

from collections.abc import Iterable

import frappe
from frappe import _

from social_crm.field_records.domain.templates import Problem
from social_crm.field_records.domain.xlsform_sheets import SheetProblem
from social_crm.social_crm.domain.census_problem import cell_name

MOST_SHOWN = 20


def listed(problems: Iterable[Problem]) -> str:
    """Return the first problems of a template, one a line, as HTML."""
    texts = [problem_text(problem) for problem in problems]
    shown = [frappe.utils.escape_html(text) for text in texts[:MOST_SHOWN]]
    if len(texts) > MOST_SHOWN:
        shown.append(_("And {0} more.").format(len(texts) - MOST_SHOWN))
    return "<br>".join(shown)


def problem_text(problem: Problem) -> str:
    """Return a problem of a template in the user's language."""
    text = said(problem.code, problem.detail, problem.more)
    if not problem.row:
        return text
    places = {
        "questions": _("Row {0}: {1}"),
        "choices": _("Choice {0}: {1}"),
        "translations": _("Translation {0}: {1}"),
        "writes": _("Write {0}: {1}"),
    }
    return places[problem.table].format(problem.row, text)


def sheet_problem_text(problem: SheetProblem) -> dict[str, str]:
    """Return where in a workbook something is wrong and what, {"where", "text"}."""
    where = _("Sheet {0}").format(problem.sheet) if problem.sheet else _("The file")
    if problem.row and problem.column >= 0:
        cell = cell_name(problem.row, problem.column)
        where = _("Sheet {0}, cell {1}").format(problem.sheet, cell)
        if problem.header:
            where = _("Sheet {0}, cell {1} ({2})").format(problem.sheet, cell, problem.header)
    elif problem.row:
        where = _("Sheet {0}, row {1}").format(problem.sheet, problem.row)
    return {"where": where, "text": said(problem.code, problem.detail or problem.sheet, problem.more)}


def said(code: str, detail: str, more: str = "") -> str:
    """Return the sentence of a code: {0} is what it is about, {1} what is wrong inside of it."""
    texts = {**_template_texts(), **_expression_texts(), **_write_texts(), **_sheet_texts(), **_file_texts()}
    # A type may be followed by the name of a list or a file, a column by a language.
    name = detail.strip().partition(":")[0]
    name = name.split()[0] if code == "unknown_type" and name else name.replace(" ", "_")
    advice = _advice().get((code, name.lower()), "")
    if code == "expression_unknown_function":
        advice = _advice().get((code, more), "")
    return " ".join(filter(None, (texts.get(code, code).format(detail, more), advice)))


def _advice() -> dict[tuple[str, str], str]:
    """What to write instead of what templates have no place for, by its code and its name in XLSForm."""
    file, line = _("Ask for a photo (image) or a recording (audio)."), _("Ask for a point (geopoint).")
    texts = _("Questions have texts alone: say it in the label or the hint.")
    external = _("Write the choices in the sheet choices.")
    types = {
        **dict.fromkeys(("video", "file", "background-audio"), file),
        **dict.fromkeys(("geotrace", "geoshape", "trace", "shape"), line),
        **dict.fromkeys(("select_one_from_file", "select_multiple_from_file"), external),
        **dict.fromkeys(("select_one_external", "csv-external", "xml-external"), external),
        "rank": _("Ask with select_one which is first, which is second, and so on."),
        **dict.fromkeys(("acknowledge", "trigger"), _("Ask with select_one and the choices yes and no.")),
    }
    columns = {
        **dict.fromkeys(("media", "image", "big_image", "audio", "video"), texts),
    }
    return {
        **{("unknown_type", name): text for name, text in types.items()},
        **{("column_unsupported", name): text for name, text in columns.items()},
        **{
            ("expression_unknown_function", name): _(
                "The device and the server must come to the same, and chance gives each its own."
            )
            for name in ("random()", "uuid()")
        },
    }


def _template_texts() -> dict[str, str]:
    return {
        "too_many_rows": _("A template has at most {0} rows."),
        "no_question": _("The template asks nothing."),
        "nested_repeat": _("A repeat cannot stand inside another repeat."),
        "too_deep": _("Groups are nested more than {0} deep."),
        "end_without_begin": _("{0} has no beginning."),
        "never_ended": _("A {0} is begun and never ended."),
        "choice_value": _("The choice value {0} has spaces or quotes, or is empty or too long."),
        "choice_twice": _("The choice {0} stands there twice."),
        "choice_label_missing": _("The choice {0} needs a label."),
        "attribute_name": _(
            "What a choice belongs to is written as name = value, with a semicolon between two; a name has letters, digits and underscores: {0}"
        ),
        "attribute_twice": _("The choice says twice what its {0} is."),
        "filter_without_list": _("{0} has no list of choices to filter: empty the filter."),
        "filter_later": _(
            "A filter takes only what was answered before: {0} is not asked before this question."
        ),
        "filter_column_of_list": _("The filter reads {0}, which no choice of the list {1} has."),
        "filter_column_unknown": _("The filter reads {0}, which no choice has: look at how it is written."),
        "filter_column_is_question": _(
            "The filter reads {0} as a column of the choices, and none has it. The question is written ${{{0}}}."
        ),
        "list_name": _("The name {0} of a list of choices has spaces, quotes or slashes, or is too long."),
        "unknown_type": _("Unknown type: {0}."),
        "field_name": _(
            "The name {0} is not possible: letters, digits and underscores, starting with a letter."
        ),
        "name_twice": _("The name {0} stands there twice."),
        "reserved_name": _("The name {0} has a meaning of its own in forms: choose another."),
        "choice_list": _("The choice list {0} does not exist."),
        "calculation_missing": _("{0} needs a calculation."),
        "label_missing": _("{0} needs a label."),
        "default_formula": _("The default is a formula that is not understood: {0}"),
        "repeat_count_elsewhere": _("{0} is no repeat: only a repeat has a number of rows."),
        "repeat_count_name": _(
            "Forms keep the number of rows of {1} under the name {0}: call one of both otherwise."
        ),
        "repeat_count_number": _("A repeat has from 1 to {1} rows, not {0}."),
        "repeat_count_inside": _("How many rows there are cannot depend on what is asked in them: {0}."),
        "required_twice": _("{0} is required always or by a formula, not both."),
        "unknown_field": _("The expression names a field that does not exist: {0}."),
        "unknown_field_in_text": _("The text names a field that does not exist: {0}."),
        "translation_of_nothing": _("A translation names no question and no choice: {0}."),
        "translation_language": _(
            "A language is written as its name and its code, such as English (en): {0}."
        ),
        "translation_twice": _("The same text is translated twice: {0}."),
    }


def _expression_texts() -> dict[str, str]:
    return {
        "expression_too_long": _("The expression is too long: it has more than {1} characters."),
        "expression_too_deep": _("The expression is nested too deeply: {0}"),
        "expression_unexpected": _("The expression is not understood at “{1}”: {0}"),
        "expression_expected": _("A “{1}” is missing in the expression: {0}"),
        "expression_ends_early": _("The expression ends too early: {0}"),
        "expression_unknown_function": _("The function {1} is not known: {0}"),
        "expression_arguments": _("The function {1} is given too few or too many values: {0}"),
        "expression_date_format": _(
            "The function {1} needs a format in quotes, of %Y %y %m %n %d %e %H %h %M %S; names of months and days differ between devices: {0}"
        ),
        "expression_indexed_repeat": _(
            "The function {1} needs a question, its repeat and a number, as in indexed-repeat(${{name}}, ${{people}}, 1): {0}"
        ),
        "expression_indexed_repeat_of": _(
            "indexed-repeat() takes a question and the repeat it stands in, not {1}: {0}"
        ),
        "expression_choice_name": _(
            "The function {1} needs a value and the name of its question in quotes, as in jr:choice-name(${{zone}}, '${{zone}}'): {0}"
        ),
        "expression_choice_name_of": _("jr:choice-name() takes a question with choices, not {1}: {0}"),
        "expression_position_place": _(
            "{1} counts the rows of a repeat: it stands directly in one, in no group of it: {0}"
        ),
        "circle": _("{0} is calculated from itself: {1}."),
        "expression_pattern": _("The pattern of regex() is not possible, too long or too slow: {0}"),
    }


def _write_texts() -> dict[str, str]:
    return {
        "write_target": _("Nothing is written to {0}."),
        "write_question": _("There is no question {0}."),
        "write_in_repeat": _("The question {0} stands in a repeat, {1} takes one answer."),
        "write_field": _("The field {0} of {1} does not exist, or is not for forms to write."),
        "write_twice": _("The field {0} of {1} is written twice."),
        "write_type": _("The answer of {0} does not fit the field {1}."),
        "write_point": _("The point {0} is written to the field latitude; the longitude goes along."),
        "write_choice": _(
            "The field {1} has no value {0}: write what it becomes under Values, such as: {0} = ..."
        ),
        "write_needed": _("A {1} cannot be made without {0}: write a question to it."),
        "write_two_repeats": _("All questions for one {0} must stand in the same repeat, or in none."),
    }


def _sheet_texts() -> dict[str, str]:
    return {
        "sheet_missing": _("The spreadsheet has no sheet called {0}: it is no XLSForm."),
        "sheet_empty": _("The sheet is empty."),
        "sheet_unknown": _("The sheet is not one of an XLSForm: it was left out."),
        "sheet_unsupported": _("Templates have no place for this sheet: remove it."),
        "column_missing": _("The column {0} is missing."),
        "column_twice": _("The column {0} stands there twice."),
        "column_unknown": _("The column {0} is not known: it was left out."),
        "column_unsupported": _("Templates have no place for the column {0}: empty it or remove it."),
        "column_without_header": _("Something is written under no header: it was left out."),
        "language_without_code": _(
            "Write the language {0} with its code in brackets, such as Español (es) or English (en)."
        ),
        "settings_twice": _("The settings take one row alone."),
        "version_no_number": _("The version {0} is not a whole number: it was left out."),
        "version_too_large": _(
            "The version {0} is larger than 999999999, the most a template has: it was left out."
        ),
        "version_differs": _("The version {0} was left out: this draft has its own."),
        "form_id_differs": _("The spreadsheet is of the form {0}, this draft is another."),
        "form_id_impossible": _(
            "The form_id {0} is not possible: lower-case letters, digits and underscores, starting with a letter."
        ),
        "type_missing": _("The type is missing."),
        "list_missing": _("The type {0} needs the name of a list of choices."),
        "or_other_written_out": _(
            "The choice “other” and its question {0} were written out: look at their words."
        ),
        "or_other_filtered": _(
            "“or_other” adds a choice that no filter leaves: write the choice other in the list {0}, with its columns, and leave or_other out."
        ),
        "attribute_left_out": _(
            "A filter cannot read the column {0}, it was left out: its name has letters, digits and underscores alone."
        ),
        "guidance_joined": _("The further guidance was joined to the hint."),
        "range_as_number": _("A slider becomes a number with its bounds: {0}."),
        "max_pixels_left_out": _("The app makes photos smaller itself: {0} was left out."),
        "parameters_unsupported": _("Templates have no place for these parameters: {0}. Empty the cell."),
        "read_only_unsupported": _("Read only is yes or no, not {0}."),
        "metadata_left_out": _("The acta itself keeps this, the question was left out: {0}."),
        "cell_error": _("The cell shows an error of the spreadsheet."),
        "formula_without_result": _(
            "The cell has a formula without a result: open the file, save it and load it again."
        ),
        "form_refused": _("No form can be made of it: {0}"),
    }


def _file_texts() -> dict[str, str]:
    return {
        "file_empty": _("The file is empty. Choose the spreadsheet again."),
        "file_too_large": _("The file is too large for an XLSForm: at most {0} MB."),
        "file_too_long": _(
            "The file is too large for an XLSForm: a sheet has at most {0} rows and {1} columns."
        ),
        "file_encrypted": _(
            "The file is protected with a password. Open it, save it without a password and upload it again."
        ),
        "file_not_xlsform": _(
            "This is no spreadsheet that can be loaded. Choose an .xlsx, .ods or .xls file."
        ),
        "file_broken": _(
            "The file is damaged and cannot be read. Open it in your spreadsheet program, save it again and upload it."
        ),
        "file_unsafe": _(
            "The file holds instructions that no spreadsheet program writes. It was not opened. Copy the sheet into a new spreadsheet and upload that one."
        ),
    }
