"""Values under the names of columns, in exports and in what a database is told."""

from __future__ import annotations

import io
import re
from contextlib import nullcontext

import pytest

from bundler.evidence.crew import ForkedCrew
from bundler.providers import load
from bundler.redact import Mark, mask_text, scrub

VIPPS = load("vipps-mobilepay")
MARKED = re.compile("«(.*?)»", re.DOTALL)
KEPT = re.compile("‹(.*?)›")

WRITTEN = {
    "semicolons": "\ufeffOrderId;FirstName;Phone;Street;Zip;Amount\r\n"
    "‹acme-20771›;«Signe»;«91234567»;«Storgata 12B»;«0150»;‹249,00›\r\n"
    "‹acme-20772›;«Ola»;«92345678»;«Lillegata 1»;«5003»;‹349,00›\r\n",
    "quoted": '"order_id","customer_name","card_number","cvv","note"\n"‹acme-1›","«Kvamme, ""Sig"" Signe»",'
    '"«5000000000000013»","«482»","‹a\nb›"\n"‹acme-2›","«Ola Berg»","","","‹c›"\n',
    "what support needs": "pspReference,amount,phone\n‹577531734343670112›,‹24900›,«91234567»\n",
    "tabs": "order_id\tname\ttoken\tphone\n‹acme-20771›\t«Signe Kvamme»\t«kq7Zr2x9tAvB»\t«91234567»\n",
    "psql": " id    | first_name | phone\n-------+------------+----------\n ‹20771› | «Signe»      | «91234567»\n",
    "INSERT": "INSERT INTO `customers` (`id`, `first_name`, `phone`, `note`, `city`) VALUES "
    "(‹20771›, '«Signe»', '«91234567»', '‹it''s (ok); x›', '«Oslo»'), (‹20772›, '«Ola»', «92345678», NULL, N'«Li»');\n"
    "SELECT ‹'first'›, ‹'second'›;",
    "insert with functions": "insert into t (id, created_at, last_name) values (‹7›, now(), f('«Kvamme»', '«Li»'))",
    "INSERT in JSON": r'{"sql":"INSERT INTO \"t\" (\"first_name\", \"order_no\") VALUES ('
    "'«Signe»', '‹acme-20771›'"
    ')"}',
    "COPY": "COPY public.t (id, first_name, phone) FROM stdin;\n‹20771›\t«Signe»\t«91234567»\n"
    "‹20772›\t«Ola»\t«92345678»\n\\.\n‹not\tof\tit›\n",
    "ids": "orderId,pspReference,transactionId,amount\n‹acme-1›,‹7d3f0a52-91c4-4b1e›,‹4711111111›,‹24900›\n",
    "no table": "Dear Ola, the token, phone\nand the rest ‹stay as, they are›\n",
    "list of names": '("‹first_name›", "‹phone›", "‹created_at›") ["‹password›", "‹email›"]',
    "products": "sku;name;region\n‹7›;‹Blue socks›;‹north›\n",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_values_are_masked_by_the_names_of_their_columns(written: str) -> None:
    masked = mask_text(re.sub("[«»‹›]", "", written), VIPPS)
    assert [secret for secret in MARKED.findall(written) if secret in masked] == []
    assert [kept for kept in KEPT.findall(written) if kept not in masked] == []
    assert masked.count("\n") == re.sub("«.*?»", "", written, flags=re.DOTALL).count("\n")


@pytest.mark.parametrize(
    "unit",
    [
        "INSERT INTO a (token,b) VALUES (1,(",
        "INSERT INTO a (token,b) VALUES ('\\",
        "COPY a (token,b) FROM stdin;\n",
        '"',
    ],
)
def test_what_never_ends_takes_no_longer_for_it(unit: str) -> None:
    text = "token,b\n" + unit * (100_000 // len(unit))
    assert "hunter2x" not in mask_text(f"{text}\npassword=hunter2x", VIPPS)


@pytest.mark.parametrize("count", [1, 2])
def test_a_table_goes_on_in_the_next_blocks(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bundler.redact.stream.BLOCK", 400)
    rows = [f"shop-{number};Kari{number};Storgata {number};a note\r\n" for number in range(200)]
    data = "".join(["Order;First name;Street;Remark\r\n", *rows, "\r\n", "a;b;c;d\r\n" * 100]).encode()
    sink, marks = io.BytesIO(), list[Mark]()
    with ForkedCrew(count) if count > 1 else nullcontext() as crew:
        scrub(io.BytesIO(data), sink, VIPPS, marks.append, crew=crew)
    assert len(marks) == 400
    assert {(mark.kind, data[mark.start : mark.end].rstrip(b"0123456789")) for mark in marks} == {
        ("name", b"Kari"),
        ("address", b"Storgata "),
    }
    assert sink.getvalue().startswith(b"Order;First name;Street;Remark\r\nshop-0;[name-1];[address-1];a note\r\n")
    assert sink.getvalue().endswith(b";[name-200];[address-200];a note\r\n\r\n" + b"a;b;c;d\r\n" * 100)
