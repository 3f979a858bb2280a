"""The program around a set: the module `Live`, the timers, and control surfaces loaded from the User Library."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.helpers.ableton.fake_live.clip import GUESSES
from tests.helpers.ableton.fake_live.song import LimitationError, Song, new_song
from tests.helpers.ableton.fake_live.strict import ArgumentError, LiveObject, Rules, Version, method
from tests.helpers.waiting import PATIENCE_S, poll

SCRIPT = "StemBridge"
DISPLAY_TICKS = 5
"""Live updates control surfaces' displays every 100 ms."""
SURFACE_METHODS = ("disconnect", "update_display", "build_midi_map", "receive_midi", "refresh_state")


class Application(LiveObject):
    @method(writes=False)
    def get_major_version(self) -> int:
        return self._rules.version[0]

    @method(writes=False)
    def get_minor_version(self) -> int:
        return self._rules.version[1]

    @method(writes=False)
    def get_bugfix_version(self) -> int:
        return self._rules.version[2]

    @method(writes=False)
    def get_document(self) -> Song:
        return self._values["host"].song


class Timer:
    """`Live.Base.Timer`: an error in the callback stops it for good, as in Live."""

    def __init__(
        self, callback: Callable[[], None], interval: int, repeat: bool = False, start: bool = False
    ) -> None:
        if not isinstance(interval, int) or interval < 1:
            raise ArgumentError("interval is in whole milliseconds")
        self._callback, self._repeat, self.running = callback, repeat, start
        FakeLive.now().timers.append(self)

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def fire(self) -> None:
        if self.running:
            self.running = self._repeat
            try:
                self._callback()
            except Exception:
                self.running = False
                raise


class Instance:
    """The handle that a control surface gets."""

    def __init__(self, host: FakeLive) -> None:
        self._host = host

    def song(self) -> Song:
        return self._host.song

    def show_message(self, text: str) -> None:
        if not isinstance(text, str):
            raise ArgumentError(f"show_message({text!r})")
        self._host.messages.append(text)

    def log_message(self, text: str) -> None:
        self._host.log.append(text)

    def handle(self) -> int:
        return 4711


class FakeLive:
    """A running Live of one version; as a context manager, it is quit at the end, and must have logged no error."""

    _now: FakeLive | None = None

    def __init__(self, version: Version = (12, 3, 6), path: str = "", track_limit: int | None = None) -> None:
        self.version = version
        self.rules = Rules(version)
        self.song = new_song(self.rules, path, track_limit=track_limit)
        self.messages: list[str] = []
        self.log: list[str] = []
        self.timers: list[Timer] = []
        self.forwarded: set[tuple[str, int, int]] = set()
        self.surface: Any = None
        self._scripts: Path | None = None
        self._script = SCRIPT
        self._ticks = 0
        self.most_clips_in_a_tick = 0

    @classmethod
    def now(cls) -> FakeLive:
        assert cls._now is not None, "no Live runs"
        return cls._now

    def __enter__(self) -> FakeLive:
        assert FakeLive._now is None
        FakeLive._now = self
        sys.modules["Live"] = self._module()
        return self

    def __exit__(self, exc_type: object, *_: object) -> None:
        self.close_set()
        del sys.modules["Live"]
        FakeLive._now = None
        self._forget_scripts()
        if exc_type is None:
            assert self.log == []

    def select_surface(self, user_library: Path, name: str = SCRIPT) -> None:
        """Choose the control surface in the settings: Live loads it from the User Library."""
        self._scripts, self._script = user_library / "Remote Scripts", name
        self._forget_scripts()
        sys.path.insert(0, str(self._scripts))
        importlib.invalidate_caches()
        self._connect()

    def _connect(self) -> None:
        if self._scripts is not None:
            module = importlib.import_module(self._script)
            self.surface = module.create_instance(Instance(self))
            assert all(callable(getattr(self.surface, name)) for name in SURFACE_METHODS)
            self.surface.build_midi_map(42)

    def close_set(self) -> None:
        if self.surface is not None:
            self.surface.disconnect()
            self.surface = None
        self.song._delete()

    def open_set(self, path: str = "") -> Song:
        """Close the set and open another one; control surfaces are created again with it."""
        self.close_set()
        self.rules.history.clear()
        self.song = new_song(self.rules, path)
        self._connect()
        return self.song

    def tick(self) -> None:
        """Simulate 20 ms of Live: fire timers and apply deferred changes."""
        for clip in self.song._values["unsettled"]:
            clip._settle()
        made = self._clips_made()
        for timer in list(self.timers):
            timer.fire()
        self.most_clips_in_a_tick = max(self.most_clips_in_a_tick, self._clips_made() - made)
        self._ticks += 1
        if self.surface is not None and self._ticks % DISPLAY_TICKS == 0:
            self.surface.update_display()

    def _clips_made(self) -> int:
        return sum(write.endswith("create_audio_clip") for write in self.rules.writes)

    def run(self, until: Callable[[], Any], what: str = "it", timeout_s: float = PATIENCE_S) -> Any:
        """Tick until `until()` is true and return its value; a tick takes 4 ms instead of Live's 20."""
        self.tick()
        value = poll(until, timeout_s, step=self.tick, pause_s=0.004)
        assert value, f"{what} has not happened; messages {self.messages[-5:]}, log {self.log}"
        return value

    def said(self, words: str) -> bool:
        """Return True if a message with these words was in the status bar."""
        return any(words in message for message in self.messages)

    def wait_for(self, words: str) -> None:
        self.run(lambda: self.said(words), f"the message “{words}”")

    def auto_warp(self, guess: str, file_tempo: float | None = None) -> None:
        """Set the user's preference for warping new files, and the quality of Live's guess."""
        assert guess in GUESSES
        self.song._values["auto_warp"], self.song._values["file_tempo"] = guess, file_tempo

    def press(self, message: Sequence[int]) -> None:
        """Send a MIDI message to the control surface's port."""
        kind = "cc" if message[0] & 0xF0 == 0xB0 else "note"
        if (kind, message[0] & 0x0F, message[1]) in self.forwarded:
            self.surface.receive_midi(tuple(message))

    def _forward(self, kind: str) -> Callable[..., bool]:
        def forward(*args: int) -> bool:
            if len(args) not in (4, 5) or not all(isinstance(arg, int) for arg in args):
                raise ArgumentError(f"forward_midi_{kind}{args}")
            self.forwarded.add((kind, args[2], args[3]))
            return True

        return forward

    def _module(self) -> ModuleType:
        live = _Namespace("Live")
        live.Application = _Namespace("Live.Application")
        application = Application(self.rules, host=self)
        live.Application.get_application = lambda: application
        live.Base = _Namespace("Live.Base")
        live.Base.Timer, live.Base.LimitationError = Timer, LimitationError
        live.MidiMap = _Namespace("Live.MidiMap")
        live.MidiMap.forward_midi_note, live.MidiMap.forward_midi_cc = self._forward("note"), self._forward("cc")
        return live

    def _forget_scripts(self) -> None:
        sys.path[:] = [path for path in sys.path if not path.endswith("Remote Scripts")]
        for name in [name for name in sys.modules if name.split(".")[0] == self._script]:
            del sys.modules[name]


class _Namespace(ModuleType):
    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{self.__name__} has no {name!r}")
