frappe.ui.form.on("Community Activity", {
    onload(frm) {
        if (!frm.is_new()) return;
        // Frappe fills in the present time; an activity is seldom now.
        frm.set_value("start_time", "");
        if (!frm.doc.responsible) frm.set_value("responsible", frappe.session.user);
    },

    async refresh(frm) {
        const wrapper = $(frm.fields_dict.attendance_html.wrapper).empty();
        if (frm.is_new()) {
            wrapper.html(`<p class="text-muted">${__("Save the activity first; then take the attendance.")}</p>`);
            return;
        }
        await frappe.require(["people.bundle.js", "people.bundle.css"]);
        if (frm.doc.status !== "Cancelled" && frm.perm[0].write) {
            frm.add_custom_button(__("Take Attendance"), () => social_crm.people.take_attendance(frm));
        }
        social_crm.people.show_attendance(frm, wrapper);
    },
});
