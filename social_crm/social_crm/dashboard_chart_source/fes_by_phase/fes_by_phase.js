frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["FES by Phase"] = {
    method: "social_crm.social_crm.dashboard_chart_source.fes_by_phase.fes_by_phase.get",
    filters: [],
};
