"""Logs in a cloud store: read in parts, counted on the wire, and every refusal a sentence without a secret."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Timer
from typing import NamedTuple
from urllib.parse import unquote, urlencode

import pytest

from bundler.errors import BundlerError, EnvironmentProblem, MisuseError, UnreadableInput
from bundler.evidence import object_reading, object_urls, objects
from bundler.evidence.object_reading import ObjectReadable
from bundler.evidence.object_urls import is_object_url, locate, open_store
from bundler.evidence.objects import list_url, open_url
from bundler.evidence.sources import Source
from bundler.logs.opening import decompressed
from tests.evidence.object_servers import Answer, Call, ask, breaking_off, counting, free_port, moto, serving, silent

obstore = pytest.importorskip("obstore", reason="the extra [cloud] is not installed")
pytest.importorskip("moto.server", reason="moto's server is not installed")

SECRET = "sEcReT/invented+for/the/tests"
MEBIBYTE = 1024**2
LINE_SIZE = 128
LINE_COUNT = 64 * MEBIBYTE // LINE_SIZE
MIDNIGHT = datetime(2026, 11, 23)  # noqa: DTZ001 - the log of the test is written without a zone
STEP = timedelta(days=1) / LINE_COUNT


class Store(NamedTuple):
    """Moto behind the counting server: where it listens, and what went over the wire."""

    port: int
    moto_port: int
    calls: list[Call]

    @property
    def byte_count(self) -> int:
        return sum(call.byte_count for call in self.calls)


def line(number: int) -> bytes:
    stamp = (MIDNIGHT + number * STEP).isoformat(sep=" ", timespec="microseconds")
    return f"{stamp} INFO shop: payment {number:08d} went through".encode().ljust(LINE_SIZE - 1, b".") + b"\n"


@pytest.fixture(scope="module")
def moto_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with moto(tmp_path_factory.mktemp("moto")) as port:
        ask(port, "PUT", "/logs")
        yield port


@pytest.fixture(scope="module")
def day(moto_port: int) -> bytes:
    """A day's log of 64 MiB, sorted, which is s3://logs/day.log."""
    data = b"".join(line(number) for number in range(LINE_COUNT))
    ask(moto_port, "PUT", "/logs/day.log", data)
    return data


@pytest.fixture(autouse=True)
def _no_store_but_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """obstore's sockets are not Python's, so every address it could look up leads to a port where nobody listens."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOOGLE_", "AZURE_"))]:
        monkeypatch.delenv(name)
    nowhere = f"127.0.0.1:{free_port()}"
    for name in ("AWS_ENDPOINT_URL", "AWS_METADATA_ENDPOINT", "AWS_STS_ENDPOINT", "GOOGLE_BASE_URL"):
        monkeypatch.setenv(name, f"http://{nowhere}")
    for name in ("AZURE_STORAGE_ENDPOINT", "AZURE_MSI_ENDPOINT", "IDENTITY_ENDPOINT", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://{nowhere}")
    for name in ("GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("AWS_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP", "AZURE_ALLOW_HTTP"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")


@pytest.fixture
def store(moto_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    calls: list[Call] = []
    with counting(moto_port, calls) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        yield Store(port, moto_port, calls)


def put(store: Store, key: str, data: bytes) -> None:
    obstore.put(open_store(locate("s3://logs/")), key, data, use_multipart=False)
    store.calls.clear()


def refused(url: str) -> UnreadableInput:
    """How reading ``url`` is refused; nothing of it may hold a secret."""
    with pytest.raises(UnreadableInput) as caught:
        open_url(url)
    told = f"{caught.value.message} {caught.value.hint}"
    assert SECRET not in told
    assert "AKIAEXAMPLE" not in told
    assert caught.value.hint
    assert caught.value.__cause__ is None  # it quotes signed addresses
    return caught.value


def find_offset(log: ObjectReadable, moment: datetime, probe: int) -> int:
    """Where the first line of ``moment`` or later starts, as a simple bisection finds it."""
    stamp = moment.isoformat(sep=" ", timespec="microseconds").encode()
    low, high = 0, log.size
    while high - low > probe:
        middle = (low + high) // 2
        block = log.read_at(middle, probe)
        start = block.index(b"\n") + 1
        if block[start : start + len(stamp)] < stamp:
            low = middle + start
        else:
            high = middle
    block = log.read_at(low, high - low + LINE_SIZE)
    position = 0
    while block[position : position + len(stamp)] < stamp:
        position += LINE_SIZE
    return low + position


@pytest.mark.parametrize("probe", [4 * 1024, 64 * 1024])
def test_ten_minutes_of_a_sorted_log_cost_few_requests_and_little_beyond_the_window(
    store: Store, day: bytes, probe: int
) -> None:
    content, size, _ = open_url("s3://logs/day.log")
    log = content.readable()
    start = find_offset(log, MIDNIGHT + timedelta(hours=14, minutes=32), probe)
    end = find_offset(log, MIDNIGHT + timedelta(hours=14, minutes=42), probe)
    log.expect(start, end)
    window = b"".join(log.read_at(offset, min(65_536, end - offset)) for offset in range(start, end, 65_536))
    assert size == len(day)
    assert window == day[start:end]
    assert day[start - LINE_SIZE : start] < b"2026-11-23 14:32:00" < window
    assert day[end - LINE_SIZE : end] < b"2026-11-23 14:42:00" < day[end : end + LINE_SIZE]
    assert len(store.calls) <= 36
    assert store.byte_count <= len(window) + 30 * probe + 256 * 1024
    assert store.byte_count <= len(window) + 2 * MEBIBYTE
    assert (log.request_count, log.byte_count) == (len(store.calls), store.byte_count)


def test_nothing_behind_an_expected_range_is_fetched_and_it_comes_in_big_pieces(store: Store, day: bytes) -> None:
    log = open_url("s3://logs/day.log").content.readable()
    store.calls.clear()
    start, end = 20 * MEBIBYTE + 17, 31 * MEBIBYTE + 5
    log.expect(start, end)
    read = b"".join(log.read_at(offset, min(10_000, end - offset)) for offset in range(start, end, 10_000))
    assert read == day[start:end]
    assert [call.range for call in store.calls] == [
        f"bytes={start}-{start + 4 * MEBIBYTE - 1}",
        f"bytes={start + 4 * MEBIBYTE}-{start + 8 * MEBIBYTE - 1}",
        f"bytes={start + 8 * MEBIBYTE}-{end - 1}",
    ]
    log.read_at(end, 100)  # what was not announced is fetched as sparingly as anywhere else
    assert store.calls[-1].byte_count == object_reading.LEAST_FETCH


def test_reading_on_without_a_hint_fetches_more_each_time(store: Store, day: bytes) -> None:
    with open_url("s3://logs/day.log").content.open() as stream:
        assert stream.read() == day
    sizes = [call.byte_count for call in store.calls]
    assert sizes[:4] == [65_536, 131_072, 262_144, 524_288]
    assert max(sizes) == object_reading.MOST_FETCH
    assert store.byte_count == len(day)
    assert len(sizes) < 24


def test_recognising_a_log_costs_the_one_request_that_opening_cost(store: Store, day: bytes) -> None:
    content, size, shown = open_url("s3://logs/day.log")
    source = Source(shown, content, size, named=True)
    assert source.head == day[: len(source.head)]
    assert len(store.calls) == 1


def test_packed_log_in_a_bucket_is_unpacked_while_it_is_read(store: Store, day: bytes) -> None:
    text = day[: 8 * MEBIBYTE]
    put(store, "day.log.1.gz", gzip.compress(text, 1))
    content, _, _ = open_url("s3://logs/day.log.1.gz")
    with decompressed(content.open()) as stream:
        assert stream.read() == text


def test_parts_read_in_any_order_are_the_bytes_of_the_object(store: Store, day: bytes) -> None:
    text = day[: 3 * MEBIBYTE + 11]
    put(store, "part.log", text)
    log = open_url("s3://logs/part.log").content.readable()
    places = [(0, 10), (2_000_000, 40_000), (1_990_000, 30_000), (len(text) - 5, 100), (len(text), 10), (70_000, 1)]
    for offset, count in [*places, (0, len(text)), (1_995_000, 20)]:
        assert log.read_at(offset, count) == text[offset : offset + count]
    assert log.byte_count == len(text)  # nothing was fetched twice


def test_no_more_is_kept_than_the_limit(store: Store, day: bytes) -> None:
    log = open_url("s3://logs/day.log").content.readable()
    log.expect(0, 40 * MEBIBYTE)
    for offset in range(0, 40 * MEBIBYTE, MEBIBYTE):
        log.read_at(offset, MEBIBYTE)
        assert sum(map(len, log._blocks.values())) <= 32 * MEBIBYTE
    store.calls.clear()
    log.read_at(30 * MEBIBYTE, 9 * MEBIBYTE)
    assert not store.calls
    log.close()
    assert not log._blocks


def test_stream_can_be_read_from_another_place(store: Store, day: bytes) -> None:
    put(store, "part.log", day[:MEBIBYTE])
    with open_url("s3://logs/part.log").content.open() as stream:
        stream.seek(-LINE_SIZE, os.SEEK_END)
        assert stream.read() == day[MEBIBYTE - LINE_SIZE : MEBIBYTE]
        stream.seek(LINE_SIZE)
        assert stream.readline() == line(1)
        assert stream.tell() == 2 * LINE_SIZE


def test_empty_object_is_an_empty_log(store: Store) -> None:
    put(store, "empty.log", b"")
    content, size, _ = open_url("s3://logs/empty.log")
    assert (size, content.readable().read_at(0, 10), content.open().read()) == (0, b"", b"")


@pytest.mark.parametrize(
    "key", ["a b.log", "100%.log", "x%20y.log", "what?.log", "a#1.log", "søndag.log", "a+b=c&d.log"]
)
def test_names_of_objects_are_taken_as_they_are(store: Store, key: str) -> None:
    put(store, f"odd/{key}", key.encode())
    assert open_url(f"s3://logs/odd/{key}").content.open().read() == key.encode()


def test_prefix_gives_every_object_below_it_by_an_address_that_opens(store: Store) -> None:
    for number in range(12):
        ask(store.moto_port, "PUT", f"/logs/rotated/app.log.{number:04d}", b"x" * (number + 1))
    ask(store.moto_port, "PUT", "/logs/rotated/empty/")
    ask(store.moto_port, "PUT", "/logs/rotated-elsewhere/app.log", b"x")
    listed = list_url("s3://logs/rotated/")
    assert listed == [(f"s3://logs/rotated/app.log.{number:04d}", number + 1) for number in range(12)]
    assert open_url(listed[4].name).size == 5


def test_prefix_with_too_many_objects_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "OBJECT_LIMIT", 2)
    for number in range(3):
        put(store, f"many/{number}", b"x")
    with pytest.raises(UnreadableInput, match="more than 2 objects"):
        list_url("s3://logs/many/")


@pytest.mark.parametrize("url", ["s3://logs/nothing-here/", "s3://no-such-bucket/logs/"])
def test_prefix_without_objects_is_refused(store: Store, url: str) -> None:
    with pytest.raises(UnreadableInput, match=r"nothing below|bucket that does not exist"):
        list_url(url)


def test_signed_link_is_read_and_its_signature_never_shown(store: Store) -> None:
    put(store, "signed.log", b"x" * 200_000)
    link = obstore.sign(open_store(locate("s3://logs/")), "GET", "signed.log", timedelta(hours=1))
    assert "Signature=" in link
    content, size, shown = open_url(link)
    assert (size, shown) == (200_000, f"http://127.0.0.1:{store.port}/logs/signed.log")
    assert content.readable().read_at(150_000, 10) == b"x" * 10
    missing = refused(link.replace("signed.log", "missing.log"))
    assert missing.message == f"http://127.0.0.1:{store.port}/logs/missing.log does not exist."


def test_object_that_changes_while_it_is_read_is_told(store: Store, day: bytes) -> None:
    put(store, "changing.log", day[:MEBIBYTE])
    log = open_url("s3://logs/changing.log").content.readable()
    put(store, "changing.log", day[MEBIBYTE : 2 * MEBIBYTE])
    with pytest.raises(UnreadableInput, match=r"changing\.log changed while it was read"):
        log.read_at(500_000, 10)


@pytest.mark.parametrize("mark", ["", 'W/"weak-{}"', '"ignored-{}"'])
def test_change_is_noticed_on_a_server_that_knows_no_conditions(mark: str) -> None:
    state = [0]

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        first, last = request.headers["Range"].removeprefix("bytes=").split("-")
        end = min(int(last) + 1, 200_000)
        headers = {
            "Content-Range": f"bytes {first}-{end - 1}/200000",
            "Last-Modified": f"Mon, 23 Nov 2026 13:00:0{state[0]} GMT",
        }
        if mark:
            headers["ETag"] = mark.format(state[0])
        return 206, headers, b"x" * (end - int(first))

    with serving(answer) as port:
        log = open_url(f"http://127.0.0.1:{port}/app.log").content.readable()
        assert log.read_at(100_000, 10) == b"x" * 10
        state[0] = 1
        with pytest.raises(UnreadableInput, match="changed while it was read"):
            log.read_at(180_000, 10)


def test_object_that_became_shorter_has_changed() -> None:
    answers: Iterator[Answer] = iter([(206, {"Content-Range": "bytes 0-65535/200000"}, b"x" * 65_536)])
    with serving(lambda _: next(answers, (416, {}, b""))) as port:
        log = open_url(f"http://127.0.0.1:{port}/app.log").content.readable()
        with pytest.raises(UnreadableInput, match="changed while it was read"):
            log.read_at(180_000, 10)


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


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/app.log",
        "s3:///app.log",
        "s3://logs",
        "s3://logs/",
        "s3://logs/folder/",
        "gs://",
        f"s3://AKIAEXAMPLE:{SECRET.replace('/', '')}@logs/app.log",
        f"https://somebody:{SECRET.replace('/', '')}@example.com/app.log",
        f"az://logs/app.log?sv=2024&sig={SECRET}",
        "https://example.com",
        "https://account.blob.core.windows.net/logs",
    ],
)
def test_address_that_names_no_object_is_misuse_and_shows_no_secret(url: str) -> None:
    with pytest.raises(MisuseError) as caught:
        open_url(url)
    assert "sEcReT" not in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.hint


@pytest.mark.parametrize("url", ["https://example.com/logs/", "s3://logs/app.log"])
def test_what_is_no_prefix_cannot_be_listed(url: str) -> None:
    with pytest.raises(MisuseError, match="not a prefix"):
        list_url(url)


@pytest.mark.parametrize(
    ("url", "config", "key", "shown"),
    [
        ("s3://logs/a/b c.log", {"bucket": "logs"}, "a/b c.log", "s3://logs/a/b c.log"),
        ("S3A://logs/app.log", {"bucket": "logs"}, "app.log", "s3a://logs/app.log"),
        ("gs://logs_1/app.log", {"bucket": "logs_1"}, "app.log", "gs://logs_1/app.log"),
        ("az://logs/app.log", {"container_name": "logs"}, "app.log", "az://logs/app.log"),
        (
            "abfss://logs@account.dfs.core.windows.net/app.log",
            {"container_name": "logs", "account_name": "account"},
            "app.log",
            "abfss://logs@account.dfs.core.windows.net/app.log",
        ),
        (
            "https://account.blob.core.windows.net/logs/a%20b.log",
            {"container_name": "logs", "account_name": "account"},
            "a b.log",
            "https://account.blob.core.windows.net/logs/a%20b.log",
        ),
        (
            "https://logs.s3.eu-west-1.amazonaws.com/a/b.log",
            {"bucket": "logs", "region": "eu-west-1"},
            "a/b.log",
            "https://logs.s3.eu-west-1.amazonaws.com/a/b.log",
        ),
        (
            "https://id0.r2.cloudflarestorage.com/logs/b.log",
            {"bucket": "logs"},
            "b.log",
            "https://id0.r2.cloudflarestorage.com/logs/b.log",
        ),
        ("s3://logs/line\nbreak", {"bucket": "logs"}, "line\nbreak", "s3://logs/line\\nbreak"),
    ],
)
def test_addresses_lead_to_their_stores(
    url: str, config: dict[str, str], key: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "shop")
    place = locate(url)
    from obstore.store import AzureStore, GCSStore, S3Store

    opened = open_store(place)
    assert isinstance(opened, S3Store | GCSStore | AzureStore)
    assert config.items() <= dict(opened.config).items()
    assert (place.key, place.shown) == (key, shown)
    assert locate(place.address(key)).key == key


def test_object_of_google_cloud_storage_is_read_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    """What is asked is what Google's XML interface is asked, and moto's answers fit that."""
    anyone = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
    ask(store.moto_port, "PUT", "/public")
    ask(store.moto_port, "PUT", "/public?policy", json.dumps(anyone).encode())
    ask(store.moto_port, "PUT", "/public/app.log", b"0123456789" * 20_000)
    account = {
        "gcs_base_url": f"http://127.0.0.1:{store.port}",
        "disable_oauth": True,
        "client_email": "",
        "private_key": "",
        "private_key_id": "",
    }
    (tmp_path / "account.json").write_text(json.dumps(account))
    monkeypatch.delenv("GOOGLE_BASE_URL")
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(tmp_path / "account.json"))
    content, size, shown = open_url("gs://public/app.log")
    assert (size, shown) == (200_000, "gs://public/app.log")
    assert content.readable().read_at(100_001, 4) == b"1234"
    assert [unquote(call.path) for call in store.calls] == ["/public/app.log"] * 2


@pytest.mark.parametrize(
    "name", ["trace.har", "/var/log/app.log", "C:\\logs\\app.log", "-", "s3:", "~/s3:/app.log", ""]
)
def test_paths_are_no_addresses(name: str) -> None:
    assert not is_object_url(name)


@pytest.mark.parametrize("name", ["s3://logs/a", "gs://b/", "HTTPS://example.com/a", "ftp://example.com/a"])
def test_addresses_are_no_paths(name: str) -> None:
    assert is_object_url(name)


def test_refusals_end_the_program_as_its_exit_codes_say() -> None:
    kinds: list[type[BundlerError]] = [MisuseError, UnreadableInput, EnvironmentProblem]
    assert [int(kind.exit_code) for kind in kinds] == [2, 3, 3]
