from __future__ import annotations

import pytest

from bundler.errors import UnreadableInput
from bundler.model import BodyState
from bundler.readers import curl, curl_request
from tests.readers.reading import ERROR_BODY, read, read_case


def test_command_copied_from_chrome() -> None:
    request = read_case(curl, "curl/chrome.sh").request()
    assert (request.method, request.url) == ("POST", "https://api.example.com/v1/payments?test=1")
    assert ("authorization", "Bearer invented-token") in request.headers
    assert ("Cookie", "session=invented; theme=dark") in request.headers
    assert request.body.decode() == '{"amount":100,"text":"Bob\'s ! æ"}'
    assert request.body_state is BodyState.PRESENT


def test_commands_in_documentation_are_read_unexpanded() -> None:
    outcome = read_case(curl, "curl/documentation.md")
    assert [exchange.place for exchange in outcome.exchanges] == ["lines 5-12", "line 18", "line 18"]
    assert outcome.request().url == "https://api.example.com/v1/payments/$PAYMENT_ID/captures"
    assert ("Authorization", "Bearer $TOKEN") in outcome.request().headers
    assert outcome.request().body == b'{  "amount": 100}'
    assert any("URL" in note and "as written" in note for note in outcome.exchanges[0].notes)
    upload, status = outcome.request(1), outcome.request(2)
    assert (upload.method, upload.url) == ("PUT", "https://api.example.com/v1/upload/picture.png")
    assert upload.body_state is BodyState.FILE_REFERENCE
    assert status.headers == (("Authorization", "Basic dXNlcjpwYXNz"),)


@pytest.mark.parametrize("case", ["curl/terminal-with-response.txt", "curl/terminal-verbose.txt"])
def test_command_and_answer_pasted_together_are_one_exchange(case: str) -> None:
    outcome = read_case(curl, case)
    assert len(outcome.exchanges) == 1
    assert outcome.request().body == b'{"amount":100,\n"reference":"order-1001"}'
    assert outcome.response().status == 409
    assert outcome.response().body.startswith(b'{"code": "2040"')
    assert outcome.response().body.endswith(b"}")


def test_verbose_output_adds_what_curl_sent_by_itself() -> None:
    outcome = read_case(curl, "curl/terminal-verbose.txt")
    assert outcome.request().http_version == "HTTP/1.1"
    assert ("Accept", "*/*") in outcome.request().headers
    assert not any("does not show" in note for note in outcome.exchanges[0].notes)


def test_bare_body_and_error_line_belong_to_the_command_above_them() -> None:
    answered, failed = read_case(curl, "curl/terminal-body.txt").exchanges
    assert answered.response is not None
    assert (answered.response.status, answered.response.body) == (None, ERROR_BODY)
    assert failed.response is None
    assert failed.error == "curl: (28) Operation timed out after 30001 milliseconds with 0 bytes received"


def test_status_written_behind_the_body_is_taken() -> None:
    outcome = read(curl, "curl -s -w '%{http_code}' https://a.test/\n" + ERROR_BODY.decode() + "409\n")
    assert outcome.response().status == 409


def test_response_after_redirect_is_one_exchange_with_the_command() -> None:
    text = "curl -i -L https://a.test/ -d x\nHTTP/1.1 307 Moved\nLocation: /b\n\nHTTP/1.1 409 Conflict\n\nno\n"
    outcome = read(curl, text)
    assert len(outcome.exchanges) == 1
    assert outcome.response().status == 409
    assert "A response with status 307 came before this one." in outcome.exchanges[0].notes


def test_answers_that_do_not_match_in_number_stay_apart() -> None:
    outcome = read(curl, "curl https://a.test/1 https://a.test/2\n" + ERROR_BODY.decode())
    assert [(one.request is None, one.response is None) for one in outcome.exchanges] == [
        (False, True),
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("options", "state", "body"),
    [
        ("-d @body.json", BodyState.FILE_REFERENCE, b"@body.json"),
        ("--data-binary @body.json", BodyState.FILE_REFERENCE, b"@body.json"),
        ("--data-urlencode name@file", BodyState.FILE_REFERENCE, b"name@file"),
        ("--data-raw @body", BodyState.PRESENT, b"@body"),
        ('-d "{\\"a\\":$A}"', BodyState.UNRESOLVED, b'{"a":$A}'),
        ("-d ''", BodyState.EMPTY, b""),
        ("-d $'\\xff'", BodyState.NOT_TEXT, b"\xff"),
        ("", BodyState.EMPTY, b""),
        ("-d @- <<< hello", BodyState.PRESENT, b"hello"),
        ("--json @- <<< hello", BodyState.PRESENT, b"hello\n"),
        ("--expand-data '{{x}}'", BodyState.UNRESOLVED, b"{{x}}"),
    ],
)
def test_state_of_the_body_tells_what_the_command_knows(options: str, state: BodyState, body: bytes) -> None:
    request = read(curl, f"curl https://a.test/ {options}").request()
    assert (request.body_state, request.body) == (state, body)


def test_form_is_rebuilt_and_its_files_are_only_named() -> None:
    request = read(curl, "curl https://a.test/ -F a=b -F 'c=d;type=text/plain'").request()
    assert request.body_state is BodyState.REBUILT
    assert b'name="c"\r\nContent-Type: text/plain\r\n\r\nd\r\n' in request.body
    assert request.headers[0][1].startswith("multipart/form-data; boundary=")
    request = read(curl, "curl https://a.test/ -F 'pic=@dir/a.png;type=image/png' --form-string 'x=@y;z'").request()
    assert request.body_state is BodyState.FILE_REFERENCE
    assert b'filename="a.png"\r\nContent-Type: image/png\r\n\r\n@dir/a.png' in request.body
    assert b"\r\n\r\n@y;z\r\n" in request.body


@pytest.mark.parametrize(
    ("option", "word"),
    [
        ("-k", "certificate"),
        ("-L", "redirects"),
        ("-x http://user:secret@proxy.test:1", "proxy"),
        ("-K secret.cfg", "not read"),
        ("-b cookies.txt", "not read"),
        ("-H @headers.txt", "not read"),
        ("--digest -u a:b", "logs in"),
        ("--frobnicate value", "--frobnicate"),
        ("-H", "no value"),
        ("-u only", "password"),
        ("-n", ".netrc"),
        ("--resolve a.test:443:127.0.0.1", "address"),
    ],
)
def test_options_that_change_meaning_are_noted_and_nothing_exits(option: str, word: str) -> None:
    exchange = read(curl, f"curl https://a.test/ {option}").exchanges[0]
    assert any(word in note for note in exchange.notes)
    assert not any("secret" in note for note in exchange.notes)


def test_value_of_an_unknown_option_is_no_url() -> None:
    assert [one.url for one in map(read(curl, "curl --frobnicate value https://a.test/").request, [0])] == [
        "https://a.test/"
    ]
    assert len(read(curl, "curl --frobnicate value https://a.test/").exchanges) == 1


def test_abbreviated_options_are_understood() -> None:
    request = read(curl, "curl https://a.test/ --head").request()
    assert request.method == "HEAD"
    assert read(curl, "curl https://a.test/ --heade 'A: b'").request().headers == (("A", "b"),)
    ambiguous = read(curl, "curl https://a.test/ --reques PATCH").exchanges[0]
    assert any("--reques" in note for note in ambiguous.notes)


@pytest.mark.parametrize(
    "start",
    [
        "curl",
        "$ curl",
        "anna@shop:~/work$ curl",
        "root@shop:/# curl",
        "anna@mac ~ % curl",
        "PS C:\\work> curl.exe",
        "  curl",
        "RESPONSE=$(curl",
        'RESPONSE="$(curl',
        "sudo curl",
        "+ curl",
        "#!/bin/sh\ncurl",
        "```bash\ncurl",
    ],
)
def test_commands_are_found_behind_prompts_and_in_scripts(start: str) -> None:
    outcome = read(curl, f"{start} https://a.test/x -H 'A: b')\n")
    assert outcome.request().url == "https://a.test/x"
    assert curl.detect(f"{start} https://a.test/x".encode(), "a.txt").score > 0.7


@pytest.mark.parametrize(
    "text", ["", "curl is a program", "the curl command", "# curl https://a.test/", "nothing", "curl -v"]
)
def test_text_without_a_command_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read(curl, text)


def test_windows_text_in_utf16_is_read() -> None:
    outcome = read(curl, "curl https://a.test/\r\n".encode("utf-16"))
    assert outcome.request().url == "https://a.test/"
    assert "UTF-16" in outcome.notes[0]


def test_credentials_in_the_url_become_the_header_that_curl_sends() -> None:
    request = read(curl, "curl https://user:p%40ss@a.test").request()
    assert request.url == "https://a.test/"
    assert request.headers == (("Authorization", "Basic dXNlcjpwQHNz"),)


def test_number_of_requests_is_bounded() -> None:
    outcome = read(curl, "curl https://a.test/\n" * 3_000)
    assert len(outcome.exchanges) == curl.REQUEST_LIMIT
    assert outcome.notes == [f"Only the first {curl.REQUEST_LIMIT} requests were read."]
    many = read(curl, "curl " + "https://a.test/ " * 20_000).exchanges
    assert len(many) == curl_request.URL_LIMIT
    assert sum("Only the first" in note for note in many[0].notes) == 2


def test_each_url_gets_the_answer_in_its_place() -> None:
    answers = "HTTP/1.1 200 OK\nContent-Length: 0\n\nHTTP/1.1 409 No\nContent-Length: 0\n\n"
    outcome = read(curl, f"curl -i https://a.test/1 https://a.test/2\n{answers}")
    assert [(outcome.request(index).url[-1], outcome.response(index).status) for index in (0, 1)] == [
        ("1", 200),
        ("2", 409),
    ]


def test_verbose_output_of_another_call_is_shown_as_it_was_sent() -> None:
    outcome = read(curl, "curl -v https://a.test/ -d x\n> PUT /y HTTP/1.1\n> Host: a.test\n> \n< HTTP/1.1 409 No\n< \n")
    assert outcome.request().method == "PUT"


def test_end_of_options_short_next_and_quoted_form_values() -> None:
    outcome = read(curl, 'curl -d a https://a.test/1 -: -F \'f="a;b\\"c";type=text/x\' -- https://a.test/2')
    assert [exchange.request and exchange.request.method for exchange in outcome.exchanges] == ["POST", "POST"]
    assert b'Content-Type: text/x\r\n\r\na;b"c\r\n' in outcome.request(1).body
    assert read(curl, "curl https://a.test --data-urlencode 'a b'").request().body == b"a+b"
