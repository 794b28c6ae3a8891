"""Merging what a device wrote: nobody's work is lost, whatever the order in which things arrive."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from social_crm.field_records.domain.digests import record_digest
from social_crm.field_records.domain.merge import Standing, comparable, differences, fits, merge, verdict

VALUES = st.sampled_from(["", "a", "b", "c"])
RECORDS = st.dictionaries(st.sampled_from("xyz"), VALUES)


def test_what_a_field_can_never_hold() -> None:
    for kind, options, good, bad in (
        ("Data", None, ["López", " ", "1"], [-1, True, 1.5, [], {}]),
        ("Select", ["", "Rural", "Urban"], ["Rural"], ["Nowhere", 1, "rural"]),
        (
            "Date",
            None,
            ["2026-02-28", "2026-02-28T10:00:00"],
            ["2026-02-30", "mañana", 20260228, "0001-01-01"],
        ),
        ("Float", None, [11.5, "11.5", -3, "1e3", True], ["abc", "nan", "1,5", [], "1e16"]),
        ("Int", None, [3, "3", "3.0", True], [3.7, "3.7", 2**31, "x"]),
    ):
        for value in (*good, None, ""):
            assert fits(value, kind, options), (kind, value)
        for value in bad:
            assert not fits(value, kind, options), (kind, value)


def test_two_devices_change_different_fields() -> None:
    found = merge({"zone": "Rural"}, {"zone": "Urban"}, {"zone": "Rural", "notes": "new"})
    assert (found.taken, found.conflicts) == (("zone",), ())


def test_two_devices_change_the_same_field() -> None:
    found = merge({"zone": "Rural"}, {"zone": "Urban"}, {"zone": ""})
    assert found.taken == ()
    assert [(one.field, one.base, one.device, one.server) for one in found.conflicts] == [
        ("zone", "Rural", "Urban", "")
    ]


@given(RECORDS, RECORDS, RECORDS)
def test_each_field_has_one_fate(
    base: dict[str, str], device: dict[str, str], server: dict[str, str]
) -> None:
    found = merge(base, device, server)
    conflicts = {one.field for one in found.conflicts}
    assert not conflicts & set(found.taken)
    after = {**server, **{name: device[name] for name in found.taken}}
    for name, value in server.items():
        if value != base.get(name, ""):
            # What somebody else wrote stays, unless the device wrote the same.
            assert after[name] == value
    for name, value in device.items():
        if value != base.get(name, ""):
            # What the device wrote is there, or a person will decide.
            assert after.get(name, "") == value or name in conflicts


@given(RECORDS, RECORDS, RECORDS)
def test_merging_again_changes_nothing(
    base: dict[str, str], device: dict[str, str], server: dict[str, str]
) -> None:
    found = merge(base, device, server)
    after = {**server, **{name: device[name] for name in found.taken}}
    assert merge(base, device, after).taken == ()


def test_values_compare_as_they_are_stored() -> None:
    assert comparable(None) == comparable("") == comparable("  ")
    assert comparable("4", "Int") == comparable(4.0, "Float") == comparable(True and 4, "Currency") == "4"
    assert comparable(None, "Float") == comparable(0, "Int") == comparable("-0.0", "Float") == "0"
    assert comparable("2026-11-22 00:00:00", "Date") == "2026-11-22"
    assert comparable("2026-11-22T10:00:00", "Datetime") == comparable("2026-11-22 10:00:00.12", "Datetime")
    assert comparable("7:05:00", "Time") == comparable("07:05", "Time") == "07:05"
    assert comparable("Cafe\u0301") == comparable("Caf\u00e9")
    assert comparable("1e9999", "Float") == "1e9999"


def test_differences_are_told_once() -> None:
    assert differences({"a": "1", "b": "2"}, {"b": "3", "c": "4", "a": "1"}) == ("b", "c")
    assert differences({"a": ""}, {}) == ()


def test_an_edit_after_a_lost_reply_is_an_update() -> None:
    assert verdict(Standing("1", False, "d", "1", 1), "d", None, 2) == "update"


def test_an_edit_after_somebody_elses_is_a_conflict() -> None:
    assert verdict(Standing("2", False, "d", "1", 1), "d", None, 2) == "conflict"
    assert verdict(Standing("2", False, "d", "1", 1), "d", "1", 2) == "conflict"


def test_an_older_edit_that_arrives_late_is_known() -> None:
    assert verdict(Standing("2", False, "d", "2", 2), "d", None, 1) == "known"
    assert verdict(Standing("9", True, "d", "2", 2), "d", None, 1) == "known"


def test_a_closed_acta_takes_no_update() -> None:
    assert verdict(Standing("2", True, "d", "2", 2), "d", "2", 3) == "conflict"


def test_without_a_count_only_the_base_says_so() -> None:
    assert verdict(Standing("1", False, "d", "1", 0), "d", "1", 0) == "update"
    assert verdict(Standing("1", False, "d", "1", 0), "d", None, 0) == "conflict"
    # The same count with other content is a mistake of the device: nothing is dropped for it.
    assert verdict(Standing("2", False, "d", "2", 3), "d", None, 3) == "conflict"


@dataclass
class Server:
    """What the server keeps of one acta, in a few lines: the rules of acta_records.store."""

    version: int = 0
    text: str = ""
    device: str = ""
    last_version: int = 0
    revision: int = 0
    seen: set[tuple[str, str]] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)

    def push(self, device: str, base: str | None, revision: int, text: str) -> None:
        if (device, text) in self.seen:
            return
        standing = Standing(str(self.version), False, self.device, str(self.last_version), self.revision)
        said = "update" if not self.version else verdict(standing, device, base, revision)
        self.seen.add((device, text))
        if said == "update":
            self.text, self.version = text, self.version + 1
            self.device, self.last_version, self.revision = device, self.version, revision
        elif said == "conflict":
            self.kept.append(text)

    def edit(self, text: str) -> None:
        self.text, self.version = text, self.version + 1


# What happens: the device edits; it sends, with or without an answer; something sent before arrives again; the Desk edits.
STEPS = st.lists(
    st.one_of(
        st.just(("edit",)),
        st.tuples(st.just("send"), st.booleans()),
        st.tuples(st.just("again"), st.integers(0, 20)),
        st.just(("desk",)),
    ),
    max_size=25,
)


@given(STEPS)
def test_the_last_word_of_a_device_is_never_lost(steps: list[tuple[object, ...]]) -> None:
    server, sent, desk = Server(), [], []
    base, revision, unsent = None, 1, True
    for number, step in enumerate(steps):
        if step[0] == "edit":
            revision, unsent = revision + 1, True
        elif step[0] == "send":
            sent.append((base, revision, f"device {revision}"))
            server.push("d", *sent[-1])
            unsent = False
            if step[1] and server.last_version == server.version:
                base = str(server.version)
        elif step[0] == "again" and sent:
            server.push("d", *sent[int(str(step[1])) % len(sent)])
        elif step[0] == "desk" and server.version:
            server.edit(f"desk {number}")
            desk.append(server.text)
    if sent and not unsent:
        # The newest text of the device is what the acta says, or a person has to decide about it, or the Desk wrote over
        # it knowing it.
        newest = f"device {revision}"
        known = newest == server.text or newest in server.kept or (desk and server.text == desk[-1])
        assert known
        if not desk:
            assert (server.text, server.kept) == (newest, [])
    if desk and server.text not in desk:
        # The device wrote over the Desk only with the Desk's version in hand.
        assert base is not None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_the_digest_does_not_hear_how_it_is_written(body: dict[str, object]) -> None:
    record = {"kind": "acta", "uuid": "u", "body": body, "files": []}
    turned = {"files": [], "body": dict(reversed(body.items())), "uuid": "u", "kind": "acta", "close": False}
    travelled = {**turned, "base": "3", "revision": 7, "device_time": "x", "nothing": None}
    assert record_digest(record) == record_digest(turned) == record_digest(travelled)


@given(
    st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.text(min_size=1, max_size=5), st.integers(1, 9)
)
def test_the_digest_hears_every_change(body: dict[str, object], key: str, value: int) -> None:
    record = {"kind": "acta", "uuid": "u", "body": body}
    assert record_digest(record) != record_digest({**record, "uuid": "v"})
    assert record_digest(record) != record_digest({**record, "close": True})
    changed = {**body, key: [body.get(key), value]}
    assert record_digest(record) != record_digest({**record, "body": changed})


def test_numbers_of_a_digest() -> None:
    def of(value: object) -> str:
        return record_digest({"body": value})

    assert of(4) == of(4.0) and of(0) == of(-0.0)
    assert len({of(4), of(4.5), of("4"), of("4.5"), of(True), of([4])}) == 6
