"""Which family has what: fixed shares of every block of 207 families, so that the figures of the case study follow.

Nothing here is a result: the shares say how many units started and how each one went, and the pages compute the rest.
"""

import random
from functools import lru_cache

BLOCK = 207

# Of 207 families: (outcome, number). 56 of the 130 units that ever started are active.
UNITS: tuple[tuple[str, int], ...] = (
    ("active", 56),
    ("unverified", 31),
    ("not operating", 19),
    ("closed", 24),
    ("diagnosis", 5),
    ("profile", 4),
    ("business model", 3),
    ("action plan", 4),
)
# 46 of the 50 who ever enrolled are active, on leave within the rule or graduated.
STUDENTS: tuple[tuple[str, int], ...] = (
    ("active", 34),
    ("enrolled", 2),
    ("on leave", 4),
    ("graduated", 6),
    ("dropped out", 2),
    ("withdrawn", 1),
    ("expelled", 1),
    ("potential", 7),
    ("promoted", 4),
    ("guided", 4),
    ("applied", 4),
    ("admitted", 3),
    ("deceased", 1),
)
LOANS: tuple[tuple[str, int], ...] = (
    ("on time", 20),
    ("late", 6),
    ("paid", 5),
    ("draft", 3),
    ("review", 3),
    ("committee", 3),
    ("approved", 2),
    ("rejected", 3),
    ("restructured", 1),
    ("written off", 1),
    ("declined", 1),
)
CASES: tuple[tuple[str, int], ...] = (("open", 9), ("closed", 7))
ACTAS: tuple[tuple[str, int], ...] = (("closed", 60), ("draft", 6))
TABLES = {"units": UNITS, "students": STUDENTS, "loans": LOANS, "cases": CASES, "actas": ACTAS}


@lru_cache(maxsize=64)
def outcomes(kind: str, seed: int, block: int = BLOCK) -> tuple[str | None, ...]:
    """Return for each position of a block its outcome of a kind, or None; shares shrink with a smaller block.

    kind: a key of TABLES. Loans go to families whose unit ever started: a loan without a business helps nobody.
    """
    scale = block / BLOCK
    wanted = [outcome for outcome, number in TABLES[kind] for _ in range(max(1, round(number * scale)))]
    places = list(range(block))
    random.Random(f"{seed}:{kind}").shuffle(places)
    if kind == "loans":
        units = outcomes("units", seed, block)
        started = {"active", "unverified", "not operating", "closed"}
        places.sort(key=lambda place: units[place] not in started)
    result: list[str | None] = [None] * block
    for place, outcome in zip(places, wanted, strict=False):
        result[place] = outcome
    return tuple(result)
