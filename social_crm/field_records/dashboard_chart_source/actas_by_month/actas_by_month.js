frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Actas by Month"] = {
    method: "social_crm.field_records.dashboard_chart_source.actas_by_month.actas_by_month.get",
    filters: [],
};
