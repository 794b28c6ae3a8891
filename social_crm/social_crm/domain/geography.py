"""Map points: latitude and longitude in degrees (WGS 84) beside the GeoJSON that a map control stores."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """A place on the map, in decimal degrees."""

    latitude: float
    longitude: float


class GeographyError(ValueError):
    """A point that is no place on earth; `code` is latitude, longitude or half (only one of the two was given)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def point(latitude: float | None, longitude: float | None) -> Point | None:
    """Return the point, or None when there is none (both empty, or both 0, which is an empty number field).

    Raises GeographyError when a value is out of range or only one of the two is given.
    """
    lat, lon = float(latitude or 0), float(longitude or 0)
    if not lat and not lon:
        return None
    if not -90 <= lat <= 90:
        raise GeographyError("latitude")
    if not -180 <= lon <= 180:
        raise GeographyError("longitude")
    if not lat or not lon:
        raise GeographyError("half")
    return Point(lat, lon)


def to_geojson(place: Point | None) -> str:
    """Return the GeoJSON feature collection with this one point, as a map control stores it; "" without a point."""
    if place is None:
        return ""
    geometry = {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def from_geojson(text: str | None) -> Point | None:
    """Return the first point of a GeoJSON text, or None when it is empty, no GeoJSON, or holds other shapes only."""
    try:
        features = json.loads(text or "{}")["features"]
        for feature in features:
            geometry = feature["geometry"]
            if geometry["type"] == "Point":
                longitude, latitude = geometry["coordinates"][:2]
                return point(latitude, longitude)
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    return None


def reconcile(
    new: Point | None, old: Point | None, new_map: Point | None, old_map: Point | None
) -> Point | None:
    """Return the point to keep when numbers and map may disagree: what was changed wins, the numbers before the map."""
    if new != old or new_map == old_map:
        return new
    return new_map
