frappe.listview_settings["Commitment"] = {
    add_fields: ["status", "due_date"],

    get_indicator(doc) {
        if (doc.status === "Open" && doc.due_date && doc.due_date < frappe.datetime.get_today()) {
            return [__("Overdue"), "red", `status,=,Open|due_date,<,${frappe.datetime.get_today()}`];
        }
        const colours = { Open: "orange", Done: "green", Cancelled: "gray" };
        return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
    },
};
