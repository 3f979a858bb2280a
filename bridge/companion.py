"""The companion without a window: its parts, in the order in which they start.

1. The session: a lock that says this companion lives, and the job queue; jobs of dead companions are adopted.
2. The sockets: OSC on UDP and TCP, HTTP. A port that is taken ends the start here, before anything is promised.
3. `companion.json`, by which DAW scripts find the companion.
4. MIDI: ports are looked for in the background; a machine without any is only said in the log.
5. The queue begins to run. The engine's process is started when a client first shows a sign of life.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from bridge.doors.abletonosc.door import AbletonOsc
from bridge.doors.connected_daws import ConnectedDaws
from bridge.doors.files.door import FilesDoor
from bridge.doors.files.folder import RequestFolder
from bridge.doors.http.door import HttpDoor, check_host
from bridge.doors.http.keys.store import KeyStore
from bridge.doors.http.server import HttpServer
from bridge.doors.link.ask import ask_link
from bridge.doors.midi.door import AskLink, MidiDoor
from bridge.doors.midi.map_on_disk import MapOnDisk
from bridge.doors.midi.service import MidiService
from bridge.doors.midi.timed_takes import TimedTakes
from bridge.doors.osc.door import OscDoor
from bridge.doors.osc.heartbeat import ScriptHeartbeat
from bridge.doors.osc.reply_files import TRANSPORT, ReplyFiles
from bridge.doors.osc.server import OscServer, Peer
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
from bridge.settings import SettingsFile
from bridge.settings.remote_address import remote_address
from bridge.takes.layout import check_project
from engine.errors import InvalidValue, StemBridgeError
from engine.registry import SKETCH, choose
from engine.remote.address import RemoteAddress

log = logging.getLogger("stembridge")


class Companion:
    """One running companion; an async context manager that is ready inside and gone afterwards.

    `alone` may be set: what a pad goes by while no DAW is connected, in place of an empty state.
    """

    def __init__(self, options: LaunchOptions) -> None:
        self._options = options
        self._stack = AsyncExitStack()
        self._warming: asyncio.Task[None] | None = None
        self._osc = OscServer(self._receive)
        self._outbox = ReplyFiles(options.folders.mailbox)
        self._http = HttpServer()
        self._worker = WorkerClient()
        self._face: OscDoor | None = None
        self.connected = ConnectedDaws()
        self.midi: MidiService
        self.alone: Callable[[], SessionState] | None = None
        self.queue: JobQueue
        self.resolver: Resolver

    @property
    def face(self) -> OscDoor:
        """The OSC face, once the companion runs."""
        assert self._face is not None
        return self._face

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
        project = check_project(options.project.absolute()) if options.project else None
        _make_folders(folders, self._outbox)

        keys = KeyStore(folders.keys)
        self._stack.callback(keys.close)
        check_host(options.host, keys)
        self._http.bind(options.host, options.http_port)
        self._stack.push_async_callback(self._http.stop)
        await self._osc.start(options.host, options.osc_port)
        self._stack.push_async_callback(self._osc.stop)

        session = self._stack.enter_context(_begin_session(folders))
        store = JobStore(folders.database, session.name)
        self._stack.callback(store.close)
        self._stack.push_async_callback(self._worker.stop)
        queue = JobQueue(store, self._worker, folders.takes)
        presets = Presets(folders.presets)
        resolver = Resolver(presets, GenreMap(folders.genre_map), folders.models, self._find_remote)
        self.queue, self.resolver = queue, resolver

        def new_state() -> SessionState:
            return SessionState(project=project, block={"engine": options.engine} if options.engine != "auto" else {})

        self._face = OscDoor(self._send, queue, resolver, presets, new_state, self.connected)
        self._face.http_port = self._http.port
        self._face.on_sign_of_life = lambda: self._warm_up(queue)
        self.connected.subscribe(ScriptHeartbeat(folders.mailbox).heard)
        self._stack.callback(self._outbox.flush)
        self._stack.callback(asyncio.create_task(self._outbox.run()).cancel)
        self._start_midi(queue, resolver, new_state)
        http = HttpDoor(folders, queue, resolver, presets, keys, options.engine)
        await self._http.start(http.app)
        self._stack.push_async_callback(self._http.stop)
        mailbox = FilesDoor(RequestFolder(folders.mailbox), queue, resolver, new_state, self.connected)
        self._announce(mailbox, queue)
        self._start_abletonosc()

        store.forget_old(time.time())
        for dead in session.dead(store.other_sessions()):
            queue.report_abandoned(store.adopt(dead))
        running = asyncio.create_task(queue.run())
        self._stack.push_async_callback(_finish, queue, running)
        self._stack.callback(asyncio.create_task(http.sweep()).cancel)
        mailbox.poll()
        self._stack.callback(asyncio.create_task(mailbox.run()).cancel)

    def _announce(self, mailbox: FilesDoor, queue: JobQueue) -> None:
        """Put `companion.json` there; as long as no newer companion has replaced it, the mailbox is ours."""
        folders = self._options.folders
        file = CompanionFile(folders.companion_file, self.osc_port, self.http_port, folders.mailbox)
        mailbox.is_mine = file.is_there
        mailbox.on_sign_of_life = lambda: self._warm_up(queue)
        self._stack.enter_context(file)
        self._stack.callback(mailbox.close)

    def _start_midi(self, queue: JobQueue, resolver: Resolver, new_state: Callable[[], SessionState]) -> None:
        assert self._face is not None
        service = self.midi = MidiService(MapOnDisk(self._options.folders.midi_map))
        settings = self._options.folders.settings

        def find_link() -> AskLink | None:
            return ask_link if SettingsFile(settings)["link"] else None

        def preview_device() -> str | None:
            now = SettingsFile(settings)
            return now.text("output_device") if now["preview"] else None

        midi = MidiDoor(
            queue, resolver, self.connected, lambda: (self.alone or new_state)(), service.ports.send, find_link
        )
        previews = TimedTakes(midi, preview_device)
        midi.on_timed = previews.expect
        queue.subscribe(previews.tell)
        self._stack.callback(previews.stop)
        service.attach(midi)
        self._face.on_midi = lambda port, data: midi.receive(port, data, time.monotonic())
        self._stack.push_async_callback(service.stop)
        self._stack.callback(asyncio.create_task(service.run()).cancel)

    def _send(self, peer: Peer, data: bytes) -> None:
        if peer.transport == TRANSPORT:
            self._outbox.put(peer.host, data)
        else:
            self._osc.send(peer, data)

    def _find_remote(self) -> RemoteAddress | None:
        """Return the other companion's address; our own would wait for itself for ever."""
        address = remote_address(self._options.folders)
        if address is not None and address.is_own(self.http_port):
            raise InvalidValue("remote_url", address.url, "another companion's address, not this one's own")
        return address

    def _start_abletonosc(self) -> None:
        if self._options.abletonosc:
            settings = SettingsFile(self._options.folders.settings)
            service = AbletonOsc(("127.0.0.1", self.osc_port), settings["live_scale_is_key"] is True)
            self._stack.callback(asyncio.create_task(service.run()).cancel)

    def _receive(self, peer: Peer, data: bytes) -> None:
        if self._face is not None:
            self._face.receive(peer, data)

    def _warm_up(self, queue: JobQueue) -> None:
        if queue.is_cold and self._warming is None:
            self._warming = asyncio.create_task(queue.warm_up(self._engine_name()))
            self._warming.add_done_callback(self._warmed)

    def _engine_name(self) -> str:
        """Return the engine that will most likely run; one that cannot any more is another's to tell."""
        try:
            return choose(self._options.engine, self._options.folders.models, self._find_remote).name
        except StemBridgeError:
            return SKETCH.name

    def _warmed(self, _: asyncio.Task[None]) -> None:
        self._warming = None


async def _finish(queue: JobQueue, running: asyncio.Task[None]) -> None:
    await queue.stop()
    await running


def _begin_session(folders: Folders) -> CompanionLock:
    try:
        return CompanionLock.begin(folders.sessions)
    except OSError as error:
        raise unusable(folders.sessions, error) from None


def _make_folders(folders: Folders, outbox: ReplyFiles) -> None:
    try:
        for folder in (folders.data, folders.takes, folders.config, folders.presets):
            folder.mkdir(parents=True, exist_ok=True)
        RequestFolder(folders.mailbox).prepare()
        outbox.prepare()
        write_starter(folders.genre_map)
    except OSError as error:
        raise StemBridgeError(
            f"Stem Bridge's own folder cannot be made: {error.filename}: {error.strerror or error}."
        ) from None
