// The life of a family or of a person: one column of time, with filters. Used in the forms and on a page of its own.

frappe.provide("social_crm.life");

const METHOD = "social_crm.timeline.life";
const PAGE = 100;
const COLOURS = ["#2563a8", "#b4540a", "#1f7a5c", "#7a3e9d", "#b3265e", "#4a6b12", "#8a6d00", "#0e7490", "#6b4b3e"];
const KNOWN = [
    "Family",
    "Income Generation",
    "Microcredit",
    "Higher Education",
    "Psychosocial Care",
    "Community Work",
    "Field Records",
    "Data Protection",
];

const ICONS = {
    family: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm8 1a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM2 20v-3a5 5 0 0 1 5-5h2a5 5 0 0 1 5 5v3M16 12h1a5 5 0 0 1 5 5v3",
    person: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21v-2a6 6 0 0 1 6-6h4a6 6 0 0 1 6 6v2",
    handshake: "M3 8l4-2 5 3 5-3 4 2v7l-3 1-6 4-6-4-3-1V8Zm9 1-3 3 2 2 3-3 4 4",
    box: "M3 7l9-4 9 4v10l-9 4-9-4V7Zm0 0 9 4 9-4M12 11v10",
    coins: "M9 14a6 3.500 0 1 0 0-7 6 3.500 0 0 0 0 7Zm-6-3.500v5C3 17.500 5.700 19 9 19s6-1.500 6-3.500v-5M15 8c3.300 0 6 1.300 6 3.200v4.600c0 1.400-1.400 2.500-3.500 3",
    book: "M4 5c3-1 6-1 8 1 2-2 5-2 8-1v14c-3-1-6-1-8 1-2-2-5-2-8-1V5Zm8 1v14",
    heart: "M12 20S4 15 4 9a4.200 4.200 0 0 1 8-2 4.200 4.200 0 0 1 8 2c0 6-8 11-8 11Z",
    pen: "M4 20l1-5L16 4l4 4L9 19l-5 1Zm10-14 4 4",
    calendar: "M4 6h16v14H4V6Zm0 4h16M8 3v4M16 3v4",
    shield: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6l8-3Zm-3 9 2 2 4-4",
    flag: "M5 21V4h12l-2 4 2 4H5",
};

const esc = (text) => frappe.utils.escape_html(text || "");

function colour_of(component) {
    const known = KNOWN.indexOf(component);
    if (known >= 0) return COLOURS[known];
    let sum = 0;
    for (const letter of component) sum += letter.charCodeAt(0);
    return COLOURS[sum % COLOURS.length];
}

function icon_of(name) {
    return `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name] || ICONS.calendar}"/></svg>`;
}

function entry_html(entry, shows_person) {
    const link = `${frappe.utils.get_form_link(entry.doctype, entry.name)}`;
    const person = shows_person && entry.person_name ? `<span class="scrm-life-person">${esc(entry.person_name)}</span>` : "";
    return `<li class="scrm-life-entry" style="--tone: ${colour_of(entry.component)}">
        <span class="scrm-life-icon">${icon_of(entry.icon)}</span>
        <div class="scrm-life-body">
            <div class="scrm-life-top"><time datetime="${esc(entry.date)}">${esc(frappe.datetime.str_to_user(entry.date))}</time>
                <span class="scrm-life-component">${esc(__(entry.component))}</span>${person}</div>
            <a class="scrm-life-title" href="${link}">${esc(entry.title)}</a>
        </div>
    </li>`;
}

class Life {
    constructor(wrapper, doctype, name) {
        this.doctype = doctype;
        this.name = name;
        this.wanted = {};
        this.box = $(`<div class="scrm-life">
            <div class="scrm-life-filters"></div><div class="scrm-life-chips"></div>
            <ol class="scrm-life-list"></ol><div class="scrm-life-more"></div></div>`);
        $(wrapper).empty().append(this.box);
        this.make_filters();
        this.load(true);
    }

    make_filters() {
        const parent = this.box.find(".scrm-life-filters");
        const control = (df) => {
            const cell = $(`<div class="scrm-life-filter"></div>`).appendTo(parent);
            return frappe.ui.form.make_control({
                parent: cell,
                df: { ...df, change: () => this.changed(df.fieldname) },
                render_input: true,
            });
        };
        this.controls = {
            text: control({ fieldname: "text", fieldtype: "Data", label: __("Search in this life") }),
            from_date: control({ fieldname: "from_date", fieldtype: "Date", label: __("From Date") }),
            to_date: control({ fieldname: "to_date", fieldtype: "Date", label: __("To Date") }),
        };
        if (this.doctype === "Family") {
            this.controls.person = control({
                fieldname: "person",
                fieldtype: "Select",
                label: __("Person"),
                options: [{ value: "", label: __("Everybody") }],
            });
        }
        const button = $(`<button class="btn btn-default btn-sm scrm-life-print">${__("Print")}</button>`);
        parent.append($(`<div class="scrm-life-filter is-button"></div>`).append(button));
        button.on("click", () => this.print());
    }

    changed(fieldname) {
        const value = this.controls[fieldname].get_value() || "";
        if ((this.wanted[fieldname] || "") === value) return;
        this.wanted[fieldname] = value;
        this.load(true);
    }

    async load(from_start) {
        const ticket = (this.ticket = (this.ticket || 0) + 1);
        const start = from_start ? 0 : this.shown;
        const page = await frappe.xcall(METHOD, {
            doctype: this.doctype,
            name: this.name,
            start,
            length: PAGE,
            component: this.wanted.component || null,
            person: this.wanted.person || null,
            from_date: this.wanted.from_date || null,
            to_date: this.wanted.to_date || null,
            text: this.wanted.text || null,
        });
        if (ticket !== this.ticket) return;
        if (from_start) this.box.find(".scrm-life-list").empty();
        this.shown = start + page.entries.length;
        this.draw_chips(page);
        this.draw_people(page);
        this.draw_entries(page, from_start);
        this.box.trigger("life-loaded", [page]);
    }

    draw_chips(page) {
        const all = page.components.reduce((sum, c) => sum + c.count, 0);
        const chip = (component, label, count) =>
            `<button type="button" class="scrm-life-chip ${(this.wanted.component || "") === component ? "is-on" : ""}"
                data-component="${esc(component)}" style="--tone: ${component ? colour_of(component) : "var(--gray-700)"}">${esc(
                label
            )} <b>${count}</b></button>`;
        const box = this.box.find(".scrm-life-chips");
        box.html(chip("", __("All"), all) + page.components.map((c) => chip(c.component, __(c.component), c.count)).join(""));
        box.find("button").on("click", (event) => {
            this.wanted.component = $(event.currentTarget).attr("data-component");
            this.load(true);
        });
    }

    draw_people(page) {
        const control = this.controls.person;
        if (!control || this.wanted.person) return;
        control.df.options = [
            { value: "", label: __("Everybody") },
            ...page.people.map((p) => ({ value: p.name, label: p.full_name })),
        ];
        control.refresh();
    }

    draw_entries(page, from_start) {
        const list = this.box.find(".scrm-life-list");
        let html = "";
        let year = from_start ? "" : this.year;
        for (const entry of page.entries) {
            if (entry.date.slice(0, 4) !== year) {
                year = entry.date.slice(0, 4);
                html += `<li class="scrm-life-year">${esc(year)}</li>`;
            }
            html += entry_html(entry, this.doctype === "Family");
        }
        this.year = year;
        list.append(html);
        const more = this.box.find(".scrm-life-more").empty();
        if (!page.total) {
            more.html(`<p class="text-muted">${__("Nothing has been recorded here yet.")}</p>`);
        } else if (this.shown < page.total) {
            $(`<button class="btn btn-default btn-sm">${__("Show more ({0} of {1})", [this.shown, page.total])}</button>`)
                .appendTo(more)
                .on("click", () => this.load(false));
        }
        if (page.incomplete) {
            more.append(`<p class="text-muted">${__("There is more than can be shown: choose dates.")}</p>`);
        }
    }

    print() {
        const query = new URLSearchParams({
            doctype: this.doctype,
            name: this.name,
            format: this.doctype === "Family" ? "Narrativa histórica de la familia" : "Narrativa histórica de la persona",
            no_letterhead: "0",
            life_component: this.wanted.component || "",
            life_person: this.wanted.person || "",
            life_from: this.wanted.from_date || "",
            life_to: this.wanted.to_date || "",
            life_text: this.wanted.text || "",
        });
        window.open(`/api/method/frappe.utils.print_format.download_pdf?${query}`, "_blank");
    }
}

// Draws when the wrapper comes into view: opening a form costs nothing for a tab that nobody opens.
social_crm.life.show = function (wrapper, doctype, name) {
    const key = `${doctype}/${name}`;
    const $wrapper = $(wrapper);
    if ($wrapper.data("life") === key && $wrapper.find(".scrm-life").length) return;
    $wrapper.data("life", key).empty();
    const watcher = new IntersectionObserver((seen) => {
        if (!seen.some((s) => s.isIntersecting)) return;
        watcher.disconnect();
        if ($wrapper.data("life") === key) new Life(wrapper, doctype, name);
    });
    $wrapper.html(`<div style="min-height: 40px"></div>`);
    watcher.observe($wrapper.children()[0]);
};

social_crm.life.Life = Life;
