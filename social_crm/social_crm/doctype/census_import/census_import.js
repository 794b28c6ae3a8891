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
        if (frm.is_new() && !frm.doc.no_document_reason) {
            frm.doc.no_document_reason = __("The census does not give the document");
            frm.refresh_field("no_document_reason");
        }
        if (frm.doc.total_rows) {
            const rows = () => frappe.set_route("List", "Census Import Row", { census_import: frm.doc.name });
            frm.add_custom_button(__("All the rows"), rows);
        }
        frm.census ??= new social_crm.census.Workbench(frm);
        await frm.census.show();
    },
});
