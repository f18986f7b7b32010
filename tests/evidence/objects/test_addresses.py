"""Which addresses of logs in a cloud store there are, where they lead, and what lies below them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence import objects
from bundler.evidence.object_urls import is_object_url, locate, open_store
from bundler.evidence.objects import list_url, open_url
from tests.evidence.object_servers import ask
from tests.evidence.objects.stores import SECRET, Store, put, refused


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
    import obstore
    from obstore.store import S3Store

    opened = open_store(locate("s3://logs/"))
    assert isinstance(opened, S3Store)
    put(store, "signed.log", b"x" * 200_000)
    link = obstore.sign(opened, "GET", "signed.log", timedelta(hours=1))
    assert "Signature=" in link
    content, size, shown = open_url(link)
    assert (size, shown) == (200_000, f"http://127.0.0.1:{store.port}/logs/signed.log")
    assert content.readable().read_at(150_000, 10) == b"x" * 10
    missing = refused(link.replace("signed.log", "missing.log"))
    assert missing.message == f"http://127.0.0.1:{store.port}/logs/missing.log does not exist."


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
