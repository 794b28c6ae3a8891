frappe.pages["life"].on_page_load = function (wrapper) {
    wrapper.life_page = frappe.ui.make_app_page({ parent: wrapper, title: __("Life"), single_column: true });
};

frappe.pages["life"].on_page_show = async function (wrapper) {
    const page = wrapper.life_page;
    const [, doctype, name] = frappe.get_route();
    page.clear_actions();
    if (!["Family", "Beneficiary"].includes(doctype) || !name) {
        $(page.body).html(
            `<div class="scrm-life-lost text-muted" style="padding: 30px">${__("Open a family or a person and press Life.")}</div>`
        );
        return;
    }
    await frappe.require(["life.bundle.js", "life.bundle.css"]);
    page.set_title(__("Life"));
    page.set_secondary_action(doctype === "Family" ? __("Open the Family") : __("Open the Person"), () =>
        frappe.set_route("Form", doctype, name)
    );
    const box = $(`<div class="frappe-card" style="padding: 15px"></div>`).appendTo($(page.body).empty());
    const life = new social_crm.life.Life(box, doctype, name);
    life.box.on("life-loaded", (_event, answer) => page.set_title(__("Life of {0}", [answer.title])));
};
