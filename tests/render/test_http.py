"""Messages as text, and the curl command that a support engineer pastes."""

from __future__ import annotations

import io
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from shutil import which

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.model import BodyState, Exchange, Request, Response
from bundler.readers import curl
from bundler.render import http
from tests.build import hostile_ticket, safe_ticket

POST = Request(
    "POST", "https://api.example.com/v1/x?a=1", "HTTP/1.1", (("A", "b"),), b'{"n":1.10,"n":1e400}', BodyState.PRESENT
)


def test_message_has_the_form_that_support_asks_for() -> None:
    assert http.http(POST).text == 'POST https://api.example.com/v1/x?a=1 HTTP/1.1\nA: b\n\n{"n":1.10,"n":1e400}'
    answer = Response(409, "", "HTTP/2", (("A", "b"),), b"", BodyState.EMPTY)
    assert http.http(answer).text == "HTTP/2 409 Conflict\nA: b\n\n(empty)"


def test_header_cannot_begin_a_line_of_its_own() -> None:
    message = replace(POST, headers=(("X", "a\r\nEvil: yes"), ("Y\nZ", "")))
    assert http.headers(message) == "X: a\\r\\nEvil: yes\nY\\nZ: "


def test_indented_body_keeps_numbers_and_doubles_as_they_were() -> None:
    assert http.pretty(POST).text == '{\n  "n": 1.10,\n  "n": 1e400\n}'
    assert http.is_indented(POST)
    assert http.body(POST).text == '{"n":1.10,"n":1e400}'


@pytest.mark.parametrize("body", [b"a=b&c=d", b"{broken", b"[" * 100_000, b"<xml/>", b'"text"', b""])
def test_body_that_is_no_json_object_is_shown_as_it_is(body: bytes) -> None:
    message = replace(POST, body=body)
    assert not http.is_indented(message)
    assert http.pretty(message).text == http.body(message).text


def test_body_already_indented_is_not_called_indented() -> None:
    assert not http.is_indented(replace(POST, body=b'{\n  "a": 1\n}\n'))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (BodyState.PRESENT, ""),
        (BodyState.EMPTY, "empty"),
        (BodyState.ABSENT, "not in the evidence"),
        (BodyState.TRUNCATED, "cut off"),
        (BodyState.NOT_TEXT, "binary"),
        (BodyState.FILE_REFERENCE, "a file"),
        (BodyState.UNRESOLVED, "variables"),
        (BodyState.REBUILT, "put together again"),
    ],
)
def test_state_of_the_body_is_said(state: BodyState, words: str) -> None:
    note = http.body_note(replace(POST, body_state=state))
    assert words in note
    assert bool(note) == bool(words)


def test_binary_body_is_told_by_its_size_alone() -> None:
    picture = replace(POST, body=b"\x89PNG" + bytes(2000), body_state=BodyState.NOT_TEXT)
    assert http.body_note(picture) == "binary, 2.0 kB"
    assert http.http(picture).text.endswith("\n\n(binary, 2.0 kB)")


def test_giant_body_is_cut_and_says_so() -> None:
    cut = http.body(replace(POST, body=b"line\n" * 1_000_000), 50)
    assert cut.text.count("\n") == 49
    assert "more lines left out here" in cut.left_out
    assert "4.7 MB after that not shown" in cut.left_out


@pytest.mark.parametrize(
    ("exchange", "words", "verdict"),
    [
        (Exchange("s", 1, POST, Response(204)), "204 No Content", "good"),
        (Exchange("s", 1, POST, Response(418, "Tea\npot")), "418 Tea\\npot", "bad"),
        (Exchange("s", 1, POST, Response(799)), "799", "bad"),
        (Exchange("s", 1, None, Response(None)), "status not known", ""),
        (Exchange("s", 1, POST, error="net::ERR_TIMED_OUT"), "no response: net::ERR_TIMED_OUT", "bad"),
        (Exchange("s", 1, POST), "no response in the evidence", ""),
    ],
)
def test_outcome_is_told_in_words(exchange: Exchange, words: str, verdict: str) -> None:
    assert http.outcome(exchange) == words
    assert http.verdict(exchange) == verdict


def command(request: Request) -> str:
    return http.curl(Exchange("s", 1, request))


@pytest.mark.parametrize(
    "request_",
    [
        replace(POST, method="POST\nevil"),
        replace(POST, method=""),
        replace(POST, url="file:///etc/passwd"),
        replace(POST, url="-o/tmp/x"),
    ],
)
def test_no_command_for_what_is_no_request(request_: Request) -> None:
    assert command(request_) == ""
    assert http.curl(Exchange("s", 1, None)) == ""


def test_command_takes_brackets_of_placeholders_literally() -> None:
    assert "--globoff" in command(replace(POST, url="https://api.example.com/?key=[token-1]"))
    assert "--globoff" not in command(POST)


def test_what_one_would_not_see_is_written_as_an_escape() -> None:
    made = command(replace(POST, body="it's\x1b \\ \u202e\n".encode()))
    assert made.endswith("--data-raw $'it\\'s\\x1b \\\\ \\xe2\\x80\\xae\n'")


def test_command_for_head_asks_for_the_head_alone() -> None:
    assert command(Request("HEAD", "https://api.example.com/", body_state=BodyState.EMPTY)) == (
        "curl --head \\\n  --url https://api.example.com/"
    )
    assert command(Request("GET", "https://api.example.com/")) == "curl --url https://api.example.com/"


@pytest.mark.parametrize(
    ("state", "body", "words"),
    [
        (BodyState.ABSENT, b"", "# the body: not in the evidence"),
        (BodyState.FILE_REFERENCE, b"@secret.json", "# the body: in a file"),
        (BodyState.TRUNCATED, b"abc", "# the body: cut off"),
        (BodyState.PRESENT, b"x" * 200_000, "# the body (200.0 kB) is too long"),
    ],
)
def test_command_says_what_it_cannot_send_again(state: BodyState, body: bytes, words: str) -> None:
    made = command(replace(POST, body=body, body_state=state))
    assert words in made.split("\ncurl")[0]
    assert "secret.json" not in made


def test_header_that_http_does_not_allow_is_left_out_and_counted() -> None:
    made = command(
        replace(POST, headers=(("Good", "1"), ("X", "a\r\nEvil: yes"), ("@/etc/passwd", "x"), (":path", "/")))
    )
    assert made.startswith("# left out: 2 headers that HTTP does not allow\n")
    assert "Evil" not in made
    assert "passwd" not in made


def test_hostile_requests_give_commands_without_hidden_characters() -> None:
    for exchange in hostile_ticket().exchanges:
        made = http.curl(exchange)
        assert all(sign.isprintable() or sign == "\n" for sign in made)


def test_our_own_reader_reads_the_same_request_back() -> None:
    for exchange in safe_ticket().exchanges:
        (read,) = curl.read(io.BytesIO(http.curl(exchange).encode()), "command.txt", [])
        assert read.request
        assert exchange.request
        for part in ("method", "url", "headers", "body"):
            assert getattr(read.request, part) == getattr(exchange.request, part)


class Echo(BaseHTTPRequestHandler):
    """Remembers the last request as it came over the wire."""

    seen: tuple[str, str, list[tuple[str, str]], bytes] = ("", "", [], b"")

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Echo.seen = (self.command, self.path, [(name, value) for name, value in self.headers.items()], body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815  # the names are http.server's

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=30)
value = (
    st.text(st.sampled_from("abc '\"$`\\!*?[]{}@&|;<>()#~%=:,"), min_size=1, max_size=20).map(str.strip).filter(bool)
)


@pytest.mark.real
@pytest.mark.skipif(not (which("curl") and which("bash")), reason="needs curl and bash")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["POST", "PUT", "PATCH"]),
    query=st.text(st.sampled_from("abc[]{}$'!&;=%25"), max_size=12),
    headers=st.lists(st.tuples(st.sampled_from(["X-A", "X-B", "Authorization"]), value), max_size=3),
    body=printable.map(str.encode)
    | st.sampled_from([b"@/etc/passwd", b"\x00\xff\xfe", b"'\"\r\n\x1b\xe2\x80\xae", b""]),
)
def test_real_curl_in_a_real_bash_sends_the_request_as_it_was(
    address: str, method: str, query: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    state = BodyState.PRESENT if body else BodyState.EMPTY
    request = Request(method, f"{address}/v1/[x]?{query}", "", (*headers, ("X-Empty", "")), body, state)
    ran = subprocess.run(["bash", "-c", command(request)], capture_output=True, timeout=20)
    assert ran.returncode == 0, (ran.stderr, command(request))
    seen_method, path, seen_headers, seen_body = Echo.seen
    assert (seen_method, path, seen_body) == (method, f"/v1/[x]?{query}", body)
    sent = [(name, value.encode("latin-1").decode()) for name, value in seen_headers if name.startswith(("X-", "Auth"))]
    assert sent == [*headers, ("X-Empty", "")]
    assert "Content-Type" not in dict(seen_headers)


@pytest.mark.real
@pytest.mark.skipif(not (which("curl") and which("bash")), reason="needs curl and bash")
def test_command_of_the_full_ticket_is_valid_bash() -> None:
    for exchange in safe_ticket().exchanges:
        assert subprocess.run(["bash", "-n", "-c", http.curl(exchange)], capture_output=True).stderr == b""
