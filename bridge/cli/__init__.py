"""The command line: `arguments` says what can be typed; each command is a module, imported when it runs."""

from bridge.cli.main import main, program

__all__ = ["main", "program"]
