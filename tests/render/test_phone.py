"""The report in a real browser as wide as a phone: the page itself never scrolls sideways."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

from bundler.model import SafeTicket
from bundler.render import Tool, render
from tests.build import empty_ticket, hostile_ticket, safe_ticket

CHROMIUM = which("chromium") or which("google-chrome")
QUIET = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync --hide-scrollbars"
PHONE = 390


@pytest.mark.real
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_report_fits_a_phone(tmp_path: Path) -> None:
    assert CHROMIUM
    tickets: tuple[SafeTicket, ...] = (safe_ticket(), empty_ticket(), hostile_ticket())
    page = tmp_path / "phones.html"
    page.write_text("".join(_phone(ticket) for ticket in tickets) + _MEASURE, encoding="utf-8")
    options = [*QUIET.split(), f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=2000", "--dump-dom"]
    ran = subprocess.run([CHROMIUM, *options, page.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    widths = re.search(r"<title>([\d ]+)</title>", ran.stdout)
    assert widths, ran.stdout[-300:]
    assert [int(width) for width in widths[1].split()] == [PHONE] * len(tickets)


def _phone(ticket: SafeTicket) -> str:
    """The report in a frame of a phone's width; without its policy, for the page around it has to measure it."""
    report = render("report.html", ticket, tool=Tool("ticket-bundler", "0.1.0"))
    report = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", report)
    return f'<iframe width="{PHONE}" height="800" style="border:0" srcdoc="{html.escape(report)}"></iframe>'


_MEASURE = """<script>
  addEventListener("load", () => {
    const frames = [...document.querySelectorAll("iframe")];
    document.title = frames.map(frame => frame.contentDocument.documentElement.scrollWidth).join(" ");
  });
</script>"""
