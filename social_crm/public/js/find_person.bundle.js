// "Find a person" in the navbar of the Desk: by name without accents, by document number or by code.
frappe.provide("social_crm");

const MIN_CHARACTERS = 2;
const WAIT = 250;

social_crm.FindPerson = class FindPerson {
    constructor() {
        this.asked = 0;
        this.dialog = new frappe.ui.Dialog({
            title: __("Find a Person"),
            fields: [
                { fieldtype: "Data", fieldname: "text", label: __("Name, document number or code") },
                { fieldtype: "HTML", fieldname: "results" },
            ],
        });
        this.$results = this.dialog.get_field("results").$wrapper;
        this.$input = this.dialog.get_field("text").$input;
        this.$input.attr({ autocomplete: "off", autocapitalize: "none", spellcheck: "false", type: "search" });
        this.$input.on(
            "input",
            frappe.utils.debounce(() => this.search(), WAIT)
        );
        this.$input.on("keydown", (event) => this.move(event));
        this.$results.on("keydown", "a", (event) => this.move(event));
        this.$results.on("click", "a", () => this.dialog.hide());
    }

    show() {
        this.dialog.show();
        this.search();
        setTimeout(() => this.$input.trigger("focus").trigger("select"), 300);
    }

    async search() {
        const text = (this.$input.val() || "").trim();
        const turn = ++this.asked;
        if (text.length < MIN_CHARACTERS) {
            this.say(__("Type at least two letters of a name, or the first digits of a document."));
            return;
        }
        let found;
        try {
            found = await frappe.xcall("social_crm.search.find", { text, limit: 20 });
        } catch (error) {
            this.say(__("The service is not reachable. Try again."));
            return;
        }
        // A slow answer to an earlier question does not overwrite the newest one.
        if (turn === this.asked) {
            this.draw(found);
        }
    }

    say(words) {
        this.$results.empty().append($("<p class='text-muted'>").text(words));
    }

    draw({ people, families }) {
        if (!people.length && !families.length) {
            this.say(__("Nobody found. Only people of your communities are searched."));
            return;
        }
        this.$results.empty();
        this.section(__("People"), people, (row) => ({
            link: frappe.utils.get_form_link("Beneficiary", row.name),
            title: row.full_name,
            lines: [
                [row.documents.join(" · "), row.birth_date && __("Date of birth: {0}", [user_date(row.birth_date)])],
                [row.family_name, row.community, row.status !== "Active" && __(row.status)],
            ],
        }));
        this.section(__("Families"), families, (row) => ({
            link: frappe.utils.get_form_link("Family", row.name),
            title: row.family_name,
            lines: [[row.name, row.community, row.status !== "Active" && __(row.status)]],
        }));
    }

    section(title, rows, describe) {
        if (!rows.length) {
            return;
        }
        $("<div class='text-muted small mt-3 mb-1'>").text(title).appendTo(this.$results);
        const $list = $("<div class='list-group'>").appendTo(this.$results);
        rows.forEach((row) => {
            const { link, title: heading, lines } = describe(row);
            const $row = $("<a class='list-group-item list-group-item-action py-2'>").attr("href", link);
            $("<div class='font-weight-bold'>").text(heading).appendTo($row);
            lines
                .map((parts) => parts.filter(Boolean).join(" · "))
                .filter(Boolean)
                .forEach((line) => $("<div class='small text-muted'>").text(line).appendTo($row));
            $row.appendTo($list);
        });
    }

    // The arrow keys walk from the field through the results.
    move(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        const stops = [this.$input[0], ...this.$results.find("a").toArray()];
        const here = stops.indexOf(event.currentTarget);
        if (event.key === "Enter" && here === 0 && stops.length > 1) {
            event.preventDefault();
            stops[1].click();
        } else if (step) {
            event.preventDefault();
            stops[Math.min(Math.max(here + step, 0), stops.length - 1)].focus();
        }
    }
};

function user_date(value) {
    return frappe.datetime.str_to_user(value);
}

social_crm.find_person = () => {
    social_crm.finder = social_crm.finder || new social_crm.FindPerson();
    social_crm.finder.show();
};

$(document).on("toolbar_setup", () => {
    if (!frappe.model.can_read("Beneficiary") && !frappe.model.can_read("Family")) {
        return;
    }
    const title = __("Find a person by name or document");
    const $button = $(`<button type="button" class="btn btn-default btn-sm social-crm-find-person mr-2">`)
        .attr({ title, "aria-label": title })
        .append(frappe.utils.icon("users", "sm"), $("<span class='ml-1 hidden-xs'>").text(__("Find a Person")))
        .on("click", social_crm.find_person);
    $("header.navbar .search-bar, .navbar .search-bar").first().before($button);
    frappe.ui.keys.add_shortcut({
        shortcut: "alt+p",
        action: social_crm.find_person,
        description: title,
    });
});
