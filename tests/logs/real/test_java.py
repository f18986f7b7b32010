"""Logs of Java programs: logback's, Log4j's and those of java.util.logging."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bundler.logs.extract import failing_record
from tests.logs.real.story import COPENHAGEN, HERE, ISO, LOCAL, PAYMENT, ZONED, Stamp, Write, check, once, read, run

CASES = Path(__file__).parents[2] / "cases" / "logs"
JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in (
        "slf4j-api", "logback-core", "logback-classic", "logstash-logback-encoder", "log4j-api", "log4j-core",
        "jackson-core", "jackson-databind", "jackson-annotations",
    )
]  # fmt: skip
MISSING = [
    *(name for name in ("java", "javac") if shutil.which(name) is None), *(jar.name for jar in JARS if not jar.exists())
]  # fmt: skip
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # a program of one second is not worth optimizing
ONE_LINE = "-Djava.util.logging.SimpleFormatter.format=[%1$tF %1$tT.%1$tL %1$tz] [%4$-7s] %5$s %6$s%n"
CLOCK = Stamp(r"(\d\d:\d\d:\d\d\.\d{3})", "%H:%M:%S.%f", COPENHAGEN)

INSTALLED = pytest.mark.skipif(
    bool(MISSING),
    reason=f"not installed: {', '.join(MISSING)} (Debian: default-jdk-headless liblogback-java liblog4j2-java"
    " liblogstash-logback-encoder-java)",
)


LOGBACK = {
    "default": CLOCK,
    "dated": LOCAL,
    "level-first": LOCAL,
    "spring-2": LOCAL,
    "spring-3": ZONED,
    "spring-coloured": ZONED,
    "logstash": ZONED,
}
LOG4J = {
    "default": CLOCK,
    "dated": LOCAL,
    "level-in-brackets": LOCAL,
    "zoned": ZONED,
    "day-first": Stamp(r"^(\d\d \w{3} \d{4} [\d:,]{12})", "%d %b %Y %H:%M:%S,%f", COPENHAGEN),
    "utc": ISO,
    "syslog": ZONED,
    "json": Stamp(r'"epochSecond":(\d+),"nanoOfSecond":(\d+)', "instant"),
}
JUL = {
    "default": Stamp(r"^(\w{3} \d{1,2}, \d{4} [\d:]{7,8}\s[AP]M)", "%b %d, %Y %I:%M:%S %p", COPENHAGEN),
    "one-line": Stamp(r"^\[([^\]]+)\]", "%Y-%m-%d %H:%M:%S.%f %z"),
}
ON_ONE_LINE = ("logstash", "syslog", "json")


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Runs one of the classes in ``java/`` by its name."""
    classes = tmp_path_factory.mktemp("classes")
    path = ":".join(map(str, (classes, *JARS)))
    run(
        ["javac", *(f"-J{flag}" for flag in QUICK), "-cp", path, "-d", classes, *sorted((HERE / "java").glob("*.java"))]
    )
    java = ["java", *QUICK, "-cp", path]

    def start(program: str, folder: Path) -> None:
        if program == "JulStory":
            run([*java, program, folder / "default.log", PAYMENT])
            run([*java, ONE_LINE, program, folder / "one-line.log", PAYMENT])
        else:
            logback, log4j = HERE / "java" / "logback.xml", HERE / "java" / "log4j2.xml"
            settings = [f"-Dlogback.configurationFile={logback}", f"-Dlog4j2.configurationFile={log4j}"]
            run([*java, *settings, f"-Dfolder={folder}", program, PAYMENT])

    return once(tmp_path_factory, start)


@pytest.mark.real
@INSTALLED
@pytest.mark.parametrize("style", LOGBACK)
def test_logback(write: Write, style: str) -> None:
    folder, began = write("LogbackStory")
    taken = check((folder / f"{style}.log").read_bytes(), LOGBACK[style], began)
    assert [span.line_count for span in taken.spans] == [1, 1 if style in ON_ONE_LINE else 7, 1]


@pytest.mark.real
@INSTALLED
@pytest.mark.parametrize("style", LOG4J)
def test_log4j(write: Write, style: str) -> None:
    folder, began = write("Log4jStory")
    taken = check((folder / f"{style}.log").read_bytes(), LOG4J[style], began)
    assert [span.line_count for span in taken.spans] == [1, 1 if style in ON_ONE_LINE else 7, 1]


@pytest.mark.real
@INSTALLED
@pytest.mark.parametrize("style", JUL)
def test_java_util_logging(write: Write, style: str) -> None:
    folder, began = write("JulStory")
    taken = check((folder / f"{style}.log").read_bytes(), JUL[style], began)
    assert taken.spans[1].line_count > 7


def test_java_util_logging_of_a_longer_stack() -> None:
    data = (CASES / "java-util-logging.log").read_bytes()
    taken = read(data)
    assert [span.line for span in taken.spans] == [1, 3, 18]
    assert taken.data == data
    assert failing_record(taken, [PAYMENT]) == (datetime(2026, 11, 23, 18, 9, 34, tzinfo=UTC), 3)
