"""Parses the command line, runs one command, and turns its result or error into an exit code.

0 done, 1 the work failed, 2 wrong arguments or values, 130 interrupted. Every failure is one line on stderr.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Sequence

from bridge.cli.arguments import build_parser
from bridge.cli.output import make_streams_safe
from engine.errors import InvalidValue, StemBridgeError
from engine.interpreter import Interpreter, set_neural_finder

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


class WrongUse(StemBridgeError):
    """The command line lacks or has something that no single value stands for; the sentence says what."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `stembridge` with `argv` (default: the process's own) and return its exit code."""
    make_streams_safe()
    options = build_parser().parse_args(argv)
    level = logging.DEBUG if options.verbose else os.environ.get("STEMBRIDGE_LOG", "WARNING")
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    options.words = list(sys.argv[1:] if argv is None else argv)
    set_neural_finder(_engine_environment)
    return _run(options.command or "window", options)


def program() -> int:
    """Run `stembridge` as the main program of a process; return its exit code."""
    code = main()
    if code == INTERRUPTED:
        # After an interrupt that passed through a library's compiled code, Python itself counts as interrupted and
        # would end by the signal whatever we return.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _engine_environment() -> Interpreter | None:
    from bridge.home.folders import Folders
    from bridge.upkeep.engine_env.find import find_interpreter

    return find_interpreter(Folders.of_user().engine)


def _run(command: str, options: object) -> int:
    try:
        from bridge.request.block.invalid_block import InvalidBlock

        code: int = importlib.import_module(f"bridge.cli.{command}").run(options)
        if sys.stdout is not None:  # as it is in a bundle without a console
            sys.stdout.flush()  # here, where a closed pipe is handled
    except (InvalidValue, InvalidBlock, WrongUse) as error:
        print(f"stembridge: {error}", file=sys.stderr)
        return WRONG
    except StemBridgeError as error:
        print(f"stembridge: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("stembridge: interrupted; nothing half-written was left.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has closed our output; with this, Python does not complain about it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code
