"""Alerts with a site, against a gateway that really answers over HTTP: once each, and never twice."""

from datetime import datetime, time

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, add_months, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.alert_cases import ALERT, NUMBER, SENT_AS, AlertCase, Gateway, make_email_account
from social_crm.microcredit.services import vouchers
from social_crm.microcredit.services.alerts import actions, channels, finding, rules, sending
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import make_user


class TestMicrocreditAlert(AlertCase):
    def test_sent_once_however_often_the_job_runs(self) -> None:
        rule = self.rule()
        moment = self.moment(rule)
        for hour in range(3):
            sending.run(moment.replace(hour=10 + hour))
        finding.write_down(moment.date())
        found = self.only()
        self.assertEqual([number for number, _text in self.gateway.messages], [SENT_AS])
        self.assertRegex(self.gateway.messages[0][1], r"^Ana: \$.?283\.679 vence el \d+ de ")
        self.assertEqual((found.status, found.tries, found.destination), ("Sent", 1, "···567"))
        self.assertEqual(found.message, self.gateway.messages[0][1])
        # Another day within the time of the rule sends nothing more.
        sending.run(datetime.combine(getdate(add_days(moment.date(), 1)), time(10)))
        self.assertEqual(len(self.gateway.messages), 1)

    def test_a_worker_that_dies_while_sending_sends_nothing_twice(self) -> None:
        rule = self.rule()
        moment = self.moment(rule)
        finding.write_down(moment.date())
        self.gateway.status = 0
        self.assertEqual(sending.send(self.only().name, moment), "Unconfirmed")
        self.gateway.status = 200
        sending.run(moment)
        found = self.only()
        self.assertEqual((found.status, found.reason), ("Unconfirmed", "No Answer from the Service"))
        self.assertEqual(len(self.gateway.messages), 1)
        frappe.db.set_value(ALERT, found.name, "send_until", nowdate())
        frappe.set_user(make.OFFICER)
        self.assertEqual(actions.send_again(found.name), "Waiting")
        frappe.set_user("Administrator")
        self.assertEqual(sending.send(found.name, moment), "Sent")
        self.assertEqual(len(self.gateway.messages), 2)
        self.assertRaises(frappe.ValidationError, actions.send_again, found.name)

    def test_a_refused_one_is_seen_and_tried_again_and_no_number_is_kept(self) -> None:
        rule = self.rule()
        moment = self.moment(rule)
        errors = frappe.db.count("Error Log")
        self.gateway.status = 503
        sending.run(moment)
        found = self.only()
        self.assertEqual(
            (found.status, found.reason, found.detail),
            ("To Try again", "Not Accepted by the Service", "HTTP 503"),
        )
        self.assertEqual(frappe.db.count("Error Log"), errors)
        self.gateway.close()
        sending.run(moment.replace(hour=11))
        found = self.only()
        self.assertEqual(
            (found.status, found.detail, found.tries), ("To Try again", "The service cannot be reached.", 2)
        )
        self.gateway = Gateway()
        self.addCleanup(self.gateway.close)
        self.set_gateway(self.gateway.url)
        sending.run(moment.replace(hour=12))
        self.assertEqual(self.only().status, "Sent")
        kept = [self.only()]
        # A Frappe from a package registry comes without its log of SMS.
        if frappe.db.table_exists("SMS Log"):
            kept += frappe.get_all("SMS Log", fields=["*"], order_by="creation desc", limit=1)
        for row in kept:
            for value in row.values():
                self.assertNotIn("3001234567", str(value))

    def test_tries_have_an_end(self) -> None:
        rule = self.rule(late_by=0)
        moment = self.moment(rule)
        self.gateway.status = 500
        for hour in range(8):
            sending.run(moment.replace(hour=8 + hour))
        found = self.only()
        self.assertEqual((found.status, found.tries), ("Not Sent", rules.settings().max_tries))

    def test_without_a_gateway_the_list_says_so_and_nothing_fails(self) -> None:
        self.set_gateway(None)
        rule = self.rule()
        moment = self.moment(rule)
        errors = frappe.db.count("Error Log")
        self.assertEqual(sending.run(moment), {})
        found = self.only()
        self.assertEqual((found.status, found.reason, found.tries), ("Waiting", "SMS is not Set up", 0))
        self.assertTrue(actions.status()["sms_missing"])
        self.assertEqual(frappe.db.count("Error Log"), errors)
        self.set_gateway(self.gateway.url)
        sending.run(moment.replace(hour=11))
        self.assertEqual(self.only().status, "Sent")
        self.assertFalse(actions.status()["sms_missing"])

    def test_what_never_went_out_is_closed_with_its_reason(self) -> None:
        self.set_gateway(None)
        rule = self.rule()
        sending.run(self.moment(rule))
        sending.run(datetime.combine(getdate(add_days(self.due, 1)), time(10)))
        found = self.only()
        self.assertEqual((found.status, found.reason), ("Not Sent", "SMS is not Set up"))

    def test_nobody_is_written_to_outside_the_hours(self) -> None:
        rule = self.rule()
        moment = self.moment(rule)
        sending.run(moment.replace(hour=6))
        sending.run(moment.replace(hour=20))
        self.assertEqual(self.gateway.messages, [])
        self.assertEqual(len(self.alerts()), 0)
        sending.nightly()

    def test_paid_between_the_night_and_the_morning(self) -> None:
        rule = self.rule()
        moment = self.moment(rule)
        finding.write_down(moment.date())
        frappe.set_user(make.OFFICER)
        record_repayment(self.loan.name, float(self.loan.overdue_amount) + 283_679)
        frappe.set_user("Administrator")
        sending.run(moment)
        found = self.only()
        self.assertEqual((found.status, found.reason), ("Not Sent", "Nothing is Owed"))
        frappe.db.delete(ALERT)
        self.assertEqual(finding.write_down(moment.date()), 0)

    def test_part_of_an_instalment_asks_for_the_rest(self) -> None:
        frappe.set_user(make.OFFICER)
        record_repayment(self.loan.name, float(self.loan.overdue_amount) + 83_679)
        frappe.set_user("Administrator")
        rule = self.rule(message="{valor}")
        sending.run(self.moment(rule))
        self.assertEqual(self.gateway.messages[0][1].replace("\xa0", " "), "$ 200.000")

    def test_new_dates_after_a_restructuring(self) -> None:
        rule = self.rule()
        old = self.moment(rule)
        finding.write_down(old.date())
        first_due = add_days(add_months(nowdate(), 3), 9)
        frappe.set_user(make.OFFICER)
        doc = make.make_restructuring(self.loan.name, first_due=first_due)
        doc = apply_workflow(doc, "Request")
        frappe.set_user(make.DIRECTOR)
        apply_workflow(doc, "Approve")
        frappe.set_user("Administrator")
        sending.run(old)
        self.assertEqual((self.only().status, self.only().reason), ("Not Sent", "Other Dates Agreed"))
        self.loan.reload()
        new = self.moment(rule, getdate(self.loan.next_due_date))
        sending.run(new)
        self.assertEqual([row.status for row in self.alerts(due_date=self.loan.next_due_date)], ["Sent"])
        self.assertEqual(len(self.gateway.messages), 1)

    def test_money_that_came_back_asks_for_nothing(self) -> None:
        rule = self.rule()
        name = frappe.get_all("Microcredit Disbursement", {"microcredit": self.loan.name}, pluck="name")[0]
        frappe.set_user(make.OFFICER)
        vouchers.reverse("Microcredit Disbursement", name, "No lo recibió")
        frappe.set_user("Administrator")
        self.assertEqual(finding.write_down(self.moment(rule).date()), 0)

    def test_an_email_goes_through_the_platforms_queue(self) -> None:
        frappe.db.delete("Contact Phone", {"phone": NUMBER})
        self.give_number(self.borrower, "", "ana@example.com")
        make_email_account()
        rule = self.rule(channel="Email", subject="Cuota del {fecha}", only_without_mobile=1)
        moment = self.moment(rule)
        sending.run(moment)
        sending.run(moment)
        found = self.only()
        self.assertEqual((found.status, found.destination), ("Queued", "a···@example.com"))
        queue = frappe.get_all(
            "Email Queue", {"reference_doctype": ALERT, "reference_name": found.name}, pluck="name"
        )
        self.assertEqual(len(queue), 1)
        frappe.db.set_value("Email Queue", queue[0], "status", "Sent")
        sending.run(moment)
        self.assertEqual(self.only().status, "Sent")

    def test_an_email_that_the_server_refused_is_queued_again(self) -> None:
        self.give_number(self.borrower, "", "ana@example.com")
        make_email_account()
        rule = self.rule(channel="Email", subject="Cuota")
        moment = self.moment(rule)
        sending.run(moment)
        first = frappe.get_all("Email Queue", {"reference_name": self.only().name}, pluck="name")[0]
        frappe.db.set_value("Email Queue", first, "status", "Error")
        sending.run(moment.replace(hour=11))
        self.assertEqual((self.only().status, self.only().tries), ("Queued", 2))
        self.assertEqual(frappe.db.count("Email Queue", {"reference_name": self.only().name}), 2)

    def test_nobody_edits_an_alert_and_a_hidden_loan_hides_it(self) -> None:
        rule = self.rule()
        sending.run(self.moment(rule))
        doc = frappe.get_doc(ALERT, self.only().name)
        doc.status = "Waiting"
        self.assertRaises(frappe.PermissionError, doc.save)
        self.assertRaises(frappe.PermissionError, doc.delete)
        self.assertRaises(
            frappe.PermissionError,
            frappe.get_doc(
                {"doctype": ALERT, "microcredit": self.loan.name, "due_date": self.due, "status": "Waiting"}
            ).insert,
        )
        frappe.set_user(make.OFFICER)
        self.assertEqual(frappe.get_list(ALERT, pluck="name"), [doc.name])
        stranger = make_user("otra.oficial@example.com", "Credit Officer")
        frappe.set_user(stranger)
        self.assertEqual(frappe.get_list(ALERT, pluck="name"), [])
        self.assertRaises(frappe.PermissionError, actions.send_again, doc.name)

    def test_many_loans_are_found_with_few_questions(self) -> None:
        rule = self.rule(authorisation_purpose="")
        for _number in range(3):
            make.make_loan()
        moment = self.moment(rule)
        with self.assertQueryCount(12):
            finding.write_down(moment.date())
        self.assertEqual(len(self.alerts()), 4)


class TestChannels(SocialCRMTestCase):
    def test_the_log_of_the_platform_keeps_no_number_of_ours_and_others_as_they_are(self) -> None:
        log = frappe._dict(requested_numbers=SENT_AS, sent_to=f"{SENT_AS}\n573015550000")
        log.set = log.__setitem__
        channels.keep_no_number(log)
        self.assertEqual(log.requested_numbers, SENT_AS)
        frappe.flags.social_crm_alert = True
        self.addCleanup(frappe.flags.pop, "social_crm_alert", None)
        channels.keep_no_number(log)
        self.assertEqual((log.requested_numbers, log.sent_to), ("···567", "···567\n···000"))
