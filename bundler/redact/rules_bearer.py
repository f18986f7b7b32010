"""Rules for what a request shows to be let in: web tokens, and what stands behind `Authorization` and its schemes."""

from __future__ import annotations

from bundler.redact.proofs import is_basic, is_bearer
from bundler.redact.rule import Rank, Rule
from bundler.redact.shapes import shape

_JWT = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0IiwiZXhwIjoxNzAwMDAwMDAwfQ.c2lnbmF0dXJlLW9mLW5vYm9keQ"

ENCODED = Rule(
    name="encoded",
    kind="secret",
    what="text in Base64 in which another rule finds something, whole",
    source="RFC 4648 sections 4 and 5; Kubernetes documentation, Secrets, data",
    rank=Rank.SHAPED,
    view="decoded",
    everywhere=False,
    hits=(
        "cG9zdGdyZXM6Ly9zaG9wOmh1bnRlcjJwYXNzQGRiL29yZGVycw==",
        "U2VydmVyPWRiO1VzZXIgSWQ9c2hvcDtQYXNzd29yZD1odW50ZXIyeDk7",
        "eyJjbGllbnRfc2VjcmV0IjoiYWJjREVGMTIzZ2hpNDU2In0=",
        "eyJtYWlsIjoib2xhQGV4YW1wbGUuY29tIn0",
        "a2FyaS5ub3JkbWFubkBleGFtcGxlLmNvbQ==",
        "cGF5bWVudCBieSBjYXJkIDQxMTEgMTExMSAxMTExIDExMTE",
    ),
    misses=(
        "eyJhbW91bnQiOjI0OTAwLCJjdXJyZW5jeSI6Ik5PSyJ9",
        "eyJust-a-long-word-of-prose",
        "cG9zdGdyZXM6Ly9kYi9vcmRlcnM=",
        "Z2lkOi8vc2hvcC9PcmRlci82NDI1NTk0MjQ1",
    ),
)

BEARER_RULES: tuple[Rule, ...] = (
    Rule(
        name="jwt",
        kind="jwt",
        what="JSON web tokens; algorithm, times and which provider they are for stay readable",
        source="RFC 7519, RFC 7515 section 3.1",
        rank=Rank.CERTAIN,
        anchors=(rb"eyJ",),
        locate=shape(rb"eyJ[A-Za-z0-9_-]{6,}+(?:\.[A-Za-z0-9_-]*+){1,4}+"),
        certain=True,
        beats_identifiers=True,
        hits=(_JWT, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0."),
        misses=("eyJust a word", "heyJude.example.com"),
    ),
    ENCODED,
    Rule(
        name="bearer",
        kind="token",
        what="tokens after `Bearer`",
        source="RFC 6750 section 2.1",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"bearer",),
        nearby=(rb"\bbearer\b",),
        locate=shape(
            rb"(?i:bearer)(?:(?:[ \t+]|%20){1,4}+|[ \t]?\r?\n[ \t]{1,8}+)[\"']?"
            rb"([A-Za-z0-9._~+/-]{8,}+={0,2})(?![=:][^\s=]|[A-Za-z0-9])"
        ),
        proof=is_bearer,
        certain=True,
        beats_identifiers=True,
        hits=("Bearer «kq7Zr2x9_tAvB4mN8sLd0»", "BEARER  «0a1b2c3d4e5f6a7b8c9d»"),
        misses=("Bearer token is missing", "token_type=bearer merchantId=MID-7", "bearer authentication"),
    ),
    Rule(
        name="basic",
        kind="basic",
        what="user and password after `Basic`",
        source="RFC 7617",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"basic",),
        locate=shape(rb"[Bb][Aa][Ss][Ii][Cc](?:[ \t+]|%20){1,4}+[\"']?([A-Za-z0-9+/_-]{8,2048}+={0,2})"),
        proof=is_basic,
        certain=True,
        beats_identifiers=True,
        hits=("Basic «c2hvcDpsZXRtZWluMTIz»",),
        misses=("Basic authentication failed", "basic settings"),
    ),
    Rule(
        name="authorization",
        kind="token",
        what="`Authorization` and `Proxy-Authorization`; the scheme stays",
        source="RFC 9110 section 11.6",
        rank=Rank.KEYED,
        keys=("authorization", "proxyauthorization", "xauthorization", "wwwauthorization"),
        form="authorization",
        beats_identifiers=True,
        hits=("s3cr3t-shared-value-771",),
        misses=("Authorization: Bearer", "Authorization=null", "authorizationAttemptId=77aa-88bb-99cc"),
    ),
)
