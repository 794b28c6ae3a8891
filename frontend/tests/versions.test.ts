import { expect, test } from "vitest";
import { isOlder } from "../src/sync/versions";

test("versions are compared by their numbers, not by their letters", () => {
    expect(isOlder("0.9.0", "0.10.0")).toBe(true);
    for (const [version, than] of [["0.10.0", "0.9.9"], ["1.0", "1.0.0"], ["1.0.1", "1.0"], ["0.1.0", ""], ["0.1.0", "0.1.0"], ["2", "1.9"]] as const) {
        expect(isOlder(version, than), `${version} < ${than}`).toBe(false);
    }
    expect(isOlder("1.0", "1.0.1")).toBe(true);
});
