frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Units by Stage"] = {
    method: "social_crm.social_crm.dashboard_chart_source.units_by_stage.units_by_stage.get",
    filters: [],
};
