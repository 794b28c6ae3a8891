import { PaymentWorkbench } from "./payments/workbench.js";

frappe.provide("social_crm.microcredit");
social_crm.microcredit.PaymentWorkbench = PaymentWorkbench;
