"""Planted credentials: tokens, keys, passwords, cookies, addresses with a password in them, private keys.

Sources: RFC 7519 (JWT), RFC 6750, RFC 7617, RFC 6265, RFC 7468, RFC 3986, RFC 6749, RFC 7636, public pages of those
who issue keys.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.making import (
    HEX,
    URL_SAFE,
    WORD,
    Shape,
    around,
    bare,
    chars,
    in_base64,
    in_base64url,
    named,
    token,
)
from tests.redact.planted.numbers import DIGITS
from tests.redact.planted.pieces import Piece, Pieces, secret, words

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _jwt(draws: Draws) -> str:
    """A token with a real header and claims, and a random signature."""
    algorithm = draws.pick(("HS256", "RS256", "ES256"))
    header = draws.pick((f'{{"alg":"{algorithm}","typ":"JWT"}}', f'{{"typ":"JWT","kid":"k1","alg":"{algorithm}"}}'))
    claims = f'{{"sub":"{draws.guid()}","iat":{1795000000 + draws.below(400000)},"aud":"shop"}}'
    return f"{in_base64url(header.encode())}.{in_base64url(claims.encode())}.{in_base64url(draws.take(32))}"


def _any_case(draws: Draws, word: str) -> str:
    return "".join(sign.upper() if draws.below(2) else sign.lower() for sign in word)


def _bearer(draws: Draws) -> Pieces:
    scheme = draws.pick(("Bearer", "bearer", "BEARER", _any_case(draws, "bearer")))
    value = draws.pick((token(draws, 24), token(draws, 40, URL_SAFE), draws.take(20).hex(), _jwt(draws)))
    return words(f"{scheme} ", secret(value))


def _basic(draws: Draws) -> Pieces:
    credentials = in_base64(f"shop-{draws.below(900)}:{token(draws, 14)}".encode())
    return words(draws.pick(("Basic ", "basic ", "BASIC ")), secret(credentials))


def _password(draws: Draws) -> str:
    return draws.pick(
        (
            token(draws, 10),
            token(draws, 8) + draws.pick(("!", "#7", "$x2", "*", "~9", "^q")),
            f"{draws.pick(('Sommer', 'Hytte', 'Fjord'))}{draws.below(9000) + 1000}",
            f"k{draws.text(11, 'abcdefghijklmnopqrstuvwxyz0123456789!#$*_')}7a",
        )
    )


def _pass_phrase(draws: Draws) -> str:
    return " ".join(draws.pick(("korrekt", "hest", "batteri", "stift", "ångström", "fjell", "tog7")) for _ in range(5))


def _cookies(draws: Draws) -> Pieces:
    return words(
        f"{draws.pick(('sid', 'JSESSIONID', 'auth', '_shop_session'))}=",
        secret(token(draws, 26)),
        "; ",
        f"{draws.pick(('csrftoken', 'remember', 'uid'))}=",
        secret(token(draws, 18)),
    )


def _set_cookie(draws: Draws) -> Pieces:
    return words(
        "sid=", secret(token(draws, 24)), "; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; SameSite=Lax"
    )


def _pem(kind: str, separator: str) -> Callable[[Draws], Pieces]:
    def write(draws: Draws) -> Pieces:
        body = in_base64(draws.take(320))
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
        parts: list[str | Piece] = [f"-----BEGIN {kind}-----{separator}"]
        for line in lines:
            parts += [secret(line), separator]
        return words(*parts, f"-----END {kind}-----")

    return write


def _url(draws: Draws) -> Pieces:
    scheme, port = draws.pick(
        (("postgres", 5432), ("postgresql", 5432), ("mysql", 3306), ("mongodb", 27017), ("amqp", 5672), ("https", 8443))
    )
    return words(f"{scheme}://svc-{draws.below(90)}:", secret(token(draws, 14)), f"@db.example.com:{port}/orders")


def _redis(draws: Draws) -> Pieces:
    return words("redis://:", secret(token(draws, 16)), "@cache.example.com:6379/0")


def _token_url(draws: Draws) -> Pieces:
    return words("https://", secret(token(draws, 32)), "@git.example.com/shop.git")


def _jdbc(draws: Draws) -> Pieces:
    return words(
        "jdbc:postgresql://db.example.com:5432/orders?user=svc&password=", secret(token(draws, 12)), "&ssl=true"
    )


def _sql_server(draws: Draws) -> Pieces:
    key = draws.pick(("Password", "Pwd", "password"))
    return words(
        "Server=tcp:db.example.com,1433;Database=orders;User ID=svc;",
        f"{key}=",
        secret(token(draws, 14)),
        ";Encrypt=True",
    )


def _storage(draws: Draws) -> Pieces:
    return words(
        "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=",
        secret(in_base64(draws.take(64))),
        ";EndpointSuffix=core.example.com",
    )


def _service_bus(draws: Draws) -> Pieces:
    return words(
        "Endpoint=sb://shop.example.com/;SharedAccessKeyName=send;SharedAccessKey=", secret(in_base64(draws.take(32)))
    )


def _signed_url(draws: Draws) -> Pieces:
    return words(
        "https://shop.example.com/r.csv?sv=2024-11-04&se=2026-12-01&sr=b&sp=r&sig=",
        secret(in_base64(draws.take(32)).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")),
    )


def _aws_url(draws: Draws) -> Pieces:
    return words(
        "https://b.example.com/r.csv?X-Amz-Expires=900&X-Amz-Signature=",
        secret(draws.take(32).hex()),
        "&x-id=GetObject",
    )


def _curl_user(draws: Draws) -> Pieces:
    option = draws.pick(("-u ", "--user ", "-u", "--user=", "--proxy-user "))
    return words(f"curl {option}shop:", secret(token(draws, 12)), " https://api.example.com/v1/token")


def _netrc(draws: Draws) -> Pieces:
    return words("machine api.example.com login svc password ", secret(token(draws, 14)))


def _webhook_signature(draws: Draws) -> Pieces:
    return words(f"t={1795000000 + draws.below(99999)},v1=", secret(draws.take(32).hex()))


def _hmac(draws: Draws) -> Pieces:
    return words(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=", secret(in_base64(draws.take(32)))
    )


def _digest(draws: Draws) -> Pieces:
    return words(
        'Digest username="svc", realm="shop", nonce="7c1e", uri="/x", response="', secret(draws.take(16).hex()), '"'
    )


def _redirect(draws: Draws) -> Pieces:
    return words(
        "https://shop.example.com/callback?code=", secret(token(draws, 28, URL_SAFE)), f"&state={draws.below(999)}"
    )


def _key_in_query(draws: Draws) -> Pieces:
    drawn = secret(draws.pick((token(draws, 32, HEX), token(draws, 24), token(draws, 40, URL_SAFE))))
    name = draws.pick(("key", "sid", "sign", "ticket", "auth"))
    before = draws.pick(("", f"page={draws.below(99)}&"))
    return words(f"https://maps.example.com/v1/search?{before}{name}=", drawn, f"&zoom={draws.below(20)}")


def _fragment(draws: Draws) -> Pieces:
    return words("https://shop.example.com/cb#access_token=", secret(token(draws, 30)), "&expires_in=3600")


def _login_hint(draws: Draws) -> Pieces:
    return words("urn:msisdn:", secret(f"47{draws.pick('49')}{draws.text(7, DIGITS)}"))


CREDENTIALS: tuple[Shape, ...] = (
    Shape("jwt", bare(_jwt)),
    Shape("jwt-by-name", named("id_token access_token sessionJwt", _jwt)),
    Shape("bearer", around("Authorization authorization note", _bearer), has_blanks=True),
    Shape("basic", around("Authorization authorization Proxy-Authorization", _basic), has_blanks=True),
    Shape("hmac", around("Authorization", _hmac, is_bare=False), has_blanks=True),
    Shape("digest", around("Authorization", _digest, is_bare=False), has_blanks=True),
    Shape("authorization-opaque", named("Authorization X-Authorization", chars(32, HEX))),
    Shape("stripe-key", bare(lambda d: d.pick(("sk_live_", "sk_test_", "rk_live_")) + token(d, 24))),
    Shape("webhook-secret", bare(chars(32, prefix="whsec_"))),
    Shape("github-token", bare(lambda d: d.pick(("ghp_", "gho_", "ghs_")) + token(d, 36))),
    Shape("aws-key-id", bare(lambda d: "AKIA" + d.text(16, _BASE32))),
    Shape("slack-token", bare(lambda d: f"xoxb-{d.text(12, DIGITS)}-{token(d, 24)}")),
    Shape("google-key", bare(chars(35, prefix="AIza"))),
    Shape("sendgrid-key", bare(lambda d: f"SG.{token(d, 22)}.{token(d, 43)}")),
    Shape("gitlab-token", bare(chars(20, prefix="glpat-"))),
    Shape("mollie-key", bare(lambda d: d.pick(("live_", "test_")) + token(d, 30))),
    Shape("aws-secret", named("aws_secret_access_key AWS_SECRET_ACCESS_KEY secretAccessKey", chars(40, f"{WORD}+/"))),
    Shape(
        "client-secret",
        named("client_secret clientSecret Client-Secret CLIENT_SECRET x-ibm-client-secret", chars(28)),
    ),
    Shape("client-secret-base64", named("client_secret clientSecret", lambda d: in_base64(d.take(24)))),
    Shape("webhook-secret-by-name", named("webhookSecret webhook_secret signingSecret", lambda d: d.take(24).hex())),
    Shape("subscription-key", named("Ocp-Apim-Subscription-Key ocp-apim-subscription-key", chars(32, HEX))),
    Shape("api-key", named("apiKey api_key x-api-key X-API-Key APIKEY api_key_prod apiKey2", chars(32))),
    Shape("api-key-guid", named("apiKey x-api-key", Draws.guid)),
    Shape(
        "access-token",
        named("access_token accessToken refresh_token x-auth-token sessionToken", chars(36, URL_SAFE)),
    ),
    Shape("code-verifier", named("code_verifier codeVerifier device_code client_assertion", chars(43, URL_SAFE))),
    Shape(
        "password",
        named(
            "password passwd pwd userPassword PASSWORD db.password password2 passwordConfirmation newPassword",
            _password,
        ),
    ),
    Shape("password-phrase", named("password passphrase", _pass_phrase), has_blanks=True),
    Shape(
        "private-key-by-name",
        named("private_key privateKey signingKey encryption_key", lambda d: in_base64(d.take(32))),
    ),
    Shape("cookie", around("Cookie cookie", _cookies, is_bare=False), has_blanks=True),
    Shape("set-cookie", around("Set-Cookie set-cookie", _set_cookie, is_bare=False), has_blanks=True),
    Shape("session-id", named("JSESSIONID PHPSESSID connect.sid", chars(26))),
    Shape(
        "signature", named("signature X-Signature x-hub-signature-256 hmacSignature", lambda d: in_base64(d.take(32)))
    ),
    Shape("stripe-signature", around("Stripe-Signature", _webhook_signature, is_bare=False)),
    Shape("connection-url", around("url dsn DATABASE_URL note", _url)),
    Shape("redis-url", around("url REDIS_URL", _redis)),
    Shape("token-url", around("url remote note", _token_url)),
    Shape("jdbc", around("url jdbcUrl", _jdbc)),
    Shape("sql-server", around("connectionString note", _sql_server), has_blanks=True),
    Shape("storage-account", around("connectionString note", _storage)),
    Shape("service-bus", around("connectionString note", _service_bus)),
    Shape("signed-url", around("url note location", _signed_url)),
    Shape("aws-url", around("url note", _aws_url)),
    Shape("curl-user", around("command note", _curl_user), has_blanks=True),
    Shape("netrc", around("note", _netrc), has_blanks=True),
    Shape("oauth-code", around("url location Location", _redirect)),
    Shape("key-in-query", around("url location uri", _key_in_query)),
    Shape("token-fragment", around("url location", _fragment)),
    Shape("login-hint", around("login_hint", _login_hint, is_bare=False)),
    Shape("pem", around("key pem", _pem("PRIVATE KEY", "\n")), is_multiline=True, has_blanks=True),
    Shape("pem-rsa-crlf", around("key pem", _pem("RSA PRIVATE KEY", "\r\n")), is_multiline=True, has_blanks=True),
    Shape("pem-escaped", around("key private_key", _pem("EC PRIVATE KEY", "\\n")), has_blanks=True),
    Shape("pem-openssh", around("key note", _pem("OPENSSH PRIVATE KEY", "\n")), is_multiline=True, has_blanks=True),
)
"""Whatever opens a door."""
