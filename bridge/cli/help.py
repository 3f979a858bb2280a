"""`stembridge help`: the same as `--help`, of the program or of one command."""

from __future__ import annotations

import argparse

from bridge.cli.arguments import build_parser


def run(options: argparse.Namespace) -> int:
    """Print the help of the command that the words name; return 0."""
    parser = build_parser()
    for word in options.words_of_command:
        parser = parser.below(word) or parser.no_such_command(word)
    parser.print_help()
    return 0
