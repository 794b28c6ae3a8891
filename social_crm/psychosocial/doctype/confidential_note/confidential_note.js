frappe.ui.form.on("Confidential Note", {
    refresh(frm) {
        const $place = frm.get_field("content_html").$wrapper.empty();
        if (frm.is_new()) {
            $place.html(`<p class="text-muted">${__("Notes are written on the case.")}</p>`);
            frm.disable_save();
            return;
        }
        frm.disable_form();
        $(`<p class="text-muted">${__("Every reading of a note is written down: who, when and how.")}</p>`).appendTo(
            $place
        );
        $(`<button class="btn btn-default btn-sm">${__("Read")}</button>`)
            .appendTo($place)
            .on("click", async (event) => {
                const { message: note } = await frappe.call("social_crm.psychosocial.notes.read_note", {
                    name: frm.doc.name,
                });
                $(event.currentTarget).remove();
                $("<div>").css("white-space", "pre-wrap").text(note.content).appendTo($place);
            });
    },
});
