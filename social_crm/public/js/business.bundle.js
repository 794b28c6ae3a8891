// The income of a productive unit beside the instalments of its microcredits: a chart, a table, and its early warnings.
frappe.provide("social_crm.business");

// Months shown: those of the past that matter for a decision, and a look ahead.
const PAST = 18;
const AHEAD = 3;
const INCOME = "#2e7d6b";
const DUE = "#c4573a";
const PAID = "#e7b9ab";

social_crm.business.show = async function (wrapper, unit) {
    const flow = await frappe.xcall("social_crm.microcredit.services.business.cash_flow", { productive_unit: unit });
    wrapper.empty();
    if (!flow.loans.length) {
        wrapper.append(`<p class="text-muted">${__("The unit has no microcredit.")}</p>`);
        return flow;
    }
    const today = flow.months.findIndex((row) => row.month >= flow.today);
    const at = today < 0 ? flow.months.length : today;
    const months = flow.months.slice(Math.max(0, at - PAST), at + AHEAD + 1);
    wrapper.append(warnings(flow.warnings), loans(flow), chart(months, flow), table(months, flow));
    show_last_months(wrapper.find(".business-scroll").get(0));
    return flow;
};

// On a narrow screen the chart begins with its last months; in a hidden tab it has no width until it is seen.
function show_last_months(scroll) {
    const observer = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        scroll.scrollLeft = scroll.scrollWidth;
    });
    observer.observe(scroll);
}

function warnings(rows) {
    const open = rows.filter((row) => row.status === "Open");
    return open
        .map(
            (row) => `<div class="early-warning alert alert-warning" style="margin-bottom: 12px">
            <strong>${__("Early warning")}</strong> ${frappe.utils.escape_html(row.description || "")}
            <div class="mt-1"><a href="${frappe.utils.get_form_link("Commitment", row.name)}">${__("Commitment {0}, due on {1}", [
                row.name,
                frappe.datetime.str_to_user(row.due_date),
            ])}</a></div></div>`
        )
        .join("");
}

function money(flow, value) {
    return format_currency(value, flow.currency, flow.currency === "COP" ? 0 : 2);
}

function month_name(month) {
    return frappe.datetime.str_to_obj(`${month}-15`).toLocaleDateString(frappe.boot.lang, { month: "short", year: "2-digit" });
}

function loans(flow) {
    const colours = { Active: "blue", "In Arrears": "red", Paid: "green", "Written Off": "gray" };
    return `<p>${flow.loans
        .map(
            (loan) => `<a class="mr-3 text-nowrap" href="${frappe.utils.get_form_link("Microcredit", loan.name)}">${loan.name}
            <span class="indicator-pill ${colours[loan.status] || "gray"}">${__(loan.status)}</span></a>`
        )
        .join(" ")}</p>`;
}

function chart(months, flow) {
    const [step, left, top, height, bottom] = [52, 84, 10, 240, 56];
    const width = left + months.length * step + 12;
    const values = months.flatMap((row) => [row.due, row.paid, row.income || 0]);
    const every = round_step((Math.max(1, ...values) - Math.min(0, ...values)) / 4);
    const highest = Math.ceil(Math.max(1, ...values) / every) * every;
    const lowest = Math.floor(Math.min(0, ...values) / every) * every;
    const y = (value) => top + ((highest - value) / (highest - lowest)) * (height - top - bottom);
    const x = (number) => left + number * step + step / 2;
    const bar = (number, value, shift, colour) =>
        value ? `<rect x="${x(number) + shift}" y="${y(value)}" width="14" height="${y(0) - y(value)}" fill="${colour}"></rect>` : "";
    const levels = Array.from({ length: Math.round((highest - lowest) / every) + 1 }, (_none, number) => lowest + number * every)
        .map(
            (value) => `<line x1="${left}" x2="${width - 12}" y1="${y(value)}" y2="${y(value)}" stroke="var(--border-color)"></line>
            <text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${shorten(value)}</text>`
        )
        .join("");
    // A month without a visit breaks the line: nobody knows its income.
    const known = months.map((row, number) => ({ ...row, number })).filter((row) => row.income !== null);
    const lines = known
        .slice(1)
        .map((row, at) => {
            const gap = row.number - known[at].number > 1 ? ' stroke-dasharray="3 4" opacity="0.6"' : "";
            return `<line x1="${x(known[at].number)}" y1="${y(known[at].income)}" x2="${x(row.number)}" y2="${y(row.income)}" stroke="${INCOME}" stroke-width="2.5"${gap}></line>`;
        })
        .join("");
    const dots = known.map((row) => `<circle cx="${x(row.number)}" cy="${y(row.income)}" r="4" fill="${INCOME}"><title>${month_name(row.month)}: ${money(flow, row.income)}</title></circle>`).join("");
    const bars = months.map((row, number) => bar(number, row.due, -15, DUE) + bar(number, row.paid, 1, PAID)).join("");
    const names = months
        .map((row, number) => `<text x="${x(number)}" y="${height - bottom + 18}" text-anchor="middle"${row.month === flow.today ? ' font-weight="700"' : ""}>${month_name(row.month)}</text>`)
        .join("");
    const swatch = (colour, text) => `<span class="text-nowrap mr-3"><span style="display: inline-block; width: 12px; height: 12px; background: ${colour}; vertical-align: -1px"></span> ${text}</span>`;
    return `<div class="small text-muted mb-1">${swatch(INCOME, __("Net income of the business"))}${swatch(DUE, __("Instalments of the month"))}${swatch(PAID, __("Paid in the month"))}</div>
        <div class="business-scroll" style="overflow-x: auto"><svg class="business-chart" viewBox="0 0 ${width} ${height - bottom + 26}" role="img" aria-label="${__("Income beside the Instalments")}"
        style="width: 100%; min-width: ${Math.min(width, 820)}px; max-width: ${width}px" font-size="11" fill="var(--text-muted)">${levels}${bars}${lines}${dots}${names}</svg></div>`;
}

// The round number next above a distance: 1, 2, 2.5 or 5 with zeros.
function round_step(rough) {
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}

function shorten(value) {
    const places = { minimumFractionDigits: 0, maximumFractionDigits: 1 };
    const text = (number) => number.toLocaleString("es-CO", places);
    if (Math.abs(value) >= 1e6) return __("{0} M", [text(value / 1e6)]);
    return Math.abs(value) >= 1000 ? __("{0} thousand", [text(value / 1000)]) : text(value);
}

function table(months, flow) {
    const cell = (value) => `<td class="text-right text-nowrap">${value === null ? '<span class="text-muted">—</span>' : money(flow, value)}</td>`;
    const rows = [...months]
        .reverse()
        .map((row) => {
            const short = row.left !== null && row.left < 0;
            const visit = row.visit
                ? `<a href="${frappe.utils.get_form_link("Productive Unit Follow-up", row.visit)}">${month_name(row.month)}</a>`
                : month_name(row.month);
            return `<tr${row.month === flow.today ? ' style="font-weight: 600"' : ""}><td class="text-nowrap">${visit}</td>${cell(row.sales)}${cell(row.costs)}${cell(row.income)}
                ${cell(row.due)}${cell(row.paid)}<td class="text-right text-nowrap${short ? " text-danger" : ""}">${row.left === null ? '<span class="text-muted">—</span>' : money(flow, row.left)}</td></tr>`;
        })
        .join("");
    const right = (text) => `<th class="text-right text-nowrap">${text}</th>`;
    return `<div class="table-responsive mt-3"><table class="table table-bordered table-sm business-table"><thead><tr><th>${__("Month")}</th>
        ${right(__("Sales"))}${right(__("Costs"))}${right(__("Net Income"))}${right(__("Instalments"))}${right(__("Paid"))}${right(__("Left after the Instalments"))}
        </tr></thead><tbody>${rows}</tbody></table></div>
        <p class="text-muted small">${__("Figures of the last visit of each month; without a visit they are not known.")}</p>`;
}
