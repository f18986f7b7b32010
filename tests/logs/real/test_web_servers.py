"""Logs of web servers and proxies: nginx, Apache, HAProxy."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bundler.logs.extract import failing_record
from tests.logs.real.servers import find_server, free_port, serving, status, wait_for
from tests.logs.real.story import COPENHAGEN, PAYMENT, Stamp, check, check_moments, read

NGINX = find_server("nginx")
APACHE = find_server("apache2")
MODULES = Path("/usr/lib/apache2/modules")
HAPROXY = find_server("haproxy")
CLF = Stamp(r"\[([^\]]+)\]", "%d/%b/%Y:%H:%M:%S %z")
HAPROXY_STAMPS = {
    "rfc3164": Stamp(r"^<\d+>(\w{3} [ \d]\d [\d:]{8})", "%b %d %H:%M:%S", COPENHAGEN),
    "rfc5424": Stamp(r"^<\d+>1 (\S+)"),
    "raw": Stamp(r"\[([^\]]+)\]", "%d/%b/%Y:%H:%M:%S.%f", COPENHAGEN),
}
QUERY = "?note=%22a%20b%22"


@pytest.mark.real
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
def test_nginx_access_and_error_log(tmp_path: Path) -> None:
    port, began = free_port(), datetime.now(UTC)
    (tmp_path / "nginx.conf").write_text(
        f"""
        worker_processes 1; daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log notice;
        events {{ worker_connections 16; }}
        http {{
          access_log {tmp_path}/access.log combined;
          client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy; fastcgi_temp_path {tmp_path}/f;
          uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
          server {{
            listen 127.0.0.1:{port};
            location / {{ proxy_pass http://127.0.0.1:1; }}
            location /health {{ return 200; }}
            location /missing {{ return 404; }}
          }}
        }}
        """
    )
    command = [str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    with serving(command, tmp_path / "output"):
        assert status(f"http://127.0.0.1:{port}/health") == 200
        assert status(f"http://127.0.0.1:{port}/v1/payments/{PAYMENT}{QUERY}") == 502
        assert status(f"http://127.0.0.1:{port}/missing") == 404
    check((tmp_path / "access.log").read_bytes(), CLF, began)
    error = read((tmp_path / "error.log").read_bytes(), COPENHAGEN)
    moments = check_moments(error, Stamp(r"^(\S+ \S+)", "%Y/%m/%d %H:%M:%S", COPENHAGEN), began)
    named = [index for index, (_, record) in enumerate(error.records()) if PAYMENT.encode() in record]
    assert len(named) == error.hits == 1
    assert failing_record(error, [PAYMENT]) == (moments[named[0]], named[0] + 1)


@pytest.mark.real
@pytest.mark.skipif(APACHE is None or not MODULES.is_dir(), reason="Apache is not installed (Debian: apache2-bin)")
@pytest.mark.parametrize("model", ["event", "prefork"])
def test_apache_access_and_error_log(tmp_path: Path, model: str) -> None:
    port, began = free_port(), datetime.now(UTC)
    modules = {"mpm_" + model, "authz_core", "proxy", "proxy_http"}
    loaded = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in sorted(modules))
    (tmp_path / "apache.conf").write_text(
        f"""
        {loaded}
        ServerRoot {tmp_path}
        ServerName shop.example.com
        DocumentRoot {tmp_path}
        PidFile {tmp_path}/pid
        Listen 127.0.0.1:{port}
        LogLevel info
        ErrorLog {tmp_path}/error.log
        LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
        LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
        LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" vhost_combined
        CustomLog {tmp_path}/common.log common
        CustomLog {tmp_path}/combined.log combined
        CustomLog {tmp_path}/vhost.log vhost_combined
        ProxyPass /v1 http://127.0.0.1:1/v1
        """
    )
    with serving([str(APACHE), "-X", "-f", tmp_path / "apache.conf"], tmp_path / "output"):
        assert status(f"http://127.0.0.1:{port}/health") == 404
        url, shop = f"http://127.0.0.1:{port}/v1/payments/{PAYMENT}{QUERY}", f"https://shop.example.com/pay/{PAYMENT}"
        assert status(url, Referer=shop) == 503
        assert status(f"http://127.0.0.1:{port}/missing") == 404
    for name in ("common", "combined", "vhost"):
        data = (tmp_path / f"{name}.log").read_bytes()
        check(data, CLF, began, levels=("warning", "error", "warning"))
    error = read((tmp_path / "error.log").read_bytes(), COPENHAGEN)
    moments = check_moments(error, Stamp(r"^\[([^\]]+)\]", "%a %b %d %H:%M:%S.%f %Y", COPENHAGEN), began)
    named = [index for index, (_, record) in enumerate(error.records()) if PAYMENT.encode() in record]
    assert len(named) == error.hits == 1
    assert failing_record(error, [PAYMENT]) == (moments[named[0]], named[0] + 1)


@pytest.fixture(scope="module")
def haproxy(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], datetime]:
    """What HAProxy tells of a request that reached no server: as two kinds of syslog, and bare on its output."""
    folder, port, began = tmp_path_factory.mktemp("haproxy"), free_port(), datetime.now(UTC)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as old,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as new,
    ):
        for receiver in (old, new):
            receiver.bind(("127.0.0.1", 0))
            receiver.settimeout(10)
        (folder / "haproxy.cfg").write_text(
            f"""
global
  log 127.0.0.1:{old.getsockname()[1]} format rfc3164 local0
  log 127.0.0.1:{new.getsockname()[1]} format rfc5424 local0
  log stdout format raw local0
  log-send-hostname shop-1
defaults
  mode http
  log global
  option httplog
  retries 0
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend shop
  bind 127.0.0.1:{port}
  http-request return status 200 if {{ path /health }}
  http-request deny deny_status 404 if {{ path /missing }}
  default_backend provider
backend provider
  server one 127.0.0.1:1
"""
        )
        with serving([str(HAPROXY), "-db", "-f", folder / "haproxy.cfg"], folder / "output"):
            calls = (("health", 200), (f"v1/payments/{PAYMENT}{QUERY}", 503), ("missing", 404))
            for count, (path, answer) in enumerate(calls, 1):
                assert status(f"http://127.0.0.1:{port}/{path}") == answer
                # it writes a line once the caller has the answer, and may have another call by then
                wait_for(partial(_has_lines, folder / "output", count), f"line {count} of HAProxy")
            told = {
                "rfc3164": b"".join(old.recv(4096) for _ in range(3)),
                "rfc5424": b"".join(new.recv(4096) for _ in range(3)),
            }
    lines = (folder / "output").read_bytes().splitlines(keepends=True)
    told["raw"] = b"".join(line for line in lines if b" shop" in line)
    return told, began


def _has_lines(output: Path, count: int) -> bool:
    return sum(b" shop" in line for line in output.read_bytes().splitlines()) >= count


@pytest.mark.real
@pytest.mark.skipif(HAPROXY is None, reason="HAProxy is not installed (Debian: haproxy)")
@pytest.mark.parametrize("style", HAPROXY_STAMPS)
def test_haproxy(haproxy: tuple[dict[str, bytes], datetime], style: str) -> None:
    told, began = haproxy
    check(told[style], HAPROXY_STAMPS[style], began)
