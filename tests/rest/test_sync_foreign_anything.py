"""Whatever names another community's records, wherever a name may stand: nothing of them comes back, nothing of them changes."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lending import make_place
from sync_device import SIGNATURE, Device, acta, new_id, now
from test_sync_anything import FUZZ, LIKELY, put

ROLES = ("Gestor",)
NAMING = [
    ("body", "family"), ("body", "beneficiary"), ("body", "community"), ("body", "productive_unit"), ("body", "amends"), ("body", "template"),
    ("body", "participants", 0, "beneficiary"), ("body", "instance"), ("body", "name"), ("body", "doctype"), ("uuid",), ("base",),
]  # fmt: skip


def test_whatever_is_asked_or_sent_nothing_of_others_comes_back(client, people, place, template):
    """Another community's family and its acta, by their true names, in every place where a name may stand."""
    admin, mark, stored = client("System Manager"), new_id()[:8], []
    far = make_place(admin, people, ())
    admin.update("Family", far["family"], family_name=f"Ajena {mark}", notes=mark)
    values = {"visit_date": "2026-01-05", "family": far["family"], "answers": {"tema": mark}}
    hidden = admin.create("Acta", template=template["name"], client_uuid=new_id(), **values)
    names = st.sampled_from(
        [far["family"], far["person"], far["community"], hidden["name"], hidden["client_uuid"]]
    )
    device = Device(client("Gestor"))
    asked = st.sampled_from(
        ["changes.pull", "changes.acknowledge", "uploads.status", "papers.acta", "handshake.greet"]
    )
    parts = st.sampled_from(["name", "cursor", "files", "device", "with_form", "page", "label"])

    @settings(**FUZZ)
    @given(
        asked,
        st.dictionaries(parts, names | LIKELY, max_size=3),
        st.booleans(),
        st.lists(st.tuples(st.sampled_from(NAMING), names | LIKELY), min_size=1, max_size=2),
    )
    def ask(function, given_values, is_change, changes):
        answer = device.raw(function, **given_values)
        assert answer.status_code < 500 and mark not in answer.text, answer.text[:800]
        record = acta(template, place["family"])
        if is_change:
            body = {
                "doctype": "Family",
                "name": far["family"],
                "base": {"notes": mark},
                "values": {"notes": "x"},
            }
            record = {"kind": "change", "uuid": new_id(), "device_time": now(), "body": body}
        for path, value in changes:
            put(record, path, value)
        answer = device.push_raw([record], [SIGNATURE])
        assert answer.status_code == 200 and mark not in answer.text, answer.text[:800]
        stored.extend(
            one for one in answer.json()["message"]["results"] if one["state"] in ("stored", "conflict")
        )

    ask()
    after = admin.read("Family", far["family"])
    assert (after["notes"], after["family_name"]) == (mark, f"Ajena {mark}")
    # What was stored is about the gestor's own, and nothing came to hang on the other acta.
    made = admin.find(
        "Acta", [["name", "in", [one["name"] for one in stored]]], ("family", "beneficiary", "amends")
    )
    assert all(
        row["family"] != far["family"] and row["beneficiary"] != far["person"] and not row["amends"]
        for row in made
    )
    assert not admin.find("Sync Conflict", {"reference_name": ["in", [hidden["name"], far["family"]]]})
