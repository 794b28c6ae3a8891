"""Decisions about personal data, and the value of delivered goods."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from social_crm.social_crm.domain import authorisation, deliveries
from social_crm.social_crm.domain.authorisation import (
    REPRESENTATIVE,
    THE_PERSON,
    AuthorisationError,
    Decision,
)

NOON = datetime(2024, 6, 1, 12)


def test_no_answer_is_a_no():
    assert not authorisation.is_authorised([], NOON)


def test_a_yes_holds_from_its_moment_until_its_withdrawal():
    yes = Decision("a", True, NOON, withdrawn_on=datetime(2024, 7, 1))
    assert not authorisation.is_authorised([yes], datetime(2024, 6, 1, 11, 59))
    assert authorisation.is_authorised([yes], NOON)
    assert authorisation.is_authorised([yes], datetime(2024, 6, 30, 23, 59))
    assert not authorisation.is_authorised([yes], datetime(2024, 7, 1))


def test_the_last_answer_counts():
    yes, no = Decision("a", True, NOON), Decision("b", False, datetime(2024, 8, 1))
    assert authorisation.is_authorised([no, yes], datetime(2024, 7, 31))
    assert not authorisation.is_authorised([no, yes], datetime(2024, 8, 1))
    again = Decision("c", True, datetime(2024, 9, 1))
    assert authorisation.is_authorised([no, yes, again], datetime(2024, 9, 2))
    assert authorisation.statuses([no, yes, again]) == {"a": "Superseded", "b": "Superseded", "c": "In Force"}


def test_a_withdrawn_yes_does_not_revive_an_older_one():
    old = Decision("a", True, NOON)
    new = Decision("b", True, datetime(2024, 8, 1), withdrawn_on=datetime(2024, 8, 2))
    assert not authorisation.is_authorised([old, new], datetime(2024, 8, 3))


def test_for_a_minor_only_the_representative_decides():
    born, day = date(2010, 1, 1), date(2024, 6, 1)
    with pytest.raises(AuthorisationError) as error:
        authorisation.check_giver(THE_PERSON, born, day)
    assert error.value.code == "minor"
    authorisation.check_giver(THE_PERSON, born, date(2028, 1, 1))
    authorisation.check_giver(THE_PERSON, None, day)
    authorisation.check_giver(REPRESENTATIVE, born, day, False, date(1980, 1, 1), "Mother")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ((True, None, "Mother"), "own_representative"),
        ((False, date(2010, 5, 1), "Brother"), "minor_representative"),
        ((False, None, "  "), "no_basis"),
    ],
)
def test_representatives_who_cannot_decide(facts, code):
    with pytest.raises(AuthorisationError) as error:
        authorisation.check_giver(REPRESENTATIVE, date(2012, 1, 1), date(2024, 6, 1), *facts)
    assert error.value.code == code


def test_values_are_exact_and_half_up():
    line = deliveries.line_value(Decimal("0.1"), Decimal("0.25"))
    assert line == Decimal("0.03")
    assert deliveries.total_value([Decimal("0.1")] * 3) == Decimal("0.3")
    for quantity, value in (("0", "5"), ("-1", "5"), ("1", "-5")):
        with pytest.raises(ValueError, match=r"quantity|value"):
            deliveries.line_value(Decimal(quantity), Decimal(value))
