"""A jury of programs takes our mail apart into the same parts: types, names and bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest

from bundler.mail.letter import Manner
from bundler.mail.manners import as_letter
from tests.delivery.certificates import Certificates, make_certificates, openssl_is_here
from tests.delivery.dovecot import Dovecot, dovecot, needs_dovecot, visiting
from tests.delivery.drafts import put
from tests.mail.demo import ME, MOMENT, demo_draft
from tests.mail.jury import EMAIL_MIME, JURY, MIME_PARSER, Seen, of_structure, seen, told_by
from tests.mail.mails import HTML, SUBJECT, attachments, mail

ROOT = Path(__file__).parents[2]
PICTURES = (
    ROOT / "bundler" / "demo" / "app-error.png",
    *(ROOT / "tests" / "golden" / name for name in ("app-screen.png", "report.png")),
)


@cache
def draft_with_pictures() -> bytes:
    """A draft with three pictures shown in its text, made by the real program once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        har = ROOT / "bundler" / "demo" / "checkout-trace.har"
        command = [sys.executable, "-m", "bundler", "create", *map(str, (har, *PICTURES)), "-q", "-o", folder]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        (draft,) = Path(folder).glob("*.eml")
        return draft.read_bytes()


DRAFTS: dict[str, Callable[[], bytes]] = {"demo": demo_draft, "pictures": draft_with_pictures, "all of a ticket": mail}
CASES = [(draft, manner) for draft in DRAFTS for manner in get_args(Manner)]


def letter(draft: str, manner: Manner) -> bytes:
    return as_letter(DRAFTS[draft](), manner, ME, MOMENT).data


def agreed(data: bytes, folder: Path) -> list[Seen]:
    """What the standard library sees, which the others must see as well."""
    return told_by("Python compat32", data, folder)


@pytest.mark.real
@pytest.mark.parametrize(("draft", "manner"), CASES)
@pytest.mark.parametrize("juror", list(JURY)[1:])
def test_the_jury_agrees_on_every_part(juror: str, draft: str, manner: Manner, tmp_path: Path) -> None:
    data = letter(draft, manner)
    told, known = told_by(juror, data, tmp_path), agreed(data, tmp_path)
    if juror == "ripmime":
        assert sorted(told) == sorted(("", name, digest) for _, name, digest in known if name)
    else:
        assert told == known


def test_what_the_jury_agrees_on_is_what_was_put_in(tmp_path: Path) -> None:
    files = attachments()
    ordered = [*(file for file in files if file.content_id), *(file for file in files if not file.content_id)]
    (text, page, *rest) = agreed(mail(), tmp_path)
    assert [each[:2] for each in (text, page)] == [("text/plain", ""), ("text/html", "")]
    assert page == seen("text/html", "", HTML.encode())
    assert rest == [(file.media_type, file.name, sha256(file.data).hexdigest()) for file in ordered]
    assert len([kind for kind, _, _ in agreed(draft_with_pictures(), tmp_path) if kind.startswith("image/")]) == 3


@pytest.mark.real
@pytest.mark.parametrize(("juror", "script"), [("libmime-tools-perl", MIME_PARSER), ("libemail-mime-perl", EMAIL_MIME)])
def test_perl_reads_the_same_subject(juror: str, script: str) -> None:
    if not JURY[juror][1]():
        pytest.skip(f"needs {juror}")
    done = subprocess.run(["perl", "-e", script], input=mail(), capture_output=True, check=True)
    assert json.loads(done.stdout)["subject"] == SUBJECT


@pytest.mark.real
@needs_dovecot
def test_a_server_of_mailboxes_describes_and_decodes_the_same_parts(tmp_path: Path) -> None:
    if not openssl_is_here():
        pytest.skip("openssl is not installed")
    tmp_path.chmod(0o755)
    with tempfile.TemporaryDirectory(prefix="certificates-") as folder:
        Path(folder).chmod(0o755)
        certificates = make_certificates(Path(folder))
        with dovecot(certificates.good) as server:
            for draft, manner in CASES:
                data = letter(draft, manner)
                assert _by_dovecot(server, certificates, data) == agreed(data, tmp_path), (draft, manner)


def _by_dovecot(server: Dovecot, certificates: Certificates, data: bytes) -> list[Seen]:
    with visiting(server, certificates.good) as visitor:
        put(visitor, "INBOX", "()", data)
        number = visitor.select("INBOX", readonly=True)[1][0]
        assert number is not None
        (told,) = visitor.fetch(number.decode(), "(BODYSTRUCTURE)")[1]
        assert isinstance(told, bytes)
        structure = told.decode().partition("BODYSTRUCTURE ")[2].removesuffix(")")
        found = []
        for section, kind, name in of_structure(structure):
            answer = visitor.fetch(number.decode(), f"(BINARY.PEEK[{section}])")[1][0]
            assert isinstance(answer, tuple)
            found.append(seen(kind, name, answer[1]))
        return found
