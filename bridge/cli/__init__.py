"""The command line: `arguments` defines its syntax; each command is a module, imported when it runs.

Must not live here: work that a door or the window needs as well.
"""

from bridge.cli.main import main, program

__all__ = ["main", "program"]
