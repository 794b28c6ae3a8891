"""What a device sends is judged by its shape before anything is looked up; nothing unknown passes."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.field_records.domain.device_records import moment, problems

U = "0b8e6c1e-7a64-4c1c-9d53-1c2f3a4b5c6d"
V = "1b8e6c1e-7a64-4c1c-9d53-1c2f3a4b5c6d"
ACTA = {
    "kind": "acta",
    "uuid": U,
    "revision": 1,
    "base": None,
    "device_time": "2026-11-22T10:00:00-05:00",
    "close": True,
    "body": {
        "template": "home_visit-v1",
        "instance": "<home_visit/>",
        "visit_date": "2026-11-22",
        "start_time": "09:10",
        "family": "FAM-00001",
        "latitude": 11.38,
        "longitude": -72,
        "participants": [
            {
                "uuid": U,
                "participant_name": "Ana",
                "participant_role": "Beneficiary",
                "signature": "a" * 64,
                "strokes": [[{"x": 1, "y": 2.5, "t": 0, "p": None}]],
                "cannot_sign": 0,
            }
        ],
        "commitments": [{"uuid": U, "subject": "Ir", "due_date": "2026-12-01"}],
    },
    "files": [{"uuid": U, "name": "foto 1.jpg", "sha256": "a" * 64, "size": 9, "type": "image/png"}],
}
CHANGE = {
    "kind": "change",
    "uuid": U,
    "device_time": "2026-11-22T15:00:00.123Z",
    "body": {
        "doctype": "Family",
        "name": "FAM-1",
        "base": {"zone": None},
        "values": {"zone": "Urban", "n": 3},
    },
}


DECISION = {
    "kind": "authorisation",
    "uuid": U,
    "device_time": "2026-11-22T15:00:00Z",
    "body": {
        "beneficiary": "BEN-1",
        "authorisation_text": "AUT-Biometrics-1",
        "decision": "Granted",
        "given_on": "2026-11-22T10:00:00-05:00",
        "given_by": "The Person",
        "signature": "a" * 64,
        "strokes": [[{"x": 1, "y": 2}]],
    },
    "files": [{"uuid": U, "name": "firma.png", "sha256": "a" * 64, "size": 9}],
}


def test_what_the_protocol_names_passes() -> None:
    assert problems(ACTA) == problems(CHANGE) == problems(DECISION) == ()
    for fingerprint in ({"kept": "abc"}, {"template": "x", "quality": 80, "kept": None}, None):
        person = {**ACTA["body"]["participants"][0], "fingerprint": fingerprint}
        assert problems({**ACTA, "body": {**ACTA["body"], "participants": [person]}}) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decision", "Maybe"),
        ("decision", None),
        ("decision", []),
        ("given_by", "A Neighbour"),
        ("given_on", "yesterday"),
        ("given_on", None),
        ("signature", "short"),
        ("purpose", "Biometrics"),
        ("status", "In Force"),
        ("beneficiary", 5),
        ("witness_strokes", [[{"x": 1}]]),
    ],
)
def test_what_is_wrong_in_a_decision_is_named(field: str, value: object) -> None:
    (found,) = problems({**DECISION, "body": {**DECISION["body"], field: value}})
    assert found.path.replace("'", "") == f"body.{field}"


def test_a_decision_has_files_that_are_files() -> None:
    assert problems({**DECISION, "files": [{"uuid": U}]})
    assert problems({**DECISION, "files": DECISION["files"] * 2})


WRONG = [
    ("uuid", "NOT-A-UUID"),
    ("uuid", U.upper()),
    ("kind", "person"),
    ("kind", ["acta"]),
    ("revision", -1),
    ("revision", True),
    ("revision", 10**400),
    ("base", 3),
    ("device_time", "yesterday"),
    ("device_time", None),
    ("close", "yes"),
    ("body", []),
    ("files", {}),
    ("files", [None]),
    ("files", [ACTA["files"][0]] * 2),
    ("files", [{**ACTA["files"][0], "name": "../../etc/passwd"}]),
    ("files", [{**ACTA["files"][0], "name": "a\x00b"}]),
    ("files", [{**ACTA["files"][0], "size": 0}]),
    ("files", [{**ACTA["files"][0], "sha256": "A" * 64}]),
    ("files", [{**ACTA["files"][0], "uuid": f"{n:08x}{U[8:]}", "name": str(n)} for n in range(61)]),
    ("unheard", 1),
    ("body.latitude", 91),
    ("body.latitude", float("nan")),
    ("body.latitude", float("inf")),
    ("body.latitude", "11"),
    ("body.visit_date", "2026-02-30"),
    ("body.visit_date", "20261122"),
    ("body.visit_date", 5),
    ("body.start_time", "25:00"),
    ("body.place", "a\ud800b"),
    ("body.place", "x" * 141),
    ("body.template", None),
    ("body.status", "Closed"),
    ("body.owner", "Administrator"),
    ("body.participants", [[]]),
    ("body.participants", [{**ACTA["body"]["participants"][0], "signed_at": "2020-01-01"}]),
    ("body.participants", [{**ACTA["body"]["participants"][0], "strokes": [[{"x": float("nan"), "y": 1}]]}]),
    ("body.participants", [{**ACTA["body"]["participants"][0], "strokes": [[{"x": 1}]]}]),
    ("body.participants", [{**ACTA["body"]["participants"][0], "strokes": [[{"x": 1, "y": 1}] * 20_001]}]),
    ("body.commitments", [{**ACTA["body"]["commitments"][0], "due_date": "soon"}]),
    ("body.participants", [{**ACTA["body"]["participants"][0], "fingerprint": {"template": {}}}]),
    ("body.participants", [{**ACTA["body"]["participants"][0], "fingerprint": {"image": "x" * 400_001}}]),
    (
        "body.participants",
        [{**ACTA["body"]["participants"][0], "fingerprint": {"kept": "a", "template": "x"}}],
    ),
    ("body.participants", [{**ACTA["body"]["participants"][0], "fingerprint": {"kept": 5}}]),
    ("body.participants", [{**ACTA["body"]["participants"][0], "fingerprint": {"sealed_capture": "x"}}]),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=str)
def test_what_is_wrong_is_named(path: str, value: object) -> None:
    record = copy.deepcopy(ACTA)
    place = record
    *way, last = path.split(".")
    for step in way:
        place = place[step]
    place[last] = value
    found = problems(record)
    assert found and all(one.path.split("[")[0].startswith((path, "'", "files", "body")) for one in found)


@pytest.mark.parametrize(
    "values",
    [[], {"A": 1}, {"x": []}, {"x": {}}, {"x": float("nan")}, {"x" * 70: 1}, {str(n): 1 for n in range(61)}],
)
def test_values_of_a_change_are_plain(values: object) -> None:
    assert problems({**CHANGE, "body": {**CHANGE["body"], "values": values}})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=8), part, max_size=4),
    max_leaves=12,
)
PATHS = [
    ("uuid",),
    ("body",),
    ("body", "participants"),
    ("body", "instance"),
    ("files",),
    ("body", "values"),
    ("device_time",),
    ("kind",),
]


@given(st.sampled_from([ACTA, CHANGE, DECISION]), st.sampled_from(PATHS), ANYTHING)
def test_no_value_breaks_the_judgement(record: dict, path: tuple[str, ...], value: object) -> None:
    changed = json.loads(json.dumps(record))
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    for one in problems(changed):
        assert one.code and one.path.encode("utf-8") is not None


def test_times_of_devices() -> None:
    assert moment("2026-11-22T10:00:00Z") == moment("2026-11-22T10:00:00+00:00")
    assert (
        moment("2026-11-22T10:00:00.1-05:00") is not None
        and moment("2026-11-22T10:00:00.123456789Z") is not None
    )
    assert moment("0001-01-01T00:00:00+14:00") is None and moment("x") is None


@pytest.mark.parametrize("day", ["2026-W47-7", "20261122", "٢٠٢٦-١١-٢٢", "2026-11-22 ", "0001-01-01"])
def test_a_day_is_written_in_one_way(day: str) -> None:
    record = copy.deepcopy(ACTA)
    record["body"]["visit_date"] = day
    assert [(one.path, one.code) for one in problems(record)] == [("body.visit_date", "date")]
