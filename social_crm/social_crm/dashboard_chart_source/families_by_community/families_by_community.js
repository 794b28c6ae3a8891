frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Families by Community"] = {
    method: "social_crm.social_crm.dashboard_chart_source.families_by_community.families_by_community.get",
    filters: [],
};
