"""The secrets and personal values that are planted: each by its own invention, with the name it is known by.

Sources of the shapes: RFC 7519 (JWT), RFC 6750, RFC 7617, RFC 6265, RFC 7468, RFC 3986, RFC 6749, RFC 7636, public
pages of those who issue keys, ISO/IEC 7812-1, ISO 13616, ITU-T E.164, field names of the payment providers.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted import numbers
from tests.redact.planted.numbers import DIGITS
from tests.redact.planted.pieces import Piece, Pieces, secret, words

_WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_URL_SAFE = f"{_WORD}-_"
_HEX = "0123456789abcdef"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_FIRST = ("Kari", "Ola", "Søren", "Åse", "Päivi", "Björn", "Maja", "Lars", "Grete", "Timo", "Jürgen", "Zoë")
_LAST = ("Nordmann", "Østergaard", "Mäkinen", "Hansen", "Lindqvist", "Bakke-Holm", "O'Brien", "Sørensen")
_STREETS = ("Storgata", "Nørregade", "Mannerheimintie", "Kirkeveien", "Fjordvägen", "Møllebakken")
_CITIES = ("Lillevik", "Nordby", "Østhavn", "Sandefoss", "Kaarinanranta")


class Planted(NamedTuple):
    """One value under its name. ``is_bare``: it is known by its shape, whatever the name."""

    name: str
    value: Pieces
    is_bare: bool = False


Make = Callable[[Draws], Planted]


class Shape(NamedTuple):
    """A kind of secret. ``is_multiline`` and ``needs_quotes`` tell in which structures it can stand at all."""

    name: str
    make: Make
    is_multiline: bool = False
    has_blanks: bool = False


def _token(draws: Draws, length: int, alphabet: str = _WORD) -> str:
    """Random, with a digit, a small and a capital letter in it wherever its alphabet has them."""
    while True:
        text = draws.text(length, alphabet)
        kinds = (str.isdigit, str.islower, str.isupper)
        if all(any(map(kind, text)) or not any(map(kind, alphabet)) for kind in kinds) and text[-1] not in "-_":
            return text


def _named(names: str, value: Callable[[Draws], str], *, is_bare: bool = False) -> Make:
    choices = tuple(names.split())

    def make(draws: Draws) -> Planted:
        return Planted(draws.pick(choices), (secret(value(draws)),), is_bare)

    return make


def _bare(value: Callable[[Draws], str], names: str = "note detail message ref value input") -> Make:
    return _named(names, value, is_bare=True)


def _around(names: str, write: Callable[[Draws], Pieces], *, is_bare: bool = True) -> Make:
    choices = tuple(names.split())
    return lambda draws: Planted(draws.pick(choices), write(draws), is_bare)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(draws: Draws) -> str:
    """A token with a real header and claims, and a random signature."""
    algorithm = draws.pick(("HS256", "RS256", "ES256"))
    header = draws.pick((f'{{"alg":"{algorithm}","typ":"JWT"}}', f'{{"typ":"JWT","kid":"k1","alg":"{algorithm}"}}'))
    claims = f'{{"sub":"{draws.guid()}","iat":{1795000000 + draws.below(400000)},"aud":"shop"}}'
    return f"{_base64url(header.encode())}.{_base64url(claims.encode())}.{_base64url(draws.take(32))}"


def _any_case(draws: Draws, word: str) -> str:
    return "".join(sign.upper() if draws.below(2) else sign.lower() for sign in word)


def _bearer(draws: Draws) -> Pieces:
    scheme = draws.pick(("Bearer", "bearer", "BEARER", _any_case(draws, "bearer")))
    token = draws.pick((_token(draws, 24), _token(draws, 40, _URL_SAFE), draws.take(20).hex(), jwt(draws)))
    return words(f"{scheme} ", secret(token))


def _basic(draws: Draws) -> Pieces:
    credentials = _base64(f"shop-{draws.below(900)}:{_token(draws, 14)}".encode())
    return words(draws.pick(("Basic ", "basic ", "BASIC ")), secret(credentials))


def _password(draws: Draws) -> str:
    return draws.pick(
        (
            _token(draws, 10),
            _token(draws, 8) + draws.pick(("!", "#7", "$x2", "*", "~9", "^q")),
            f"{draws.pick(('Sommer', 'Hytte', 'Fjord'))}{draws.below(9000) + 1000}",
            f"k{draws.text(11, 'abcdefghijklmnopqrstuvwxyz0123456789!#$*_')}7a",
        )
    )


def _pass_phrase(draws: Draws) -> str:
    return " ".join(draws.pick(("korrekt", "hest", "batteri", "stift", "ångström", "fjell", "tog7")) for _ in range(5))


def _cookies(draws: Draws) -> Pieces:
    return words(
        f"{draws.pick(('sid', 'JSESSIONID', 'auth', '_shop_session'))}=",
        secret(_token(draws, 26)),
        "; ",
        f"{draws.pick(('csrftoken', 'remember', 'uid'))}=",
        secret(_token(draws, 18)),
    )


def _set_cookie(draws: Draws) -> Pieces:
    return words(
        "sid=", secret(_token(draws, 24)), "; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; SameSite=Lax"
    )


def _pem(kind: str, separator: str) -> Callable[[Draws], Pieces]:
    def write(draws: Draws) -> Pieces:
        body = _base64(draws.take(320))
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
    return words(f"{scheme}://svc-{draws.below(90)}:", secret(_token(draws, 14)), f"@db.example.com:{port}/orders")


def _redis(draws: Draws) -> Pieces:
    return words("redis://:", secret(_token(draws, 16)), "@cache.example.com:6379/0")


def _token_url(draws: Draws) -> Pieces:
    return words("https://", secret(_token(draws, 32)), "@git.example.com/shop.git")


def _jdbc(draws: Draws) -> Pieces:
    return words(
        "jdbc:postgresql://db.example.com:5432/orders?user=svc&password=", secret(_token(draws, 12)), "&ssl=true"
    )


def _sql_server(draws: Draws) -> Pieces:
    key = draws.pick(("Password", "Pwd", "password"))
    return words(
        "Server=tcp:db.example.com,1433;Database=orders;User ID=svc;",
        f"{key}=",
        secret(_token(draws, 14)),
        ";Encrypt=True",
    )


def _storage(draws: Draws) -> Pieces:
    return words(
        "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=",
        secret(_base64(draws.take(64))),
        ";EndpointSuffix=core.example.com",
    )


def _service_bus(draws: Draws) -> Pieces:
    return words(
        "Endpoint=sb://shop.example.com/;SharedAccessKeyName=send;SharedAccessKey=", secret(_base64(draws.take(32)))
    )


def _signed_url(draws: Draws) -> Pieces:
    return words(
        "https://shop.example.com/r.csv?sv=2024-11-04&se=2026-12-01&sr=b&sp=r&sig=",
        secret(_base64(draws.take(32)).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")),
    )


def _aws_url(draws: Draws) -> Pieces:
    return words(
        "https://b.example.com/r.csv?X-Amz-Expires=900&X-Amz-Signature=",
        secret(draws.take(32).hex()),
        "&x-id=GetObject",
    )


def _curl_user(draws: Draws) -> Pieces:
    option = draws.pick(("-u ", "--user ", "-u", "--user=", "--proxy-user "))
    return words(f"curl {option}shop:", secret(_token(draws, 12)), " https://api.example.com/v1/token")


def _netrc(draws: Draws) -> Pieces:
    return words("machine api.example.com login svc password ", secret(_token(draws, 14)))


def _webhook_signature(draws: Draws) -> Pieces:
    return words(f"t={1795000000 + draws.below(99999)},v1=", secret(draws.take(32).hex()))


def _hmac(draws: Draws) -> Pieces:
    return words(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=", secret(_base64(draws.take(32)))
    )


def _digest(draws: Draws) -> Pieces:
    return words(
        'Digest username="svc", realm="shop", nonce="7c1e", uri="/x", response="', secret(draws.take(16).hex()), '"'
    )


def _redirect(draws: Draws) -> Pieces:
    return words(
        "https://shop.example.com/callback?code=", secret(_token(draws, 28, _URL_SAFE)), f"&state={draws.below(999)}"
    )


def _fragment(draws: Draws) -> Pieces:
    return words("https://shop.example.com/cb#access_token=", secret(_token(draws, 30)), "&expires_in=3600")


def _login_hint(draws: Draws) -> Pieces:
    return words("urn:msisdn:", secret(f"47{draws.pick('49')}{draws.text(7, DIGITS)}"))


def _mail_address(draws: Draws) -> str:
    name = draws.pick(("ola.nordmann", "kari", "soren_o", "maja-l", "t.makinen", "Billing.Dept", "åse.berg"))
    tag = draws.pick(("", "", "+shop", "+vipps2026", ".77"))
    host = draws.pick(
        (
            "example.com",
            "mail.example.org",
            "EXAMPLE.NET",
            "shop-1.example.co",
            "blåbær.example",
            "xn--blbr-roah.example",
        )
    )
    return f"{name}{tag}{draws.below(900)}@{host}"


def _phone(draws: Draws) -> str:
    def some(count: int) -> str:
        return draws.text(count, DIGITS)

    nine, four = f"9{some(7)}", f"4{some(7)}"
    return draws.pick(
        (
            f"+47{nine}",
            f"+47 {nine[:3]} {nine[3:5]} {nine[5:]}",
            f"+45 {four[:2]} {four[2:4]} {four[4:6]} {four[6:]}",
            f"+45{four}",
            f"+358 40 {some(7)}",
            f"+358-50-{some(3)}-{some(4)}",
            f"+46 70-{some(3)} {some(2)} {some(2)}",
            f"+44 7700 900{some(3)}",
            f"+1 (202) 555-01{some(2)}",
            f"+49.30.{some(8)}",
            f"+47\u00a0{nine[:2]}\u00a0{nine[2:4]}\u00a0{nine[4:6]}\u00a0{nine[6:]}",
        )
    )


def _double_zero(draws: Draws) -> str:
    eight = f"{draws.pick('49')}{draws.text(7, DIGITS)}"
    return draws.pick((f"0047{eight}", f"0045{eight}", f"0046{draws.pick('7')}{draws.text(8, DIGITS)}"))


def _double_zero_grouped(draws: Draws) -> str:
    eight = f"{draws.pick('49')}{draws.text(7, DIGITS)}"
    return f"00{draws.pick(('47', '45'))} {eight[:2]} {eight[2:4]} {eight[4:6]} {eight[6:]}"


def _national_phone(draws: Draws) -> str:
    eight = f"{draws.pick('249')}{draws.text(7, DIGITS)}"
    return draws.pick(
        (eight, f"{eight[:2]} {eight[2:4]} {eight[4:6]} {eight[6:]}", f"{eight[:3]} {eight[3:5]} {eight[5:]}")
    )


def _phone_in_prose(draws: Draws) -> Pieces:
    word = draws.pick(("phone", "mobil", "tlf.", "msisdn", "Telefon", "puhelin"))
    return words(f"{word} ", secret(f"{draws.pick(('', '47', '45'))}{draws.pick('49')}{draws.text(7, DIGITS)}"))


def _ipv4(draws: Draws) -> str:
    network = draws.pick(("192.0.2", "198.51.100", "203.0.113", "10.20.30", "172.16.4"))
    return f"{network}.{draws.below(250) + 2}"


def _ipv6(draws: Draws) -> str:
    groups = [f"{draws.below(65000) + 300:x}" for _ in range(6)]
    short = f"{draws.below(200) + 16:x}"
    return draws.pick(
        (
            f"2001:db8:{':'.join(groups)}",
            f"2001:db8::{groups[0]}",
            f"2001:db8:{groups[0]}::{groups[1]}:{groups[2]}",
            f"fe80::{groups[0]}:{short}ff:fe{draws.take(1).hex()}:{groups[2]}",
            f"2001:DB8::{groups[3].upper()}:{groups[4].upper()}",
        )
    )


def _mac(draws: Draws) -> str:
    pairs = [f"{draws.below(253) + 1:02x}" for _ in range(6)]
    text = draws.pick((":", "-")).join(pairs)
    return text.upper() if draws.below(2) else text


def _card_of(brand: str) -> Callable[[Draws], str]:
    return lambda draws: numbers.card(draws, brand)


def _grouped_card(draws: Draws) -> str:
    return numbers.grouped(numbers.card(draws, draws.pick(numbers.BRANDS[3:])), draws.pick((" ", "-", "\u00a0", ".")))


def _iban(draws: Draws) -> str:
    return numbers.iban(draws, draws.pick(numbers.COUNTRIES))


def _track(draws: Draws) -> Pieces:
    return words(";", secret(numbers.card(draws, "visa")), "=", secret(f"29121010000{draws.text(8, DIGITS)}"), "?")


def _card_object(draws: Draws) -> str:
    return "5" + draws.text(17, DIGITS)


def _full_name(draws: Draws) -> str:
    return f"{draws.pick(_FIRST)} {draws.pick(_LAST)}"


def _street(draws: Draws) -> str:
    return f"{draws.pick(_STREETS)} {draws.below(190) + 1}{draws.pick(('', 'B', 'C'))}"


def _birth_date(draws: Draws) -> str:
    year, month, day = 1940 + draws.below(60), draws.below(12) + 1, draws.below(28) + 1
    return draws.pick((f"{year}-{month:02}-{day:02}", f"{day}.{month}.{year}", f"{day:02}/{month:02}/{year}"))


def _cvv_in_prose(draws: Draws) -> Pieces:
    return words(f"{draws.pick(('with CVV', 'the cvc is', 'cvv2 code'))} ", secret(draws.text(3, "123456789")))


def _chars(length: int, alphabet: str = _WORD, prefix: str = "") -> Callable[[Draws], str]:
    return lambda draws: prefix + _token(draws, length, alphabet)


SHAPES: tuple[Shape, ...] = (
    *(Shape(f"card-{brand}", _bare(_card_of(brand))) for brand in numbers.BRANDS),
    Shape("card-grouped", _bare(_grouped_card), has_blanks=True),
    Shape(
        "card-by-name",
        _named("cardNumber pan card_number cardNo kortnummer primaryAccountNumber cc_number cardNum", _card_object),
    ),
    Shape("card-by-name-grouped", _named("cardNumber card_number", _grouped_card), has_blanks=True),
    Shape(
        "network-token", _named("networkToken dpan paymentToken tokenNumber", lambda d: "489573" + d.text(10, DIGITS))
    ),
    Shape("cvv", _named("cvv cvc cvv2 securityCode CVC cvvCode", lambda d: d.text(3, "123456789"))),
    Shape("cvv-in-prose", _around("note message", _cvv_in_prose), has_blanks=True),
    Shape("one-time-code", _named("otp pin oneTimeCode otpCode verificationCode", lambda d: d.text(6, "123456789"))),
    Shape("cryptogram", _named("cryptogram cavv dynamicDataValue", lambda d: _base64(d.take(20)))),
    Shape("card-encrypted", _named("encryptedPan EncryptedCardData", lambda d: _base64(d.take(48)))),
    Shape("track-2", _around("track2 track2Data trackData", _track, is_bare=False)),
    Shape("iban", _bare(_iban)),
    Shape("iban-grouped", _bare(lambda d: numbers.in_fours(_iban(d))), has_blanks=True),
    Shape("iban-lower", _bare(lambda d: _iban(d).lower())),
    Shape("iban-by-name", _named("iban bankAccount accountNumber payoutIban", _iban)),
    Shape("account-by-name", _named("bankAccountNumber accountNumber kontonummer", lambda d: d.text(11, "123456789"))),
    Shape("fodselsnummer", _bare(numbers.fodselsnummer)),
    Shape("fodselsnummer-grouped", _bare(lambda d: _six_five(numbers.fodselsnummer(d))), has_blanks=True),
    Shape("d-number", _bare(lambda d: numbers.fodselsnummer(d, is_d_number=True))),
    Shape("cpr", _bare(numbers.cpr)),
    Shape("cpr-by-name", _named("cpr cprNumber CPR nationalIdentityNumber", lambda d: numbers.cpr(d, ""))),
    Shape("hetu", _bare(numbers.hetu)),
    Shape("personnummer", _bare(lambda d: numbers.personnummer(d, has_century=False))),
    Shape("personnummer-12", _bare(lambda d: numbers.personnummer(d, has_century=True))),
    Shape("national-id-by-name", _named("ssn nin fnr nationalId personnummer", lambda d: d.text(11, "123456789"))),
    Shape("jwt", _bare(jwt)),
    Shape("jwt-by-name", _named("id_token access_token sessionJwt", jwt)),
    Shape("bearer", _around("Authorization authorization note", _bearer), has_blanks=True),
    Shape("basic", _around("Authorization authorization Proxy-Authorization", _basic), has_blanks=True),
    Shape("hmac", _around("Authorization", _hmac, is_bare=False), has_blanks=True),
    Shape("digest", _around("Authorization", _digest, is_bare=False), has_blanks=True),
    Shape("authorization-opaque", _named("Authorization X-Authorization", _chars(32, _HEX))),
    Shape("stripe-key", _bare(lambda d: d.pick(("sk_live_", "sk_test_", "rk_live_")) + _token(d, 24))),
    Shape("webhook-secret", _bare(_chars(32, prefix="whsec_"))),
    Shape("github-token", _bare(lambda d: d.pick(("ghp_", "gho_", "ghs_")) + _token(d, 36))),
    Shape("aws-key-id", _bare(lambda d: "AKIA" + d.text(16, _BASE32))),
    Shape("slack-token", _bare(lambda d: f"xoxb-{d.text(12, DIGITS)}-{_token(d, 24)}")),
    Shape("google-key", _bare(_chars(35, prefix="AIza"))),
    Shape("sendgrid-key", _bare(lambda d: f"SG.{_token(d, 22)}.{_token(d, 43)}")),
    Shape("gitlab-token", _bare(_chars(20, prefix="glpat-"))),
    Shape("mollie-key", _bare(lambda d: d.pick(("live_", "test_")) + _token(d, 30))),
    Shape(
        "aws-secret", _named("aws_secret_access_key AWS_SECRET_ACCESS_KEY secretAccessKey", _chars(40, f"{_WORD}+/"))
    ),
    Shape(
        "client-secret",
        _named("client_secret clientSecret Client-Secret CLIENT_SECRET x-ibm-client-secret", _chars(28)),
    ),
    Shape("client-secret-base64", _named("client_secret clientSecret", lambda d: _base64(d.take(24)))),
    Shape("webhook-secret-by-name", _named("webhookSecret webhook_secret signingSecret", lambda d: d.take(24).hex())),
    Shape("subscription-key", _named("Ocp-Apim-Subscription-Key ocp-apim-subscription-key", _chars(32, _HEX))),
    Shape("api-key", _named("apiKey api_key x-api-key X-API-Key APIKEY api_key_prod apiKey2", _chars(32))),
    Shape("api-key-guid", _named("apiKey x-api-key", Draws.guid)),
    Shape(
        "access-token",
        _named("access_token accessToken refresh_token x-auth-token sessionToken", _chars(36, _URL_SAFE)),
    ),
    Shape("code-verifier", _named("code_verifier codeVerifier device_code client_assertion", _chars(43, _URL_SAFE))),
    Shape(
        "password",
        _named(
            "password passwd pwd userPassword PASSWORD db.password password2 passwordConfirmation newPassword",
            _password,
        ),
    ),
    Shape("password-phrase", _named("password passphrase", _pass_phrase), has_blanks=True),
    Shape(
        "private-key-by-name", _named("private_key privateKey signingKey encryption_key", lambda d: _base64(d.take(32)))
    ),
    Shape("cookie", _around("Cookie cookie", _cookies, is_bare=False), has_blanks=True),
    Shape("set-cookie", _around("Set-Cookie set-cookie", _set_cookie, is_bare=False), has_blanks=True),
    Shape("session-id", _named("JSESSIONID PHPSESSID connect.sid", _chars(26))),
    Shape(
        "signature", _named("signature X-Signature x-hub-signature-256 hmacSignature", lambda d: _base64(d.take(32)))
    ),
    Shape("stripe-signature", _around("Stripe-Signature", _webhook_signature, is_bare=False)),
    Shape("connection-url", _around("url dsn DATABASE_URL note", _url)),
    Shape("redis-url", _around("url REDIS_URL", _redis)),
    Shape("token-url", _around("url remote note", _token_url)),
    Shape("jdbc", _around("url jdbcUrl", _jdbc)),
    Shape("sql-server", _around("connectionString note", _sql_server), has_blanks=True),
    Shape("storage-account", _around("connectionString note", _storage)),
    Shape("service-bus", _around("connectionString note", _service_bus)),
    Shape("signed-url", _around("url note location", _signed_url)),
    Shape("aws-url", _around("url note", _aws_url)),
    Shape("curl-user", _around("command note", _curl_user), has_blanks=True),
    Shape("netrc", _around("note", _netrc), has_blanks=True),
    Shape("oauth-code", _around("url location Location", _redirect)),
    Shape("token-fragment", _around("url location", _fragment)),
    Shape("login-hint", _around("login_hint", _login_hint, is_bare=False)),
    Shape("pem", _around("key pem", _pem("PRIVATE KEY", "\n")), is_multiline=True, has_blanks=True),
    Shape("pem-rsa-crlf", _around("key pem", _pem("RSA PRIVATE KEY", "\r\n")), is_multiline=True, has_blanks=True),
    Shape("pem-escaped", _around("key private_key", _pem("EC PRIVATE KEY", "\\n")), has_blanks=True),
    Shape("pem-openssh", _around("key note", _pem("OPENSSH PRIVATE KEY", "\n")), is_multiline=True, has_blanks=True),
    Shape("mail", _bare(_mail_address)),
    Shape("mail-by-name", _named("email userEmail e-mail customer_email", _mail_address)),
    Shape("mailto", _around("link note", lambda d: words("mailto:", secret(_mail_address(d)), "?subject=hei"))),
    Shape("phone", _bare(_phone), has_blanks=True),
    Shape("phone-00", _bare(_double_zero)),
    Shape("phone-00-grouped", _bare(_double_zero_grouped), has_blanks=True),
    Shape(
        "phone-by-name",
        _named("phoneNumber msisdn mobile customer_phone mobileNumber tlf", _national_phone),
        has_blanks=True,
    ),
    Shape("phone-in-prose", _around("note message", _phone_in_prose), has_blanks=True),
    Shape("phone-link", _around("link note", lambda d: words("tel:", secret(f"+47{d.pick('49')}{d.text(7, DIGITS)}")))),
    Shape("ipv4", _bare(_ipv4, "clientIp note remote_addr X-Forwarded-For")),
    Shape("ipv6", _bare(_ipv6, "clientIp note remote_addr X-Real-IP")),
    Shape("ipv4-port", _around("note peer", lambda d: words("from ", secret(_ipv4(d)), ":54321")), has_blanks=True),
    Shape("ipv6-port", _around("note peer", lambda d: words("from [", secret(_ipv6(d)), "]:8443")), has_blanks=True),
    Shape("mac", _bare(_mac, "note mac hwaddr")),
    Shape("device-id", _named("deviceId imei androidId idfa deviceFingerprint", lambda d: d.text(15, "123456789"))),
    Shape("device-guid", _named("deviceId device_id advertisingId", Draws.guid)),
    Shape("name", _named("customerName fullName cardholderName", _full_name), has_blanks=True),
    Shape("first-name", _named("firstName given_name lastName family_name surname", lambda d: d.pick(_FIRST + _LAST))),
    Shape("street", _named("streetAddress addressLine1 street_address", _street), has_blanks=True),
    Shape("postal-code", _named("postalCode zipCode postcode", lambda d: d.text(4, "123456789"))),
    Shape("city", _named("city postalPlace", lambda d: d.pick(_CITIES))),
    Shape("birth-date", _named("birthdate dateOfBirth birthDate dob", _birth_date)),
)
"""Everything that must not be left, however it is written down."""


def _six_five(number: str) -> str:
    return f"{number[:6]} {number[6:]}"
