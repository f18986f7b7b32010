"""Whom a connection trusts, and what is said of a server that is not to be trusted; there is no way around it."""

from __future__ import annotations

import ssl

from bundler.delivery.accounts import Account, Server
from bundler.errors import EnvironmentProblem

_EXPIRED, _OTHER_HOST, _OTHER_ADDRESS = 10, 62, 64
"""X509_V_ERR_CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH of OpenSSL's ``x509_vfy.h``."""


class LoginRefused(EnvironmentProblem):
    """The server did not let the user in; another password or token may be tried, which is for the caller to ask."""


def trusting(account: Account) -> ssl.SSLContext:
    """Checks certificates and host names against the authorities of ``account.ca_file``, else the system's.

    Raises ``EnvironmentProblem`` for a file of authorities that cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=account.ca_file or None)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise EnvironmentProblem(
            f"The certificates in {account.ca_file} cannot be read.",
            "ca_file names a file of certificates in PEM form (-----BEGIN CERTIFICATE-----).",
        ) from error


def distrust(error: ssl.SSLError, server: Server) -> EnvironmentProblem:
    """Why no connection to ``server`` is made; nothing was told to it then."""
    where = server.where
    if not isinstance(error, ssl.SSLCertVerificationError):
        return EnvironmentProblem(
            f"{where} does not speak TLS, or none that is still secure; nothing was sent to it.",
            "Check the port: 465 and 993 speak TLS from the start, 587 and 143 after STARTTLS (smtp+starttls://, "
            "imap+starttls://).",
        )
    if error.verify_code in (_OTHER_HOST, _OTHER_ADDRESS):
        return EnvironmentProblem(
            f"The certificate that {where} shows is another host's; nothing was sent to it.",
            "Use the host name that the mail provider tells, as it stands in the certificate.",
        )
    if error.verify_code == _EXPIRED:
        return EnvironmentProblem(
            f"The certificate that {where} shows has expired; nothing was sent to it.",
            "Tell the server's administrator, and check this machine's clock.",
        )
    return EnvironmentProblem(
        f"The certificate that {where} shows is not trusted ({error.verify_message}); nothing was sent to it.",
        "If your organisation has an authority of its own, name its certificate: --ca-file, or ca_file of the account.",
    )
