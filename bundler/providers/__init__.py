"""What we know of payment providers: profiles as data, and the questions one can ask of them."""

from bundler.providers.bands import find_band, find_nearest_band
from bundler.providers.codes import find_code, find_errors_page, find_status
from bundler.providers.error_bodies import ErrorReading, read_cut_error, read_error, read_error_value
from bundler.providers.families import family_of_call
from bundler.providers.identifiers import identifiers_of_header, identifiers_of_key, key_form
from bundler.providers.loading import PROVIDERS, known_providers, load, load_or_generic, own_profiles, read_profile, use
from bundler.providers.payloads import find_payload, recognise_delivery
from bundler.providers.phrases import find_texts, mentions
from bundler.providers.recognition import recognise_body, recognise_value
from bundler.providers.urls import (
    MatchedOperation,
    find_any_host,
    find_family,
    find_host,
    find_operation,
    find_stranger,
    host_of,
    is_token_call,
    path_starts,
    recognise,
    related_families,
)

__all__ = [
    "PROVIDERS",
    "ErrorReading",
    "MatchedOperation",
    "family_of_call",
    "find_any_host",
    "find_band",
    "find_code",
    "find_errors_page",
    "find_family",
    "find_host",
    "find_nearest_band",
    "find_operation",
    "find_payload",
    "find_status",
    "find_stranger",
    "find_texts",
    "host_of",
    "identifiers_of_header",
    "identifiers_of_key",
    "is_token_call",
    "key_form",
    "known_providers",
    "load",
    "load_or_generic",
    "mentions",
    "own_profiles",
    "path_starts",
    "read_cut_error",
    "read_error",
    "read_error_value",
    "read_profile",
    "recognise",
    "recognise_body",
    "recognise_delivery",
    "recognise_value",
    "related_families",
    "use",
]
