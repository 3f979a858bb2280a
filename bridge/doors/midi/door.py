"""The MIDI door: turns pads, switches and knobs into requests for the desk, and shows job status in lights."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from bridge.doors.bus import EventBus, MidiReceived, TakeChosen, TakeDue, TriggerFailed
from bridge.doors.connected_daws import ConnectedDaws
from bridge.doors.link.reading import LinkReading
from bridge.doors.midi.actions import PadAction
from bridge.doors.midi.bindings import Matcher, TriggeredAction
from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.feedback import STATUS_OF
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.messages import MidiEvent, MidiKind, MidiReader
from bridge.doors.midi.notes import CERTAIN, NoteListener
from bridge.doors.midi.quantise import next_boundary
from bridge.doors.midi.session_now import session_now
from bridge.doors.requester import PAD, Requester
from bridge.doors.studio_desk import StudioDesk
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.request.job_spec import PLAYHEAD
from bridge.request.resolve import DEFAULT_METER
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import StemBridgeError
from engine.music import Key

log = logging.getLogger("stembridge.midi")

AskLink = Callable[[float], Awaitable[LinkReading | None]]
"""Reads a Link session for bars of so many quarter notes; None if there is none."""


class MidiDoor:
    """Takes bytes from ports and acts on them according to the user's map. Belongs to the event loop's thread."""

    def __init__(
        self,
        desk: StudioDesk,
        queue: JobQueue,
        daws: ConnectedDaws,
        bus: EventBus,
        new_state: Callable[[], SessionState],
        send: Callable[[Sequence[int]], None],
        find_link: Callable[[], AskLink | None],
        clocks: Clocks,
    ) -> None:
        """Send requests to `desk` on behalf of the DAW in contact last.

        Parameters
        ----------
        new_state : callable
            Returns the session of a trigger while no DAW is connected.
        send : callable
            Sends a MIDI message, which sets a light, to the controllers.
        find_link : callable
            Returns the function that reads a Link session, for use without a clock; None if Link is switched off.
        clocks : Clocks
            The MIDI clocks; this door feeds them.
        """
        self._desk = desk
        self._daws = daws
        self._bus = bus
        self._new_state = new_state
        self._send = send
        self._find_link = find_link
        self._asking: set[asyncio.Future[None]] = set()
        self._map = MidiMap()
        self._matcher = Matcher(())
        self._readers: dict[str, MidiReader] = {}
        self._clocks = clocks
        self._notes = NoteListener()
        self._block: dict[str, object] = {}
        self._variation = ("", 0)
        self._status = "idle"
        self._actions: Mapping[str, Callable[[PadAction, float], None]] = {
            "generate": self._generate,
            "regenerate": self._regenerate,
            "again": self._again,
            "cancel": self._cancel,
            "accept": self._accept,
            "next_variation": self._next_variation,
        }
        queue.subscribe(self._show_status_of)
        bus.subscribe(MidiReceived, lambda event: self.receive(event.port, event.data, time.monotonic()))

    def use(self, midi_map: MidiMap) -> None:
        """Replace the map."""
        self._map, self._matcher = midi_map, Matcher(midi_map.bindings)

    def receive(self, port: str, data: Sequence[int], at_s: float) -> None:
        """Act on bytes that came from `port` at `at_s`, seconds of `time.monotonic`. Never raises."""
        for event in self._readers.setdefault(port, MidiReader()).feed(data):
            self._clocks.take(event, port, at_s)
            triggered = list(self._matcher.triggered(event, port, at_s))
            if not triggered:
                self._listen(event, at_s)
            for one in triggered:
                self._act(one, at_s)

    def _listen(self, event: MidiEvent, at_s: float) -> None:
        """Take a note that triggers nothing as music, from which the key is guessed."""
        if event.kind is MidiKind.NOTE:
            self._notes.note_on(event.number, event.channel, at_s)
        elif event.kind is MidiKind.NOTE_OFF:
            self._notes.note_off(event.number, event.channel, at_s)

    def _played_key(self, at_s: float) -> Key | None:
        guess = self._notes.guess(at_s)
        if guess is None or guess.confidence < CERTAIN:
            return None
        log.info("what was played is in %s (confidence %.0f %%)", guess.key, 100 * guess.confidence)
        return guess.key

    def clock_state(self, now_s: float) -> ClockState:
        """Return the state of the clock."""
        return self._clocks.state(now_s)

    def clock_tempo_bpm(self, now_s: float) -> float | None:
        """Return the clock's tempo in quarter notes a minute, None before one is known."""
        return self._clocks.tempo_bpm(now_s)

    def show(self, status: str | None = None) -> None:
        """Send all lights, for `status` or again for the current one (to a controller just plugged in)."""
        self._status = status or self._status
        for light in self._map.lights:
            self._send(light.message(self._status))

    def _act(self, triggered: TriggeredAction, at_s: float) -> None:
        action = triggered.action
        with self._errors(action):
            if action.name == "set":
                self._block[action.parameter] = triggered.value
            else:
                self._actions[action.name](action, at_s)

    @contextmanager
    def _errors(self, action: PadAction) -> Iterator[None]:
        """Report an error to the DAW, the lights and the window instead of raising it."""
        try:
            yield
        except StemBridgeError as error:
            log.warning("%s: %s", action, error)
            self._daws.refuse(str(error))
            self.show("failed")
            self._bus.publish(TriggerFailed(str(error)))
        except Exception:
            log.exception("a MIDI trigger broke (%s)", action)
            self.show("failed")

    def _generate(self, action: PadAction, at_s: float) -> None:
        tempo_bpm = self._clocks.tempo_bpm(at_s)
        ask_link = self._find_link() if tempo_bpm is None else None
        if ask_link is None:
            self._generate_at(action, at_s, tempo_bpm, self._clocks.beat(at_s))
            return
        task = asyncio.ensure_future(self._generate_with_link(action, at_s, ask_link))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _generate_with_link(self, action: PadAction, at_s: float, ask_link: AskLink) -> None:
        with self._errors(action):
            meter = self._session()[1].meter or self._map.meter or DEFAULT_METER
            link = await ask_link(float(meter.bar_beats))
            daw = self._session()[1]
            if link is None:
                self._generate_at(action, at_s, None, None)
                return
            phase = link.phase_at(at_s, float(meter.bar_beats))
            log.info("Link: %.2f BPM, %.2f beats into the bar, %d others", link.tempo_bpm, phase, link.peers)
            # Link shares the position in the bar, but no bar numbers: only the DAW knows the position in the song.
            self._generate_at(action, at_s, link.tempo_bpm, daw.playhead_beats if daw.playing else None)

    def _generate_at(self, action: PadAction, at_s: float, tempo_bpm: float | None, beat: float | None) -> None:
        """Generate at `tempo_bpm`, from the boundary after `beat`; for None the DAW's own values are used."""
        requester, state = self._session_at(at_s, tempo_bpm)
        quantise = action.quantise or self._map.quantise
        start = self._boundary(beat, quantise, state)
        trigger = Trigger(action.block, start, follows="" if start is None else PLAYHEAD)
        job = self._desk.generate(requester, state, trigger)
        if self._clocks.beat(at_s) is not None:
            self._bus.publish(TakeDue(job, quantise))
        self._submitted(job)

    @staticmethod
    def _boundary(beat: float | None, quantise: str, state: SessionState) -> float | None:
        return None if beat is None else next_boundary(beat, quantise, state.meter or DEFAULT_METER)

    def _session(self) -> tuple[Requester, SessionState]:
        """Return the requester that a pad acts for, and its session."""
        daw = self._daws.newest()
        return (daw.requester, daw.state) if daw else (PAD, self._new_state())

    def _session_at(self, at_s: float, tempo_bpm: float | None) -> tuple[Requester, SessionState]:
        """Return the same with the clock's tempo, the knobs' values, and the key that was played."""
        requester, daw = self._session()
        return requester, session_now(daw, self._block, tempo_bpm, self._played_key(at_s), self._map.meter)

    def _regenerate(self, _: PadAction, at_s: float) -> None:
        job = self._newest()
        requester, state = self._session_at(at_s, self._clocks.tempo_bpm(at_s))
        beat = self._clocks.beat(at_s)
        if beat is not None:
            state.position = self._boundary(beat, self._map.quantise, state)
        self._submitted(self._desk.regenerate(requester, state, job))

    def _again(self, _: PadAction, __: float) -> None:
        requester, state = self._session()
        self._submitted(self._desk.again(requester, state, self._newest()))

    def _submitted(self, job: Job) -> None:
        log.info("job %s accepted, from beat %g", job.id, job.spec.start_beat)
        self._show_status_of(job)

    def _cancel(self, _: PadAction, __: float) -> None:
        self._desk.cancel(self._desk.newest_of(self._session()[0], unfinished=True))

    def _accept(self, _: PadAction, __: float) -> None:
        """Have the chosen take placed once more, and show that the door is idle."""
        self._bus.publish(TakeChosen(*self._chosen()))
        self.show("idle")

    def _next_variation(self, _: PadAction, __: float) -> None:
        job, chosen = self._chosen()
        chosen = (chosen + 1) % len(job.manifests)
        self._variation = (job.id, chosen)
        self._bus.publish(TakeChosen(job, chosen))

    def _chosen(self) -> tuple[Job, int]:
        job = self._newest()
        if job.state is not State.DONE:
            raise StemBridgeError(f"The job {job.id} is {job.state}; it has no take to choose.")
        return job, self._variation[1] if self._variation[0] == job.id else 0

    def _newest(self) -> Job:
        return self._desk.newest_of(self._session()[0])

    def _show_status_of(self, job: Job) -> None:
        status = STATUS_OF[job.state]
        if status != self._status:
            self.show(status)
