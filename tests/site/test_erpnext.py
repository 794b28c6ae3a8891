"""The seam to ERPNext against its documented contract: stand-in DocTypes with the names and fields that ERPNext documents.

This is no ERPNext: it has its documents and none of its rules. What is proved is what we write and when; that a real ERPNext
takes it is not proved here.
"""

import json

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import vouchers
from social_crm.microcredit.services.accounting import actions, erpnext, journal, outbox, settings
from social_crm.microcredit.services.repayments import record_repayment

COMPANY, CENTER = "Fundación de prueba", "Microcrédito - FP"
POSTING = "Microcredit Journal Posting"


def field(name, kind, options=None, **more):
    label = name.replace("_", " ").title()
    return {"fieldname": name, "fieldtype": kind, "label": label, "options": options, **more}


STAND_INS = (
    ("Company", {"autoname": "prompt"}, [field("default_currency", "Data")]),
    ("Cost Center", {"autoname": "prompt"}, [field("company", "Link", "Company")]),
    (
        "Account",
        {"autoname": "prompt"},
        [field("company", "Link", "Company"), field("is_group", "Check"), field("disabled", "Check")],
    ),
    (
        "Journal Entry Account",
        {"istable": 1},
        [
            field("account", "Link", "Account", reqd=1),
            field("debit_in_account_currency", "Currency"),
            field("credit_in_account_currency", "Currency"),
            field("cost_center", "Link", "Cost Center"),
        ],
    ),
    (
        "Journal Entry",
        {"autoname": "ACC-JV-.#####", "is_submittable": 1},
        [
            field("voucher_type", "Data", reqd=1),
            field("company", "Link", "Company", reqd=1),
            field("posting_date", "Date", reqd=1),
            field("cheque_no", "Data"),
            field("cheque_date", "Date"),
            field("user_remark", "Small Text"),
            field("accounts", "Table", "Journal Entry Account", reqd=1),
        ],
    ),
)


@pytest.fixture(scope="module")
def contract():
    """The stand-ins; making a DocType commits by itself, so they are taken away again by hand."""
    assert not erpnext.is_here(), "this test site has ERPNext"
    rights = {"role": "System Manager", "read": 1, "write": 1, "create": 1}
    try:
        for name, values, fields in STAND_INS:
            permissions = [] if values.get("istable") else [rights]
            doc = {"doctype": "DocType", "name": name, "module": "Core", "custom": 1, **values}
            frappe.get_doc({**doc, "fields": fields, "permissions": permissions}).insert()
        frappe.db.commit()
        yield
    finally:
        frappe.db.rollback()
        for name, _values, _fields in reversed(STAND_INS):
            frappe.delete_doc("DocType", name, force=True, ignore_missing=True)
            frappe.db.sql_ddl(f"drop table if exists `tab{name}`")
        frappe.db.commit()


@pytest.fixture
def books(contract):
    """A company with its accounts, rules that name them, settings that send from ten days ago; all of it is rolled back."""
    frappe.set_user("Administrator")
    frappe.local.lang = "en"
    frappe.get_doc({"doctype": "Company", "name": COMPANY, "default_currency": "COP"}).insert()
    frappe.get_doc({"doctype": "Cost Center", "name": CENTER, "company": COMPANY}).insert()
    make.make_team()
    frappe.db.delete("Microcredit Account Rule")
    from social_crm.microcredit.services.accounting import chart

    for label in chart.LABELS:
        account = f"{label} - FP"
        frappe.get_doc({"doctype": "Account", "name": account, "company": COMPANY}).insert()
        rule = {
            "account": label,
            "account_code": label[:8],
            "account_name": label,
            "erpnext_account": account,
        }
        frappe.get_doc({"doctype": "Microcredit Account Rule", "valid_from": "2020-01-01", **rule}).insert()
    doc = frappe.get_doc(settings.NAME)
    doc.update({"post_to_erpnext": 1, "first_day": nowdate(), "close_days": 0})
    doc.set("companies", [{"company": COMPANY, "cost_center": CENTER}])
    doc.save()
    yield
    frappe.db.rollback()
    frappe.clear_document_cache(settings.NAME, settings.NAME)
    frappe.set_user("Administrator")


def close_today():
    frappe.get_doc({"doctype": "Microcredit Closed Day", "day": nowdate()}).insert()


def entries(**filters):
    names = frappe.get_all(
        "Journal Entry", filters={"docstatus": 1, **filters}, pluck="name", order_by="name"
    )
    return [frappe.get_doc("Journal Entry", name) for name in names]


def nets(doc):
    found = {}
    for row in doc.accounts:
        change = row.debit_in_account_currency - row.credit_in_account_currency
        found[row.account] = found.get(row.account, 0) + change
    return found


def test_each_entry_becomes_a_journal_entry_once_and_all_together_are_the_journal(books):
    loan = make.make_loan(40)
    paid = record_repayment(loan.name, 200_000, nowdate(), reference="E-1")
    vouchers.reverse("Microcredit Repayment", paid, "Error")
    assert outbox.write_down() == 0, "today is open"
    close_today()
    outbox.run()
    made = entries()
    ledger = frappe.get_all("Microcredit Ledger Entry", {"microcredit": loan.name}, ["name", "kind"])
    by_reference = {doc.cheque_no: doc for doc in made}
    for entry in ledger:
        doc = by_reference[f"Social CRM {entry.name}"]
        assert (doc.voucher_type, doc.company, doc.docstatus) == ("Journal Entry", COMPANY, 1)
        assert getdate(doc.posting_date) == getdate() == getdate(doc.cheque_date)
        assert {row.cost_center for row in doc.accounts} == {CENTER}
        assert sum(nets(doc).values()) == 0
        posting = frappe.get_doc(POSTING, {"ledger_entry": entry.name})
        assert (posting.status, posting.journal_entry, posting.company) == ("Posted", doc.name, COMPANY)
    of_kind = {entry.kind: nets(by_reference[f"Social CRM {entry.name}"]) for entry in ledger}
    assert of_kind["Disbursement"]["Cash - FP"] == -3_000_000
    # The reversal mirrors the payment.
    assert {name: -change for name, change in of_kind["Payment"].items()} == of_kind["Reversal"]
    back = frappe.get_doc(POSTING, {"microcredit": loan.name, "kind": "Reversal"})
    assert back.reverses == frappe.db.get_value(POSTING, {"microcredit": loan.name, "kind": "Payment"})
    # All Journal Entries together are the journal of the day.
    asked = journal.period({"from_date": nowdate(), "to_date": nowdate()})
    expected = {}
    for row in journal.lines(asked, journal.read(asked)):
        name = f"{row['neutral']} - FP"
        expected[name] = expected.get(name, 0) + float(row["debit"] - row["credit"])
    found = {}
    for doc in made:
        for name, change in nets(doc).items():
            found[name] = found.get(name, 0) + change
    assert {name: amount for name, amount in found.items() if amount} == {
        name: amount for name, amount in expected.items() if amount
    }
    # A run again, and a run that has forgotten how far it came, post nothing more.
    outbox.run()
    frappe.db.set_single_value(settings.NAME, "sent_until", None)
    outbox.run()
    assert len(entries()) == len(made)


def test_a_journal_entry_that_was_made_before_the_note_of_it_is_found_again(books):
    loan = make.make_loan(5)
    close_today()
    outbox.run()
    posting = frappe.get_doc(POSTING, {"microcredit": loan.name})
    frappe.db.set_value(POSTING, posting.name, {"status": "To Send", "journal_entry": None})
    before = len(entries())
    assert outbox.send_all() == {"posted": 1, "failed": 0}
    assert len(entries()) == before
    assert frappe.db.get_value(POSTING, posting.name, "journal_entry") == posting.journal_entry


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda: frappe.db.set_value("Account", "Cash - FP", "disabled", 1), "takes no postings"),
        (lambda: frappe.db.set_value("Account", "Cash - FP", "is_group", 1), "takes no postings"),
        (lambda: frappe.db.set_value("Account", "Cash - FP", "company", "Otra"), "has no account"),
        (
            lambda: frappe.db.set_value("Company", COMPANY, "default_currency", "USD"),
            "keeps its books in USD",
        ),
        (lambda: frappe.db.delete("Cost Center", {"name": CENTER}), "no cost centre"),
        (lambda: frappe.db.delete("Company", {"name": COMPANY}), "no company"),
        (
            lambda: frappe.db.set_value(
                "Microcredit Account Rule", {"account": "Cash"}, "erpnext_account", None
            ),
            "No rule",
        ),
        (lambda: frappe.db.delete("Microcredit Accounting Company"), "No company is set"),
    ],
)
def test_what_is_refused_says_why_and_goes_through_once_it_is_put_right(books, break_it, said):
    loan = make.make_loan(5)
    close_today()
    break_it()
    frappe.clear_document_cache(settings.NAME, settings.NAME)
    outbox.run()
    posting = frappe.get_doc(POSTING, {"microcredit": loan.name})
    assert (posting.status, posting.tries, posting.journal_entry) == ("Failed", 1, None)
    assert said in posting.problem
    # A bench in use has loans of its own, which wait as well.
    assert entries(cheque_no=f"Social CRM {posting.ledger_entry}") == []
    failed = frappe.get_all(POSTING, {"status": "Failed"}, order_by="day asc, name asc", pluck="name")
    assert posting.name in failed
    assert [row["name"] for row in actions.status()["problems"]] == failed[:5]


def test_a_failed_one_goes_through_later_and_the_others_do_not_wait(books):
    one, two = make.make_loan(5), make.make_loan(5)
    close_today()
    outbox.write_down()
    frappe.db.set_value(POSTING, {"microcredit": one.name}, "lines", "not json")
    assert outbox.send_all()["failed"] == 1
    assert frappe.db.get_value(POSTING, {"microcredit": two.name}, "status") == "Posted"
    frappe.db.set_value(
        POSTING,
        {"microcredit": one.name},
        "lines",
        json.dumps([["", "cash", "5", "0"], ["", "principal", "0", "5"]]),
    )
    assert outbox.send_all() == {"posted": 1, "failed": 0}


def test_cancelled_here_alone_and_sent_again_by_other_rules(books):
    loan = make.make_loan(5)
    close_today()
    outbox.run()
    posting = frappe.get_doc(POSTING, {"microcredit": loan.name})
    with pytest.raises(frappe.ValidationError, match="comes from the microcredits"):
        frappe.get_doc("Journal Entry", posting.journal_entry).cancel()
    for refused in (lambda: actions.take_back(posting.name, " "), lambda: actions.send_again(posting.name)):
        with pytest.raises(frappe.ValidationError):
            refused()
    frappe.set_user(make.OFFICER)
    with pytest.raises(frappe.PermissionError):
        actions.take_back(posting.name, "x")
    frappe.set_user("Administrator")
    actions.take_back(posting.name, "Cuenta errada")
    assert frappe.db.get_value("Journal Entry", posting.journal_entry, "docstatus") == 2
    frappe.get_doc({"doctype": "Account", "name": "Caja - FP", "company": COMPANY}).insert()
    frappe.db.set_value("Microcredit Account Rule", {"account": "Cash"}, "erpnext_account", "Caja - FP")
    outbox.run()
    assert frappe.db.get_value(POSTING, posting.name, "status") == "Taken Back"
    actions.send_again(posting.name)
    outbox.run()
    again = frappe.get_doc(POSTING, posting.name)
    assert again.status == "Posted"
    assert again.journal_entry != posting.journal_entry
    assert nets(frappe.get_doc("Journal Entry", again.journal_entry))["Caja - FP"] == -3_000_000
    assert len(entries(cheque_no=f"Social CRM {posting.ledger_entry}")) == 1


def test_a_programme_of_its_own_and_what_fell_due_as_one_entry_a_day(books):
    programme = make.make_fund(20_000_000).programme
    other = frappe.get_doc({"doctype": "Company", "name": "Otra empresa", "default_currency": "COP"}).insert()
    from social_crm.microcredit.services.accounting import chart

    for label in chart.LABELS:
        frappe.get_doc({"doctype": "Account", "name": f"{label} - OE", "company": other.name}).insert()
        rule = {"account": label, "account_code": label[:8], "account_name": label, "programme": programme}
        frappe.get_doc(
            {
                "doctype": "Microcredit Account Rule",
                "valid_from": "2020-01-01",
                "erpnext_account": f"{label} - OE",
                **rule,
            }
        ).insert()
    doc = frappe.get_doc(settings.NAME)
    doc.append("companies", {"programme": programme, "company": other.name})
    doc.save()
    loans = [make.make_loan(45) for _turn in range(2)]
    own = make.make_loan(45)
    frappe.db.set_value("Microcredit", own.name, "programme", programme)
    # As if they had been entered then: the first instalments fell due within the days that are sent.
    for loan in (*loans, own):
        for name in frappe.get_all("Microcredit Ledger Entry", {"microcredit": loan.name}, pluck="name"):
            then = f"{add_days(nowdate(), -45)} 10:00:00"
            frappe.db.set_value(
                "Microcredit Ledger Entry", name, {"posted_at": then, "posting_day": add_days(nowdate(), -45)}
            )
    frappe.db.set_single_value(settings.NAME, "first_day", add_days(nowdate(), -46))
    frappe.db.set_single_value(settings.NAME, "close_days", 1)
    frappe.clear_document_cache(settings.NAME, settings.NAME)
    outbox.nightly()
    assert getdate(frappe.db.get_single_value(settings.NAME, "sent_until")) == getdate(
        add_days(nowdate(), -1)
    )
    accruals = frappe.get_all(
        POSTING, {"kind": "Accrual"}, ["day", "programme", "status", "company", "total"]
    )
    assert {row.status for row in accruals} == {"Posted"}
    assert {(row.programme or "", row.company) for row in accruals} == {
        ("", COMPANY),
        (programme, other.name),
    }
    # Two loans of three million at 2 % a month fell due together.
    assert sorted(row.total for row in accruals) == [60_000, 120_000]
    assert {doc.company for doc in entries()} == {COMPANY, other.name}
    assert all(sum(nets(doc).values()) == 0 for doc in entries())


def test_money_put_into_a_fund_is_posted_too(books):
    fund = make.make_fund(5_000_000)
    close_today()
    outbox.run()
    posting = frappe.get_doc(POSTING, {"programme": fund.programme})
    assert (posting.kind, posting.status, posting.ledger_entry) == ("Contribution", "Posted", None)
    assert posting.fund_movement
    made = frappe.get_doc("Journal Entry", posting.journal_entry)
    assert nets(made) == {"Cash - FP": 5_000_000, "Capital of the Fund - FP": -5_000_000}
