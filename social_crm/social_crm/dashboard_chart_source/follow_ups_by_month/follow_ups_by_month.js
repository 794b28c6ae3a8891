frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Follow-ups by Month"] = {
    method: "social_crm.social_crm.dashboard_chart_source.follow_ups_by_month.follow_ups_by_month.get",
    filters: [],
};
