// The attendance sheet of an activity: everybody of the community, with a tick for who was there.

const SERVICE = "social_crm.social_crm.services.attendance";
const STATES = ["Present", "Absent", "Excused"];
const esc = (text) => frappe.utils.escape_html(text || "");

const read_sheet = (activity) => frappe.xcall(`${SERVICE}.sheet`, { activity });

export async function show_attendance(frm, wrapper) {
    const activity = frm.doc.name;
    const rows = (await read_sheet(activity)).filter((row) => row.attended);
    if (frm.doc.name !== activity) return;
    if (!rows.length) {
        wrapper.html(`<p class="text-muted">${__("Attendance has not been taken yet.")}</p>`);
        return;
    }
    const colours = { Present: "green", Absent: "red", Excused: "orange" };
    const items = rows.map(
        (row) => `<li class="scrm-member"><div class="scrm-who"><div class="scrm-name"><a href="${frappe.utils.get_form_link(
            "Beneficiary",
            row.beneficiary
        )}">${esc(row.full_name)}</a></div><div class="scrm-facts text-muted">${esc(row.family)}</div></div>
            <div class="scrm-kin"><span class="indicator-pill ${colours[row.attended]}">${esc(__(row.attended))}</span></div></li>`
    );
    wrapper.html(`<div class="scrm-people"><ul class="scrm-members">${items.join("")}</ul></div>`);
}

function sheet_html(rows) {
    const options = (chosen) =>
        ["", ...STATES]
            .map((s) => `<option value="${s}" ${s === chosen ? "selected" : ""}>${esc(s ? __(s) : __("Not on the sheet"))}</option>`)
            .join("");
    return rows
        .map(
            (row) => `<div class="scrm-choice" data-person="${esc(row.beneficiary)}" data-was="${esc(row.attended)}"
                data-key="${esc(`${row.full_name} ${row.family}`.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase())}">
                <label><input type="checkbox" ${row.attended === "Present" ? "checked" : ""}> <span>${esc(row.full_name)}</span>
                <span class="text-muted small">${esc(row.family)}</span></label>
                <select class="form-control input-sm" aria-label="${__("Attendance")}">${options(row.attended)}</select></div>`
        )
        .join("");
}

function wire(box, dialog) {
    const count = () => {
        const present = box.find("select").filter((_, s) => s.value === "Present").length;
        dialog.set_title(__("Attendance: {0} present", [present]));
    };
    box.on("change", "input", (event) => {
        const select = $(event.currentTarget).closest(".scrm-choice").find("select");
        select.val(event.currentTarget.checked ? "Present" : "");
        count();
    });
    box.on("change", "select", (event) => {
        const row = $(event.currentTarget).closest(".scrm-choice");
        row.find("input").prop("checked", event.currentTarget.value === "Present");
        count();
    });
    dialog.fields_dict.search.$input.on("input", (event) => {
        const words = event.currentTarget.value
            .normalize("NFD")
            .replace(/[\u0300-\u036f]/g, "")
            .toLowerCase()
            .split(/\s+/);
        box.find(".scrm-choice").each((_, row) => {
            const key = row.dataset.key;
            $(row).toggle(words.every((word) => key.includes(word)));
        });
    });
    count();
}

export async function take_attendance(frm) {
    const rows = await read_sheet(frm.doc.name);
    const dialog = new frappe.ui.Dialog({
        title: __("Attendance"),
        size: "large",
        fields: [
            { fieldname: "search", fieldtype: "Data", label: __("Search a person") },
            { fieldname: "sheet", fieldtype: "HTML" },
        ],
        primary_action_label: __("Save Attendance"),
        async primary_action() {
            const marks = {};
            box.find(".scrm-choice").each((_, row) => {
                const now = $(row).find("select").val();
                if (now !== row.dataset.was) marks[row.dataset.person] = now;
            });
            dialog.disable_primary_action();
            try {
                await frappe.xcall(`${SERVICE}.take`, { activity: frm.doc.name, marks });
                dialog.hide();
                frm.reload_doc();
            } finally {
                dialog.enable_primary_action();
            }
        },
    });
    const box = dialog.fields_dict.sheet.$wrapper;
    box.html(
        rows.length
            ? `<div class="scrm-choices scrm-sheet">${sheet_html(rows)}</div>`
            : `<p class="text-muted">${__("Nobody is registered in this community yet.")}</p>`
    );
    wire(box, dialog);
    dialog.show();
}
