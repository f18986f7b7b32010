"""The last look at real bundles and mails: secrets put into each layer of them are found, and clean ones are clean."""

from __future__ import annotations

import email
import email.policy
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest

from bundler.assemble.verification import search_file, verify_file
from bundler.errors import ExitCode
from bundler.redact import Vault, read_vault
from tests.conftest import NOW, Invoke
from tests.redact.layered import PACKED, PICTURES, SPELLED, Write, packed_twice

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "bundler" / "demo"

SHAPES: Mapping[str, str] = {
    "card-number": "4111111111111111",
    "grouped-card-number": "5555 5555 5555 4444",
    "iban": "NO9386011117947",
    "fodselsnummer": "15108695088",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.QUJDREVGR0hJSktM",
    "bearer": "Bearer kq7Zr2x9tAvB4mN8sLd0",
    "basic": "Basic c2hvcDpsZXRtZWluMTIz",
    "stripe-key": "sk_live_51Nq0ZrExampleOnlyKey00",
    "url-password": "postgres://app:hunter2pass@db.example.com/x",
    "private-key": "-----BEGIN PRIVATE KEY-----MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUA-----END PRIVATE KEY-----",
}


class Made(NamedTuple):
    """What the program made of a call: paths, and the values in the private map by their kinds."""

    bundle: Path
    mail: Path
    private: Path
    values: dict[str, str]


_CALL = """POST https://api.vipps.no/epayment/v1/payments HTTP/1.1
Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI4ODEifQ.c2lnbmF0dXJlLW9mLW5vYm9keQ
Content-Type: application/json

{"reference": "acme-shop-123", "client_secret": "Zx81&not+real 99", "email": "ola.nordmann@example.com",
"pan": "4571501827408723", "customerName": "Ågot Sørensen"}
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    (folder / "call.http").write_text(_CALL, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": str(NOW), "HOME": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "bundler", "create", "call.http", "-o", str(folder)],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    bundle, mail, private = (next(folder.glob(f"ticket-*{ending}")) for ending in (".zip", ".eml", ".map.json"))
    values = {entry.kind: entry.value for entry in read_vault(private.read_bytes()).entries}
    assert values.keys() == {"jwt", "secret", "email", "card", "name"}
    return Made(bundle, mail, private, values)


def _vault(private: Path | None) -> Vault | None:
    return read_vault(private.read_bytes()) if private is not None else None


def _found(data: bytes, private: Path | None) -> list[tuple[str, str]]:
    """Kinds and rules of what is found in the file; the value must be in none of what is told."""
    verdict = search_file(data, _vault(private))
    assert verdict.not_looked_into == ()
    return [(leak.kind, leak.rule) for leak in verdict.leaks]


LAYERS: Mapping[str, Write] = {**SPELLED, **PACKED, **PICTURES}


def _members(data: bytes, private: Path | None) -> dict[str, set[tuple[str, str]]]:
    """What is found in each file of a bundle."""
    verdict = search_file(data, _vault(private))
    assert verdict.not_looked_into == ()
    found: dict[str, set[tuple[str, str]]] = {}
    for leak in verdict.leaks:
        found.setdefault(leak.member.split(" > ")[1], set()).add((leak.kind, leak.rule))
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_every_value_of_the_map_is_found_in_every_layer_of_a_bundle(made: Made, layer: str) -> None:
    archive = made.bundle.read_bytes()
    for kind, value in made.values.items():
        archive = packed_twice(archive, f"logs/99-{kind}.log", LAYERS[layer](value))
    found = _members(archive, made.private)
    for kind in made.values:
        assert (kind, "value") in found.get(f"logs/99-{kind}.log", set()), kind


@pytest.mark.parametrize("layer", LAYERS)
def test_every_shape_is_found_in_every_layer_of_a_bundle_without_the_map(made: Made, layer: str) -> None:
    archive = made.bundle.read_bytes()
    # a slash in the name of a file is the end of a folder's
    shapes = {rule: text for rule, text in SHAPES.items() if "name" not in layer or re.fullmatch(r"[\w. ]+", text)}
    for rule, value in shapes.items():
        archive = packed_twice(archive, f"logs/99-{rule}.log", LAYERS[layer](value))
    found = _members(archive, None)
    for rule in shapes:
        assert rule in {name for _, name in found.get(f"logs/99-{rule}.log", ())}, rule


def _mail_of(made: Made, change: Callable[[EmailMessage], None]) -> bytes:
    message = email.message_from_bytes(made.mail.read_bytes(), policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    change(message)
    return message.as_bytes()


def _header(value: str) -> Callable[[EmailMessage], None]:
    def change(message: EmailMessage) -> None:
        message["X-Remark"] = f"{'words ' * 9}{value} æøå {'more ' * 9}"

    return change


def _attached(name: str, data: bytes) -> Callable[[EmailMessage], None]:
    return lambda message: message.add_attachment(data, "application", "octet-stream", filename=name)


def _forwarded(value: str) -> Callable[[EmailMessage], None]:
    def change(message: EmailMessage) -> None:
        inner = EmailMessage(policy=email.policy.SMTP)
        inner["From"] = "desk@example.com"
        inner.set_content(f"Så {'noget ' * 20} {value} og mere\n", cte="base64")
        message.add_attachment(inner)

    return change


def _page(value: str) -> Callable[[EmailMessage], None]:
    def change(message: EmailMessage) -> None:
        page = "".join(f"&#{ord(each)};" for each in value)
        message.add_attachment(f"<p>{'x ' * 40}{page}</p>", subtype="html", cte="quoted-printable")

    return change


def _hexed(letter: str) -> str:
    return "".join(f"={byte:02X}" for byte in letter.encode())


MAILED: Mapping[str, Callable[[Made, str], bytes]] = {
    "header": lambda made, value: _mail_of(made, _header(value)),
    "plain header": lambda made, value: f"X-Remark: so\r\n  it is {value}\r\n".encode() + made.mail.read_bytes(),
    "an encoded word for each letter": lambda made, value: (
        b"X-Remark: "
        + "\r\n ".join(f"=?utf-8?q?{_hexed(each)}?=" for each in value).encode()
        + b"\r\n"
        + made.mail.read_bytes()
    ),
    "attachment": lambda made, value: _mail_of(made, _attached("more.log", f"one\ntwo {value}\n".encode())),
    "packed attachment": lambda made, value: _mail_of(made, _attached("more.gz", PACKED["zip in zip"](value))),
    "picture": lambda made, value: _mail_of(made, _attached("more.png", PICTURES["PNG packed text"](value))),
    "forwarded mail": lambda made, value: _mail_of(made, _forwarded(value)),
    "HTML in quoted-printable": lambda made, value: _mail_of(made, _page(value)),
    "behind the last part": lambda made, value: made.mail.read_bytes() + b"\r\nps: " + value.encode() + b"\r\n",
    "name of an attachment": lambda made, value: _mail_of(made, _attached(f"{value} æ.log", b"nothing\n")),
}


@pytest.mark.parametrize("layer", MAILED)
def test_every_value_is_found_in_every_layer_of_a_mail(made: Made, layer: str) -> None:
    for kind, value in made.values.items():
        found = _found(MAILED[layer](made, value), made.private)
        assert (kind, "value") in found, kind


@pytest.mark.parametrize("layer", MAILED)
def test_shapes_are_found_in_every_layer_of_a_mail_without_the_map(made: Made, layer: str) -> None:
    for rule in ("card-number", "iban", "jwt", "stripe-key"):
        assert rule in {name for _, name in _found(MAILED[layer](made, SHAPES[rule]), None)}, rule


def test_what_is_told_of_a_leak_leads_to_it_and_does_not_hold_it(invoke: Invoke, tmp_path: Path, made: Made) -> None:
    secret = made.values["secret"]
    inner = SPELLED["Base64 in Base64"](secret)
    path = tmp_path / "leaking.zip"
    path.write_bytes(packed_twice(made.bundle.read_bytes(), "logs/99-more.zip", _zip_of("app.log", inner)))
    outcome = invoke("verify", path, "--leaks-only", "--map", made.private)
    assert outcome.code == ExitCode.LEAK
    assert "Found a secret (rule value) in the file > logs/99-more.zip > app.log, line 2 > Base64." in outcome.out
    assert secret not in outcome.out + outcome.err
    told = json.loads(invoke("verify", path, "--leaks-only", "--map", made.private, "--json").out)
    assert told["leaks"][0]["place"] == "line 2 > Base64"
    assert told["exit"] == ExitCode.LEAK
    assert secret not in json.dumps(told)


def _zip_of(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def test_a_name_that_leaks_is_not_told(invoke: Invoke, tmp_path: Path, made: Made) -> None:
    name = made.values["name"]
    path = tmp_path / "leaking.zip"
    path.write_bytes(packed_twice(made.bundle.read_bytes(), f"{name}.log", SHAPES["card-number"].encode()))
    outcome = invoke("verify", path, "--leaks-only", "--map", made.private)
    assert outcome.code == ExitCode.LEAK
    assert "the name of file" in outcome.out
    assert "card-number" in outcome.out
    assert name not in outcome.out + outcome.err


def test_names_and_reasons_out_of_a_hostile_file_are_shown_and_never_acted_on(invoke: Invoke, tmp_path: Path) -> None:
    name = "\u202egnp\n.log"
    (tmp_path / "odd.zip").write_bytes(
        packed_twice(_zip_of(name, SHAPES["iban"].encode()), f"{name}.xz", b"\xfd7zXZ\x00" + bytes(99))
    )
    out = invoke("verify", "odd.zip", "--leaks-only").out
    assert "Found an iban (rule iban) in the file > \\u202egnp\\n.log, line 1." in out
    assert "Not looked into: the file > \\u202egnp\\n.log.xz: it is damaged." in out


def test_clean_files_are_clean_with_the_map_and_without(made: Made) -> None:
    for path in (made.bundle, made.mail):
        for private in (made.private, None):
            verdict = verify_file(path.read_bytes(), _vault(private))
            assert (verdict.damage, verdict.leaks, verdict.not_looked_into) == ((), (), ())


def test_a_zip_of_another_program_is_said_to_be_none_of_ours(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "other.zip").write_bytes(_zip_of("a.log", b"nothing\n"))
    outcome = invoke("verify", "other.zip")
    assert outcome.code == ExitCode.INPUT
    assert "--leaks-only" in outcome.err
    outcome = invoke("verify", "other.zip", "--leaks-only")
    assert outcome.code == ExitCode.FINE
    assert outcome.out == "No secret found; searched by shape.\n"


def test_what_cannot_be_looked_into_is_never_called_clean(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "odd.zip").write_bytes(_zip_of("a.xz", b"\xfd7zXZ\x00" + bytes(99)))
    outcome = invoke("verify", "odd.zip", "--leaks-only")
    assert outcome.code == ExitCode.INPUT
    assert outcome.out == "Not looked into: the file > a.xz: it is damaged.\n"


def test_a_mail_of_another_program_is_searched(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "other.eml").write_bytes(SPELLED["quoted-printable"](SHAPES["iban"]))
    assert invoke("verify", "other.eml").code == ExitCode.INPUT
    outcome = invoke("verify", "other.eml", "--leaks-only")
    assert outcome.code == ExitCode.LEAK
    assert "Found an iban (rule iban) in the file, line " in outcome.out


CASES = sorted(path for path in (ROOT / "tests" / "cases").rglob("*") if path.is_file())


@pytest.mark.parametrize("case", CASES, ids=lambda case: "/".join(case.parts[-2:]))
def test_nothing_that_is_clean_is_called_a_leak(invoke: Invoke, tmp_path: Path, case: Path) -> None:
    outcome = invoke("create", case, "--event", "The payment failed.", "-o", "out")
    assert outcome.code != ExitCode.LEAK, outcome.err
    for path in (tmp_path / "out").glob("ticket-*"):
        if path.suffix != ".json":
            assert verify_file(path.read_bytes(), None).leaks == ()


@pytest.mark.parametrize("layer", ["JSON", "Base64"])
def test_a_leak_stops_create_and_leaves_nothing_behind(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    from bundler.assemble import parcel

    def careless(name: str, **_: object) -> str:
        return f"<html>{SPELLED[layer](SHAPES['card-number']).decode()}</html>" if name.endswith("html") else "a line\n"

    monkeypatch.setattr(parcel, "render", careless)
    outcome = invoke("create", DEMO / "checkout-trace.har", "-o", "out")
    assert outcome.code == ExitCode.LEAK
    assert "card-number" in outcome.err
    assert "report.html, line 2" in outcome.err
    assert SHAPES["card-number"] not in outcome.out + outcome.err
    assert not list(tmp_path.rglob("*ticket*"))
