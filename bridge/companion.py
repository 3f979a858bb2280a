"""The companion without a window: its parts, in the order in which they start.

1. The sockets: HTTP, and OSC on UDP and TCP. A port that is taken ends the start here, before anything else exists.
2. The lock by which other companions see that this one runs, and the job queue.
3. The desk and the doors to it: OSC, MIDI, HTTP, files, AbletonOSC. MIDI ports are opened in the background.
   `companion.json`, by which DAW scripts find the companion, comes with the files door.
4. The jobs of companions that died are adopted, and the queue begins to run. The engine's process is started when a
   client first becomes active.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack

from bridge.doors.abletonosc.door import AbletonOscDoor
from bridge.doors.bus import ClientActive, EventBus
from bridge.doors.connected_daws import ConnectedDaws
from bridge.doors.files.door import FilesDoor
from bridge.doors.files.folder import RequestFolder
from bridge.doors.http.door import HttpDoor, check_host
from bridge.doors.http.keys.store import KeyStore
from bridge.doors.http.server import HttpServer
from bridge.doors.link.ask import ask_link
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.door import AskLink, MidiDoor
from bridge.doors.midi.map_on_disk import MapOnDisk
from bridge.doors.midi.service import MidiService, SendMidi
from bridge.doors.midi.timed_takes import TimedTakes
from bridge.doors.osc.door import OscDoor
from bridge.doors.osc.encode import Outgoing, encode
from bridge.doors.osc.heartbeat import ScriptHeartbeat
from bridge.doors.osc.reply_files import TRANSPORT, ReplyFiles
from bridge.doors.osc.server import OscServer, Peer
from bridge.doors.studio_desk import StudioDesk
from bridge.home.companion_file import CompanionFile, unusable
from bridge.home.companion_lock import CompanionLock
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.jobs.queue import JobQueue
from bridge.jobs.store import JobStore
from bridge.jobs.worker.client import WorkerClient
from bridge.request.genre_map.genre_map import GenreMap, write_starter
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.style_homes import StyleHomes
from bridge.settings import SettingsFile
from bridge.settings.remote_address import remote_address
from bridge.takes.layout import check_project
from engine.errors import InvalidValue, StemBridgeError
from engine.registry import SKETCH, choose
from engine.remote.address import RemoteAddress

log = logging.getLogger("stembridge")


class Companion:
    """One companion, as an async context manager: it runs inside the `async with` block.

    Attributes:
        bus: the events of its doors.
        queue, desk, midi: its job queue, desk and MIDI; set while it runs.
    """

    def __init__(self, options: LaunchOptions, stand_in: Callable[[], SessionState] | None = None) -> None:
        """Prepare to run with `options`; while no DAW is connected, pads use the session `stand_in()`."""
        self._options = options
        self._stand_in = stand_in or self._new_state
        self._stack = AsyncExitStack()
        self._warm_up_task: asyncio.Task[None] | None = None
        self._osc = OscServer(self._receive)
        self._reply_files = ReplyFiles(options.folders.mailbox)
        self._http = HttpServer()
        self._worker = WorkerClient()
        self._osc_door: OscDoor | None = None
        self.bus = EventBus()
        self._daws = ConnectedDaws(self.bus)
        self.queue: JobQueue
        self.desk: StudioDesk
        self.midi: MidiService

    @property
    def osc_port(self) -> int:
        """The port of both OSC sockets."""
        return self._osc.port

    @property
    def http_port(self) -> int:
        """The port of the HTTP socket."""
        return self._http.port

    async def __aenter__(self) -> Companion:
        """Start everything.

        Raises
        ------
        StemBridgeError
            If a port is taken, the project or the engine cannot be used, or the job queue cannot be opened.
        """
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        options, folders = self._options, self._options.folders
        choose(options.engine, folders.models, self._find_remote)
        if options.project:
            check_project(options.project.absolute())
        _make_folders(folders, self._reply_files)

        keys = KeyStore(folders.keys)
        self._stack.callback(keys.close)
        check_host(options.host, keys)
        self._http.bind(options.host, options.http_port)
        self._stack.push_async_callback(self._http.stop)
        await self._osc.start(options.host, options.osc_port)
        self._stack.push_async_callback(self._osc.stop)

        lock = self._stack.enter_context(_hold_lock(folders))
        store = JobStore(folders.database, lock.name)
        self._stack.callback(store.close)
        self._stack.push_async_callback(self._worker.stop)
        self.queue = JobQueue(store, self._worker, folders.takes)
        presets = Presets(folders.presets)
        homes = StyleHomes(folders.styles)
        resolver = Resolver(presets, GenreMap(folders.genre_map), folders.models, self._find_remote, homes)
        self.desk = StudioDesk(self.queue, resolver, self._daws)
        self.bus.subscribe(ClientActive, self._warm_up)

        self._open_osc(presets)
        self._open_midi()
        http = HttpDoor(folders, self.desk, self.queue, presets, keys, options.engine)
        await self._http.start(http.app)
        self._stack.push_async_callback(self._http.stop)
        files = self._open_files(lock)
        self._open_abletonosc()

        store.forget_old(time.time())
        for dead in lock.dead(store.other_sessions()):
            self.queue.report_abandoned(store.adopt(dead))
        running = asyncio.create_task(self.queue.run())
        self._stack.push_async_callback(_finish, self.queue, running)
        self._run_until_closed(http.sweep())
        files.poll()
        self._run_until_closed(files.run())

    def _new_state(self) -> SessionState:
        """Return the session of a client that has said nothing yet."""
        options = self._options
        project = options.project.absolute() if options.project else None
        return SessionState(project=project, block={"engine": options.engine} if options.engine != "auto" else {})

    def _open_osc(self, presets: Presets) -> None:
        self._osc_door = OscDoor(
            self._send, self.desk, self.queue, presets, self._new_state, self._daws, self.bus, self.http_port
        )
        ScriptHeartbeat(self._options.folders.mailbox, self.bus)
        self._stack.callback(self._reply_files.flush)
        self._run_until_closed(self._reply_files.run())

    def _open_midi(self) -> None:
        settings = self._options.folders.settings
        clocks = Clocks()

        def find_link() -> AskLink | None:
            return ask_link if SettingsFile(settings)["link"] else None

        def preview_device() -> str | None:
            now = SettingsFile(settings)
            return now.text("output_device") if now["preview"] else None

        def make_door(send: SendMidi) -> MidiDoor:
            return MidiDoor(self.desk, self.queue, self._daws, self.bus, self._stand_in, send, find_link, clocks)

        timed_takes = TimedTakes(clocks, preview_device, self.queue, self.bus)
        self._stack.callback(timed_takes.stop)
        self.midi = MidiService(MapOnDisk(self._options.folders.midi_map), make_door)
        self._stack.push_async_callback(self.midi.stop)
        self._run_until_closed(self.midi.run())

    def _open_files(self, lock: CompanionLock) -> FilesDoor:
        """Claim `companion.json`; the mailbox belongs to the companion that the file names."""
        folders = self._options.folders
        file = CompanionFile(folders.companion_file, self.osc_port, self.http_port, folders.mailbox, lock)
        door = FilesDoor(
            RequestFolder(folders.mailbox),
            self.desk,
            self.queue,
            self._new_state,
            self._daws,
            self.bus,
            is_mine=file.is_mine,
        )
        self._stack.enter_context(file)
        self._stack.callback(door.close)
        return door

    def _open_abletonosc(self) -> None:
        if self._options.abletonosc:
            scale_is_key = SettingsFile(self._options.folders.settings)["live_scale_is_key"] is True
            door = AbletonOscDoor(
                self.queue, self._daws, self.bus, self._new_state, scale_is_key, self._options.abletonosc_ports
            )
            self._run_until_closed(door.run())

    def _run_until_closed(self, work: Coroutine[None, None, None]) -> None:
        self._stack.callback(asyncio.create_task(work).cancel)

    def _send(self, peer: Peer, message: Outgoing) -> None:
        if peer.transport == TRANSPORT:
            self._reply_files.put(peer.host, message)
        else:
            self._osc.send(peer, encode(message))

    def _find_remote(self) -> RemoteAddress | None:
        """Return the remote companion's address; refuse our own, which would wait for itself for ever."""
        address = remote_address(self._options.folders)
        if address is not None and address.is_own(self.http_port):
            raise InvalidValue("remote_url", address.url, "another companion's address, not this one's own")
        return address

    def _receive(self, peer: Peer, data: bytes) -> None:
        if self._osc_door is not None:
            self._osc_door.receive(peer, data)

    def _warm_up(self, _: ClientActive) -> None:
        if self.queue.is_cold and self._warm_up_task is None:
            self._warm_up_task = asyncio.create_task(self.queue.warm_up(self._engine_name()))
            self._warm_up_task.add_done_callback(self._forget_warm_up)

    def _engine_name(self) -> str:
        """Return the engine that will most likely run; the sketch engine if the selected one cannot."""
        try:
            return choose(self._options.engine, self._options.folders.models, self._find_remote).name
        except StemBridgeError:
            return SKETCH.name

    def _forget_warm_up(self, _: asyncio.Task[None]) -> None:
        self._warm_up_task = None


async def _finish(queue: JobQueue, running: asyncio.Task[None]) -> None:
    await queue.stop()
    await running


def _hold_lock(folders: Folders) -> CompanionLock:
    try:
        return CompanionLock.begin(folders.sessions)
    except OSError as error:
        raise unusable(folders.sessions, error) from None


def _make_folders(folders: Folders, reply_files: ReplyFiles) -> None:
    try:
        for folder in (folders.data, folders.takes, folders.config, folders.presets):
            folder.mkdir(parents=True, exist_ok=True)
        RequestFolder(folders.mailbox).prepare()
        reply_files.prepare()
        write_starter(folders.genre_map)
    except OSError as error:
        raise StemBridgeError(
            f"Stem Bridge's own folder cannot be made: {error.filename}: {error.strerror or error}."
        ) from None
