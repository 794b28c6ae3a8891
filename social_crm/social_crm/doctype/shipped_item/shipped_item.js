frappe.ui.form.on("Shipped Item", {
    refresh(frm) {
        frm.disable_save();
        if (frm.is_new()) return; // installing and migrating write these rows; nobody adds one by hand
        frm.events.show_difference(frm);
        frm.events.add_choices(frm);
    },

    show_difference(frm) {
        const wrapper = frm.get_field("difference_html").$wrapper;
        if (["Workflow State", "Workflow Action", "Role", "Address Template"].includes(frm.doc.kind)) {
            wrapper.html(`<p class="text-muted">${__("Only remembered, so that removing the app can tidy up.")}</p>`);
            return;
        }
        frappe
            .xcall("social_crm.shipping.choices.difference", { item: frm.doc.name })
            .then((html) => wrapper.html(html));
    },

    add_choices(frm) {
        const state = frm.doc.state;
        if (!frm.perm[0] || !frm.perm[0].write) return;
        if (state === "Update Available") {
            frm.set_intro(__("A newer version is shipped and this site's copy was left as it is. Choose which one stays."), "orange");
            frm.add_custom_button(__("Keep Theirs"), () => frm.events.choose(frm, "keep"));
        }
        if (["Update Available", "Edited", "Kept", "Owned by the Site"].includes(state)) {
            frm.add_custom_button(__("Adopt Ours"), () => frm.events.choose(frm, "adopt")).addClass("btn-primary");
        }
        if (state === "Removed") {
            frm.add_custom_button(__("Restore"), () => frm.events.choose(frm, "restore")).addClass("btn-primary");
        } else {
            frm.add_custom_button(__("Open the Item"), () =>
                frappe.set_route("Form", frm.doc.item_doctype, frm.doc.item_name)
            );
        }
        if (frm.doc.replaced_json) {
            frm.add_custom_button(__("Bring Back the Site's Copy"), () => frm.events.choose(frm, "bring_back"));
        }
    },

    choose(frm, choice) {
        frappe
            .xcall(`social_crm.shipping.choices.${choice}`, { item: frm.doc.name })
            .then((state) => {
                frappe.show_alert({ message: `${__(frm.doc.item_name)}: ${__(state)}`, indicator: "green" });
                return frm.reload_doc();
            });
    },
});
