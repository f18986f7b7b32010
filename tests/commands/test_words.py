"""What a user says about masking, with the real program: in create, check, scrub and verify."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.redact.test_own_rules import SHAPE

PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
LOG = f"2026-11-23T18:54:01Z INFO Bluebird CUS-104711 PaymentId={PAYMENT} password=hunter2-is-mine zanzibar-77\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "words.txt").write_text("# ours\nbluebird\nregex:zanzibar-[0-9]+\n", encoding="utf-8")
    (tmp_path / "rules.toml").write_text(SHAPE, encoding="utf-8")
    (tmp_path / "app.log").write_text(LOG, encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Bluebird zanzibar-77.log").write_text(LOG, encoding="utf-8")
    return tmp_path


def everything_in(folder: Path) -> bytes:
    whole = b""
    for path in sorted(folder.rglob("*")):
        whole += path.name.encode() + (path.read_bytes() if path.is_file() else b"")
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as bundle:
                whole += b"".join(name.encode() + bundle.read(name) for name in bundle.namelist())
    return whole.lower()


def test_create_writes_the_words_of_a_mask_file_nowhere(invoke: Invoke, folder: Path) -> None:
    options = ("--mask-file", "words.txt", "--event", "Bluebird broke", "--note", "see zanzibar-77", "-o", "out")
    outcome = invoke("create", "in", "--payment-id", PAYMENT, *options, "--json")
    assert outcome.code == 0, outcome.err
    whole = everything_in(folder / "out") + outcome.out.encode().lower() + outcome.err.encode().lower()
    assert b"bluebird" not in whole
    assert b"zanzibar" not in whole
    assert PAYMENT.encode() in whole
    (bundle,) = (folder / "out").glob("*.zip")
    assert invoke("verify", bundle, "--mask-file", "words.txt").code == 0


def test_check_masks_the_words_too(invoke: Invoke, folder: Path) -> None:
    outcome = invoke("check", "in", "--payment-id", PAYMENT, "--mask-file", "words.txt", "--event", "Bluebird")
    assert outcome.code == 0, outcome.err
    assert "bluebird" not in (outcome.out + outcome.err).lower()


def test_scrub_masks_words_and_own_rules_in_a_stream(invoke: Invoke, folder: Path) -> None:
    outcome = invoke("scrub", "app.log", "--mask-file", "words.txt", "--rules", "rules.toml", "-o", "safe.log")
    assert outcome.code == 0, outcome.err
    assert (folder / "safe.log").read_text(encoding="utf-8") == (
        f"2026-11-23T18:54:01Z INFO [word-1] [secret-1] PaymentId={PAYMENT} password=[secret-2] [word-2]\n"
    )


def test_scrub_masks_words_in_names_of_files_and_keeps_them_out_of_report_and_map(invoke: Invoke, folder: Path) -> None:
    files = ("--report", "report.jsonl", "--map", "private.json", "-o", "safe")
    outcome = invoke("scrub", "in", "--mask-file", "words.txt", *files)
    assert outcome.code == 0, outcome.err
    assert [path.name for path in (folder / "safe").iterdir()] == ["[word-1] [word-2].log"]
    written = everything_in(folder / "safe") + (folder / "report.jsonl").read_bytes()
    written += (folder / "private.json").read_bytes() + outcome.err.encode()
    assert b"bluebird" not in written.lower()
    assert b"zanzibar" not in written.lower()


def test_scrub_obeys_the_configured_mask_file(invoke: Invoke, folder: Path) -> None:
    (folder / "ticket-bundler.toml").write_text('[redaction]\nmask_file = "words.txt"\n', encoding="utf-8")
    outcome = invoke("scrub", "app.log", "-o", "safe.log")
    assert outcome.code == 0, outcome.err
    assert "Bluebird" not in (folder / "safe.log").read_text(encoding="utf-8")


def test_scrub_says_which_secret_stays_and_why(invoke: Invoke, folder: Path) -> None:
    outcome = invoke("scrub", "app.log", "--keep-secret", "hunter2-is-mine=the sandbox is public", "-o", "safe.log")
    assert "A secret (password) stays readable on purpose: the sandbox is public." in outcome.err
    assert "password=hunter2-is-mine" in (folder / "safe.log").read_text(encoding="utf-8")


def test_scrub_masks_a_secret_that_was_only_to_be_kept_and_says_so(invoke: Invoke, folder: Path) -> None:
    outcome = invoke("scrub", "app.log", "--keep", "hunter2-is-mine", "-o", "safe.log", "--json")
    assert json.loads(outcome.out)["notes"] == [
        "A text of --keep stands where a secret does (password), and is masked."
    ]
    assert "hunter2" not in (folder / "safe.log").read_text(encoding="utf-8")


def test_the_reason_for_showing_a_secret_stands_in_the_report(invoke: Invoke, folder: Path) -> None:
    kept = "hunter2-is-mine=the sandbox is public"
    outcome = invoke("create", "app.log", "--payment-id", PAYMENT, "--event", "x", "--keep-secret", kept, "-o", "out")
    assert outcome.code == 0, outcome.err
    (bundle,) = (folder / "out").glob("*.zip")
    with zipfile.ZipFile(bundle) as opened:
        report = opened.read("report.md").decode()
    assert "PRV904: A secret (password) stays readable on purpose: the sandbox is public." in report


def test_verify_finds_a_word_that_was_left_and_does_not_say_which(invoke: Invoke, folder: Path) -> None:
    outcome = invoke("verify", "app.log", "--leaks-only", "--mask-file", "words.txt")
    assert outcome.code == ExitCode.LEAK
    assert "a word (rule word) in the file, line 1" in outcome.out
    assert "bluebird" not in (outcome.out + outcome.err).lower()


def test_a_word_that_is_also_one_of_our_own_does_not_stop_the_ticket(invoke: Invoke, folder: Path) -> None:
    (folder / "common.txt").write_text("Request\nticket\nJSON\n", encoding="utf-8")
    outcome = invoke("create", "app.log", "--payment-id", PAYMENT, "--mask-file", "common.txt", "--event", "x")
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--mask", "4f9e-b0eb"), ExitCode.USAGE, "stands in the payment id"),
        (("--mask-file", "words.txt", "--keep", "BLUEBIRD"), ExitCode.USAGE, "is also to be kept"),
        (("--keep", "4111111111111111"), ExitCode.USAGE, "is a secret by its looks"),
        (("--keep-secret", "hunter2"), ExitCode.USAGE, "needs a text and a reason"),
        (("--mask-file", "missing.txt"), ExitCode.INPUT, "does not exist"),
        (("--mask-file", "in"), ExitCode.INPUT, "is a folder"),
        (("--mask-file", "empty.txt"), ExitCode.INPUT, "holds nothing to mask"),
        (("--mask-file", "wild.txt"), ExitCode.INPUT, "repeats several characters without a bound"),
        (("--rules", "broken.toml"), ExitCode.INPUT, "does not find its own hit 1"),
    ],
)
def test_what_cannot_be_obeyed_stops_the_run_before_anything_is_written(
    options: tuple[str, ...], code: ExitCode, told: str, invoke: Invoke, folder: Path
) -> None:
    (folder / "empty.txt").touch()
    (folder / "wild.txt").write_text("regex:(a+)+$\n", encoding="utf-8")
    (folder / "broken.toml").write_text(SHAPE.replace("«CUS-104711»", "CUS-1"), encoding="utf-8")
    outcome = invoke("create", "app.log", "--payment-id", PAYMENT, "-o", "out", *options)
    assert outcome.code == code
    assert told in outcome.err
    assert not (folder / "out").exists()


def test_a_secret_that_is_meant_to_be_seen_is_told_by_verify_and_is_no_leak(invoke: Invoke, folder: Path) -> None:
    key = "AKIAZ5YR553ST6BBV5NA"
    (folder / "key.log").write_text(f"2026-11-23T18:54:01Z INFO PaymentId={PAYMENT} key {key}\n", encoding="utf-8")
    kept = f"{key}=the public key of the sandbox"
    made = invoke("create", "--log", "key.log", "--payment-id", PAYMENT, "--keep-secret", kept, "-o", "out", "--json")
    assert made.code == 0, made.err
    ticket = json.loads(made.out)["ticket"]
    assert "PRV904" in [finding["code"] for finding in ticket["findings"]]
    digest = hashlib.sha256(key.encode()).hexdigest()
    assert ticket["kept"] == [{"rule": "aws-access-key", "reason": "the public key of the sandbox", "sha256": digest}]
    for private in (folder / "out").glob("*.map.json"):
        private.unlink()  # as it is for whoever receives the ticket
    for path in (*(folder / "out").glob("*.zip"), *(folder / "out").glob("*.eml")):
        outcome = invoke("verify", path)
        assert outcome.code == ExitCode.FINE
        assert "kept on purpose: the public key of the sandbox" in outcome.out
        assert "No other secret found" in outcome.out
        seen = invoke("preview", path)
        assert seen.code == ExitCode.FINE
        assert "kept on purpose: the public key of the sandbox" in " ".join(seen.out.split())
        assert json.loads(invoke("preview", path, "--json").out)["leak_check"]["kept"][0]["first"]["kind"] == "key"
        assert invoke("verify", path, "--keep-secret", kept).code == ExitCode.USAGE
        assert invoke("verify", path, "--leaks-only").code == ExitCode.LEAK
        assert invoke("verify", path, "--leaks-only", "--keep-secret", kept).code == ExitCode.FINE


def test_what_was_kept_and_looks_like_a_leak_does_not_stop_the_receiver(invoke: Invoke, folder: Path) -> None:
    line = f"2026-11-23T18:54:01Z INFO PaymentId={PAYMENT} account NO9386011117947\n"
    (folder / "account.log").write_text(line, encoding="utf-8")
    typed = ("--log", "account.log", "--payment-id", PAYMENT, "--keep", "NO9386011117947", "-o", "out")
    assert invoke("create", *typed).code == 0
    (bundle,) = (folder / "out").glob("*.zip")
    outcome = invoke("verify", bundle)
    assert outcome.code == ExitCode.FINE, outcome.out
    assert "an iban (rule iban) in the bundle > logs/01-account.log, line 1 (and" in outcome.out
    assert "kept on purpose: named with --keep" in outcome.out


def test_explain_knows_the_rules_of_configured_files(invoke: Invoke, folder: Path) -> None:
    assert invoke("explain", "customer-number").code == ExitCode.USAGE
    (folder / "ticket-bundler.toml").write_text('[redaction]\nrules = ["rules.toml"]\n', encoding="utf-8")
    outcome = invoke("explain", "Customer-Number")
    assert outcome.code == 0, outcome.err
    assert "of your own" in outcome.out
    assert "Masks our customer numbers." in outcome.out
    assert "Source: our order system." in outcome.out
    assert "\ncustomer-number " in invoke("explain").out
    assert "of your own" not in invoke("explain", "jwt").out
    assert "customer-number" in invoke("explain", "custmer-number").err


def test_explain_says_what_is_wrong_with_a_configured_file_of_rules(invoke: Invoke, folder: Path) -> None:
    (folder / "ticket-bundler.toml").write_text('[redaction]\nrules = ["gone.toml"]\n', encoding="utf-8")
    outcome = invoke("explain", "customer-number")
    assert outcome.code == ExitCode.INPUT
    assert "gone.toml" in outcome.err
