"""The command `axon`: finds the command, runs it, and turns whatever it raises into one line and an exit code.

What flows in: the arguments of the process. What flows out: its exit code. It does not know any command: each is
imported when it is called, so that `--help` costs little more than click.
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from axon import __version__
from axon.cli.commands import CommandGroup
from axon.errors import AxonError, DamagedIndexError, ExitCode, SymbolError

_DEBUG_VARIABLE: Final = "AXON_DEBUG"
_COMPLETION_VARIABLE: Final = "_AXON_COMPLETE"


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="axon %(version)s")
@click.option("--debug", is_flag=True, help="Log what happens, and show where an error came from.")
def axon(debug: bool) -> None:
    """Turn a codebase into a code graph, and question it.

    Begin with `axon analyze`, then try `axon search NAME` and `axon context SYMBOL`.
    """
    from axon.cli.logs import set_up_logging  # noqa: PLC0415  help needs no log

    if debug:
        os.environ[_DEBUG_VARIABLE] = "1"  # processes that this one starts are asked for details as well
    set_up_logging(debug=_wants_debug())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point of the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a path may hold what no terminal can show
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code that `errors.ExitCode` lists; prints one line for what went wrong."""
    try:
        code = _invoke(list(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        code = _forget_stdout()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("Interrupted.")
        code = ExitCode.INTERRUPTED
    except AxonError as error:
        code = _explained(error)
    except OSError as error:
        code = _refused(error)
    except Exception as error:  # noqa: BLE001  the last handler of the process
        code = _unexpected(error)
    return code


def _invoke(arguments: list[str]) -> int:
    if instruction := os.environ.get(_COMPLETION_VARIABLE):
        from click.shell_completion import shell_complete  # noqa: PLC0415  asked for by the shell only

        return shell_complete(axon, {}, "axon", _COMPLETION_VARIABLE, instruction)
    # Not `axon.main()`: that would turn an interrupt and a closed pipe into exit codes of its own.
    with axon.make_context("axon", arguments) as context:
        code = axon.invoke(context)
    return code if isinstance(code, int) else ExitCode.DONE


def _explained(error: AxonError) -> int:
    is_told = not isinstance(error, DamagedIndexError) or "axon analyze" in str(error)
    _say(str(error) if is_told else f"{error} Run `axon analyze` to make it anew.")
    if isinstance(error, SymbolError):
        for candidate in error.candidates:
            click.echo(f"  {candidate}", err=True)
    _trace(error)
    return error.exit_code


def _refused(error: OSError) -> int:
    """No room, no permission: the machine's matter, and no bug."""
    named = f" ({error.filename})" if error.filename else ""
    _say(f"The system refuses: {error.strerror or error}{named}. Run again with `axon --debug` to see what was done.")
    _trace(error)
    return ExitCode.FAILED


def _trace(error: Exception) -> None:
    if _wants_debug():
        import traceback  # noqa: PLC0415  start-up is lazy

        traceback.print_exception(error)


def _unexpected(error: Exception) -> int:
    import logging  # noqa: PLC0415  help needs no log

    logging.getLogger(__name__).debug("unexpected", exc_info=error)
    _say(f"Unexpected {type(error).__name__}: {error}. Run again with `axon --debug` for details; this is a bug.")
    return ExitCode.FAILED


def _say(line: str) -> None:
    click.echo(f"axon: {' '.join(line.splitlines())}", err=True)


def _wants_debug() -> bool:
    return bool(os.environ.get(_DEBUG_VARIABLE))


def _forget_stdout() -> int:
    """Whoever read has gone; without this the interpreter would complain about the rest when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.DONE
