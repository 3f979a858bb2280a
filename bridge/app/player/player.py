"""The player of takes: one take at a time, played in a background thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from bridge.app.player.output import CardOutput, NoSound, Output, SilentOutput

if TYPE_CHECKING:
    from bridge.app.player.mixer import Mixer
    from bridge.takes.library import TakeView

log = logging.getLogger("stembridge.player")

BLOCK_FRAMES = 1024
OpenOutput = Callable[[int, str], Output]
"""Opens an output for a sample rate in Hz and the name of a sound device."""


class TakePlayer:
    """Plays the loaded take. Thread-safe.

    Attributes:
        take: the loaded take, None if there is none.
        device: name of the sound device for the next `play`; empty = the system's default.
    """

    def __init__(
        self,
        *,
        on_change: Callable[[], None],
        on_problem: Callable[[str], None],
        open_output: OpenOutput = CardOutput,
    ) -> None:
        """Play to the output that `open_output` opens.

        `on_change` is called, from any thread, when playing starts or stops; `on_problem` with a sentence when there
        is no sound, and the take then plays silently.
        """
        self._open = open_output
        self._on_change = on_change
        self._on_problem = on_problem
        self._lock = threading.RLock()
        self._mixer: Mixer | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._latency_frames = 0
        self._silent = False
        self.take: TakeView | None = None
        self.device = ""

    @property
    def mixer(self) -> Mixer | None:
        """The mixer of the loaded take, None if there is none."""
        return self._mixer

    @property
    def is_playing(self) -> bool:
        """True while the playhead moves."""
        return self._thread is not None and self._thread.is_alive() and not self._stop.is_set()

    @property
    def position(self) -> int:
        """The frame that is audible now: the mixer's position less the output's latency."""
        mixer = self._mixer
        if mixer is None:
            return 0
        latency = self._latency_frames if self.is_playing else 0
        return max(mixer.loop[0] if mixer.loop else 0, mixer.position - latency)

    def load(self, take: TakeView) -> None:
        """Stop, and load `take`; the volume and the metronome's level carry over from the take before.

        Raises
        ------
        StemBridgeError
            If a stem cannot be read.
        """
        from bridge.app.player.mixer import Mixer

        self.pause()
        stems = {stem.name: stem.path for stem in take.stems} or {"mix": take.mix}
        mixer = Mixer(stems, take.frames, take.beat_frames(), take.bar_frames())
        with self._lock:
            old, self._mixer, self.take = self._mixer, mixer, take
            if old is not None:
                mixer.volume_db, mixer.metronome_db = old.volume_db, old.metronome_db
                old.close()
        self._on_change()

    def unload(self) -> None:
        """Stop, and close the take's files."""
        self.pause()
        with self._lock:
            if self._mixer is not None:
                self._mixer.close()
            self._mixer, self.take = None, None
        self._on_change()

    def play(self) -> None:
        """Play from the playhead; from the start if it is at the end."""
        mixer = self._mixer
        if mixer is None or self.is_playing:
            return
        self.pause()
        if mixer.at_end:
            mixer.seek(0)
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(mixer,), name="player", daemon=True)
        self._thread.start()
        self._on_change()

    def pause(self) -> None:
        """Stop at the current position."""
        thread = self._thread
        self._stop.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(2.0)
        self._thread = None
        self._on_change()

    def seek(self, frame: int) -> None:
        """Move the playhead to `frame`."""
        if self._mixer is not None:
            self._mixer.seek(frame)
            self._on_change()

    def _run(self, mixer: Mixer) -> None:
        output = self._output(mixer.sample_rate)
        try:
            tail = 0
            while not self._stop.is_set() and (tail > 0 or not mixer.at_end):
                # At the end, the last blocks are still in the device's buffer: silence of its length pushes them out.
                tail = tail - BLOCK_FRAMES if mixer.at_end else self._latency_frames + BLOCK_FRAMES
                output = self._write(output, mixer)
        finally:
            output.close()
            self._latency_frames = 0
            self._stop.set()
            self._on_change()

    def _write(self, output: Output, mixer: Mixer) -> Output:
        """Write the next block; return the output to go on with, a silent one if the device has gone."""
        block = mixer.render(BLOCK_FRAMES)
        try:
            output.write(block)
        except NoSound as error:
            output.close()
            self._silent = True
            self._on_problem(str(error))
            return SilentOutput(mixer.sample_rate)
        return output

    def _output(self, sample_rate: int) -> Output:
        """Open the sound device, or a silent output if that fails."""
        try:
            output = self._open(sample_rate, self.device)
        except NoSound as error:
            if not self._silent:  # reported once, not at every press of the space bar
                self._on_problem(str(error))
            self._silent = True
            output = SilentOutput(sample_rate)
        else:
            self._silent = False
        self._latency_frames = round(output.latency_s * sample_rate)
        return output
