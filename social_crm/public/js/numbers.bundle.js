// A number is read as it is written in the country of the site. With "." between the thousands, "567.358" is five
// hundred sixty-seven thousand pesos, and "1.5", which is no group of three, is one and a half. Frappe 15 of 2023 reads
// the first as 567.36, later versions the second as 15. On a map a point is always the decimal point.

const SOCIAL_CRM_GROUPED = /^-?\d{1,3}(\.\d{3})+(,\d*)?$/;
const SOCIAL_CRM_WITH_POINT = /^-?\d*\.\d+$/;
const SOCIAL_CRM_OF_A_MAP = ["latitude", "longitude"];

const { parse: social_crm_parse_whole, validate: social_crm_validate } = frappe.ui.form.ControlInt.prototype;
const { parse: social_crm_parse_decimal } = frappe.ui.form.ControlFloat.prototype;

frappe.ui.form.ControlInt.prototype.parse = function (value) {
    return social_crm_parse_whole.call(this, social_crm_unambiguous(value, this.df));
};

frappe.ui.form.ControlFloat.prototype.parse = function (value) {
    return social_crm_parse_decimal.call(this, social_crm_unambiguous(value, this.df));
};

// "567.358" -> "567358", "1.5" -> "1,5"; whatever else is typed stays for Frappe to read.
function social_crm_unambiguous(value, field) {
    const { group_sep, decimal_str } = get_number_format_info(get_number_format());
    if (typeof value !== "string" || group_sep !== "." || decimal_str !== ",") return value;
    const text = value.trim();
    const on_a_map = SOCIAL_CRM_OF_A_MAP.includes(field?.fieldname);
    if (SOCIAL_CRM_GROUPED.test(text) && !on_a_map) return text.replaceAll(".", "");
    return SOCIAL_CRM_WITH_POINT.test(text) ? text.replace(".", ",") : value;
}

// Frappe 15 of 2023 writes the bare number into an input that gets the focus, 234.567 with a point, and would read it
// back as thousands. It stands there with the comma.
// It does so a tenth of a second later, to whatever has the focus by then: who presses Tab twice quickly would find a rate
// of 1,9 read as the whole number 1, or a choice emptied. A text that is another field's stays as it is.
frappe.ui.form.ControlInt.prototype.validate = function (value) {
    const input = this.$input?.[0];
    const active = document.activeElement;
    const shown = typeof value === "string" && input && active?.value === value;
    if (shown && input !== active) return value;
    const number = social_crm_validate.call(this, value);
    if (!shown || !Number.isFinite(number) || Number.isInteger(number)) return number;
    return String(number).replace(".", get_number_format_info(get_number_format()).decimal_str || ".");
};

// Frappe writes percentages alone with a point: 43.08 % beside $ 62,56 M.
const social_crm_percent = frappe.form.formatters.Percent;

frappe.form.formatters.Percent = function (...values) {
    const { decimal_str } = get_number_format_info(get_number_format());
    return social_crm_percent.apply(this, values)?.replace(/(\d)\.(\d+)%/, `$1${decimal_str || "."}$2%`);
};

// A card shortens 3.096.116 to "3.10 M" and reads the "3.10" back as 310: with a point between the thousands only a text
// that a number would be written as is taken for a number. "3.1" is.
const { shorten_number: social_crm_shorten } = frappe.utils;

frappe.utils.shorten_number = function (...values) {
    const [number, ...symbol] = String(social_crm_shorten.apply(this, values)).split(" ");
    const plain = /^-?\d+\.\d+$/.test(number) ? String(parseFloat(number)) : number;
    return [plain, ...symbol].join(" ");
};
