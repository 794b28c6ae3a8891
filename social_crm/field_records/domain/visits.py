"""When a visit is due by rule, and in which order the visits of a day lie nearest to each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

EARTH_RADIUS_KM = 6371.0
MAX_STOPS = 200


@dataclass(frozen=True)
class Rhythm:
    """A rule of visits: one every so many days, counted from a day on and until another (None: no end)."""

    every_days: int
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class Stop:
    """A visit of a day; latitude and longitude in decimal degrees, None where the place is not known."""

    key: str
    latitude: float | None
    longitude: float | None


def due_on(rhythm: Rhythm, registered: date | None, last_visit: date | None) -> date | None:
    """Return the day on which the next visit is due, None when the rule has ended by then.

    Who was never visited is due on the day the rule counts from, or when registered, whichever is later. A visit before the
    rule began counts too: what matters to a family is when somebody last came.
    """
    if last_visit is None:
        due = max(rhythm.valid_from, registered or rhythm.valid_from)
    else:
        due = max(rhythm.valid_from, last_visit + timedelta(days=rhythm.every_days))
    return None if rhythm.valid_to and due > rhythm.valid_to else due


def distance_km(one: Stop, other: Stop) -> float | None:
    """Return the great-circle distance of two stops in kilometres (haversine formula), None when a place is unknown."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(other.longitude - one.longitude) / 2
    angle = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(angle)))


def ordered(stops: Sequence[Stop], start: Stop | None = None) -> tuple[Stop, ...]:
    """Return the stops of a day so that each is the nearest one left to the one before; unknown places come last.

    Nearest neighbour, not the shortest tour: a gestor follows paths that no map of ours knows, and needs an order to begin
    with. Without a start the day begins at the first stop given. Equal distances keep the order given.

    Raises:
        ValueError: more than MAX_STOPS stops.
    """
    if len(stops) > MAX_STOPS:
        raise ValueError(f"A day has at most {MAX_STOPS} visits.")
    known = [stop for stop in stops if stop.latitude is not None and stop.longitude is not None]
    unknown = [stop for stop in stops if stop.latitude is None or stop.longitude is None]
    found: list[Stop] = []
    here = start
    for _ in range(len(known)):
        nearest = known[0] if here is None else _nearest(here, known)
        known.remove(nearest)
        found.append(nearest)
        here = nearest
    return (*found, *unknown)


def _nearest(here: Stop, stops: Sequence[Stop]) -> Stop:
    return min(stops, key=lambda stop: distance_km(here, stop) or 0.0)
