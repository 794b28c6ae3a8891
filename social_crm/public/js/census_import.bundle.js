import { Workbench } from "./census/workbench.js";

frappe.provide("social_crm.census");
social_crm.census.Workbench = Workbench;
