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


def test_families_above_the_first_table_hold_for_the_rows_like_everything_else(tmp_path: Path) -> None:
    shape = '[[shapes]]\nname = "s"\n'
    profile = read_profile(folder(tmp_path, profile=HEAD, shapes='families = ["pay"]\n' + shape))
    assert [row.families for row in profile.shapes] == [("pay",)]
    assert profile.families == ()


ROW = '[[codes]]\ncode = "2040"\nfamily = "x"\ntitle = "t"\n'


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (
            'family = "x"\n\n[[codes]]\ncode = 2040\ntitle = "t"\nremedy = "r"\nwho = "code"\n',
            ", line 3, codes: code has to be a text, and is a whole number.",
            'Put it in quotes: code = "…".',
        ),
        (
            ROW + 'remedy = "r"\nwho = "nobody"\n',
            ", line 1, codes: who cannot be 'nobody'.",
            "It is one of: 'code', 'config', 'user', 'wait', 'provider', 'test', 'other-desk'.",
        ),
        (ROW + 'who = "code"\n', ", line 1, codes: the field remedy is missing.", 'Add it: remedy = "…".'),
        (ROW + 'colour = "red"\n', ", line 1, codes: there is no field colour.", "Known are: family, code,"),
        (ROW + 'remdy = "red"\n', ", line 1, codes: there is no field remdy.", "Did you mean remedy?"),
        (
            ROW + 'remedy = "r"\nwho = "code"\nconfidence = "sure"\n',
            ", line 1, codes: confidence has to be a number, and is a text.",
            "Write confidence = 0.9.",
        ),
        (
            '[[identifiers]]\nname = "a"\nrole = "other"\npattern = "a"\nkeys = "a"\n',
            ", line 1, identifiers: keys has to be a list, and is a text.",
            'Put it in brackets: keys = ["…"].',
        ),
        (
            '[[identifiers]]\nname = "a"\nrole = "other"\npattern = "a"\nkeys = ["a", 7]\n',
            ", line 1, identifiers: keys[1] has to be a text, and is a whole number.",
            'Put each of its values in quotes: keys = ["…"].',
        ),
        (
            '\ncodes = "2040"\n',
            ", line 2: codes has to be written as [[codes]].",
            "Begin each row with a line [[codes]].",
        ),
        ('valid_from = "2026-11-23"\n[[code]]\ncode = "1"\n', ", line 2: there is no table or field code.", "codes?"),
        ("\n[[codes]\n", ", line 2: this is no TOML: expected", "a row begins with"),
        ("codes = [", ", at its end: this is no TOML: ", "a row begins with"),
        ("x = " + "[" * 5000, " is nested too deeply.", "Write it as"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_file_line_and_field_and_a_hint_how_to_mend_it(
    tmp_path: Path, text: str, said: str, hint: str
) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read_profile(folder(tmp_path, profile=HEAD, errors=text))
    assert caught.value.message.startswith(f"acme/errors.toml{said}")
    assert hint in caught.value.hint


def test_the_line_is_that_of_the_row(tmp_path: Path) -> None:
    good = '[[hosts]]\nhost = "a.test"\nenvironment = "sandbox"\n'
    with pytest.raises(UnreadableInput, match=r"^acme/hosts\.toml, line 4, hosts: the field environment is missing\.$"):
        read_profile(folder(tmp_path, profile=HEAD, hosts=good + '[[hosts]]\nhost = "b.test"\n'))


def test_the_line_is_that_of_the_row_in_an_array_whose_texts_look_like_rows(tmp_path: Path) -> None:
    rows = """
# codes = [ { in a comment } ]
family = "pay"
codes = [
  { code = "1", title = '''
[[codes]]
{ code = "2" },
''', remedy = "r", who = "code" }, { code = "[[codes]]", title = "]", remedy = "r", who = "code" },

  { code = "3", title = "t", remedy = "r", who = "me" },
]
"""
    with pytest.raises(UnreadableInput, match=r"^acme/errors\.toml, line 10, codes: who cannot be 'me'\."):
        read_profile(folder(tmp_path, profile=HEAD, errors=rows))


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ('colour = "red"\n', ", line 4: there is no field colour.", "Known are: slug,"),
        ('families = ["a"]\n', ", line 4: families has to be written as [[families]].", "[[families]]"),
        ("time_zone = 1\n", ", line 4: time_zone has to be a text, and is a whole number.", 'time_zone = "…"'),
        ('[support]\n\nadress = "a"\n', ", line 6: there is no field adress.", "Did you mean address?"),
        (
            "[support]\naddress = 9\n",
            ", line 5: support.address has to be a text, and is a whole number.",
            'address = "…"',
        ),
    ],
)
def test_a_mistake_about_the_provider_itself_names_its_line(tmp_path: Path, text: str, said: str, hint: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read_profile(folder(tmp_path, profile=HEAD + text))
    assert caught.value.message == f"acme/profile.toml{said}"
    assert hint in caught.value.hint


def test_a_date_without_quotes_is_told_to_stand_in_quotes(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read_profile(folder(tmp_path, profile=HEAD.replace('"2026-11-23"', "2026-11-23")))
    said = "acme/profile.toml, line 3: valid_from has to be a text, and is a date without quotes."
    assert (caught.value.message, caught.value.hint) == (said, 'Put it in quotes: valid_from = "…".')


def test_a_folder_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"no profile\.toml"):
        read_profile(folder(tmp_path, hosts='[[hosts]]\nhost = "a.test"\nenvironment = "sandbox"\n'))


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path, profile=HEAD)
    (place / "hosts.toml").write_bytes(b'[[hosts]]\nhost = "\xff"\n')
    with pytest.raises(UnreadableInput, match=r"^acme/hosts\.toml, line 2: this is not UTF-8\.$"):
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
