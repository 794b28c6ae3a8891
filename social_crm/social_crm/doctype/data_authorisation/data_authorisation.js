frappe.ui.form.on("Data Authorisation", {
    setup(frm) {
        frm.set_query("beneficiary", () => ({ filters: { status: ["!=", "Merged"] } }));
        frm.set_query("representative", (doc) => ({ filters: { name: ["!=", doc.beneficiary || ""], status: "Active" } }));
        frm.set_query("authorisation_text", (doc) => ({
            filters: {
                ...(doc.purpose ? { purpose: doc.purpose } : {}),
                valid_from: ["<=", (doc.given_on || frappe.datetime.now_datetime()).slice(0, 10)],
            },
        }));
    },

    refresh(frm) {
        if (frm.is_new()) return;
        // A recorded decision is not edited: only its evidence can be completed.
        for (const df of frm.meta.fields) {
            if (!["evidence", "evidence_note"].includes(df.fieldname)) frm.set_df_property(df.fieldname, "read_only", 1);
        }
        // What proves the decision stays; its description can only grow.
        frm.set_df_property("evidence", "read_only", frm.doc.evidence ? 1 : 0);
        if (frm.doc.status !== "In Force" || !frappe.model.can_create("Data Authorisation")) return;
        frm.add_custom_button(__("Withdraw the Authorisation"), () =>
            frappe.prompt(
                [
                    {
                        fieldname: "on",
                        fieldtype: "Datetime",
                        label: __("Withdrawn on"),
                        reqd: 1,
                        default: frappe.datetime.now_datetime(),
                    },
                    {
                        fieldname: "channel",
                        fieldtype: "Select",
                        label: __("Withdrawal Channel"),
                        reqd: 1,
                        options: ["In Person", "Telephone", "E-mail", "Letter", "Web Form", "Text Message"].map((v) => ({
                            value: v,
                            label: __(v),
                        })),
                    },
                    { fieldname: "reason", fieldtype: "Small Text", label: __("Withdrawal Reason") },
                ],
                async (values) => {
                    await frappe.xcall("social_crm.social_crm.services.authorisations.withdraw", {
                        authorisation: frm.doc.name,
                        ...values,
                    });
                    frm.reload_doc();
                },
                __("Withdraw the Authorisation"),
                __("Record the Withdrawal")
            )
        );
    },

    purpose(frm) {
        frm.set_value("authorisation_text", "");
    },

    async beneficiary(frm) {
        if (!frm.doc.beneficiary || !frm.is_new()) return;
        const { message } = await frappe.db.get_value("Beneficiary", frm.doc.beneficiary, "birth_date");
        if (message.birth_date && moment().diff(moment(message.birth_date), "years") < 18) {
            frm.set_value("given_by", "Legal Representative");
            frm.set_intro(__("This person is a minor: the legal representative decides."), "orange");
        } else {
            frm.set_intro("");
        }
    },
});
