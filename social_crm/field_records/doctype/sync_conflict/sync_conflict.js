const CONFLICTS = "social_crm.field_records.services.sync.conflicts.";

frappe.ui.form.on("Sync Conflict", {
    refresh(frm) {
        frm.disable_save();
        const wrapper = frm.get_field("comparison_html").$wrapper.empty();
        frappe.call(`${CONFLICTS}comparison_of`, { conflict: frm.doc.name }).then(({ message }) => {
            draw(frm, wrapper, message);
            if (message.may_decide) offer(frm, wrapper, message);
        });
    },
});

const text = (value) =>
    value ? frappe.utils.escape_html(value).replace(/\n/g, "<br>") : `<span class="text-muted">${__("empty")}</span>`;

// Both versions side by side, with authors and times; of a conflict of fields, one is chosen in each row.
function draw(frm, wrapper, shown) {
    const choose = shown.may_decide && shown.kind === "Correction";
    const head = (title, side, more = "") =>
        `<th style="width: 36%"><div>${title}</div><div class="text-muted small">${text(side.who)} · ${text(side.when)}${more}</div></th>`;
    const received = `<br>${__("Received {0}", [frappe.utils.escape_html(shown.device.received)])}`;
    const rows = shown.rows.map((row, number) => {
        const cell = (side, value) => {
            const mark = row.choice === side ? ' class="bg-light"' : "";
            const radio = choose ? `<input type="radio" name="field_${number}" value="${side}"> ` : "";
            return `<td${mark}><label style="font-weight: normal">${radio}${text(value)}</label></td>`;
        };
        const base = row.base ? `<div class="text-muted small">${__("Seen before")}: ${text(row.base)}</div>` : "";
        const other = choose
            ? `<div class="small"><label style="font-weight: normal"><input type="radio" name="field_${number}" value="Other"> ${__("Write another value")}</label>
               <input type="text" class="form-control input-xs hidden" data-other="${number}" aria-label="${__("Write another value")}"></div>`
            : "";
        const decided = row.choice === "Other" ? `<div class="bg-light">${text(row.other)}</div>` : "";
        return `<tr><td><b>${text(row.label)}</b>${base}${other}${decided}</td>${cell("Server", row.server)}${cell("Device", row.device)}</tr>`;
    });
    wrapper.html(
        `<div class="table-responsive"><table class="table table-bordered"><thead><tr><th>${__("Field")}</th>
         ${head(__("On the Server"), shown.server)}${head(__("On the Device"), shown.device, received)}</tr></thead>
         <tbody>${rows.join("")}</tbody></table></div>
         ${rows.length ? "" : `<p class="text-muted">${__("Both versions say the same where they can be compared.")}</p>`}`
    );
    wrapper.find("input[type=radio]").on("change", (event) => {
        const number = event.target.name.replace("field_", "");
        wrapper.find(`[data-other=${number}]`).toggleClass("hidden", event.target.value !== "Other");
    });
}

function offer(frm, wrapper, shown) {
    if (shown.kind === "Correction") {
        frm.add_custom_button(__("Save the Decision"), () => decideFields(frm, wrapper, shown)).addClass("btn-primary");
        return;
    }
    const take = shown.closed ? __("Make an Amendment of It") : __("Take the Device's Version");
    frm.add_custom_button(__("Keep the Server's Version"), () => withNote(frm, __("Keep the Server's Version"), "keep_server"));
    frm.add_custom_button(take, () => withNote(frm, take, "take_device", shown.closed)).addClass("btn-primary");
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
