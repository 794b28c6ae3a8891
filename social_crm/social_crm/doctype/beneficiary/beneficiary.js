frappe.ui.form.on("Beneficiary", {
    setup(frm) {
        frm.set_query("family", () => ({ filters: { status: ["in", ["Active", "Moved Away"]] } }));
    },

    async refresh(frm) {
        frm.toggle_reqd("family", frm.is_new());
        frm.toggle_reqd("kinship", frm.is_new());
        if (frm.is_new()) {
            frappe.contacts.clear_address_and_contact(frm);
            return;
        }
        frappe.contacts.render_address_and_contact(frm);
        await frappe.require(["people.bundle.js", "people.bundle.css", "life.bundle.js", "life.bundle.css"]);
        social_crm.life.show(frm.fields_dict.life_html.wrapper, "Beneficiary", frm.doc.name);
        frm.trigger("add_actions");
        frm.trigger("say_what_matters");
    },

    add_actions(frm) {
        frm.add_custom_button(__("Life"), () => frappe.set_route("life", "Beneficiary", frm.doc.name));
        if (frm.doc.family) {
            frm.add_custom_button(__("Family"), () => frappe.set_route("Form", "Family", frm.doc.family));
        }
        if (!frm.perm[0].write || frm.doc.merged_into) return;
        if (!frm.doc.death_date) {
            frm.add_custom_button(__("Record a Death"), () => social_crm.people.death(frm), __("Actions"));
        }
        if (frm.doc.death_date) {
            frm.add_custom_button(__("Undo the Death"), () => social_crm.people.undo_death(frm), __("Actions"));
        }
        const may_merge = ["Programme Director", "Social CRM Administrator", "System Manager"].some((r) =>
            frappe.user.has_role(r)
        );
        if (may_merge) {
            frm.add_custom_button(__("Merge a Duplicate"), () => social_crm.people.merge_duplicate(frm), __("Actions"));
        }
    },

    say_what_matters(frm) {
        frm.set_intro("");
        if (frm.doc.merged_into) {
            const link = frappe.utils.get_form_link("Beneficiary", frm.doc.merged_into, true);
            frm.set_intro(__("This record was merged into {0}. Work with that one.", [link]), "orange");
            frm.disable_save();
        }
        if (frm.doc.birth_date && !frm.doc.death_date) {
            const years = moment().diff(moment(frm.doc.birth_date), "years");
            frm.dashboard.add_indicator(years === 1 ? __("1 year old") : __("{0} years old", [years]), "blue");
        }
        if (frm.doc.after_cut_off && !frm.doc.exception_approver) {
            frm.dashboard.add_indicator(__("Arrived after the Cut-off"), "orange");
        }
    },
});
