from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.higher_education.domain.caps import Cap, Payments, payment_key
from social_crm.higher_education.domain.periods import Period, last_judged


def test_caps_of_2025_to_the_peso():
    tuition = Cap(Decimal(11), Decimal(1_423_500))
    allowance = Cap(Decimal("1.5"), Decimal(1_423_500))
    assert tuition.amount == Decimal(15_658_500)
    assert allowance.amount == Decimal(2_135_250)
    assert tuition.allows(Decimal(15_658_500)) and not tuition.allows(Decimal(15_658_501))


def test_enrolment_lies_in_the_six_months_before_or_in_the_semester():
    first = Period(2026, 1)
    allowed = [date(2025, 7, 1), date(2026, 1, 1), date(2026, 6, 30)]
    refused = [date(2025, 6, 30), date(2026, 7, 1)]
    assert all(first.allows_enrolment_on(day) for day in allowed)
    assert not any(first.allows_enrolment_on(day) for day in refused)
    assert Period(2026, 2).allows_enrolment_on(date(2026, 1, 1))
    assert not Period(2026, 2).allows_enrolment_on(date(2025, 12, 31))


def test_a_fraction_of_a_peso_is_cut_off():
    assert Cap(Decimal("1.5"), Decimal(908_527)).amount == Decimal(1_362_790)


def test_payments_are_complete_to_the_peso():
    assert Payments(Decimal(300), (Decimal(100), Decimal(200))).is_complete
    assert Payments(Decimal(300), (Decimal(100),)).pending == Decimal(200)
    assert Payments(Decimal(300), (Decimal(301),)).pending == Decimal(-1)
    assert Payments(Decimal(0), ()).is_complete


def test_the_same_payment_however_typed():
    key = payment_key("FES-00001", "Tuition", "TRX-0045 b")
    assert key == payment_key("FES-00001", "Tuition", " trx 0045-B ")
    assert key != payment_key("FES-00001", "Living Allowance", "TRX-0045 b")
    assert key != payment_key("FES-00002", "Tuition", "TRX-0045 b")
    with pytest.raises(ValueError):
        payment_key("FES-00001", "Tuition", " -. ")


@pytest.mark.parametrize("name", ["2026-1", "2026-2", "1999-2"])
def test_names_of_semesters_read_and_written(name):
    assert str(Period.parse(name)) == name


@pytest.mark.parametrize(
    "name", ["2026-3", "2026-0", "26-1", "2026", "2026/1", "", "2026-11", "0000-1", "٢٠٢٦-1"]
)
def test_other_names_are_refused(name):
    with pytest.raises(ValueError):
        Period.parse(name)


def test_enrolment_of_a_semester_closes_on_a_day():
    assert Period(2026, 1).enrolment_closes_on(90) == date(2026, 4, 1)
    assert last_judged(date(2026, 3, 31), 90) == Period(2025, 2).ordinal
    assert last_judged(date(2026, 4, 1), 90) == Period(2026, 1).ordinal


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_its_semester(day):
    period = Period.of(day)
    assert period.starts_on <= day <= period.ends_on
    assert Period.from_ordinal(period.ordinal) == period
    assert period.next().starts_on.toordinal() == period.ends_on.toordinal() + 1
    assert period < period.next()
