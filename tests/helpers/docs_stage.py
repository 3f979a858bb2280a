"""A user's account and working folder with the files that the documentation's commands refer to."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from bridge.daws.ableton_library import usual_place
from tests.helpers.ableton.als_files import write_als
from tests.helpers.command_here import run_here
from tests.helpers.companion_process import NOT_INHERITED, CompanionProcess
from tests.helpers.debian import PACKAGES, need
from tests.helpers.docs_blocks import all_blocks, stembridge_words
from tests.helpers.paths import ROOT
from tests.helpers.plain_drums import drums_at
from tests.helpers.waiting import wait_until

RATE = 16_000
COMMAND_TIMEOUT_S = 240
IN_PROCESS = ("align", "daw", "doctor", "generate", "keys", "models", "place", "presets", "separate")
"""Commands that run in the test's own process, where torch and the engine are imported once."""
SHELL_SIGNS = frozenset("|&;<>$*=`")
"""A command line with one of them needs a shell."""
SONGS = {
    "take.wav": (97.0, 34),
    "loop.wav": (97.0, 34),
    "drums.wav": (139.0, 60),
    "bass.wav": (139.0, 60),
    "keys.wav": (139.0, 60),
    "band.flac": (118.0, 130),
}
"""Audio that the commands name → its tempo and beats."""


class Stage:
    """One block's account; `companion` stands in for the one at ports 9124 and 9125."""

    def __init__(self, folder: Path, companion: CompanionProcess) -> None:
        self.home, self.work, self.companion = folder / "home", folder / "work", companion
        self.song = self.home / "song"
        self.portable = self.home / "portable"  # a folder that every DAW's installer accepts
        reaper, ardour = self.home / ".config" / "REAPER", self.home / ".config" / "ardour7"
        live = usual_place(sys.platform, {}, self.home)
        for place in (self.work, self.song, self.portable, reaper, ardour, live):
            place.mkdir(parents=True)
        for place, sign in ((reaper, "reaper.ini"), (ardour, "config")):
            (place / sign).touch()
            (self.portable / sign).touch()
        (self.portable / "Remote Scripts").mkdir()
        write_als(self.work / "My Song Project" / "song.als")
        settings = self.home / ".config" / "stembridge" / "settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(
            json.dumps({"osc_port": 0, "http_port": 0})
        )  # ports that nothing else on this machine uses
        self._put_program()
        kept = {name: value for name, value in os.environ.items() if not name.startswith((*NOT_INHERITED, "XDG_"))}
        self.environ = {
            **kept,
            "HOME": str(self.home),
            "PATH": os.pathsep.join((str(self.work / ".venv" / "bin"), kept["PATH"])),
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
        }

    def put_files(self, text: str) -> None:
        """Create the files that `text` names and that none of its commands creates."""
        for name, (bpm, beats) in SONGS.items():
            if name in text:
                soundfile.write(self.work / name, drums_at(bpm, 0.1, beats, RATE), RATE)
        if "map.json" in text:
            points = [{"beat": 0, "bpm": 120, "ramp": True}, {"beat": 64, "bpm": 116, "ramp": False}]
            (self.work / "map.json").write_text(json.dumps(points))
        if "block.json" in text:
            first = next(block for block in all_blocks("json") if block.page == "docs/parameters.md")
            (self.work / "block.json").write_text(first.text)

    def here(self, text: str) -> str:
        """Return `text` with the ports and folders of this stage."""
        places = {
            "9124": str(self.companion.osc_port),
            "9125": str(self.companion.http_port),
            "/home/me/songs/one": str(self.song),
            "/path/to/it": str(self.portable),
        }
        for written, real in places.items():
            text = text.replace(written, real)
        return text

    def run(self, command: str) -> None:
        """Run one command line, which must succeed; one that does not end by itself must start successfully."""
        words = stembridge_words(command)
        if words is not None and words[:1] in ([], ["serve"]):
            self._start_and_end(words)
            return
        if words is not None and words[0] in IN_PROCESS and not set(command) & SHELL_SIGNS:
            self._run_in_process(words)
            return
        program = shlex.split(command)[0]
        if program in PACKAGES:
            need(program)
        if shutil.which(program, path=self.environ["PATH"]) is None and not (self.work / program).exists():
            pytest.skip(f"needs the program {program}, of the package {program}")
        ended = subprocess.run(
            ["bash", "-c", self.here(command)],
            cwd=self.work,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
        )
        assert ended.returncode == 0, (command, ended.stdout[-2000:], ended.stderr[-2000:])

    def run_python(self, text: str) -> str:
        """Run a Python program, which must succeed; return its output."""
        ended = subprocess.run(
            [sys.executable, "-c", self.here(text)],
            cwd=self.work,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
        )
        assert ended.returncode == 0, ended.stderr[-2000:]
        return ended.stdout

    def _run_in_process(self, words: list[str]) -> None:
        at_home = [f"{self.home}{word[1:]}" if word.startswith("~/") else self.here(word) for word in words]
        ended = run_here(self.work, *at_home, variables=self.environ)
        assert ended.returncode == 0, (words, ended.stdout[-2000:], ended.stderr[-2000:])

    def _start_and_end(self, words: list[str]) -> None:
        announced = self.home / ".local" / "share" / "stembridge" / "companion.json"
        with (self.work / "log").open("w+") as log:
            command = [sys.executable, "-m", "bridge", *words]
            process = subprocess.Popen(command, cwd=self.work, env=self.environ, stdout=log, stderr=log)
            try:
                wait_until(lambda: announced.exists() or process.poll() is not None, str(words), COMMAND_TIMEOUT_S)
                assert process.poll() is None, (self.work / "log").read_text()
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(120)
            assert "Traceback" not in (self.work / "log").read_text()
        announced.unlink(missing_ok=True)  # left behind by a window that is ended by a signal

    def _put_program(self) -> None:
        programs = self.work / ".venv" / "bin"
        programs.mkdir(parents=True)
        program = programs / "stembridge"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m bridge "$@"\n')
        program.chmod(0o755)
