"""The parser behind every command: its help has an example, and its errors are one line that suggests what was meant.

Imports nothing of the companion, so that `--help` stays quick.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable
from typing import Any, NoReturn

from bridge.cli.command_table import EXAMPLES, GROUPS, MEANT, PROGRAM

VERBOSE = "say on stderr what happens"
FEW = 8
"""The most values that are listed where none of them is close to the given one."""


class Parser(argparse.ArgumentParser):
    """An argparse parser that prints errors on one line, takes `-v` after a command too, and shows an example."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (argparse's own)
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **settings)
        words = self.prog.removeprefix(PROGRAM).strip()
        if words:
            self.add_argument("-v", "--verbose", action="store_true", default=argparse.SUPPRESS, help=VERBOSE)
        if examples := EXAMPLES.get(words):
            lines = "".join(f"\n  {PROGRAM} {example}" for example in examples)
            self.epilog = f"example{'s' if len(examples) > 1 else ''}:{lines}"

    def error(self, message: str) -> NoReturn:
        """Print the error on one line and end the program."""
        self.exit(2, f"{PROGRAM}: {message} (see {self.prog} --help)\n")

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def,override] # noqa: ANN001, ANN201
        """Parse as argparse does, but report unknown words here, where the command's own flags are known."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._unknown(unknown[0]))
        return found, unknown

    def actions(self) -> dict[str, str]:
        """Return the commands below this one with their help, in order."""
        return {str(choice.dest): str(choice.help) for action in self._below() for choice in action._choices_actions}

    def below(self, name: str) -> Parser | None:
        """Return the parser of the command `name` below this one, None if there is none."""
        return next((action.choices[name] for action in self._below() if name in action.choices), None)

    def no_such_command(self, name: str) -> NoReturn:
        """End the program with the line that there is no command `name` below this one."""
        self.error(_no_such("command", name, self.actions()))

    def describe(self) -> None:
        """Give every command below its help as the description of its own page."""
        for name, text in self.actions().items():
            command = self.below(name)
            assert command is not None
            command.description = command.description or f"{text[:1].upper()}{text[1:]}."
            command.describe()

    def format_help(self) -> str:
        """Return the help; the program's own has the commands grouped by need, each with an example."""
        if self.prog != PROGRAM:
            return super().format_help()
        formatter = self._get_formatter()
        formatter.start_section("options")
        formatter.add_arguments(action for action in self._optionals._group_actions)
        formatter.end_section()
        parts = (self.format_usage(), f"{self.description}\n", *_groups(self.actions()), formatter.format_help())
        return "\n".join((*parts, f"{self.epilog}\n"))

    def _below(self) -> list[argparse._SubParsersAction[Parser]]:
        return [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is None or value in action.choices:
            return
        kind = str(action.metavar or action.dest).lower()
        raise argparse.ArgumentError(None, _no_such(kind, str(value), [str(one) for one in action.choices]))

    def _unknown(self, word: str) -> str:
        if not word.startswith("-"):
            return f"{word!r} is one word too many"
        flag = word.partition("=")[0]
        return f"{self.prog} has no {flag}{suggestion(flag, self._option_string_actions, few=0)}"


def _no_such(kind: str, given: str, known: Collection[str]) -> str:
    return f"there is no {kind} {given!r}{suggestion(given, known)}"


def suggestion(given: str, known: Collection[str], few: int = FEW) -> str:
    """Return the end of a sentence about an unknown word: the closest one, else all if they are `few`."""
    for meant in MEANT.get(given.lower(), ()):
        if meant.split()[0] in known:
            return f"; did you mean {meant}?"
    from difflib import get_close_matches

    begun = [one for one in known if len(given) > 2 and one.startswith(given)]
    if close := begun or get_close_matches(given[:64].lower(), known, n=1, cutoff=0.6):
        return f"; did you mean {close[0]}?"
    return f"; there are {', '.join(known)}" if len(known) <= few else ""


def _groups(helps: dict[str, str]) -> Iterable[str]:
    """Yield the commands, a paragraph for each group."""
    for title, names in GROUPS.items():
        lines = [f"{title}:"]
        for name in names:
            lines += [f"  {name:12}{helps[name]}", f"  {'':12}  {PROGRAM} {EXAMPLES[name][0]}"]
        yield "\n".join(lines) + "\n"
