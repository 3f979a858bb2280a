"""Does what pads, switches and knobs say: submits jobs for the DAW that is connected, shows their fate in lights."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from bridge.doors.link.reading import LinkReading
from bridge.doors.midi.actions import Action
from bridge.doors.midi.bindings import Hit, Matcher
from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.feedback import STANDING_OF
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.messages import Event, Kind, Reader
from bridge.doors.midi.notes import CERTAIN, NoteListener
from bridge.doors.midi.port_names import OWN_CLIENT
from bridge.doors.midi.quantise import next_boundary
from bridge.doors.midi.session_now import session_now
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.request.resolve import DEFAULT_METER, Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from bridge.takes.layout import check_project
from engine.errors import StemBridgeError
from engine.music import Key

log = logging.getLogger("stembridge.midi")

AskLink = Callable[[float], Awaitable[LinkReading | None]]
"""Reads a Link session for bars of so many quarter notes; None if there is none."""


class Daws(Protocol):
    """The DAWs that are connected, by whichever door (`bridge.doors.connected_daws`)."""

    def newest_daw(self) -> tuple[str, SessionState] | None:
        """Return the client's name and state of the DAW heard of last, None if there is none."""

    def accepted(self, job: Job) -> None:
        """Tell the job's client that the job is stored, and where it will start."""

    def announce(self, job: Job, variation: int) -> None:
        """Tell the job's client that one of its takes is complete."""

    def refuse(self, why: str) -> None:
        """Tell the DAW heard of last, if any, why a pad could not do what it is for."""


class MidiDoor:
    """Takes bytes from ports and does what the map says. All methods belong to the event loop's thread."""

    def __init__(
        self,
        queue: JobQueue,
        resolver: Resolver,
        daws: Daws,
        new_state: Callable[[], SessionState],
        send: Callable[[Sequence[int]], None],
        find_link: Callable[[], AskLink | None] = lambda: None,
    ) -> None:
        """Submit to `queue`; `send` shows a message on the controllers, `find_link` returns what to ask where no
        clock is heard, None if Link is not wanted.

        `on_timed` may be set, to be called with every job that counts from a beat of the clock, and its `quantise`;
        `new_state` is what a trigger goes by while no DAW is connected; `on_problem` may be set, to be called with
        the sentence that says why a trigger did nothing.
        """
        self._queue = queue
        self._resolver = resolver
        self._daws = daws
        self._new_state = new_state
        self._send = send
        self._find_link = find_link
        self._asking: set[asyncio.Future[None]] = set()
        self.on_timed: Callable[[Job, str], None] = lambda _job, _quantise: None
        self._map = MidiMap()
        self._matcher = Matcher(())
        self._readers: dict[str, Reader] = {}
        self._clocks = Clocks()
        self._notes = NoteListener()
        self._block: dict[str, object] = {}
        self._variation = ("", 0)
        self._standing = "idle"
        self.on_problem: Callable[[str], None] = lambda _sentence: None
        self._actions: Mapping[str, Callable[[Action, float], None]] = {
            "generate": self._generate,
            "regenerate": self._regenerate,
            "cancel": self._cancel,
            "accept": self._accept,
            "next_variation": self._next_variation,
        }
        queue.subscribe(self._tell)

    def use(self, wanted: MidiMap) -> None:
        """Go by another map from now on."""
        self._map, self._matcher = wanted, Matcher(wanted.bindings)

    def receive(self, port: str, data: Sequence[int], at_s: float) -> None:
        """Act on bytes that came from `port` at `at_s`, seconds of `time.monotonic`. Nothing in them raises."""
        for event in self._readers.setdefault(port, Reader()).feed(data):
            self._clocks.take(event, port, at_s)
            hits = list(self._matcher.hits(event, port, at_s))
            if not hits:
                self._listen(event, at_s)
            for hit in hits:
                self._act(hit, at_s)

    def _listen(self, event: Event, at_s: float) -> None:
        """Take a note that does nothing else as music."""
        if event.kind is Kind.NOTE:
            self._notes.note_on(event.number, event.channel, at_s)
        elif event.kind is Kind.NOTE_OFF:
            self._notes.note_off(event.number, event.channel, at_s)

    def _played_key(self, at_s: float) -> Key | None:
        guess = self._notes.guess(at_s)
        if guess is None or guess.confidence < CERTAIN:
            return None
        log.info("what was played is in %s (confidence %.0f %%)", guess.key, 100 * guess.confidence)
        return guess.key

    def clock_state(self, now_s: float) -> ClockState:
        """Return what the clock does."""
        return self._clocks.state(now_s)

    def clock_tempo_bpm(self, now_s: float) -> float | None:
        """Return the clock's tempo in quarter notes a minute, None before one is known."""
        return self._clocks.tempo_bpm(now_s)

    def beat(self, now_s: float) -> float | None:
        """Return the clock's song position in quarter notes while its song runs, else None."""
        return self._clocks.beat(now_s)

    def show(self, standing: str | None = None) -> None:
        """Send all lights, for `standing` or once more for the present one (to a controller that has just come)."""
        self._standing = standing or self._standing
        for light in self._map.lights:
            self._send(light.message(self._standing))

    def _act(self, hit: Hit, at_s: float) -> None:
        with self._errors(hit.action):
            if hit.action.name == "set":
                self._block[hit.action.parameter] = hit.value
            else:
                self._actions[hit.action.name](hit.action, at_s)

    @contextmanager
    def _errors(self, action: Action) -> Iterator[None]:
        """Tell what goes wrong inside to whoever can hear or see it; it ends there."""
        try:
            yield
        except StemBridgeError as error:
            log.warning("%s: %s", action, error)
            self._daws.refuse(str(error))
            self.show("failed")
            self.on_problem(str(error))
        except Exception:
            log.exception("a MIDI trigger broke (%s)", action)
            self.show("failed")

    def _generate(self, action: Action, at_s: float) -> None:
        tempo_bpm = self._clocks.tempo_bpm(at_s)
        ask_link = self._find_link() if tempo_bpm is None else None
        if ask_link is None:
            self._generate_at(action, at_s, tempo_bpm, self._clocks.beat(at_s))
            return
        task = asyncio.ensure_future(self._generate_with_link(action, at_s, ask_link))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _generate_with_link(self, action: Action, at_s: float, ask_link: AskLink) -> None:
        with self._errors(action):
            meter = self._daw()[1].meter or self._map.meter or DEFAULT_METER
            session = await ask_link(float(meter.bar_beats))
            daw = self._daw()[1]
            if session is None:
                self._generate_at(action, at_s, None, None)
                return
            phase = session.phase_at(at_s, float(meter.bar_beats))
            log.info("Link: %.2f BPM, %.2f beats into the bar, %d others", session.tempo_bpm, phase, session.peers)
            # The bars are everybody's, their numbers nobody's: where the song is, only the DAW knows.
            self._generate_at(action, at_s, session.tempo_bpm, daw.position if daw.playing else None)

    def _generate_at(self, action: Action, at_s: float, tempo_bpm: float | None, beat: float | None) -> None:
        """Generate at `tempo_bpm`, from the boundary after `beat`; None leaves either to the DAW."""
        client, daw = self._daw()
        if daw.project_fault:
            raise StemBridgeError(daw.project_fault)
        if daw.project is not None:
            check_project(daw.project, daw.daw)
        state = session_now(daw, self._block, tempo_bpm, self._played_key(at_s), self._map.meter)
        quantise, start = action.quantise or self._map.quantise, None
        if beat is not None:
            start = next_boundary(beat, quantise, state.meter or DEFAULT_METER)
        job = self._queue.submit(self._resolver.resolve(Trigger(action.block, start), state), client)
        if self._clocks.beat(at_s) is not None:
            self.on_timed(job, quantise)
        self._submitted(job)

    def _daw(self) -> tuple[str, SessionState]:
        return self._daws.newest_daw() or (OWN_CLIENT, self._new_state())

    def _regenerate(self, _: Action, __: float) -> None:
        job = self._newest()
        self._submitted(self._queue.submit(self._resolver.with_new_seed(job.spec), job.client))

    def _submitted(self, job: Job) -> None:
        log.info("job %s accepted, from beat %g", job.id, job.spec.start_beat)
        self._daws.accepted(job)
        self._tell(job)

    def _cancel(self, _: Action, __: float) -> None:
        job = self._queue.newest_of(self._client(), unfinished=True)
        if job is None:
            raise StemBridgeError("There is no unfinished job to cancel.")
        self._queue.cancel(job)

    def _accept(self, _: Action, __: float) -> None:
        """Have the chosen take brought in once more, and be ready for the next one."""
        job, chosen = self._chosen()
        self._daws.announce(job, chosen)
        self.show("idle")

    def _next_variation(self, _: Action, __: float) -> None:
        job, chosen = self._chosen()
        chosen = (chosen + 1) % len(job.manifests)
        self._variation = (job.id, chosen)
        self._daws.announce(job, chosen)

    def _chosen(self) -> tuple[Job, int]:
        job = self._newest()
        if job.state is not State.DONE:
            raise StemBridgeError(f"The job {job.id} is {job.state}; it has no take to choose.")
        return job, self._variation[1] if self._variation[0] == job.id else 0

    def _newest(self) -> Job:
        job = self._queue.newest_of(self._client())
        if job is None:
            raise StemBridgeError("There is no job yet.")
        return job

    def _client(self) -> str:
        newest = self._daws.newest_daw()
        return newest[0] if newest else OWN_CLIENT

    def _tell(self, job: Job) -> None:
        standing = STANDING_OF[job.state]
        if standing != self._standing:
            self.show(standing)
