// Shows where the loan stands and opens the repayment dialog; every rule is checked by the server.
frappe.ui.form.on("Microcredit", {
    refresh(frm) {
        frm.disable_save();
        const colour = { Active: "blue", "In Arrears": "red", Paid: "green" }[frm.doc.status];
        frm.page.set_indicator(__(frm.doc.status), colour);
        if (frm.doc.status === "In Arrears") {
            frm.dashboard.set_headline_alert(
                __("{0} overdue, {1} days late.", [money(frm, frm.doc.overdue_amount), frm.doc.days_late]),
                "red"
            );
        }
        if (frm.doc.status !== "Paid" && frappe.model.can_create("Microcredit Repayment")) {
            frm.add_custom_button(__("Record Repayment"), () => open_repayment(frm)).addClass("btn-primary");
        }
        draw_schedule(frm);
        draw_balance(frm);
    },
});

function money(frm, value) {
    return format_currency(value, frm.doc.currency, frm.doc.currency === "COP" ? 0 : 2);
}

function draw_schedule(frm) {
    const states = (row) => {
        if (!row.unpaid) return ["green", __("Paid")];
        if (row.days_late > 0) return ["red", __("{0} days late", [row.days_late])];
        if (row.unpaid < row.total) return ["orange", __("Partly paid")];
        return ["gray", __("Pending")];
    };
    const rows = (frm.doc.schedule || [])
        .map((row) => {
            const [colour, text] = states(row);
            return `<tr><td class="text-center">${row.number}</td><td>${frappe.datetime.str_to_user(row.due_date)}</td>
                <td class="text-right">${money(frm, row.principal)}</td><td class="text-right">${money(frm, row.interest)}</td>
                <td class="text-right">${money(frm, row.total)}</td><td class="text-right">${money(frm, row.unpaid)}</td>
                <td class="text-right">${money(frm, row.balance)}</td><td><span class="indicator-pill ${colour}">${text}</span></td></tr>`;
        })
        .join("");
    frm.get_field("schedule_html").$wrapper.html(`<div class="table-responsive"><table class="table table-bordered table-sm">
        <thead><tr><th class="text-center">${__("No.")}</th><th>${__("Due Date")}</th><th class="text-right">${__("Principal")}</th>
        <th class="text-right">${__("Interest")}</th><th class="text-right">${__("Instalment")}</th><th class="text-right">${__("Unpaid")}</th>
        <th class="text-right">${__("Balance after it")}</th><th>${__("Status")}</th></tr></thead><tbody>${rows}</tbody></table></div>`);
}

// Two lines from the principal down to zero: as agreed, and as paid until now.
function draw_balance(frm) {
    const rows = frm.doc.schedule || [];
    if (!rows.length) return;
    const [width, height, left, top, bottom] = [900, 260, 100, 12, 48];
    const today = frappe.datetime.get_today();
    let repaid = 0;
    const real = [frm.doc.principal];
    rows.forEach((row) => {
        repaid += row.paid_principal;
        if (row.due_date <= today || row.paid_principal) real.push(frm.doc.principal - repaid);
    });
    const x = (number) => left + (number * (width - left - 12)) / rows.length;
    const y = (value) => top + (1 - value / frm.doc.principal) * (height - top - bottom);
    const line = (values, style) =>
        `<polyline fill="none" ${style} points="${values.map((value, number) => `${x(number)},${y(value)}`).join(" ")}"></polyline>`;
    const levels = [1, 0.75, 0.5, 0.25, 0]
        .map((part) => {
            const level = y(part * frm.doc.principal);
            return `<line x1="${left}" x2="${width - 12}" y1="${level}" y2="${level}" stroke="var(--border-color)"></line>
                <text x="${left - 8}" y="${level + 4}" text-anchor="end">${money(frm, part * frm.doc.principal)}</text>`;
        })
        .join("");
    const step = Math.ceil(rows.length / 12);
    const numbers = [0, ...rows.map((row) => row.number)]
        .filter((number) => number % step === 0)
        .map((number) => `<text x="${x(number)}" y="${height - bottom + 18}" text-anchor="middle">${number}</text>`)
        .join("");
    const legend = (at, style, text) =>
        `<line x1="${at}" x2="${at + 24}" y1="${height - 8}" y2="${height - 8}" ${style}></line><text x="${at + 30}" y="${height - 4}">${text}</text>`;
    const agreed_style = 'stroke="#8aa4af" stroke-width="2" stroke-dasharray="5 4"';
    const real_style = 'stroke="#1f7a6d" stroke-width="3"';
    frm.get_field("chart_html").$wrapper.html(`<svg class="balance-curve" viewBox="0 0 ${width} ${height}" role="img" aria-label="${__("Balance Curve")}"
        style="width: 100%; max-width: ${width}px" font-size="12" fill="var(--text-muted)">${levels}${numbers}
        ${line([frm.doc.principal, ...rows.map((row) => row.balance)], agreed_style)}${line(real, real_style)}
        ${legend(left, agreed_style, __("Agreed balance"))}${legend(left + 220, real_style, __("Real balance"))}</svg>`);
}

function open_repayment(frm) {
    const due = frm.doc.overdue_amount || frm.doc.next_amount;
    const dialog = new frappe.ui.Dialog({
        title: __("Record Repayment"),
        fields: [
            { fieldtype: "Currency", fieldname: "amount", label: __("Amount"), reqd: 1, default: due, options: "currency" },
            { fieldtype: "Date", fieldname: "paid_on", label: __("Paid on"), reqd: 1, default: frappe.datetime.get_today() },
            {
                fieldtype: "Select",
                fieldname: "channel",
                label: __("Payment Channel"),
                reqd: 1,
                default: "Cash",
                options: ["Cash", "Bank Deposit", "Bank Transfer", "Mobile Wallet", "Other"],
            },
            { fieldtype: "Data", fieldname: "reference", label: __("Payment Reference") },
            { fieldtype: "Small Text", fieldname: "notes", label: __("Notes") },
        ],
        primary_action_label: __("Record Repayment"),
        primary_action: (values) => {
            // A second click must not send the money twice.
            dialog.disable_primary_action();
            frappe
                .call({
                    method: "social_crm.microcredit.services.repayments.record_repayment",
                    args: { microcredit: frm.doc.name, ...values },
                    freeze: true,
                })
                .then(({ message }) => {
                    dialog.hide();
                    frappe.show_alert({
                        indicator: "green",
                        message: __("Repayment {0} recorded.", [frappe.utils.get_form_link("Microcredit Repayment", message, true)]),
                    });
                    frm.reload_doc();
                })
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.show();
}
