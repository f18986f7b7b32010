"""``scrub`` with a map and over again: placeholders stay the same, and an independent look finds nothing."""

from __future__ import annotations

import gzip
import json
import lzma
import stat
import tarfile
from pathlib import Path

from bundler.errors import ExitCode
from bundler.providers import load
from bundler.redact import find_leaks
from bundler.redact.vault import read_vault
from tests.commands.scrub.samples import LINE, PNG, SECRET, har, mail, told
from tests.conftest import Invoke


def test_a_map_is_made_and_used_again_so_that_placeholders_stay_the_same(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE + "to jane.doe@example.com\n", encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out", "--map", "ticket.map.json").code == ExitCode.FINE
    assert stat.S_IMODE(Path("ticket.map.json").stat().st_mode) == 0o600
    (tree / "a.log").write_text(f"password=hunter2xyz {SECRET}\nto jane.doe@example.com\n", encoding="utf-8")
    outcome = invoke("scrub", "in/a.log", "-o", "again.log", "--map", "ticket.map.json", "--json")
    assert Path("again.log").read_text(encoding="utf-8") == "password=[secret-2] [secret-1]\nto [email-1]\n"
    assert told(outcome)["values"] == 3
    assert [entry["value"] for entry in json.loads(Path("ticket.map.json").read_bytes())["entries"]] == [
        SECRET,
        "jane.doe@example.com",
        "hunter2xyz",
    ]


def test_stand_ins_of_valid_form_are_the_same_in_every_file(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text("to jane.doe@example.com\n", encoding="utf-8")
    (tree / "b.log.gz").write_bytes(gzip.compress(b"to jane.doe@example.com\n"))
    assert invoke("scrub", "in", "-o", "out", "--format-preserving").code == ExitCode.FINE
    masked = Path("out/a.log").read_bytes()
    assert gzip.decompress(Path("out/b.log.gz").read_bytes()) == masked
    assert b"jane" not in masked
    assert masked.count(b"@") == 1


def test_no_map_is_written_when_nothing_else_is(invoke: Invoke, tree: Path) -> None:
    (tree / "p.png").write_bytes(PNG)
    assert invoke("scrub", "in/p.png", "-o", "out", "--map", "ticket.map.json").code == ExitCode.INPUT
    assert not Path("ticket.map.json").exists()


def test_who_may_open_a_map_needs_a_map(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    outcome = invoke("scrub", "in/a.log", "--map-recipient", "age1xyz")
    assert outcome.code == ExitCode.USAGE
    assert "--map FILE" in outcome.err


def test_what_is_masked_once_stays_as_it_is(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tree / "b.log.gz").write_bytes(gzip.compress(LINE.encode()))
    (tree / "m.eml").write_bytes(mail())
    (tree / "t.har").write_bytes(har(json.dumps({"password": "hunter2xyz"}).encode(), PNG))
    (tree / "w.log").write_bytes(LINE.encode("utf-16"))
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    again = invoke("scrub", "out", "-o", "twice", "--json")
    assert again.code == ExitCode.FINE
    assert told(again)["replacements"] == {}
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == {
        path.name: path.read_bytes() for path in Path("twice").iterdir()
    }


def test_an_independent_look_finds_nothing_in_what_was_written(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(f"seen {SECRET}, card 4111 1111 1111 1111\n", encoding="utf-8")
    (tree / "m.eml").write_bytes(mail())
    (tree / "t.har").write_bytes(har(json.dumps({"password": "hunter2xyz"}).encode(), gzip.compress(LINE.encode())))
    (tree / "jane.doe@example.com.log.xz").write_bytes(lzma.compress(LINE.encode("utf-16")))
    with tarfile.open(tree / "x.tgz", "w:gz") as archive:
        for path in sorted(tree.iterdir()):
            archive.add(path, path.name)
    assert invoke("scrub", "in", "-o", "out", "--map", "real.map.json").code == ExitCode.PARTIAL
    vault = read_vault(Path("real.map.json").read_bytes())
    found: list[list[str]] = []
    for folder in (tree, Path("out")):
        files = [(path.name, path.name.encode() + b"\n" + path.read_bytes()) for path in folder.iterdir()]
        files += [(path.name, path.read_bytes()) for path in folder.iterdir()]
        look = find_leaks(files, vault=vault, profile=load("vipps-mobilepay"), protected=[])
        found.append([str(leak) for leak in look.leaks])
    assert len(found[0]) > 10
    assert found[1] == []
