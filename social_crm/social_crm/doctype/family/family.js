const level = (name) => () => ({ filters: { level: name } });

frappe.ui.form.on("Family", {
    setup(frm) {
        frm.set_query("origin_municipality", level("Municipality"));
        frm.set_query("present_municipality", level("Municipality"));
        frm.set_query("beneficiary", "vulnerabilities", (doc) => ({ filters: { family: doc.name } }));
        frm.set_query("vulnerability", "vulnerabilities", () => ({ filters: { enabled: 1 } }));
    },

    async refresh(frm) {
        await frappe.require(["people.bundle.js", "people.bundle.css"]);
        social_crm.people.show_members(frm);
        frm.trigger("show_life");
        if (frm.is_new()) return;
        frm.trigger("add_actions");
        frm.trigger("say_what_is_missing");
    },

    add_actions(frm) {
        const people = social_crm.people;
        frm.add_custom_button(__("Life"), () => frappe.set_route("life", "Family", frm.doc.name));
        if (!frm.perm[0].write || ["Merged", "Closed"].includes(frm.doc.status)) {
            if (frm.doc.status === "Merged") frm.disable_save();
            return;
        }
        const group = __("Members");
        const add = (label, action) => frm.add_custom_button(label, () => people[action](frm), group);
        add(__("Join a Member"), "join");
        if (frm.doc.member_count) {
            add(__("Member Leaves"), "leave");
            add(__("Split the Family"), "split");
            add(__("Merge into another Family"), "merge");
            add(__("Record a Death"), "death");
            add(__("Change the Head of Household"), "change_head");
        }
        add(__("Move to Community"), "move");
        add(__("Undo an Event"), "undo");
    },

    say_what_is_missing(frm) {
        frm.set_intro("");
        if (frm.doc.status === "Merged") {
            const link = frappe.utils.get_form_link("Family", frm.doc.merged_into, true);
            frm.set_intro(__("This family was merged into {0}.", [link]), "orange");
        } else if (!frm.doc.member_count) {
            frm.set_intro(__("This family has no members yet. Add them with Members > Join a Member."), "blue");
        } else if (!frm.doc.head) {
            frm.set_intro(__("This family has no head of household. Name one with Members > Change the Head of Household."), "orange");
        }
        if (frm.doc.after_cut_off && !frm.doc.exception_approver) {
            frm.dashboard.add_indicator(__("Arrived after the Cut-off"), "orange");
        }
    },

    async show_life(frm) {
        if (frm.is_new()) return;
        await frappe.require(["life.bundle.js", "life.bundle.css"]);
        social_crm.life.show(frm.fields_dict.life_html.wrapper, "Family", frm.doc.name);
    },
});
