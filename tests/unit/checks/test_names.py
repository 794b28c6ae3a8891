"""The check of names finds taken DocType names, colliding addresses and fields that say nothing."""

import pytest

from local_bench.checks import names


def field(name):
    return {"fieldname": name, "fieldtype": "Data", "label": "X"}


def test_own_name_passes(house, doctype):
    root = house({"social_crm/m/doctype/field_acta/field_acta.json": doctype("Field Acta", field("held_on"))})
    assert names.findings(root) == []


def test_name_of_another_app_is_found_and_the_accepted_one_is_not(house, doctype):
    root = house(
        {
            "social_crm/m/doctype/student/student.json": doctype("Student"),
            "social_crm/m/doctype/beneficiary/beneficiary.json": doctype("Beneficiary"),
        }
    )
    assert [("Student" in text, "frame/education" in text) for text in names.findings(root)] == [(True, True)]


@pytest.mark.parametrize("bad", ["section_break_glmz", "column_break_1", "Held_On", "held on"])
def test_field_that_says_nothing_is_found(house, doctype, bad):
    root = house({"social_crm/m/doctype/acta/acta.json": doctype("Acta", field(bad))})
    assert len(names.findings(root)) == 1


@pytest.mark.parametrize("kind", ["workspace", "page"])
def test_address_of_a_doctype_is_found(house, doctype, kind):
    root = house(
        {
            "social_crm/m/doctype/microcredit/microcredit.json": doctype("Microcredit"),
            f"social_crm/m/{kind}/microcredit/microcredit.json": {
                "doctype": kind.title(),
                "name": "Microcredit",
                "title": "Microcredit",
            },
        }
    )
    assert ["/app/microcredit" in text for text in names.findings(root)] == [True]


def test_folder_that_does_not_match_is_found(house, doctype):
    root = house({"social_crm/m/doctype/loan/loan.json": doctype("Microcredit")})
    assert len(names.findings(root)) == 1
