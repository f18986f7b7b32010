"""``preview``: the overview, before and after, the page, and the summary; hostile text stays inert in all of them."""

from __future__ import annotations

import fcntl
import html
import json
import os
import pty
import re
import stat
import struct
import subprocess
import sys
import termios
import zipfile
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.commands.columns import cell_count, flow, side_by_side
from bundler.errors import ExitCode
from bundler.model import Finding, Redaction, SafeTicket
from bundler.pack.build import build
from bundler.redact import Vault, VaultEntry
from bundler.render.comparison import Spots, compare
from tests.build import SCRIPT, app_screen, hostile_ticket, safe_ticket
from tests.conftest import Invoke
from tests.pack.bundles import members
from tests.render.test_phone import CHROMIUM, PHONE, QUIET
from tests.render.test_render import Page

DEMO = Path(__file__).parents[2] / "bundler" / "demo"
HAR, LOG, PICTURE = DEMO / "checkout-trace.har", DEMO / "payment-service.log", DEMO / "app-error.png"
SECRET = "tfWOMiS7P0N7iJJG63fViQHOj2yaQf2DPPnxfyOorqEXowgU"
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@pytest.fixture
def bundle(invoke: Invoke, tmp_path: Path) -> Path:
    """A finished bundle with a picture, its mail and map beside it."""
    files: dict[str, str] = json.loads(invoke("create", HAR, LOG, PICTURE, "--json").out)["files"]
    return tmp_path / files["bundle"]


def hostile_bundle(folder: Path) -> Path:
    """A bundle in which every text tries to break out, and a map whose values do so too."""
    marked = f"{SCRIPT} \x1b[31mred\x1b[0m \u202eexe.gnp [token-1] <b>&amp;\t{'L' * 9000}\n"
    ticket: SafeTicket = hostile_ticket(
        redactions=(Redaction("token", "[token-1]", 3),),
        pictures=(app_screen(source=SCRIPT),),
        exchanges=safe_ticket().exchanges,
        failing=3,
    )
    (log,) = (replace(ticket.logs[0], data=marked.encode(), spans=()),)
    ticket = replace(ticket, logs=(log,), event="short", findings=ticket.findings[:6], cause=None)
    path = folder / "hostile.zip"
    path.write_bytes(build(members(ticket), ticket_id=ticket.ticket_id, tool="<i>tool</i>"))
    vault = Vault((VaultEntry("[token-1]", "token", f"{SCRIPT}\x1b]0;title\x07\u2066", 3),))
    (folder / "hostile.map.json").write_bytes(vault.to_json())
    (folder / "hostile.map.json").chmod(0o600)
    return path


def on_terminal(folder: Path, width: int, *argv: str | Path, **environment: str) -> str:
    """What the real program prints on a terminal so many columns wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    command = [sys.executable, "-m", "bundler", *map(str, argv)]
    root = str(Path(__file__).parents[2])
    clean |= {"TERM": "xterm-256color", "PYTHONPATH": root, **environment}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, cwd=folder, env=clean):
        os.close(theirs)
        seen = b""
        for piece in iter(partial(_read, ours), b""):
            seen += piece
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def _read(number: int) -> bytes:
    try:
        return os.read(number, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


class TestOverview:
    """One look tells what was masked where, and what to look at yourself."""

    def test_tells_totals_by_group_and_which_picture_to_look_at(self, invoke: Invoke, bundle: Path) -> None:
        outcome = invoke("preview", bundle)
        assert outcome.code == ExitCode.FINE
        assert re.search(
            r"Masked: \d+ secrets, \d+ of payment data, \d+ of personal data; in 3 of 4 files", outcome.out
        )
        assert "Look yourself at this picture" in outcome.out
        assert "pictures/01-app-error.png" in outcome.out
        assert "--redact app-error.png:X,Y,W,H" in outcome.out
        assert "Leak check: passed; searched by the values of the private map and by shape" in outcome.out
        assert "from payment-service.log" in outcome.out
        assert "records, outside the window" in outcome.out
        assert "privacy.md" in outcome.out
        assert SECRET not in outcome.out

    def test_tells_the_same_of_the_mail(self, invoke: Invoke, bundle: Path) -> None:
        outcome = invoke("preview", bundle.with_suffix(".eml"))
        assert outcome.code == ExitCode.FINE
        assert "a mail of" in outcome.out
        for told in ("the mail's text", "logs/01-payment-service.log", "Leak check: passed", "Look yourself"):
            assert told in outcome.out
        assert "privacy.md" not in outcome.out
        packed, mailed = (
            json.loads(invoke("preview", path, "--json").out) for path in (bundle, bundle.with_suffix(".eml"))
        )
        assert packed["totals"] == mailed["totals"]

    def test_says_two_pictures_when_there_are_two(self, invoke: Invoke, tmp_path: Path) -> None:
        second = tmp_path / "second.png"
        second.write_bytes(PICTURE.read_bytes())
        files = json.loads(invoke("create", HAR, PICTURE, second, "--json").out)["files"]
        assert "Look yourself at these 2 pictures" in invoke("preview", files["bundle"]).out

    def test_is_plain_and_narrow_where_nobody_looks(self, invoke: Invoke, bundle: Path) -> None:
        out = invoke("preview", bundle).out
        assert "\x1b" not in out
        assert max(map(len, out.splitlines())) <= 80

    def test_is_coloured_on_a_terminal_and_not_where_no_color_is_set(self, bundle: Path) -> None:
        assert "\x1b[1m" in on_terminal(bundle.parent, 100, "preview", bundle.name)
        assert "\x1b" not in on_terminal(bundle.parent, 100, "preview", bundle.name, NO_COLOR="1")

    def test_json_tells_all_of_it(self, invoke: Invoke, bundle: Path) -> None:
        told = json.loads(invoke("preview", bundle, "--json").out)
        assert told["leak_check"]["passed"] is True
        assert {group["group"] for group in told["totals"]} == {"secrets", "payment data", "personal data"}
        (picture,) = told["not_looked_into"]
        assert picture["what"] == "pictures/01-app-error.png"
        files = {file["name"]: file for file in told["files"]}
        assert files["pictures/01-app-error.png"]["looked_into"] is False
        assert "privacy.md" in files

    def test_a_secret_in_it_ends_with_the_leaks_code(self, invoke: Invoke, bundle: Path) -> None:
        with zipfile.ZipFile(bundle, "a") as archive:
            archive.writestr("logs/02.log", "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl\n")
        outcome = invoke("preview", bundle)
        assert outcome.code == ExitCode.LEAK
        assert "NOT passed" in outcome.out
        assert "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi" not in outcome.out

    def test_a_damaged_bundle_is_told_as_damaged(self, invoke: Invoke, bundle: Path) -> None:
        with zipfile.ZipFile(bundle, "a") as archive:
            archive.writestr("notes.txt", "added later\n")
        outcome = invoke("preview", bundle)
        assert outcome.code == ExitCode.INPUT
        assert "PRV103" in outcome.out

    @pytest.mark.parametrize("content", [b"", b"hello\n", b"PK\x05\x06" + b"\0" * 18])
    def test_what_is_no_ticket_is_refused_in_one_sentence(self, invoke: Invoke, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "x.zip").write_bytes(content)
        outcome = invoke("preview", "x.zip")
        assert outcome.code == ExitCode.INPUT
        assert outcome.err.startswith("Error: ")

    def test_one_file_on_a_terminal_is_shown_and_never_acted_on(self, tmp_path: Path) -> None:
        path = hostile_bundle(tmp_path)
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.startswith("logs/"))
        shown = on_terminal(tmp_path, 100, "preview", path.name, "--file", name)
        assert "\\x1b[31mred" in shown
        assert not HIDDEN.search(shown)


class TestBeforeAfter:
    """The real values beside what stands for them, on one's own screen."""

    def test_wide_terminal_shows_two_columns(self, bundle: Path) -> None:
        shown = on_terminal(bundle.parent, 160, "preview", bundle.name, "--before-after", NO_COLOR="1")
        (line,) = {line for line in shown.splitlines() if SECRET in line and line.strip().startswith("25")}
        assert re.fullmatch(rf" +25 │ x-ibm-client-secret: {SECRET} +│ x-ibm-client-secret: \[secret-\d\]", line)
        assert max(map(cell_count, shown.splitlines())) <= 160

    def test_narrow_terminal_shows_one_below_the_other(self, bundle: Path) -> None:
        shown = on_terminal(bundle.parent, 99, "preview", bundle.name, "--before-after", NO_COLOR="1")
        assert f"- x-ibm-client-secret: {SECRET}\n" in shown
        assert "       + x-ibm-client-secret: [secret-" in shown
        assert "│" not in shown
        assert max(map(cell_count, shown.splitlines())) <= 99

    def test_context_says_how_many_lines_stand_around(self, invoke: Invoke, bundle: Path) -> None:
        name = "exchanges/01-POST-payments.http"
        bare = invoke("preview", bundle, "--before-after", "--context", "0", "--file", name).out
        wide = invoke("preview", bundle, "--before-after", "--context", "5", "--file", name).out
        assert "sec-ch-ua-platform" not in bare
        assert "sec-ch-ua-platform" in wide
        assert "⋮" in bare
        assert "logs/" not in bare

    def test_json_gives_the_pairs(self, invoke: Invoke, bundle: Path) -> None:
        told = json.loads(invoke("preview", bundle, "--before-after", "--json").out)
        lines = told["files"][0]["lines"]
        assert any(SECRET in line["before"] and SECRET not in line["after"] for line in lines)

    def test_without_a_map_it_says_how_to_name_one(self, invoke: Invoke, bundle: Path) -> None:
        bundle.with_suffix(".map.json").unlink()
        outcome = invoke("preview", bundle, "--before-after")
        assert outcome.code == ExitCode.USAGE
        assert "--map FILE" in outcome.err

    def test_map_of_another_ticket_is_told(self, invoke: Invoke, bundle: Path, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        other = json.loads(invoke("create", LOG, "-o", "other", "--json").out)["files"]["map"]
        outcome = invoke("preview", bundle, "--before-after", "--map", other)
        assert "is of ticket" in outcome.err

    def test_views_that_contradict_are_refused(self, invoke: Invoke, bundle: Path) -> None:
        for argv in (("--before-after", "--summary"), ("--html", "x.html", "--summary"), ("--file", "x", "--summary")):
            assert invoke("preview", bundle, *argv).code == ExitCode.USAGE

    @pytest.mark.parametrize("width", [160, 80])
    def test_hostile_text_and_values_are_shown_and_never_acted_on(self, tmp_path: Path, width: int) -> None:
        path = hostile_bundle(tmp_path)
        shown = on_terminal(tmp_path, width, "preview", path.name, "--before-after", NO_COLOR="1")
        assert "\\x1b]0;title\\x07" in shown.replace("\n", "").replace(" ", "") or "\\x1b]0;title" in shown
        assert not HIDDEN.search(shown)
        assert not HIDDEN.search(on_terminal(tmp_path, width, "preview", path.name, NO_COLOR="1"))
        assert not HIDDEN.search(on_terminal(tmp_path, width, "preview", path.name, "--summary", NO_COLOR="1"))


class TestColumns:
    """Lines are broken where it reads well, and wide letters take two columns."""

    def test_line_breaks_behind_a_blank_and_hard_where_there_is_none(self) -> None:
        assert ["".join(text for text, _ in line) for line in flow([("alpha beta gamma", "")], 11)] == [
            "alpha beta ",
            "gamma",
        ]
        assert [len(line[0][0]) for line in flow([("x" * 25, "")], 10)] == [10, 10, 5]

    def test_colour_goes_on_over_the_break(self) -> None:
        assert flow([("ab", ""), ("c" * 10, "red")], 8) == [[("ab", ""), ("c" * 6, "red")], [("c" * 4, "red")]]

    def test_wide_letters_and_marks_keep_the_columns_straight(self) -> None:
        assert (cell_count("日本"), cell_count("e\u0301"), cell_count("abc")) == (4, 1, 3)
        rows = compare("a", "日本語テキスト [name-1] e\u0301\n".encode(), Spots([Redaction("name", "[name-1]", 1)]))
        for line in side_by_side(rows, 100, is_coloured=False):
            assert cell_count(line[: line.index("│", 9)]) == 9 + (100 - 12) // 2 + 1

    def test_empty_line_is_one_line(self) -> None:
        assert flow([], 10) == [[]]


class TestPage:
    """``--html``: one file of one's own with both sides."""

    def test_is_private_holds_both_sides_and_says_so(self, invoke: Invoke, bundle: Path, tmp_path: Path) -> None:
        outcome = invoke("preview", bundle, "--html", "page.html")
        assert outcome.code == ExitCode.FINE
        assert outcome.out == "page.html\n"
        page = tmp_path / "page.html"
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        text = page.read_text("utf-8")
        assert "This page holds the real values and stays with you" in text
        assert f'<mark title="secret">{SECRET}</mark>' in text
        assert re.search(r'<mark title="secret">\[secret-\d\]</mark>', text)
        assert 'src="data:image/png;base64,' in text

    def test_is_never_overwritten_without_being_told_to(self, invoke: Invoke, bundle: Path, tmp_path: Path) -> None:
        (tmp_path / "page.html").write_text("mine")
        assert invoke("preview", bundle, "--html", "page.html").code == ExitCode.INPUT
        assert (tmp_path / "page.html").read_text() == "mine"
        assert invoke("preview", bundle, "--html", "page.html", "--force").code == ExitCode.FINE
        assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o600

    def test_without_a_map_it_shows_what_leaves_alone(self, invoke: Invoke, bundle: Path, tmp_path: Path) -> None:
        bundle.with_suffix(".map.json").unlink()
        assert invoke("preview", bundle, "--html", "page.html").code == ExitCode.FINE
        text = (tmp_path / "page.html").read_text("utf-8")
        assert SECRET not in text
        assert "Without the private map this page shows only what leaves" in text
        assert 'class="before"' not in text

    @pytest.mark.parametrize("kind", ["demo", "hostile"])
    def test_is_well_formed_and_holds_nothing_that_acts(
        self, invoke: Invoke, bundle: Path, tmp_path: Path, kind: str
    ) -> None:
        path = bundle if kind == "demo" else hostile_bundle(tmp_path)
        assert (tmp_path / "page.html").exists() is False
        invoke("preview", path, "--html", "page.html")
        text = (tmp_path / "page.html").read_text("utf-8")
        page = Page(text)
        assert page.faults == page.open == []
        assert not {tag for tag, _ in page.elements} & {"script", "iframe", "form", "link", "base", "object", "svg"}
        assert not {name for _, found in page.elements for name in found if name.startswith("on")}
        assert all((found["src"] or "").startswith("data:image/") for _, found in page.elements if "src" in found)
        assert all((found["href"] or "").startswith("#") for _, found in page.elements if "href" in found)
        assert {
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        } in page.named("meta")
        assert all(found.get("scope") in ("row", "col") for found in page.named("th"))
        assert all(found.get("alt") for found in page.named("img"))
        ids = {f"#{found['id']}" for _, found in page.elements if "id" in found}
        assert {found["href"] for found in page.named("a")} <= ids
        assert not HIDDEN.search(text)

    @pytest.mark.real
    @pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
    def test_fits_a_phone_with_any_text(self, invoke: Invoke, bundle: Path, tmp_path: Path) -> None:
        assert CHROMIUM
        frames = ""
        for number, path in enumerate((bundle, hostile_bundle(tmp_path))):
            invoke("preview", path, "--html", f"{number}.html")
            text = re.sub(
                r'<meta http-equiv="Content-Security-Policy"[^>]*>',
                "",
                (tmp_path / f"{number}.html").read_text("utf-8"),
            )
            frames += f'<iframe width="{PHONE}" height="800" style="border:0" srcdoc="{html.escape(text)}"></iframe>'
        measure = (
            '<script>addEventListener("load", () => { document.title = [...document.querySelectorAll("iframe")]'
            '.map(frame => frame.contentDocument.documentElement.scrollWidth).join(" "); });</script>'
        )
        (tmp_path / "phones.html").write_text(frames + measure, encoding="utf-8")
        options = [
            *QUIET.split(),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=2000",
            "--dump-dom",
        ]
        command = [CHROMIUM, *options, (tmp_path / "phones.html").as_uri()]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        widths = re.search(r"<title>([\d ]+)</title>", ran.stdout)
        assert widths, ran.stdout[-300:]
        assert widths[1].split() == [str(PHONE)] * 2


class TestSummary:
    """``--summary``: one page for whoever answers for data protection."""

    def test_tells_categories_receiver_rest_and_map_on_one_page(self, invoke: Invoke, bundle: Path) -> None:
        outcome = invoke("preview", bundle, "--summary")
        assert outcome.code == ExitCode.FINE
        assert len(outcome.out.splitlines()) <= 60
        for needed in (
            "developer@vippsmobilepay.com",
            "names of people (6)",
            "replaced by placeholders",
            "card numbers (1)",
            "Purpose",
            "pictures/01-app-error.png",
            "trace ids (1)",
            str(bundle.with_suffix(".map.json")),
            "readable by its owner alone",
            "ticket-bundler 0.1.0",
            "2026-11-23T18:30:00.000Z",
            "Delete bundle, mail and map",
        ):
            assert needed in outcome.out, needed
        assert re.search(r"SHA-256 \| [0-9a-f]{64}", outcome.out)
        assert SECRET not in outcome.out

    def test_sha256_is_the_files_own(self, invoke: Invoke, bundle: Path) -> None:
        from hashlib import sha256

        assert sha256(bundle.read_bytes()).hexdigest() in invoke("preview", bundle, "--summary").out

    def test_json_tells_receiver_and_what_remains(self, invoke: Invoke, bundle: Path) -> None:
        told = json.loads(invoke("preview", bundle, "--summary", "--json").out)
        assert told["receiver"]["address"] == "developer@vippsmobilepay.com"
        assert told["remains"]["payment_id"] is True
        assert "map.json" in told["private_map"]

    def test_lost_map_is_said(self, invoke: Invoke, bundle: Path) -> None:
        bundle.with_suffix(".map.json").unlink()
        assert "No private map lies beside this file" in invoke("preview", bundle, "--summary").out

    def test_secret_that_was_kept_stands_in_it_with_the_reason(self, invoke: Invoke, tmp_path: Path) -> None:
        told = "A secret (token) stays readable on purpose: it was revoked today."
        ticket = safe_ticket(findings=(Finding(code="PRV904", severity="warning", message=told),))
        path = tmp_path / "kept.zip"
        path.write_bytes(build(members(ticket), ticket_id=ticket.ticket_id, tool="ticket-bundler 0.1.0"))
        for argv in (("--summary",), ("--json",), ()):
            out = " ".join(invoke("preview", path, *argv).out.split())
            assert "PRV904" in out
            assert "it was revoked today" in out

    def test_page_of_a_hostile_ticket_stays_one_page_without_markup(self, invoke: Invoke, tmp_path: Path) -> None:
        out = invoke("preview", hostile_bundle(tmp_path), "--summary").out
        assert len(out.splitlines()) <= 60
        assert not re.search(r"(?<!\\)<[a-z/!]", out)


class TestPrivacyReport:
    """``privacy.md``: a member of the bundle, listed in its manifest, and not attached to the mail."""

    def test_lies_in_the_bundle_and_in_its_manifest_and_holds_no_value(self, invoke: Invoke, bundle: Path) -> None:
        values = [entry["value"] for entry in json.loads(bundle.with_suffix(".map.json").read_bytes())["entries"]]
        with zipfile.ZipFile(bundle) as archive:
            report = archive.read("privacy.md").decode()
            manifest = json.loads(archive.read("MANIFEST.json"))
        assert "privacy.md" in {file["name"] for file in manifest["files"]}
        assert "shipped rules, " in report
        assert "| logs/01-payment-service.log | payment-service.log |" in report
        assert not [value for value in values if len(value) > 5 and value in report]
        assert b"privacy.md" not in [
            line for line in bundle.with_suffix(".eml").read_bytes().splitlines() if b"filename" in line
        ]
        assert invoke("verify", bundle).code == invoke("verify", bundle.with_suffix(".eml")).code == ExitCode.FINE

    def test_own_template_goes_before_ours(self, invoke: Invoke, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "privacy.md.j2").write_text("ours: {{ tool.rules }}\n", encoding="utf-8")
        files = json.loads(invoke("create", HAR, "--templates", "mine", "--json").out)["files"]
        with zipfile.ZipFile(tmp_path / files["bundle"]) as archive:
            assert archive.read("privacy.md").decode().startswith("ours: ")
