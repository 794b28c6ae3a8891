// Shows what a text may name, and how it reads with an example.
const EXAMPLE = {
    nombre: "María",
    deudor: "María Epiayú Uriana",
    valor: "$ 283.679",
    fecha: "5 de diciembre de 2026",
    dias: "3",
    cuota: "4",
    credito: "MCR-00012",
    vencido: "$ 567.358",
    oficial: "Rosa Pushaina",
    organizacion: "Fundación Ejemplo",
};

frappe.ui.form.on("Microcredit Alert Rule", {
    async refresh(frm) {
        const status = await frappe.xcall("social_crm.microcredit.services.alerts.actions.status");
        frm.places = status.places;
        // A save draws the form twice, and the answer comes after both.
        frm.dashboard.clear_headline();
        if (frm.doc.enabled && frm.doc.channel === "SMS" && status.sms_missing) {
            frm.dashboard.set_headline_alert(__("SMS is not set up: no text message goes out. Enter the service under SMS Settings."), "orange");
        }
        if (frm.doc.enabled && frm.doc.channel === "Email" && status.email_missing) {
            frm.dashboard.set_headline_alert(__("No outgoing e-mail account is set up: no e-mail goes out."), "orange");
        }
        show(frm);
    },
    message: show,
    subject: show,
    channel: show,
});

function show(frm) {
    if (!frm.places) return;
    const escape = frappe.utils.escape_html;
    const fill = (text) => escape(text || "").replace(/\{(\w+)\}/g, (whole, name) => (EXAMPLE[name] ? `<b>${escape(EXAMPLE[name])}</b>` : whole));
    const text = fill(frm.doc.message).replace(/\n/g, "<br>");
    const subject = frm.doc.channel === "Email" ? `<p><strong>${fill(frm.doc.subject)}</strong></p>` : "";
    const length = frm.doc.channel === "SMS" ? `<p class="text-muted small">${__("{0} characters as written; an SMS has 160, and 70 with accents.", [(frm.doc.message || "").length])}</p>` : "";
    const places = frm.places.map(([name, label]) => `<tr><td><code>{${name}}</code></td><td>${escape(label)}</td></tr>`).join("");
    frm.get_field("places_html").$wrapper.html(`<p class="control-label">${__("For example")}</p>
        <div class="alert-example" style="border: 1px solid var(--border-color); border-radius: 8px; padding: 12px; margin-bottom: 8px; max-width: 560px">${subject}${text}</div>${length}
        <details><summary>${__("What the text may name")}</summary><table class="table table-sm" style="max-width: 560px"><tbody>${places}</tbody></table></details>`);
}
