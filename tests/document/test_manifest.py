"""``MANIFEST.json`` as design.md section 4 promises it."""

from __future__ import annotations

import json

import pytest

from bundler.document import Manifest, ManifestFile, decode_manifest, encode_manifest
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
    assert list(told) == ["schema", "ticket_id", "tool", "files"]
    assert list(told["files"][0])[:6] == ["name", "size", "sha256", "origin", "redactions", "omitted"]
    assert told["files"][0]["redactions"] == [{"kind": "jwt", "placeholder": "[jwt-1]", "count": 4}]


def test_manifest_is_read_back_the_same() -> None:
    assert decode_manifest(encode_manifest(_manifest())) == _manifest()


@pytest.mark.parametrize(
    ("old", "new"), [(b"manifest/1", b"manifest/2"), (b'"size": 3', b'"size": -3'), (b"0" * 64, b"0" * 63), (b"{", b"")]
)
def test_manifest_that_is_none_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode_manifest(encode_manifest(_manifest()).replace(old, new, 1))
