"""Whatever is sent: no error of the server, no half of a record."""

import copy
import itertools
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sync_device import (
    BASE,
    SIGNATURE,
    Device,
    acta,
    authorisation,
    biometric_text,
    new_id,
    now,
    photo,
    sha256,
    with_print,
)

ROLES = ("Gestor", "Psychosocial Professional")


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    # JSON knows neither what is no number nor what is endless.
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3),
    max_leaves=6,
)
PLACES = [
    ("uuid",), ("revision",), ("base",), ("device_time",), ("close",), ("files",), ("files", 0, "name"), ("files", 0, "size"), ("body",),
    ("body", "template"), ("body", "instance"), ("body", "visit_date"), ("body", "start_time"), ("body", "family"), ("body", "latitude"),
    ("body", "amends"), ("body", "programme"), ("body", "participants"), ("body", "participants", 0, "participant_role"),
    ("body", "participants", 0, "strokes"), ("body", "commitments"), ("body", "place"),
]  # fmt: skip
LIKELY = st.sampled_from(
    [
        0,
        -1,
        2**31,
        "",
        " ",
        "x" * 5000,
        "\x00",
        "\ud800",
        "' OR 1=1 --",
        "{{ 7 * 7 }}",
        "<script>",
        "0000-00-00",
        "9999-12-31",
        "2026-11-21",
        "23:59:59",
        "💧",
        "FAM-00001",
        "None",
        [],
        {},
        [[]],
        True,
        1e308,
    ]
)


# Sixty of each, always the same, so that a run that failed can be repeated; SOCIAL_CRM_FUZZ asks for as many new ones.
ASKED = os.environ.get("SOCIAL_CRM_FUZZ")
FUZZ = {
    "max_examples": int(ASKED or "60"),
    "deadline": None,
    "derandomize": not ASKED,
    "print_blob": True,
    "suppress_health_check": list(HealthCheck),
}


def put(record: dict, path: tuple, value) -> None:
    """Write a value at a path, as far as the path still leads somewhere."""
    part = record
    for step in path[:-1]:
        try:
            part = part[step]
        except (KeyError, IndexError, TypeError):
            return
    step = path[-1]
    if isinstance(part, dict) or (isinstance(part, list) and isinstance(step, int) and step < len(part)):
        # A copy: what hypothesis draws twice is one object.
        part[step] = copy.deepcopy(value)


def test_whatever_is_sent_nothing_breaks(client, place, template):
    device, before, stored = Device(client("Gestor")), counts(client), []

    @settings(**FUZZ)
    @given(st.lists(st.tuples(st.sampled_from(PLACES), LIKELY | ANYTHING), min_size=1, max_size=3))
    def send(changes):
        record = acta(template, place["family"])
        for path, value in changes:
            put(record, path, value)
        response = device.push_raw([record], [SIGNATURE])
        assert response.status_code == 200, (response.status_code, response.text[:500])
        answer = response.json()["message"]["results"][0]
        assert answer["state"] in ("stored", "known", "refused", "missing_files"), answer
        assert answer["retry"] is False, (answer, record)
        if answer["state"] == "stored":
            stored.append(record)

    send()
    after = counts(client)
    made = {name: after[name] - before[name] for name in COUNTED}
    # Each record wholly or not at all: what was made is exactly what the stored records say.
    assert made == {
        "Acta": len(stored),
        "Field Submission": len(stored),
        "Acta Participant": sum(len(one["body"]["participants"] or []) for one in stored),
        "Commitment": sum(len(one["body"]["commitments"] or []) for one in stored),
        "File": 0,
        "Sync Conflict": 0,
        "Fingerprint": 0,
        "Data Authorisation": 0,
    }
    assert stored


PRINT = ("body", "participants", 0, "fingerprint")
PRINT_PLACES = [
    PRINT, ("body", "participants", 0, "beneficiary"),
    *[(*PRINT, field) for field in ("source", "finger", "quality", "template", "image", "reader_serial", "captured_at", "kept", "other")],
]  # fmt: skip


def test_whatever_fingerprint_is_sent_it_is_kept_whole_or_not_at_all(client, place, template):
    device, text = Device(client("Gestor")), biometric_text(client)
    said = device.push_one(authorisation(place["person"], text), [SIGNATURE])
    assert said["state"] == "stored", said["message"]
    before, stored, kept = counts(client), [], []

    @settings(**FUZZ)
    @given(st.lists(st.tuples(st.sampled_from(PRINT_PLACES), LIKELY | ANYTHING), min_size=0, max_size=2))
    def send(changes):
        record = with_print(template, place)
        for path, value in changes:
            put(record, path, value)
        response = device.push_raw([record])
        assert response.status_code == 200, (response.status_code, response.text[:500])
        answer = response.json()["message"]["results"][0]
        assert answer["state"] in ("stored", "refused") and answer["retry"] is False, (answer, record)
        if answer["state"] == "stored":
            stored.append(record)
            kept.extend(answer["fingerprints"])

    send()
    after = counts(client)
    assert (
        after["Acta"] - before["Acta"]
        == after["Field Submission"] - before["Field Submission"]
        == len(stored)
    )
    assert after["Fingerprint"] - before["Fingerprint"] == len(kept)
    assert kept and len(stored) < FUZZ["max_examples"]


DECISION_PLACES = [
    ("uuid",), ("device_time",), ("close",), ("base",), ("body",), ("files",), ("files", 0, "name"), ("files", 0, "size"), ("files", 0, "sha256"),
    *[
        ("body", field)
        for field in (
            "beneficiary", "authorisation_text", "decision", "given_on", "given_by", "representative", "representative_name",
            "representation_basis", "signature", "strokes", "cannot_sign_reason", "witness_signature", "witness_name", "purpose",
        )
    ],
]  # fmt: skip


def test_whatever_decision_is_sent_it_is_recorded_whole_or_not_at_all(client, place):
    device, text = Device(client("Gestor")), biometric_text(client)
    before, stored = counts(client), []

    @settings(**FUZZ)
    @given(
        st.lists(st.tuples(st.sampled_from(DECISION_PLACES), LIKELY | ANYTHING), min_size=0, max_size=2),
        st.sampled_from(["Granted", "Refused"]),
    )
    def send(changes, decision):
        record = authorisation(place["person"], text, decision=decision)
        for path, value in changes:
            put(record, path, value)
        response = device.push_raw([record], [SIGNATURE])
        assert response.status_code == 200, (response.status_code, response.text[:500])
        answer = response.json()["message"]["results"][0]
        assert answer["state"] in ("stored", "refused", "missing_files"), answer
        assert answer["retry"] is False, (answer, record)
        if answer["state"] == "stored":
            stored.append(record)

    send()
    after = counts(client)
    made = {name: after[name] - before[name] for name in COUNTED}
    signed = sum(len(one.get("files") or []) for one in stored)
    assert made["Data Authorisation"] == made["Field Submission"] == len(stored)
    assert (made["File"], made["Acta"]) == (signed, 0)
    assert 0 < len(stored) < FUZZ["max_examples"]


CHANGE_PLACES = [
    ("uuid",), ("revision",), ("base",), ("device_time",), ("files",), ("body",), ("body", "doctype"), ("body", "name"), ("body", "base"),
    ("body", "values"), ("body", "base", "zone"), ("body", "base", "owner"),
    *[("body", "values", field) for field in ("zone", "latitude", "family_name", "census_code", "present_detail", "owner", "community", "A b")],
]  # fmt: skip


def test_whatever_change_is_sent_it_is_written_whole_or_not_at_all(client, place):
    device, admin, states, before = Device(client("Gestor")), client("System Manager"), [], counts(client)
    watched = ("notes", "zone", "latitude", "family_name", "census_code", "present_detail", "community")

    def family() -> dict:
        row = admin.read("Family", place["family"])
        return {field: row.get(field) for field in watched}

    @settings(**FUZZ)
    @given(st.lists(st.tuples(st.sampled_from(CHANGE_PLACES), LIKELY | ANYTHING), max_size=2))
    def send(changes):
        was, mark = family(), f"Nota {len(states)}"
        values = {"notes": mark, "zone": "Urban" if was["zone"] == "Rural" else "Rural"}
        body = {"doctype": "Family", "name": place["family"], "base": {**was}, "values": values}
        record = {"kind": "change", "uuid": new_id(), "device_time": now(), "body": body}
        for path, value in changes:
            put(record, path, value)
        response = device.push_raw([record])
        assert response.status_code == 200, (response.status_code, response.text[:500])
        answer = response.json()["message"]["results"][0]
        states.append(answer["state"])
        assert answer["state"] in ("stored", "known", "refused", "conflict"), answer
        assert answer["retry"] is False, (answer, record)
        after = family()
        if answer["state"] == "refused":
            assert after == was, (answer, record)
        elif answer["state"] == "stored" and record["body"]["values"].get("notes") == mark:
            # One of its fields stands there, so all of them do.
            assert after["notes"] == mark, (answer, record)
            zone = record["body"]["values"].get("zone")
            assert zone not in ("Rural", "Urban") or after["zone"] == zone, (answer, record)

    send()
    made = {name: number - before[name] for name, number in counts(client).items()}
    assert made["Acta"] == made["File"] == made["Data Authorisation"] == 0
    assert made["Field Submission"] == sum(state in ("stored", "conflict") for state in states)
    assert {"stored", "refused"} <= set(states)


PIECE = st.tuples(
    st.integers(-3, 900) | st.just("next"),
    st.integers(0, 900),
    st.sampled_from(["", "flip", "long", "empty"]),
)


def test_whatever_pieces_come_a_file_is_whole_only_when_its_bytes_are(client):
    # Pictures that no other test sends: what is known already is whole at once.
    device, finished, numbers = Device(client("Gestor")), [], itertools.count(9_000_000)

    @settings(**FUZZ)
    @given(
        st.lists(PIECE, max_size=5),
        st.just("true") | LIKELY | ANYTHING,
        st.sampled_from(["true", "true", "other", "none"]),
    )
    def send(pieces, size, named):
        content = photo(next(numbers))
        name = {"true": sha256(content), "other": sha256(content[:-1]), "none": "x"}[named]
        told = len(content) if size == "true" else size
        there = b""
        for place, length, twist in [*pieces, ("next", len(content), "")]:
            start = len(there) if place == "next" else place
            piece = content[max(start, 0) : max(start, 0) + length]
            piece = {"flip": piece[::-1], "long": piece + b"x", "empty": b"", "": piece}[twist]
            said = str(told)[:500].encode("utf-8", "replace").decode()
            data = {"device": device.device, "sha256": name, "size": said, "offset": str(start)}
            sent = client("Gestor").call(
                "POST", BASE + "uploads.chunk", data=data, files={"chunk": ("chunk", piece)}
            )
            assert sent.status_code < 500, (sent.status_code, sent.text[:500])
            if not sent.ok:
                continue
            answer = sent.json()["message"]
            if answer["complete"]:
                assert sha256(there + piece) == name, (answer, start)
                finished.append(name)
                break
            if answer["received"] == start + len(piece) and start == len(there):
                there += piece
            elif answer["received"] != len(there):
                assert answer["received"] == 0, (answer, len(there))
                there = b""

    send()
    assert finished


@settings(**FUZZ)
@given(
    function=st.sampled_from(
        [
            "handshake.greet",
            "handshake.wiped",
            "changes.pull",
            "changes.acknowledge",
            "uploads.status",
            "uploads.chunk",
            "papers.acta",
            "batches.push",
        ]
    ),
    values=st.dictionaries(
        st.sampled_from(
            [
                "device",
                "label",
                "app_version",
                "protocol",
                "unsent",
                "storage_used",
                "device_time",
                "cursor",
                "page",
                "files",
                "sha256",
                "size",
                "offset",
                "batch",
                "name",
                "with_form",
            ]
        ),
        LIKELY | ANYTHING,
        max_size=5,
    ),
    known=st.booleans(),
)
def test_whatever_is_asked_nothing_breaks(client, function, values, known):
    if known:
        values["device"] = "00000000-0000-4000-8000-000000000000"
    response = client("Gestor").call("POST", BASE + function, json=values)
    assert response.status_code < 500, (response.status_code, response.text[:800])
    # A value of a wrong type is refused by the platform, which names the kind of error in other words.
    assert response.ok or {"exc_type", "exception"} & set(response.json())


# Of files those that a device sent: a closed acta gets its PDF in the background, at a time of its own.
COUNTED = {
    "Acta": {},
    "Acta Participant": {},
    "Commitment": {},
    "File": {"file_url": ["like", "/private/files/campo-%"]},
    "Field Submission": {},
    "Sync Conflict": {},
    "Fingerprint": {},
    "Data Authorisation": {},
}


def counts(client) -> dict[str, int]:
    admin = client("System Manager")
    return {
        doctype: admin.method("frappe.client.get_count", doctype=doctype, filters=filters)
        for doctype, filters in COUNTED.items()
    }
