from pathlib import Path
from typing import Any

import frappe

from social_crm.microcredit.domain.alerts import PLACES, render
from social_crm.microcredit.services.alerts import actions, rules
from social_crm.shipping.sources import load_sources
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import make_user


class TestMicrocreditAlertRule(SocialCRMTestCase):
    def rule(self, **values: Any) -> Any:
        fields = {
            "rule_name": f"Regla {frappe.generate_hash(length=8)}",
            "recipient": "Borrower",
            "channel": "SMS",
            "moment": "After the Due Date",
            "days": 3,
            "message": "{nombre}: {valor}",
        }
        return frappe.get_doc({"doctype": rules.RULE, **fields, **values})

    def test_shipped_rules_are_on_the_site_and_say_nothing_unknown(self) -> None:
        shipped = [
            source
            for source in load_sources(Path(frappe.get_app_path("social_crm")))
            if source.doctype == rules.RULE
        ]
        self.assertEqual(len(shipped), 6)
        for source in shipped:
            with self.subTest(source.name):
                self.assertTrue(frappe.db.exists(rules.RULE, source.name))
                values = dict.fromkeys(PLACES, "x" * 20)
                self.assertNotIn("{", render(source.values["message"], values))
        channels_of_borrower = [
            source.values for source in shipped if source.values["recipient"] == "Borrower"
        ]
        # Nobody is written to by two channels for the same thing.
        self.assertTrue(
            all(v["only_without_mobile"] for v in channels_of_borrower if v["channel"] == "Email")
        )

    def test_what_cannot_be(self) -> None:
        for wrong in (
            {"message": "Debe {monto}"},
            {"days": 0},
            {"days": 400},
            {"late_by": 31},
            {"message": "x" * 481},
            {"channel": "Email", "subject": ""},
        ):
            with self.subTest(wrong), self.assertRaises(frappe.ValidationError):
                self.rule(**wrong).insert()
        self.assertEqual(self.rule(moment="On the Due Date", days=9).insert().days, 0)

    def test_only_administrators_write_rules(self) -> None:
        frappe.set_user(make_user("oficial.reglas@example.com", "Credit Officer"))
        with self.assertRaises(frappe.PermissionError):
            self.rule().insert()
        self.assertTrue(frappe.get_list(rules.RULE, limit=1))
        self.assertEqual({name for name, _label in actions.status()["places"]}, set(PLACES))
        frappe.set_user(make_user("admin.reglas@example.com", "Social CRM Administrator"))
        self.rule().insert()
        frappe.set_user(make_user("gestora.reglas@example.com", "Gestor"))
        self.assertRaises(frappe.PermissionError, actions.status)
