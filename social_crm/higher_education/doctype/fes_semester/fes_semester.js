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
        if (frm.doc.pending_total && ["Approved", "Paid"].includes(frm.doc.status)) {
            frm.dashboard.add_indicator(__("Pending: {0}", [money(frm.doc.pending_total)]), "orange");
        }
        if (!frm.doc.enrolled_on) {
            frm.dashboard.add_indicator(__("Not enrolled yet"), "orange");
        }
        const agreed = ["Approved", "Paid", "Closed"].includes(frm.doc.status);
        frm.toggle_display(["payments_section", "balance_section"], agreed);
        if (["Approved", "Paid"].includes(frm.doc.status) && frm.doc.pending_total && frm.perm[0].write) {
            frm.add_custom_button(__("Register Payment"), () => ask_for_payment(frm));
        }
        ["tuition", "living_allowance", "period", "institution", "academic_programme"].forEach((field) => {
            frm.set_df_property(field, "read_only", agreed ? 1 : 0);
        });
        frm.set_df_property("enrolled_on", "read_only", agreed && frm.doc.enrolled_on ? 1 : 0);
    },

    period(frm) {
        // A preview of the usual dates; the server judges the name of the semester.
        const match = /^\s*(\d{4})-([12])\s*$/.exec(frm.doc.period || "");
        if (!match || frm.doc.start_date || frm.doc.end_date) return;
        const [start, end] = match[2] === "1" ? ["01-01", "06-30"] : ["07-01", "12-31"];
        frm.set_value({ start_date: `${match[1]}-${start}`, end_date: `${match[1]}-${end}` });
    },
});

function ask_for_payment(frm) {
    const paid = (kind) =>
        frm.doc.payments.filter((row) => row.kind === kind).reduce((sum, row) => sum + row.amount, 0);
    const pending = {
        Tuition: flt(frm.doc.tuition) - paid("Tuition"),
        "Living Allowance": flt(frm.doc.living_allowance) - paid("Living Allowance"),
    };
    const kinds = Object.keys(pending).filter((kind) => pending[kind] > 0);
    const dialog = new frappe.ui.Dialog({
        title: __("Register Payment"),
        fields: [
            {
                fieldname: "kind",
                fieldtype: "Select",
                label: __("Kind"),
                options: kinds.map((kind) => ({ value: kind, label: __(kind) })),
                default: kinds[0],
                reqd: 1,
                onchange: () => dialog.set_value("amount", pending[dialog.get_value("kind")]),
            },
            {
                fieldname: "amount",
                fieldtype: "Currency",
                label: __("Amount"),
                default: pending[kinds[0]],
                reqd: 1,
            },
            {
                fieldname: "paid_on",
                fieldtype: "Date",
                label: __("Paid on"),
                default: frappe.datetime.get_today(),
                reqd: 1,
            },
            {
                fieldname: "reference",
                fieldtype: "Data",
                label: __("Reference"),
                reqd: 1,
                description: __("Number of the transfer or receipt. The same one of the same student is refused."),
            },
            { fieldname: "paid_to", fieldtype: "Data", label: __("Paid to") },
        ],
        primary_action_label: __("Register"),
        async primary_action(values) {
            dialog.disable_primary_action();
            try {
                await frappe.xcall("social_crm.higher_education.services.register_payment", {
                    semester: frm.doc.name,
                    ...values,
                });
                dialog.hide();
                frm.reload_doc();
            } finally {
                dialog.enable_primary_action();
            }
        },
    });
    dialog.show();
}
