"""Rules for keys and hashes of passwords as files keep them: PEM, PuTTY, age, JSON web keys, Kubernetes, htpasswd."""

from __future__ import annotations

from bundler.redact.issued import issued
from bundler.redact.keyfiles import (
    form_block,
    is_encoded_private_key,
    private_key,
    private_members,
    putty_lines,
    ssh2_block,
)
from bundler.redact.rule import Rank, Rule
from bundler.redact.shapes import shape

_KEY_BLOCK = "-----BEGIN PRIVATE KEY-----«MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEA»-----END PRIVATE KEY-----"
_PUTTY = "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\n«AAAAIExampleOnly0123456789abcdefghijk»\nPrivate-MAC: 01"
_JWK = '{"kty":"EC","crv":"P-256","d":"«870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE»","kid":"7"}'
_SALTED = rb"[./A-Za-z0-9]"

KEYFILE_RULES: tuple[Rule, ...] = (
    Rule(
        name="private-key",
        kind="private-key",
        what="private keys, whole",
        source="RFC 7468",
        rank=Rank.CERTAIN,
        anchors=(rb"PRIVATE KEY",),
        locate=private_key,
        certain=True,
        beats_identifiers=True,
        hits=(_KEY_BLOCK,),
        misses=("the PRIVATE KEY was rotated", "-----BEGIN CERTIFICATE-----MIIB-----END CERTIFICATE-----"),
    ),
    Rule(
        name="putty-key",
        kind="private-key",
        what="private keys in files of PuTTY",
        source="PuTTY manual, appendix C, PPK file format",
        rank=Rank.CERTAIN,
        anchors=(rb"Private-Lines:",),
        locate=putty_lines,
        certain=True,
        beats_identifiers=True,
        hits=(_PUTTY,),
        misses=("Private-Lines: 14", "Public-Lines: 2\nAAAAC3NzaC1lZDI1NTE5AAAAIExampleOnly"),
    ),
    Rule(
        name="ssh2-private-key",
        kind="private-key",
        what="private keys of SSH.COM, whole",
        source="RFC 4716 for the form; SSH Communications Security, key formats",
        rank=Rank.CERTAIN,
        anchors=(rb"---- BEGIN SSH2 ",),
        locate=ssh2_block,
        certain=True,
        beats_identifiers=True,
        hits=("---- BEGIN SSH2 PRIVATE KEY ----«P2/56wAAAi4AAAA3aWYtbW9kbnExampleOnly»---- END SSH2 PRIVATE KEY ----",),
        misses=("---- BEGIN SSH2 PUBLIC KEY ----AAAAB3NzaC1---- END SSH2 PUBLIC KEY ----",),
    ),
    Rule(
        name="private-key-in-form",
        kind="private-key",
        what="private keys in forms, whole",
        source="RFC 7468; WHATWG URL standard, application/x-www-form-urlencoded",
        rank=Rank.CERTAIN,
        anchors=(rb"-----BEGIN\+",),
        locate=form_block,
        certain=True,
        beats_identifiers=True,
        hits=(
            "key=-----BEGIN+PRIVATE+KEY-----«%0AMIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8%0A»-----END+PRIVATE+KEY-----",
        ),
        misses=("-----BEGIN+CERTIFICATE-----MIIB-----END+CERTIFICATE-----",),
    ),
    Rule(
        name="encoded-private-key",
        kind="private-key",
        what="private keys in Base64 of their PEM form, as Kubernetes keeps them",
        source="Kubernetes documentation, kubeconfig (client-key-data) and TLS secrets; RFC 7468",
        rank=Rank.CERTAIN,
        anchors=(rb"LS0tLS1CRUdJTi",),
        locate=shape(rb"LS0tLS1CRUdJTi[A-Za-z0-9+/_-]{40,}+={0,2}"),
        proof=is_encoded_private_key,
        certain=True,
        beats_identifiers=True,
        hits=(
            "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JR0hBZ0VBTUJNR0J5cUdTTTQ5QWdFRUV4YW1wbGVPbmx5Cg==",
            "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVBRXhhbXBsZU9ubHkK",
        ),
        misses=("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJFeGFtcGxlT25seTAxMjM0NTY3ODlhYmNkZWYK", "LS0tLS1CRUdJTi"),
    ),
    Rule(
        name="private-jwk",
        kind="private-key",
        what="the private members of JSON web keys",
        source="RFC 7517; RFC 7518 section 6",
        rank=Rank.CERTAIN,
        view="folded",
        anchors=(rb"kty",),
        locate=private_members,
        certain=True,
        beats_identifiers=True,
        hits=(_JWK, '{"kty":"oct","k":"«GawgguFyGrWKav7AX4VKUgExampleOnly»"}'),
        misses=(
            '{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","kid":"d"}',
            '"d":"0123456789abcdef0123"',
        ),
    ),
    issued(
        "age-key",
        "private keys of age",
        "age documentation, native X25519 and post-quantum keys",
        (rb"AGE-SECRET-KEY-",),
        rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,}+",
        ("AGE-SECRET-KEY-1EXAMPLE0NLY0123456789ABCDEFGHJKLMNPQRSTUVWXYZ0123456789",),
        ("AGE-SECRET-KEY-1", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
        kind="private-key",
    ),
    Rule(
        name="password-hash",
        kind="secret",
        what="hashes of passwords as crypt and htpasswd write them",
        source="crypt(5); Apache HTTP Server, password formats",
        rank=Rank.CERTAIN,
        view="folded",
        anchors=(
            rb"\$0\$",
            rb"\$0a\$",
            rb"\$0b\$",
            rb"\$0y\$",
            rb"\$y\$",
            rb"\$gy\$",
            rb"\$apr0\$",
        ),
        locate=shape(
            rb"(?:\$(?:apr1|1)\$" + _SALTED + rb"{1,8}\$" + _SALTED + rb"{22}"
            rb"|\$[56]\$(?:rounds=[0-9]{1,9}\$)?" + _SALTED + rb"{1,16}\$" + _SALTED + rb"{43,86}"
            rb"|\$2[abxy]\$[0-9]{2}\$" + _SALTED + rb"{53}"
            rb"|\$g?y\$" + _SALTED + rb"{1,16}\$" + _SALTED + rb"{1,86}\$" + _SALTED + rb"{43})(?![./A-Za-z0-9=])"
        ),
        certain=True,
        beats_identifiers=True,
        hits=(
            "ola:«$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/»",
            "«$2y$10$ExampleOnly0123456789OuExampleOnly0123456789abcdefghi»",
            "root:«$6$saltsalt$ExampleOnly0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWX»:19000:",
            "$y$j9T$ExampleOnly01234567890$ExampleOnly0123456789abcdefghijklmnopqrstuv",
        ),
        misses=("costs $5$ or $6$ each", "$1 and $2a$", "price $1$2", "$2y$10$short"),
    ),
    issued(
        "directory-password-hash",
        "hashes of passwords as LDAP writes them",
        "RFC 2307 section 5.3",
        (rb"\{SSHA", rb"\{SHA\}"),
        rb"\{(?:SSHA(?:256|384|512)?|SHA)\}[A-Za-z0-9+/]{20,120}={0,2}(?![./A-Za-z0-9=])",
        ("{SSHA}ExampleOnly0123456789abcdefghij==", "{SHA}ExampleOnly0123456789abcdefg="),
        ("{SHA}", "{SSHA}short", "${SHA}"),
        kind="secret",
    ),
    Rule(
        name="slow-password-hash",
        kind="secret",
        what="hashes of passwords as Argon2, scrypt and PBKDF2 write them",
        source="PHC string format; Django and Werkzeug documentation, stored passwords",
        rank=Rank.CERTAIN,
        view="folded",
        anchors=(rb"\$argon0", rb"\$scrypt\$", rb"pbkdf0", rb"scrypt:00000"),
        nearby=(b"$argon2", b"$scrypt", b"pbkdf2_sha", b"pbkdf2:sha", b"pbkdf2-sha", b"scrypt:"),
        locate=shape(
            rb"(?:\$(?:argon2(?:id|i|d)|scrypt)\$[A-Za-z0-9=,$]{4,120}?\$[A-Za-z0-9+/.=]{8,120}\$[A-Za-z0-9+/.=]{16,}+"
            rb"|(?:pbkdf2[_:-]sha[0-9]{1,3}|scrypt:[0-9:]{3,20}(?=\$))[:$]?[0-9]{0,9}\$[A-Za-z0-9+/=.]{4,64}\$[A-Za-z0-9+/=.]{20,}+)"
        ),
        certain=True,
        beats_identifiers=True,
        hits=(
            "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$ExampleOnly0123456789abcdefghijk",
            "pbkdf2_sha256$260000$saltsaltsalt$ExampleOnly0123456789abcdefghijklmnopqrstuvw=",
            "scrypt:32768:8:1$saltsaltsalt$0123456789abcdef0123456789abcdef0123456789abcdef",
        ),
        misses=("$argon2id$", "pbkdf2_sha256 is used", "scrypt:32768:8:1"),
    ),
)
