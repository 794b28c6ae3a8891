"""What the greeting says that somebody may do is what the server then takes: nobody writes without signal what it refuses."""

import pytest
from sync_device import SIGNATURE, Device, acta, actas_of

WRITES = {
    "Gestor": True,
    "Income Advisor": True,
    "FES Advisor": True,
    "Psychosocial Professional": True,
    "Credit Officer": False,
    "Programme Director": False,
    "Auditor": False,
}
ROLES = tuple(WRITES)
# Templates whose closing writes what these roles may not change: they send, somebody else closes.
LEFT_OPEN = {
    "Gestor": ((), ("home_visit-v2", "productive_unit_follow_up-v2", "psychosocial_contact-v1")),
    "Income Advisor": (("home_visit-v2",), ("productive_unit_follow_up-v2", "training_meeting-v1")),
    "FES Advisor": (("home_visit-v2", "productive_unit_follow_up-v2"), ("meeting-v1",)),
    "Psychosocial Professional": (
        ("productive_unit_follow_up-v2",),
        ("home_visit-v2", "psychosocial_contact-v1"),
    ),
}


@pytest.mark.parametrize("role", WRITES)
def test_what_the_greeting_says_is_what_the_server_takes(client, place, template, role):
    device = Device(client(role))
    may = device.greet()["may"]
    assert may["create_acta"] is WRITES[role]
    record = acta(template, place["family"], close=True)
    answer = device.push_one(record, [SIGNATURE])
    if WRITES[role]:
        assert (answer["state"], answer["status"], answer["message"]) == ("stored", "Closed", None)
        assert template["name"] not in may["left_open"]
        assert len(actas_of(client, record)) == 1
    else:
        assert answer["state"] == "refused" and may["left_open"] == []
        assert actas_of(client, record) == []


@pytest.mark.parametrize("role", LEFT_OPEN)
def test_templates_that_somebody_else_closes(client, place, role):
    left = Device(client(role)).greet()["may"]["left_open"]
    others, own = LEFT_OPEN[role]
    assert set(others) <= set(left) and not set(own) & set(left)


def test_authorisations(client, place):
    assert Device(client("Credit Officer")).greet()["may"]["record_authorisation"] is True
    assert Device(client("Auditor")).greet()["may"]["record_authorisation"] is False
