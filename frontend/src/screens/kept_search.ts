/** What was searched last, so that coming back from a family finds the same list. Only in memory. */
export const keptSearch = { words: "", community: "" };

export function keepSearch(words: string, community: string): void {
    Object.assign(keptSearch, { words, community });
}
