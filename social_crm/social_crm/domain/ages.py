"""Ages in completed years, as the law counts them."""

from datetime import date

ADULT_AGE = 18  # Ley 27 de 1977 (Colombia): majority at eighteen completed years.

# A child who joins a family later than this after its birth arrived from somewhere.
NEWBORN_DAYS = 90


def age_on(birth: date, on: date) -> int:
    """Return the completed years on a date; a birthday on 29 February is completed on 1 March of common years.

    Raises ValueError when the date lies before the birth.
    """
    if on < birth:
        raise ValueError("the date lies before the birth")
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def is_minor(birth: date, on: date) -> bool:
    """Say whether a person born on that day has not reached majority on the date."""
    return age_on(birth, on) < ADULT_AGE


def is_newborn(birth: date | None, on: date) -> bool:
    """Say whether somebody was born on the date or at most `NEWBORN_DAYS` before it; an unknown birth is none."""
    return birth is not None and 0 <= (on - birth).days <= NEWBORN_DAYS
