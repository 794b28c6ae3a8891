frappe.query_reports["Visits Due"] = {
    filters: [
        { fieldname: "rule", label: __("Rule"), fieldtype: "Link", options: "Visit Rule" },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "until", label: __("Due until"), fieldtype: "Date", default: frappe.datetime.add_days(frappe.datetime.get_today(), 7) },
        { fieldname: "only_overdue", label: __("Late Ones Alone"), fieldtype: "Check" },
    ],
    get_datatable_options: (options) => ({ ...options, checkboxColumn: true }),
    onload(report) {
        social_crm.draw_bars_in(report);
        if (!frappe.model.can_create("Planned Visit")) return;
        report.page.add_inner_button(__("Plan Visits"), () => plan(report));
    },
};

function plan(report) {
    const chosen = report.datatable.rowmanager.getCheckedRows().map((index) => report.data[index]);
    if (!chosen.length) {
        frappe.msgprint({ title: __("Nothing Chosen"), message: __("Tick the rows of the visits to plan.") });
        return;
    }
    const visits = chosen.map(({ doctype, subject, rule }) => ({ doctype, subject, rule }));
    // Those alone who may see all of whom they are to visit: a plan for others would be refused.
    const get_query = () => ({ query: "social_crm.field_records.services.visitors.visitor_query", filters: { visits } });
    const filter_description = __("Those who write actas and may see whom to visit.");
    const self = frappe.model.can_create("Acta") ? frappe.session.user : undefined;
    const dialog = new frappe.ui.Dialog({
        title: __("Plan {0} Visits", [chosen.length]),
        fields: [
            { fieldname: "gestor", label: __("Gestor"), fieldtype: "Link", options: "User", reqd: 1, default: self, get_query, filter_description },
            { fieldname: "visit_date", label: __("Date"), fieldtype: "Date", reqd: 1, default: frappe.datetime.add_days(frappe.datetime.get_today(), 1) },
        ],
        primary_action_label: __("Plan Visits"),
        primary_action(values) {
            dialog.disable_primary_action();
            frappe
                .call("social_crm.field_records.services.visits.plan_visits", { visits, ...values })
                .then(({ message }) => {
                    dialog.hide();
                    frappe.show_alert({ message: __("{0} visits planned.", [message.length]), indicator: "green" });
                    report.refresh();
                })
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.show();
}
