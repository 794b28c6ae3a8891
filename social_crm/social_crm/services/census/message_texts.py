"""The sentences of the census import: what is wrong and what to do about it. {names} are filled in by `messages.py`."""

from frappe import _


def file_texts() -> dict[str, str]:
    """About the file, the sheet, its header and the mapping of its columns."""
    return {**_file_texts(), **_sheet_texts()}


def _file_texts() -> dict[str, str]:
    """About the file and its sheets."""
    return {
        "file_empty": _("The file is empty. Choose the spreadsheet again."),
        "file_too_large": _(
            "The file has {size} MB; at most {limit} MB can be loaded. Split it by community."
        ),
        "file_encrypted": _(
            "The file is protected with a password. Open it, save it without a password and upload it again."
        ),
        "old_xls": _("This is an old .xls file. Open it, save it as .xlsx and upload it again."),
        "binary_xlsb": _("This is a binary .xlsb file. Open it, save it as .xlsx and upload it again."),
        "not_a_spreadsheet": _("This is not a spreadsheet ({kind}). Upload an .xlsx, .ods or .csv file."),
        "zip_bomb": _(
            "The file says that it unpacks to {size} GB; a census does not reach {limit} MB. It was not opened. Copy the sheet into a new spreadsheet and upload that one."
        ),
        "file_broken": _(
            "The file is damaged and cannot be read. Open it in your spreadsheet program, save it again and upload it."
        ),
        "file_unsafe": _(
            "The file holds instructions that no spreadsheet program writes. It was not opened. Copy the sheet into a new spreadsheet and upload that one."
        ),
        "file_without_rows": _("No sheet of the file holds anything. Choose another file."),
        "sheet_missing": _("The file has no sheet called {sheet}. Choose one of its sheets."),
        "sheet_empty": _("The sheet {sheet} is empty. Choose another sheet."),
        "too_many_rows": _(
            "The sheet has something in row {row}; at most {limit} rows can be loaded. Delete what stands far below the list, or split the file."
        ),
        "too_many_columns": _(
            "The sheet uses more than {limit} columns. Delete the columns that are not needed."
        ),
        "csv_broken": _(
            "Line {line} of the file cannot be read: a quotation mark was opened and not closed. Correct that line."
        ),
        "csv_one_column": _(
            "The text file has only one column. Save it with semicolons or commas between the columns."
        ),
    }


def _sheet_texts() -> dict[str, str]:
    """About the header, the columns and the cells of a sheet."""
    return {
        "header_not_found": _(
            "No row with headers was found. Write the headers in one row, such as: Cédula, Nombres, Apellidos, Parentesco."
        ),
        "header_beyond": _("The sheet has no row {row}. Choose the row of the headers again."),
        "merged_header": _(
            "The header has merged cells ({ranges}). Unmerge them and give each column its own header."
        ),
        "two_header_rows": _(
            "The header takes up two rows ({first} and {second}). Leave one row with one header a column, without merged cells."
        ),
        "title_rows_left_out": _("Rows {rows} above the header were left out as titles."),
        "column_without_header": _(
            "Columns without a header are left out unless you choose their field: {columns}."
        ),
        "empty_rows_left_out": _("{count} empty rows were left out: {rows}."),
        "footer_rows_left_out": _("Rows of totals or notes were left out: {rows}."),
        "merged_cells_filled": _("Merged cells in the list count for each of their rows."),
        "field_twice": _(
            "The field {field} was chosen for more than one column ({columns}). Choose it once."
        ),
        "mapping_without_name": _(
            "Choose the column of the full name, or the columns of given names and surnames."
        ),
        "mapping_without_household": _(
            "Choose the column of the household code or of the kinship, so that families can be told apart."
        ),
        "formulas_without_result": _(
            "The file holds formulas without a stored result, in {cells}. Open it in your spreadsheet program, save it and upload it again, or paste those cells as values."
        ),
        "no_rows": _("There is no row with a person below the header."),
        "file_changed": _("The file changed after it was checked. Check it again."),
        "file_gone": _("The file is no longer there. Upload it again."),
    }


def row_texts() -> dict[str, str]:
    """About a cell, a row or a household."""
    return {**_person_texts(), **_household_texts()}


def _person_texts() -> dict[str, str]:
    """About what a row says of its person."""
    return {
        "name_missing": _("The name is missing."),
        "name_not_a_name": _("“{value}” is not a name."),
        "surname_missing": _("“{value}” has no surname."),
        "given_name_missing": _("“{value}” has no given name."),
        "name_too_long": _("The name is longer than 140 letters."),
        "name_split_guess": _(
            "The name was split into given names “{given}” and surnames “{surnames}”. Check it."
        ),
        "date_unreadable": _("“{value}” is not a date. Write day/month/year, such as 25/03/1980."),
        "date_impossible": _("The date “{value}” does not exist in the calendar."),
        "date_month_first": _("“{value}” has a month above 12. Write day/month/year, such as 25/03/1980."),
        "date_future": _("The date “{value}” is later than the registration date {latest}."),
        "date_too_old": _("The date “{value}” is earlier than 1900."),
        "birth_year_only": _("Only the year of birth “{value}” is known; the date was noted as estimated."),
        "birth_century_assumed": _("“{value}” was read as the year {year}. Check it."),
        "age_unreadable": _("“{value}” is not an age; it was left out."),
        "document_missing": _("The document number is missing. Write it, or the reason for having none."),
        "document_type_unknown": _("“{value}” is not a type of document. Use CC, TI, RC, CE, PPT or PA."),
        "document_type_assumed": _(
            "The type of document of “{value}” is missing; {type} was assumed from the age."
        ),
        "document_scientific": _(
            "The spreadsheet shortened the number (“{value}”). Give the column the format Text and write the number again."
        ),
        "document_letters": _(
            "The number “{value}” of the {type} has letters, which this type of document does not carry."
        ),
        "document_length": _("The number “{value}” is too short or too long for a {type}."),
        "document_zeros": _("The number “{value}” holds nothing but zeros."),
        "document_empty": _("“{value}” holds no document number."),
        "document_unknown_type": _("The type of the document “{value}” is not known."),
        "kinship_unknown": _(
            "The kinship “{value}” is not understood. Write for instance: jefe, cónyuge, hijo, padre, hermano, nieto, otro familiar."
        ),
        "kinship_missing": _("The kinship of {name} to the head of the household is missing."),
        "option_unknown": _("“{value}” is not understood; the field was left empty."),
        "coordinate_unreadable": _("“{value}” is not a coordinate in decimal degrees; it was left out."),
    }


def _household_texts() -> dict[str, str]:
    """About duplicates, households and the loading."""
    return {
        "displacement_unreadable": _("“{value}” is not a date; it was left out."),
        "community_differs": _(
            "The row names the community {value}, but this file is loaded into {community}."
        ),
        "community_unknown": _("There is no community called {value} among those you may load into."),
        "community_missing": _(
            "The row names no community. Choose one for the whole file, or fill in the column."
        ),
        "cell_error": _(
            "The cell holds an error of the spreadsheet (such as #N/A or #REF!). Write the value."
        ),
        "formula_without_result": _("The cell holds a formula without a stored result. Write the value."),
        "row_too_wide": _(
            "The row has more columns than the header. There is probably a separator inside a text."
        ),
        "two_heads": _(
            "The household has a second head; the first is in row {first}. Correct the kinship or the household code."
        ),
        "no_head": _("The household (rows {rows}) has no head. Write “jefe” in the kinship of one of them."),
        "two_communities": _("The household names two communities: {names}."),
        "document_twice": _(
            "Row {row} has the same document number under another name ({name}). Correct one of them."
        ),
        "document_of_other": _("The document number already belongs to {name} ({record}). Check the number."),
        "in_file": _("The same person as row {row}; not created again."),
        "on_site": _("Already registered; not created again."),
        "already_loaded": _("This row was loaded before; not created again."),
        "like_in_file": _("Very like the person in row {row}. Decide whether it is the same person."),
        "like_on_site": _(
            "Very like a person who is already registered. Decide whether it is the same person."
        ),
        "exists_elsewhere": _("Exists elsewhere, ask the administrator."),
        "decided_same": _("You said that it is the same person as row {row}; not created again."),
        "decided_same_site": _("You said that it is the person already registered; not created again."),
        "in_two_households": _(
            "The same person as row {row}, who belongs to another household of the file. Leave the person in one household."
        ),
        "in_two_families": _(
            "Members of this household already belong to different families ({families}). Settle that in the families first."
        ),
        "family_has_head": _(
            "Members of this household already belong to the family {family}, which has a head. Correct the kinship, or change the head in the family."
        ),
        "family_record_unknown": _("There is no current family {family} among those you may see."),
        "household_code_taken": _(
            "The household code {household} already belongs to the family {family} of this community. If it is another household, change the code; if it is the same, take the head out of the file."
        ),
        "household_held": _(
            "A household is loaded whole or not at all; correct rows {rows} of this household first."
        ),
        "household_waits": _("Waits for the decision about rows {rows} of this household."),
    }
