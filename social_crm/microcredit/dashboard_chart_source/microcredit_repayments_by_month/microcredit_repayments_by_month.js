frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Microcredit Repayments by Month"] = {
    method: "social_crm.microcredit.dashboard_chart_source.microcredit_repayments_by_month.microcredit_repayments_by_month.get",
    filters: [],
};
