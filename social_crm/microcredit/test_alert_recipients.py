"""To whom an alert goes, and to whom not: authorisations, the deceased, guarantors, officers, channels."""

import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.access.assignments import forget_grants
from social_crm.microcredit import factories as make
from social_crm.microcredit.alert_cases import ALERT, AlertCase, make_email_account
from social_crm.microcredit.services.alerts import finding, rules, sending
from social_crm.social_crm.services import authorisations, families


class TestAlertRecipients(AlertCase):
    def test_nothing_without_an_authorisation_in_force(self) -> None:
        doc = frappe.get_all("Data Authorisation", {"beneficiary": self.borrower}, pluck="name")[0]
        authorisations.withdraw(doc, "Telephone")
        rule = self.rule()
        sending.run(self.moment(rule))
        found = self.only()
        self.assertEqual((found.status, found.reason), ("Not Sent", "No Authorisation"))
        self.assertEqual(self.gateway.messages, [])
        # A rule that asks for none says so by being empty: that is the fund's decision.
        frappe.db.set_value(ALERT, found.name, "status", "Waiting")
        frappe.db.set_value(rules.RULE, rule.name, "authorisation_purpose", "")
        frappe.clear_document_cache(rules.RULE, rule.name)
        self.assertEqual(sending.send(found.name, self.moment(rule)), "Sent")

    def test_the_deceased_are_left_in_peace_and_so_is_their_debt(self) -> None:
        rule = self.rule()
        officer = self.rule(recipient="Credit Officer", channel="SMS")
        frappe.db.set_value("User", make.OFFICER, "mobile_no", "3110000000")
        moment = self.moment(rule)
        finding.write_down(moment.date())
        self.assertEqual(len(self.alerts()), 2)
        families.record_death(self.borrower, getdate(), "Acta de defunción")
        sending.run(moment)
        self.assertEqual({row.reason for row in self.alerts()}, {"The Person Died"})
        frappe.db.delete(ALERT)
        self.assertEqual(finding.write_down(self.moment(officer).date()), 0)
        self.assertEqual(self.gateway.messages, [])

    def test_one_channel_a_week_and_one_message_a_day(self) -> None:
        self.give_number(self.borrower, "", "ana@example.com")
        make_email_account()
        first = self.rule(days=3)
        other = self.rule(days=3, message="Otra vez: {valor}")
        mail = self.rule(channel="Email", subject="Cuota", days=2)
        moment = self.moment(first)
        sending.run(moment)
        self.assertEqual(len(self.gateway.messages), 1)
        waiting = [row.reason for row in self.alerts(status="Waiting", channel="SMS")]
        self.assertEqual(waiting, ["Written to Today"])
        moment = max(self.moment(mail), self.moment(first))
        sending.run(moment.replace(hour=12))
        row = self.alerts(channel="Email")[0]
        self.assertIn(row.reason, ("Written to by Another Channel", "Written to Today"))
        self.assertEqual(frappe.db.count("Email Queue", {"reference_name": row.name}), 0)
        self.assertTrue(other.name)

    def test_who_has_a_mobile_number_gets_no_email_where_the_rule_says_so(self) -> None:
        self.give_number(self.borrower, "", "ana@example.com")
        make_email_account()
        rule = self.rule(channel="Email", subject="Cuota", only_without_mobile=1)
        sending.run(self.moment(rule))
        self.assertEqual(self.only().reason, "Reached by SMS")

    def test_guarantors_and_the_officer(self) -> None:
        guarantor = make.make_borrower()
        self.give_number(guarantor, "301 555 0000")
        application = frappe.get_doc("Microcredit Application", self.loan.application)
        for values in (
            {"beneficiary": guarantor, "guarantor_name": "Codeudora registrada"},
            {"guarantor_name": "Codeudor de afuera", "telephone": "302 555 0000"},
        ):
            row = application.append("guarantors", values)
            row.name = frappe.generate_hash(length=10)
            row.db_insert()
        rule = self.rule(recipient="Guarantors", moment="After the Due Date", days=3)
        free = self.rule(
            recipient="Guarantors", moment="After the Due Date", days=3, authorisation_purpose=""
        )
        self.rule(
            recipient="Credit Officer", moment="After the Due Date", days=3, message="{deudor} {credito}"
        )
        frappe.db.set_value("User", make.OFFICER, "mobile_no", "3110000000")
        sending.run(self.moment(rule))
        reasons = {(row.rule, row.recipient_name): (row.status, row.reason) for row in self.alerts()}
        self.assertEqual(reasons[rule.name, "Codeudora registrada"], ("Not Sent", "No Authorisation"))
        self.assertEqual(reasons[rule.name, "Codeudor de afuera"], ("Not Sent", "No Authorisation"))
        self.assertEqual(reasons[free.name, "Codeudor de afuera"][0], "Sent")
        self.assertEqual(
            {number for number, _text in self.gateway.messages},
            {"573015550000", "573025550000", "573110000000"},
        )
        self.assertIn(
            ("573110000000", f"{self.loan.beneficiary_name} {self.loan.name}"), self.gateway.messages
        )

    def test_an_officer_who_left_learns_nothing(self) -> None:
        rule = self.rule(recipient="Credit Officer")
        frappe.db.set_value("User", make.OFFICER, "mobile_no", "3110000000")
        frappe.db.set_value("Staff Assignment", {"user": make.OFFICER}, "to_date", add_days(nowdate(), -1))
        forget_grants()
        self.addCleanup(forget_grants)
        sending.run(self.moment(rule))
        self.assertEqual(self.only().reason, "The Officer has no Access")
        self.assertEqual(self.gateway.messages, [])
