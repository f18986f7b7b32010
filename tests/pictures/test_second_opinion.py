"""exiftool looks through what is left of pictures that carried everything."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bundler.pictures.clean import clean

CASES = sorted((Path(__file__).parents[1] / "cases" / "pictures").iterdir())

STRUCTURE = {
    "ExifTool:ExifToolVersion",
    *(f"File:{name}" for name in ("FileType", "FileTypeExtension", "MIMEType", "ImageWidth", "ImageHeight")),
    *(f"File:{name}" for name in ("BitsPerSample", "ColorComponents", "EncodingProcess", "YCbCrSubSampling")),
    *(
        f"PNG:{name}"
        for name in ("ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter", "Interlace")
    ),
    *(f"JFIF:{name}" for name in ("JFIFVersion", "ResolutionUnit", "XResolution", "YResolution")),
    "Composite:ImageSize",
    "Composite:Megapixels",
}
"""What a file cannot do without, and what exiftool derives from it."""


@pytest.fixture(scope="module")
def exiftool() -> str:
    program = shutil.which("exiftool")
    if program is None:
        pytest.skip("exiftool is missing (Debian: libimage-exiftool-perl)")
    return program


def told(program: str, folder: Path) -> dict[str, set[str]]:
    """Everything exiftool finds in each file, unknown and doubled tags included; SourceFile is its own name for it."""
    command = [program, "-json", "-G0", "-a", "-u", "-ee3", "--System:all", "."]
    output = subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=30).stdout
    return {Path(each["SourceFile"]).name: set(each) - {"SourceFile"} for each in json.loads(output)}


@pytest.mark.real
def test_exiftool_finds_nothing_but_structure_in_cleaned_pictures(exiftool: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    for case in CASES:
        data = case.read_bytes()
        (before / case.name).write_bytes(data)
        picture = clean(io.BytesIO(data), case.name)
        (after / picture.name).write_bytes(picture.data)
    carried, left = told(exiftool, before), told(exiftool, after)
    assert "EXIF:GPSLatitude" in carried["phone-gps.jpg"]
    assert "XMP:Creator" in carried["chromium-tagged.png"]
    assert len(left) == len({case.stem for case in CASES})
    for name, tags in left.items():
        assert tags <= STRUCTURE, name
