// Chance that the seed decides: the same seed and the same question give the same answer.

import { createHash } from "node:crypto";

/** A number from 0 up to 1 for a seed and a name. */
export function chance(seed, ...names) {
    return createHash("sha256").update([seed, ...names].join("/")).digest().readUIntBE(0, 6) / 2 ** 48;
}

// A row of such numbers.
export class Chance {
    #asked = 0;

    constructor(seed, name) {
        this.seed = seed;
        this.name = name;
    }

    next() {
        return chance(this.seed, this.name, (this.#asked += 1));
    }

    /** A whole number from `least` to `most`. */
    between(least, most) {
        return least + Math.floor(this.next() * (most - least + 1));
    }

    pick(list) {
        return list[this.between(0, list.length - 1)];
    }

    shuffled(list) {
        const mixed = [...list];
        for (let place = mixed.length - 1; place > 0; place -= 1) {
            const other = this.between(0, place);
            [mixed[place], mixed[other]] = [mixed[other], mixed[place]];
        }
        return mixed;
    }
}
