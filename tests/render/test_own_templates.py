"""What users' own templates may do, and what is told where they are wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest
from jinja2 import UndefinedError

from bundler.errors import MisuseError
from bundler.model import SafeTicket
from bundler.render import Tool, render
from tests.build import PAYMENT, empty_ticket, safe_ticket
from tests.render.pages import TOOL, rendered


class TestUsersTemplates:
    """A file of the same name, nearer, goes first; when it is wrong, the user is told where."""

    def render(self, folder: Path, source: str, template: str = "report.md", ticket: SafeTicket | None = None) -> str:
        (folder / f"{template}.j2").write_text(source, encoding="utf-8")
        return render(template, ticket or safe_ticket(), tool=TOOL, templates=folder)

    def test_own_template_replaces_the_shipped_one_alone(self, tmp_path: Path) -> None:
        assert (
            self.render(tmp_path, "{{ ticket.facts.payment_id.value }} {{ tool.name }}\n")
            == f"{PAYMENT} ticket-bundler\n"
        )
        assert render("mail.txt", safe_ticket(), tool=TOOL, templates=tmp_path) == rendered("mail.txt", "full")

    @pytest.mark.parametrize(
        ("template", "block"),
        [("report.html", "footer"), ("report.md", "masked"), ("mail.txt", "cause"), ("mail.html", "missing")],
    )
    def test_one_part_of_a_shipped_template_can_be_replaced(self, tmp_path: Path, template: str, block: str) -> None:
        start = f'{{% extends "default/{template}.j2" %}}'
        own = start + f"{{% block {block} %}}OURS {{{{ failing.index }}}}{{% endblock %}}"
        made = self.render(tmp_path, own, template)
        assert "OURS 14" in made
        assert PAYMENT in made
        assert len(made) > len(rendered(template, "full")) * 0.7

    def test_shipped_template_can_be_included(self, tmp_path: Path) -> None:
        made = self.render(tmp_path, '{% include "default/report.md.j2" %}\nOur desk: 4711\n')
        assert made == rendered("report.md", "full") + "Our desk: 4711\n"

    def test_own_html_is_escaped_and_shows_hidden_characters(self, tmp_path: Path) -> None:
        made = self.render(tmp_path, "<p>{{ ticket.event }}</p>", "report.html", safe_ticket(event="<b>\u202e\x07&"))
        assert made == "<p>&lt;b&gt;\\u202e\\x07&amp;</p>"

    def test_own_styles_of_the_mail_stand_in_its_elements_and_nothing_of_them_is_fetched(self, tmp_path: Path) -> None:
        (tmp_path / "far.css").write_text("p { color: #ff0000 }", encoding="utf-8")
        own = (
            '{% extends "default/mail.html.j2" %}{% block style %}{{ super() }}<style>h1 { color: #123456 }'
            "@media (prefers-color-scheme: dark) { h1 { color: #ffffff !important } }</style>"
            f'<link rel="stylesheet" href="{(tmp_path / "far.css").as_uri()}">{{% endblock %}}'
        )
        made = self.render(tmp_path, own, "mail.html")
        assert re.search(r'<h1 style="[^"]*;color:#123456"', made) is not None
        assert re.findall(r"<style>(.*?)</style>", made, re.DOTALL) == [
            "@media (prefers-color-scheme: dark) { h1 { color: #ffffff !important } } "
        ]
        assert "ff0000" not in made
        assert "far.css" not in made

    def test_own_subject_is_held_to_the_rules_of_subjects(self, tmp_path: Path) -> None:
        source = "Hjælp!\n{{ 'x' * 300 }} {{ ticket.facts.payment_id.value }}\n"
        made = self.render(tmp_path, source, "subject.txt")
        assert made.isascii()
        assert len(made) <= 120
        assert made.startswith("Hjaelp! xxx")
        assert PAYMENT in made

    @pytest.mark.parametrize(
        ("source", "line", "words"),
        [
            ("one\n{{ ticket.colour }}\n", 2, "has no attribute 'colour'"),
            ("one\ntwo\n{% if %}\n", 3, "Expected an expression"),
            ("{{ ticket.event | shout }}\n", 1, "No filter named 'shout'"),
            ("one\n\n{{ 1 // 0 }}\n", 3, "ZeroDivisionError"),
            ("{{ nobody }}\n", 1, "'nobody' is undefined"),
            ("\n{% include 'absent.j2' %}\n", 2, "absent.j2, which does not exist"),
            ("{{ ticket.facts.payment_id | moment }}\n", 1, "AttributeError"),
            ("{{ ticket.exchanges.append(1) }}\n", 1, "has no attribute 'append'"),
            ("{{ ticket.__class__.__mro__ }}\n", 1, "unsafe"),
        ],
    )
    def test_mistake_is_named_with_file_and_line(self, tmp_path: Path, source: str, line: int, words: str) -> None:
        with pytest.raises(MisuseError) as caught:
            self.render(tmp_path, source)
        assert f"report.md.j2, line {line}," in caught.value.message
        assert words in caught.value.message
        assert caught.value.hint

    def test_mistake_in_an_included_file_is_named_there(self, tmp_path: Path) -> None:
        (tmp_path / "partials").mkdir()
        (tmp_path / "partials" / "foot.j2").write_text("a\nb {{ tool.colour }}\n", encoding="utf-8")
        with pytest.raises(MisuseError, match=r"partials/foot\.j2, line 2,"):
            self.render(tmp_path, "{% include 'partials/foot.j2' %}")

    def test_mistake_of_ours_is_not_blamed_on_the_user(self, tmp_path: Path) -> None:
        with pytest.raises(UndefinedError):
            render("mail.txt", safe_ticket(), tool=cast("Tool", None), templates=tmp_path)

    def test_folder_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(MisuseError, match="no folder of templates"):
            render("report.md", safe_ticket(), tool=TOOL, templates=tmp_path / "absent")

    def test_ticket_cannot_name_a_folder_of_templates(self) -> None:
        assert render("mail.txt", empty_ticket(provider="../../etc"), tool=TOOL).startswith("Ticket: empty\n")
