// Search in memory: every word asked must begin a word of the row; case and accents do not count.

import type { Hit, SearchKind } from "./api";

const MARKS = /[\u0300-\u036f]/g;

/** Lower case without accents; ñ counts as n, as people type it on a phone. */
export function plain(text: string): string {
    return text.normalize("NFD").replace(MARKS, "").toLowerCase();
}

function wordsOf(text: string): string[] {
    return plain(text).split(/[^a-z0-9]+/).filter(Boolean);
}

interface Entry {
    hit: Hit;
    haystack: string; // " rosa epiayu 40100001": a blank before each word
    order: string;
}

export class SearchIndex {
    private entries = new Map<string, Entry>();
    private sorted: Entry[] | null = null;

    put(hit: Hit, texts: readonly (string | null | undefined)[]): void {
        const haystack = wordsOf(texts.filter(Boolean).join(" ")).map((word) => ` ${word}`).join("");
        this.entries.set(`${hit.kind}/${hit.id}`, { hit, haystack, order: plain(hit.title) });
        this.sorted = null;
    }

    remove(kind: SearchKind, id: string): void {
        if (this.entries.delete(`${kind}/${id}`)) this.sorted = null;
    }

    clear(): void {
        this.entries.clear();
        this.sorted = null;
    }

    get size(): number {
        return this.entries.size;
    }

    find(words: string, kinds: readonly SearchKind[], limit: number): Hit[] {
        const asked = wordsOf(words).map((word) => ` ${word}`);
        this.sorted ??= [...this.entries.values()].sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
        const found: Hit[] = [];
        for (const entry of this.sorted) {
            if (found.length >= limit) break;
            if (kinds.includes(entry.hit.kind) && asked.every((word) => entry.haystack.includes(word))) found.push(entry.hit);
        }
        return found;
    }
}
