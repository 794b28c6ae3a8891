frappe.listview_settings["Seal Chain"] = {
    get_indicator(doc) {
        const colours = { Intact: "green", Broken: "red", Failed: "orange" };
        const status = doc.check_status || "Queued";
        return doc.check_status ? [__(status), colours[status] || "blue", `check_status,=,${status}`] : [__("Not verified yet."), "gray", ""];
    },
};
