"""SafeTicket and findings -> text, by Jinja: the reports, the two bodies of the mail, and its subject."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from bundler.errors import MisuseError
from bundler.mail.told import WHOLE, Told
from bundler.model import SafeTicket

if TYPE_CHECKING:
    from types import ModuleType

    from jinja2.sandbox import ImmutableSandboxedEnvironment

TEMPLATES = ("report.html", "report.md", "privacy.md", "mail.txt", "mail.html", "subject.txt")
"""What can be rendered of a ticket, by the name of the template without ``.j2``."""

_LONGEST_LINE = 4000


class Tool(Struct, frozen=True):
    """The program that made the document, the version of the ticket's schema, and which masking rules were at work."""

    name: str
    version: str
    schema: str = "ticket-bundler/ticket/1"
    rules: str = ""


def load() -> tuple[ModuleType, ...]:
    """Load what rendering takes, for whoever has nothing else to do yet; these modules."""
    import css_inline
    import jinja2.sandbox

    from bundler.render import filters, styles

    return css_inline, jinja2.sandbox, filters, styles


def templates_folder() -> Path:
    """The shipped templates: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    shipped = package / "templates"
    return shipped if shipped.is_dir() else package.parent / "templates"


def render(
    template: str,
    ticket: SafeTicket,
    *,
    tool: Tool,
    templates: Path | None = None,
    cache: Path | None = None,
    mail: Told = WHOLE,
) -> str:
    """The document ``template`` (one of ``TEMPLATES``) of ``ticket``.

    ``mail`` is what the mail lacks that this is the text of, and which of several it is. ``cache`` is a private
    folder of the user's where compiled templates are kept, as Python keeps its own modules.

    A file of the same name in ``templates`` goes before the shipped one. Raises ``MisuseError`` with the template's
    name and line where a template of the user's is wrong. Hidden characters of the evidence are shown in every
    document, whatever a template does; a subject comes back as one line of ASCII, without a line end.
    """
    from jinja2 import TemplateError

    if templates is not None and not templates.is_dir():
        raise MisuseError(
            f"There is no folder of templates at {templates}.", "Name an existing folder with --templates."
        )
    environment = _environment(templates, ticket.provider, cache)
    try:
        made = environment.get_template(f"{template}.j2").render(
            ticket=ticket, findings=ticket.findings, tool=tool, mail=mail
        )
    except UnicodeDecodeError as error:
        if templates is None:
            raise
        raise _unreadable(templates) from error
    except (
        TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        if templates is None or (place := _place(error, templates)) is None:
            raise
        raise _misuse(error, place) from error
    except OSError as error:
        if templates is None or not error.filename or not Path(error.filename).is_relative_to(templates):
            raise
        raise _unreadable(templates) from error
    if template == "subject.txt":
        from bundler.render.headline import fitted, numbered

        return fitted(made, ticket) if mail.count == 1 else numbered(made, ticket, mail.number, mail.count)
    if template == "mail.html":
        from bundler.render.styles import inlined

        return inlined(made)
    return "\n".join(line.rstrip() for line in made.split("\n")) if template.endswith(".txt") else made


def render_page(template: str, **names: object) -> str:
    """One of the pages that never leave (``preview.html``, ``summary.md``), from what its template asks for."""
    return _environment(None, "", None).get_template(f"{template}.j2").render(names)


@lru_cache(maxsize=4)
def _environment(templates: Path | None, provider: str, cache: Path | None) -> ImmutableSandboxedEnvironment:
    from jinja2 import FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from bundler.render.filters import FILTERS

    shipped = templates_folder()
    folders = [shipped / provider] if provider.replace("-", "").isalnum() else []  # a bundle may name any provider
    folders += [shipped / "default", shipped]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([templates, *folders] if templates else folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        finalize=_shown,
        bytecode_cache=FileSystemBytecodeCache(str(cache)) if cache is not None else None,
        optimized=False,  # our templates hold no constants to fold, and looking for them takes a fifth of the compiling
    )
    environment.filters.update(FILTERS)
    return environment


def _shown(value: object) -> object:
    """What every printed expression goes through: no template can let a hidden character or an endless line out.

    What is marked as safe for HTML was made by a macro, from pieces that came through here.
    """
    if value is None or isinstance(value, int | float) or hasattr(value, "__html__"):
        return "" if value is None else value
    text = str(value)
    if len(text) <= _LONGEST_LINE and text.isprintable():
        return text
    from bundler.render.text import inline, visible

    return visible(text) if "\n" in text else inline(text, _LONGEST_LINE)


def _place(error: Exception, templates: Path) -> tuple[str, int] | None:
    """The user's template and the line in it where the error happened, or None when it is not in one of theirs."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError) and error.filename and Path(error.filename).is_relative_to(templates):
        return Path(error.filename).relative_to(templates).as_posix(), error.lineno
    place, trace = None, error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(templates):
            place = file.relative_to(templates).as_posix(), trace.tb_lineno
        trace = trace.tb_next
    return place


def _unreadable(templates: Path) -> MisuseError:
    return MisuseError(
        f"A template in {templates} cannot be read.", "Save it as UTF-8, and give yourself the permission to read it."
    )


def _misuse(error: Exception, place: tuple[str, int]) -> MisuseError:
    from jinja2 import TemplateError, TemplateNotFound, UndefinedError

    from bundler.render.filters import FILTERS
    from bundler.render.text import inline

    reason = inline(error, 200).rstrip(".") if isinstance(error, TemplateError) else f"it raises {type(error).__name__}"
    hint = "Compare it with the shipped template of the same name."
    if isinstance(error, UndefinedError):
        hint = "A template knows ticket, findings, tool and mail; a ticket has the fields of ticket.json's schema."
    elif isinstance(error, TemplateNotFound):
        reason = f"it asks for the template {inline(error.name, 100)}, which does not exist"
        hint = "Put that file into the same folder, or name a shipped one, such as default/report.html.j2."
    elif "filter" in reason:
        hint = f"The filters beside Jinja's own are: {', '.join(sorted(FILTERS))}."
    return MisuseError(f"The template {place[0]}, line {place[1]}, cannot be used: {reason}.", hint)
