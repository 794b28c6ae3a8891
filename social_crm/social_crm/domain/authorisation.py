"""Whether a person's data may be used for a purpose at a moment, from the decisions on record.

Ley 1581 de 2012 (Colombia), art. 8 and 9: authorisation is given before use, for a purpose, and can be withdrawn at any
time. Each purpose is decided apart, biometric data by a decision of its own: a yes for one says nothing about another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from social_crm.social_crm.domain.ages import is_minor

THE_PERSON = "The Person"
REPRESENTATIVE = "Legal Representative"


@dataclass(frozen=True)
class Decision:
    """One answer to one purpose: a yes holds from `given_on` until it is withdrawn or a later answer replaces it."""

    key: str
    granted: bool
    given_on: datetime
    withdrawn_on: datetime | None = None


class AuthorisationError(ValueError):
    """An answer that cannot be accepted; `code` is minor, own_representative, minor_representative or no_basis."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def latest(decisions: Iterable[Decision], at: datetime) -> Decision | None:
    """Return the answer that counts at a moment: the last one given until then."""
    given = [d for d in decisions if d.given_on <= at]
    return max(given, key=lambda d: (d.given_on, d.key)) if given else None


def is_authorised(decisions: Iterable[Decision], at: datetime) -> bool:
    """Say whether the answers to one purpose allow the use at a moment. No answer is a no."""
    answer = latest(decisions, at)
    if answer is None or not answer.granted:
        return False
    return answer.withdrawn_on is None or at < answer.withdrawn_on


def statuses(decisions: Iterable[Decision]) -> dict[str, str]:
    """Return for each answer how it stands: In Force, Refused, Revoked or Superseded by a later one."""
    decisions = tuple(decisions)
    last = max(decisions, key=lambda d: (d.given_on, d.key)) if decisions else None
    result = {}
    for decision in decisions:
        if decision.withdrawn_on is not None:
            result[decision.key] = "Revoked"
        elif decision is not last:
            result[decision.key] = "Superseded"
        else:
            result[decision.key] = "In Force" if decision.granted else "Refused"
    return result


def check_giver(
    given_by: str,
    birth: date | None,
    on: date,
    representative_is_person: bool = False,
    representative_birth: date | None = None,
    basis: str | None = None,
) -> None:
    """Raise AuthorisationError when somebody answered who may not: for a minor only the legal representative does.

    A person whose date of birth is not known is taken for an adult.
    """
    if given_by == THE_PERSON:
        if birth is not None and is_minor(birth, on):
            raise AuthorisationError("minor")
        return
    if representative_is_person:
        raise AuthorisationError("own_representative")
    if representative_birth is not None and is_minor(representative_birth, on):
        raise AuthorisationError("minor_representative")
    if not (basis or "").strip():
        raise AuthorisationError("no_basis")
