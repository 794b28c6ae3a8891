frappe.ui.form.on("FES Semester", {
    refresh(frm) {
        if (frm.is_new()) return;
        const money = (value) => format_currency(value, frappe.boot.sysdefaults.currency, 0);
        if (frm.doc.total) {
            frm.dashboard.add_indicator(__("Requested: {0}", [money(frm.doc.total)]), "blue");
        }
        if (frm.doc.paid_total) {
            frm.dashboard.add_indicator(__("Paid: {0}", [money(frm.doc.paid_total)]), "green");
        }
        if (frm.doc.pending_total && ["Approved", "Paid"].includes(frm.doc.workflow_state)) {
            frm.dashboard.add_indicator(__("Pending: {0}", [money(frm.doc.pending_total)]), "orange");
        }
        if (!frm.doc.enrolled_on) {
            frm.dashboard.add_indicator(__("Not enrolled yet"), "orange");
        }
        const agreed = ["Approved", "Paid", "Closed"].includes(frm.doc.workflow_state);
        frm.toggle_display(["payments_section", "balance_section"], agreed);
        ["tuition", "living_allowance", "period", "institution", "academic_programme"].forEach((field) => {
            frm.set_df_property(field, "read_only", agreed ? 1 : 0);
        });
    },

    period(frm) {
        // A preview of the usual dates; the server judges the name of the semester.
        const match = /^\s*(\d{4})-([12])\s*$/.exec(frm.doc.period || "");
        if (!match || frm.doc.start_date || frm.doc.end_date) return;
        const [start, end] = match[2] === "1" ? ["01-01", "06-30"] : ["07-01", "12-31"];
        frm.set_value({ start_date: `${match[1]}-${start}`, end_date: `${match[1]}-${end}` });
    },
});
