"""`stembridge engine`: shows, installs, repairs and removes the environment that neural models run in."""

from __future__ import annotations

import argparse
import signal
import sys
import time

from bridge.cli.ask import resumable
from bridge.cli.main import DONE, FAILED
from bridge.cli.output import print_json
from bridge.home.folders import Folders
from bridge.upkeep.engine_env.hardware import detect_hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.make import remake
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.engine_env.remove import remove
from bridge.upkeep.engine_env.state import USABLE, EnvironmentState, look_at

REPORT_EVERY_S = 5.0


def run(options: argparse.Namespace) -> int:
    """Run one action; return 0, 1 if it failed or `status` finds no usable environment, 130 if interrupted."""
    place = Location(Folders.of_user().engine)
    actions = {"status": _status, "install": _install, "repair": _repair, "remove": _remove}
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that SIGTERM too ends the programs of pip
    return resumable(lambda: actions[options.action](options, place))


def _status(options: argparse.Namespace, place: Location) -> int:
    state = look_at(place, detect_hardware(), options.device)
    _print_state(state, place, options)
    return DONE if state.kind in USABLE else FAILED


def _install(options: argparse.Namespace, place: Location) -> int:
    """Install or resume; an environment that is whole and for the requested device is left as it is."""
    state = look_at(place, detect_hardware(), options.device)
    if state.to_do or _is_for_another_device(state, options.device):
        return _make(options, place, thorough=False)
    _print_state(state, place, options)
    return DONE


def _repair(options: argparse.Namespace, place: Location) -> int:
    return _make(options, place, thorough=True)


def _make(options: argparse.Namespace, place: Location, thorough: bool) -> int:
    remake(place, options.device, thorough, ProgressMeter())
    _print_state(look_at(place, detect_hardware()), place, options)
    return DONE


def _is_for_another_device(state: EnvironmentState, device: str) -> bool:
    return bool(device) and state.record is not None and device != state.record.asked


def _remove(options: argparse.Namespace, place: Location) -> int:
    freed = remove(place)
    if options.json:
        print_json({"folder": str(place.root), "freed_bytes": freed})
    elif freed:
        print(f"The engine environment is deleted; {freed / 1e9:.2f} GB are free again. Models are kept.")
    else:
        print("There was no engine environment.")
    return DONE


def _print_state(state: EnvironmentState, place: Location, options: argparse.Namespace) -> None:
    if options.json:
        document = {"folder": str(place.root), "python": str(place.program), **state.document()}
        print_json(document)
        return
    print(f"{state.kind}: {state.sentence}")
    if state.record:
        print(f"  {state.record.reason}")
        print(f"  made {state.record.made} by version {state.record.version}, Python {state.record.python}")
    elif state.wanted_device:
        print(f"  would be for {state.wanted_device}: {state.wanted_reason}")
    else:
        print(f"  {state.wanted_reason}")
    if state.size_bytes:
        print(f"  {state.size_bytes / 1e9:.2f} GB in {place.root}")
    if state.to_do:
        print(f"  to do: stembridge engine {state.to_do}")


class ProgressMeter:
    """Prints steps on standard error: on a terminal one line that is rewritten, else a line every few seconds."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown_s, self._words = 0.0, ""

    def __call__(self, step: InstallStep) -> None:
        """Print the step, or skip it if the last line is too recent."""
        line = f"{step.share:4.0%}  {step.phase}: {step.words}"
        if self._is_terminal:
            print(f"\r\x1b[K{line[:110]}", end="", file=sys.stderr, flush=True)
        elif step.words != self._words and time.monotonic() - self._shown_s > REPORT_EVERY_S:
            print(line, file=sys.stderr, flush=True)
            self._shown_s, self._words = time.monotonic(), step.words
        if self._is_terminal and step.share >= 1.0:
            print(file=sys.stderr)
