frappe.query_reports["Microcredit Journal"] = {
    filters: [
        { fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.month_start(), reqd: 1 },
        { fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "view", label: __("View"), fieldtype: "Select", options: ["Entries", "By Account", "By Day and Account"], default: "Entries", reqd: 1 },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "product", label: __("Product"), fieldtype: "Link", options: "Microcredit Product" },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "microcredit", label: __("Microcredit"), fieldtype: "Link", options: "Microcredit" },
        { fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
    ],

    formatter(value, row, column, data, default_formatter) {
        const shown = default_formatter(value, row, column, data);
        return data?.bold ? `<b>${shown}</b>` : shown;
    },

    onload(report) {
        const download = (file_type) => {
            const { view, ...asked } = report.get_filter_values(true);
            open_url_post("/api/method/social_crm.microcredit.services.accounting.actions.export_journal", { ...asked, file_type });
        };
        report.page.add_inner_button(__("Excel"), () => download("xlsx"), __("Export the Journal"));
        report.page.add_inner_button("CSV", () => download("csv"), __("Export the Journal"));
    },
};
