"""``MANIFEST.json`` as design.md section 4 promises it."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from msgspec.structs import replace

from bundler.document import Manifest, ManifestFile, decode_manifest, encode_manifest, fits_own_digest
from bundler.errors import UnreadableInput
from bundler.model import Omission, Redaction


def _manifest() -> Manifest:
    file = ManifestFile(
        name="logs/01-service.log",
        size=3,
        sha256="0" * 64,
        origin="service.log",
        redactions=(Redaction("jwt", "[jwt-1]", 4),),
        omitted=(Omission(7, "outside the window"),),
    )
    return Manifest(schema="ticket-bundler/manifest/1", ticket_id="t-1", tool="ticket-bundler 0.1.0", files=(file,))


def test_manifest_has_the_promised_shape() -> None:
    told = json.loads(encode_manifest(_manifest()))
    assert list(told) == ["schema", "ticket_id", "tool", "files", "own_sha256"]
    assert list(told["files"][0])[:6] == ["name", "size", "sha256", "origin", "redactions", "omitted"]
    assert told["files"][0]["redactions"] == [{"kind": "jwt", "placeholder": "[jwt-1]", "count": 4}]


def test_manifest_is_read_back_the_same() -> None:
    read = decode_manifest(encode_manifest(_manifest()))
    assert replace(read, own_sha256=None) == _manifest()
    assert encode_manifest(read) == encode_manifest(_manifest())


def test_own_digest_can_be_reckoned_by_hand() -> None:
    data = encode_manifest(_manifest())
    own = json.loads(data)["own_sha256"].encode()
    assert sha256(data.rstrip(b"\n").replace(own, b"0" * 64)).hexdigest().encode() == own


def test_own_digest_tells_of_every_byte_and_not_of_line_ends() -> None:
    data = encode_manifest(_manifest())
    assert fits_own_digest(data)
    assert fits_own_digest(data.replace(b"\n", b"\r\n"))
    assert fits_own_digest(data.rstrip())
    for at in range(len(data) - 1):
        assert not fits_own_digest(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]), at
        assert not fits_own_digest(data[:at] + data[at + 1 :]), at


def test_own_digest_stands_in_no_text_of_a_manifest() -> None:
    other = f'"own_sha256": "{"1" * 64}"'
    assert fits_own_digest(encode_manifest(replace(_manifest(), tool=other, own_sha256="2" * 64)))


@pytest.mark.parametrize(
    ("old", "new"), [(b"manifest/1", b"manifest/2"), (b'"size": 3', b'"size": -3'), (b"0" * 64, b"0" * 63), (b"{", b"")]
)
def test_manifest_that_is_none_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode_manifest(encode_manifest(_manifest()).replace(old, new, 1))
