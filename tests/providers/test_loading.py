from __future__ import annotations

from pathlib import Path

import pytest

from bundler.errors import MisuseError, UnreadableInput
from bundler.providers import load, read_profile

HEAD = 'slug = "acme"\nname = "Acme Pay"\nvalid_from = "2026-11-23"\n'


def folder(tmp_path: Path, **files: str) -> Path:
    place = tmp_path / "acme"
    place.mkdir()
    for name, text in files.items():
        (place / f"{name}.toml").write_text(text, encoding="utf-8")
    return place


def test_files_of_a_folder_become_one_profile(tmp_path: Path) -> None:
    profile = read_profile(
        folder(
            tmp_path,
            profile=HEAD + '[[hosts]]\nhost = "api.acme.test"\nenvironment = "production"\n',
            hosts='[[hosts]]\nhost = "sandbox.acme.test"\nenvironment = "sandbox"\n',
        )
    )
    assert profile.name == "Acme Pay"
    assert {host.host for host in profile.hosts} == {"api.acme.test", "sandbox.acme.test"}


def test_what_stands_above_the_first_table_holds_for_the_rows_of_the_file(tmp_path: Path) -> None:
    codes = 'family = "pay"\nsource = "the manual"\n[[codes]]\ncode = "1"\ntitle = "t"\nremedy = "r"\nwho = "code"\n'
    codes += '[[codes]]\ncode = "2"\ntitle = "t"\nremedy = "r"\nwho = "code"\nsource = "a letter"\n'
    profile = read_profile(folder(tmp_path, profile=HEAD, errors=codes))
    assert [(row.family, row.code, row.source) for row in profile.codes] == [
        ("pay", "1", "the manual"),
        ("pay", "2", "a letter"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[codes]]\ncode = 2040\nfamily = "x"\ntitle = "t"\nremedy = "r"\nwho = "code"\n', "$.code"),
        ('[[codes]]\ncode = "2040"\nfamily = "x"\ntitle = "t"\nremedy = "r"\nwho = "nobody"\n', "$.who"),
        ('[[codes]]\ncode = "2040"\nfamily = "x"\ntitle = "t"\nwho = "code"\n', "`remedy`"),
        ('[[codes]]\ncode = "2040"\ncolour = "red"\n', "`colour`"),
        ('codes = "2040"\n', "[[codes]]"),
        ("[[codes]\n", "line 1"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_file_and_field(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read_profile(folder(tmp_path, profile=HEAD, errors=text))
    assert caught.value.message.startswith("acme/errors.toml")
    assert said in caught.value.message


def test_the_row_is_counted(tmp_path: Path) -> None:
    good = '[[hosts]]\nhost = "a.test"\nenvironment = "sandbox"\n'
    with pytest.raises(UnreadableInput, match="row 2 of hosts"):
        read_profile(folder(tmp_path, profile=HEAD, hosts=good + '[[hosts]]\nhost = "b.test"\n'))


def test_an_unknown_field_of_the_provider_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"acme/profile\.toml.*`colour`"):
        read_profile(folder(tmp_path, profile=HEAD + 'colour = "red"\n'))


def test_a_folder_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"no profile\.toml"):
        read_profile(folder(tmp_path, hosts='[[hosts]]\nhost = "a.test"\nenvironment = "sandbox"\n'))


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path, profile=HEAD)
    (place / "hosts.toml").write_bytes(b'[[hosts]]\nhost = "\xff"\n')
    with pytest.raises(UnreadableInput, match=r"acme/hosts\.toml"):
        read_profile(place)


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path, profile=HEAD)
    (place / "hosts.toml").mkdir()
    with pytest.raises(UnreadableInput, match=r"acme/hosts\.toml could not be read"):
        read_profile(place)


def test_a_misspelt_provider_is_answered_with_the_near_name() -> None:
    with pytest.raises(MisuseError) as caught:
        load("vips-mobilepay")
    assert "vipps-mobilepay" in caught.value.hint


def test_a_path_is_no_provider() -> None:
    with pytest.raises(MisuseError):
        load("../vipps-mobilepay")
