"""A file of payments over HTTP: uploaded, checked and posted by real workers; who may, who may not, and what nobody may."""

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from lending import refused
from openpyxl import Workbook, load_workbook
from test_microcredit import TODAY, day, make_loan

ACTIONS = "social_crm.microcredit.services.payments.actions"
ACCOUNTING = "social_crm.microcredit.services.accounting.actions"
BATCH, ROW = "Microcredit Payment Batch", "Microcredit Payment Row"


@pytest.fixture(scope="module")
def loan(client, place):
    return make_loan(client, place, 40)


def upload(caller, rows, name="pagos.xlsx"):
    book = Workbook()
    book.active.append(("Fecha", "Nro. Crédito", "Comprobante", "Valor", "Nombre"))
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    answer = caller.call(
        "POST", "/api/method/upload_file", files={"file": (name, stream.getvalue())}, data={"is_private": 1}
    )
    assert answer.ok, answer.text[:300]
    return caller.create(BATCH, payment_file=answer.json()["message"]["file_url"])["name"]


def act(caller, action, **values):
    return caller.data("POST", f"/api/method/{ACTIONS}.{action}", json=values)


def wait_for(caller, name, *statuses):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        view = act(caller, "overview", name=name)
        if view["status"] in statuses:
            assert view["total"] == view["posted"] + view["pending"] + view["dismissed"]
            return view
        time.sleep(0.5)
    raise AssertionError(f"{name} is {view['status']}")


def checked(caller, rows, name="pagos.xlsx"):
    batch = upload(caller, rows, name)
    act(caller, "check", name=batch, columns="{}")
    return batch, wait_for(caller, batch, "Ready", "Failed")


def written(days_ago):
    year, month, number = day(days_ago).split("-")
    return f"{number}/{month}/{year}"


def test_a_file_from_upload_to_the_loan(client, loan):
    officer = client("Credit Officer")
    before = officer.read("Microcredit", loan)["unpaid_amount"]
    rows = [
        (written(5), loan, f"{loan}-A", "100.000", "Ana"),
        (written(4), "MCR-99999", f"{loan}-B", "$ 50.000,00", "Nadie"),
    ]
    batch, view = checked(officer, rows)
    assert (view["figures"]["Ready"]["rows"], view["figures"]["To Reconcile"]["rows"]) == (1, 1)
    assert officer.read("Microcredit", loan)["unpaid_amount"] == before
    act(officer, "post", name=batch)
    view = wait_for(officer, batch, "Finished")
    assert (view["posted"], view["pending"], view["dismissed"]) == (100_000, 50_000, 0)
    assert officer.read("Microcredit", loan)["unpaid_amount"] == before - 100_000
    # What did not match is assigned, and posted by the next run.
    row = officer.data("GET", f"/api/method/{ACTIONS}.rows", params={"name": batch, "result": "To Reconcile"})
    shares = json.dumps([{"microcredit": loan, "amount": 50_000}])
    act(officer, "assign", row=row["rows"][0]["name"], shares=shares)
    act(officer, "post", name=batch)
    assert wait_for(officer, batch, "Finished")["pending"] == 0
    assert officer.read("Microcredit", loan)["unpaid_amount"] == before - 150_000
    # The same file again posts nothing.
    again, view = checked(officer, rows, "otra vez.xlsx")
    assert view["figures"]["Duplicate"]["rows"] == 2
    act(officer, "post", name=again)
    assert wait_for(officer, again, "Finished")["posted"] == 0
    assert officer.read("Microcredit", loan)["unpaid_amount"] == before - 150_000
    answer = officer.call("GET", f"/api/method/{ACTIONS}.not_posted", params={"name": again})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 3


def test_one_file_posted_by_many_requests_at_once(client, loan):
    officer = client("Credit Officer")
    before = officer.read("Microcredit", loan)["unpaid_amount"]
    rows = [(written(5), loan, f"{loan}-C{number}", 1000, "Ana") for number in range(5)]
    batches = [checked(officer, rows, f"a la vez {number}.xlsx")[0] for number in range(3)]

    def post(name):
        return officer.call("POST", f"/api/method/{ACTIONS}.post", json={"name": name}).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, batches * 2))
    assert set(answers) <= {200, 417}
    assert answers.count(200) >= 3
    posted = sum(wait_for(officer, name, "Finished")["posted"] for name in batches)
    assert posted == 5000
    assert officer.read("Microcredit", loan)["unpaid_amount"] == before - 5000


def test_who_may_not(client, place, loan):
    officer = client("Credit Officer")
    batch, _view = checked(officer, [(written(5), loan, f"{loan}-D", 1000, "Ana")])
    row = officer.data("GET", f"/api/method/{ACTIONS}.rows", params={"name": batch, "result": "Ready"})
    name = row["rows"][0]["name"]
    writes = {
        f"{ACTIONS}.post": {"name": batch},
        f"{ACTIONS}.check": {"name": batch, "columns": "{}"},
        f"{ACTIONS}.cancel": {"name": batch},
        f"{ACTIONS}.dismiss": {"row": name, "reason": "x"},
        f"{ACTIONS}.reopen": {"row": name},
        f"{ACTIONS}.assign": {"row": name, "shares": "[]"},
        f"{ACTIONS}.resume": {"name": batch},
        f"{ACTIONS}.read_sheet": {"name": batch},
    }
    for role in ("Auditor", "Programme Director", "Credit Committee", "Gestor", "Guest"):
        for path, values in writes.items():
            status = client(role).call("POST", f"/api/method/{path}", json=values).status_code
            assert status in (401, 403), (role, path, status)
    for role in ("Credit Committee", "Gestor", "Guest"):
        for path, values in ((f"{ACTIONS}.overview", {"name": batch}), (f"{ACTIONS}.offer", {"row": name})):
            status = client(role).call("GET", f"/api/method/{path}", params=values).status_code
            assert status in (401, 403), (role, path, status)
        assert client(role).call("GET", f"/api/resource/{BATCH}/{batch}").status_code in (401, 403, 404)
    auditor = client("Auditor")
    assert act(auditor, "overview", name=batch)["may_write"] is False
    assert auditor.find(ROW, {"batch": batch})
    for path in writes:
        assert officer.call("GET", f"/api/method/{path}", params=writes[path]).status_code in (403, 405), path


def test_rows_and_figures_are_not_written_by_hand(client, loan):
    officer, admin = client("Credit Officer"), client("System Manager")
    batch, _view = checked(officer, [(written(5), loan, f"{loan}-E", 1000, "Ana")])
    name = admin.find(ROW, {"batch": batch})[0]["name"]
    for caller in (officer, admin):
        refused(caller, "PUT", f"/api/resource/{ROW}/{name}", amount=5)
        refused(caller, "DELETE", f"/api/resource/{ROW}/{name}")
        refused(caller, "POST", f"/api/resource/{ROW}", batch=batch, sheet_row=9)
    officer.call("PUT", f"/api/resource/{BATCH}/{batch}", json={"posted_amount": 99, "status": "Finished"})
    stored = officer.read(BATCH, batch)
    assert (stored["posted_amount"], stored["status"]) == (0, "Ready")


def test_files_that_are_none(client):
    officer = client("Credit Officer")
    for content, name, said in (
        (b"%PDF-1.4 x", "a.xlsx", "no es una hoja de cálculo (PDF)"),
        (b"PK\x03\x04x", "b.xlsx", "está dañado"),
        (b"una\nsola\n", "c.csv", "una sola columna"),
    ):
        answer = officer.call(
            "POST", "/api/method/upload_file", files={"file": (name, content)}, data={"is_private": 1}
        )
        address = answer.json()["message"]["file_url"]
        told = json.loads(refused(officer, "POST", f"/api/resource/{BATCH}", payment_file=address))
        assert said in json.loads(json.loads(told["_server_messages"])[0])["message"], name
        assert officer.find(BATCH, {"payment_file": address}) == []


def test_the_journal_balances_and_is_exported_by_who_may(client, loan):
    asked = {"from_date": day(45), "to_date": str(TODAY + timedelta(days=2)), "microcredit": loan}
    for role in ("Credit Officer", "Auditor"):
        answer = client(role).call("GET", f"/api/method/{ACCOUNTING}.export_journal", params=asked)
        assert answer.ok, answer.text[:300]
        lines = [
            [cell.value for cell in row]
            for row in load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows()
        ]
        assert 3_000_000 <= lines[-1][9] == lines[-1][10] == sum(line[9] for line in lines[1:-1])
        report = client(role).method(
            "frappe.desk.query_report.run", report_name="Microcredit Journal", filters=json.dumps(asked)
        )
        assert report["result"][-1]["debit"] == lines[-1][9]
    for role in ("FES Advisor", "Guest"):
        status = (
            client(role).call("GET", f"/api/method/{ACCOUNTING}.export_journal", params=asked).status_code
        )
        assert status in (401, 403), role
    for role in ("Credit Officer", "Auditor", "Programme Director", "Gestor"):
        caller = client(role)
        for path, values in (
            ("send_now", {}),
            ("take_back", {"posting": "x", "reason": "y"}),
            ("send_again", {"posting": "x"}),
        ):
            assert caller.call("POST", f"/api/method/{ACCOUNTING}.{path}", json=values).status_code in (
                403,
                404,
            )
        refused(
            caller,
            "POST",
            "/api/resource/Microcredit Account Rule",
            account="Cash",
            account_code="1",
            account_name="x",
        )
