"""``preview --html``: a page of one's own with both sides; hostile text stays inert."""

from __future__ import annotations

import html
import re
import stat
import subprocess
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.previews import HIDDEN, SECRET, hostile_bundle
from tests.conftest import Invoke
from tests.redact.layered import packed_twice
from tests.render.pages import Page
from tests.render.test_phone import CHROMIUM, PHONE, QUIET


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

    def test_of_a_bundle_that_leaks_it_says_so(self, invoke: Invoke, bundle: Path) -> None:
        bundle.write_bytes(packed_twice(bundle.read_bytes(), "logs/02.log", b"pan 4111111111111111\n"))
        outcome = invoke("preview", bundle, "--html", "page.html")
        assert (outcome.code, outcome.out) == (ExitCode.LEAK, "page.html\n")
        assert "Leak check: NOT passed; do not send it" in outcome.err

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
