"""The addresses of the field app: the same shell for everyone, its files, and no page in place of a missing script."""

import re

import pytest


def get(client, path, who="Guest", verb="GET", **headers):
    return client(who).call(verb, path, headers=headers)


def assets(client) -> list[str]:
    return re.findall(r'(?:src|href)="(/campo/assets/[^"]+)"', get(client, "/campo").text)


@pytest.mark.parametrize("path", ["/campo", "/campo/", "/campo/familias/FAM-00001", "/campo/borradores?x=1"])
def test_every_screen_gets_the_shell(client, path):
    answer = get(client, path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert '<div id="app">' in answer.text
    assert "no-cache" in answer.headers["Cache-Control"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self' 'wasm-unsafe-eval';" in policy
    # Readers of fingerprints answer on the device itself; the page speaks to no other machine than its own site.
    (connect,) = [part.split() for part in policy.split("; ") if part.startswith("connect-src")]
    hosts = {part.split("://")[1] for part in connect if "://" in part}
    assert hosts == {"127.0.0.1:*", "localhost:*"} and {"'self'", "blob:", "data:"} < set(connect)


def test_the_shell_is_the_same_for_everyone_and_carries_no_token(client, people):
    shell = get(client, "/campo").text
    assert get(client, "/campo", who="Gestor").text == shell
    assert "csrf" not in shell.lower() and people["Gestor"]["user"] not in shell


def test_the_worker_stands_at_the_root_and_is_asked_for_each_time(client):
    answer = get(client, "/campo-sw.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "/campo/manifest.webmanifest" in answer.text
    unchanged = get(client, "/campo-sw.js", **{"If-None-Match": answer.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_the_preview_of_a_form_stands_in_a_frame_of_the_desk_alone(client):
    answer = get(client, "/campo-preview")
    assert answer.status_code == 200 and '<div id="app">' in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    # No device keeps it, and no screen of the app may be framed.
    assert "preview" not in get(client, "/campo-sw.js").text
    assert get(client, "/campo").headers["X-Frame-Options"] == "DENY"


def test_a_template_is_previewed_by_those_who_may_edit_templates_and_nothing_is_saved(client):
    method = "social_crm.field_records.services.previews.preview"
    questions = [{"field_type": "text", "field_name": "tema", "label": "Tema"}]
    shown = client("Programme Director").method(method, template={"title": "Prueba", "questions": questions})
    assert shown["title"] == "Prueba" and shown["languages"] == [{"code": "es", "title": "Español"}]
    assert 'name="/form/tema"' in shown["html"] and "<tema/>" in shown["model"]
    address = f"/api/method/{method}"
    for role, template, status in (
        ("Gestor", {"questions": questions}, 403),
        ("Programme Director", {"questions": [{**questions[0], "relevant": "${nada} = 1"}]}, 417),
        ("Programme Director", {"questions": "x", "choices": [1]}, 417),
    ):
        answer = client(role).call("POST", address, json={"template": template})
        assert answer.status_code == status, answer.text[:500]


def test_hashed_files_may_be_kept_for_ever(client):
    found = assets(client)
    assert found
    for path in found:
        answer = get(client, path)
        assert answer.status_code == 200
        assert (
            "immutable" in answer.headers["Cache-Control"] and "public" not in answer.headers["Cache-Control"]
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"].startswith(("text/javascript", "text/css"))


def test_the_manifest_makes_the_app_installable(client):
    answer = get(client, "/campo/manifest.webmanifest")
    assert answer.headers["Content-Type"].startswith("application/manifest+json")
    manifest = answer.json()
    assert (manifest["scope"], manifest["start_url"], manifest["lang"]) == ("/campo", "/campo", "es")
    for icon in manifest["icons"]:
        assert get(client, icon["src"]).headers["Content-Type"].startswith("image/")


@pytest.mark.parametrize(
    "path",
    [
        "/campo/missing.js",
        "/campo/assets/index-0000.js",
        "/campo/icons/none.png",
        "/campo/%2e%2e/%2e%2e/hooks.py",
        "/campo/..%2f..%2fhooks.py",
    ],
)
def test_a_missing_file_is_never_answered_with_a_page(client, path):
    answer = get(client, path)
    assert answer.status_code == 404
    assert "<div id=" not in answer.text and "app_name" not in answer.text


def test_the_app_is_for_reading_only(client):
    answer = get(client, "/campo", verb="POST", who="Gestor")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_neighbours_of_the_address_are_not_ours(client):
    assert get(client, "/campolibre").status_code == 404
