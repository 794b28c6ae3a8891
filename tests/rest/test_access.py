"""Who gets in over REST at all."""

import requests


def test_site_answers(client):
    assert client("Guest").data("GET", "/api/method/ping") == "pong"


def test_api_key_names_its_user(client, people):
    for role in people:
        logged_in = client(role).data("GET", "/api/method/frappe.auth.get_logged_user")
        assert logged_in == people[role]["user"], role


def test_wrong_key_is_refused(url, people):
    wrong = {"Authorization": f"token {people['Gestor']['key']}:nonsense"}
    answer = requests.get(f"{url}/api/method/frappe.auth.get_logged_user", headers=wrong, timeout=60)
    assert answer.status_code in (401, 403)


def test_guest_reads_no_family_and_no_person(client):
    for doctype in ("Family", "Beneficiary", "Community"):
        assert client("Guest").call("GET", f"/api/resource/{doctype}").status_code in (401, 403), doctype


def test_user_without_role_reads_no_person(client):
    assert client("Nobody").call("GET", "/api/resource/Beneficiary").status_code == 403
