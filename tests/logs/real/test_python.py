"""Logs of Python programs: the standard library's, structlog's, loguru's and python-json-logger's."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.logs.real.story import HERE, ISO, LOCAL, PAYMENT, ZONED, Stamp, Write, check, once, read, run


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Runs ``python/write_….py`` by its name."""

    def start(program: str, folder: Path) -> None:
        run([sys.executable, HERE / "python" / f"write_{program}.py", folder, PAYMENT])

    return once(tmp_path_factory, start)


def _needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed: pip install .[test]")


@pytest.mark.parametrize("style", ["dashes", "colon", "brackets", "flask", "celery", "django", "level-first"])
def test_python_logging_by_the_clock_of_the_machine(write: Write, style: str) -> None:
    folder, began = write("logging")
    taken = check((folder / f"{style}.log").read_bytes(), LOCAL, began)
    assert [span.line_count for span in taken.spans] == [1, 6, 1]


def test_python_logging_with_a_zone(write: Write) -> None:
    folder, began = write("logging")
    check((folder / "zoned.log").read_bytes(), ZONED, began)


def test_python_logging_without_times_is_still_cut_into_records(write: Write) -> None:
    taken = read((write("logging")[0] / "basic.log").read_bytes())
    assert [span.line_count for span in taken.spans] == [1, 6, 1]
    assert taken.first is None


@pytest.mark.real
@_needs("structlog")
@pytest.mark.parametrize("style", ["json", "json-trace", "console", "coloured", "key-value", "logfmt"])
def test_structlog_in_utc(write: Write, style: str) -> None:
    folder, began = write("structlog")
    check((folder / f"{style}.log").read_bytes(), ISO, began)


@pytest.mark.real
@_needs("structlog")
def test_structlog_as_it_comes_with_boxes_around_the_traceback(write: Write) -> None:
    folder, began = write("structlog")
    taken = check((folder / "default.log").read_bytes(), LOCAL, began)
    assert "╭─" in taken.data.decode()


@pytest.mark.real
@_needs("loguru")
@pytest.mark.parametrize("style", ["default", "coloured"])
def test_loguru_by_the_clock_of_the_machine(write: Write, style: str) -> None:
    folder, began = write("loguru")
    check((folder / f"{style}.log").read_bytes(), LOCAL, began)


@pytest.mark.real
@_needs("loguru")
def test_loguru_serialized(write: Write) -> None:
    folder, began = write("loguru")
    check((folder / "serialized.log").read_bytes(), Stamp(r'"time": \{"repr": "([^"]+)"'), began)


@pytest.mark.real
@_needs("loguru")
def test_loguru_with_a_zone(write: Write) -> None:
    folder, began = write("loguru")
    check((folder / "zoned.log").read_bytes(), ZONED, began)


@pytest.mark.real
@_needs("pythonjsonlogger")
@pytest.mark.parametrize("style", ["asctime", "timestamp", "renamed"])
def test_python_json_logger(write: Write, style: str) -> None:
    folder, began = write("json_logger")
    check((folder / f"{style}.log").read_bytes(), LOCAL if style == "asctime" else ISO, began)
