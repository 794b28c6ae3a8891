import frappe
from frappe.model.workflow import apply_workflow

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import committee
from social_crm.testing import SocialCRMTestCase

SECOND = "comite2.credito@example.com"
OUTSIDER = "comite3.credito@example.com"


class TestMicrocreditCommittee(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        for user in (SECOND, OUTSIDER):
            make.make.make_user(user, "Credit Committee")
            make.make.assign(user, make.COMMUNITY)
        self.product = make.make_product("Con votos", required_votes=2)

    def in_committee(self, **values) -> str:
        borrower = make.make_borrower()
        frappe.set_user(make.OFFICER)
        doc = make.make_application(borrower, product=self.product, **values)
        for action in ("Send to Review", "Send to Committee"):
            doc = apply_workflow(doc, action)
        return doc.name

    def session(self, *names: str):
        frappe.set_user(make.COMMITTEE)
        return make.make_session(*names, members=(make.COMMITTEE, SECOND))

    def vote(self, user: str, session, application: str, vote: str = "In Favour") -> None:
        frappe.set_user(user)
        committee.cast_vote(session.name, application, vote)

    def test_votes_decide_and_the_application_follows(self) -> None:
        yes, no, open_ = self.in_committee(), self.in_committee(), self.in_committee()
        session = self.session(yes, no, open_)
        session.agenda[0].update(
            {"approved_amount": 2_500_000, "approved_periods": 10, "conditions": "Acompañamiento"}
        )
        session.save()
        for user in (make.COMMITTEE, SECOND):
            self.vote(user, session, yes)
            self.vote(user, session, no, "Against")
        self.vote(SECOND, session, open_)
        frappe.set_user(make.COMMITTEE)
        self.assertEqual(
            committee.close_session(session.name), {yes: "Approved", no: "Rejected", open_: "Postponed"}
        )
        approved = frappe.get_doc("Microcredit Application", yes)
        self.assertEqual(
            (approved.status, approved.approved_amount, approved.approved_periods, approved.conditions),
            ("Approved", 2_500_000, 10, "Acompañamiento"),
        )
        self.assertEqual((approved.committee_session, approved.decided_by), (session.name, make.COMMITTEE))
        self.assertEqual(frappe.db.get_value("Microcredit Application", no, "status"), "Rejected")
        self.assertEqual(frappe.db.get_value("Microcredit Application", open_, "status"), "Open")
        session.reload()
        session.minutes = "Otra cosa"
        with self.assertRaises(frappe.ValidationError):
            session.save()

    def test_without_votes_nobody_approves(self) -> None:
        doc = frappe.get_doc("Microcredit Application", self.in_committee())
        session = self.session(doc.name)
        doc.update(
            {
                "approved_amount": 1_000_000,
                "approved_periods": 6,
                "committee_minutes": "Acta 1",
                "committee_date": frappe.utils.nowdate(),
                "committee_session": session.name,
            }
        )
        doc.save()
        self.assertIsNone(doc.committee_session)
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(doc, "Approve")

    def test_a_member_votes_once_and_never_changes_it(self) -> None:
        name = self.in_committee()
        session = self.session(name)
        self.vote(SECOND, session, name)
        with self.assertRaises(frappe.DuplicateEntryError):
            committee.cast_vote(session.name, name, "Against")
        vote = frappe.get_doc("Microcredit Committee Vote", {"application": name})
        vote.vote = "Against"
        with self.assertRaises(frappe.PermissionError):
            vote.save()
        frappe.set_user("Administrator")
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Microcredit Committee Vote", vote.name)
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Microcredit Committee", session.name)
        # What was voted on does not change under the vote.
        session.reload()
        session.agenda[0].approved_amount = 9_000_000
        with self.assertRaises(frappe.ValidationError):
            session.save()

    def test_who_may_vote(self) -> None:
        name = self.in_committee()
        session = self.session(name)
        frappe.set_user(OUTSIDER)
        with self.assertRaises(frappe.PermissionError):
            committee.cast_vote(session.name, name, "In Favour")
        frappe.set_user(make.OFFICER)
        with self.assertRaises(frappe.PermissionError):
            committee.cast_vote(session.name, name, "In Favour")
        # The officer of an application has no vote on it, a member of the committee or not.
        frappe.db.set_value("Microcredit Application", name, "credit_officer", SECOND)
        frappe.set_user(SECOND)
        with self.assertRaises(frappe.PermissionError):
            committee.cast_vote(session.name, name, "In Favour")

    def test_the_applicant_as_a_user(self) -> None:
        name = self.in_committee()
        person = frappe.db.get_value("Microcredit Application", name, "beneficiary")
        frappe.set_user("Administrator")
        contact = frappe.get_doc({"doctype": "Contact", "first_name": "Solicitante", "user": SECOND})
        contact.append("links", {"link_doctype": "Beneficiary", "link_name": person})
        contact.insert()
        session = self.session(name)
        frappe.set_user(SECOND)
        with self.assertRaises(frappe.PermissionError):
            committee.cast_vote(session.name, name, "In Favour")

    def test_impossible_sessions(self) -> None:
        name = self.in_committee()
        decided = make.make_approved().name
        frappe.set_user(make.COMMITTEE)
        for agenda, values in (
            ((decided,), {}),
            ((name, name), {}),
            ((name,), {"community": None}),
            ((name,), {"chair": OUTSIDER}),
        ):
            with self.subTest(agenda=agenda, **values), self.assertRaises(frappe.ValidationError):
                make.make_session(*agenda, members=(make.COMMITTEE, SECOND), **values)

    def test_what_the_product_asks_for_comes_first(self) -> None:
        frappe.set_user("Administrator")
        product = frappe.get_doc("Microcredit Product", self.product)
        product.update({"min_guarantors": 1, "max_surplus_share": 50})
        product.save()
        name = self.in_committee()
        with self.assertRaises(frappe.ValidationError):
            self.session(name)
        ready = self.in_committee(
            monthly_income=2_000_000,
            monthly_expenses=1_000_000,
            guarantors=[{"guarantor_name": "Rosa Ipuana", "document_number": "123"}],
        )
        self.assertEqual(self.session(ready).agenda[0].approved_amount, 3_000_000)

    def test_who_abstains_does_not_decide(self) -> None:
        name = self.in_committee()
        session = self.session(name)
        self.vote(make.COMMITTEE, session, name)
        self.vote(SECOND, session, name, "Abstention")
        frappe.set_user(make.COMMITTEE)
        self.assertEqual(committee.close_session(session.name), {name: "Postponed"})

    def test_a_decision_is_about_what_was_voted_on(self) -> None:
        row = {"guarantor_name": "Rosa Ipuana", "document_number": "40.123"}
        name = self.in_committee(guarantors=[row])
        session = self.session(name)
        for user in (make.COMMITTEE, SECOND):
            self.vote(user, session, name)
        both = "ambos.credito@example.com"
        make.make.make_user(both, "Credit Officer", "Credit Committee")
        make.make.assign(both, make.COMMUNITY)
        for values, label in (
            ({"monthly_rate": 2.5}, "Monthly Interest Rate"),
            ({"purpose": "Otra cosa"}, "What the Money is for"),
            ({"guarantors": []}, "Guarantors"),
        ):
            frappe.set_user(both)
            doc = frappe.get_doc("Microcredit Application", name)
            doc.update(values)
            doc.save()
            frappe.set_user(make.COMMITTEE)
            with self.subTest(label), self.assertRaisesRegex(frappe.ValidationError, label):
                committee.close_session(session.name)
            frappe.set_user(both)
            doc.reload()
            doc.update({"monthly_rate": 2, "purpose": "Surtir la tienda", "guarantors": [dict(row)]})
            doc.save()
        # A session that is saved from an older form keeps what was voted on.
        frappe.set_user(make.COMMITTEE)
        session.reload()
        session.agenda[0].voted_on = "{}"
        session.save()
        self.assertEqual(committee.close_session(session.name), {name: "Approved"})
