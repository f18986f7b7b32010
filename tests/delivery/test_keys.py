"""Public keys are read out of files as they are named, and nothing that is none, or is private, gets further."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from bundler.delivery.keys import LARGEST, read_keys
from bundler.errors import UnreadableInput
from bundler.mail.keys import Key, kind_of

PUBLIC = str(pyrage.x25519.Identity.generate().to_public())


def test_a_key_may_be_a_file_or_stand_there_itself_and_say_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "team=desk.txt"
    path.write_text(f"{PUBLIC}\n")
    named = [str(path), PUBLIC, f"a@example.com={path}", f"søren@example.com={path}", f"b@example.com={PUBLIC}"]
    assert read_keys(named) == (
        Key(str(path), path.read_bytes()),
        Key("the key that was named", PUBLIC.encode()),
        Key(str(path), path.read_bytes(), "a@example.com"),
        Key(str(path), path.read_bytes(), "søren@example.com"),
        Key("the key that was named", PUBLIC.encode(), "b@example.com"),
    )


def test_files_in_the_home_folder_may_be_named_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key.pub").write_text(f"{PUBLIC}\n")
    assert kind_of(read_keys(["~/key.pub"])[0]) == "age"


def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(LARGEST + 1))
    (tmp_path / "private").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    for place, told in (
        (tmp_path / "nobody", "cannot be read: no such file or directory."),
        (tmp_path, "cannot be read: is a directory."),
        ("a\0b", "cannot be read: no such path."),
        ("~nobody-of-that-name/x", "cannot be read: no such path."),
        (tmp_path / "large", "is larger than 1,048,576 bytes."),
        (tmp_path / "private", "holds a private key."),
    ):
        with pytest.raises(UnreadableInput) as caught:
            read_keys([str(place)])
        assert caught.value.message.endswith(told)
        assert "AGE-SECRET-KEY" not in caught.value.message
        assert caught.value.hint


def test_a_named_key_that_is_cut_is_refused_where_it_is_used_and_not_shown_as_a_file() -> None:
    assert read_keys(["age1cut"]) == (Key("the key that was named", b"age1cut"),)
