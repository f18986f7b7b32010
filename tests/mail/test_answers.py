"""Support's answer out of the mail that it came in."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.mail.answers import is_mail, read_answer
from bundler.mail.html_text import text_of_html

PAGE = """<html><head><title>No</title><style>p {color: red}</style></head><body>
<p>Hi,<br>the address <b>[email-<wbr>1]</b> is   blocked.</p>
<table><tr><td>Card</td><td>&#91;card-1&#93;</td></tr><tr><td>State</td><td>ok</td></tr></table>
<ul><li>one</li><li><a href="https://status.example.com/">our page</a></li></ul>
<blockquote><p>You wrote</p><div>[jwt-1]</div><pre>a  b
c</pre></blockquote><script>alert(1)</script><p>Bye</p></body></html>"""

TEXT = """Hi,
the address [email-1] is blocked.
Card\t[card-1]
State\tok
one
our page <https://status.example.com/>
> You wrote
> [jwt-1]
> a  b
> c
Bye
"""


def test_a_page_becomes_text_with_its_lines_links_and_quotations() -> None:
    assert text_of_html(PAGE) == TEXT


@given(st.text(st.sampled_from("<>/ apredivblockquote=\"'&;#\n"), max_size=200))
def test_no_page_stops_the_reading(page: str) -> None:
    assert text_of_html(page).endswith("\n")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_text_is_decoded_from_its_charset_and_encoding(charset: str, encoding: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "Re: Hjælp"
    mail["X-Ticket-Id"] = "TB-7F3A2C91"
    mail.set_content("Blåbær [email-1]\n" * 3, charset=charset, cte=encoding)
    mail.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="a.bin")
    answer = read_answer(mail.as_bytes())
    assert answer.text == "Subject: Re: Hjælp\n\n" + "Blåbær [email-1]\n" * 3
    assert (answer.ticket_id, answer.attachment_count) == ("TB-7F3A2C91", 1)


def test_a_mail_of_html_alone_is_read_as_text() -> None:
    mail = EmailMessage(policy=SMTP)
    mail.set_content(PAGE, subtype="html")
    assert read_answer(mail.as_bytes()).text == TEXT


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (b"MIME-Version: 1.0\r\nSubject: x\r\n\r\nHi", True),
        (b"From sender@example.com Mon\nReceived: from a\n by b\nTo: x@example.com\n\nHi", True),
        (b"From: Support\nSubject: Re: ticket\n\nHi [email-1]", False),
        (b"2026-11-23 13:00 INFO: a\nMessage-ID: 3", False),
        (b"Hi,\nMIME-Version: 1.0\n", False),
        (b"", False),
    ],
)
def test_a_mail_is_told_from_a_text(head: bytes, is_one: bool) -> None:
    assert is_mail(head) is is_one


@pytest.mark.parametrize("odd", ["<![x[y]]>", "<![foo bar>", "<![if !mso]>", "<![endif]-->"])
def test_an_odd_declaration_loses_no_word_of_the_page(odd: str) -> None:
    text = text_of_html(f"<p>The merchant</p>{odd}<p>is inactive.</p>")
    assert text.startswith("The merchant\n")
    assert text.endswith("is inactive.\n")
