const LOCKED = ["Checking", "Loading", "Finished", "Cancelled"];

frappe.ui.form.on("Census Import", {
    setup(frm) {
        frappe.realtime.on("census_import_progress", (message) => frm.census?.on_progress(message));
    },

    async refresh(frm) {
        const chosen = ["census_file", "community", "programme", "registration_date", "no_document_reason"];
        const locked = LOCKED.includes(frm.doc.status) && !frm.is_new();
        chosen.forEach((field) => frm.set_df_property(field, "read_only", locked ? 1 : 0));
        if (locked) frm.disable_save();
        else frm.enable_save();
        await frappe.require(["census_import.bundle.js", "census_import.bundle.css"]);
        frm.census = new social_crm.census.Workbench(frm);
        await frm.census.show();
    },
});
