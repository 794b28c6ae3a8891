frappe.listview_settings["FES Student"] = {
    add_fields: ["phase", "withdrawal_risk"],
    get_indicator(doc) {
        const colours = {
            Potential: "gray",
            Promoted: "gray",
            "Vocationally Oriented": "blue",
            Applied: "blue",
            Admitted: "blue",
            Enrolled: "green",
            Active: "green",
            "On Leave": "orange",
            Graduated: "purple",
            Withdrawn: "red",
            "Dropped Out": "red",
            Expelled: "red",
        };
        return [__(doc.phase), colours[doc.phase] || "darkgrey", `phase,=,${doc.phase}`];
    },
};
