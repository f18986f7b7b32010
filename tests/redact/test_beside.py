"""Values that stand beside a name without a sign between them, as languages print them and as sources write them."""

from __future__ import annotations

import re

import pytest

from bundler.providers import load
from bundler.redact import mask_text

VIPPS = load("vipps-mobilepay")
MARKED = re.compile("«(.*?)»")
KEPT = re.compile("‹(.*?)›")

WRITTEN = {
    "Clojure": '{:client-secret "«Kv8xQw2mTz4p»", :cvc «739», :order-id "‹acme-20771›"}',
    "Clojure's namespaces": '{:shop/phone-number "«91234567»", :shop/order-id "‹acme-20771›"}',
    "Clojure over lines": '{:password "«sommerferie»",\n :first-name "«Signe»",\n :payment-id "‹1b0c5c2e-6f0e›"}',
    "Clojure's strings": '{"client_secret" "«Kv8xQw2mTz4p»", "orderId" "‹acme-20771›", "cvc" "«739»"}',
    "Clojure's vectors": '[[:password "«sommerferie»"] [:reference "‹acme-20771›"]]',
    "Clojure for people": "{:password «sommerferie», :street-address «Storgata 12B», :amount ‹49900›,"
    " :nin «13105230812», :headers {x-api-key «hunter2x», host ‹api.vipps.no›}, :client_secret «Kv8xQw2mTz4p»}",
    "Lisp": '(("password" . "«sommerferie»") ("orderId" . "‹acme-20771›")) (setenv "API_KEY" "«0f14d0ab96»")'
    ' (cons \'password "«hunter2x»")',
    "Scala": "Map(password -> «sommerferie», cvc -> «739», reference -> ‹acme-20771›, firstName -> «Signe»)",
    "Scala's types": "Request(Some(Token(«kq7Zr2x9»)), Password(«hunter2»), Cvc(«739»), OrderId(‹acme-20771›))",
    "Kotlin": 'mapOf("password" to "«sommerferie»", "orderId" to "‹acme-20771›")',
    "R": 'client_secret <- "«Kv8xQw2mTz4p»"\nreference <- "‹acme-20771›"',
    "Erlang": '[{password,"«sommerferie»"},{client_secret,<<"«Kv8xQw2mTz4p»">>},{reference,"‹acme-20771›"}]'
    ' #{password => <<"«hunter2x»">>} {<<"api_key">>,<<"«0f14d0ab96»">>} {<<"orderId">>,<<"‹acme-20772›">>}',
    "Erlang over lines": '[{<<"client_secret">>,\n  <<"«Kv8xQw2mTz4p»">>},\n {"password",\n  "«sommerferie»"}]',
    "Elixir": '[{"x-api-key", "«0f14d0ab96»"}, {"host", "‹api.vipps.no›"}, {\'password\', \'«sommerferie»\'}]',
    "Elixir's calls": 'put_req_header(conn, "x-api-key", "«hunter2x»") put_env(:shop, :password, "«sommerferie»")',
    "Rust over lines": '[\n    (\n        "password",\n        "«sommerferie»",\n    ),\n    (\n        "orderId",\n'
    '        "‹acme-20771›",\n    ),\n]',
    "Rust's types": 'let client_secret: &str = "«Kv8xQw2mTz4p»"; let order_id: &str = "‹acme-20771›";',
    "types": 'val password: String = "«sommerferie»"\nconst ClientSecret string = "«Kv8xQw2mTz4p»"\n'
    'const password: string | null = "«hunter2x»"; const reference: string = "‹acme-20771›"',
    "C#": 'new() { { "password", "«sommerferie»" }, { "reference", "‹acme-20771›" } }; secret = @"«Kv8xQw2m»";'
    ' cmd.Parameters.AddWithValue("@password", "«hunter2x»")',
    "Objective-C": '[b setClientSecret:@"«Kv8xQw2mTz4p»"] @{@"password" : @"«sommerferie»"}',
    "C": '#define CLIENT_SECRET "«Kv8xQw2mTz4p»"\ncurl_easy_setopt(curl, CURLOPT_PASSWORD, "«sommerferie»");\n'
    'std::string password("«hunter2x»");',
    "PHP": "curl_setopt($ch, CURLOPT_USERPWD, '«shop:hunter2x»'); $r->withHeader('X-Api-Key', ['«sommerferie»'])",
    "Go": 'req.Header.Set(`X-Api-Key`, `«sommerferie»`); os.Setenv("ORDER_ID", "‹acme-20771›")',
    "Python": "setattr(request, 'password', '«sommerferie»'); setattr(request, 'reference', '‹acme-20771›')",
    "Ruby": 'send(:password=, "«sommerferie»")\n  client_secret "«Kv8xQw2mTz4p»"\n  reference "‹acme-20771›"',
    "Perl": "[\n  'reference',\n  '‹acme-20771›',\n"
    "  'client_secret',\n  '«Kv8xQw2mTz4pLs9d»',\n  'phone',\n  '«4791234567»',\n]",
    "Node.js": "[ 'host', '‹api.vipps.no›', 'x-api-key', '«0f14d0ab9605f4a8b7e2c0d1e9f3a6b5»', 'accept', '‹*/*›' ]",
    "PHP's serialize": 's:8:"password";s:11:"«sommerferie»";s:3:"cvc";i:«739»;s:9:"firstName";'
    's:5:"«Signe»";s:15:"Idempotency-Key";s:36:"‹5b1f9a7c-11d2-4c33-8a44-0123456789ab›";',
    "PHP's private properties": 's:19:"\0Conf\0client_secret";s:11:"«sommerferie»";s:4:"code";s:4:"‹2040›";',
    "Perl's subscripts": "$ENV{CLIENT_SECRET} = '«sommerferie»'; $h{code} = '‹2040›';",
    "tables": "│ 0 │ 'password' │ '«sommerferie»' │\n│ 1 │ 'orderId'  │ '‹acme-20771›' │\n",
    "rows of psql": "password       | «sommerferie»\nreference      | ‹acme-20771›\nstreet_address | «Storgata 12B»\n",
    "keys of a database": "Key (phone)=(«4791234567»). Key (password)=(«sommerferie»). Key (code)=(‹2040›).",
    "Spring": "on field 'password': rejected value [«sommerferie»]; on field 'amount': rejected value [‹49900›]",
    "FastAPI": '{"loc":["body","cvc"],"msg":"not an integer","input":"«739a»"},'
    '{"loc":["body","amount"],"msg":"not an integer","input":"‹49900x›"}',
    "pydantic": "client_secret\n  Input should be an integer [type=int, input_value='«sommerferie»', input_type=str]\n"
    "reference\n  Input should be an integer [type=int_parsing, input_value='‹acme-20771›', input_type=str]\n",
    "setters": 'b.setClientSecret("«sommerferie»").withPassword(\'«sesame»\').cvc("«739»")->setNin("«13105230812»")'
    '.set_phone_number("«91234567»").firstName("«Signe»").address("«Storgata 12B»").orderId("‹acme-20771›")',
    "wrapped arguments": 'b.password("«sommerferie»".toCharArray()).clientSecret(Optional.of("«Kv8xQw2mTz4p»"))',
    "escaped": r'{"source":"b.setPassword(\"«sommerferie»\"); h.add(\"X-Api-Key\", \"«hunter2x»\")"}',
    "looked up by a key": 'findByToken("«kq7Zr2x9tAvB4mN8sLd0»") getSecret("‹prod/vipps›") getToken("‹vipps-prod›")',
}

NEEDED = (
    "at com.shop.TokenService.validateToken(TokenService.java:120)",
    "at setPassword(SecureString) in token(uint8_t), decodeToken(TokenRequest)",
    "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
    'Unexpected token "}" in JSON at position 12',
    "syntax error near unexpected token `('",
    '{"required":["orderId","phoneNumber","amount"],"columns":["id","firstName","country"]}',
    'new Token("IDENTIFIER", 12).add_token("else")',
    'validatePassword("too short") threw InvalidPassword("the password is too short")',
    'ask.password("Enter your password:")',
    'hash(password, "sha256"); verify(token, "HS256")',
    "status: TOKEN -> CARD, payment moved from token -> card",
    "$user->password->reset('x'); $table->string('password');",
    "zip('abc', list('def'))",
    '{"_type", "_token", "_method"}',
    "use `pass `, password `required`",
    'page.getByLabel("Password").fill("name")',
    '{"reference", "4242424242424242"} {<<"orderId">>,<<"4242424242424242">>} {reference,"4242424242424242"}',
    'Map(pspReference -> 4242424242424242) mapOf("reference" to "4242424242424242") reference(4242424242424242)',
    'b.transactionId("4242424242424242").setOrderId("4242424242424242"); set(b, "reference", "4242424242424242")',
    '{:reference "4242424242424242", :order-id 4242424242424242} {"orderId" "4242424242424242"}',
    "| Password | Text | required |\n| token | The access token of the shop |\n",
    "| Token | Status |\n|---|---|\n| a | AUTHORIZED |\n",
    '{"loc":["body","password"],"msg":"Field required","input":null} s:5:"token";N;s:8:"password";s:0:"";',
    "const path = require('path');\nconst input = open('test.js'); moved `credentials` to `tls`",
    "GET /users/{token}: 200, `${password}`: 'x'",
    '{:client-version "2.13.49.0"} Map(build -> 2.13.49.0) version("2.13.49.0")',
)


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_what_stands_beside_a_name_is_masked_and_what_support_needs_stays(written: str) -> None:
    masked = mask_text(re.sub("[«»‹›]", "", written), VIPPS)
    assert [secret for secret in MARKED.findall(written) if secret in masked] == []
    assert [kept for kept in KEPT.findall(written) if kept not in masked] == []
    assert masked.count("\n") == written.count("\n")


@pytest.mark.parametrize("written", NEEDED)
def test_a_word_beside_a_name_is_no_value(written: str) -> None:
    assert mask_text(written, VIPPS) == written


@pytest.mark.parametrize(
    "unit",
    ['password("', "password, '", "{:a b", "{:password a,", "token -> ", '{"password" "', "setToken(a", "'token',\n"],
)
def test_what_goes_on_for_long_takes_no_longer_for_it(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert "hunter2x" not in mask_text(f"{text}\npassword=hunter2x", VIPPS)
