frappe.ui.form.on("FES Student", {
    setup(frm) {
        frm.set_query("beneficiary", () => ({ filters: { status: "Active" } }));
    },

    refresh(frm) {
        frm.set_df_property("phases", "cannot_add_rows", true);
        frm.set_df_property("phases", "cannot_delete_rows", true);
        if (frm.is_new()) return;
        frm.trigger("show_phase");
        frm.trigger("offer_actions");
        frm.trigger("show_semesters");
    },

    show_phase(frm) {
        frm.dashboard.add_indicator(
            __("{0} since {1}", [__(frm.doc.phase), frappe.datetime.str_to_user(frm.doc.phase_since)]),
            phase_colour(frm.doc.phase)
        );
        if (frm.doc.withdrawal_risk) {
            const colours = { Low: "green", Medium: "orange", High: "red" };
            frm.dashboard.add_indicator(
                __("Risk of giving up: {0}", [__(frm.doc.withdrawal_risk)]),
                colours[frm.doc.withdrawal_risk]
            );
        }
    },

    async offer_actions(frm) {
        const actions = await frappe.xcall("social_crm.higher_education.services.available_actions", {
            student: frm.doc.name,
        });
        actions.forEach((row) => {
            frm.add_custom_button(__(row.action), () => ask_for_action(frm, row), __("Phase"));
        });
        const may_undo = ["Programme Director", "Social CRM Administrator", "System Manager"].some((role) =>
            frappe.user.has_role(role)
        );
        if (may_undo && frm.doc.phases.length > 1) {
            frm.add_custom_button(__("Undo the Last Phase"), () => ask_for_undo(frm), __("Phase"));
        }
        if (frappe.model.can_create("FES Semester")) {
            frm.add_custom_button(__("New Semester"), () => {
                frappe.new_doc("FES Semester", { fes_student: frm.doc.name });
            });
        }
    },

    async show_semesters(frm) {
        const semesters = await frappe.xcall("social_crm.higher_education.services.semester_series", {
            student: frm.doc.name,
        });
        const body = frm.get_field("semesters_html").$wrapper.empty();
        if (!semesters.length) {
            body.append(`<p class="text-muted">${__("No semester has been registered yet.")}</p>`);
            return;
        }
        const marked = semesters.filter((semester) => semester.marks_average);
        if (marked.length > 1) {
            const chart = $('<div class="marks-chart mb-4" style="min-height: 220px"></div>').appendTo(body);
            when_visible(chart, () => draw_marks(chart, marked));
        }
        body.append(semester_table(semesters));
    },
});

function phase_colour(phase) {
    const colours = {
        Potential: "gray",
        Promoted: "gray",
        "Vocationally Oriented": "blue",
        Applied: "blue",
        Admitted: "blue",
        Enrolled: "green",
        Active: "green",
        "On Leave": "orange",
        Graduated: "purple",
        Withdrawn: "red",
        "Dropped Out": "red",
        Expelled: "red",
        Deceased: "darkgrey",
    };
    return colours[phase] || "gray";
}

// Which actions may come with the enrolment in a semester.
const WITH_SEMESTER = ["Enrol", "Start Studies", "Return"];

function ask_for_action(frm, row) {
    const fields = [
        {
            fieldname: "on",
            fieldtype: "Date",
            label: __("Day"),
            reqd: 1,
            default: frappe.datetime.get_today(),
            description: __("The day on which it happened."),
        },
    ];
    if (WITH_SEMESTER.includes(row.action)) {
        fields.push(
            {
                fieldname: "period",
                fieldtype: "Data",
                label: __("Semester"),
                description: __(
                    "Year and half, such as 2026-1. Its record is opened when there is none yet; leave it empty otherwise."
                ),
            },
            // Not an Int: on focus that control evaluates whatever field is active shortly after, and 2026-1 became 2025.
            { fieldname: "semester_number", fieldtype: "Data", label: __("Semester Number") }
        );
    }
    fields.push({
        fieldname: "reason",
        fieldtype: "Small Text",
        label: row.reason_required ? __("Reason") : __("Remarks"),
        reqd: row.reason_required ? 1 : 0,
    });
    const dialog = new frappe.ui.Dialog({
        title: __("{0}: {1}", [__(row.action), frm.doc.student_name || frm.doc.name]),
        fields,
        primary_action_label: __("Register"),
        async primary_action(values) {
            dialog.disable_primary_action();
            try {
                await frappe.xcall("social_crm.higher_education.services.change_phase", {
                    student: frm.doc.name,
                    action: row.action,
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

function ask_for_undo(frm) {
    frappe.prompt(
        {
            fieldname: "reason",
            fieldtype: "Small Text",
            label: __("Reason"),
            reqd: 1,
            description: __("The phase {0} was entered by mistake. The record keeps this note.", [
                __(frm.doc.phase),
            ]),
        },
        async ({ reason }) => {
            await frappe.xcall("social_crm.higher_education.services.undo_last_phase", {
                student: frm.doc.name,
                reason,
            });
            frm.reload_doc();
        },
        __("Undo the Last Phase"),
        __("Undo")
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

function draw_marks(wrapper, semesters) {
    new frappe.Chart(wrapper.get(0), {
        title: __("Average of marks by semester"),
        type: "line",
        animate: 0,
        disableEntryAnimation: 1,
        height: 220,
        colors: ["#3b6fb6"],
        lineOptions: { dotSize: 5, regionFill: 1 },
        axisOptions: { xIsSeries: 1 },
        tooltipOptions: { formatTooltipY: (value) => format_number(value, null, 2) },
        data: {
            labels: semesters.map((semester) => semester.period),
            datasets: [{ name: __("Average of Marks"), values: semesters.map((s) => s.marks_average) }],
            yMarkers: [{ label: __("Pass"), value: 3, options: { labelPos: "left" } }],
        },
    });
}

function semester_table(semesters) {
    const money = (value) => format_currency(value, frappe.boot.sysdefaults.currency, 0);
    const colours = { Requested: "orange", Approved: "blue", Paid: "green", Closed: "gray" };
    const state = (semester) =>
        `<span class="indicator-pill ${colours[semester.status] || "red"}">${__(
            frappe.utils.escape_html(semester.workflow_state || "Draft")
        )}</span>`;
    const rows = semesters.map(
        (semester) => `<tr>
            <td class="text-nowrap"><a href="${frappe.utils.get_form_link("FES Semester", semester.name)}">${
            semester.period
        }</a></td>
            <td>${state(semester)}</td>
            <td class="text-nowrap">${
                semester.enrolled_on ? frappe.datetime.str_to_user(semester.enrolled_on) : "—"
            }</td>
            <td class="text-right text-nowrap">${money(semester.tuition)}</td>
            <td class="text-right text-nowrap">${money(semester.living_allowance)}</td>
            <td class="text-right text-nowrap">${money(semester.paid_total)}</td>
            <td class="text-right">${semester.marks_average ? format_number(semester.marks_average, null, 2) : "—"}</td>
            <td class="text-right">${semester.credits_passed || 0} / ${semester.credits_enrolled || 0}</td>
        </tr>`
    );
    return `<div class="table-responsive"><table class="table table-bordered table-sm">
        <thead><tr>
            <th>${__("Semester")}</th><th>${__("State")}</th><th>${__("Enrolled on")}</th>
            <th class="text-right">${__("Tuition")}</th><th class="text-right">${__("Living Allowance")}</th>
            <th class="text-right">${__("Paid")}</th><th class="text-right">${__("Average of Marks")}</th>
            <th class="text-right">${__("Credits")}</th>
        </tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
