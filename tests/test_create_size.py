"""How large the mail of a ticket gets: what the program writes, counted and opened by other programs."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import subprocess
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.sized import HEX, TYPED, attachments_of, make, manifest_of, page_of, text_of, write_log
from tests.test_create_logs import FAILED, PAYMENT, line


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("wc"), reason="wc is not installed")
@pytest.mark.parametrize("limit", [100_000, 150_000, 222_222])
def test_mail_is_as_long_as_the_limit_allows_and_no_byte_longer(invoke: Invoke, tmp_path: Path, limit: int) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    files = make(invoke, "shop.log", "--size-limit", f"{limit}B")
    counted = subprocess.run(["wc", "-c", files["mail"]], capture_output=True, text=True, check=True)
    assert limit - 4_000 < int(counted.stdout.split()[0]) <= limit


def test_what_is_left_out_is_told_by_mail_manifest_terminal_and_verify(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    outcome = invoke("create", *TYPED[:-1], "shop.log", "--size-limit", "100kB")
    assert outcome.code == ExitCode.FINE, outcome.err
    assert "The mail may have 100.0 kB, so it holds less than the bundle, and says so:" in outcome.err
    (mail,) = tmp_path.glob("*.eml")
    (bundle,) = tmp_path.glob("*.zip")
    (log,) = (file for file in manifest_of(mail)["files"] if file["name"].startswith("logs/"))
    omitted = log["omitted"][-1]
    attached = attachments_of(mail)["logs-01-shop.log"]
    assert (log["size"], log["sha256"]) == (len(attached), sha256(attached).hexdigest())
    shutil.unpack_archive(bundle, tmp_path / "whole")
    whole = (tmp_path / "whole" / "logs" / "01-shop.log").read_bytes()
    assert log["whole"] == {"name": "logs/01-shop.log", "size": len(whole), "sha256": sha256(whole).hexdigest()}
    assert (omitted["records"], omitted["size"]) == (
        whole.count(b"\n") - attached.count(b"\n"),
        len(whole) - len(attached),
    )
    told = f"left out of the mail for its size ({omitted['records']:,} records, {omitted['size'] / 1000:.1f} kB less)"
    assert told in outcome.err
    assert told in text_of(mail)
    digest = sha256(bundle.read_bytes()).hexdigest()
    size = bundle.stat().st_size
    assert manifest_of(mail)["bundle"] == {"name": bundle.name, "size": size, "sha256": digest}
    for body in (text_of(mail), page_of(mail)):
        assert f"the sender has it in {bundle.name} ({size / 1000:.1f} kB, SHA-256 {digest})." in body
    verdict = invoke("verify", mail)
    assert verdict.code == ExitCode.FINE, verdict.out
    assert f"PRV119 The whole of it is in {bundle.name}: {size:,} bytes, SHA-256 {digest}." in verdict.out
    held = f"{len(attached):,} of {len(whole):,} bytes"
    assert f"PRV115 logs-01-shop.log has {held}: left out of the mail for its size." in verdict.out
    assert f"left out of the mail for its size ({omitted['records']:,} records" in invoke("preview", mail).out
    assert attachments_of(mail)["ticket.json"] == (tmp_path / "whole" / "ticket.json").read_bytes()


def test_bundle_is_whole_and_the_same_whatever_the_mail_may_have(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    (tmp_path / "key").write_text("ab" * 32)
    ways = {"usual": (), "small": ("--size-limit", "100kB"), "split": ("--size-limit", "100kB", "--split")}
    bundles = [
        make(invoke, "shop.log", "--key", "key", "-o", name, *way)["bundle"].read_bytes() for name, way in ways.items()
    ]
    assert len(set(bundles)) == 1
    again = make(invoke, "shop.log", "--key", "key", "-o", "again", *ways["small"])["mail"]
    assert again.read_bytes() == next((tmp_path / "small").glob("*.eml")).read_bytes()


def test_mail_that_has_room_holds_everything_and_its_manifest_is_the_bundles(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 200)
    files = make(invoke, "shop.log", "--strict-size")
    shutil.unpack_archive(files["bundle"], tmp_path / "whole")
    assert attachments_of(files["mail"])["MANIFEST.json"] == (tmp_path / "whole" / "MANIFEST.json").read_bytes()
    assert "PRV11" not in invoke("verify", files["mail"]).out


def test_strict_size_writes_nothing_rather_than_leave_anything_out(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    outcome = invoke("create", *TYPED, "shop.log", "--size-limit", "100kB", "--strict-size")
    assert outcome.code == ExitCode.INPUT
    assert (
        "does not fit into a mail of 100.0 kB: something would have to be left out; nothing was written" in outcome.err
    )
    assert not list(tmp_path.glob("ticket-*"))


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("--size-limit", "much"), "'much' is not a size"),
        (("--size-limit", "60MB"), "more than a mail may have to be read again: 50,000,000"),
        (("--split", "--strict-size"), "--split leaves nothing out"),
    ],
)
def test_sizes_that_cannot_be_meant_are_refused(invoke: Invoke, argv: tuple[str, ...], told: str) -> None:
    outcome = invoke("create", "--payment-id", PAYMENT, *argv)
    assert outcome.code == ExitCode.USAGE
    assert told in outcome.err


def test_picture_goes_smaller_into_the_mail_and_whole_into_the_bundle(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 10)
    for name in ("one", "two"):
        noise = Image.frombytes("RGB", (150, 300), Random(name).randbytes(150 * 300 * 3))
        screen = Image.new("RGB", (540, 1600), "#f4f6f9")  # flat enough to be no photograph
        screen.paste(noise.resize((540, 700), Image.Resampling.BICUBIC))
        screen.save(tmp_path / f"{name}.png")
    files = make(invoke, "shop.log", "one.png", "two.png", "--size-limit", "800kB")
    assert files["mail"].stat().st_size <= 800_000
    pictures = [file for file in manifest_of(files["mail"])["files"] if file["name"].startswith("pictures/")]
    for file in pictures:
        attached = attachments_of(files["mail"])[file["name"].replace("/", "-")]
        assert sha256(attached).hexdigest() == file["sha256"]
        assert file["whole"]["size"] > file["size"]
        assert "smaller in the mail: " in file["omitted"][-1]["why"]
    assert "smaller in the mail: " in text_of(files["mail"])
    message = email.message_from_bytes(files["mail"].read_bytes(), policy=email.policy.default)
    shown = set(re.findall(r'src="cid:([^"]+)"', page_of(files["mail"])))
    assert {str(part["Content-ID"]).strip("<>") for part in message.walk() if part["Content-ID"]} == shown
    assert len(shown) == len(pictures) == 2
    verdict = invoke("verify", files["mail"])
    assert verdict.code == ExitCode.FINE, verdict.out
    without = make(invoke, "shop.log", "one.png", "two.png", "--size-limit", "120kB", "-o", "less")["mail"]
    assert [each["name"] for each in manifest_of(without)["elsewhere"] if each["name"].startswith("pictures/")]
    assert "not in the mail; left out of the mail for its size" in text_of(without)
    assert "PRV116 pictures-02" in invoke("verify", without).out
    assert "cid:" not in without.read_text(encoding="ascii").replace("=3D", "=")


def test_recipients_own_limit_counts_where_none_is_typed(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    folder = Path(invoke("config", "provider", "new", "acme").out.strip())
    profile = folder / "profile.toml"
    text = profile.read_text(encoding="utf-8")
    assert "# size_limit = " in text
    profile.write_text(re.sub("# size_limit = [0-9_]+", "size_limit = 130_000", text), encoding="utf-8")
    mail = make(invoke, "shop.log", "--provider", "acme", "-o", "own")["mail"]
    assert 120_000 < mail.stat().st_size <= 130_000
    outcome = invoke("create", *TYPED[:-1], "shop.log", "--provider", "acme", "-o", "typed", "--size-limit", "1MB")
    (typed,) = (tmp_path / "typed").glob("*.eml")
    assert typed.stat().st_size > 130_000
    send = re.search(r"or ticket-bundler (send .*) puts it among your drafts", outcome.err)
    assert send
    assert send[1] == f"send {typed.with_suffix('.zip').relative_to(tmp_path)} --size-limit 1000000"
    assert invoke(*send[1].split(), "--check").code == ExitCode.FINE
    assert invoke("send", typed, "--check").code == ExitCode.BLOCKED


def test_300_mb_of_logs_make_a_mail_within_the_limit(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "one.log", 2_000)
    block = (tmp_path / "one.log").read_bytes()
    before = (line(FAILED - timedelta(days=1), f"long before {HEX * 20}") * 4_000).encode()
    (tmp_path / "logs").mkdir()
    for number in range(30):
        (tmp_path / "logs" / f"app-{number}.log").write_bytes(before[: 10_000_000 - len(block) - 1] + b"\n" + block)
    files = make(invoke, "logs", "--size-limit", "4MB")
    assert sum(path.stat().st_size for path in (tmp_path / "logs").iterdir()) >= 300_000_000
    assert 3_900_000 < files["mail"].stat().st_size <= 4_000_000
    logs = [data for name, data in attachments_of(files["mail"]).items() if name.startswith("logs-")]
    assert len(logs) == 30
    assert all(f"refused PaymentId={PAYMENT}".encode() in data for data in logs)
