frappe.listview_settings["Territorial Division"] = {
    onload(listview) {
        if (!frappe.model.can_create("Territorial Division")) return;
        listview.page.add_inner_button(__("Import DIVIPOLA"), () => import_divipola(listview));
        frappe.realtime.off("social_crm_divipola");
        frappe.realtime.on("social_crm_divipola", ({ text, done }) => {
            frappe.hide_progress();
            frappe.msgprint({ title: __("DIVIPOLA"), message: text, indicator: done ? "green" : "red" });
            listview.refresh();
        });
    },
};

function import_divipola(listview) {
    const dialog = new frappe.ui.Dialog({
        title: __("Import DIVIPOLA"),
        fields: [
            {
                fieldname: "help",
                fieldtype: "HTML",
                options: `<p>${__(
                    "Upload the spreadsheet or CSV that DANE publishes, as it is: departments, municipalities and populated centres with their codes. Loading the same file again changes nothing."
                )}</p>`,
            },
            { fieldname: "file", fieldtype: "Attach", label: __("File (.xlsx, .ods or .csv)"), reqd: 1 },
        ],
        primary_action_label: __("Import"),
        async primary_action(values) {
            dialog.disable_primary_action();
            try {
                const found = await frappe.xcall("social_crm.social_crm.services.divipola.start_import", {
                    file_url: values.file,
                });
                dialog.hide();
                const esc = frappe.utils.escape_html;
                const problems = found.problems.map((p) => `<li>${esc(p)}</li>`).join("");
                frappe.msgprint({
                    title: __("DIVIPOLA"),
                    message: `${__("{0} divisions are being loaded in the background.", [found.divisions])}${
                        problems ? `<br><br>${__("These rows are left out:")}<ul>${problems}</ul>` : ""
                    }`,
                });
            } finally {
                dialog.enable_primary_action();
            }
        },
    });
    dialog.show();
}
