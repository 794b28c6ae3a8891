"""Whatever an OpenRosa client sends: no error of the server, no acta but of what was answered with 201, no half of one."""

import uuid
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from hypothesis import given, settings
from hypothesis import strategies as st
from openrosa_client import instance, picture, printed, send
from test_sync_anything import FUZZ, LIKELY, counts

ROLES = ("Gestor",)
TEMPLATE = "{http://openrosa.org/javarosa}template"
TEXTS = LIKELY.filter(lambda value: isinstance(value, str)) | st.text(max_size=30) | st.just("uuid:1")
NAMES = st.sampled_from(
    ["_firmantes", "_acta", "_familia", "_huella", "_firma", "_firma_si", "meta", "instanceID", "foto", "objetivo", "x"]
)  # fmt: skip
STEP = st.tuples(
    st.sampled_from(["drop", "double", "rename", "deepen", "text", "attribute", "move"]),
    st.integers(0, 60),
    st.integers(0, 60),
    TEXTS,
    NAMES,
)


def mutated(xml: str, steps: list) -> str:
    """The form with some of its parts dropped, doubled, renamed, wrapped, moved, or saying something else."""
    root = fromstring(xml)
    for what, number, other, text, name in steps:
        parents = [(parent, part) for parent in root.iter() for part in parent]
        if not parents:
            break
        parent, part = parents[number % len(parents)]
        if what == "drop":
            parent.remove(part)
        elif what == "double":
            parent.append(fromstring(tostring(part)))
        elif what == "rename":
            part.tag = name
        elif what == "deepen":
            parent.remove(part)
            SubElement(parent, name).append(part)
        elif what == "text" and not part.tag.endswith("instanceID"):
            part.text = text
        elif what == "attribute":
            (root if number % 5 == 0 else part).set("version" if number % 2 else name, text)
        elif what == "move":
            target = parents[other % len(parents)][1]
            if part not in list(target.iter()) and target not in list(part.iter()):
                parent.remove(part)
                target.append(part)
    try:
        return "<?xml version='1.0'?>" + tostring(root, encoding="unicode")
    except (TypeError, ValueError, ParseError):
        return "<"


def signers_of(xml: str) -> int:
    root: Element = fromstring(xml)
    return sum(one.tag.rpartition("}")[2] == "_firmantes" and TEMPLATE not in one.attrib for one in root)


def test_whatever_form_is_sent_it_is_stored_whole_or_not_at_all(client, collect, place):
    ask, before, stored = collect("Gestor"), counts(client), []
    files = [("firma1.jpg", picture("JPEG")), ("foto1.jpg", picture("JPEG", 90))]

    @settings(**FUZZ)
    @given(st.lists(STEP, max_size=3), st.booleans(), st.sampled_from([None, 7, 300, -1]))
    def go(steps, with_print, cut):
        own = f"uuid:{uuid.uuid4()}"
        plain = printed(place, own, "bm8gcmVjb3Jk") if with_print else instance(place, own, "foto1.jpg")
        xml = mutated(plain, steps)
        if cut:
            xml = xml[:cut] if cut > 0 else f"{xml}<"
        xml = xml.encode("utf-8", "replace").decode()
        answer = send(ask, xml, files)
        assert answer.status_code in (201, 202) or 400 <= answer.status_code < 500, (answer.text, xml)
        root = fromstring(answer.content)
        assert root.tag.endswith("OpenRosaResponse") and "Traceback" not in answer.text
        if answer.status_code == 201:
            stored.append(xml)

    go()
    after = counts(client)
    made = {name: after[name] - before[name] for name in ("Acta", "Acta Participant", "Fingerprint")}
    assert made["Acta"] == len(stored)
    assert made["Acta Participant"] == sum(signers_of(xml) for xml in stored) and made["Fingerprint"] == 0
    assert 0 < len(stored) < FUZZ["max_examples"]


ADDRESSES = st.sampled_from(
    ["formList", "submission", "forms/home_visit-v1", "forms/", "manifest/home_visit-v1", "manifest/x", "media/familias.csv", "media/", ""]
) | st.text("abc/.%?&=é-_ ", max_size=12)  # fmt: skip
KINDS = st.sampled_from(
    [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\"",
        "text/xml", "application/x-www-form-urlencoded", "application/octet-stream", "multipart/mixed; boundary=x", "x", "",
    ]
)  # fmt: skip
PART = b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="f.xml"\r\n\r\n%s\r\n--x--\r\n'
BODIES = (
    st.binary(max_size=60)
    | st.binary(max_size=60).map(lambda content: PART % content)
    | st.integers(0, 120).map(lambda length: (PART % b"<home_visit/>")[:length])
    | st.sampled_from(
        [PART % b"", PART.replace(b"form-data; ", b"") % b"<a/>", PART.replace(b"\r\n", b"\n") % b"<a/>"]
    )
)


def test_whatever_comes_to_the_doors_they_answer_in_xml_and_nothing_is_kept(client, collect):
    """Torn multipart bodies, bodies of another type than they say, addresses that are none."""
    ask, before, seen = collect("Gestor"), counts(client), set()

    @settings(**FUZZ)
    @given(
        st.sampled_from(["GET", "HEAD", "POST", "POST", "POST"]),
        ADDRESSES | st.just("submission"),
        KINDS,
        BODIES,
    )
    def go(verb, address, kind, body):
        answer = ask(verb, f"/openrosa/{address}", data=body, headers={"Content-Type": kind})
        seen.add((verb, answer.status_code))
        assert answer.status_code < 500 and "Traceback" not in answer.text, (
            answer.status_code,
            answer.text[:500],
        )
        if verb == "POST" and address == "submission":
            assert answer.status_code >= 400 and fromstring(answer.content).tag.endswith("OpenRosaResponse")

    go()
    assert counts(client) == before
    assert {("GET", 200), ("POST", 400), ("POST", 405)} <= seen
