"""The way through: evidence in, one safe and checked ticket out, and the parcel made of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, tzinfo
from itertools import count, repeat

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bundler import checks, failing
from bundler.assemble import excerpts as cutting
from bundler.assemble.assumed import assumption
from bundler.assemble.call_sources import CallSource
from bundler.assemble.calls import Calls, read_calls, require_fault, with_payment
from bundler.assemble.case import NO_THREAD, Case, NoProgress, Progress, Thread
from bundler.assemble.facts import environment_of, family_of, known_time, summary_of, with_time
from bundler.assemble.logged_failure import failure_after, find_logged_failure, ids_of_failure, last_mention
from bundler.assemble.picturing import clean_picture, require_pictures
from bundler.assemble.pile import Pile, provider_of_logs, sort_evidence
from bundler.config import Settings
from bundler.errors import MisuseError
from bundler.evidence.commands import Collected, CommandSource
from bundler.excerpts.collecting import PARTIAL, collect_logs, find_sources
from bundler.excerpts.cutting import LogSource, Reference
from bundler.identify import identify
from bundler.model import Excerpt, Facts, SafeTicket, Taken, Ticket
from bundler.providers.profile import Profile
from bundler.redact import Vault, mask_text, redact
from bundler.redact.placeholders import Placeholders, derive_key
from bundler.redact.words import NO_WORDS, Words, refuse_masking_of

__all__ = ["Case", "Draft", "NoProgress", "Progress", "make_draft"]


class Moment(Struct, frozen=True):
    """When and where the ticket is made: the present moment, the zone of times that name none, the ticket's key."""

    now: datetime
    zone: tzinfo
    zone_from: str
    key: bytes


class Draft(Struct, frozen=True):
    """A safe and checked ticket, the private map of its placeholders, and the profile it was made by."""

    ticket: SafeTicket
    vault: Vault
    profile: Profile
    assumed_provider: str = ""
    """A sentence, where nobody named the provider and no host that a profile knows told it."""
    words: Words = NO_WORDS
    thread: Thread = NO_THREAD

    @property
    def is_partial(self) -> bool:
        """True when a program that hands out logs failed, took too long, or wrote more than was taken."""
        return any(taken.state in PARTIAL for taken in self.ticket.evidence)


def make_draft(
    case: Case, settings: Settings, moment: Moment, progress: Progress, meanwhile: Callable[[], None] = lambda: None
) -> Draft:
    """Everything found in ``case.evidence``, without its secrets, with what the checks say of it.

    ``meanwhile`` is called where other processes search a large log and we would wait for them.
    """
    reference = Reference(moment.zone, moment.zone_from, moment.now)
    with closing(cutting.Cutter(reference, progress, meanwhile)) as cutter:
        if (earlier := case.earlier) is None:
            return _drafted(*_gather(case, settings, moment, cutter), case, settings, moment)
        from bundler.assemble.following import continued, only_new, with_earlier

        ticket, calls = _gather(with_earlier(case, earlier), settings, moment, cutter)
    draft = _drafted(continued(ticket, case, earlier), calls, case, settings, moment)
    return replace(draft, ticket=only_new(draft.ticket, earlier))


def _drafted(ticket: Ticket, calls: Calls, case: Case, settings: Settings, moment: Moment) -> Draft:
    """The ticket without its secrets, and checked."""
    occurred = ticket.facts.occurred_at
    placeholders = Placeholders(
        case.known,
        key=derive_key(moment.key),
        moment=occurred.value if occurred else None,
        preserves_format=case.preserves_format,
    )
    _require_needed(case.words, ticket, calls.profile)
    safe, vault = redact(ticket, calls.profile, placeholders=placeholders, words=case.words)
    assumed = assumption(safe, calls, is_named=bool(case.provider or settings.provider))
    checked = checks.run(safe, calls.profile, now=moment.now)
    return Draft(checked, vault, calls.profile, assumed, case.words, case.thread)


def _gather(case: Case, settings: Settings, moment: Moment, cutter: cutting.Cutter) -> tuple[Ticket, Calls]:
    """The ticket as it was found, secrets included: it goes to ``redact`` and nowhere else."""
    told = known_time(case, moment.now, moment.zone, moment.zone_from)
    pile = sort_evidence(case, settings)
    clues = failing.Clues(ids=tuple(case.typed_ids.values()), at=told.value if told else None)
    provider = case.provider or settings.provider
    require_pictures(case, pile.pictures)
    cutter.begin(pile.logs, case.narrowing_ids)
    with ThreadPoolExecutor(max_workers=1) as aside:  # decoding pictures leaves the interpreter free for the rest
        cleaning = aside.map(clean_picture, pile.pictures, repeat(case), count(1))
        calls = read_calls(pile.calls, case, clues, provider, cutter.progress, fallback=_usual(case, pile))
        pictures = tuple(cleaning)

    _require_ids(case, calls.profile)
    facts = _identify(calls, case, ())
    facts = with_time(facts, calls, told, moment.zone, moment.zone_from, moment.now)
    sources = find_sources(case.log_commands, case.log_sources, settings) if case.asks_programs else ()
    cut_out, facts, collected = _follow(cutter, pile.logs, sources, calls, facts, case)
    if calls.payments.several and facts.payment_id is not None:
        calls = with_payment(calls, pile.calls, facts.payment_id.value)
        facts = replace(_identify(calls, case, cut_out), occurred_at=facts.occurred_at)
    failure_logged = cutting.first_failure(cut_out, cutting.searchable(facts)) is not None
    require_fault(calls, case, pile.calls, told_otherwise=failure_logged or bool(pictures))

    ticket = Ticket(
        ticket_id="",
        created=moment.now,
        provider=calls.profile.slug,
        kind=case.kind,
        family=family_of(calls, cut_out),
        environment=case.environment or environment_of(calls, cut_out),
        summary=case.summary or summary_of(calls, case),
        event=case.event or None,
        notes=(*settings.notes, *case.notes),
        reporter=settings.reporter,
        facts=facts,
        exchanges=calls.exchanges,
        failing=calls.failing,
        failing_reasons=calls.reasons,
        logs=tuple(excerpt for excerpt in cut_out if excerpt.spans),
        pictures=pictures,
        evidence=tuple(_with_outcome([*pile.taken, *map(_taken, collected)], pile.calls, cut_out, calls.remark)),
        not_looked_into=tuple(f"{picture.source}: what is seen in a picture is not searched" for picture in pictures),
    )
    return replace(ticket, ticket_id=_ticket_id(ticket, moment.key)), calls


def _usual(case: Case, pile: Pile) -> str:
    """Whose ticket it is when no call tells: that of the ticket before, else what logs name."""
    return case.earlier.document.provider if case.earlier else provider_of_logs(pile)


def _follow(
    cutter: cutting.Cutter,
    log_sources: Sequence[LogSource],
    sources: Sequence[CommandSource],
    calls: Calls,
    facts: Facts,
    case: Case,
) -> tuple[tuple[Excerpt, ...], Facts, tuple[Collected, ...]]:
    """The one loop of the way: ids and the moment that are first found in logs send us through the logs once more."""
    reference, progress = cutter.reference, cutter.progress
    logged = None
    if calls.failing is None and facts.occurred_at is None and not (case.typed_ids or calls.payments.one):
        logged = find_logged_failure(log_sources, calls.profile, reference, progress)
    clues = logged.ids if logged is not None else ()
    if logged is not None and logged.moment is not None:
        place = (logged.moment, logged.source, logged.line)
        facts = with_time(facts, calls, None, *reference, place)
    mention: datetime | None = None
    searched: tuple[tuple[str, ...], datetime | None] | None = None
    cut_out: tuple[Excerpt, ...] = ()
    collected: tuple[Collected, ...] = ()
    for _ in range(2):
        ids = tuple(dict.fromkeys((*cutting.searchable(facts), *clues)))
        occurred = facts.occurred_at.value if facts.occurred_at else None
        if not (log_sources or sources) or (ids, occurred or mention) == searched:
            break
        searched = (ids, occurred or mention)
        window = cutting.window_of(occurred or mention, calls, case)
        asked: tuple[LogSource, ...] = ()
        if sources:
            payment = facts.payment_id.value if facts.payment_id else ""
            collection = collect_logs(
                sources, window=window, ids=ids, payment_id=payment, reference=reference, progress=progress
            )
            collected, asked = collection.collected, collection.logs
        remarks = cutting.skew_remarks(calls) if window is not None else ()
        remarks += (logged.remark,) if logged is not None and logged.remark else ()
        cut_out = cutter.cut((*log_sources, *asked), ids, window, remarks)
        found = _identify(calls, case, cut_out, clues)
        facts = replace(found, occurred_at=facts.occurred_at)
        if facts.occurred_at is None:
            failure = cutting.first_failure(cut_out, ids)
            if failure is None and (failure := failure_after(cut_out, mention)) is not None:
                clues = (*clues, *ids_of_failure(cut_out, failure, calls.profile))
                facts = _identify(calls, case, cut_out, clues)
            if failure is not None:
                facts = with_time(facts, calls, None, *reference, failure)
            mention = last_mention(cut_out)
    return cut_out, facts, collected


def _identify(calls: Calls, case: Case, cut_out: Sequence[Excerpt], clues: Sequence[str] = ()) -> Facts:
    return identify(
        calls.profile,
        typed=case.typed_ids,
        exchanges=calls.telling,
        failing=calls.failing,
        logs=cut_out,
        clues=clues,
    )


def _taken(collected: Collected) -> Taken:
    """A command among the evidence: what was run, and what became of it."""
    why = collected.why or "asked for with --log-source or --log-command"
    if collected.state != "ok":
        why = f"{collected.state.replace('-', ' ')}: {why}"
    is_used = collected.source is not None
    notes = (collected.shown,) if collected.command else ()
    return Taken(
        collected.name, "log: program", why, used=is_used, size=collected.size, notes=notes, state=collected.state
    )


def _with_outcome(
    taken: Sequence[Taken], call_sources: Sequence[CallSource], cut_out: Sequence[Excerpt], remark: str
) -> Iterator[Taken]:
    """``taken`` with the readers' notes, what each log covers, and whether anything was taken from it.

    ``remark`` is what there is to say of every recording, or "".
    """
    remarks = (remark,) if remark else ()
    notes = {call_source.source.name: (*call_source.notes, *remarks) for call_source in call_sources}
    excerpts = {excerpt.source: excerpt for excerpt in cut_out}
    for each in taken:
        excerpt = excerpts.get(each.source)
        if excerpt is None:
            yield replace(each, notes=notes.get(each.source, ()))
            continue
        read = replace(each, notes=(*each.notes, *excerpt.notes), first=excerpt.source_first, last=excerpt.source_last)
        yield read if excerpt.spans else replace(read, used=False, reason="nothing in it belongs to this payment")


def _require_ids(case: Case, profile: Profile) -> None:
    """Refuse a typed id that is secret or personal by its name or its looks: an id of the ticket is never masked."""
    for name, value in case.typed_ids.items():
        written = f"{name}={value}"
        if mask_text(written, profile) != written:
            raise MisuseError(
                "What was typed as an id is a secret or personal, and ids are not masked; nothing was written.",
                "Give the id that support looks the payment up by; tell everything else with --note, which is masked.",
            )


def _require_needed(words: Words, ticket: Ticket, profile: Profile) -> None:
    """Refuse to mask what a ticket cannot do without, and what says who writes it to whom."""
    facts, reporter = ticket.facts, ticket.reporter
    needed = {
        "the payment id": facts.payment_id.value if facts.payment_id else "",
        "the merchant id": facts.merchant_id.value if facts.merchant_id else "",
        "the address of support": profile.support.address,
        "reporter.name of the configuration": reporter.name,
        "reporter.company of the configuration": reporter.company,
        "reporter.email of the configuration": reporter.email,
        "integration.name of the configuration": reporter.integration,
    }
    refuse_masking_of(words, needed)


def _ticket_id(ticket: Ticket, key: bytes) -> str:
    """``TB-`` and eight characters that follow from evidence, moment and key."""
    try:
        whole = msgspec.msgpack.encode(ticket)
    except UnicodeEncodeError:  # a lone surrogate, which a file's name or a typed word may hold, has no UTF-8
        whole = repr(ticket).encode("utf-8", "backslashreplace")
    digest = hmac.new(key, whole, hashlib.sha256).digest()
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that looks like a digit
    return "TB-" + "".join(alphabet[byte % 32] for byte in digest[:8])
