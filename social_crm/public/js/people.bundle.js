import * as dialogs from "./people/dialogs";
import { show_attendance, take_attendance } from "./people/attendance";
import { merge_duplicate } from "./people/duplicates";
import { show_members } from "./people/members";
import { register_family } from "./people/registration";

frappe.provide("social_crm.people");
Object.assign(social_crm.people, dialogs, { show_members, register_family, merge_duplicate, show_attendance, take_attendance });
