frappe.listview_settings["Microcredit Alert"] = {
    add_fields: ["status", "reason"],
    hide_name_column: true,
    get_indicator(doc) {
        const colours = { Waiting: "orange", Queued: "blue", Sent: "green", "To Try again": "red", Unconfirmed: "yellow", "Not Sent": "gray" };
        return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
    },
    // What the site lacks is said once, above the list.
    async onload(list) {
        const status = await frappe.xcall("social_crm.microcredit.services.alerts.actions.status");
        const said = [];
        if (!status.rules) said.push(__("No rule of alerts is in use."));
        if (status.sms_missing) said.push(__("SMS is not set up: no text message goes out. Enter the service under SMS Settings."));
        if (status.email_missing) said.push(__("No outgoing e-mail account is set up: no e-mail goes out."));
        if (said.length) {
            $(`<div class="alert-channels alert alert-warning" style="margin: 12px 15px 0">${said.join("<br>")}</div>`).prependTo(list.$frappe_list || list.$result.parent());
        }
    },
};
