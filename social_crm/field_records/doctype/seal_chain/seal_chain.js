frappe.ui.form.on("Seal Chain", {
    refresh(frm) {
        clearTimeout(frm.chain_timer);
        frm.disable_save();
        frm.add_custom_button(__("Actas of the Chain"), () => frappe.set_route("List", "Acta", { seal_chain: frm.doc.name }));
        const busy = ["Queued", "Running"].includes(frm.doc.check_status);
        const button = frm.add_custom_button(__("Verify the Chain"), () => verify(frm));
        button.prop("disabled", busy);
        if (busy) {
            const share = frm.doc.last_number ? Math.round((100 * (frm.doc.checked_number || 0)) / frm.doc.last_number) : 0;
            frm.dashboard.show_progress(__("Verification"), share, __("{0} of {1} actas", [frm.doc.checked_number || 0, frm.doc.last_number]));
            frm.chain_timer = setTimeout(() => frm.doc.name === cur_frm?.doc.name && frm.reload_doc(), 3000);
        }
        draw_result(frm);
    },
});

function verify(frm) {
    frappe
        .call("social_crm.field_records.services.chain_checks.verify_chain", { chain: frm.doc.name })
        .then(() => frm.reload_doc());
}

function draw_result(frm) {
    const texts = {
        Intact: ["green", __("Every acta of this chain is what was sealed, and none is missing.")],
        Broken: ["red", frm.doc.check_problem],
        Failed: ["orange", __("The verification was broken off: {0}", [frm.doc.check_problem])],
    };
    const [colour, text] = texts[frm.doc.check_status] || ["gray", __("Not verified yet.")];
    const wrapper = frm.get_field("result_html").$wrapper.empty();
    $(`<p><span class="indicator-pill ${colour}"></span></p>`).appendTo(wrapper).find("span").text(text || "");
}
