const DEVICES = "social_crm.field_records.services.sync.devices.";

frappe.ui.form.on("Field Device", {
    setup(frm) {
        // The word of a device: an authorisation is revoked too, and has another gender.
        frm.get_docfield("status").formatter = (status) => __(status, null, "Field Device");
    },
    refresh(frm) {
        frm.disable_save();
        if (!frm.doc.__onload?.may_manage) return;
        if (frm.doc.status === "Revoked") {
            frm.add_custom_button(__("Allow Again"), () => allow(frm));
        } else {
            frm.add_custom_button(__("Revoke"), () => revoke(frm)).addClass("btn-danger");
        }
    },
});

function revoke(frm) {
    const warning = __(
        "Revoke this device for everybody who uses it? It deletes all that it holds at its next sync, records that were not sent included."
    );
    const lost = frm.doc.unsent
        ? `<p class="text-danger">${__("This device still had {0} unsent records at its last sync. They are lost when it is wiped.", [frm.doc.unsent])}</p>`
        : "";
    const dialog = new frappe.ui.Dialog({
        title: __("Revoke Device"),
        fields: [
            { fieldtype: "HTML", fieldname: "warning", options: `<p>${warning}</p>${lost}` },
            { fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 },
        ],
        primary_action_label: __("Revoke"),
        primary_action({ reason }) {
            dialog.hide();
            frappe.call(`${DEVICES}revoke`, { row: frm.doc.name, reason }).then(() => frm.reload_doc());
        },
    });
    dialog.show();
}

function allow(frm) {
    frappe.confirm(__("Allow this device again? It begins with nothing."), () =>
        frappe.call(`${DEVICES}allow_again`, { row: frm.doc.name }).then(() => frm.reload_doc())
    );
}
