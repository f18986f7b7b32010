"""Certificates for servers on loopback, made by openssl: one that is right, and ones that are wrong in one way each."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

_HERE = "DNS:localhost,IP:127.0.0.1"
_ELSEWHERE = "DNS:mail.example.net"


class Certificate(NamedTuple):
    """A certificate that vouches for itself, and its key; ``cert`` is also the file to trust it by."""

    cert: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """How a server shows this certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cert, self.key)
        return context


class Certificates(NamedTuple):
    """``good`` is for ``localhost`` and 127.0.0.1; ``stranger`` too, but nobody trusts it; ``elsewhere`` is for
    another host; ``expired`` was good until 2021."""

    good: Certificate
    stranger: Certificate
    elsewhere: Certificate
    expired: Certificate


def openssl_is_here() -> bool:
    """Whether certificates can be made."""
    return shutil.which("openssl") is not None


def make_certificates(folder: Path) -> Certificates:
    """The certificates, as files of ``folder``, readable by every user, since servers change theirs."""
    return Certificates(
        good=_make(folder, "good", _HERE),
        stranger=_make(folder, "stranger", _HERE),
        elsewhere=_make(folder, "elsewhere", _ELSEWHERE),
        expired=_make_expired(folder, "expired", _HERE),
    )


def _make(folder: Path, name: str, names: str) -> Certificate:
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    _openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost",
        *("-keyout", made.key, "-out", made.cert, "-addext", f"subjectAltName={names}"),
    )
    made.key.chmod(0o644)
    return made


def _make_expired(folder: Path, name: str, names: str) -> Certificate:
    """``openssl req`` has no dates of its own before version 3.4, ``openssl ca`` has."""
    made = _make(folder, name, names)
    request, settings, index = (folder / f"{name}.{ending}" for ending in ("csr", "cnf", "index"))
    _openssl("req -new -subj /CN=localhost", "-key", made.key, "-out", request)
    settings.write_text(
        f"[ca]\ndefault_ca = own\n[own]\ndatabase = {index}\nnew_certs_dir = {folder}\nrand_serial = yes\n"
        "default_md = sha256\npolicy = any\nx509_extensions = names\n"
        f"[any]\ncommonName = supplied\n[names]\nsubjectAltName = {names}\n",
        encoding="utf-8",
    )
    index.touch()
    _openssl(
        "ca -batch -notext -selfsign -startdate 20200101000000Z -enddate 20210101000000Z",
        *("-config", settings, "-in", request, "-keyfile", made.key, "-out", made.cert),
    )
    return made


def _openssl(words: str, *more: str | Path) -> None:
    done = subprocess.run(["openssl", *words.split(), *more], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
