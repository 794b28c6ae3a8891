// Queries, previews and the disbursement dialog; every rule is checked by the server.
const SERVICES = "social_crm.microcredit.services";

frappe.ui.form.on("Microcredit Application", {
    setup(frm) {
        frm.set_query("product", () => ({ filters: { enabled: 1 } }));
        frm.set_query("productive_unit", () => ({ filters: { beneficiary: frm.doc.beneficiary || "" } }));
        frm.set_query("programme", () => ({ filters: { status: "Running" } }));
        frm.set_query("solidarity_group", () => ({ filters: { status: "Active" } }));
    },
    onload(frm) {
        if (frm.is_new() && !frm.doc.product) propose_product(frm);
    },
    refresh(frm) {
        frm.offer_shown = null;
        load_product(frm).then(() => preview(frm));
        draw_votes(frm);
        if (frm.doc.microcredit) {
            frm.add_custom_button(__("Open Microcredit"), () => frappe.set_route("Form", "Microcredit", frm.doc.microcredit));
        }
        const totals = { Income: "monthly_income", Expense: "monthly_expenses", Debt: "monthly_debts" };
        const kinds = new Set((frm.doc.household_items || []).filter((row) => row.amount).map((row) => row.kind));
        Object.entries(totals).forEach(([kind, field]) => frm.set_df_property(field, "read_only", kinds.has(kind) ? 1 : 0));
    },
    before_workflow_action(frm) {
        if (frm.selected_workflow_action === "Borrower Declines") {
            frappe.dom.unfreeze();
            ask_why_declined(frm);
            return new Promise(() => {});
        }
        // The action alone would disburse today; the dialog asks for the dates and calls the same service.
        if (frm.selected_workflow_action !== "Disburse") return Promise.resolve();
        frappe.dom.unfreeze();
        open_disbursement(frm);
        return new Promise(() => {});
    },
    beneficiary(frm) {
        frm.set_value("productive_unit", null);
    },
    product(frm) {
        load_product(frm).then((product) => {
            if (!product) return;
            frm.set_value(product.rate_period === "Monthly" ? "monthly_rate" : "annual_rate", product.interest_rate);
            preview(frm);
        });
    },
});

const PREVIEWED = [
    "requested_amount", "requested_periods", "monthly_rate", "annual_rate", "approved_amount", "approved_periods",
    "expected_disbursement", "first_due", "programme", "monthly_income", "monthly_expenses", "monthly_debts",
];
PREVIEWED.forEach((field) => frappe.ui.form.on("Microcredit Application", field, preview));
["kind", "amount", "frequency", "counted", "household_items_remove"].forEach((event) =>
    frappe.ui.form.on("Microcredit Household Item", event, preview)
);

const esc = (text) => frappe.utils.escape_html(String(text ?? ""));
const percent = (value, digits = 2) => `${format_number(value, null, digits)} %`;
const muted = (text) => `<p class="text-muted">${text}</p>`;

function propose_product(frm) {
    frappe.db.get_value("Microcredit Product", { is_default: 1, enabled: 1 }, "name").then(({ message }) => {
        if (message?.name && !frm.doc.product) frm.set_value("product", message.name);
    });
}

// The product as it is offered today; an application that began earlier keeps its own version.
function load_product(frm) {
    if (!frm.doc.product) return Promise.resolve(null);
    return frappe.db.get_doc("Microcredit Product", frm.doc.product).then((product) => {
        if (!frm.doc.product_version) frm.doc.rate_period = product.rate_period;
        frm.refresh_field("monthly_rate");
        frm.refresh_field("annual_rate");
        draw_product(frm, product);
        return product;
    });
}

function draw_product(frm, product) {
    const money = (value) => format_currency(value, product.currency || frm.doc.currency, 0);
    const range = (low, high, show) => (high ? `${show(low || 0)} – ${show(high)}` : low ? `≥ ${show(low)}` : null);
    const facts = [
        [__("Method"), __(product.method)],
        [__("Frequency"), __(product.frequency)],
        [__("Amount"), range(product.min_amount, product.max_amount, money)],
        [__("Instalments"), range(product.min_periods, product.max_periods, (value) => value || 1)],
        [__("Modality of the Usury Cap"), product.modality],
        [__("Guarantors"), product.min_guarantors || null],
        [__("Votes Required in Committee"), product.required_votes || null],
    ].filter(([, value]) => value);
    const newer = frm.doc.product_version && frm.doc.product_version !== `${product.name} v${product.version}`;
    frm.get_field("product_html").$wrapper.html(
        `<dl class="row small" style="margin: 0">${facts
            .map(([label, value]) => `<dt class="col-6 text-muted font-weight-normal">${esc(label)}</dt><dd class="col-6 mb-1">${esc(value)}</dd>`)
            .join("")}</dl>${newer && frm.doc.status === "Open" ? `<button class="btn btn-xs btn-default take-terms">${__("Take the Terms of Today")}</button>` : ""}`
    );
    frm.get_field("product_html").$wrapper.find(".take-terms").on("click", () =>
        frappe
            .call({ method: `${SERVICES}.applications.take_current_terms`, args: { application: frm.doc.name }, freeze: true })
            .then(() => frm.reload_doc())
    );
}

function preview(frm) {
    clearTimeout(frm.preview_timer);
    frm.preview_timer = setTimeout(() => ask_preview(frm), 300);
}

function ask_preview(frm) {
    const doc = frm.doc;
    const amount = doc.approved_amount || doc.requested_amount;
    const periods = doc.approved_periods || doc.requested_periods;
    const rate = !doc.rate_period || doc.rate_period === "Monthly" ? doc.monthly_rate : doc.annual_rate;
    const schedule = frm.get_field("schedule_html").$wrapper;
    if (doc.microcredit) {
        // What was agreed in the end stands in the loan.
        const link = frappe.utils.get_form_link("Microcredit", doc.microcredit, true);
        schedule.html(muted(`${__("The schedule in force and its versions are in the microcredit.")} ${link}`));
        return;
    }
    if (!doc.product || !(amount > 0) || !(periods > 0)) {
        schedule.html(muted(__("The schedule shows here once product, amount and instalments are filled.")));
        frm.get_field("capacity_html").$wrapper.empty();
        return;
    }
    const household = {
        household_items: (doc.household_items || []).map(({ kind, concept, amount, frequency, counted }) => ({ kind, concept, amount, frequency, counted })),
        monthly_income: doc.monthly_income,
        monthly_expenses: doc.monthly_expenses,
        monthly_debts: doc.monthly_debts,
    };
    const args = {
        amount,
        periods: cint(periods),
        monthly_rate: rate ?? null,
        disbursed_on: doc.expected_disbursement || null,
        first_due: doc.first_due || null,
        product: doc.product,
        version: doc.product_version || null,
        programme: doc.programme || null,
        household: JSON.stringify(household),
    };
    const question = JSON.stringify(args);
    if (frm.offer_shown === question) return;
    frm.offer_shown = question;
    frappe.call({ method: `${SERVICES}.offers.preview_schedule`, args }).then(({ message }) => {
        // A later question overtakes an earlier answer.
        if (!message || frm.offer_shown !== question || frm.doc.name !== doc.name) return;
        schedule.html(message.error ? `<p class="text-danger">${message.error}</p>` : offer(message));
        frm.get_field("capacity_html").$wrapper.html(message.capacity ? capacity(message) : "");
        frm.toggle_display("capacity_exception", Boolean(doc.capacity_exception) || message.capacity?.fits === false);
    });
}

function offer(made) {
    const money = (value) => format_currency(value, made.currency, made.decimals);
    const figures = [
        [__("Highest Instalment"), money(made.highest_instalment)],
        [__("Interest"), money(made.total_interest)],
        [__("Charges"), made.total_fees + made.total_insurance ? money(made.total_fees + made.total_insurance) : null],
        [__("To be Paid in All"), money(made.total)],
        [__("Received in Hand"), made.net !== made.amount ? money(made.net) : null],
        [__("Nominal Rate a Year"), percent(made.nominal_annual_rate)],
        [__("True Annual Rate"), percent(made.true_annual_rate)],
    ].filter(([, value]) => value);
    const charges = made.rows.some((row) => row.charges);
    const head = [__("No."), __("Due Date"), __("Principal"), __("Interest"), ...(charges ? [__("Charges")] : []), __("Instalment"), __("Balance after it")];
    const rows = made.rows
        .map((row) => {
            const cells = [row.principal, row.interest, ...(charges ? [row.charges] : []), row.total, row.balance];
            return `<tr><td class="text-center">${row.number}</td><td class="text-nowrap">${frappe.datetime.str_to_user(row.due_date)}</td>
                ${cells.map((value) => `<td class="text-right text-nowrap">${money(value)}</td>`).join("")}</tr>`;
        })
        .join("");
    const align = (index) => (index === 0 ? "text-center" : index === 1 ? "" : "text-right");
    return `${(made.warnings || []).map((text) => `<p class="text-danger">${text}</p>`).join("")}
        <div class="offer-figures" style="display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin-bottom: 12px">
        ${figures.map(([label, value]) => `<div><div class="text-muted small">${esc(label)}</div><div style="font-size: 1.15em; font-weight: 600">${value}</div></div>`).join("")}</div>
        ${cap_bar(made)}${muted(__("If disbursed on {0}.", [frappe.datetime.str_to_user(made.disbursed_on)]))}
        <div class="table-responsive" style="max-height: 360px; overflow-y: auto"><table class="table table-bordered table-sm" style="margin: 0">
        <thead><tr>${head.map((text, index) => `<th class="${align(index)}">${text}</th>`).join("")}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

// A bar from zero: how far it is filled, and a mark at the limit.
function bar(filled, mark, is_within, label) {
    const whole = Math.max(filled, mark, 0.01) * 1.1;
    const colour = is_within ? "var(--green-500, #2e7d6b)" : "var(--red-500, #d1495b)";
    return `<div role="img" aria-label="${esc(label)}" style="position: relative; height: 14px; border-radius: 7px; background: var(--gray-200, #e5e5e5); margin: 6px 0; max-width: 560px">
        <div style="width: ${Math.min((100 * filled) / whole, 100)}%; height: 100%; border-radius: 7px; background: ${colour}"></div>
        <div style="position: absolute; top: -4px; left: ${(100 * mark) / whole}%; width: 3px; height: 22px; background: var(--text-color, #333)"></div></div>`;
}

function cap_bar(made) {
    const cap = made.cap;
    if (!cap && !made.cap_exception) return muted(__("This product has no usury cap to compare with."));
    if (!cap) {
        const { reason, since } = made.cap_exception;
        return `<p class="offer-exception text-warning">${__("Lent without a usury cap since {0}: {1}", [frappe.datetime.str_to_user(since), esc(reason)])}</p>`;
    }
    if (cap.cap == null) return `<p class="text-warning">${cap.message}</p>`;
    const dates = [cap.valid_from, cap.valid_to].map((day) => frappe.datetime.str_to_user(day));
    const text = __("Usury cap of {0}, from {1} to {2}: {3}.", [esc(cap.modality), ...dates, percent(cap.cap)]);
    const highest = cap.highest == null ? "" : __("Highest rate allowed: {0}.", [percent(cap.highest)]);
    return `<div class="offer-cap" style="margin-bottom: 8px">${bar(cap.rate, cap.cap, cap.is_within, text)}
        <div>${cap.is_within ? `${text} <span class="text-muted">${highest}</span>` : `<span class="text-danger">${cap.message}</span>`}</div></div>`;
}

function capacity(made) {
    const found = made.capacity;
    if (!found.income && !found.expenses) return muted(__("Write the income and expenses of the household to see what it can pay."));
    const money = (value) => format_currency(value, made.currency, made.decimals);
    if (found.free <= 0) return `<p class="text-danger">${__("The household spends {0} a month more than it earns.", [money(-found.free)])}</p>`;
    const text = __("The instalment takes {0} a month of the {1} that are left: {2}.", [
        money(found.monthly_instalment),
        money(found.free),
        percent(found.share, 1),
    ]);
    const limit = found.allowed_share ? __("The product allows up to {0}.", [percent(found.allowed_share, 0)]) : "";
    const most = !found.fits && found.highest_principal ? __("A loan of up to {0} would fit.", [money(found.highest_principal)]) : "";
    return `<div class="capacity-bar">${bar(found.monthly_instalment, found.payable, found.fits, text)}
        <p class="${found.fits ? "" : "text-danger"}">${text} ${limit} ${most}</p></div>`;
}

function draw_votes(frm) {
    const wrapper = frm.get_field("votes_html").$wrapper.empty();
    if (frm.is_new() || !frappe.model.can_read("Microcredit Committee Vote")) return;
    frappe.call({ method: `${SERVICES}.committee.votes_on`, args: { application: frm.doc.name } }).then(({ message }) => {
        if (!message?.length) return;
        const colours = { "In Favour": "green", Against: "red", Abstention: "gray" };
        wrapper.html(
            `<table class="table table-sm"><tbody>${message
                .map(
                    (row) => `<tr><td>${esc(row.full_name)}</td><td><span class="indicator-pill ${colours[row.vote]}">${__(row.vote)}</span></td>
                        <td>${esc(row.remark)}</td><td class="text-muted">${frappe.datetime.str_to_user(row.cast_at)}</td></tr>`
                )
                .join("")}</tbody></table>`
        );
    });
}

function ask_why_declined(frm) {
    frappe.prompt(
        [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason for Declining"), reqd: 1 }],
        ({ reason }) =>
            frappe
                .call({ method: `${SERVICES}.declining.decline`, args: { application: frm.doc.name, reason }, freeze: true })
                .then(() => frm.reload_doc()),
        __("Borrower Declines"),
        __("Save")
    );
}

function open_disbursement(frm) {
    // The channels are those of the disbursement itself.
    frappe.model.with_doctype("Microcredit Disbursement", () => {
        const dialog = new frappe.ui.Dialog({
            title: __("Disburse"),
            fields: disbursement_fields(frm),
            primary_action_label: __("Disburse"),
            primary_action: (values) => {
                dialog.disable_primary_action();
                // What is empty is left out: all of the money, the server's date, no older loan.
                const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
                frappe
                    .call({
                        method: `${SERVICES}.disbursement.disburse`,
                        args: { application: frm.doc.name, ...given },
                        freeze: true,
                    })
                    .then(({ message }) => {
                        dialog.hide();
                        frappe.set_route("Form", "Microcredit", message);
                    })
                    .catch(() => dialog.enable_primary_action());
            },
        });
        const propose_first_due = () => {
            const args = { application: frm.doc.name, disbursed_on: dialog.get_value("disbursed_on") };
            if (!args.disbursed_on) return;
            frappe.call({ method: `${SERVICES}.offers.first_due_on`, args }).then(({ message }) => {
                if (args.disbursed_on === dialog.get_value("disbursed_on")) dialog.set_value("first_due", message);
            });
        };
        dialog.fields_dict.disbursed_on.df.onchange = propose_first_due;
        dialog.show();
        propose_first_due();
    });
}

function disbursement_fields(frm) {
    const currency = frm.doc.currency;
    const older = { beneficiary: frm.doc.beneficiary, currency, status: ["in", ["Active", "In Arrears"]] };
    const text = __("{0} to {1}, in {2} instalments.", [
        format_currency(frm.doc.approved_amount, currency),
        esc(frm.doc.beneficiary_name || frm.doc.beneficiary),
        frm.doc.approved_periods,
    ]);
    return [
        { fieldtype: "HTML", fieldname: "summary", options: `<p>${text}</p>` },
        { fieldtype: "Date", fieldname: "disbursed_on", label: __("Disbursed on"), reqd: 1, default: frappe.datetime.get_today() },
        {
            fieldtype: "Currency",
            fieldname: "amount",
            label: __("Amount of this Part"),
            options: currency,
            description: __("Empty: all that was approved."),
        },
        {
            fieldtype: "Link",
            fieldname: "refinances",
            label: __("Pays off the Microcredit"),
            options: "Microcredit",
            description: __("An older microcredit of the same person, paid off with this money."),
            get_query: () => ({ filters: older }),
        },
        { fieldtype: "Column Break", fieldname: "dates_column" },
        {
            fieldtype: "Date",
            fieldname: "first_due",
            label: __("First Due Date"),
            description: __("Proposed by the application or by the product."),
        },
        {
            fieldtype: "Select",
            fieldname: "channel",
            label: __("Payment Channel"),
            options: frappe.meta.get_docfield("Microcredit Disbursement", "channel").options,
            default: "Cash",
        },
        { fieldtype: "Data", fieldname: "reference", label: __("Payment Reference") },
    ];
}
