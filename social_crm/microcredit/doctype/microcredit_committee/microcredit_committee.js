// Members, agenda and the panel of votes; every rule is checked by the server.
frappe.ui.form.on("Microcredit Committee", {
    setup(frm) {
        frm.set_query("application", "agenda", () => ({ filters: { status: "Open", ...(frm.doc.programme ? { programme: frm.doc.programme } : {}) } }));
    },
    onload(frm) {
        if (!frm.is_new() || frm.doc.chair) return;
        frm.set_value("chair", frappe.session.user);
        const row = frm.add_child("members", { user: frappe.session.user, attends: 1 });
        frappe.model.set_value(row.doctype, row.name, "full_name", frappe.session.user_fullname);
        frm.refresh_field("members");
    },
    refresh(frm) {
        const is_open = frm.doc.status === "Open";
        frm.page.set_indicator(__(frm.doc.status), is_open ? "orange" : "green");
        draw(frm);
        if (!is_open) {
            frm.disable_form();
            return;
        }
        if (!frm.is_new() && attends(frm)) {
            frm.add_custom_button(__("Close the Session"), () => close_session(frm)).addClass("btn-primary");
        }
    },
});

frappe.ui.form.on("Microcredit Committee Item", {
    application(frm, doctype, name) {
        const row = frappe.get_doc(doctype, name);
        if (!row.application) return;
        frappe.db
            .get_value("Microcredit Application", row.application, ["beneficiary_name", "requested_amount", "requested_periods", "currency"])
            .then(({ message }) => {
                if (!message) return;
                frappe.model.set_value(doctype, name, {
                    beneficiary_name: message.beneficiary_name,
                    currency: message.currency,
                    requested_amount: message.requested_amount,
                    approved_amount: message.requested_amount,
                    approved_periods: message.requested_periods,
                });
            });
    },
});

const CHOICES = { "In Favour": "green", Against: "red", Abstention: "gray" };
const esc = (text) => frappe.utils.escape_html(String(text ?? ""));
const attends = (frm) => (frm.doc.members || []).some((row) => row.user === frappe.session.user && row.attends);

function draw(frm) {
    const wrapper = frm.get_field("votes_html").$wrapper.empty();
    if (frm.is_new() || !(frm.doc.agenda || []).length) {
        wrapper.html(`<p class="text-muted">${__("Save the session with its agenda; then its members vote here.")}</p>`);
        return;
    }
    frappe.call({ method: "social_crm.microcredit.services.committee.votes_on", args: { committee: frm.doc.name } }).then(({ message }) => {
        // On a phone the buttons of the header lie in a menu: closing is offered where the votes are.
        const close = frm.doc.status === "Open" && attends(frm) ? `<button class="btn btn-sm btn-primary close-session">${__("Close the Session")}</button>` : "";
        wrapper.html(frm.doc.agenda.map((row) => card(frm, row, message || [])).join("") + close);
        wrapper.find(".close-session").on("click", () => close_session(frm));
        wrapper.find("[data-vote]").on("click", (event) => ask_vote(frm, event.currentTarget.dataset));
    });
}

function card(frm, row, votes) {
    const own = votes.filter((vote) => vote.application === row.application);
    const voted = own.some((vote) => vote.user === frappe.session.user);
    const money = format_currency(row.approved_amount, row.currency, row.currency === "COP" ? 0 : 2);
    const pills = own
        .map(
            (vote) => `<div class="mb-1"><span class="indicator-pill ${CHOICES[vote.vote]}">${__(vote.vote)}</span> ${esc(vote.full_name)}
                <span class="text-muted">${esc(vote.remark)}</span></div>`
        )
        .join("");
    const buttons = Object.keys(CHOICES)
        .map((vote) => `<button class="btn btn-sm btn-default mr-2" data-vote="${vote}" data-application="${esc(row.application)}">${__(vote)}</button>`)
        .join("");
    const may_vote = frm.doc.status === "Open" && attends(frm) && !voted && frappe.model.can_create("Microcredit Committee Vote");
    return `<div class="committee-vote" style="border: 1px solid var(--border-color); border-radius: var(--border-radius); padding: 12px; margin-bottom: 12px">
        <div style="display: flex; flex-wrap: wrap; justify-content: space-between; gap: 8px"><div>
        <a href="/app/microcredit-application/${encodeURIComponent(row.application)}"><b>${esc(row.beneficiary_name)}</b> · ${esc(row.application)}</a>
        <div class="text-muted">${__("{0} in {1} instalments", [money, row.approved_periods])}</div></div>
        <div>${row.decision && row.decision !== "Pending" ? `<span class="indicator-pill ${{ Approved: "green", Rejected: "red" }[row.decision] || "orange"}">${__(row.decision)}</span>` : ""}</div></div>
        <div style="margin-top: 8px">${pills}</div>${may_vote ? `<div style="margin-top: 8px">${buttons}</div>` : ""}</div>`;
}

function ask_vote(frm, { vote, application }) {
    if (frm.is_dirty()) {
        frappe.msgprint(__("Save the session first."));
        return;
    }
    const dialog = new frappe.ui.Dialog({
        title: __(vote),
        fields: [{ fieldtype: "Small Text", fieldname: "remark", label: __("Remark") }],
        primary_action_label: __("Cast the Vote"),
        primary_action: ({ remark }) => {
            dialog.disable_primary_action();
            frappe
                .call({
                    method: "social_crm.microcredit.services.committee.cast_vote",
                    args: { committee: frm.doc.name, application, vote, remark: remark || null },
                    freeze: true,
                })
                .then(() => {
                    dialog.hide();
                    draw(frm);
                })
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.show();
}

function close_session(frm) {
    if (frm.is_dirty()) {
        frappe.msgprint(__("Save the session first."));
        return;
    }
    frappe.confirm(__("Closing counts the votes and decides the applications. The session does not change any more."), () =>
        frappe
            .call({ method: "social_crm.microcredit.services.committee.close_session", args: { committee: frm.doc.name }, freeze: true })
            .then(() => frm.reload_doc())
    );
}
