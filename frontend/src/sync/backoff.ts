// When to try again: 2 s, doubled up to 15 minutes, each time by chance between half and one and a half of it, so that fifty
// devices that found the same signal do not come all at once.

const FIRST = 2_000;
const LONGEST = 900_000;

/** Milliseconds before the next try; `failures` counts from 1. */
export function waitAfter(failures: number, retryAfter: number | null = null, chance: number = Math.random()): number {
    const doubled = FIRST * 2 ** Math.min(Math.max(failures, 1) - 1, 20);
    return Math.max(retryAfter ?? 0, Math.round(Math.min(LONGEST, doubled) * (0.5 + chance)));
}
