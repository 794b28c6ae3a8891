"""Rules of visits, and the next days of each gestor planned from what they ask for."""

from datetime import date, timedelta

from social_crm.demo.users import DEMO_USERS

RULES = (
    {"rule_name": "Visita a cada hogar", "subject": "Family", "template": "home_visit-v2", "every_days": 90},
    {
        "rule_name": "Seguimiento de unidades productivas",
        "subject": "Productive Unit",
        "template": "productive_unit_follow_up-v2",
        "every_days": 60,
    },
)
DAYS = 3
VISITS_A_DAY = 5


def write(today: date) -> None:
    """Write the rules, and plan the most urgent visits of each gestor into the next days."""
    import frappe

    from social_crm.field_records.services.visits import plan_visits
    from social_crm.field_records.services.visits_due import due_visits

    for rule in RULES:
        if not frappe.db.exists("Visit Rule", rule["rule_name"]):
            frappe.get_doc(
                {"doctype": "Visit Rule", "valid_from": today - timedelta(days=10), **rule}
            ).insert()
    user = frappe.session.user
    for email, role, _name in DEMO_USERS:
        if role != "Gestor":
            continue
        try:
            frappe.set_user(email)
            waiting = due_visits({"until": str(today)})
            for number in range(DAYS):
                chosen = waiting[number * VISITS_A_DAY : (number + 1) * VISITS_A_DAY]
                if chosen:
                    plan_visits(chosen, email, str(today + timedelta(days=number)))
        finally:
            frappe.set_user(user)
