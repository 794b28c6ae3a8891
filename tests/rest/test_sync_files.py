"""Files of the sync protocol: attached, sent in pieces, and what is refused."""

import gzip
import io
import json
import random
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from sync_device import (
    BASE,
    SIGNATURE,
    Device,
    acta,
    actas_of,
    files_of,
    photo,
    sha256,
)

ROLES = ("Gestor", "Psychosocial Professional")


def test_the_same_picture_twice_is_two_attachments_with_one_content(device, client, place, template):
    one = photo(31)
    record = acta(template, place["family"], [one, one])
    answer = device.push_one(record, [one, SIGNATURE])
    assert answer["state"] == "stored" and len(answer["files"]) == 3
    files = files_of(client, answer["name"])
    assert len(files) == 2 and len({file["file_url"] for file in files}) == 1
    url = files[0]["file_url"]
    # A second acta with the same picture; then the first one goes, and the picture stays for the other.
    other = device.push_one(acta(template, place["family"], [one]), [one, SIGNATURE])
    admin = client("System Manager")
    admin.data("DELETE", f"/api/resource/File/{files[0]['name']}")
    assert client("Gestor").call("GET", url).ok
    admin.data("DELETE", f"/api/resource/File/{files[1]['name']}")
    assert sha256(client("Gestor").call("GET", url).content) == sha256(one)
    admin.data("DELETE", f"/api/resource/File/{files_of(client, other['name'])[0]['name']}")
    assert not client("Gestor").call("GET", url).ok


def test_missing_files_write_nothing(device, client, place, template):
    photos = [photo(41), photo(42)]
    record = acta(template, place["family"], photos)
    answer = device.push_one(record, [photos[0], SIGNATURE])
    assert (answer["state"], answer["missing"], answer["name"]) == (
        "missing_files",
        [sha256(photos[1])],
        None,
    )
    assert actas_of(client, record) == []
    assert device.push_one(record, [*photos, SIGNATURE])["state"] == "stored"


def test_a_part_with_other_bytes_is_no_file(device, client, place, template):
    one = photo(43)
    record = acta(template, place["family"], [one])
    batch = {"device": device.device, "protocol": 1, "records": [record]}
    files = [
        ("batch", ("batch.json", json.dumps(batch), "application/json")),
        (sha256(one), ("x", photo(44))),
        (sha256(SIGNATURE), ("x", SIGNATURE)),
    ]
    response = client("Gestor").call("POST", BASE + "batches.push", files=files)
    answer = response.json()["message"]["results"][0]
    assert (answer["state"], answer["missing"]) == ("missing_files", [sha256(one)])


def test_large_files_go_in_pieces_and_survive_a_break(device, client, place, template):
    large = noise(700)
    name, size = sha256(large), len(large)
    assert size > 300_000
    assert device.ask("uploads.status", files=[name]) == {name: 0}
    assert device.chunk(name, size, 0, large[:1000])["received"] == 1000
    # The reply was lost: the same piece again is not written twice, and the answer says where to go on.
    assert device.chunk(name, size, 0, large[:1000])["received"] == 1000
    assert device.chunk(name, size, 5000, large[5000:6000])["received"] == 1000
    assert device.ask("uploads.status", files=[name]) == {name: 1000}
    assert device.upload(large)["complete"]
    assert device.ask("uploads.status", files=[name]) == {name: "complete"}
    record = acta(template, place["family"], [large])
    answer = device.push_one(record, [SIGNATURE])
    assert answer["state"] == "stored"
    url = files_of(client, answer["name"])[0]["file_url"]
    assert sha256(client("Gestor").call("GET", url).content) == name
    # What was waiting has been taken over.
    assert device.ask("uploads.status", files=[name]) == {name: 0}


def test_an_upload_with_a_wrong_hash_is_discarded(device):
    content = photo(51)
    answer = device.chunk(sha256(b"another"), len(content), 0, content)
    assert answer["refused"] and not answer["complete"] and answer["received"] == 0
    assert device.ask("uploads.status", files=[sha256(b"another")]) == {sha256(b"another"): 0}


def test_an_upload_of_somebody_else_is_not_there(client, device):
    content = photo(52)
    device.upload(content)
    other = Device(client("Psychosocial Professional"))
    assert other.ask("uploads.status", files=[sha256(content)]) == {sha256(content): 0}


def bomb() -> bytes:
    """A PNG of 400 million pixels in less than half a megabyte."""
    side = 20_000
    rows = zlib.compress(b"\0" * (side // 8 + 1) * side, 9)
    parts = (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def noise(side: int) -> bytes:
    """A picture that does not compress."""
    image = Image.frombytes("RGB", (side, side), random.Random(side).randbytes(side * side * 3))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"\0" * 10_000_000)
    return buffer.getvalue()


NO_FILES = {
    "html": b"<html><script>alert(1)</script></html>" * 3,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "random": random.Random(3).randbytes(4000),
    "zip": zipped(),
    "cut off": noise(60)[:2000],
    "bomb": bomb(),
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "pdf": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n" * 5,
    "one byte": b"x",
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_picture_is_refused(device, client, place, template, kind):
    content = NO_FILES[kind]
    record = acta(template, place["family"], [content])
    answer = device.push_one(record, [content, SIGNATURE])
    assert (answer["state"], answer["retry"]) == ("refused", False) and "foto_a.jpg" in answer["message"]
    assert actas_of(client, record) == []
    upload = device.upload(content)
    assert upload["refused"] and not upload["complete"]


SOUND = b"OggS\x00" + random.Random(4).randbytes(2000)


def spoken(template, place, content: bytes) -> dict:
    """An acta with a voice note."""
    record = acta(template, place["family"], [content])
    record["body"]["instance"] = record["body"]["instance"].replace("foto_a>", "nota>")
    return record


def test_sounds_are_taken_where_a_sound_is_asked_for(device, client, place, template):
    answer = device.push_one(spoken(template, place, SOUND), [SOUND, SIGNATURE])
    assert answer["state"] == "stored"
    assert files_of(client, answer["name"])[0]["file_url"].endswith(".ogg")
    picture = photo(77)
    for record, content in (
        (acta(template, place["family"], [SOUND]), SOUND),
        (spoken(template, place, picture), picture),
    ):
        answer = device.push_one(record, [content, SIGNATURE])
        assert (answer["state"], answer["retry"]) == ("refused", False) and "foto_a.jpg" in answer["message"]
        assert actas_of(client, record) == []


@pytest.mark.parametrize(
    "content",
    [
        b"OggS<html><script>alert(1)</script></html>",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1",
        b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00avifmif1",
    ],
    ids=["markup", "heic", "avif"],
)
def test_what_only_begins_like_a_sound_is_refused(device, client, place, template, content):
    answer = device.push_one(spoken(template, place, content), [content, SIGNATURE])
    assert answer["state"] == "refused"


def test_a_signature_of_too_many_pixels_is_refused(device, client, place, template):
    buffer = io.BytesIO()
    Image.new("1", (5000, 5000)).save(buffer, "PNG")
    drawn = buffer.getvalue()
    record = acta(template, place["family"])
    record["body"]["participants"][0]["signature"] = sha256(drawn)
    record["files"][0].update(sha256=sha256(drawn), size=len(drawn))
    answer = device.push_one(record, [drawn])
    assert answer["state"] == "refused" and len(drawn) < 300_000
    assert actas_of(client, record) == []


def test_letters_that_are_none_are_not_guessed(device, client, place, template):
    record = acta(template, place["family"], tema="Caña")
    batch = json.dumps({"device": device.device, "protocol": 1, "records": [record]}, ensure_ascii=False)
    files = [("batch", ("batch.json", batch.encode("latin-1"), "application/json"))]
    response = device.client.call("POST", BASE + "batches.push", files=files)
    assert response.status_code == 417 and response.json()["problem"]["code"] == "batch"
    assert actas_of(client, record) == []


def test_compressed_and_oversize_bodies_are_refused(device, client):
    gestor = client("Gestor")
    body = gzip.compress(json.dumps({"device": device.device}).encode())
    answer = gestor.call(
        "POST",
        BASE + "batches.push",
        data=body,
        headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"},
    )
    assert answer.status_code == 415 and answer.json()["problem"]["code"] == "compressed"
    answer = device.push_raw([], [b"\0" * (6 * 1024 * 1024)])
    assert answer.status_code == 413
    assert device.push_raw([{}] * 26).status_code == 413
    piece = b"\0" * (1024 * 1024 + 1)
    answer = gestor.call(
        "POST",
        BASE + "uploads.chunk",
        data={"device": device.device, "sha256": sha256(piece), "size": len(piece), "offset": 0},
        files={"chunk": piece},
    )
    assert answer.status_code == 413
    answer = gestor.call(
        "POST",
        BASE + "uploads.chunk",
        data={"device": device.device, "sha256": "a" * 64, "size": 10**9, "offset": 0},
        files={"chunk": b"x"},
    )
    assert answer.status_code == 417


def test_versions_of_the_protocol(device):
    answer = device.push_raw([], protocol=99)
    assert (answer.status_code, answer.json()["exc_type"]) == (426, "ProtocolError")


@pytest.mark.parametrize(
    "batch", ["", "[]", "{", '{"records": 1}', "NaN", '{"a":' * 5000, "[" * 100_000, "\x00"]
)
def test_a_broken_batch_is_refused_in_words(client, batch):
    answer = client("Gestor").call("POST", BASE + "batches.push", files={"batch": ("b.json", batch)})
    assert 400 <= answer.status_code < 500 and answer.json()["problem"]["text"]
