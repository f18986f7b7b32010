"""Plants identifiers into calls and logs, and looks whether a ticket has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from bundler.errors import BundlerError
from bundler.providers.profile import Identifier, Operation, Profile
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_calls import Answer, Call, Sent
from tests.benchmarks.diagnosis_forms import FORMS
from tests.benchmarks.diagnosis_labels import NOTHING, File, LabelledTicket, Story
from tests.benchmarks.diagnosis_logs import STYLES, Record, access_line
from tests.benchmarks.diagnosis_score import case_of, checked
from tests.benchmarks.identifier_scenes import OPEN, Scene, value_of

EXCHANGES = ("har", "curl", "raw")


class Plant(NamedTuple):
    """One identifier in one place; ``truth`` is every id of the evidence by the provider's name for it."""

    number: int
    family: str
    name: str
    value: str
    place: str
    form: str
    files: tuple[tuple[str, bytes, str], ...]
    options: tuple[tuple[str, str], ...]
    origin: tuple[str, str]
    """The source and the beginning of the place where it has to be seen."""
    truth: dict[str, frozenset[str]]


class Outcome(NamedTuple):
    """Whether it was found, and which facts hold a value that nobody planted."""

    plant: Plant
    found: bool
    wrong: tuple[str, ...]
    remark: str


def plants(profile: Profile, seed: int) -> Iterator[Plant]:
    """Every identifier of every operation, in every place and form."""
    numbers = count(1)
    for family in profile.families:
        operations = [row for row in profile.operations if row.family == family.slug and row.direction == "outgoing"]
        for plant in (_in_paths(profile, operations, seed), _elsewhere(profile, family.slug, operations, seed)):
            yield from (each._replace(number=next(numbers)) for each in plant)


def _in_paths(profile: Profile, operations: list[Operation], seed: int) -> Iterator[Plant]:
    for operation in operations:
        for name in OPEN.findall(operation.path):
            for form in (*EXCHANGES, *STYLES):
                draws = Draws("identifiers", seed, operation.family, operation.name, name, form)
                scene = Scene(draws, profile, operation)
                if row := scene.known(name):
                    value = scene.params[name]
                    yield _written(scene, row, value, "path", form, scene.call({}, _body(operation)))


def _elsewhere(profile: Profile, family: str, operations: list[Operation], seed: int) -> Iterator[Plant]:
    """In query, header and bodies, of a call that is not to create the id itself."""
    for row in profile.identifiers:
        if row.families and family not in row.families:
            continue
        fitting = [each for each in operations if each.creates.lower() != row.name.lower()]
        if not fitting:
            continue
        for where in (*(["header"] if row.headers else []), *(_KEYED if row.keys else [])):
            forms = (*EXCHANGES, *STYLES) if where == "log" else EXCHANGES
            for form in forms:
                if (where == "log") != (form in STYLES):
                    continue
                draws = Draws("identifiers", seed, family, row.name, where, form)
                scene = Scene(draws, profile, draws.pick(fitting))
                if any(row.name == name for name in scene.truth):
                    continue  # the path holds another one already
                value = value_of(draws, row)
                scene.truth[row.name].add(value)
                yield _planted(scene, row, value, where, form)


_KEYED = ("query", "request body", "response body", "log")


def _body(operation: Operation) -> Any:
    return None if operation.method in {"GET", "DELETE"} else {"amount": 1250}


def _planted(scene: Scene, row: Identifier, value: str, where: str, form: str) -> Plant:
    draws = scene.draws
    key = draws.pick(row.keys) if row.keys else ""
    body, headers, query = _body(scene.operation), {}, ""
    answer: Any = {"title": "Conflict", "status": 409}
    if where == "header":
        headers = {draws.pick(row.headers): value}
    elif where == "query" or form == "nginx-access":
        query = f"?page=1&{key}={quote(value, safe=':')}"
    elif where == "request body":
        body = _nested(draws, {"amount": 1250}, key, value)
    elif where == "response body":
        answer = _nested(draws, answer, key, value)
    return _written(scene, row, value, where, form, scene.call(headers, body, query), answer, key)


def _nested(draws: Draws, body: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    written: Any = int(value) if value.isdigit() and value[0] != "0" and draws.below(2) else value
    held = {draws.pick((key, key[0].upper() + key[1:])): written}
    return {**body, "payment": held} if draws.below(3) == 0 else {**body, **held}


_PLACES = {"path": "URL path", "query": "URL query", "header": "request header"}


def _written(
    scene: Scene,
    row: Identifier,
    value: str,
    where: str,
    form: str,
    call: Call,
    answer: Any = None,
    key: str = "",
) -> Plant:
    """The call as a file, and what is to be found in it."""
    told = Answer(409, json.dumps(answer or {"title": "Conflict", "status": 409}).encode())
    sent = Sent(call, told, scene.shop.start)
    options: tuple[tuple[str, str], ...] = ()
    if form in STYLES:
        option, known, link = scene.link(row)
        fields = {known: link} if known else {}
        if form == "nginx-access":
            sign = "&" if "?" in call.url else "?"
            added = "".join(f"{sign}{name}={value}" for name, value in fields.items())
            sent = sent._replace(call=call._replace(url=call.url + added))
        elif where != "path":
            fields |= {key: value}
        data, line = _log(scene, sent, form, fields)
        files: tuple[tuple[str, bytes, str], ...] = (("service.log", data, ""),)
        origin = "service.log", f"line {line}"
        options = (("at", sent.started.isoformat()), (option, link))
    else:
        story = Story("ids", scene.family, row.name, (sent,), NOTHING)
        files = tuple((each.name, each.data, each.role) for each in FORMS[form](scene.draws, story))
        source = {"har": "trace.har", "raw": "exchange.txt"}.get(form, "call.sh")
        origin = "answer.txt" if (form, where) == ("curl", "response body") else source, _PLACES.get(where, where)
    truth = {name: frozenset(values) for name, values in scene.truth.items()}
    return Plant(0, scene.family, row.name, value, where, form, files, options, origin, truth)


def _log(scene: Scene, sent: Sent, style: str, fields: dict[str, str]) -> tuple[bytes, int]:
    """Records of other payments around the one that tells of the failure; which line that is on."""
    draws, write = scene.draws, STYLES[style]
    lines: list[str] = []
    for seconds in (65, 31, 8):
        lines += _of_another(scene, style, sent, seconds)
    if style == "nginx-access":
        return "\n".join((*lines, access_line(draws, sent))).encode() + b"\n", len(lines) + 1
    words = f"{sent.call.method} {sent.call.url} failed with status 409"
    if style == "json-lines":
        held = {"timestamp": f"{sent.started:%Y-%m-%dT%H:%M:%SZ}", "level": "error", "message": words, **fields}
        return "\n".join((*lines, json.dumps(held))).encode() + b"\n", len(lines) + 1
    form = _FIELDS.get(style) or draws.pick(("{0}={1}", "{0}: {1}", '{{"{0}":"{1}"}}', "{0} {1}"))
    words = " ".join((words, *(form.format(*pair) for pair in fields.items())))
    at = sum(line.count("\n") + 1 for line in lines) + (2 if style == "dotnet" else 1)
    text = "\n".join((*lines, write(draws, Record(sent.started, "ERROR", words)))) + "\n"
    return text.encode(), at


_FIELDS = {"logfmt": "{0}={1}", "dotnet": "{0}: {1}", "logback": "[{0}={1}]"}
"""How a style writes a field into its message; the others do it in any way."""


def _of_another(scene: Scene, style: str, sent: Sent, seconds: int) -> list[str]:
    """A record about some other payment, in which nothing failed."""
    draws = scene.draws
    other = Scene(draws, scene.profile, scene.operation)
    call = other.call({}, None)
    moment = sent.started - timedelta(seconds=seconds)
    if style == "nginx-access":
        return [access_line(draws, Sent(call, Answer(200, b"{}"), moment))]
    return [STYLES[style](draws, Record(moment, "INFO", f"{call.method} {call.url} answered 200"))]


def _is_typed(fact: dict[str, Any]) -> bool:
    """What the user said is no finding of ours, whatever it is called."""
    return bool(fact["origins"]) and fact["origins"][0]["source"] == "you"


def look(plant: Plant, folder: Path) -> Outcome:
    """Make a ticket of the plant and compare its facts with the truth."""
    files = tuple(File(*each) for each in plant.files)
    story = Story("ids", plant.family, plant.name, (), NOTHING)
    ticket = LabelledTicket(plant.number, story, plant.form, files, plant.options)
    try:
        facts = checked(case_of(ticket, folder))["facts"]
    except BundlerError as error:
        return Outcome(plant, False, (), f"refused: {error.message}")
    ids = [facts["payment_id"], facts["merchant_id"], *facts["trace_ids"], *facts["others"]]
    ids = [each for each in ids if each]
    wrong = tuple(
        f"{each['name']} = {each['value']}"
        for each in ids
        if each["value"] not in plant.truth.get(each["name"], ()) and not each["rivals"] and not _is_typed(each)
    )
    same = [each for each in ids if (each["name"], each["value"]) == (plant.name, plant.value)]
    places = [(origin["source"], origin["place"]) for each in same for origin in each["origins"]]
    source, where = plant.origin
    exact = where.startswith("line ")
    found = any(one == source and (at == where if exact else where in at) for one, at in places)
    remark = (
        f"wrong: {', '.join(wrong)}"
        if wrong
        else f"at {places}"
        if same
        else f"not among {[each['name'] for each in ids]}"
    )
    return Outcome(plant, found, wrong, remark)
