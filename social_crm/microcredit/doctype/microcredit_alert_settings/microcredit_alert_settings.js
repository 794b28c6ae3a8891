frappe.ui.form.on("Microcredit Alert Settings", {
    async refresh(frm) {
        const status = await frappe.xcall("social_crm.microcredit.services.alerts.actions.status");
        const said = [];
        if (status.sms_missing) said.push(__("SMS is not set up: no text message goes out. Enter the service under SMS Settings."));
        if (status.email_missing) said.push(__("No outgoing e-mail account is set up: no e-mail goes out."));
        const text = said.length ? said.map((one) => `<div>${one}</div>`).join("") : __("The channels of the rules in use are set up.");
        frm.get_field("status_html").$wrapper.html(`<div class="alert ${said.length ? "alert-warning" : "alert-success"}">${text}</div>`);
    },
});
