frappe.query_reports["Microcredit Cohorts"] = {
    filters: [
        { fieldname: "as_of", label: __("As of"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "known_at", label: __("As known at"), fieldtype: "Datetime" },
        { fieldname: "cohort", label: __("Disbursed in the Same"), fieldtype: "Select", options: ["Month", "Quarter", "Year"], default: "Month", reqd: 1 },
        { fieldname: "days_late", label: __("More Days Late than"), fieldtype: "Select", options: ["1", "30", "60", "90"], default: "30", reqd: 1 },
        { fieldname: "over", label: __("Columns"), fieldtype: "Select", options: ["Calendar Days", "Months on Book"], default: "Calendar Days", reqd: 1 },
        { fieldname: "months", label: __("Months"), fieldtype: "Int", default: 6, reqd: 1 },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "credit_officer", label: __("Credit Officer"), fieldtype: "Link", options: "User" },
        { fieldname: "product", label: __("Product"), fieldtype: "Link", options: "Microcredit Product" },
        { fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
    ],
    // A cell of a day on which the cohort was not there yet, or of an age that it has not reached, stays empty; zero is a figure.
    formatter(value, row, column, data, standard) {
        const is_share = /^(on|age)_/.test(column.fieldname);
        if (is_share && data && data[column.fieldname] === undefined) return "";
        const text = standard(value, row, column, data);
        return is_share && value > 0 ? `<span class="text-danger">${text}</span>` : text;
    },
};
