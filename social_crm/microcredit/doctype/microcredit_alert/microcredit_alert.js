frappe.ui.form.on("Microcredit Alert", {
    refresh(frm) {
        frm.disable_save();
        const again = ["To Try again", "Unconfirmed", "Not Sent"].includes(frm.doc.status);
        const in_time = frm.doc.send_until >= frappe.datetime.get_today();
        if (frm.doc.status === "Unconfirmed") {
            frm.dashboard.set_headline_alert(__("Nobody knows whether this message arrived. Ask the person before it is sent again."), "orange");
        }
        if (again && in_time && frappe.model.can_create("Microcredit Repayment")) {
            frm.add_custom_button(__("Send again"), async () => {
                await frappe.xcall("social_crm.microcredit.services.alerts.actions.send_again", { alert: frm.doc.name });
                frm.reload_doc();
            });
        }
    },
});
