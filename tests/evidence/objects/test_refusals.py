"""Every refusal of a cloud store is a sentence without a secret, and none is waited for in vain."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Timer
from urllib.parse import urlencode

import pytest

from bundler.errors import BundlerError, EnvironmentProblem, MisuseError, UnreadableInput
from bundler.evidence import object_urls
from bundler.evidence.objects import list_url, open_url
from tests.evidence.object_servers import Answer, ask, breaking_off, serving, silent
from tests.evidence.objects.stores import SECRET, Store, put, refused


def test_server_that_gives_no_parts_is_refused() -> None:
    with serving(lambda _: (200, {}, b"x" * 1000)) as port:
        assert "gives no parts" in refused(f"http://127.0.0.1:{port}/app.log").message


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("s3://logs/missing.log", "s3://logs/missing.log does not exist."),
        ("s3://no-such-bucket/app.log", "s3://no-such-bucket/app.log lies in a bucket that does not exist."),
        ("s3://logs/a//b.log", "s3://logs/a//b.log cannot be read by its name."),
        ("s3://logs/../b.log", "s3://logs/../b.log cannot be read by its name."),
    ],
)
def test_what_is_not_there_is_told(store: Store, url: str, sentence: str) -> None:
    assert refused(url).message == sentence


def test_credentials_that_are_refused_are_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto checks signatures and permissions as the real service does, once it is told to."""
    put(store, "guarded.log", b"x")
    scope = (
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
    )
    form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": scope}
    for action in ("CreateUser", "CreateAccessKey"):
        wish = urlencode({"Action": action, "UserName": "reader", "Version": "2010-05-08"})
        told = ask(store.moto_port, "POST", "/", wish.encode(), form).decode()
    key, secret = (told.partition(f"<{name}>")[2].partition("<")[0] for name in ("AccessKeyId", "SecretAccessKey"))
    ask(store.moto_port, "POST", "/moto-api/reset-auth", b"0")
    try:
        assert "does not know the access key" in refused("s3://logs/guarded.log").message
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        assert "secret does not belong to the access key" in refused("s3://logs/guarded.log").message
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        denied = refused("s3://logs/guarded.log")
        assert denied.message == "s3://logs/guarded.log may not be read with these credentials."
        assert "s3:GetObject" in denied.hint
    finally:
        ask(store.moto_port, "POST", "/moto-api/reset-auth", b"inf")


def test_missing_credentials_are_told_with_the_way_to_set_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for url, setting in [
        ("s3://logs/app.log", "AWS_ACCESS_KEY_ID"),
        ("gs://logs/app.log", "gcloud auth application-default login"),
        ("abfss://logs@account.dfs.core.windows.net/app.log", "az login"),
    ]:
        problem = refused(url)
        assert problem.message == f"{url} cannot be read: there are no credentials for it."
        assert setting in problem.hint


def test_half_of_the_credentials_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "no credentials" in refused("s3://logs/app.log").message


def test_azure_account_that_is_not_named_is_told() -> None:
    assert refused("az://logs/app.log").message == "az://logs/app.log names no storage account."


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (301, b"<Error><Code>PermanentRedirect</Code></Error>", "lies in another region"),
        (400, b"<Error><Code>AuthorizationHeaderMalformed</Code></Error>", "lies in another region"),
        (400, b"<Error><Code>ExpiredToken</Code></Error>", "the credentials have expired"),
        (403, b"<Error><Code>RequestTimeTooSkewed</Code></Error>", "the clock of this machine differs"),
        (403, b"<Error><Code>InvalidObjectState</Code></Error>", "is archived"),
        (401, b"", "may not be read with these credentials"),
        (418, b"<Error><Code>Unheard</Code></Error>", "the store answers 418"),
        (503, b"<Error><Code>SlowDown</Code></Error>", "the store answers 503 (busy)"),
    ],
)
@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_answers_that_moto_never_gives_are_told_as_well(
    scheme: str, status: int, body: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda _: (status, {}, body)) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("GOOGLE_BASE_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
        assert sentence in refused(f"{scheme}://logs/app.log").message


def test_closed_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("s3://logs/app.log").message == "s3://logs/app.log cannot be read: the store does not answer."


def test_store_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    longest_attempt = object_urls.CONNECT_TIMEOUT + object_urls.ANSWER_TIMEOUT
    assert object_urls.RETRY_TIMEOUT + longest_attempt <= timedelta(seconds=20)
    monkeypatch.setattr(object_urls, "ANSWER_TIMEOUT", timedelta(milliseconds=100))
    with silent() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        assert "the store does not answer" in refused("s3://logs/app.log").message


@pytest.mark.parametrize(
    "read", [lambda: open_url("s3://logs/app.log"), lambda: list_url("s3://logs/")], ids=["open", "list"]
)
def test_interrupting_does_not_wait_for_the_store(read: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    with silent() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        started = time.monotonic()
        Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            read()
        assert time.monotonic() - started < 3


def test_store_that_stops_in_the_middle_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_urls, "ANSWER_TIMEOUT", timedelta(milliseconds=100))
    with breaking_off(65_536, b"x" * 1000) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        assert "the store does not answer" in refused("s3://logs/app.log").message


def test_store_that_is_busy_for_a_moment_is_asked_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "busy.log", b"text")
    answers: Iterator[Answer] = iter([(503, {}, b""), (429, {}, b"")])
    done = (
        206,
        {"Content-Range": "bytes 0-3/4", "ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 13:00:00 GMT"},
        b"text",
    )
    with serving(lambda _: next(answers, done)) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        assert open_url("s3://logs/busy.log").content.open().read() == b"text"


def test_unencrypted_endpoint_is_refused_unless_it_is_allowed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "plain.log", b"text")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "false")
    for url in ("s3://logs/plain.log", f"http://127.0.0.1:{store.port}/logs/plain.log?sig=invented"):
        problem = refused(url)
        assert "would be read without encryption" in problem.message
        assert "AWS_ALLOW_HTTP=true" in problem.hint
    assert not store.calls


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9 000"),
        ("AWS_ENDPOINT_URL", "127.0.0.1"),
        ("AWS_ACCESS_KEY_ID", "AKIA\nEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", f"{SECRET}\r\n"),
    ],
)
def test_setting_that_obstore_cannot_bear_is_named_but_not_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvironmentProblem, match=name) as caught:
        open_url("s3://logs/app.log")
    assert value.strip() not in caught.value.message


def test_setting_that_brings_obstore_down_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://[")
    assert refused("s3://logs/app.log").message == "s3://logs/app.log cannot be read."
    assert SECRET not in capfd.readouterr().err


def test_without_obstore_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(EnvironmentProblem, match="not installed") as caught:
        open_url("s3://logs/app.log")
    assert caught.value.hint == "pip install 'ticket-bundler[cloud]'"


def test_refusals_end_the_program_as_its_exit_codes_say() -> None:
    kinds: list[type[BundlerError]] = [MisuseError, UnreadableInput, EnvironmentProblem]
    assert [int(kind.exit_code) for kind in kinds] == [2, 3, 3]
