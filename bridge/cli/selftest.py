"""`stembridge selftest`: checks that this installation works; the build of the bundle runs it inside the bundle.

The checks do what a user does first, in separate processes and with a temporary home folder: the demo (a companion
that is driven over OSC and generates with the sketch engine), playing the take, opening the window: without a screen,
and on each screen of X11 and Wayland that answers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from bridge import __version__
from bridge.cli.main import DONE, FAILED
from bridge.cli.output import print_json
from bridge.doors.midi.backends.choice import load_backend
from bridge.home.folders import HOME_VARIABLE
from engine.errors import StemBridgeError

STEP_TIMEOUT_S = 180.0
PLAY_S = 1.0
PLAY_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check: `detail` is what it found, or the error; a `note` is no fault of the installation."""

    what: str
    ok: bool
    detail: str
    note: bool = False

    @property
    def status(self) -> str:
        """The result as a word."""
        return "FAILED" if not self.ok else "note" if self.note else "ok"


class _Note(str):
    """What a check found that does not work here, without a fault of the installation."""


@dataclass(slots=True)
class _Bench:
    """The temporary home folder of the checks, the manifest of the take that one makes, and their results."""

    home: Path
    manifest: Path | None = None
    checks: list[Check] = field(default_factory=list)

    def module(self, *words: str, **environ: str) -> str:
        """Run `python -m words…` of this installation; return its standard output.

        Raises
        ------
        StemBridgeError
            If it fails; the sentence has the last line of its standard error.
        """
        command = [sys.executable, "-m", *words]
        variables = {**os.environ, HOME_VARIABLE: str(self.home), **environ}
        done = subprocess.run(
            command, env=variables, capture_output=True, text=True, errors="replace", timeout=STEP_TIMEOUT_S
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["it said nothing"]
            raise StemBridgeError(f"exit code {done.returncode}: {lines[-1]}")
        return done.stdout


def run(options: argparse.Namespace) -> int:
    """Run all checks and print their results; return 0 if all succeeded, else 1."""
    with tempfile.TemporaryDirectory(prefix="stembridge-selftest-") as folder:
        bench = _Bench(Path(folder))
        for what, check in {**_CHECKS, **_on_screens()}.items():
            bench.checks.append(_run_check(what, check, bench))
            if not options.json:
                last = bench.checks[-1]
                print(f"{last.status:6} {what:10} {last.detail}", flush=True)
    good = all(check.ok for check in bench.checks)
    if options.json:
        checks = [asdict(check) for check in bench.checks]
        print_json({"version": __version__, "ok": good, "checks": checks})
    return DONE if good else FAILED


def _run_check(what: str, check: Callable[[_Bench], str], bench: _Bench) -> Check:
    try:
        found = check(bench)
        return Check(what, True, str(found), isinstance(found, _Note))
    except (StemBridgeError, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
        return Check(what, False, str(error) or type(error).__name__)


def _starts(bench: _Bench) -> str:
    return f"{bench.module('bridge', '--version').strip()} ({sys.executable})"


def _generates(bench: _Bench) -> str:
    """Run the demo, which starts a companion, drives it over OSC and makes a take with the sketch engine."""
    project = bench.home / "project"
    take = json.loads(bench.module("bridge", "demo", "--project", str(project), "--json"))
    bench.manifest = Path(take["manifest"])
    length_s = take["frames"] / take["sample_rate"]
    return f"{len(take['stems'])} stems, {length_s:.3f} s at {take['tempo']:g} BPM over OSC ({take['engine']})"


def _plays(bench: _Bench) -> str:
    """Play the take with the window's player until its playhead has moved; silently if there is no sound card."""
    from bridge.app.player.player import TakePlayer
    from bridge.takes.library import read_take

    if bench.manifest is None:
        raise StemBridgeError("there is no take to play")
    problems: list[str] = []
    player = TakePlayer(on_change=lambda: None, on_problem=problems.append)
    player.load(read_take(bench.manifest))
    assert player.mixer is not None
    wanted_frames = round(PLAY_S * player.mixer.sample_rate)
    player.play()
    end_s = time.monotonic() + PLAY_TIMEOUT_S
    while player.position < wanted_frames and time.monotonic() < end_s:
        time.sleep(0.05)
    played = player.position
    player.unload()
    if played < wanted_frames:
        raise StemBridgeError(f"the playhead stands at {played} frames after {PLAY_TIMEOUT_S:g} s")
    return _Note(problems[0]) if problems else "through the sound card"


def _opens_window(bench: _Bench, platform: str = "offscreen") -> str:
    return bench.module("bridge.desktop.selftest", QT_QPA_PLATFORM=platform).strip()


def _on_screens() -> dict[str, Callable[[_Bench], str]]:
    """Return one more check of the window for each screen that answers; only Linux has two kinds."""
    from bridge.desktop.display import screens

    return {f"on {_SCREENS[name]}": partial(_opens_window, platform=name) for name in screens()}


def _midi(_: _Bench) -> str:
    """Load the MIDI library: if the bundle lacked it, every machine would seem to have no MIDI."""
    backend = load_backend()
    return f"{backend.label} for {', '.join(backend.systems)}"


def _engine_environment(_: _Bench) -> str:
    """Name the tool that would install the engine environment; that there is none is no fault of the installation."""
    from bridge.upkeep.engine_env.tools import find_tool

    try:
        return f"would be made with {find_tool().label}"
    except StemBridgeError as error:
        return _Note(f"no engine environment can be made here: {error}")


_SCREENS = {"wayland": "Wayland", "xcb": "X11"}
_CHECKS: dict[str, Callable[[_Bench], str]] = {
    "starts": _starts,
    "generates": _generates,
    "plays": _plays,
    "window": _opens_window,
    "MIDI": _midi,
    "engines": _engine_environment,
}
