"""Moto for the tests of logs in a cloud store, and no way to any other store."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.evidence.object_servers import Call, ask, counting, free_port, moto
from tests.evidence.objects.stores import SECRET, Store


@pytest.fixture(scope="session")
def moto_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where moto listens, with an empty bucket ``logs``."""
    pytest.importorskip("moto.server", reason="moto's server is not installed")
    with moto(tmp_path_factory.mktemp("moto")) as port:
        ask(port, "PUT", "/logs")
        yield port


@pytest.fixture(autouse=True)
def _no_store_but_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """obstore's sockets are not Python's, so every address it could look up leads to a port where nobody listens."""
    pytest.importorskip("obstore", reason="the extra [cloud] is not installed")
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
    """The store that every ``s3://`` address leads to."""
    calls: list[Call] = []
    with counting(moto_port, calls) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        yield Store(port, moto_port, calls)
