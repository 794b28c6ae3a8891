/** Where the device is, with how sure it is. */

export interface Place {
    latitude: number;
    longitude: number;
    altitude: number;
    /** Metres; 0 when written by hand. */
    accuracy: number;
}

export type PlaceProblem = "placeDenied" | "placeUnavailable" | "placeTimeout";

/** Good enough to stop searching, in metres. */
export const GOOD_ACCURACY = 10;
export const SEARCH_MS = 90_000;

/** The text of a place as forms keep it: latitude, longitude, altitude, accuracy. */
export function placeText(place: Place): string {
    return [
        place.latitude.toFixed(7).replace(/\.?0+$/, ""),
        place.longitude.toFixed(7).replace(/\.?0+$/, ""),
        round(place.altitude),
        round(place.accuracy),
    ].join(" ");
}

/** Read such a text; null when it is no place on earth. */
export function readPlace(text: string): Place | null {
    const parts = text.trim().split(/\s+/);
    if (parts.length < 2) return null;
    const numbers = parts.map(Number);
    const [latitude, longitude, altitude = 0, accuracy = 0] = numbers;
    if (numbers.some((value) => !Number.isFinite(value))) return null;
    if (latitude === undefined || longitude === undefined) return null;
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
    return { latitude, longitude, altitude, accuracy };
}

/** Latitude and longitude as people read them. */
export function placeLabel(place: Place): string {
    return `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
}

/**
 * Search for the place until it is good enough, the time is over or the search is stopped.
 *
 * `better` is called each time the place gets surer, `end` once. Returns how to stop, keeping what was found.
 */
export function searchPlace(
    better: (place: Place) => void,
    end: (best: Place | null, problem: PlaceProblem | null) => void,
    options: { goodAccuracy?: number; searchMs?: number } = {},
): () => void {
    let best: Place | null = null;
    let ended = false;
    let watch: number | null = null;
    const finish = (problem: PlaceProblem | null): void => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        if (watch !== null) navigator.geolocation.clearWatch(watch);
        end(best, best ? null : problem);
    };
    const timer = setTimeout(() => finish("placeTimeout"), options.searchMs ?? SEARCH_MS);
    if (!("geolocation" in navigator)) {
        queueMicrotask(() => finish("placeUnavailable"));
        return () => finish(null);
    }
    watch = navigator.geolocation.watchPosition(
        ({ coords }) => {
            if (ended || (best && coords.accuracy >= best.accuracy)) return;
            best = {
                latitude: coords.latitude,
                longitude: coords.longitude,
                altitude: coords.altitude ?? 0,
                accuracy: coords.accuracy,
            };
            better(best);
            if (best.accuracy <= (options.goodAccuracy ?? GOOD_ACCURACY)) finish(null);
        },
        (error) => {
            if (error.code === error.PERMISSION_DENIED) finish("placeDenied");
            else if (error.code === error.POSITION_UNAVAILABLE && !best) finish("placeUnavailable");
        },
        { enableHighAccuracy: true, maximumAge: 0, timeout: options.searchMs ?? SEARCH_MS },
    );
    return () => finish(null);
}

function round(value: number): string {
    return String(Math.round(value * 10) / 10);
}
