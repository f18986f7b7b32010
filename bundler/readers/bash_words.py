"""Splits a command written for bash into its words, exactly as bash would, and evaluates nothing.

The rules are those of the bash reference manual, sections 3.1.2 (quoting) and 3.6 (redirections). What bash would have
replaced (variables, command substitutions, braces) is kept as written and marked as unresolved.
"""

from __future__ import annotations

import re

from msgspec import Struct

from bundler.readers.ansi_quotes import read_ansi_quoted

_PLAIN = re.compile(r"[^ \t\r\n'\"\\$`;&|<>()]+")
_BLANK = re.compile(r"[ \t]+")
_REDIRECTION = re.compile(r"&>>?|<<<|<<-?|[<>]&|>>|>\||<>|[<>]")
_IN_QUOTES = re.compile(r'[^"\\$`]+')
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!-]|\$")
_NESTED = {"(": re.compile(r"[()'\"\\]"), "{": re.compile(r"[{}'\"\\]")}
_BRACES = re.compile(r"\{([^{}]*)\}")
_HERE_LIMIT = 8
WORD_LIMIT = 10_000
"""Words and redirections of one command that are read at most."""
_ENDS = frozenset("\n;|()")


class Word(Struct, frozen=True):
    """One word after quote removal; ``is_unresolved`` where bash would have put something else in its place."""

    text: str
    is_unresolved: bool = False


class Command(Struct, frozen=True):
    """The words of one simple command and where in the text it ended; ``stdin`` is its here-document, if any."""

    words: tuple[Word, ...]
    end: int
    stdin: Word | None = None
    notes: tuple[str, ...] = ()


def read_command(text: str, start: int = 0, *, has_prompt: bool = False) -> Command:
    """Read one simple command from ``start`` on, up to a newline, ``;``, ``|``, ``&`` or a parenthesis.

    ``has_prompt`` says that the text was copied from a terminal, so that further lines may begin with ``> ``. Never
    fails: an unclosed quote reaches to the end of the text and is noted.
    """
    return _Scanner(text, start, has_prompt).command()


class _Scanner:
    def __init__(self, text: str, position: int, has_prompt: bool) -> None:
        self._text = text
        self._at = position
        self._has_prompt = has_prompt
        self._notes: dict[str, None] = {}
        self._stdin: Word | None = None
        self._here: list[tuple[Word, bool, bool]] = []  # delimiter, quoted, tabs are stripped

    def command(self) -> Command:
        words = []
        for _ in range(WORD_LIMIT):
            self._skip_blanks()
            if self._is_end():
                break
            word = self._redirection_or_word()
            if word is not None:
                words.append(word)
        else:
            self._notes[f"Only the first {WORD_LIMIT} words of the command were read."] = None
            self._at = self._line_end(self._at)
        self._ended_by_ampersand()
        self._here_documents()
        return Command(tuple(words), self._at, self._stdin, tuple(self._notes))

    def _is_end(self) -> bool:
        text, at = self._text, self._at
        if at >= len(text) or text[at] in _ENDS or text.startswith(("\r\n", "```"), at):
            return True
        return text[at] == "&" and not text.startswith("&>", at)

    def _ended_by_ampersand(self) -> None:
        after = self._text[self._at : self._at + 2]
        if after[:1] == "&" and after not in ("&&", "& ", "&\n", "&"):
            self._notes["An unquoted & ended the command, as it does in bash: was the URL meant to be quoted?"] = None

    def _skip_blanks(self) -> None:
        while True:
            if found := _BLANK.match(self._text, self._at):
                self._at = found.end()
            elif (width := self._continuation()) > 0:
                self._at += width
            elif self._text.startswith("#", self._at):
                self._at = self._line_end(self._at)
            else:
                return

    def _continuation(self) -> int:
        """The width of a backslash and line end that stand here, with the prompt of the next line; 0 for none."""
        for line_end in ("\\\n", "\\\r\n"):
            if self._text.startswith(line_end, self._at):
                end = self._at + len(line_end)
                return len(line_end) + (2 if self._has_prompt and self._text.startswith("> ", end) else 0)
        return 0

    def _line_end(self, position: int) -> int:
        end = self._text.find("\n", position)
        return len(self._text) if end < 0 else end

    def _redirection_or_word(self) -> Word | None:
        """A word of the command; None for a redirection, which bash takes away together with its target."""
        operator = _REDIRECTION.match(self._text, self._at)
        if operator is None or self._text.startswith(("<(", ">("), self._at):
            word, is_quoted = self._word()
            beside = _REDIRECTION.match(self._text, self._at) if word.text.isdigit() and not is_quoted else None
            if beside is None or beside[0].startswith("&"):
                return word
            operator = beside
        self._at = operator.end()
        while found := _BLANK.match(self._text, self._at):
            self._at = found.end()
        if self._is_end():
            return None
        target, is_quoted = self._word()
        if operator[0] == "<<<":
            self._stdin = Word(target.text + "\n", target.is_unresolved)
        elif operator[0] in ("<<", "<<-") and len(self._here) < _HERE_LIMIT:
            self._here.append((target, is_quoted, operator[0] == "<<-"))
        return None

    def _here_documents(self) -> None:
        for delimiter, is_quoted, strips_tabs in self._here:
            lines = []
            start = self._line_end(self._at) + 1
            while start < len(self._text):
                end = self._line_end(start)
                line = self._text[start:end].removesuffix("\r")
                line = line.lstrip("\t") if strips_tabs else line
                start = end + 1
                if line == delimiter.text:
                    break
                lines.append(line + "\n")
            self._at = min(start, len(self._text))
            document = "".join(lines)
            self._stdin = Word(document, not is_quoted and ("$" in document or "`" in document))

    def _word(self) -> tuple[Word, bool]:
        """The word that begins here, and whether a part of it was quoted."""
        pieces: list[str] = []
        bare: list[str] = []  # what stood outside quotes, for braces
        is_quoted = is_unresolved = False
        text = self._text
        while self._at < len(text):
            mark = text[self._at]
            if found := _PLAIN.match(text, self._at):
                self._at = found.end()
                is_unresolved |= mark == "~" and not pieces and not is_quoted
                pieces.append(found[0])
                bare.append(found[0])
            elif width := self._continuation():
                self._at += width
            elif mark == "\\":
                is_quoted = True
                pieces.append(text[self._at + 1 : self._at + 2])
                self._at += 2
            elif mark == "'":
                is_quoted = True
                pieces.append(self._single_quoted())
            elif mark == '"' or text.startswith('$"', self._at):
                is_quoted = True
                self._at += 1 if mark == '"' else 2
                piece, replaced = self._double_quoted()
                pieces.append(piece)
                is_unresolved |= replaced
            elif text.startswith("$'", self._at):
                is_quoted = True
                pieces.append(self._ansi_quoted())
            elif mark in "$`" or text.startswith(("<(", ">("), self._at):
                piece, replaced = self._expansion()
                pieces.append(piece)
                is_unresolved |= replaced
            elif mark == "\r" and not text.startswith("\n", self._at + 1):
                self._at += 1
                pieces.append(mark)
            else:
                break
        is_unresolved |= any("," in group[1] or ".." in group[1] for group in _BRACES.finditer("".join(bare)))
        return Word("".join(pieces), is_unresolved), is_quoted

    def _single_quoted(self) -> str:
        start = self._at + 1
        end = self._text.find("'", start)
        if end < 0:
            end = self._unclosed()
        self._at = min(end + 1, len(self._text))
        return self._without_prompts(self._text[start:end])

    def _double_quoted(self) -> tuple[str, bool]:
        """What stands up to the closing quote, with the only escapes that count there: ``\\$ \\` \\" \\\\`` newline."""
        pieces: list[str] = []
        is_unresolved = False
        text = self._text
        while self._at < len(text):
            mark = text[self._at]
            if found := _IN_QUOTES.match(text, self._at):
                self._at = found.end()
                pieces.append(self._without_prompts(found[0]))
            elif mark == '"':
                self._at += 1
                return "".join(pieces), is_unresolved
            elif width := self._continuation():
                self._at += width
            elif mark == "\\":
                following = text[self._at + 1 : self._at + 2]
                pieces.append(following if following and following in '$`"\\' else mark + following)
                self._at += 2
            else:
                piece, replaced = self._expansion()
                pieces.append(piece)
                is_unresolved |= replaced
        self._unclosed()
        return "".join(pieces), is_unresolved

    def _ansi_quoted(self) -> str:
        content, end = read_ansi_quoted(self._text, self._at + 2)
        if end >= len(self._text):
            self._unclosed()
        self._at = min(end + 1, len(self._text))
        return self._without_prompts(content)

    def _expansion(self) -> tuple[str, bool]:
        """A ``$…``, backtick or ``<(…)`` as written, and whether bash would have replaced it."""
        text, start = self._text, self._at
        if text[start] == "`":
            end = start + 1
            while end < len(text) and text[end] != "`":
                end += 2 if text[end] == "\\" else 1
            self._at = self._unclosed() if end >= len(text) else end + 1
        elif text.startswith(("$(", "${", "<(", ">("), start):
            self._at = self._closing(start + 1)
        elif found := _PARAMETER.match(text, start + 1):
            self._at = found.end()
        else:
            self._at = start + 1
            return "$", False
        return text[start : self._at], True

    def _closing(self, opening: int) -> int:
        """The position behind the bracket that closes the one at ``opening``, minding quotes."""
        text = self._text
        closer = ")" if text[opening] == "(" else "}"
        marks = _NESTED[text[opening]]
        depth = 0
        position = opening
        while found := marks.search(text, position):
            mark, position = found[0], found.end()
            if mark == "\\":
                position += 1
            elif mark in "'\"":
                end = text.find(mark, position)
                while mark == '"' and end >= 0 and text[end - 1] == "\\":
                    end = text.find(mark, end + 1)
                if end < 0:
                    break
                position = end + 1
            elif mark == closer:
                depth -= 1
                if depth == 0:
                    return position
            else:
                depth += 1
        return self._unclosed()

    def _unclosed(self) -> int:
        self._notes["A quote or bracket of the command is not closed; it was read up to the end of the text."] = None
        return len(self._text)

    def _without_prompts(self, piece: str) -> str:
        return piece.replace("\n> ", "\n") if self._has_prompt else piece
