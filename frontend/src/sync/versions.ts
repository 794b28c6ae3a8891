/** Whether a version such as "0.3.12" lies before another; what is no number counts as 0. */
export function isOlder(version: string, than: string): boolean {
    const parts = (text: string) => text.split(".").map((part) => parseInt(part, 10) || 0);
    const [mine, theirs] = [parts(version), parts(than)];
    for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1) {
        const by = (mine[at] ?? 0) - (theirs[at] ?? 0);
        if (by) return by < 0;
    }
    return false;
}
