"""Pages of a full, an empty and a hostile ticket can be read by everybody and do nothing by themselves."""

from __future__ import annotations

import re

from msgspec.structs import replace

from bundler.render import render
from tests.build import safe_ticket
from tests.render.pages import TOOL, every_page, every_ticket, page_of, rendered


@every_page
@every_ticket
def test_page_is_well_formed_and_holds_nothing_that_acts(template: str, kind: str) -> None:
    page = page_of(template, kind)
    assert page.faults == []
    assert page.open == []
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "iframe", "object", "embed", "form", "link", "base", "svg", "video", "audio", "input"}
    attributes = {name for _, found in page.elements for name in found}
    assert not {name for name in attributes if name.startswith("on")}
    assert not attributes & {"srcset", "background", "ping", "poster", "action"}


@every_page
@every_ticket
def test_page_fetches_nothing(template: str, kind: str) -> None:
    html = rendered(template, kind)
    page = page_of(template, kind)
    scheme = "data:image/" if template == "report.html" else "cid:"
    assert all((found["src"] or "").startswith(scheme) for _, found in page.elements if "src" in found)
    links = [found["href"] or "" for _, found in page.elements if "href" in found]
    assert all(link.startswith("#") or re.fullmatch(r"https?://[^\s\"'<>]+", link) for link in links)
    assert "javascript:" not in " ".join(links)
    style = " ".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL)) + " ".join(
        found.get("style") or "" for _, found in page.elements
    )
    assert not re.search(r"url\(|@import|expression", style)


@every_page
@every_ticket
def test_page_can_be_read_by_everybody(template: str, kind: str) -> None:
    page = page_of(template, kind)
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("h1")) == len(page.named("title")) == 1
    assert all(found.get("scope") in ("row", "col") for found in page.named("th"))
    assert all(found.get("alt") for found in page.named("img"))
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.named("a") if (link["href"] or "#").startswith("#")} <= {
        f"#{each}" for each in ids
    }


@every_ticket
def test_report_forbids_itself_to_fetch_or_run_anything(kind: str) -> None:
    metas = page_of("report.html", kind).named("meta")
    assert {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    } in metas
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in metas


def test_no_line_of_the_report_ends_within_an_option() -> None:
    assert '<span class="unbroken">--note</span>' in render("report.html", safe_ticket(), tool=TOOL)
    odd = replace(safe_ticket().asked[-1], how="<b>--x</b> --note\x1b[2J")
    made = render("report.html", safe_ticket(asked=(odd,)), tool=TOOL)
    assert "&lt;b&gt;" in made
    assert "\x1b" not in made
