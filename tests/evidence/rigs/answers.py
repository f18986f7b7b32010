"""Servers that answer as a search engine and as a cluster do, and remember what they were asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    """One request."""

    path: str
    query: Mapping[str, list[str]]
    body: Any


class Answering:
    """A server on this machine."""

    def __init__(self, address: str, asked: list[Asked]) -> None:
        self.address = address
        self.asked = asked


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler], asked: list[Asked]) -> Iterator[Answering]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Answering(f"http://127.0.0.1:{server.server_address[1]}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Quiet(BaseHTTPRequestHandler):
    asked: list[Asked]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing is printed."""

    def note(self) -> Asked:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(parts.path, parse_qs(parts.query), json.loads(body) if body else None)
        self.asked.append(asked)
        return asked

    def answer(self, status: int, content: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def search_engine(documents: Sequence[Mapping[str, str]], password: str = "") -> Iterator[Answering]:
    """Answers ``POST /logs/_search`` as OpenSearch does, for a range of @timestamp and a query of quoted words."""
    heard: list[Asked] = []

    class Engine(_Quiet):
        asked = heard

        def do_POST(self) -> None:
            asked = self.note()
            if password and not self.headers.get("Authorization", ""):
                self.answer(401, b'{"error":"Unauthorized"}')
            elif asked.path != "/logs/_search":
                self.answer(404, b'{"error":{"type":"index_not_found_exception"},"status":404}')
            else:
                self.answer(200, _hits(documents, asked.body))

    with _serving(Engine, heard) as answering:
        yield answering


def _hits(documents: Sequence[Mapping[str, str]], body: Any) -> bytes:
    query = body["query"]
    clauses = query["bool"]["filter"] if "bool" in query else [query]
    found = [document for document in documents if all(_fits(document, clause) for clause in clauses)]
    ((field, order),) = body["sort"][0].items()
    found.sort(key=lambda document: document[field], reverse=order == "desc")
    hits = [{"_index": "logs", "_id": str(n), "_score": None, "_source": doc} for n, doc in enumerate(found)]
    total = {"value": len(hits), "relation": "eq"}
    page = hits[: body["size"]]
    return json.dumps({"took": 1, "_shards": {"total": 1}, "hits": {"total": total, "hits": page}}).encode()


def _fits(document: Mapping[str, str], clause: Any) -> bool:
    if "range" in clause:
        ((field, bounds),) = clause["range"].items()
        moment = datetime.fromisoformat(document[field])
        return datetime.fromisoformat(bounds["gte"]) <= moment < datetime.fromisoformat(bounds["lt"])
    words = clause["query_string"]["query"].split(" OR ")
    return any(word.strip('"') in value for word in words for value in document.values())


@contextmanager
def cluster(log: bytes) -> Iterator[Answering]:
    """Answers as much of the Kubernetes API as reading the logs of the pod ``shop-1`` in ``psp`` takes."""
    heard: list[Asked] = []
    pod = {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"name": "shop-1", "namespace": "psp", "labels": {"app": "shop"}},
        "spec": {"containers": [{"name": "api", "image": "shop:1"}]},
        "status": {"phase": "Running"},
    }
    resources = [{"name": "pods", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get", "list"]}]
    pods = "/api/v1/namespaces/psp/pods"
    answers: dict[str, Any] = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
        "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": resources},
        pods: {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod]},
        f"{pods}/shop-1": pod,
    }

    class Api(_Quiet):
        asked = heard

        def do_GET(self) -> None:
            asked = self.note()
            if asked.path == f"{pods}/shop-1/log":
                self.answer(200, log, "text/plain")
            elif asked.path in answers:
                self.answer(200, json.dumps(answers[asked.path]).encode())
            else:
                status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
                self.answer(404, json.dumps({**status, "message": f"{asked.path} not found"}).encode())

    with _serving(Api, heard) as answering:
        yield answering
