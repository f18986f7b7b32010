"""The command line: the group of commands, and the only place where errors become words and exit codes."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from types import FrameType
from typing import TYPE_CHECKING

import click

from bundler import __version__
from bundler.commands import COMMANDS
from bundler.errors import BundlerError, EnvironmentProblem, ExitCode

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"bundler.commands.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        commands = [CompletionItem(name, help=about) for name, about in COMMANDS.items() if name.startswith(incomplete)]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "ticket-bundler --help lists the commands."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ticket-bundler", message="%(prog)s %(version)s")
def cli() -> None:
    """Turns what you have of a failed payment into a ticket that developer support can act on at once.

    \b
    ticket-bundler create trace.har logs/ phone.png
    ticket-bundler demo

    Only send sends, and nothing leaves unmasked.

    Exit codes: 0 fine, 1 a blocking finding, 2 wrong usage, 3 bad input or environment, 4 a leak was found and nothing
    written, 5 partial, 70 our own bug, 130 interrupted.
    """


def run(argv: Sequence[str]) -> int:
    """Run the program; returns the exit code and never raises."""
    _reopen_closed()
    if os.environ.get("TICKET_BUNDLER_FAST") == "0":
        from bundler import fast

        fast.enabled = False
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a pipe on Windows need not know the signs we print
    is_main = threading.current_thread() is threading.main_thread()  # Python takes signals nowhere else
    previous = signal.signal(signal.SIGTERM, _interrupt) if is_main else None
    try:
        code = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_stdout()
        return ExitCode.FINE
    except OSError as error:
        _discard_stdout()
        reason = error.strerror or "unknown reason"
        return _say_error(
            BundlerError(f"Standard output cannot be written: {reason}.", "Check where it is redirected to.")
        )
    finally:
        if previous is not None:
            signal.signal(signal.SIGTERM, previous)
    return code


def _run(argv: Sequence[str]) -> int:
    try:
        result = cli.main(args=list(argv), prog_name="ticket-bundler", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.FINE
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitCode.USAGE
    except click.UsageError as error:
        error.show()
        return ExitCode.USAGE
    except SystemExit as end:  # without its standalone mode, click ends so only when nobody reads what it writes
        raise BrokenPipeError from end
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing was left behind.", err=True)
        return ExitCode.INTERRUPTED
    except BundlerError as error:
        return _say_error(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _discard_stdout()
            full = EnvironmentProblem("No space is left for the output.", "Free some space, or write to another place.")
            return _say_error(full)
        return _crash(argv, error)
    except MemoryError:
        return _say_error(BundlerError("There is not enough memory for this.", "Leave the largest file out."))
    except Exception as error:  # noqa: BLE001 - the border of the program: what nobody expected becomes a crash file
        return _crash(argv, error)


def _say_error(error: BundlerError) -> int:
    click.echo(f"Error: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
    return error.exit_code


def _crash(argv: Sequence[str], error: Exception) -> int:
    from bundler.commands.crash import write_crash_file

    path = write_crash_file(argv, error)
    click.echo("Error: ticket-bundler itself failed; this is our fault, not yours.", err=True)
    if path is not None:
        click.echo(f"  {path} tells what happened, without your data. Please report it.", err=True)
    return ExitCode.BUG


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Let a terminated run clean up like an interrupted one."""
    raise KeyboardInterrupt


def _reopen_closed() -> None:
    """Python has None for an output that is closed (``>&-``, some services): what is written there goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - lives as we do


def _discard_stdout() -> None:
    """Nobody reads any more: what is still buffered must not fail once again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
