"""Rules for names that go on behind the word that gives them away: `password2`, `api_key_prod`, `tokenValue`."""

from __future__ import annotations

from itertools import product

from bundler.redact.proofs import is_long_and_random
from bundler.redact.rule import Rank, Rule

_AGAIN = ("1", "2", "confirm", "confirmation", "confirmed", "repeat", "again", "new", "old")
_BEHIND = ("1", "2", "3", "value", "prod", "production", "live", "test", "dev", "staging", "sandbox", "pem")


def _longer(words: tuple[str, ...], tails: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{word}{tail}" for word, tail in product(words, tails))


LONGER_RULES: tuple[Rule, ...] = (
    Rule(
        name="password-once-more",
        kind="secret",
        what="passwords by names with a number or `confirmation` behind",
        source="OWASP Logging Cheat Sheet, data to exclude; field names of registration forms",
        rank=Rank.KEYED,
        endings=_longer(("password", "passwd", "pwd", "passord", "passphrase"), _AGAIN),
        form="phrase",
        beats_identifiers=True,
        hits=("Tr0ub4dor-77x", "swordfish9"),
        misses=("password2=null", 'passwordConfirmation: "******"', "passwordConfirmationSentAt=20261123"),
    ),
    Rule(
        name="secret-by-longer-name",
        kind="secret",
        what="keys, secrets and tokens by names with an environment, a number or `value` behind",
        source="names of settings, OWASP Secrets Management Cheat Sheet",
        rank=Rank.KEYED_LOOSELY,
        keys=("csrf", "xsrf"),
        endings=(
            *_longer(("secret", "apikey", "subscriptionkey", "secretkey", "accesskey", "privatekey", "token"), _BEHIND),
            "passwordhash",
            "mnemonic",
            "magiclink",
            "subkey",
            "ocpapimkeyecommerce",
            "validationkey",
            "decryptionkey",
            "cookiekey",
            "loggedinkey",
            "noncekey",
            "salt",
            "encryptedmessage",
            "paymentdata",
        ),
        fits=is_long_and_random,
        beats_identifiers=True,
        hits=("kq7Zr2x9tAvB4mN8sLd0", "0f14d0ab9605f4a8b7e2c0d1e9f3a6b5"),
        misses=("token2=7", "secretValue: required", "api_key_test=passed", "tokenTestCount=12345678"),
    ),
)
