const CONFLICTS = "social_crm.field_records.services.sync.conflicts.";

frappe.ui.form.on("Sync Conflict", {
    refresh(frm) {
        frm.disable_save();
        const wrapper = frm.get_field("comparison_html").$wrapper.empty();
        frappe.call(`${CONFLICTS}comparison_of`, { conflict: frm.doc.name }).then(({ message }) => {
            draw(frm, wrapper, message);
            if (message.may_decide) offer(frm, wrapper, message);
            if (message.who) $('<p class="conflict-who text-muted border-top pt-3"></p>').text(message.who).appendTo(wrapper);
        });
    },
});

const text = (value) =>
    value ? frappe.utils.escape_html(value).replace(/\n/g, "<br>") : `<span class="text-muted">${__("empty")}</span>`;

// Both versions side by side, one below the other on a phone, with authors and times; of a conflict of fields, one is chosen
// in each row.
function draw(frm, wrapper, shown) {
    const choose = shown.may_decide && shown.kind === "Correction";
    const sides = [
        ["Server", __("On the Server"), shown.server, ""],
        ["Device", __("On the Device"), shown.device, `<br>${__("Received {0}", [frappe.utils.escape_html(shown.device.received)])}`],
    ];
    const heads = sides.map(
        ([, title, side, more]) =>
            `<div class="col-6"><b>${title}</b><div class="text-muted small">${text(side.who)}<br>${text(side.when)}${more}</div></div>`
    );
    const rows = shown.rows.map((row, number) => drawRow(row, number, sides, choose));
    const none = `<p class="text-muted">${__("Both versions say the same where they can be compared.")}</p>`;
    wrapper.html(
        `<div class="conflict-comparison"><div class="row mb-2">${heads.join("")}</div>${rows.join("") || none}</div>`
    );
    wrapper.find("input[type=radio]").on("change", (event) => {
        const other = wrapper.find(`[data-other=${event.target.name.replace("field_", "")}]`);
        other.toggleClass("hidden", event.target.value !== "Other");
        if (event.target.value === "Other") other.trigger("focus");
    });
}

function drawRow(row, number, sides, choose) {
    const radio = (side) => (choose ? `<input type="radio" class="mr-2" name="field_${number}" value="${side}">` : "");
    const cells = sides.map(([side, title]) => {
        const taken = row.choice === side ? `<div class="small text-success">${frappe.utils.icon("tick", "xs")} ${__("Chosen")}</div>` : "";
        return `<div class="col-sm-6 mb-2" data-side="${side}"><div class="small text-muted d-sm-none">${title}</div>
            <label class="mb-0 d-flex align-items-start" style="font-weight: normal; overflow-wrap: anywhere">${radio(side)}<span>${text(row[side.toLowerCase()])}</span></label>${taken}</div>`;
    });
    const base = row.base ? `<div class="text-muted small mb-1">${__("Seen before")}: ${text(row.base)}</div>` : "";
    const decided =
        row.choice === "Other" ? `<div class="mb-2"><span class="small text-success">${__("Another value was written")}:</span> ${text(row.other)}</div>` : "";
    return `<div class="conflict-row border-top pt-2"><div class="conflict-field mb-1"><b>${text(row.label)}</b></div>${base}
        <div class="row">${cells.join("")}</div>${choose ? drawOther(row, number, radio("Other")) : decided}</div>`;
}

// A value of neither version; of a field with options, one of them.
function drawOther(row, number, radio) {
    const shared = `class="form-control input-sm hidden mb-2" data-other="${number}" aria-label="${__("Write another value")}"`;
    const option = ({ value, label }) =>
        `<option value="${frappe.utils.escape_html(value)}">${frappe.utils.escape_html(label)}</option>`;
    const input = row.options.length ? `<select ${shared}>${row.options.map(option).join("")}</select>` : `<input type="text" ${shared}>`;
    return `<label class="small d-flex align-items-start" style="font-weight: normal">${radio}<span>${__("Write another value")}</span></label>${input}`;
}

// Below the comparison, where a phone shows them too: its head hides the buttons of a form in a menu.
function offer(frm, wrapper, shown) {
    const foot = $('<div class="conflict-decision border-top pt-3 mb-3"></div>').appendTo(wrapper);
    const button = (label, kind, action) =>
        $(`<button type="button" class="btn btn-sm ${kind} mr-2 mb-2">${label}</button>`).on("click", action).appendTo(foot);
    if (shown.kind === "Correction") {
        button(__("Save the Decision"), "btn-primary", () => decideFields(frm, wrapper, shown));
        return;
    }
    const take = shown.closed ? __("Make an Amendment of It") : __("Take the Device's Version");
    button(__("Keep the Server's Version"), "btn-default", () => withNote(frm, __("Keep the Server's Version"), "keep_server"));
    // Who only keeps an acta as it is reads below whom to ask for the rest.
    if (shown.may_take) button(take, "btn-primary", () => withNote(frm, take, "take_device", shown.closed));
}

function decideFields(frm, wrapper, shown) {
    const choices = {};
    shown.rows.forEach((row, number) => {
        const choice = wrapper.find(`input[name=field_${number}]:checked`).val();
        if (choice) choices[row.field] = { choice, value: wrapper.find(`[data-other=${number}]`).val() };
    });
    frappe.call(`${CONFLICTS}resolve_fields`, { conflict: frm.doc.name, choices }).then(() => frm.reload_doc());
}

function withNote(frm, title, method, required = false) {
    const field = { fieldtype: "Small Text", fieldname: "note", label: required ? __("Reason") : __("Note about the decision"), reqd: required ? 1 : 0 };
    frappe.prompt(
        [field],
        ({ note }) =>
            frappe.call(`${CONFLICTS}${method}`, { conflict: frm.doc.name, note }).then(({ message }) => {
                if (message) {
                    const link = frappe.utils.get_form_link("Acta", message, true);
                    frappe.show_alert({ message: __("The device's version has become the acta {0}.", [link]), indicator: "green" });
                }
                frm.reload_doc();
            }),
        title
    );
}
