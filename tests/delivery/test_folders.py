"""Names of folders as IMAP writes them, and finding the one for drafts without any server."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.delivery.folder_names import DRAFTS, SENT
from bundler.delivery.folders import Folder, decode_name, encode_name, find_folder, find_named, quote, read_folder


def folder(name: str, *attributes: str, separator: str = "/") -> Folder:
    """A folder as a server lists it."""
    told = read_folder(f'({" ".join(attributes)}) "{separator}" {quote(encode_name(name))}'.encode())
    assert told
    return told


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("Entwürfe", "Entw&APw-rfe"),
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),  # the example of RFC 3501 section 5.1.3
        ("Q & A", "Q &- A"),
        ("&", "&-"),
        ("😀", "&2D3eAA-"),
        ("", ""),
    ],
)
def test_names_are_written_in_modified_utf_7(name: str, wire: str) -> None:
    assert encode_name(name) == wire
    assert decode_name(wire) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_name_comes_back_as_it_was(name: str) -> None:
    wire = encode_name(name)
    assert wire.isascii()
    assert wire.isprintable()
    assert decode_name(wire) == name


@pytest.mark.parametrize("wire", ["&", "&x", "&!!-", "&AP-", "&2D0-", "&APw", "Entw&APw=-rfe"])
def test_what_is_no_modified_utf_7_is_shown_as_it_is(wire: str) -> None:
    assert decode_name(wire) == wire


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_listed_folder_is_named_in_commands_as_the_server_wrote_it(name: str) -> None:
    assert folder(name) == Folder(name, encode_name(name), "/", frozenset())


@pytest.mark.parametrize(
    ("line", "name", "separator"),
    [
        (rb'(\HasNoChildren) "." INBOX.Drafts', "INBOX.Drafts", "."),
        (rb'() NIL "Entw&APw-rfe"', "Entwürfe", ""),
        (rb'(\Noselect) "\\" "a\\b"', "a\\b", "\\"),
        (rb'() "/" "say \"hi\"" ("CHILDINFO" ("SUBSCRIBED"))', 'say "hi"', "/"),
        ((rb'() "/" {7}', rb'a"b\c d'), 'a"b\\c d', "/"),
    ],
)
def test_every_way_of_listing_a_folder_is_read(line: bytes | tuple[bytes, bytes], name: str, separator: str) -> None:
    read = read_folder(line)
    assert read
    assert (read.name, read.separator) == (name, separator)


@pytest.mark.parametrize(
    "line", [b"", b'() "/"', b"x", (b'() "/" {3}', b"a\r\n"), b'() "/" "a\tb"', '() "/" "ü"'.encode(), b'() "/" ""x"']
)
def test_a_folder_that_no_command_can_name_is_left_out(line: bytes | tuple[bytes, bytes]) -> None:
    assert read_folder(line) is None


@given(st.binary())
def test_any_answer_to_list_is_read_without_an_error(line: bytes) -> None:
    read_folder(line)
    read_folder((b'() "/" {1}', line))


def test_what_the_server_says_of_a_folder_counts_more_than_its_name() -> None:
    folders = [folder("Drafts"), folder("Zwischenablage", r"\HasNoChildren", r"\Drafts")]
    assert find_folder(folders, r"\Drafts") == folders[1]


def test_the_drafts_of_a_shared_mailbox_are_not_taken_for_ours() -> None:
    folders = [folder("Shared/kim/Drafts", r"\Drafts"), folder("Kladder", r"\Drafts")]
    assert find_folder(folders, r"\Drafts") == folders[1]


@pytest.mark.parametrize(("use", "names"), [(r"\Drafts", DRAFTS), (r"\Sent", SENT)])
def test_a_known_name_is_found_in_every_language_however_it_is_written(
    use: str, names: dict[str, tuple[str, ...]]
) -> None:
    for name in {name for group in names.values() for name in group}:
        for written in (name, name.upper(), unicodedata.normalize("NFD", name)):
            for parent, separator in (("", "/"), ("INBOX.", "."), ("[Gmail]/", "/"), ("[Google Mail]/", "/")):
                wanted = folder(parent + written, separator=separator)
                others = [folder("INBOX"), folder("Archive"), folder(f"Projects{separator}{name}", separator=separator)]
                assert find_folder([*others, wanted], use) == wanted, name


def test_no_name_is_known_for_both_drafts_and_sent_mail() -> None:
    drafts, sent = ({name.casefold() for group in names.values() for name in group} for names in (DRAFTS, SENT))
    assert not drafts & sent


def test_a_folder_that_holds_no_mail_is_not_taken_for_drafts() -> None:
    folders = [folder("Drafts", r"\Noselect"), folder("INBOX/Drafts", r"\NonExistent"), folder("Utkast")]
    assert find_folder(folders, r"\Drafts") == folders[2]
    assert find_folder(folders[:2], r"\Drafts") is None


def test_a_person_names_a_folder_as_it_is_shown_or_as_it_is_written() -> None:
    folders = [folder("INBOX"), folder("Entwürfe"), folder("a"), folder("A")]
    for name in ("Entwürfe", "Entw&APw-rfe", "entwürfe", unicodedata.normalize("NFD", "Entwürfe")):
        assert find_named(folders, name) == folders[1]
    assert find_named(folders, "inbox") == folders[0]
    assert find_named(folders, "A") == folders[3]
    assert find_named(folders[1:], "INBOX") is None
