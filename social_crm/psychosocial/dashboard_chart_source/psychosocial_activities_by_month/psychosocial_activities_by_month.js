frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Psychosocial Activities by Month"] = {
    method: "social_crm.psychosocial.dashboard_chart_source.psychosocial_activities_by_month.psychosocial_activities_by_month.get",
    filters: [],
};
