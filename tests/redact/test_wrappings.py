"""Values that a language, a dump or a file of settings wraps, and names that only mean something by what is around."""

from __future__ import annotations

import re

import pytest

from bundler.providers import load
from bundler.redact import mask_text

VIPPS = load("vipps-mobilepay")
MARKED = re.compile("«(.*?)»")
KEPT = re.compile("‹(.*?)›")

WRITTEN = {
    "PHP var_dump": 'array(2) {\n  ["client_secret"]=>\n  string(12) "«Kv8xQw2mTz4p»"\n  ["cvc"]=>\n  int(«482»)\n}',
    "PHP var_dump of an object": '["password":"App\\Models\\User":private]=>\n  string(9) "«Tr0ub4dor»"',
    "PHP print_r of an object": "[password:protected] => «Tr0ub4dor-77x»\n[token:App\\User:private] => «kq7Zr2x9tA»",
    "PHP var_dump of lists": '["client_secret"]=>\n  array(1) {\n    [0]=>\n    string(12) "«Kv8xQw2mTz4p»"\n  }\n'
    '["orderId"]=>\n  array(1) {\n    [0]=>\n    string(10) "‹acme-20771›"\n  }',
    "PHP print_r of lists": "[password] => Array\n    (\n        [0] => «sommerferie»\n    )\n"
    "[reference] => Array\n    (\n        [0] => ‹acme-20771›\n    )",
    "PHP var_export of lists": "'password' => \n  array (\n    0 => '«sommerferie»',\n  ),",
    "PHP print_r of nested lists": "[credentials] => ‹Array›\n    (\n        [mode] => ‹live›\n",
    "PHP define": "define( 'API_KEY',         '«put it here 99»' );",
    "Rust": 'Body { first_name: Some("«Signe»"), client_secret: Secret("«Kv8xQw2mTz4p»"), id: Id("‹acme-20771›") }',
    "Rust over lines": 'password: Some(\n    "«sommerferie»",\n),\ncvc: Some(\n    «739»,\n),'
    '\nid: Some(\n    "‹acme-20771›",\n),'
    "\nphone_number: Some(\n    Some(\n        «4791234567»,\n    ),\n),",
    "Rust's cells": 'password: RefCell { value: "«sommerferie»" }, api_key: Mutex { data: "«Kv8xQw2m»", .. }',
    "value classes": "password=Password(value=«sommerferie»), token=Token(value='«kq7Zr2x9»'), id=Id(value=‹a-20771›)",
    ".NET": "Password = Password { Value = «sommerferie» }, Amount = Money { Value = ‹49900› }",
    ".NET's pairs": "[password, «sommerferie»], [reference, ‹acme-20771›], [x-api-key, «hunter2x»]",
    ".NET's keys": "{ Key = password, Value = «sommerferie» } Key: orderId, Value: ‹acme-20771› Name: cvc Value: «739»",
    "Scala's pairs": "List((Authorization,Bearer «kq7Zr2x9tAvB»), (reference,‹acme-20771›), (password,«sommerferie»))",
    "Swift": 'User(name: "«Signe Kvamme»", token: Optional("«kq7Zr2x9tAvB»"), orderId: "‹acme-20771›")',
    "Java": "firstName=Optional[«Signe»], phone=Some(«91234567»), reference=Optional[‹acme-20771›]",
    "Kotlin": "Customer(name=«Signe Kvamme», id=‹c-20771›)",
    "Dart": "Customer{name: «Signe Kvamme», orderId: ‹acme-20771›}",
    "Python": "CustomerModel(name='«Signe Kvamme»', id=7), Shop(name='‹Blue Socks›')",
    "Go": 'http.Header{"X-Api-Key":[]string{"«0f14d0ab9605f4a8b7e2»"}, "Host":[]string{"‹api.vipps.no›"}}',
    "Ruby": '@msn="‹207714›", @token=#<Token @value="«kq7Zr2x9tAvB4mN8»">',
    "Rails": '"user"=>{"name"=>"«Signe Kvamme»"}, "product"=>{"name"=>"‹Blue socks›"}',
    "PowerShell": '$password = ConvertTo-SecureString "«Tr0ub4dor-77x»" -AsPlainText -Force',
    "pprint": "{'Authorization': 'Bearer '\n                  '«kq7Zr2x9tAvB4mN8»',\n 'reference': '‹acme-20771›'}",
    "broken strings": 'password = "«Kv8xQw2m»" +\n    "«Tz4pLs9d»";\norderId = "‹acme-20771›"\n',
    "string before a key": '  password = "«Kv8xQw2m»"\n  "reference" = "‹acme-20771›"\n',
    "CGI": "'HTTP_COOKIE': 'sid=«4b1fe2c09d77aa»', 'HTTP_CVC': '«739»', 'REDIRECT_HTTP_X_CODE': '‹2040›'",
    "Node.js": "rawHeaders: [\n  'Host', '‹api.vipps.no›',\n  'X-Api-Key',\n  '«0f14d0ab9605f4a8b7e2»',\n  'Cookie',\n"
    "  'sid=«4b1fe2c09d77aa»',\n  'authorization',\n  'Bearer «kq7Zr2x9tAvB4mN8»' ]",
    "protobuf text": 'card {\n  number: "«5000000000000013»"\n}\nproduct {\n  number: "‹5000000000000021›"\n}',
    "YAML block": "client_secret: >-\n  «Kv8xQw2mTz4p»\npassword: |\n  «Tr0ub4dor one»\n  «and two»\nmsn: ‹207714›",
    "YAML tag and anchor": "token: !vault |\n  «kq7Zr2x9tAvB4mN8»\n"
    "api_key: &key «0f14d0ab9605f4a8»\nsecret: !!str «abcDEF123ghi»",
    "YAML pair": "- name: DB_PASSWORD\n  value: «hunter2»\n- name: VIPPS_MSN\n  value: '‹207714›'\n",
    "YAML pair behind": "- value: «Kv8xQw2mTz4p»\n  name: client_secret\n",
    "YAML object": "customer:\n  id: 7\n  name: «Signe Kvamme»\nmerchant:\n  name: ‹Acme Shop›\n",
    "BSON": 'token: BinData(0, "«Zk3vQ9xL2mN8»"), id: ObjectId("‹65a1c0de4f024c1b›")',
    "HTML": '<input value="«91234567»" name="phone"><input value="‹acme-20771›" name="orderId">',
    "article": "sku 5901234123457 gtin=‹5901234123457›",
    "Secret of Kubernetes": "kind: Secret\ndata:\n  DB_URL: «cG9zdGdyZXM6Ly9zaG9wOmh1bnRlcjJwYXNzQGRiL29yZGVycw==»\n"
    "  api-key: «bm90LWEtcmVhbC1rZXk=»\n  msn: ‹MjA3NzE0›\n",
    "Erlang": '#{<<"client_secret">> => <<"«Kv8xQw2mTz4p»">>, <<"reference">> => <<"‹acme-20771›">>}',
    "types": "type User { name: ‹String!› }\ndata class Customer(val name: ‹String›)",
    "HCL": 'env {\n  name  = "DB_PASSWORD"\n  value = "«hunter2x9»"\n}',
    "HCL plan": '~ password = "«oldPass77x»" -> "«newPass88y»"\n+ api_key = ‹(sensitive value)›',
    "here document": "PASSWORD=<<-EOT\n  «Tr0ub4dor-77x»\n  EOT\nmsn=‹207714›",
    "TOML": 'secret = """\n«abcDEF123ghi456»\n"""\nmsn = "‹207714›"',
    "folded header": "X-Api-Key:\r\n\t«0f14d0ab9605f4a8b7e2»\r\nHost: ‹api.vipps.no›",
    "folded cookies": "Cookie: a=«4b1fe2c09d77aa»;\r\n b=«5b1fe2c09d77aa»\r\nHost: ‹api.vipps.no›",
    "XML": "<customer><name>«Signe Kvamme»</name></customer><card><number>«5000000000000013»</number></card>"
    "<shop><name>‹Blue Socks›</name></shop>",
    "XML over lines": "<Password>\n    «Tr0ub4dor-77x»\n</Password><FirstName><![CDATA[«Signe»]]></FirstName>",
    "call in JSON": r'{"exec":["pm.environment.set(\"access_token\", \"«kq7Zr2x9tAvB4mN8»\");"]}',
    "e-mail beside": '{"name":"«Signe Kvamme»","email":"«signe@shop.example»"}',
    "unset settings": "API_KEY=‹${API_KEY}›\nDB_PASSWORD: ‹${{ secrets.DB_PASSWORD }}›\n"
    "client_secret: ‹<your client secret>›",
    "settings from elsewhere": "secret = ‹process.env.SECRET›;\npassword = ‹var.db_password›\ntoken = ‹%CLIENT_TOKEN%›",
    "secrets like settings": "password=«this.is-my-password1»\nsecret=«$ecret_word1»\ntoken=«local.admin123»\n"
    "password: «config.2024-x»\npasswd=«%wordpass%x»\nsecret=«your-cat-ate-it-77»",
    "keys like constants": 'apiKey = decode("«SK_LIVE_9XK27Q4M»"); password = encrypt("«HUNTER_2X9»")',
    "looked up": 'password = os.getenv("‹DB_PASSWORD›")\n'
    "'secret' => env('‹VIPPS_SECRET›'),\ntoken = answer[\"‹accessToken›\"]",
    "made in a call": "password = md5('«hunter2x9»'), $secret = base64_decode(\"«c2VjcmV0LTc3»\");",
    "default of a setting": "password: ${DB_PASSWORD:«hunter2x9»}",
    "provider's error": '{"errors":{"phoneNumber":[]},"extraDetails":[{"name":"‹phoneNumber›","reason":"too short"}]}',
    "paths in errors": '{"phoneNumber":"«91234567»","extraDetails":[{"name":"‹orderLines[0].taxRate›","reason":"x"},'
    '{"name":"‹profile.phoneNumber›","reason":"y"}]}',
    "names like paths": '[{"customer":{"name":"«J.R.Hansen»"}},{"customer":{"name":"«kari.nordmann»"}},'
    '{"customer":{"name":"«Kari_Nordmann»"}},{"customer":{"name":"«anne-marie-berg»"}},{"customer":{"name":"«deVries»"}},'
    '{"customer":{"name":"«kari_nordmann»"}},{"customer":{"name":"«Chopin»"}}]',
    "JSON schema": '{"password":{"type":"‹string›","minLength":‹8›},"token":{"$ref":"‹#/components/schemas/Token›"}}',
    "country": '{"billingAddress":{"street":"«Storgata 12B»","country":"‹NO›","region":"«Viken»"}}',
    "reference in prose": 'pspReference "‹577531734343670112›" was not found',
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_what_is_wrapped_is_masked_and_what_support_needs_stays(written: str) -> None:
    masked = mask_text(re.sub("[«»‹›]", "", written), VIPPS)
    assert [secret for secret in MARKED.findall(written) if secret in masked] == []
    assert [kept for kept in KEPT.findall(written) if kept not in masked] == []
    assert masked.count("\n") == written.count("\n")


@pytest.mark.parametrize(
    "unit",
    [
        "name: a\n value:",
        "x(name=",
        "<a><name>",
        "rawHeaders:['a',",
        "password: |\n a\n",
        "token:\n aaaaaaaaaaaaa\n",
        "token=[]a{",
    ],
)
def test_what_goes_on_for_long_takes_no_longer_for_it(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert "hunter2x" not in mask_text(f"{text}\npassword=hunter2x", VIPPS)
