"""What --split makes of a ticket: numbered mails that hold everything, or one where that is enough."""

from __future__ import annotations

import email
import email.policy
import shutil
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.sized import PARTS, TYPED, attachments_of, make, manifest_of, text_of, write_log


@pytest.mark.parametrize(
    ("splitting", "told"), [((), "the least that it has to hold takes"), (("--split",), "not even 20 mails")]
)
def test_ticket_whose_least_does_not_fit_is_not_sent_from_one_way_to_the_other(
    invoke: Invoke, tmp_path: Path, splitting: tuple[str, ...], told: str
) -> None:
    write_log(tmp_path / "shop.log", 100)
    outcome = invoke("create", *TYPED, "shop.log", "--size-limit", "20kB", *splitting)
    assert outcome.code == ExitCode.INPUT
    assert f"does not fit into a mail of 20.0 kB: {told}" in outcome.err
    assert "--split" not in outcome.err
    assert "--size-limit SIZE allows larger ones" in outcome.err
    assert not list(tmp_path.glob("ticket-*"))


def test_split_makes_numbered_mails_that_hold_everything_and_verify_alone(invoke: Invoke, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_log(tmp_path / f"{name}.log", 700)
    files = make(invoke, "a.log", "b.log", "c.log", "--size-limit", "120kB", "--split")
    mails = [path for name, path in files.items() if name not in ("bundle", "map")]
    count = len(mails)
    stem = files["bundle"].stem
    assert count > 2
    assert [path.name for path in mails] == [f"{stem}.{number}of{count}.eml" for number in range(1, count + 1)]
    assert all(path.stat().st_size <= 120_000 for path in mails)
    threads, joined = set(), dict[str, bytes]()
    for number, path in enumerate(mails, 1):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert message["Subject"].endswith(f"({number}/{count})")
        assert f"[{message['X-Ticket-Id']}]" in message["Subject"]
        threads.add(message["References"])
        verdict = invoke("verify", path)
        assert verdict.code == ExitCode.FINE, verdict.out
        assert "by the values of the private map" in verdict.out
        manifest = manifest_of(path)
        assert manifest["mail"] == {"number": number, "count": count}
        contents = attachments_of(path)
        for file in manifest["files"]:
            if file["name"].startswith("logs/"):
                name = file.get("whole", file)["name"]
                joined[name] = joined.get(name, b"") + contents[file["name"].replace("/", "-")]
        elsewhere = {(each["name"], each.get("mail")) for each in manifest["elsewhere"]}
        assert ("report.html", None) in elsewhere
        assert {mail for _, mail in elsewhere} - {None} == set(range(1, count + 1)) - {number}
        assert "ticket.json" not in {name for name, _ in elsewhere}
        assert invoke("preview", path).code == ExitCode.FINE
    assert len(threads) == 1
    shutil.unpack_archive(files["bundle"], tmp_path / "whole")
    assert joined == {f"logs/{path.name}": path.read_bytes() for path in (tmp_path / "whole" / "logs").iterdir()}
    assert "Likely cause" in text_of(mails[0])
    assert "Likely cause" not in text_of(mails[1])
    assert f"Files, in {count} mails of which this is number 2" in text_of(mails[1])


def test_a_picture_that_no_mail_holds_is_made_smaller_and_nothing_is_said_of_splitting(
    invoke: Invoke, tmp_path: Path
) -> None:
    write_log(tmp_path / "shop.log", 10)
    screen = Image.new("RGB", (1080, 2400), "#f4f6f9")
    screen.paste(Image.frombytes("RGB", (300, 300), Random("one").randbytes(300 * 300 * 3)))
    screen.save(tmp_path / "one.png")
    outcome = invoke("create", "shop.log", "one.png", "--size-limit", "300kB", "--split", "-o", "split")
    assert outcome.code == ExitCode.FINE
    assert "smaller in the mail" in outcome.err
    assert "--split makes several" not in outcome.err
    assert "in mail 1 of 1" not in outcome.err
    (mail,) = (tmp_path / "split").glob("*.eml")
    assert "in mail 1 of 1" not in text_of(mail)


def test_split_of_a_ticket_that_fits_is_one_mail(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 100)
    files = make(invoke, "shop.log", "--split")
    assert set(files) == set(PARTS)
    assert files["mail"].name == f"{files['bundle'].stem}.eml"
