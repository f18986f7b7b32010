"""Lines that are keys with values, JSON or logfmt: the stamp and the level in them, and whose dialect they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from bundler.logs import logfmt
from bundler.logs.arrays import opens_array
from bundler.logs.stamps import Start
from bundler.logs.types import LogFormat
from bundler.logs.values import read_value

_ENDS = (b"}\n", b"}\r", b"}}")
_CUT_LOOK = 65536
"""How much of a line that is not quite JSON is searched for keys, in bytes."""

if TYPE_CHECKING:
    import msgspec
    from msgspec import Raw

    Keys = Mapping[str, bytes | Raw]


class _Json:
    """What reads JSON, and the patterns that look into it: made for the first line of JSON, and never for others."""

    def __init__(self) -> None:
        import msgspec

        self.objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self.elements = msgspec.json.Decoder(list[msgspec.Raw])
        self.texts = msgspec.json.Decoder(str)
        self.refusals = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
        self.key = re.compile(rb'"([A-Za-z_@.$]{1,32})" ?: ?("[^"\\]{0,64}"|-?\d{1,20}(?:\.\d{1,9})?)')
        self.goes_on = re.compile(
            rb'"(?:[ })\]]|\\[trn]|\\u0009|at |Caused by: |\.\.\. \d|Traceback |During handling '
            rb"|[\w.$]{1,120}(?:Error|Exception)\b)"
        )
        self.instant = re.compile(  # log4j 2, Google
            rb'\{ ?"(?:epochSecond|seconds)" ?: ?(\d{10}), ?"(?:nanoOfSecond|nanos)" ?: ?(\d{1,9}) ?\}'
        )


@cache
def _json() -> _Json:
    return _Json()


class _Reader:
    """Reads of a line of JSON no more than a format asks for: half the work of reading all its keys."""

    def __init__(self, fmt: LogFormat) -> None:
        import msgspec

        keys = dict.fromkeys((*fmt.time_keys, *fmt.level_keys, *filter(None, (fmt.wraps,))))
        fields = {key: f"value_{number}" for number, key in enumerate(keys)}
        shape = msgspec.defstruct(
            "Line",
            [(field, msgspec.Raw, msgspec.Raw()) for field in fields.values()],
            rename={field: key for key, field in fields.items()},
        )
        self.decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(shape)
        self.times = [fields[key] for key in fmt.time_keys]
        self.levels = [fields[key] for key in fmt.level_keys]
        self.payload = fields.get(fmt.wraps, "")


@cache
def _reader(fmt: LogFormat) -> _Reader:
    return _Reader(fmt)


def keyed_start(fmt: LogFormat, line: bytes) -> Start | None:
    """How a line of JSON or logfmt opens a record; a key that is spelt as ``fmt`` has it goes before other cases."""
    if fmt.kind == "logfmt":
        return _start_of(fmt, logfmt.read(line))
    line = _object(line)
    if line[:1] != b"{" or line[1:2] in b"\r\n":
        return None
    reader = _reader(fmt)
    try:
        values = reader.decoder.decode(line)
    except _json().refusals:
        if opens_array(line):
            return None
        seen, time = _read_cut(line), find_time(fmt, line)
        return _start_of(fmt, seen if seen is None or time is None else {**seen, fmt.time_keys[0]: time})
    if reader.payload and _json().goes_on.match(bytes(getattr(values, reader.payload))):
        return None
    stamp = None
    for field in reader.times:
        value = bytes(getattr(values, field))
        if value and (stamp := read_value(plain(value))) is not None:
            break
    if stamp is not None and fmt.signatures:
        return Start(stamp, sure=True)
    if stamp is not None:
        for field in reader.levels:
            if bytes(getattr(values, field)):
                return Start(stamp, sure=True)
    return _start_of(fmt, _json().objects.decode(line))


def _start_of(fmt: LogFormat, values: Keys | None) -> Start | None:
    if values is None:
        return None
    keys = _folded(values)
    stamp = None
    for key, written in ((key, written) for written in (values, keys) for key in fmt.time_keys):
        value = _value_of(written, key)
        if value and (stamp := read_value(plain(value))) is not None:
            break
    if stamp is None:
        # in a file of JSON lines every object is a record of its own, stamped or not
        return Start(None, sure=False) if fmt.kind == "json" else None
    return Start(
        stamp, sure=bool(fmt.signatures) or "@t" in keys or any(_value_of(keys, key) for key in fmt.level_keys)
    )


def _value_of(values: Keys, key: str) -> bytes:
    """The value of a key; ``a.b`` is also the ``b`` of the object under ``a``."""
    if key in values:
        return bytes(values[key])
    outer, _, inner = key.partition(".")
    if not inner or outer not in values or bytes(values[outer])[:1] != b"{":
        return b""
    try:
        return _value_of(_json().objects.decode(values[outer]), inner)
    except _json().refusals:
        return b""


def is_of_dialect(fmt: LogFormat, line: bytes) -> bool:
    """True when the line has the keys that set the dialect apart, or when the format is not a dialect at all."""
    if not fmt.signatures:
        return True
    values = (_read_json(line) if fmt.kind == "json" else logfmt.read(line)) or {}
    return any(
        all(key in values and looks.match(bytes(values[key])) for key, looks in signature)
        for signature in _signatures(fmt)
    )


@cache
def _signatures(fmt: LogFormat) -> tuple[tuple[tuple[str, re.Pattern[bytes]], ...], ...]:
    return tuple(
        tuple((key, re.compile(looks.encode())) for key, looks in signature.items()) for signature in fmt.signatures
    )


def read_keys(fmt: LogFormat, line: bytes) -> Keys | None:
    """The top-level values of a JSON or logfmt line by their keys in lower case; None when the line is neither.

    ``plain`` turns a value into text.
    """
    values = _read_json(line) if fmt.kind == "json" else logfmt.read(line)
    return None if values is None else _folded(values)


def written_levels(fmt: LogFormat, line: bytes) -> Iterator[bytes]:
    """What the line says under the keys of a level, the likeliest first; of logfmt in its own order."""
    if fmt.kind == "logfmt":
        yield from (value for key, value in logfmt.pairs(line) if key.lower() in fmt.level_keys)
        return
    line = _object(line)
    if line[:1] != b"{":
        return
    reader = _reader(fmt)
    try:
        values = reader.decoder.decode(line)
    except _json().refusals:
        pass
    else:
        for field in reader.levels:
            if value := bytes(getattr(values, field)):
                yield plain(value)
    keys = read_keys(fmt, line) or {}
    for key in fmt.level_keys:
        if value := _value_of(keys, key):
            yield plain(value)
    if "@t" in keys:
        yield b"info"  # CLEF leaves the level out where it is Information


def payload(fmt: LogFormat, line: bytes) -> bytes:
    """The line that is wrapped into this one; empty where there is none."""
    try:
        return _json().texts.decode(getattr(_reader(fmt).decoder.decode(_object(line)), _reader(fmt).payload)).encode()
    except _json().refusals:
        return b""


def read_elements(data: bytes) -> list[int] | None:
    """How many bytes each of the values has that stand in ``data`` with commas between them; None if none do."""
    try:
        return [len(each) for each in _json().elements.decode(b"[%b]" % data)]
    except _json().refusals:
        return None


def plain(value: bytes | Raw) -> bytes:
    """A value without its quotes; of an object what its first value is (``{"$date": "…"}``, ``{"level": "…"}``)."""
    value = bytes(value)
    if value[:1] == b"{" and (instant := _json().instant.fullmatch(value)) is not None:
        return b"%b.%b" % (instant[1], instant[2].rjust(9, b"0"))
    if value[:1] == b"{" and len(value) < 256 and (match := _json().key.search(value)) is not None:
        return match[2].strip(b'"')
    return value.strip(b'"')


def _folded(values: Keys) -> Keys:
    return {key.lower(): value for key, value in values.items()}


def _object(line: bytes) -> bytes:
    """The object of a line, without what stands around it where it is an element of an array over several lines."""
    if line[:1] == b"{" and line[-2:] in _ENDS:
        return line  # as in most logs
    inner = line.strip(b" \t\r\n[],")
    if inner[:1] != b"{" or inner[-1:] != b"}":
        return line
    if line[:1] == b"[":
        try:
            _json().objects.decode(inner)
        except _json().refusals:
            return line  # several objects: the whole array is one line
    return inner


def _read_json(line: bytes) -> Keys | None:
    line = _object(line)
    if line[:1] != b"{" or line[1:2] in b"\r\n":
        return None
    try:
        return _json().objects.decode(line)
    except _json().refusals:
        return _read_cut(line)


def _read_cut(line: bytes) -> Keys | None:
    """Of a line that was cut in the middle, or is not quite JSON, what can be seen of its keys."""
    if line[1:2] != b'"':
        return None
    return {key.decode(): value for key, value in reversed(_json().key.findall(line[:_CUT_LOOK]))}


_SCALAR = r'(?:"[^"\\]{0,200}"|-?\d{1,20}(?:\.\d{1,9})?|true|false|null)'
_MOMENT = r'("\d{4}-\d\d-\d\d[T ][\d:.,Z+-]{8,24}"|\d{10}(?:\.\d{1,9})?|\d{13}(?:\.\d{1,9})?|\d{16}|\d{19})'


class _Look:
    """Where the time of a line of JSON stands as a rule: behind a few plain values, or last of all."""

    def __init__(self, fmt: LogFormat) -> None:
        key = f'"({"|".join(map(re.escape, fmt.time_keys))})" ?: ?{_MOMENT}'
        other = rf'"[^"\\]{{1,64}}" ?: ?{_SCALAR}, ?'
        self.front = re.compile(rf"\{{(?:{other}){{0,6}}?{key}[,}}]".encode())
        self.end = re.compile(rf", ?{key}\}}\s{{0,2}}\Z".encode())
        self.quoted = tuple(f'"{key}"'.encode() for key in fmt.time_keys)


@cache
def _look(fmt: LogFormat) -> _Look:
    return _Look(fmt)


def find_time(fmt: LogFormat, line: bytes) -> bytes | None:
    """The text of the time of a line of JSON, found without reading the line; None when a closer look is needed.

    Whenever ``read_value`` can read it, it is the stamp that ``keyed_start`` finds.
    """
    if fmt.kind != "json" or len(line) > _CUT_LOOK or not fmt.time_keys or "." in "".join(fmt.time_keys):
        return None
    look = _look(fmt)
    match = look.front.match(line) or look.end.search(line, max(0, len(line) - 80))
    if match is None or b"\\u" in line:
        return None  # a key may be written with escapes
    for quoted in look.quoted:
        count = line.count(quoted)
        if quoted[1:-1] == match[1]:
            break
        if count:
            return None  # perhaps a better key
    if count != 1 or (fmt.wraps and (f'"{fmt.wraps}"'.encode() not in line or _may_go_on(fmt, line))):
        return None
    return match[2].strip(b'"')


def _may_go_on(fmt: LogFormat, line: bytes) -> bool:
    key = f'"{fmt.wraps}":'.encode()
    return line.count(key) != 1 or _json().goes_on.match(line, line.index(key) + len(key)) is not None
