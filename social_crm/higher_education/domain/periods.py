"""Academic semesters: their names ("2026-1"), their order, and the day from which not being enrolled counts."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_NAME = re.compile(r"([0-9]{4})-([12])")


@dataclass(frozen=True, order=True)
class Period:
    """A semester of the Colombian academic calendar: half 1 runs from January to June, half 2 from July to December."""

    year: int
    half: int

    def __post_init__(self) -> None:
        if not 1900 <= self.year <= 9998 or self.half not in (1, 2):
            raise ValueError(f"no such semester: {self.year}-{self.half}")

    @classmethod
    def parse(cls, name: str) -> "Period":
        """Read "2026-1"; ValueError for anything else."""
        match = _NAME.fullmatch(name.strip())
        if match is None:
            raise ValueError(f"not a semester: {name!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Period":
        """Return the semester in which a day lies."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @classmethod
    def from_ordinal(cls, ordinal: int) -> "Period":
        """Return the semester with this position in the endless row of semesters."""
        return cls(ordinal // 2, ordinal % 2 + 1)

    @property
    def ordinal(self) -> int:
        """Position in the endless row of semesters: consecutive semesters differ by one."""
        return self.year * 2 + self.half - 1

    @property
    def starts_on(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def ends_on(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def next(self) -> "Period":
        return Period.from_ordinal(self.ordinal + 1)

    def enrolment_closes_on(self, after_days: int) -> date:
        """Return the day from which a student who has not enrolled in this semester counts as away from it."""
        return self.starts_on + timedelta(days=after_days)

    def allows_enrolment_on(self, day: date) -> bool:
        """Tell whether a day can be that of the enrolment: from six months before the semester to its last day."""
        return Period.from_ordinal(self.ordinal - 1).starts_on <= day <= self.ends_on

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.half}"


def last_judged(day: date, after_days: int) -> int:
    """Return the ordinal of the last semester whose enrolment had closed by a day."""
    current = Period.of(day)
    return current.ordinal if current.enrolment_closes_on(after_days) <= day else current.ordinal - 1
