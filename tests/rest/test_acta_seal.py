"""The seal of an acta from outside: chained under simultaneous closings, signed as PDF, verified by whoever holds the paper."""

import hashlib
import io
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from lending import refused
from pypdf import PdfReader
from test_actas import make_acta as draft

CLOSE = "/api/method/frappe.model.workflow.apply_workflow"
REBUILD = "social_crm.field_records.services.sealed_pdf.making.rebuild"
STATE = "social_crm.field_records.services.sealed_pdf.making.state"
VERIFY = "social_crm.field_records.services.seals.verify"
MANY = 12


ROLES = ("Gestor",)


def programme(client) -> str:
    name = f"Programa {uuid.uuid4().hex[:8]}"
    return client("System Manager").create("Social Programme", programme_name=name, start_date="2020-01-01")[
        "name"
    ]


def close(url: str, key: str, name: str) -> str:
    """Close an acta on a connection of its own; return what went wrong."""
    doc = json.dumps({"doctype": "Acta", "name": name})
    answer = requests.post(
        url + CLOSE, json={"doc": doc, "action": "Close"}, headers={"Authorization": key}, timeout=120
    )
    return "" if answer.ok else f"{answer.status_code} {answer.text[-1500:]}"


def close_all(client, url, people, names) -> None:
    key = f"token {people['Gestor']['key']}:{people['Gestor']['secret']}"
    with ThreadPoolExecutor(6) as pool:
        problems = list(pool.map(lambda name: close(url, key, name), names))
    assert not any(problems), [problem for problem in problems if problem]


def chained(client, names):
    fields = ["name", "seal_chain", "seal_number", "previous_hash", "content_hash"]
    rows = client("Gestor").find("Acta", [["name", "in", names]], fields)
    return sorted(rows, key=lambda row: row["seal_number"])


def test_simultaneous_closings_make_one_chain(client, url, people, place):
    """The first closings of all also begin the chain at the same moment."""
    own = programme(client)
    names = [draft(client, place, programme=own)["name"] for _number in range(MANY)]
    close_all(client, url, people, names)
    rows = chained(client, names)
    assert len({row["seal_chain"] for row in rows}) == 1
    assert [row["seal_number"] for row in rows] == list(range(1, MANY + 1))
    assert [row["previous_hash"] or "" for row in rows] == ["", *(row["content_hash"] for row in rows[:-1])]
    for row in rows[:2]:
        found = client("Gestor").method(VERIFY, acta=row["name"])
        assert (found["valid"], found["previous"], found["seal_version"]) == (True, True, 3)
    verify_chain(client, rows[0]["seal_chain"])


def verify_chain(client, chain):
    admin = client("Social CRM Administrator")
    refused(
        client("Gestor"),
        "POST",
        "/api/method/social_crm.field_records.services.chain_checks.verify_chain",
        chain=chain,
    )
    admin.method("social_crm.field_records.services.chain_checks.verify_chain", chain=chain)
    head = wait(lambda: admin.read("Seal Chain", chain), lambda doc: doc["check_status"] == "Intact")
    assert (head["last_number"], head["checked_number"], head.get("broken_acta")) == (MANY, MANY, None)
    refused(admin, "DELETE", f"/api/resource/Seal Chain/{chain}")
    refused(admin, "PUT", f"/api/resource/Seal Chain/{chain}", last_number=3)


def test_actas_without_a_programme_have_a_chain_of_their_own(client, url, people, place):
    names = [draft(client, place)["name"] for _number in range(3)]
    close_all(client, url, people, names)
    rows = chained(client, names)
    numbers = [row["seal_number"] for row in rows]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert rows[1]["previous_hash"] == rows[0]["content_hash"]


def wait(ask, done, seconds: int = 300):
    """Ask until it is done: a worker does it."""
    for _second in range(seconds):
        found = ask()
        if done(found):
            return found
        time.sleep(1)
    raise AssertionError(f"not done after {seconds} s: {found}")


@pytest.fixture(scope="module")
def sealed(client, url, people, place):
    """A closed acta whose PDF the worker has made."""
    name = draft(client, place)["name"]
    close_all(client, url, people, [name])
    state = wait(
        lambda: client("Gestor").method(STATE, acta=name),
        lambda found: found["status"] not in ("Waiting", "In Progress"),
    )
    assert state["status"] == "Ready", state
    return {"name": name, **state}


def test_the_sealed_pdf_is_made_attached_and_stays(client, sealed):
    gestor, admin = client("Gestor"), client("System Manager")
    answer = gestor.call("GET", sealed["file_url"])
    assert answer.status_code == 200 and sealed["file_url"].startswith("/private/files/")
    assert hashlib.sha256(answer.content).hexdigest() == sealed["sha256"]
    assert b"/ByteRange" in answer.content and b"ETSI.CAdES.detached" in answer.content
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    closed = gestor.read("Acta", sealed["name"])
    assert closed["content_hash"][:32] in text and "CERTIFICADO DE DEMOSTRACIÓN" in " ".join(text.split())
    assert gestor.method(VERIFY, acta=sealed["name"])["pdf"] is True
    file = gestor.find("File", {"attached_to_name": sealed["name"], "attached_to_doctype": "Acta"})[0]["name"]
    for who in (admin, gestor):
        refused(who, "DELETE", f"/api/resource/File/{file}")
        refused(who, "POST", "/api/method/frappe.client.delete", doctype="File", name=file)
    for values in ({"attached_to_name": "x"}, {"content_hash": "x"}, {"file_url": "/private/files/x.pdf"}):
        refused(admin, "PUT", f"/api/resource/File/{file}", **values)
    # The platform removes the content first and asks afterwards: the bytes themselves are what matters.
    kept = gestor.call("GET", sealed["file_url"])
    assert kept.status_code == 200 and hashlib.sha256(kept.content).hexdigest() == sealed["sha256"]
    assert client("Guest").call("GET", sealed["file_url"]).status_code in (403, 404)
    for role in ("FES Advisor", "Nobody"):
        assert client(role).call("GET", sealed["file_url"]).status_code in (403, 404)
        refused(client(role), "POST", f"/api/method/{STATE}", acta=sealed["name"])


def test_an_auditor_has_the_paper_made_again_and_it_is_the_same(client, sealed):
    path = f"/api/method/{REBUILD}"
    made = client("Auditor").data("POST", path, json={"acta": sealed["name"]})
    assert made == {"equal": True, "same_renderer": True}
    for role in ("Gestor", "Nobody", "Guest"):
        assert client(role).call("POST", path, json={"acta": sealed["name"]}).status_code == 403


def test_whoever_holds_the_paper_sees_that_it_is_valid_and_nothing_else(client, sealed):
    closed = client("Gestor").read("Acta", sealed["name"])
    code = closed["verification_code"]
    for language, word in (("es", "Válida"), ("en", "Valid")):
        answer = client("Guest").call(
            "GET", f"/verificar-acta/{code.lower()}", headers={"Accept-Language": language}
        )
        assert answer.status_code == 200 and 'class="card valid"' in answer.text and word in answer.text
        for hidden in (sealed["name"], "Ana", "Epiayú", closed["content_hash"], closed["gestor"]):
            assert hidden not in answer.text, hidden
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client("Guest").call("POST", f"/verificar-acta/{code}").status_code >= 400


def test_no_acta_is_found_by_trying(client, sealed):
    statuses = []
    for code in ("A" * 20, sealed["name"], "", *("B" * 20 for _number in range(70))):
        statuses.append(client("Guest").call("GET", f"/verificar-acta/{code}").status_code)
        if statuses[-1] == 429:
            break
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {404}


def test_a_draft_has_no_seal(client, place):
    gestor = client("Gestor")
    name = draft(client, place)["name"]
    refused(gestor, "POST", f"/api/method/{VERIFY}", acta=name)
    refused(gestor, "POST", "/api/method/social_crm.field_records.services.sealed_pdf.making.ask", acta=name)
    sent = {"seal_number": 7, "pdf_status": "Ready", "verification_code": "A" * 20, "pdf_sha256": "x"}
    gestor.update("Acta", name, **sent)
    kept = gestor.read("Acta", name)
    assert not any(kept.get(field) for field in sent)
