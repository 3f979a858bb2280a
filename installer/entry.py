"""The bundle's main program: `stembridge`, and the interpreter of the bundle's own modules.

Stem Bridge starts processes of its own as `python -m MODULE …` with `sys.executable`. In a bundle that is this
program, so it takes `-m MODULE` too, for the modules of `bridge` and `engine` and nothing else.
"""

import os
import runpy
import sys
from pathlib import Path

SOURCE = str(Path(getattr(sys, "_MEIPASS", ".")) / "source")
OWN = ("bridge", "engine")


def _restore_environment() -> None:
    """Restore the system's library path for child processes, and let PyInstaller treat them as independent."""
    name = "LD_LIBRARY_PATH"
    before = os.environ.pop(f"{name}_ORIG", None)
    if before:
        os.environ[name] = before
    else:
        os.environ.pop(name, None)
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


def _main() -> int:
    import multiprocessing

    multiprocessing.freeze_support()
    _restore_environment()
    sys.path.insert(0, SOURCE)
    arguments = sys.argv[1:]
    if len(arguments) > 1 and arguments[0] == "-m":
        module = arguments[1]
        if module.split(".")[0] not in OWN:
            print(f"stembridge: {module!r} is not a module of Stem Bridge.", file=sys.stderr)
            return 2
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    if arguments[:1] == ["--selftest"]:
        sys.argv[1] = "selftest"
    from bridge.cli import program

    return program()


if __name__ == "__main__":
    sys.exit(_main())
