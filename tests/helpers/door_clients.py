"""A user at each door of a companion that a window runs: each can send the song's state and use every verb."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from bridge.app.events import AppEvent, CoreReady, DawChanged, JobChanged
from bridge.app.handle import AppHandle, WindowRequest
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.jobs.job import State
from engine.errors import StemBridgeError
from tests.helpers.ableton.abletonosc_peer import AbletonOscPeer
from tests.helpers.free_ports import free_udp_port
from tests.helpers.osc_daw import Daw
from tests.helpers.waiting import wait_until

BLOCK = {"genres": "funk", "stems": ["bass"], "bars": 1.0, "engine": "sketch"}
START_BEAT = 4.0
PADS = {"generate": 36, "regenerate": 38, "again": 39, "cancel": 40}
MIDI_MAP = "".join(
    f'[[binding]]\naction = "{verb}"\nnote = {note}\ndebounce_ms = 0\n' + ("bars = 1\n" if verb == "generate" else "")
    for verb, note in PADS.items()
)


class Outcome(NamedTuple):
    """The result of a verb: the new job's id, or the sentence of the refusal."""

    job_id: str
    sentence: str


@dataclass
class Song:
    """The song in its DAW; None = not sent."""

    tempo: float | None = 240.0
    meter: str = "4/4"
    key: str = "E minor"
    project: str | None = None


class Studio:
    """A companion in a window's thread, with every door open."""

    def __init__(self, home: Path, abletonosc_port: int, reply_port: int) -> None:
        self.folders = Folders(home / "data", home / "config")
        self.folders.config.mkdir(parents=True)
        self.folders.midi_map.write_text(MIDI_MAP)
        self.folders.settings.write_text(json.dumps({"live_scale_is_key": True}))
        self.events: list[AppEvent] = []
        options = LaunchOptions(
            self.folders, osc_port=0, http_port=0, abletonosc=True, abletonosc_ports=(abletonosc_port, reply_port)
        )
        self.handle = AppHandle(options)
        self.handle.subscribe(self.events.append)
        self.handle.start()
        ready = wait_until(lambda: [e for e in self.events if isinstance(e, CoreReady)], "the companion runs")[0]
        self.osc_port, self.http_port = ready.osc_port, ready.http_port

    def job(self, job_id: str) -> JobChanged | None:
        """Return a job's newest state, None before there is one."""
        return next((e for e in reversed(self.events) if isinstance(e, JobChanged) and e.id == job_id), None)

    def finish(self, job_id: str) -> JobChanged:
        """Wait for the end of a job that has to succeed."""
        wait_until(lambda: (job := self.job(job_id)) is not None and job.state.is_final, f"job {job_id} ends")
        job = self.job(job_id)
        assert job is not None
        assert job.state is State.DONE, job
        return job

    def cancelled(self, job_id: str) -> None:
        """Wait until a job has been cancelled."""
        wait_until(lambda: (job := self.job(job_id)) is not None and job.state is State.CANCELLED, "it is cancelled")

    def pads(self) -> Daw:
        return Daw(self.osc_port)


@contextmanager
def open_studio(home: Path) -> Iterator[tuple[Studio, AbletonOscPeer]]:
    """Run a companion and an AbletonOSC beside it."""
    reply_port = free_udp_port()
    with AbletonOscPeer(reply_port, can_create=True) as peer:
        peer.is_open = False
        studio = Studio(home, peer.port, reply_port)
        try:
            yield studio, peer
        finally:
            studio.handle.stop()


class DoorClient(ABC):
    """A user at one door; `has_session` says that the door keeps the song's state between requests."""

    has_session = True

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.song = Song()
        self.enter()

    @abstractmethod
    def enter(self) -> None:
        """Connect."""

    @abstractmethod
    def say(self) -> None:
        """Send the song's current state to the companion."""

    @abstractmethod
    def press(self, verb: str, job_id: str = "", **block: object) -> Outcome:
        """Generate, regenerate, again or cancel."""

    @abstractmethod
    def close(self) -> None:
        """Leave."""


class OscClient(DoorClient):
    def enter(self) -> None:
        self.daw = Daw(self.studio.osc_port)
        self.daw.send("/hello", "Test DAW", "1")
        self.daw.send("/params", json.dumps(BLOCK))

    def say(self) -> None:
        say_song(self.daw, self.song)

    def press(self, verb: str, job_id: str = "", **block: object) -> Outcome:
        words = [json.dumps({"start_beat": START_BEAT, **block})] if verb == "generate" else [job_id]
        self.daw.send(f"/{verb}", *words)
        return outcome_of(self.daw, verb)

    def close(self) -> None:
        self.daw.socket.close()


class PadClient(DoorClient):
    """Pads, on behalf of a DAW that is connected by OSC."""

    def enter(self) -> None:
        self.daw, self.pads = Daw(self.studio.osc_port), self.studio.pads()
        self.daw.send("/hello", "Test DAW", "1")
        self.daw.send("/params", json.dumps(BLOCK))
        self.daw.send("/position", START_BEAT)

    def say(self) -> None:
        say_song(self.daw, self.song)

    def press(self, verb: str, job_id: str = "", **block: object) -> Outcome:
        for name, value in block.items():
            self.daw.send("/set", name, str(value))
        assert self.daw.errors_until_pong() == []  # from now on it is the DAW in contact last
        self.pads.send("/midi", 0x90, PADS[verb], 100)
        return outcome_of(self.daw, verb)

    def close(self) -> None:
        for client in (self.daw, self.pads):
            client.socket.close()


class FilesClient(DoorClient):
    count = 0

    def enter(self) -> None:
        self.mailbox = self.studio.folders.mailbox
        self.owner: dict[str, str] = {}

    def close(self) -> None:
        """Requests leave nothing open."""

    def say(self) -> None:
        """Every request contains the state."""

    def press(self, verb: str, job_id: str = "", **block: object) -> Outcome:
        FilesClient.count += 1
        name = f"{FilesClient.count}-ab"
        request: dict[str, object] = {"format": 1, "do": verb, "daw": "REAPER"}
        if verb == "cancel":
            request["request"] = self.owner[job_id]
        else:
            request |= {"start_beat": START_BEAT, "block": {**BLOCK, **block} if verb == "generate" else {}}
            request |= {"tempo": self.song.tempo, "time_signature": self.song.meter, "key": self.song.key}
            request |= {"job": job_id} if job_id else {}
            if self.song.project is not None:
                request["project"] = {"file": f"{self.song.project}/song.rpp", "media": ""}
        path = self.mailbox / "in" / f"{name}.json"
        path.with_suffix(".tmp").write_text(json.dumps(request))
        path.with_suffix(".tmp").rename(path)
        if verb == "cancel":
            return Outcome("", "")
        reply = wait_until(lambda: self._reply(name), "the request is answered")
        self.owner[reply.get("job", "")] = name
        return Outcome(reply.get("job", ""), "" if "job" in reply else reply["message"])

    def _reply(self, name: str) -> dict[str, str]:
        try:
            lines = (self.mailbox / "out" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.split("\t", 1) for line in lines[1:-1])


class HttpClient(DoorClient):
    has_session = False

    def enter(self) -> None:
        self.has_session = False
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.studio.http_port}", trust_env=False, timeout=60.0
        )

    def say(self) -> None:
        """Only a request can contain the state."""

    def press(self, verb: str, job_id: str = "", **block: object) -> Outcome:
        if verb == "generate":
            body: dict[str, object] = {**BLOCK, **block, "start_beat": START_BEAT}
            body |= {"tempo": self.song.tempo, "time_signature": self.song.meter, "key": self.song.key}
            body |= {"project": self.song.project} if self.song.project is not None else {}
            answer = self.client.post("/v2/ace-step-music", json=body)
        elif verb == "cancel":
            answer = self.client.delete(f"/v2/requests/{job_id}")
        else:
            answer = self.client.post(f"/v1/jobs/{job_id}/{verb}")
        body: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            return Outcome("", body["error"])
        return Outcome(body.get("request_id") or body["id"], "")

    def close(self) -> None:
        self.client.close()


class WindowClient(DoorClient):
    def enter(self) -> None:
        """The window is there already."""

    def close(self) -> None:
        """The window stays open."""

    def say(self) -> None:
        """Every click sends the state."""

    def press(self, verb: str, job_id: str = "", **block: object) -> Outcome:
        handle = self.studio.handle
        song = WindowRequest(
            {**BLOCK, **block}, self.song.tempo, self.song.meter, self.song.key, self.song.project or "", START_BEAT
        )
        try:
            if verb == "cancel":
                handle.cancel(job_id).result(60)
                return Outcome(job_id, "")
            if verb == "generate":
                return Outcome(handle.submit(song).result(60), "")
            future = handle.regenerate(job_id, song) if verb == "regenerate" else handle.again(job_id)
            return Outcome(future.result(60), "")
        except StemBridgeError as error:
            return Outcome("", str(error))


class AbletonOscClient(DoorClient):
    """Pads, on behalf of a Live that is connected through AbletonOSC."""

    peer: AbletonOscPeer

    def enter(self) -> None:
        self.peer.is_open = True
        self.pads = self.studio.pads()

    def say(self) -> None:
        numerator, denominator = map(int, self.song.meter.split("/"))
        root, mode = {"E minor": (4, "Minor"), "C dorian": (0, "Dorian")}[self.song.key]
        values: Mapping[str, object] = {
            "tempo": self.song.tempo,
            "signature_numerator": numerator,
            "signature_denominator": denominator,
            "root_note": root,
            "scale_name": mode,
            "current_song_time": START_BEAT,
        }
        for name, value in values.items():
            wait_until(lambda name=name: self.peer.is_listened_to(name), f"{name} is listened to")
            self.peer.change(name, value)
        wait_until(self._is_known, "the companion knows the song")

    def _is_known(self) -> bool:
        newest = next(
            (e for e in reversed(self.studio.events) if isinstance(e, DawChanged) and "OSC)" in e.daw), None
        )
        song = self.song
        return newest is not None and (newest.tempo, newest.meter, newest.key) == (song.tempo, song.meter, song.key)

    def press(self, verb: str, job_id: str = "", **block: object) -> Outcome:
        before = {event.id for event in self.studio.events if isinstance(event, JobChanged)}
        self.peer.change("current_song_time", START_BEAT)  # from now on it is the DAW in contact last
        self.pads.send("/midi", 0x90, PADS[verb], 100)
        if verb == "cancel":
            return Outcome(job_id, "")
        return wait_until(lambda: self._new_job(before), "a job begins")

    def _new_job(self, before: set[str]) -> Outcome | None:
        ids = [e.id for e in self.studio.events if isinstance(e, JobChanged) and e.id not in before]
        return Outcome(ids[0], "") if ids else None

    def close(self) -> None:
        self.peer.is_open = False
        self.pads.socket.close()


def say_song(daw: Daw, song: Song) -> None:
    """Send the song by OSC; a project that cannot be used is answered with an error, which is left unread."""
    if song.tempo is not None:
        daw.send("/tempo", song.tempo)
    daw.send("/timesig", *map(int, song.meter.split("/")))
    daw.send("/key", song.key)
    if song.project is not None:
        daw.send("/project", song.project)
    daw.errors_until_pong()


def outcome_of(daw: Daw, verb: str) -> Outcome:
    """Return the result of a verb; reports on earlier jobs are skipped."""
    answer = daw.wait_for("/job/cancelled" if verb == "cancel" else "/job/accepted", "/error")
    refused = answer.name == "/error"
    return Outcome("" if refused else str(answer.values[0]), str(answer.values[0]) if refused else "")


DOORS = {
    "osc": OscClient,
    "files": FilesClient,
    "midi": PadClient,
    "http": HttpClient,
    "window": WindowClient,
    "abletonosc": AbletonOscClient,
}
