// Signatures in the answers of an acta, drawn on the pad of the Desk. A file's address is what an answer holds; what is drawn
// becomes a file when the acta is saved.
frappe.provide("social_crm");

const is_drawn = (value) => typeof value === "string" && value.startsWith("data:image/");
// Stands for a signature that is no file yet, while it is only looked at.
const NOT_KEPT_YET = "/private/files/signature-not-kept-yet.png";

social_crm.ActaSignatures = class ActaSignatures {
    // places: returns every place that holds a signature now, {value, set[, grid]}.
    constructor(places) {
        this.places = places;
        this.kept = new Map();
    }

    // The answer for what a control holds.
    answer(value) {
        return is_drawn(value) ? this.kept.get(value) || NOT_KEPT_YET : value;
    }

    // Make files of what was drawn; throws when the server does not take one.
    async keep() {
        for (const { value } of this.places()) {
            if (!is_drawn(value) || this.kept.has(value)) continue;
            const body = new FormData();
            body.append("file", await (await fetch(value)).blob(), `firma-${frappe.utils.get_random(8)}.png`);
            body.append("is_private", "1");
            const headers = { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token };
            const answer = await fetch("/api/method/upload_file", { method: "POST", body, headers });
            if (!answer.ok) throw new Error(`${answer.status}`);
            this.kept.set(value, (await answer.json()).message.file_url);
        }
    }

    // The pad shows a picture, not the address of one. Without a connection the address stays, and so does the answer.
    async show() {
        const grids = new Set();
        for (const { value, set, grid } of this.places()) {
            if (!value || is_drawn(value)) continue;
            const answer = await fetch(value).catch(() => null);
            if (!answer?.ok) continue;
            const drawn = await frappe.dom.file_to_base64(await answer.blob());
            this.kept.set(drawn, value);
            await set(drawn);
            if (grid) grids.add(grid);
        }
        grids.forEach((grid) => grid.refresh());
    }
};
