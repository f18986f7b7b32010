"""What a cloud store's refusal means, as one sentence; the store's own words may hold signatures and stay out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bundler.errors import UnreadableInput

if TYPE_CHECKING:
    from bundler.evidence.object_urls import Place

_CREDENTIALS = {
    "s3": "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; those of a profile are set by "
    'eval "$(aws configure export-credentials --format env)". For a public bucket: AWS_SKIP_SIGNATURE=true.',
    "gs": "Run gcloud auth application-default login, or set GOOGLE_SERVICE_ACCOUNT to the file of a service account. "
    "For a public bucket: GOOGLE_SKIP_SIGNATURE=true.",
    "az": "Set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_KEY, or run az login and set AZURE_USE_AZURE_CLI=true. "
    "For a public container: AZURE_SKIP_SIGNATURE=true.",
    "https": "Ask for a new signed link.",
}
_PERMISSION = {
    "s3": "Ask for s3:GetObject on the object, and s3:ListBucket for a whole prefix.",
    "gs": "Ask for the role Storage Object Viewer on the bucket.",
    "az": "Ask for the role Storage Blob Data Reader on the container.",
    "https": "A signed link ends after some time and must be complete, the part after the question mark included; "
    "put it in quotes.",
}
_REGION = {
    "s3": "Set AWS_REGION to the region of the bucket (aws s3api get-bucket-location --bucket NAME).",
}
_SPELLING = "Check the spelling; upper and lower case count in the names of objects."
_KEYS = "Check AWS_ACCESS_KEY_ID, and AWS_SESSION_TOKEN for temporary keys."
_SETTINGS = "Check the address and the settings of the store, or download the object and name the file."
_LATER = "Run it again in a minute."
OUT_OF_RANGE = "status code: 416"
"""The object is shorter than it was, or empty from the start (RFC 9110, section 15.5.17)."""
_CHANGED = ("changed while it was read", "Run it again, or copy the object to a file and name that.")

_CODES: dict[str, tuple[str, str]] = {
    "NoSuchBucket": ("lies in a bucket that does not exist", "Check its name, and the endpoint if one is set."),
    "ContainerNotFound": ("lies in a container that does not exist", "Check the container's and the account's name."),
    "InvalidAccessKeyId": ("cannot be read: the store does not know the access key", _KEYS),
    "InvalidToken": ("cannot be read: the session token is not one of the access key's", _KEYS),
    "SignatureDoesNotMatch": (
        "cannot be read: the secret does not belong to the access key",
        "Set the key and its secret again, both from the same place.",
    ),
    "AuthenticationFailed": (
        "cannot be read: the key or the signature is not accepted",
        "Set the account's key again, or ask for a new signed link.",
    ),
    "ExpiredToken": ("cannot be read: the credentials have expired", "Sign in again, and set the new ones."),
    "RequestTimeTooSkewed": (
        "cannot be read: the clock of this machine differs too much from the store's",
        "Set the clock.",
    ),
    "InvalidObjectState": ("is archived", "Restore it first, and wait until that is done."),
    "BlobArchived": ("is archived", "Rehydrate it first, and wait until that is done."),
    "UserProjectMissing": ("lies in a bucket whose reader pays", "Copy the object to a bucket of your own."),
}  # fmt: skip
_WRONG_REGION = ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")


@contextmanager
def refusals(place: Place) -> Iterator[None]:
    """Whatever obstore raises within becomes a sentence; without its cause, which quotes signed addresses."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        raise refusal(error, place) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a Rust panic: what obstore 0.12 does with a broken setting
            raise
        raise refusal(error, place) from None


def refusal(error: BaseException, place: Place) -> UnreadableInput:
    """What obstore's ``error`` at ``place`` means, for a person."""
    said, hint = _meaning(error, place)
    return UnreadableInput(f"{place.shown} {said}.", hint)


def changed(place: Place) -> UnreadableInput:
    """The object is no longer the one that was opened."""
    said, hint = _CHANGED
    return UnreadableInput(f"{place.shown} {said}.", hint)


def _meaning(error: BaseException, place: Place) -> tuple[str, str]:
    kind = type(error).__name__
    text = str(error).partition("\n\nDebug source:")[0]
    first = text.partition("\n")[0]
    code = re.search(r"<Code>(\w{1,64})</Code>", text)
    if kind == "PreconditionError" or OUT_OF_RANGE in first:
        return _CHANGED
    if code and code[1] in _CODES:
        return _CODES[code[1]]
    if "without LOCATION" in first or (code and code[1] in _WRONG_REGION):
        return "lies in another region", _REGION.get(place.service, "Check the address.")
    if kind == "FileNotFoundError":
        return "does not exist", _SPELLING
    if kind in ("PermissionDeniedError", "UnauthenticatedError"):
        means = "this link" if place.service == "https" else "these credentials"
        return f"may not be read with {means}", _PERMISSION[place.service]
    if kind == "NotSupportedError" or "non-partial response" in first:
        return "lies on a server that gives no parts of a file", "Download it and name the file."
    if "builder error" in first:
        return (
            "would be read without encryption: the endpoint begins with http://",
            "Use an https:// endpoint. On a network of your own: set "
            + {"gs": "GOOGLE", "az": "AZURE"}.get(place.service, "AWS")
            + "_ALLOW_HTTP=true.",
        )
    return _set_up_or_network(kind, first, place)


def _set_up_or_network(kind: str, first: str, place: Place) -> tuple[str, str]:
    if re.search(r"PUT \S+/latest/api/token | token request|credential error|: Missing \w*Key", first):
        return "cannot be read: there are no credentials for it", _CREDENTIALS[place.service]
    if "Account must be specified" in first:
        return "names no storage account", "Set AZURE_STORAGE_ACCOUNT_NAME."
    if "HTTP error" in first or "error decoding response" in first:
        return (
            "cannot be read: the store does not answer",
            "Check the network, a proxy (HTTPS_PROXY), and the endpoint if one is set.",
        )
    if status := re.search(r"non-2xx status code: (\d{3})", first):
        busy = status[1] == "429" or status[1].startswith("5")
        return (
            f"cannot be read: the store answers {status[1]}" + (" (busy)" if busy else ""),
            _LATER if busy else _SETTINGS,
        )
    if kind in ("ValueError", "InvalidPathError"):
        return (
            "cannot be read by its name",
            "Names with an empty part (//), with . or .. are not supported; download it and name the file.",
        )
    return "cannot be read", _SETTINGS
