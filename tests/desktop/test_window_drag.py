"""Files are dragged out of the real window, by a real mouse on a real screen, into other programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from bridge.folders import HOME_VARIABLE, Folders
from bridge.takes.layout import takes_folder
from tests.screen import Screen, end, screen

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's")]

HERE = Path(__file__).parent
TAKE = "2026-11-21 090000 übung"
"""A space and a letter that is not ASCII: both are escaped in what a drop gets."""
WINDOW_X_PX = 1300
TARGET_PX = (300, 300)


@contextmanager
def program(words: list[str | Path], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program of this folder; it is ended with the block."""
    process = subprocess.Popen(
        [sys.executable, *map(str, words)],
        env=environment,
        cwd=HERE.parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        end(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def line_of(process: subprocess.Popen[str]) -> str:
    """Return the next line that a program prints; the test's own time-out ends the wait for ever."""
    out: IO[str] | None = process.stdout
    assert out is not None
    line = out.readline().strip()
    assert line, f"the program ended with {process.wait(20)}"
    return line


@pytest.fixture(scope="module")
def desk() -> Iterator[Screen]:
    with screen(2560, 1100) as one:
        yield one


@pytest.fixture(scope="module")
def home(short_take: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which the window finds one take."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(short_take, takes_folder(Folders(home / "data", home / "config").takes) / TAKE)
    return home


@pytest.fixture(scope="module")
def grips(desk: Screen, home: Path) -> Iterator[dict[str, tuple[int, int]]]:
    """Where the grips of the take are on the screen; the window lives as long as the module's tests."""
    environment = {**desk.environment(home), HOME_VARIABLE: str(home), "PYTHONPATH": str(HERE.parents[1])}
    with program([HERE / "window_program.py", str(WINDOW_X_PX), "0"], environment) as window:
        yield {name: (place[0], place[1]) for name, place in json.loads(line_of(window)).items()}


def take_folder(home: Path) -> Path:
    return takes_folder(Folders(home / "data", home / "config").takes) / TAKE


def stems(home: Path) -> dict[str, Path]:
    """Return the stems' files by name, in the take's order."""
    manifest: dict[str, Any] = json.loads((take_folder(home) / "manifest.json").read_text(encoding="utf-8"))
    return {stem["name"]: take_folder(home) / stem["file"] for stem in manifest["stems"]}


def test_one_stem_and_all_stems_reach_another_program(
    desk: Screen, home: Path, grips: dict[str, tuple[int, int]]
) -> None:
    files = stems(home)
    with program([HERE / "drop_program.py", "100", "100"], desk.environment(home)) as target:
        assert line_of(target) == "shown"
        for grip, expected in (("Drag bass", [files["bass"]]), ("Drag all stems", list(files.values()))):
            desk.drag(grips[grip], TARGET_PX)
            dropped = json.loads(line_of(target))
            assert [Path(file) for file in dropped["files"]] == expected
            assert "text/uri-list" in dropped["formats"]
            assert not dropped["may_move"]
    assert all(file.is_file() for file in files.values())
