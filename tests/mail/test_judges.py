"""Judges from outside look at our mail: a spam filter, a table of what mail programs show, an accessibility check.

Each has a short list of what we know and keep, with the reason; a new complaint fails, and so does one that went away.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bundler.mail.clipping import clipped
from bundler.mail.manners import as_letter
from bundler.mail.read import read_mail
from bundler.render import Tool, render
from tests.build import empty_ticket, hostile_ticket, safe_ticket
from tests.mail.demo import ME, demo_draft, demo_letter
from tests.mail.rspamd import needs_rspamd, rspamd

NODE = Path(__file__).parent / "node"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync --hide-scrollbars"
PHONE = 390
"""Width of a common phone in its own pixels."""
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""The line by which spam filters are tried out."""

UNSHOWN = {
    "<body> element": "its style stands on the outermost cell once more",
    "height property": "is about line-height, and the height of pictures, which have their width",
    "role attribute": "old Windows Mail takes layout for data when it reads aloud; the order stays right",
    "white-space": "lines of messages are folded before; on phones they fold once more, in Outlook not",
    "word-break": "long ids fold on phones; where they do not, one scrolls sideways",
}
"""What we use though some mail programs do not show it, and why nothing is lost there."""

UNHEARD = {
    "landmark-one-main": "mail programs put the page into their own, where a main of ours would be a second one",
    "region": "the same: what is around the page belongs to the mail program",
}
"""Rules of axe that we do not keep, and why."""


def _pages() -> dict[str, str]:
    tool = Tool("ticket-bundler", "0.1.0")
    tickets = {"full": safe_ticket(), "empty": empty_ticket(), "hostile": hostile_ticket()}
    rendered = {name: render("mail.html", ticket, tool=tool) for name, ticket in tickets.items()}
    long = clipped(rendered["full"] + "x" * 90_000, render("mail.txt", safe_ticket(), tool=tool))
    return {"demo": read_mail(demo_draft()).html, **rendered, "clipped": long}


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("spamassassin"), reason="spamassassin is not installed")
def test_spam_filter_takes_the_mail_for_none() -> None:
    command = ["spamassassin", "--local", "--test-mode"]
    ran = subprocess.run(command, input=demo_letter("send").data, capture_output=True, timeout=120, check=True)
    report = ran.stdout.decode("utf-8", "replace")
    points = re.search(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", report, re.MULTILINE)
    assert points, report[:2000]
    assert float(points[1]) < 2, report[-3000:]


@pytest.mark.real
@needs_rspamd
def test_the_other_spam_filter_takes_the_mail_for_none_and_an_unwanted_one_for_what_it_is() -> None:
    letter = as_letter(demo_draft(), "send", ME, datetime.now(UTC))  # it looks at the clock, and at the mail's date
    unwanted = b"From: a@shop.example\r\nSubject: hello\r\n\r\n" + GTUBE + b"\r\n"
    with rspamd() as judge:
        verdict, other = judge.judge(letter.data), judge.judge(unwanted)
    assert verdict.score < 4, {name: points for name, points in verdict.symbols.items() if points}
    assert verdict.symbols
    assert other.score >= 4, other


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
@pytest.mark.skipif(not (NODE / "node_modules").is_dir(), reason="not installed: npm ci --prefix tests/mail/node")
def test_mail_programs_show_all_but_what_is_known() -> None:
    found: set[str] = set()
    for page in _pages().values():
        command = ["node", str(NODE / "caniemail.mjs")]
        ran = subprocess.run(command, input=page.encode(), capture_output=True, timeout=60, check=True)
        found |= {feature for feature, _ in json.loads(ran.stdout)}
    assert found == set(UNSHOWN)


@pytest.mark.real
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.skipif(not (NODE / "node_modules").is_dir(), reason="not installed: npm ci --prefix tests/mail/node")
def test_page_is_for_everybody_but_for_what_is_known(tmp_path: Path) -> None:
    axe = (NODE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    judge = "axe.run().then(found => { document.title = JSON.stringify(found.violations.map(each => each.id)) })"
    complaints: set[str] = set()
    for name, page in _pages().items():
        script = f'<script>{axe}</script><script>addEventListener("load", () => {{ {judge} }})</script></body>'
        shown = _shown(_with_pictures(page).replace("</body>", script), tmp_path)
        told = re.search(r"<title>(\[(?:&quot;|\"|\]).*?)</title>", shown)
        assert told, f"{name}: {shown[:500]}"
        complaints |= set(json.loads(html.unescape(told[1])))
    assert complaints == set(UNHEARD)


@pytest.mark.real
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_page_fits_a_phone(tmp_path: Path) -> None:
    frames = "".join(
        f'<iframe width="{PHONE}" height="800" style="border:0" srcdoc="{html.escape(_with_pictures(page))}"></iframe>'
        for page in _pages().values()
    )
    measure = "[...document.querySelectorAll('iframe')].map(each => each.contentDocument.documentElement.scrollWidth)"
    script = f'<script>addEventListener("load", () => {{ document.title = {measure}.join(" ") }})</script>'
    widths = re.search(r"<title>([\d ]+)</title>", _shown(frames + script, tmp_path))
    assert widths
    assert [int(width) for width in widths[1].split()] == [PHONE] * len(_pages())


def _with_pictures(page: str) -> str:
    """The page with its pictures in it, as a mail program shows them."""
    picture = b64encode((Path(__file__).parents[1] / "golden" / "app-screen.png").read_bytes()).decode()
    return re.sub(r'src="cid:[^"]*"', f'src="data:image/png;base64,{picture}"', page)


def _shown(page: str, folder: Path) -> str:
    """What Chromium makes of the page, as it stands when all is loaded and run."""
    assert CHROMIUM
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    options = [*QUIET.split(), f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=20000", "--dump-dom"]
    ran = subprocess.run([CHROMIUM, *options, file.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    return ran.stdout
