"""The road of a student through the fund: phases with dates, and the actions that lead from one to the next.

A phase is never typed in: it follows from a dated action. Each phase lasts from its first day up to, and without, the
first day of the next one, so that on every day there is exactly one phase.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum


class Phase(str, Enum):
    """The phases, in the order of the road; the values are the options of the field that shows them."""

    POTENTIAL = "Potential"
    PROMOTED = "Promoted"
    GUIDED = "Vocationally Oriented"
    APPLIED = "Applied"
    ADMITTED = "Admitted"
    ENROLLED = "Enrolled"
    ACTIVE = "Active"
    ON_LEAVE = "On Leave"
    GRADUATED = "Graduated"
    WITHDRAWN = "Withdrawn"
    DROPPED_OUT = "Dropped Out"
    EXPELLED = "Expelled"
    DECEASED = "Deceased"


FUNNEL = (Phase.POTENTIAL, Phase.PROMOTED, Phase.GUIDED, Phase.APPLIED, Phase.ADMITTED)
STUDYING = (Phase.ENROLLED, Phase.ACTIVE, Phase.ON_LEAVE)
LEFT = (Phase.WITHDRAWN, Phase.DROPPED_OUT)


@dataclass(frozen=True)
class Move:
    """One action: from which phases it may be taken, where it leads, and whether it must be explained."""

    action: str
    sources: tuple[Phase, ...]
    target: Phase
    reason_required: bool = False


MOVES: tuple[Move, ...] = (
    Move("Promote", (Phase.POTENTIAL,), Phase.PROMOTED),
    Move("Guide", (Phase.POTENTIAL, Phase.PROMOTED), Phase.GUIDED),
    Move("Apply for Admission", (Phase.PROMOTED, Phase.GUIDED), Phase.APPLIED),
    Move("Admit", (Phase.APPLIED,), Phase.ADMITTED),
    Move("Enrol", (Phase.ADMITTED,), Phase.ENROLLED),
    Move("Start Studies", (Phase.ENROLLED,), Phase.ACTIVE),
    Move("Take Leave", (Phase.ENROLLED, Phase.ACTIVE), Phase.ON_LEAVE, reason_required=True),
    Move("Return", (Phase.ON_LEAVE, *LEFT), Phase.ACTIVE),
    Move("Graduate", (Phase.ACTIVE,), Phase.GRADUATED),
    # Who applied in vain, or gave up before enrolling, may be taken up again from the beginning.
    Move("Take Up Again", (Phase.APPLIED, Phase.WITHDRAWN), Phase.POTENTIAL),
    Move("Withdraw", (*FUNNEL, *STUDYING), Phase.WITHDRAWN, reason_required=True),
    Move("Record Dropout", (*STUDYING, Phase.WITHDRAWN), Phase.DROPPED_OUT, reason_required=True),
    Move("Expel", STUDYING, Phase.EXPELLED, reason_required=True),
    Move(
        "Record Death",
        tuple(phase for phase in Phase if phase is not Phase.DECEASED),
        Phase.DECEASED,
        reason_required=True,
    ),
)


@dataclass(frozen=True)
class PhaseRow:
    """One stretch of the road: from its first day up to, and without, `to_date` (None while it lasts)."""

    phase: Phase
    from_date: date
    to_date: date | None = None
    reason: str = ""


class PhaseError(ValueError):
    """A move that the road does not allow. `code` says which rule; the caller words it for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def phase_as_of(rows: Sequence[PhaseRow], day: date) -> Phase | None:
    """Return the phase on a day, or None before the first one.

    A phase that began and ended on the same day was passed through, and is not the phase of that day.
    """
    for row in rows:
        if row.from_date <= day and (row.to_date is None or day < row.to_date):
            return row.phase
    return None


def with_death(rows: Sequence[PhaseRow], died_on: date | None) -> tuple[PhaseRow, ...]:
    """Return the road as it ends with a recorded death, whether or not anybody took the action.

    What began on the day of the death or later did not happen; a road that had ended with a death before stays.
    """
    lived = tuple(row for row in rows if died_on is None or row.from_date < died_on)
    if died_on is None or not lived or lived[-1].phase is Phase.DECEASED:
        return lived
    return (*lived[:-1], replace(lived[-1], to_date=died_on), PhaseRow(Phase.DECEASED, died_on))


def allowed_moves(phase: Phase, ever_enrolled: bool = True) -> tuple[Move, ...]:
    """Return the actions that may be taken in a phase, in the order in which they are offered.

    ever_enrolled: whether the person has ever been enrolled. Only who has can drop out or return to the studies; only
        who has not begins again as a potential student.
    """
    unfit = ("Take Up Again",) if ever_enrolled else ("Return", "Record Dropout")
    return tuple(
        move for move in MOVES if phase in move.sources and not (phase in LEFT and move.action in unfit)
    )


def has_enrolled(rows: Sequence[PhaseRow]) -> bool:
    """Tell whether the road has ever led through an enrolment."""
    return any(row.phase in STUDYING for row in rows)


def begin(phase: Phase, day: date, reason: str = "") -> tuple[PhaseRow, ...]:
    """Return the road of somebody who is first met in a phase on a day."""
    return (PhaseRow(phase, day, None, reason),)


def apply_move(rows: Sequence[PhaseRow], action: str, day: date, reason: str = "") -> tuple[PhaseRow, ...]:
    """Return the road after an action on a day.

    Raises PhaseError with the code "empty" (no road yet), "unknown" (no such action), "not_allowed" (not from the
    present phase), "too_early" (before the present phase began) or "reason" (the action must be explained).
    """
    if not rows:
        raise PhaseError("empty")
    present = rows[-1]
    if action not in {move.action for move in MOVES}:
        raise PhaseError("unknown")
    offered = {move.action: move for move in allowed_moves(present.phase, has_enrolled(rows))}
    if action not in offered:
        raise PhaseError("not_allowed")
    move = offered[action]
    if day < present.from_date:
        raise PhaseError("too_early")
    if move.reason_required and not reason.strip():
        raise PhaseError("reason")
    return (*rows[:-1], replace(present, to_date=day), PhaseRow(move.target, day, None, reason.strip()))


def undo_last(rows: Sequence[PhaseRow]) -> tuple[PhaseRow, ...]:
    """Return the road without its last phase: the way to take back an action that was entered by mistake.

    Raises PhaseError("first") when there is no earlier phase to fall back on.
    """
    if len(rows) < 2:
        raise PhaseError("first")
    return (*rows[:-2], replace(rows[-2], to_date=None))
