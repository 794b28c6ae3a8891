"""When an alert goes out, to what number, with which words: rules that need no site."""

from datetime import date, datetime, time, timedelta

import pytest

from social_crm.microcredit.domain.alerts import (
    AFTER,
    BEFORE,
    ON,
    PLACES,
    Hours,
    Timing,
    dues_on,
    last_day,
    masked,
    may_write_at,
    mobile_number,
    render,
    sending_day,
    unknown_places,
)
from social_crm.microcredit.services.calendars import colombian_holidays

HOLIDAYS = colombian_holidays(2025, 2027)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "due, moment, days, goes_out",
    [
        (date(2026, 3, 13), BEFORE, 3, date(2026, 3, 10)),
        # 15 March 2026 is a Sunday: what comes before a due date goes out earlier, what comes after it later.
        (date(2026, 3, 18), BEFORE, 3, date(2026, 3, 14)),
        (date(2026, 3, 13), AFTER, 2, date(2026, 3, 16)),
        # 23 March 2026 (San José, moved to Monday) follows a Sunday.
        (date(2026, 3, 26), BEFORE, 3, date(2026, 3, 21)),
        (date(2026, 3, 20), AFTER, 2, date(2026, 3, 24)),
        # Holy Thursday and Good Friday of 2026 are 2 and 3 April.
        (date(2026, 4, 6), BEFORE, 3, date(2026, 4, 1)),
        (date(2026, 4, 1), AFTER, 1, date(2026, 4, 4)),
        (date(2026, 4, 3), ON, 0, date(2026, 4, 1)),
        (date(2026, 4, 1), ON, 0, date(2026, 4, 1)),
    ],
)
def test_nobody_is_written_to_on_a_day_of_rest(due, moment, days, goes_out):
    assert sending_day(due, Timing(moment, days), HOLIDAYS) == goes_out


def test_a_year_of_due_dates_is_found_day_by_day_and_each_first_on_its_own_day():
    for timing in (
        Timing(BEFORE, 3),
        Timing(ON),
        Timing(AFTER, 1, 0),
        Timing(AFTER, 30, 5),
        Timing(BEFORE, 0, 0),
    ):
        first_seen: dict[date, date] = {}
        last_seen: dict[date, date] = {}
        day = date(2026, 1, 1)
        while day < date(2026, 12, 31):
            for due, (first, last) in dues_on(day, timing, HOLIDAYS).items():
                assert first <= day <= last
                first_seen.setdefault(due, day)
                last_seen[due] = day
            day += DAY
        due = date(2026, 3, 1)
        while due < date(2026, 11, 1):
            assert first_seen[due] == sending_day(due, timing, HOLIDAYS)
            assert last_seen[due] == last_day(due, timing, HOLIDAYS)
            assert first_seen[due].weekday() != 6 and first_seen[due] not in HOLIDAYS
            due += DAY


def test_what_comes_before_a_due_date_is_not_said_after_it():
    assert last_day(date(2026, 3, 13), Timing(BEFORE, 1, 10), HOLIDAYS) == date(2026, 3, 13)
    assert last_day(date(2026, 3, 13), Timing(ON, 0, 10), HOLIDAYS) == date(2026, 3, 13)
    assert last_day(date(2026, 3, 13), Timing(AFTER, 3, 10), HOLIDAYS) == date(2026, 3, 26)


@pytest.mark.parametrize(
    "moment, days, late", [("soon", 1, 1), (BEFORE, -1, 1), (BEFORE, 366, 1), (AFTER, 1, 31)]
)
def test_a_rule_that_cannot_be(moment, days, late):
    with pytest.raises(ValueError):
        Timing(moment, days, late)


@pytest.mark.parametrize(
    "moment, may",
    [
        (datetime(2026, 3, 16, 6, 59), False),
        (datetime(2026, 3, 16, 7, 0), True),
        (datetime(2026, 3, 16, 18, 59), True),
        (datetime(2026, 3, 16, 19, 0), False),
        (datetime(2026, 3, 14, 7, 30), False),
        (datetime(2026, 3, 14, 14, 59), True),
        (datetime(2026, 3, 14, 15, 0), False),
        (datetime(2026, 3, 15, 11, 0), False),
        (datetime(2026, 3, 23, 11, 0), False),
    ],
)
def test_the_hours_of_the_law(moment, may):
    assert may_write_at(moment, Hours(), HOLIDAYS) is may


def test_a_fund_may_keep_narrower_hours():
    narrow = Hours(weekdays_from=time(9), weekdays_until=time(12))
    assert may_write_at(datetime(2026, 3, 16, 11), narrow, HOLIDAYS)
    assert not may_write_at(datetime(2026, 3, 16, 8), narrow, HOLIDAYS)


def test_texts_are_filled_in_and_slips_are_found():
    values = {place: place.upper() for place in PLACES}
    assert render("{nombre}: {valor} el {fecha}", values) == "NOMBRE: VALOR el FECHA"
    assert unknown_places("{nombre} {Valor} {} {frappe.conf}") == ["Valor", "", "frappe.conf"]
    with pytest.raises(ValueError, match="monto"):
        render("{monto}", values)
    # What a value holds is text, not another place.
    assert render("{nombre}", {**values, "nombre": "{valor}"}) == "{valor}"


@pytest.mark.parametrize(
    "text, number",
    [
        ("300 123 4567", "573001234567"),
        ("(300) 123-4567", "573001234567"),
        ("+57 300 123 4567", "573001234567"),
        ("0057 300 1234567", "573001234567"),
        ("605 726 1234", ""),
        ("+57 605 726 1234", ""),
        ("+58 412 1234567", "584121234567"),
        ("58 412 1234567", ""),
        ("300123456", ""),
        ("no tiene", ""),
        (None, ""),
    ],
)
def test_mobile_numbers_of_colombia(text, number):
    assert mobile_number(text, "57") == number


def test_mobile_numbers_of_another_country():
    assert mobile_number("0999 123 456", "593") == "0999123456"
    assert mobile_number("123", "593") == ""


def test_a_destination_is_kept_unusable():
    assert masked("573001234567") == "···567"
    assert masked("maria.epiayu@example.com") == "m···@example.com"
    assert masked("1234") == "···"
