"""Puts a mail into the user's mailbox: a draft that any of their programs sends, or a copy of what was sent."""

from __future__ import annotations

import re

from bundler.delivery.accounts import Account, Credential
from bundler.delivery.folders import Folder, find_folder, find_named, quote
from bundler.delivery.mailbox import Answer, Mailbox, entered
from bundler.delivery.mailbox_line import Unreachable
from bundler.delivery.marks import HEADERS, Mark, read_mark
from bundler.delivery.outcome import Outcome
from bundler.errors import BundlerError, EnvironmentProblem, MisuseError, UnreadableInput
from bundler.mail.guard import MAIL_LIMITS
from bundler.mail.letter import Letter

AGAIN = "Run the same command again: it replaces a draft of the same ticket and makes no second one."

_RECENT = 200
"""How many drafts we look at one by one where a search by header finds none: not every server searches in all."""
_AN_ID = re.compile(r"[A-Za-z0-9-]{1,80}")
_FOR_NOW = {"UNAVAILABLE", "INUSE", "SERVERBUG"}  # RFC 5530
_TOO_LARGE = {"LIMIT", "TOOBIG"}  # RFC 5530, RFC 7889
_NO_FOLDER = {"TRYCREATE", "NONEXISTENT"}  # RFC 3501 section 7.1, RFC 5530
_SHOWN_FOLDERS = 12
_TOGETHER = 5
"""How many times the largest mail those of one ticket may have together, for all are held at once."""


def deliver_by_imap(letter: Letter, account: Account, credential: Credential) -> Outcome:
    r"""Puts ``letter`` among the drafts of the account's mailbox, and takes an older draft of the same ticket away.

    Only what has the flag ``\Draft`` and exactly this ticket's id is taken away, after the new draft is there; what
    follows a ticket up leaves the ticket's own draft where it is, and the other way round. Of several mails of one
    ticket each has a draft of its own (``marks``).
    ``unknown`` when the connection ended under way: the draft may be there, and another run replaces it. ``later``
    when there is no way to the mailbox.

    Raises ``LoginRefused`` for a wrong password or token, and ``EnvironmentProblem`` for a server that is not to be
    trusted, a mailbox without a folder for drafts, or a mail that it says it will not take; nothing was put there then.
    """
    if letter.manner != "imap":
        raise ValueError("only a letter made for a mailbox goes there")
    try:
        with entered(account, credential) as mailbox:
            folder = _folder(mailbox, account, r"\Drafts", account.drafts)
            _check_size(mailbox, folder, letter)
            mailbox.select(folder, to_change=True)
            old = _drafts_of(mailbox, letter)
            answer = mailbox.append(folder, r"(\Draft \Seen)", letter.data)
            if answer is None or not answer.is_done:
                return _not_delivered(mailbox, account, folder, answer, AGAIN)
            told = f"The draft is in {folder.name} of {account.login}{_replace(mailbox, old)}."
            return Outcome(
                "delivered", told, "Open it there in your mail program or webmail, and press Send.", place=folder.name
            )
    except Unreachable as error:
        return Outcome("later", f"{error.message} Nothing was put into the mailbox.", AGAIN)


def file_sent_copy(letter: Letter, account: Account, credential: Credential) -> Outcome:
    """Puts what was sent into the folder for sent mail, unless it is there already.

    Ends and raises as ``deliver_by_imap`` does; whatever it says, the mail itself was sent before.
    """
    try:
        with entered(account, credential) as mailbox:
            folder = _folder(mailbox, account, r"\Sent", account.sent)
            _check_size(mailbox, folder, letter)
            mailbox.select(folder, to_change=True)
            if letter.message_id and mailbox.search("HEADER Message-ID", quote(letter.message_id)):
                return Outcome(
                    "delivered", f"{folder.name} of {account.login} has the mail already.", place=folder.name
                )
            answer = mailbox.append(folder, r"(\Seen)", letter.data)
            if answer is None or not answer.is_done:
                return _not_delivered(mailbox, account, folder, answer, "")
            return Outcome("delivered", f"A copy is in {folder.name} of {account.login}.", place=folder.name)
    except Unreachable as error:
        return Outcome("later", f"{error.message} There is no copy of the sent mail in the mailbox.")


def limit_of_mailbox(account: Account, credential: Credential) -> int | None:
    """The largest draft that the mailbox takes, in bytes (RFC 7889); None where it does not say, or not now.

    Raises as ``deliver_by_imap`` does.
    """
    try:
        with entered(account, credential) as mailbox:
            return mailbox.find_append_limit(_folder(mailbox, account, r"\Drafts", account.drafts))
    except Unreachable:
        return None


def fetch_letters(
    account: Account,
    credential: Credential,
    ticket_id: str,
    folder: str = "INBOX",
    *,
    size_limit: int = MAIL_LIMITS.size,
) -> list[bytes]:
    """The mails of a ticket in a folder, byte by byte, still unread if they were; of one that is there more than once
    the newest, and of several that belong together those that do so with the newest, in their order. What follows the
    ticket up comes after it, in the order in which it arrived.

    The ticket is looked for in the header of ours, and where a program took that away, in the subject: its mails cannot
    be told apart then, and it is the newest alone.

    Raises ``MisuseError`` for a ticket id that none is, ``UnreadableInput`` where there is no such folder or mail or it
    has more than ``size_limit`` bytes, else as ``deliver_by_imap`` does, with ``Unreachable`` where there is no way to
    the mailbox.
    """
    if not _AN_ID.fullmatch(ticket_id):
        raise MisuseError("A ticket id has letters, digits and hyphens only.", "It stands in the subject of the mail.")
    with entered(account, credential) as mailbox:
        mailbox.select(_named(mailbox, folder), to_change=False)
        found = _letters_of(mailbox, ticket_id)
        if not found:
            raise UnreadableInput(
                f"The folder {folder} of {account.login} has no such mail.", "Name another folder or mail."
            )
        _check_sizes([each.size for each in mailbox.fetch(found, "RFC822.SIZE")], size_limit)
        return [_content(mailbox, uid, size_limit) for uid in found]


def _check_sizes(sizes: list[int], size_limit: int) -> None:
    if max(sizes, default=0) > size_limit:
        raise UnreadableInput(f"The mail is larger than {size_limit:,} bytes.", "Verify the bundle itself (the .zip).")
    if sum(sizes) > size_limit * _TOGETHER:
        raise UnreadableInput(
            f"The {len(sizes)} mails of the ticket have more than {size_limit * _TOGETHER:,} bytes together.",
            "Save them as files, and verify each of them.",
        )


def _content(mailbox: Mailbox, uid: int, size_limit: int) -> bytes:
    mails = mailbox.fetch([uid], "BODY.PEEK[]", size_limit)
    content = next((each.content for each in mails if each.content), b"")
    if not content:
        raise UnreadableInput(f"{mailbox.where} does not hand the mail out.")
    return content


def _folder(mailbox: Mailbox, account: Account, use: str, name: str) -> Folder:
    folders = mailbox.folders()
    what = {r"\Drafts": "drafts", r"\Sent": "sent"}[use]
    found = find_named(folders, name) if name else find_folder(folders, use)
    if found is None:
        missing = f"named {name}" if name else f"for {'drafts' if what == 'drafts' else 'sent mail'} that we know"
        raise EnvironmentProblem(
            f"The mailbox of {account.login} has no folder {missing}; nothing was put there.",
            f'Set {what} = "NAME" for the account {account.name}; the mailbox has: {_listed(folders)}.',
        )
    return found


def _listed(folders: list[Folder]) -> str:
    names = [each.name for each in folders if each.name.isprintable()]
    return ", ".join(names[:_SHOWN_FOLDERS]) + (", …" if len(names) > _SHOWN_FOLDERS else "")


def _named(mailbox: Mailbox, name: str) -> Folder:
    folders = mailbox.folders()
    found = find_named(folders, name)
    if found is None:
        raise UnreadableInput(f"The mailbox has no folder {name}.", f"It has: {_listed(folders)}.")
    return found


def _check_size(mailbox: Mailbox, folder: Folder, letter: Letter) -> None:
    limit = mailbox.find_append_limit(folder)
    if limit is not None and len(letter.data) > limit:
        raise EnvironmentProblem(
            f"The mail has {len(letter.data):,} bytes, and the mailbox takes at most {limit:,}; nothing was put there.",
            f"Make a smaller one with ticket-bundler create … --size-limit {limit}",
        )


def _drafts_of(mailbox: Mailbox, letter: Letter) -> list[int]:
    """The UIDs of the drafts of this very mail. A search finds ids that only begin alike, too."""
    mark = read_mark(letter.data[: letter.data.find(b"\r\n\r\n")])
    if mark is None:
        raise ValueError("a letter for a mailbox tells which mail of which ticket it is")
    found = mailbox.search("UNDELETED DRAFT HEADER X-Ticket-Id", quote(letter.ticket_id))
    found = found or mailbox.search("UNDELETED DRAFT")[-_RECENT:]
    drafts = mailbox.fetch(found, f"FLAGS BODY.PEEK[HEADER.FIELDS ({HEADERS})]")
    marked = [(each.uid, read_mark(each.content)) for each in drafts if "\\draft" in each.flags]
    return [uid for uid, other in marked if other is not None and mark.takes_place_of(other)]


def _letters_of(mailbox: Mailbox, ticket_id: str) -> list[int]:
    """The UIDs of a ticket's mails, the newest of each."""
    found = mailbox.search("HEADER X-Ticket-Id", quote(ticket_id))
    mails = mailbox.fetch(found, f"BODY.PEEK[HEADER.FIELDS ({HEADERS})]")
    marks = {each.uid: mark for each in mails if (mark := read_mark(each.content)) and mark.ticket_id == ticket_id}
    if not marks:
        return mailbox.search("SUBJECT", quote(ticket_id))[-1:]
    updates = dict.fromkeys(marks[uid].update for uid in sorted(marks))
    ordered = sorted(updates, key=bool)  # the ticket itself first, also where it was sent anew after a follow-up
    return [
        uid for update in ordered for uid in _newest({uid: marks[uid] for uid in marks if marks[uid].update == update})
    ]


def _newest(marks: dict[int, Mark]) -> list[int]:
    """Of one ticket, or of one follow-up: the newest mail, or those that belong together with it."""
    count = marks[max(marks)].count
    parts = {marks[uid].number: uid for uid in sorted(marks) if marks[uid].count == count}
    return [parts[number] for number in sorted(parts)]


def _replace(mailbox: Mailbox, old: list[int]) -> str:
    """Takes the old drafts away, and tells the end of a sentence about it; the new draft is there in any case."""
    if not old:
        return ""
    which = "the older one" if len(old) == 1 else f"the {len(old)} older ones"
    try:
        if mailbox.remove(old):
            return f" and replaces {which}"
    except BundlerError as error:
        return f"; {which} may still be beside it ({error.message.rstrip('.')})"
    return f"; {which} could only be marked as deleted, since other mails there are marked too"


def _not_delivered(mailbox: Mailbox, account: Account, folder: Folder, answer: Answer | None, again: str) -> Outcome:
    place, owner, nothing = folder.name, account.login, "nothing was put there"
    if answer is None:
        told = f"{mailbox.where} was given the mail and never answered: it may be in {place} of {owner}."
        return Outcome("unknown", told, again, place=place)
    words = answer.words
    if answer.code in _FOR_NOW:
        return Outcome("later", f"{mailbox.where} does not take the mail now ({words}); {nothing}.", again)
    if answer.code in _TOO_LARGE:
        told = f"{mailbox.where} takes no mail as large as this ({words})"
        hint = "Make a smaller one with ticket-bundler create … --size-limit SIZE"
    elif answer.code == "OVERQUOTA":
        told, hint = f"The mailbox of {owner} is full ({words})", f"Delete mail there. {again}".rstrip()
    elif answer.code in _NO_FOLDER:
        told, hint = f"The mailbox of {owner} has no folder {place} any more", "Make it in your mail program."
    else:
        told, hint = f"{mailbox.where} does not take the mail ({words})", "The server's words tell what to change."
    return Outcome("refused", f"{told}; {nothing}.", hint)
