const FINGERPRINTS = "social_crm.field_records.services.fingerprints.";

frappe.ui.form.on("Fingerprint", {
    refresh(frm) {
        frm.disable_save();
        if (frm.doc.status !== "Kept" || !frm.doc.__onload?.may_open) return;
        frm.add_custom_button(__("Open Capture"), () => ask_reason(frm));
    },
});

function ask_reason(frm) {
    const dialog = new frappe.ui.Dialog({
        title: __("Open Capture"),
        fields: [
            {
                fieldtype: "HTML",
                fieldname: "warning",
                options: `<p>${__("A fingerprint is opened in a dispute only. Who opened it, when and why stays written in its history.")}</p>`,
            },
            { fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 },
        ],
        primary_action_label: __("Open Capture"),
        primary_action({ reason }) {
            dialog.hide();
            frappe.call(`${FINGERPRINTS}open_capture`, { name: frm.doc.name, reason }).then(({ message }) => {
                if (message) show_capture(frm, message);
            });
        },
    });
    dialog.show();
}

// Shown once and kept nowhere: closing the dialog takes the picture out of the page.
function show_capture(frm, { image, template }) {
    const dialog = new frappe.ui.Dialog({
        title: __("Captured Fingerprint"),
        fields: [{ fieldtype: "HTML", fieldname: "capture" }],
    });
    const place = dialog.get_field("capture").$wrapper.addClass("text-center");
    if (image) {
        $("<img>", { src: image, alt: __("Image of the fingerprint") })
            .css({ "max-width": "100%", "max-height": "50vh", background: "#fff" })
            .appendTo(place);
    } else {
        place.append(`<p class="text-muted">${__("The reader gave no image, only a template for comparison.")}</p>`);
    }
    if (template) {
        $(`<button type="button" class="btn btn-default btn-sm mt-3">${__("Download Template")}</button>`)
            .appendTo($("<div>").appendTo(place))
            .on("click", () => download(frm, template));
    }
    dialog.onhide = () => {
        dialog.$wrapper.remove();
        frm.reload_doc();
    };
    dialog.show();
}

function download(frm, template) {
    const bytes = Uint8Array.from(atob(template), (letter) => letter.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    $("<a>", { href: address, download: `${frm.doc.name}.fmr` })[0].click();
    URL.revokeObjectURL(address);
}
