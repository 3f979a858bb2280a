"""The Python interpreter for the neural engines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import interpreter
from engine.interpreter import (
    ROOT,
    Interpreter,
    environ_with_source,
    neural_interpreter,
    neural_program,
    run_module,
    set_neural_finder,
)


@pytest.fixture(autouse=True)
def no_finder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take back whatever finder a test sets."""
    monkeypatch.setattr(interpreter, "_find", interpreter._no_other_interpreter)
    yield
    monkeypatch.undo()


def test_without_a_finder_the_neural_engines_run_here() -> None:
    assert neural_interpreter() is None
    assert neural_program() == sys.executable


def test_the_finder_is_asked_each_time(tmp_path: Path) -> None:
    found: list[Interpreter | None] = [None, Interpreter(tmp_path / "bin" / "python", tmp_path, "stamp"), None]
    answers = iter([*found, found[1]])
    set_neural_finder(lambda: next(answers))
    assert [neural_interpreter() for _ in found] == found
    assert neural_program() == str(tmp_path / "bin" / "python")


def test_this_python_is_not_another_one_whatever_its_links(tmp_path: Path) -> None:
    set_neural_finder(lambda: Interpreter(Path(sys.executable), tmp_path))
    assert neural_interpreter() is None
    # Every program in the same folder belongs to the same environment.
    set_neural_finder(lambda: Interpreter(Path(sys.executable).with_name("python-other"), tmp_path))
    assert neural_interpreter() is None


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_to_this_python_in_another_environment_is_another_one(tmp_path: Path) -> None:
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    set_neural_finder(lambda: Interpreter(link, tmp_path))
    assert neural_interpreter() == Interpreter(link, tmp_path)


def test_the_path_of_these_modules_comes_first() -> None:
    environ = {"PYTHONPATH": "/somewhere", "HOME": "/home/me"}
    changed = environ_with_source(environ)
    assert changed == {"PYTHONPATH": f"{ROOT}{os.pathsep}/somewhere", "HOME": "/home/me"}
    assert environ["PYTHONPATH"] == "/somewhere"
    assert environ_with_source({}) == {"PYTHONPATH": str(ROOT)}
    assert (ROOT / "engine" / "interpreter.py").is_file()


def test_a_bundle_gets_no_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert environ_with_source({})["PYTHONDONTWRITEBYTECODE"] == "1"


def test_a_module_is_run_with_these_modules_and_both_outputs_are_captured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "echo.py").write_text(
        "import sys, engine\nprint(sys.argv[1:], engine.__file__)\nsys.exit('no luck')\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = run_module(sys.executable, ["echo", "a word", "b"], 60.0)
    assert done.returncode == 1
    assert done.stdout == f"['a word', 'b'] {ROOT / 'engine' / '__init__.py'}\n"
    assert done.stderr == "no luck\n"


def test_a_module_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_module(sys.executable, ["http.server", "--bind", "127.0.0.1", "0"], 0.3)
