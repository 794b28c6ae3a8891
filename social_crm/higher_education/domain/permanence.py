"""Permanence and dropout of the fund's students at a cut-off date.

Rules:

- *Dropout* follows SPADIES, the ministry's system: not enrolled for two or more consecutive semesters, not graduated
  and not expelled. A semester counts as missed from the day its enrolment closes, not before.
- One semester away without leave is *absent* (ausente): neither permanent nor a dropout. Permanence is therefore not
  one less the dropout, and both are shown.
- *Permanence* = (active + on leave within the rule + graduated) / everyone who ever enrolled. Who never enrolled is in
  neither rate.
- Leave excuses a semester when the person is on leave on the day its enrolment closes, and as many semesters of one
  absence as the fund's rule allows; the ones beyond it count as missed. Leave that begins when the person has already
  dropped out excuses nothing.
- Who formally withdrew is not active from that day on; a dropout only when the two semesters have passed.
- A death ends the story on the day before: who had graduated, dropped out or been expelled remains so; anybody else is
  counted as deceased, neither permanent nor a dropout. The published formula divides by *everyone* who ever enrolled,
  so the deceased stay in the denominator; a fund that leaves them out says so with
  `Rules.deceased_leave_denominator`, and their number is shown either way.
- Three levels: in the whole system one person is one study; at the institution level each institution in which the
  person ever enrolled is one; at the programme level each programme of each institution. Leave, graduation and the
  like belong to the study of the latest enrolment of that day: changing the programme inside an institution becomes a
  dropout of the programme, not of the institution.

Only what had happened by the cut-off is looked at. A rate of a past cut-off is therefore the same when somebody comes
back later.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from social_crm.higher_education.domain.periods import Period, last_judged
from social_crm.higher_education.domain.phases import Phase, PhaseRow, phase_as_of


class Level(str, Enum):
    """At which level leaving is looked at."""

    SYSTEM = "System"
    INSTITUTION = "Institution"
    PROGRAMME = "Programme"


class Standing(str, Enum):
    """Where a study stands at a cut-off date."""

    ACTIVE = "Active"
    ON_LEAVE = "On Leave"
    GRADUATED = "Graduated"
    ABSENT = "Absent"
    WITHDRAWN = "Withdrawn"
    DROPPED_OUT = "Dropped Out"
    EXPELLED = "Expelled"
    DECEASED = "Deceased"


PERMANENT = (Standing.ACTIVE, Standing.ON_LEAVE, Standing.GRADUATED)
_ENDED = (Standing.GRADUATED, Standing.DROPPED_OUT, Standing.EXPELLED)


@dataclass(frozen=True)
class Enrolment:
    """An enrolment in one semester of one programme, and the day on which it was made."""

    period: Period
    enrolled_on: date
    institution: str
    programme: str


@dataclass(frozen=True)
class StudentRecord:
    """What is known about one person: the phases and the enrolments, in any order."""

    student: str
    phases: tuple[PhaseRow, ...]
    enrolments: tuple[Enrolment, ...]


@dataclass(frozen=True)
class Rules:
    """The configuration of the fund.

    leave_semesters: how many semesters of one absence leave excuses.
    enrolment_closes_after_days: days after the start of a semester from which who has not enrolled counts as away.
    deceased_leave_denominator: whether the deceased are taken out of "everyone who ever enrolled".
    """

    leave_semesters: int = 2
    enrolment_closes_after_days: int = 90
    deceased_leave_denominator: bool = False


DROPOUT_AFTER_SEMESTERS = 2


@dataclass(frozen=True)
class StudyStanding:
    """The standing of one study: `key` is () in the whole system, (institution,) or (institution, programme)."""

    student: str
    key: tuple[str, ...]
    standing: Standing
    last_period: Period
    missed_semesters: int


@dataclass(frozen=True)
class Figures:
    """Both rates at a cut-off date, with the counts they come from. Rates are None while nobody has enrolled."""

    cut_off: date
    level: Level
    counts: Mapping[Standing, int]
    ever_enrolled: int
    permanence: Decimal | None
    dropout: Decimal | None


def _key(enrolment: Enrolment, level: Level) -> tuple[str, ...]:
    if level is Level.SYSTEM:
        return ()
    if level is Level.INSTITUTION:
        return (enrolment.institution,)
    return (enrolment.institution, enrolment.programme)


def _on_leave_at_closing(phases: Sequence[PhaseRow], last: int, judged: int, rules: Rules) -> frozenset[int]:
    """Return the ordinals of the judged semesters on whose closing of enrolment the person was on leave."""
    days = {
        ordinal: Period.from_ordinal(ordinal).enrolment_closes_on(rules.enrolment_closes_after_days)
        for ordinal in range(last + 1, judged + 1)
    }
    return frozenset(ordinal for ordinal, day in days.items() if phase_as_of(phases, day) is Phase.ON_LEAVE)


def _missed(last: int, judged: int, leave: frozenset[int], rules: Rules) -> tuple[int, bool]:
    """Count the missed semesters after the last enrolment, and tell whether leave is still within the rule.

    Leave excuses semesters in their order; it excuses nothing once the person has dropped out.
    """
    missed = excused = 0
    within_rule = True
    for ordinal in range(last + 1, judged + 1):
        if ordinal in leave and missed < DROPOUT_AFTER_SEMESTERS:
            if excused < rules.leave_semesters:
                excused += 1
                continue
            within_rule = False
        missed += 1
    return missed, within_rule


def _living_standing(phase: Phase | None, missed: int, within_rule: bool) -> Standing:
    """Weigh the phase of the day against the missed semesters. `phase` is None for a study that was left behind."""
    if phase is Phase.GRADUATED:
        return Standing.GRADUATED
    if phase is Phase.EXPELLED:
        return Standing.EXPELLED
    if missed >= DROPOUT_AFTER_SEMESTERS:
        return Standing.DROPPED_OUT
    if phase in (Phase.WITHDRAWN, Phase.DROPPED_OUT):
        return Standing.WITHDRAWN
    if phase is Phase.ON_LEAVE and within_rule and missed == 0:
        return Standing.ON_LEAVE
    return Standing.ABSENT if missed else Standing.ACTIVE


def _standing_of(
    record: StudentRecord,
    key: tuple[str, ...],
    level: Level,
    enrolled_by: date,
    judged_on: date,
    rules: Rules,
) -> StudyStanding:
    """Judge one study on a day, knowing the enrolments made by another (the same day, but for a death)."""
    enrolments = [e for e in record.enrolments if e.enrolled_on <= enrolled_by]
    latest = max(enrolments, key=lambda e: (e.period, e.enrolled_on))
    last = max(e.period for e in enrolments if _key(e, level) == key)
    phases = record.phases if _key(latest, level) == key else ()
    judged = last_judged(judged_on, rules.enrolment_closes_after_days)
    leave = _on_leave_at_closing(phases, last.ordinal, judged, rules)
    missed, within_rule = _missed(last.ordinal, judged, leave, rules)
    standing = _living_standing(phase_as_of(phases, judged_on), missed, within_rule)
    return StudyStanding(record.student, key, standing, last, missed)


def _death(record: StudentRecord, cut_off: date) -> date | None:
    days = [
        row.from_date for row in record.phases if row.phase is Phase.DECEASED and row.from_date <= cut_off
    ]
    return min(days) if days else None


def standings(record: StudentRecord, cut_off: date, level: Level, rules: Rules) -> tuple[StudyStanding, ...]:
    """Return where each study of a person stands at the end of the cut-off day; () when never enrolled by then."""
    death = _death(record, cut_off)
    enrolled_by = death or cut_off
    judged_on = death - timedelta(days=1) if death else cut_off
    keys = sorted({_key(e, level) for e in record.enrolments if e.enrolled_on <= enrolled_by})
    studies = tuple(_standing_of(record, key, level, enrolled_by, judged_on, rules) for key in keys)
    if death is None:
        return studies
    return tuple(
        study if study.standing in _ENDED else replace(study, standing=Standing.DECEASED) for study in studies
    )


def _rate(part: int, whole: int) -> Decimal | None:
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def figures(
    records: Iterable[StudentRecord],
    cut_off: date,
    level: Level,
    rules: Rules,
    key: tuple[str, ...] | None = None,
) -> Figures:
    """Return permanence and dropout of a body of students at a cut-off date, as exact percentages of two decimals.

    key: count only the studies of this institution, or of this programme of an institution; None counts all.
    """
    counted = Counter(
        study.standing
        for record in records
        for study in standings(record, cut_off, level, rules)
        if key is None or study.key == key
    )
    counts = {standing: counted[standing] for standing in Standing}
    everyone = sum(counts.values())
    if rules.deceased_leave_denominator:
        everyone -= counts[Standing.DECEASED]
    permanent = sum(counts[standing] for standing in PERMANENT)
    return Figures(
        cut_off,
        level,
        counts,
        everyone,
        _rate(permanent, everyone),
        _rate(counts[Standing.DROPPED_OUT], everyone),
    )
