// Shows where the loan stands, its schedule versions and its ledger; the dialogs are in microcredit.bundle.js.
const COLOURS = { Active: "blue", "In Arrears": "red", Paid: "green", Pending: "orange", "Written Off": "gray", Annulled: "gray" };

frappe.ui.form.on("Microcredit", {
    async refresh(frm) {
        frm.disable_save();
        frm.page.set_indicator(__(frm.doc.status), COLOURS[frm.doc.status]);
        if (frm.doc.status === "In Arrears") {
            frm.dashboard.set_headline_alert(
                __("{0} overdue, {1} days late.", [money(frm, frm.doc.overdue_amount), frm.doc.days_late]),
                "red"
            );
        }
        draw_schedule(frm);
        await frappe.require("microcredit.bundle.js");
        const loan = frm.doc.name;
        const life = await social_crm.microcredit.ask("schedules.life_of_loan", { microcredit: loan });
        // Another loan may be open by the time that the answer is there.
        if (frm.doc.name !== loan) return;
        add_buttons(frm, life);
        draw_balance(frm, life);
        draw_versions(frm, life);
        draw_ledger(frm, life);
        await show_business(frm);
    },
});

// The business that is to pay the loan; its early warnings stand above everything.
async function show_business(frm) {
    const loan = frm.doc.name;
    await frappe.require("business.bundle.js");
    const warnings = await social_crm.microcredit.ask("business.warnings_of_loan", { microcredit: loan });
    const body = $("<div>");
    const may_see = frm.doc.productive_unit && frappe.model.can_read("Productive Unit");
    if (may_see) await social_crm.business.show(body, frm.doc.productive_unit);
    if (frm.doc.name !== loan) return;
    frm.toggle_display("business_section", Boolean(may_see));
    frm.get_field("business_html").$wrapper.empty().append(body);
    if (warnings.some((row) => row.status === "Open")) {
        frm.dashboard.add_indicator(__("Early warning: falling income"), "orange");
    }
}

function add_buttons(frm, life) {
    const dialogs = social_crm.microcredit;
    const owes = ["Active", "In Arrears"].includes(frm.doc.status);
    const may_receive = frappe.model.can_create("Microcredit Repayment");
    if (owes && may_receive) {
        const amount = frm.doc.overdue_amount || frm.doc.next_amount;
        frm.add_custom_button(__("Record Repayment"), () => dialogs.repay(frm, { kind: "Payment", amount })).addClass("btn-primary");
        frm.add_custom_button(__("Prepayment"), () => dialogs.repay(frm, { kind: "Prepayment" }), __("Other Operations"));
        const payoff = () => dialogs.repay(frm, { kind: "Prepayment", payoff: true, amount: life.payoff });
        frm.add_custom_button(__("Pay off"), payoff, __("Other Operations"));
    }
    if (frm.doc.status === "Written Off" && may_receive) {
        frm.add_custom_button(__("Record Recovery"), () => dialogs.repay(frm, { kind: "Recovery" })).addClass("btn-primary");
    }
    const untouched = life.versions.every((version) => version.reason === "Disbursement");
    if (life.undrawn > 0 && untouched && frm.doc.status !== "Annulled" && frappe.model.can_create("Microcredit Disbursement")) {
        frm.add_custom_button(__("Hand over a Part"), () => dialogs.hand_over(frm, life.undrawn), __("Other Operations"));
    }
    if (frm.doc.status === "Pending" && frappe.model.can_cancel("Microcredit Disbursement")) {
        frm.add_custom_button(__("The Borrower does not Take it"), () => dialogs.annul(frm), __("Other Operations"));
    }
    if (owes && frappe.model.can_create("Microcredit Restructuring")) {
        frm.add_custom_button(__("Restructure"), () => dialogs.restructure(frm), __("Other Operations"));
    }
    if (owes && frappe.model.can_create("Microcredit Write-off")) {
        frm.add_custom_button(__("Write off"), () => dialogs.write_off(frm), __("Other Operations"));
    }
    add_documents(frm);
}

// The documents that a loan has beside its contract; each also stands among the formats of the print view.
function add_documents(frm) {
    if (!frappe.model.can_print("Microcredit")) return;
    const statement = () =>
        frappe.prompt(
            { fieldname: "as_of", fieldtype: "Date", label: __("As of"), reqd: 1, default: frappe.datetime.get_today() },
            (values) => open_document(frm, "Estado de cuenta de microcrédito", values),
            __("Statement of Account"),
            __("Open the Document")
        );
    frm.add_custom_button(__("Statement of Account"), statement, __("Documents"));
    if (!["Pending", "Annulled"].includes(frm.doc.status)) {
        // A refusal has been shown by the time that it arrives here.
        const closing = () =>
            frappe
                .xcall("social_crm.microcredit.services.documents.statements.check_closing", { microcredit: frm.doc.name })
                .then(() => open_document(frm, "Paz y salvo de microcrédito"), () => {});
        frm.add_custom_button(__("Closing Certificate"), closing, __("Documents"));
    }
    frm.add_custom_button(__("Promissory Note"), () => open_document(frm, "Pagaré y carta de instrucciones"), __("Documents"));
    frm.add_custom_button(__("Contract"), () => open_document(frm, "Contrato de microcrédito"), __("Documents"));
}

function open_document(frm, format, values = {}) {
    const asked = new URLSearchParams({ doctype: "Microcredit", name: frm.doc.name, format, ...values });
    window.open(frappe.urllib.get_full_url(`/api/method/frappe.utils.print_format.download_pdf?${asked}`));
}

function money(frm, value) {
    return format_currency(value, frm.doc.currency, frm.doc.currency === "COP" ? 0 : 2);
}

function draw_versions(frm, life) {
    const reason = (version) => __("Version {0}: {1}, from {2}", [version.number, __(version.reason), frappe.datetime.str_to_user(version.from_date)]);
    const html = life.versions
        .map((version) => {
            const table = social_crm.microcredit.schedule_table(version.rows, frm.doc.currency, version.first_new);
            const open = version.number === life.versions.length ? " open" : "";
            return `<details class="schedule-version"${open}><summary style="padding: 6px 0">${reason(version)}</summary>${table}</details>`;
        })
        .reverse()
        .join("");
    frm.get_field("versions_html").$wrapper.html(html || `<p class="text-muted">${__("No money has been handed over yet.")}</p>`);
    frm.toggle_display("versions_section", life.versions.length > 1);
}

function draw_ledger(frm, life) {
    const link = (row) =>
        row.voucher_name ? frappe.utils.get_form_link(row.voucher_doctype, row.voucher_name, true) : "";
    const note = (row) => {
        if (row.reverses) return __("Reverses {0}: {1}", [row.reverses, frappe.utils.escape_html(row.reason || "")]);
        if (row.reversed_by) return __("Reversed by {0}", [row.reversed_by]);
        return [row.mode ? __(row.mode) : "", row.is_adjustment ? __("Adjustment") : ""].filter(Boolean).join(" · ");
    };
    const rows = life.entries
        .map(
            (row) => `<tr${row.reversed_by ? ' class="text-muted" style="text-decoration: line-through"' : ""}>
            <td class="text-nowrap">${frappe.datetime.str_to_user(row.value_date)}</td><td class="text-nowrap">${frappe.datetime.str_to_user(row.posting_day)}</td>
            <td>${__(row.kind)}</td><td class="text-right text-nowrap">${row.amount ? money(frm, row.amount) : ""}</td><td>${link(row)}</td>
            <td>${note(row)}</td><td>${frappe.utils.escape_html(frappe.user.full_name(row.user))}</td></tr>`
        )
        .join("");
    frm.get_field("ledger_html").$wrapper.html(`<div class="table-responsive"><table class="table table-bordered table-sm loan-ledger">
        <thead><tr><th>${__("Value Date")}</th><th>${__("Posting Day")}</th><th>${__("Kind")}</th><th class="text-right text-nowrap">${__("Amount")}</th>
        <th>${__("Voucher")}</th><th>${__("Notes")}</th><th>${__("Entered by")}</th></tr></thead><tbody>${rows}</tbody></table></div>`);
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
            return `<tr><td class="text-center">${row.number}</td><td class="text-nowrap">${frappe.datetime.str_to_user(row.due_date)}</td>
                <td class="text-right text-nowrap">${money(frm, row.principal)}</td><td class="text-right text-nowrap">${money(frm, row.interest)}</td>
                <td class="text-right text-nowrap">${money(frm, row.total)}</td><td class="text-right text-nowrap">${money(frm, row.unpaid)}</td>
                <td class="text-right text-nowrap">${money(frm, row.balance)}</td><td><span class="indicator-pill ${colour}">${text}</span></td></tr>`;
        })
        .join("");
    frm.get_field("schedule_html").$wrapper.html(`<div class="table-responsive"><table class="table table-bordered table-sm">
        <thead><tr><th class="text-center">${__("No.")}</th><th>${__("Due Date")}</th><th class="text-right text-nowrap">${__("Principal")}</th>
        <th class="text-right text-nowrap">${__("Interest")}</th><th class="text-right text-nowrap">${__("Instalment")}</th><th class="text-right text-nowrap">${__("Unpaid")}</th>
        <th class="text-right text-nowrap">${__("Balance after it")}</th><th>${__("Status")}</th></tr></thead><tbody>${rows}</tbody></table></div>`);
}

// Two lines over time: as the schedule in force agrees it, and as it really went until today.
function draw_balance(frm, life) {
    const rows = frm.doc.schedule || [];
    const start = life.versions.length ? life.versions[0].from_date : null;
    if (!rows.length || !start) return;
    const [width, height, left, top, bottom] = [900, 260, 100, 12, 48];
    const time = (day) => frappe.datetime.str_to_obj(day).getTime();
    const signed = life.versions[0].rows;
    const agreed = [{ day: start, balance: signed[0].balance + signed[0].principal }].concat(
        signed.map((row) => ({ day: row.due_date, balance: row.balance }))
    );
    const last = Math.max(time(agreed[agreed.length - 1].day), time(life.curve[life.curve.length - 1].day));
    const highest = Math.max(1, ...agreed.map((point) => point.balance), ...life.curve.map((point) => point.balance));
    const x = (day) => left + ((time(day) - time(start)) / Math.max(1, last - time(start))) * (width - left - 12);
    const y = (value) => top + (1 - value / highest) * (height - top - bottom);
    const steps = (points) =>
        points.map((point, at) => (at ? `${x(point.day)},${y(points[at - 1].balance)} ` : "") + `${x(point.day)},${y(point.balance)}`).join(" ");
    const line = (points, style) => `<polyline fill="none" ${style} points="${steps(points)}"></polyline>`;
    const levels = [1, 0.75, 0.5, 0.25, 0]
        .map((part) => {
            const level = y(part * highest);
            return `<line x1="${left}" x2="${width - 12}" y1="${level}" y2="${level}" stroke="var(--border-color)"></line>
                <text x="${left - 8}" y="${level + 4}" text-anchor="end">${money(frm, part * highest)}</text>`;
        })
        .join("");
    const every = Math.ceil(agreed.length / 6);
    const dates = agreed
        .filter((_point, number) => number % every === 0)
        .map(
            (point) =>
                `<text x="${x(point.day)}" y="${height - bottom + 20}" text-anchor="${x(point.day) > width - 60 ? "end" : "middle"}">${frappe.datetime.str_to_user(point.day)}</text>`
        )
        .join("");
    const legend = (at, style, text) =>
        `<line x1="${at}" x2="${at + 24}" y1="${height - 8}" y2="${height - 8}" ${style}></line><text x="${at + 30}" y="${height - 4}">${text}</text>`;
    const agreed_style = 'stroke="#8aa4af" stroke-width="2" stroke-dasharray="5 4"';
    const real_style = 'stroke="#1f7a6d" stroke-width="3"';
    frm.get_field("chart_html").$wrapper.html(`<div style="overflow-x: auto"><svg class="balance-curve" viewBox="0 0 ${width} ${height}" role="img"
        aria-label="${__("Balance Curve")}" style="width: 100%; min-width: 560px; max-width: ${width}px" font-size="12" fill="var(--text-muted)">${levels}${dates}
        ${line(agreed, agreed_style)}${line(life.curve, real_style)}
        ${legend(left, agreed_style, __("Agreed balance"))}${legend(left + 220, real_style, __("Real balance"))}</svg></div>`);
}
