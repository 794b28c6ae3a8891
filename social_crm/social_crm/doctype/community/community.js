frappe.ui.form.on("Community", {
    setup(frm) {
        frm.set_query("department", () => ({ filters: { level: "Department" } }));
        frm.set_query("municipality", (doc) => ({
            filters: { level: "Municipality", ...(doc.department ? { parent_division: doc.department } : {}) },
        }));
        frm.set_query("populated_centre", (doc) => ({
            filters: { level: "Populated Centre", ...(doc.municipality ? { parent_division: doc.municipality } : {}) },
        }));
    },

    refresh(frm) {
        if (frm.is_new()) return;
        frm.add_custom_button(__("Register a Family"), async () => {
            await frappe.require(["people.bundle.js", "people.bundle.css"]);
            social_crm.people.register_family(frm.doc.name);
        });
    },

    department(frm) {
        if (frm.doc.municipality && !frm.doc.municipality.startsWith(frm.doc.department || "")) {
            frm.set_value("municipality", "");
        }
    },
});
