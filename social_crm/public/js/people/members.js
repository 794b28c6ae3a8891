// The members of a family as of a date, in its form.

import { site_today } from "./parts";

const ACTIONS = "social_crm.social_crm.services.family_actions";

function initials(name) {
    return (name || "")
        .split(" ")
        .filter(Boolean)
        .slice(0, 2)
        .map((word) => word[0].toUpperCase())
        .join("");
}

function member_row(member) {
    const esc = frappe.utils.escape_html;
    const name = member.readable
        ? `<a href="${frappe.utils.get_form_link("Beneficiary", member.beneficiary)}">${esc(member.beneficiary_name)}</a>`
        : esc(member.beneficiary_name || __("Person of another community"));
    const face = member.photo
        ? `<img src="${encodeURI(member.photo)}" alt="">`
        : `<span>${esc(initials(member.beneficiary_name))}</span>`;
    const facts = [];
    if (member.age !== null && member.age !== undefined) {
        facts.push(member.age === 1 ? __("1 year old") : __("{0} years old", [member.age]));
    }
    if (member.sex) facts.push(__(member.sex));
    const until = member.to_date
        ? __("from {0} to {1}", [
              frappe.datetime.str_to_user(member.from_date),
              frappe.datetime.str_to_user(frappe.datetime.add_days(member.to_date, -1)),
          ])
        : __("since {0}", [frappe.datetime.str_to_user(member.from_date)]);
    return `<li class="scrm-member ${member.kinship === "Head" ? "is-head" : ""}">
        <div class="scrm-face">${face}</div>
        <div class="scrm-who">
            <div class="scrm-name">${name}</div>
            <div class="scrm-facts text-muted">${facts.map(esc).join(" · ")}</div>
        </div>
        <div class="scrm-kin"><span class="indicator-pill ${member.kinship === "Head" ? "blue" : "gray"}">${esc(
            __(member.kinship)
        )}</span><div class="text-muted small">${esc(until)}</div></div>
    </li>`;
}

function draw(list, members) {
    if (!members.length) {
        list.html(`<div class="scrm-empty text-muted">${__("Nobody belonged to this family on that day.")}</div>`);
        return;
    }
    const count = members.length === 1 ? __("1 member") : __("{0} members", [members.length]);
    list.html(
        `<div class="scrm-count">${frappe.utils.escape_html(count)}</div><ul class="scrm-members">${members
            .map(member_row)
            .join("")}</ul>`
    );
}

export function load_members(family, on) {
    return frappe.xcall(`${ACTIONS}.members`, { family, on: on || null });
}

export function show_members(frm) {
    const wrapper = $(frm.fields_dict.members_html.wrapper).empty();
    if (frm.is_new()) {
        wrapper.html(`<p class="text-muted">${__("Save the family first; then its members join it.")}</p>`);
        return;
    }
    const box = $(`<div class="scrm-people">
        <div class="scrm-as-of"><div class="scrm-date"></div></div><div class="scrm-list"></div></div>`).appendTo(wrapper);
    const list = box.find(".scrm-list");
    const control = frappe.ui.form.make_control({
        parent: box.find(".scrm-date"),
        df: {
            fieldtype: "Date",
            fieldname: "as_of",
            label: __("Members as of"),
            change: () => refresh(control.get_value()),
        },
        render_input: true,
    });
    let asked = null;
    async function refresh(on) {
        const day = on || site_today();
        if (day === asked) return;
        asked = day;
        const members = await load_members(frm.doc.name, day);
        if (day === asked) draw(list, members);
    }
    control.set_value(site_today());
    refresh(site_today());
}
