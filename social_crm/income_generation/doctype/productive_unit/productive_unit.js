frappe.ui.form.on("Productive Unit", {
    setup(frm) {
        frm.set_query("beneficiary", () => ({ filters: { status: "Active" } }));
    },

    refresh(frm) {
        if (frm.is_new()) return;
        frm.trigger("show_status");
        frm.trigger("show_follow_ups");
        frm.trigger("show_credit");
        if (frm.doc.status !== "Closed" && frappe.model.can_create("Productive Unit Follow-up")) {
            frm.add_custom_button(__("Register Follow-up"), () => {
                frappe.new_doc("Productive Unit Follow-up", { productive_unit: frm.doc.name });
            });
        }
    },

    show_status(frm) {
        const colours = {
            Active: "green",
            Unverified: "orange",
            "Not Operating": "red",
            Closed: "gray",
            "Not Started": "blue",
        };
        frm.dashboard.add_indicator(
            __("Status: {0}", [__(frm.doc.status)]),
            colours[frm.doc.status] || "gray"
        );
        if (frm.doc.last_follow_up) {
            const days = frappe.datetime.get_day_diff(frappe.datetime.get_today(), frm.doc.last_follow_up);
            frm.dashboard.add_indicator(
                days === 0 ? __("Last follow-up: today") : __("Last follow-up: {0} days ago", [days]),
                frm.doc.status === "Unverified" ? "orange" : "blue"
            );
        } else if (frm.doc.status !== "Not Started") {
            frm.dashboard.add_indicator(__("No follow-up yet"), "orange");
        }
        if (frm.doc.next_visit) {
            const late = frm.doc.next_visit < frappe.datetime.get_today();
            frm.dashboard.add_indicator(
                __("Next visit: {0}", [frappe.datetime.str_to_user(frm.doc.next_visit)]),
                late ? "red" : "blue"
            );
        }
    },

    async show_follow_ups(frm) {
        const visits = await frappe.xcall("social_crm.income_generation.services.follow_up_series", {
            productive_unit: frm.doc.name,
        });
        const body = frm.get_field("follow_up_html").$wrapper.empty();
        if (!visits.length) {
            body.append(`<p class="text-muted">${__("No follow-up visit has been registered yet.")}</p>`);
            return;
        }
        if (visits.length > 1) {
            const chart = $('<div class="unit-chart mb-4" style="min-height: 240px"></div>').appendTo(body);
            when_visible(chart, () => draw_chart(chart, visits));
        }
        body.append(visit_table(visits));
    },

    // What the business earns beside what its microcredits ask for; without microcredit on the site, or the right to read it, nothing.
    async show_credit(frm) {
        const may_read = frappe.model.can_read("Microcredit");
        frm.toggle_display("credit_section", may_read);
        if (!may_read) return;
        const unit = frm.doc.name;
        await frappe.require("business.bundle.js");
        const body = $("<div>");
        const flow = await social_crm.business.show(body, unit);
        if (frm.doc.name !== unit) return;
        frm.get_field("credit_html").$wrapper.empty().append(body);
        const open = flow.warnings.filter((row) => row.status === "Open");
        if (open.length) frm.dashboard.add_indicator(__("Early warning: falling income"), "red");
    },

    before_workflow_action(frm) {
        if (!closes(frm)) return Promise.resolve();
        frappe.dom.unfreeze();
        // The dialog closes the unit in one request: the plain workflow action stays where it is.
        return new Promise(() => ask_for_closing(frm));
    },
});

// The site's workflow says which step leads to a closed unit, whatever its stages and actions are called.
function closes(frm) {
    const workflow = frappe.workflow.workflows[frm.doctype];
    const closed = workflow.states
        .filter((row) => (row.update_field === "stage_group" ? row.update_value : row.state) === "Closed")
        .map((row) => row.state);
    return workflow.transitions.some(
        (row) =>
            row.state === frm.doc[workflow.workflow_state_field] &&
            row.action === frm.selected_workflow_action &&
            closed.includes(row.next_state)
    );
}

// In a hidden tab a chart has no width: it is drawn when it is first seen.
function when_visible(wrapper, draw) {
    const observer = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        draw();
    });
    observer.observe(wrapper.get(0));
}

function draw_chart(wrapper, visits) {
    const money = (value) => format_currency(value, frappe.boot.sysdefaults.currency, 0);
    new frappe.Chart(wrapper.get(0), {
        type: "line",
        animate: 0,
        disableEntryAnimation: 1,
        height: 240,
        colors: ["#2e7d6b", "#c4573a", "#3b6fb6"],
        lineOptions: { dotSize: 5, regionFill: 0 },
        axisOptions: { xIsSeries: 1, shortenYAxisNumbers: 1 },
        tooltipOptions: { formatTooltipY: money },
        data: {
            labels: visits.map((visit) => frappe.datetime.str_to_user(visit.visit_date)),
            datasets: [
                { name: __("Sales"), values: visits.map((visit) => visit.sales) },
                { name: __("Costs"), values: visits.map((visit) => visit.costs) },
                { name: __("Net Income"), values: visits.map((visit) => visit.income) },
            ],
        },
    });
}

function visit_table(visits) {
    const money = (value) => format_currency(value, frappe.boot.sysdefaults.currency, 0);
    const text = (value) => frappe.utils.escape_html(value || "");
    const pill = (visit) =>
        `<span class="indicator-pill ${visit.operating === "Yes" ? "green" : "red"}">${__(visit.operating)}</span>`;
    const rows = [...visits].reverse().map(
        (visit) => `<tr>
            <td class="text-nowrap"><a href="${frappe.utils.get_form_link(
                "Productive Unit Follow-up",
                visit.name
            )}">${frappe.datetime.str_to_user(visit.visit_date)}</a></td>
            <td>${pill(visit)}</td>
            <td class="text-right text-nowrap">${money(visit.sales)}</td>
            <td class="text-right text-nowrap">${money(visit.costs)}</td>
            <td class="text-right text-nowrap">${money(visit.income)}</td>
            <td class="text-right">${visit.jobs || 0}</td>
            <td style="min-width: 220px">${text(visit.findings)}</td>
        </tr>`
    );
    return `<div class="table-responsive"><table class="table table-bordered table-sm">
        <thead><tr>
            <th>${__("Visit Date")}</th><th>${__("Operating")}</th><th class="text-right">${__("Sales")}</th>
            <th class="text-right">${__("Costs")}</th><th class="text-right">${__("Net Income")}</th>
            <th class="text-right">${__("Jobs")}</th><th>${__("Findings")}</th>
        </tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function ask_for_closing(frm) {
    const reason = frappe.meta.get_docfield("Productive Unit", "closing_reason");
    const dialog = new frappe.ui.Dialog({
        title: __("Close the productive unit"),
        fields: [
            {
                fieldname: "closed_on",
                fieldtype: "Date",
                label: __("Closed on"),
                reqd: 1,
                default: frm.doc.closed_on || frappe.datetime.get_today(),
            },
            {
                fieldname: "closing_reason",
                fieldtype: "Select",
                label: __("Reason for Closing"),
                options: reason.options,
                reqd: 1,
                default: frm.doc.closing_reason,
            },
            {
                fieldname: "closing_notes",
                fieldtype: "Small Text",
                label: __("Notes on the Closing"),
                default: frm.doc.closing_notes,
            },
        ],
        primary_action_label: __("Close Unit"),
        async primary_action(values) {
            dialog.disable_primary_action();
            try {
                await frappe.xcall("social_crm.income_generation.services.close_unit", {
                    productive_unit: frm.doc.name,
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
