"""What REST tests share: one HTTP client per role, with that role's API key.

These tests are an outside program: they speak HTTP and import nothing of Frappe or of the app.
"""

import json
import os
import sys
from pathlib import Path

import pytest
import requests

# Tests share helpers (lending.py): pytest imports each of them by its path, without its folder.
sys.path.insert(0, str(Path(__file__).parent))

from lending import make_place
from sync_device import Device, make_template

LENDERS = ("Credit Officer", "Credit Committee", "Gestor", "Programme Director")


class Client:
    """A session with one user's API key. Paths are given without the server's address."""

    def __init__(self, url: str, person: dict[str, str] | None) -> None:
        self.url = url
        self.user = person["user"] if person else "Guest"
        self.session = requests.Session()
        if person:
            self.session.headers["Authorization"] = f"token {person['key']}:{person['secret']}"
        self.session.headers["Accept"] = "application/json"

    def call(self, method: str, path: str, **options) -> requests.Response:
        """Any request; the raw response."""
        return self.session.request(method, self.url + path, timeout=120, **options)

    def data(self, method: str, path: str, **options):
        """A request that must succeed; its `data` or `message`."""
        response = self.call(method, path, **options)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text[:800]}"
        answer = response.json()
        return answer.get("data", answer.get("message"))

    def create(self, doctype: str, **values):
        return self.data("POST", f"/api/resource/{doctype}", json=values)

    def read(self, doctype: str, name: str):
        return self.data("GET", f"/api/resource/{doctype}/{name}")

    def update(self, doctype: str, name: str, **values):
        return self.data("PUT", f"/api/resource/{doctype}/{name}", json=values)

    def find(self, doctype: str, filters=None, fields=("name",), limit=100):
        options = {
            "filters": json.dumps(filters or []),
            "fields": json.dumps(fields),
            "limit_page_length": limit,
        }
        return self.data("GET", f"/api/resource/{doctype}", params=options)

    def method(self, name: str, **values):
        return self.data("POST", f"/api/method/{name}", json=values)


@pytest.fixture(scope="session")
def url() -> str:
    """The address of the site under test."""
    return os.environ["SOCIAL_CRM_URL"]


@pytest.fixture(scope="session")
def people() -> dict[str, dict[str, str]]:
    """The test users by role: user, password, key, secret."""
    return json.loads(Path(os.environ["SOCIAL_CRM_PEOPLE"]).read_text())


@pytest.fixture(scope="session")
def client(url, people):
    """`client("Gestor")` is that role's client, `client("Guest")` one without a key."""
    made: dict[str, Client] = {}

    def for_role(role: str) -> Client:
        if role not in made:
            made[role] = Client(url, None if role == "Guest" else people[role])
        return made[role]

    return for_role


@pytest.fixture(scope="module")
def place(request, client, people):
    """Where people work: a community with a family, of each file of tests its own. Its `ROLES` are whose it is; without them, lending's."""
    return make_place(client("System Manager"), people, getattr(request.module, "ROLES", LENDERS))


@pytest.fixture(scope="module")
def template(client):
    """What the actas of a file of tests are written with."""
    return make_template(client("System Manager"))


@pytest.fixture
def device(client):
    """A Gestor's installation of the field app, seen for the first time."""
    return Device(client("Gestor"))


@pytest.fixture(scope="module")
def collect(url, people):
    """`collect("Gestor")` asks like that person's client."""

    def for_role(role: str):
        person = people[role]
        session = requests.Session()
        session.auth = (person["key"], person["secret"])
        session.headers["X-OpenRosa-Version"] = "1.0"

        def ask(verb: str, path: str, **options):
            return session.request(verb, path if "://" in path else url + path, timeout=120, **options)

        return ask

    return for_role
