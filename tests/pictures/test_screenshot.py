"""The command itself: where the picture goes, what is told where, how it refuses."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from bundler.commands.screenshot import screenshot
from bundler.errors import BundlerError, EnvironmentProblem, MisuseError, UnreadableInput
from tests.pictures.build import BLACK, GREEN, RED, image, pixels, saved
from tests.pictures.conftest import Display

CASES = Path(__file__).parents[1] / "cases" / "pictures"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "phone.png").write_bytes(saved(image()))
    return tmp_path


def run(*words: str, stdin: bytes = b"") -> tuple[str, str]:
    """Standard output and standard error; errors come out as they are, for the group puts them into words."""
    outcome = CliRunner().invoke(screenshot, list(words), input=stdin, standalone_mode=False)
    if outcome.exception is not None:
        raise outcome.exception
    return outcome.stdout, outcome.stderr


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_imported_picture_is_written_privately_and_its_name_printed(folder: Path) -> None:
    out, err = run("--from", "phone.png", "-o", "clean.png")
    assert (out, err) == ("clean.png\n", "")
    assert stat.S_IMODE((folder / "clean.png").stat().st_mode) == 0o600
    assert pixels(Image.open(folder / "clean.png")) == pixels(image())
    assert names(folder) == {"phone.png", "clean.png"}


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("a.JPG", b"\xff\xd8\xff"), ("a.jpeg", b"\xff\xd8\xff")]
)
def test_the_ending_decides_the_format(folder: Path, name: str, start: bytes) -> None:
    run("--from", "phone.png", "-o", name)
    assert (folder / name).read_bytes().startswith(start)


def test_what_was_removed_filled_and_noticed_is_said_on_standard_error(folder: Path) -> None:
    out, err = run(
        "--from", str(CASES / "phone-gps.jpg"), "-o", "clean.png", "--redact", "0,0,5,5", "--redact", "0,0,99,5"
    )
    assert out == "clean.png\n"
    assert "Removed: EXIF with GPS position" in err
    assert "Filled: 2 areas." in err
    assert "Note: filled area 2 reached beyond" in err
    assert Image.open(folder / "clean.png").getpixel((4, 4)) == BLACK


def test_json_tells_the_whole_result_on_standard_output(folder: Path) -> None:
    out, _ = run("--from", "phone.png", "-o", "clean.png", "--caption", "the pay screen", "--json")
    told = json.loads(out)
    assert told["file"] == "clean.png"
    assert (told["format"], told["width"], told["height"]) == ("png", 40, 30)
    assert told["size"] == (folder / "clean.png").stat().st_size
    assert told["caption"] == "the pay screen"
    assert told["original_size"] == len(saved(image()))


def test_standard_input_is_a_source(folder: Path) -> None:
    out, _ = run("--from", "-", "-o", "clean.png", "--json", stdin=saved(image()))
    assert json.loads(out)["source"] == "standard input"


def test_an_existing_file_stays_unless_its_loss_is_asked_for(folder: Path) -> None:
    (folder / "clean.png").write_bytes(b"mine")
    with pytest.raises(EnvironmentProblem, match="exists already") as caught:
        run("--from", "phone.png", "-o", "clean.png")
    assert "--force" in caught.value.hint
    assert (folder / "clean.png").read_bytes() == b"mine"
    run("--from", "phone.png", "-o", "clean.png", "--force")
    assert (folder / "clean.png").read_bytes().startswith(b"\x89PNG")
    assert names(folder) == {"phone.png", "clean.png"}


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"nothing", saved(image())[:60]])
def test_a_refused_picture_leaves_no_file(folder: Path, content: bytes) -> None:
    (folder / "bad.png").write_bytes(content)
    with pytest.raises(UnreadableInput) as caught:
        run("--from", "bad.png", "-o", "clean.png")
    assert caught.value.exit_code == 3
    assert names(folder) == {"phone.png", "bad.png"}


@pytest.mark.parametrize("source", ["missing.png", "."])
def test_a_file_that_cannot_be_opened_is_told(folder: Path, source: str) -> None:
    with pytest.raises(UnreadableInput, match="cannot be opened"):
        run("--from", source, "-o", "clean.png")


@pytest.mark.parametrize(
    "words",
    [
        ("-o", "clean.gif"),
        ("-o", "clean"),
        ("-o", "clean.png", "--redact", "1,2,3"),
        ("-o", "clean.png", "--redact", "400,0,5,5"),
        ("-o", "clean.png", "--monitor", "1"),
        ("-o", "clean.png", "--region", "0,0,5,5"),
        ("-o", "clean.png", "--delay", "2"),
        ("-o", "clean.png", "--allow-blank"),
        ("--list",),
    ],
)
def test_what_is_typed_wrongly_is_misuse_and_writes_nothing(folder: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(MisuseError) as caught:
        run("--from", "phone.png", *words)
    assert caught.value.hint
    assert names(folder) == {"phone.png"}


def test_a_folder_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(EnvironmentProblem):
        run("--from", "phone.png", "-o", "nowhere/clean.png")


@pytest.mark.real
def test_the_desktop_is_captured_into_a_file(desktop: Display, folder: Path) -> None:
    out, _ = run("--monitor", "1", "--region", "100,50,320,200", "--redact", "0,0,10,10")
    picture = Image.open(folder / out.strip())
    assert out == "screenshot.png\n"
    assert picture.size == (320, 200)
    assert [picture.getpixel(at) for at in ((9, 9), (10, 10), (159, 100), (160, 100))] == [BLACK, RED, RED, GREEN]


@pytest.mark.real
def test_a_blank_capture_leaves_no_file_unless_it_is_meant(desktop: Display, folder: Path) -> None:
    with pytest.raises(BundlerError, match="blank") as caught:
        run("--region", "0,600,100,100", "-o", "blank.png")
    assert caught.value.exit_code == 3
    assert not (folder / "blank.png").exists()
    _, err = run("--region", "0,600,100,100", "-o", "blank.png", "--allow-blank")
    assert "Note: the picture looks blank" in err


@pytest.mark.parametrize("region", ["1,2,3", "a,b,c,d", "1.5,0,2,2", "1,2,3,4,5"])
def test_a_region_that_is_not_understood_is_misuse(folder: Path, region: str) -> None:
    with pytest.raises(MisuseError, match="four whole numbers"):
        run("--region", region)


@pytest.mark.real
def test_monitors_are_listed_for_people_and_programs(desktop: Display) -> None:
    assert run("--list")[0] == "1  1280 x 800 at 0,0  screen\n"
    (only,) = json.loads(run("--list", "--json")[0])["monitors"]
    assert only == {
        "index": 1, "left": 0, "top": 0, "width": 1280, "height": 800, "name": "screen", "is_primary": False,
    }  # fmt: skip


def test_the_cleaned_bytes_are_the_same_every_time(folder: Path) -> None:
    source = io.BytesIO((CASES / "phone-gps.jpg").read_bytes()).getvalue()
    for name in ("one.jpg", "two.jpg"):
        run("--from", "-", "-o", name, stdin=source)
    assert (folder / "one.jpg").read_bytes() == (folder / "two.jpg").read_bytes()
