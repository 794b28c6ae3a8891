// Values of ours that Frappe shows as they are stored, in English, although their Spanish is there.

// A Link that the reader may not open is shown untranslated; states of a workflow are such links for most roles.
frappe.form.link_formatters["Workflow State"] = (value) => (value ? __(value) : value);

// "Filters applied for Status = Active": the options of a Select have a translation.
const { get_filter_description } = frappe.ui.form.ControlLink.prototype;

frappe.ui.form.ControlLink.prototype.get_filter_description = function (filters) {
    return get_filter_description.call(this, social_crm_translated_filters(this.get_options(), filters));
};

function social_crm_translated_filters(doctype, filters) {
    const rows = Array.isArray(filters)
        ? filters.map((row) => (row.length === 3 ? [doctype, ...row] : [...row]))
        : Object.entries(filters).map(([field, value]) => [
              doctype,
              field,
              ...(Array.isArray(value) ? value : ["=", value]),
          ]);
    for (const row of rows) {
        if (!social_crm_is_translated(frappe.meta.get_docfield(row[0], row[1]))) continue;
        row[3] = Array.isArray(row[3])
            ? row[3].map((value) => social_crm_translation(value, row[0]))
            : social_crm_translation(row[3], row[0]);
    }
    return rows;
}

// The history beside a form tells values of Selects and states as they are stored.
const { sync_docinfo } = frappe.model;

frappe.model.sync_docinfo = function (response) {
    const info = response?.docinfo;
    for (const version of info?.versions || []) {
        version.data = social_crm_translated_version(info.doctype, version.data);
    }
    return sync_docinfo.call(this, response);
};

function social_crm_translated_version(doctype, text) {
    let data;
    try {
        data = JSON.parse(text);
    } catch {
        return text;
    }
    for (const change of data?.changed || []) social_crm_translate_change(doctype, change);
    for (const [table, , , changes] of data?.row_changed || []) {
        const rows = frappe.meta.get_docfield(doctype, table)?.options;
        for (const change of changes || []) social_crm_translate_change(rows, change);
    }
    return data ? JSON.stringify(data) : text;
}

// change: [field, before, after]
function social_crm_translate_change(doctype, change) {
    if (!social_crm_is_translated(doctype && frappe.meta.get_docfield(doctype, change[0]))) return;
    for (const place of [1, 2]) change[place] = social_crm_translation(change[place], doctype);
}

function social_crm_is_translated(field) {
    return field?.fieldtype === "Select" || (field?.fieldtype === "Link" && field.options === "Workflow State");
}

function social_crm_translation(value, doctype) {
    return typeof value === "string" && value ? __(value, null, doctype) : value;
}

// The calendar of date fields knows Spanish, but asks for a language that most users have only through the site.
if (frappe.boot?.user && !frappe.boot.user.language) frappe.boot.user.language = frappe.boot.lang;

// On a dashboard cards and charts keep the titles that they are stored with.
const social_crm_widget = frappe.widget.widget_factory.base.prototype;
const { set_title: social_crm_set_title } = social_crm_widget;

social_crm_widget.set_title = function (...values) {
    const kept = this.title;
    this.title = __(kept || this.label || this.name);
    social_crm_set_title.apply(this, values);
    this.title = kept;
};
