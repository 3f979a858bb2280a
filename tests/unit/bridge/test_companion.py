"""A whole companion without an engine: what it starts in which order, and what it leaves."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge import companion as module
from bridge.companion import Companion
from bridge.doors.bus import ClientActive
from bridge.doors.osc.server import PortInUse
from bridge.doors.requester import PAD, WINDOW
from bridge.home.folders import Folders
from bridge.home.heartbeat import heartbeat_age_s
from bridge.home.launch_options import LaunchOptions
from bridge.jobs.job import State
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import EngineUnavailable, InvalidValue, StemBridgeError
from tests.helpers.folders import everything_in
from tests.helpers.idle_worker import IdleWorker
from tests.helpers.job_specs import make_spec


@pytest.fixture(autouse=True)
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WorkerClient", IdleWorker)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "data", tmp_path / "config")


def options(folders: Folders, **changes: object) -> LaunchOptions:
    return LaunchOptions(folders, **{"osc_port": 0, "http_port": 0, **changes})  # type: ignore[arg-type]


def run(folders: Folders, scene: Callable[[Companion], Awaitable[None]], **changes: object) -> None:
    """Run a companion while `scene` lasts."""

    async def whole() -> None:
        async with Companion(options(folders, **changes)) as companion:
            await asyncio.wait_for(scene(companion), 20)

    asyncio.run(whole())


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.002)


class OscClient(asyncio.DatagramProtocol):
    """An OSC client on the companion's own loop; `received` has (address, values)."""

    def __init__(self) -> None:
        self.received: list[tuple[str, list[object]]] = []
        self.transport: asyncio.DatagramTransport

    @classmethod
    async def connect(cls, port: int) -> OscClient:
        loop = asyncio.get_running_loop()
        transport, client = await loop.create_datagram_endpoint(cls, remote_addr=("127.0.0.1", port))
        client.transport = transport
        return client

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = OscMessage(data)
        self.received.append((message.address.removeprefix("/stembridge"), list(message.params)))

    async def ask(self, address: str, *values: object) -> tuple[str, list[object]]:
        """Send a message and return the next one that comes."""
        self.received.clear()
        builder = OscMessageBuilder("/stembridge" + address)
        for value in values:
            builder.add_arg(value)
        self.transport.sendto(builder.build().dgram)
        await until(lambda: self.received)
        return self.received[0]


def test_every_door_is_open_and_its_ports_are_in_the_companion_file(folders: Folders) -> None:
    async def scene(companion: Companion) -> None:
        written = json.loads(folders.companion_file.read_text(encoding="utf-8"))
        assert (written["osc_port"], written["http_port"]) == (companion.osc_port, companion.http_port)
        client = await OscClient.connect(companion.osc_port)
        address, (_, http_port) = await client.ask("/hello", "Test", "1")
        assert (address, http_port) == ("/welcome", companion.http_port)
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"http://127.0.0.1:{companion.http_port}/v1/health")
        assert answer.json()["status"] == "ok"
        assert heartbeat_age_s(folders.mailbox, "companion") is not None
        request = folders.mailbox / "in" / "1-aa.json"
        request.write_text('{"format": 1, "do": "generate", "tempo": 120, "block": {"genres": "funk"}}')
        await until(lambda: (folders.mailbox / "out" / "1-aa.txt").is_file())
        client.transport.close()

    run(folders, scene, project=None)


def test_its_end_takes_the_companion_file_and_the_heartbeat_with_it(folders: Folders) -> None:
    async def scene(companion: Companion) -> None:
        assert list(folders.sessions.iterdir())

    run(folders, scene)
    assert not folders.companion_file.exists()
    assert heartbeat_age_s(folders.mailbox, "companion") is None
    run(folders, scene)  # everything can be started again


def test_replies_to_a_box_are_written_into_its_file(folders: Folders) -> None:
    async def scene(companion: Companion) -> None:
        client = await OscClient.connect(companion.osc_port)
        builder = OscMessageBuilder("/stembridge/hello")
        for value in ("Ardour", "8", "ardour-1"):
            builder.add_arg(value)
        client.transport.sendto(builder.build().dgram)
        box = folders.mailbox / "to" / "ardour-1.txt"
        await until(box.is_file)
        assert "\t/welcome\t" in box.read_text(encoding="utf-8")
        client.transport.close()

    run(folders, scene)


def test_clients_begin_with_the_project_and_the_engine_of_the_options(folders: Folders, tmp_path: Path) -> None:
    async def scene(companion: Companion) -> None:
        client = await OscClient.connect(companion.osc_port)
        address, (job_id, _) = await client.ask("/generate", '{"genres": "funk", "tempo": 120}')
        assert address == "/job/accepted"
        spec = companion.desk.job(str(job_id)).spec
        assert (spec.project, spec.engine) == (str(tmp_path), "sketch")
        client.transport.close()

    run(folders, scene, project=tmp_path, engine="sketch")


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"engine": "no such engine"}, StemBridgeError, "no such engine"),
        ({"engine": "ace-step"}, EngineUnavailable, "ace-step"),
        ({"project": Path("/no/such/folder")}, InvalidValue, "a folder that exists"),
        ({"host": "0.0.0.0"}, StemBridgeError, "an API key is needed"),
    ],
)
def test_options_that_cannot_be_used_end_the_start(
    folders: Folders, changes: dict[str, object], error: type[Exception], sentence: str
) -> None:
    async def scene(_: Companion) -> None:
        raise AssertionError("it has started")

    with pytest.raises(error, match=sentence):
        run(folders, scene, **changes)
    assert not folders.companion_file.exists()
    assert not folders.sessions.exists()


def test_a_taken_port_ends_the_start_before_there_is_a_queue(folders: Folders) -> None:
    async def scene(_: Companion) -> None:
        raise AssertionError("it has started")

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(PortInUse, match="--osc-port"):
            run(folders, scene, osc_port=other.getsockname()[1])
    assert not folders.database.exists()
    assert not folders.companion_file.exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    async def scene(_: Companion) -> None:
        raise AssertionError("it has started")

    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StemBridgeError, match="Stem Bridge's own folder cannot be made"):
        run(Folders(tmp_path / "data", tmp_path / "config"), scene)
    assert everything_in(tmp_path / "config") == []


def test_an_active_client_has_the_engine_made_ready_once(folders: Folders) -> None:
    async def scene(companion: Companion) -> None:
        for _ in range(3):
            companion.bus.publish(ClientActive())
        worker = companion._worker
        assert isinstance(worker, IdleWorker)
        await until(lambda: worker.warmed)
        assert worker.warmed == ["sketch"]
        worker.pid = 1
        companion.bus.publish(ClientActive())
        await asyncio.sleep(0)
        assert worker.warmed == ["sketch"], "a worker that runs is ready"

    run(folders, scene)


def test_its_own_address_as_the_remote_companion_is_refused(folders: Folders) -> None:
    async def scene(companion: Companion) -> None:
        url = f"http://127.0.0.1:{companion.http_port}"
        folders.settings.write_text(json.dumps({"remote_url": url}), encoding="utf-8")
        with pytest.raises(InvalidValue, match="another companion's address, not this one's own"):
            companion._find_remote()
        folders.settings.write_text(json.dumps({"remote_url": "http://192.0.2.1:9125"}), encoding="utf-8")
        remote = companion._find_remote()
        assert remote is not None
        assert remote.url == "http://192.0.2.1:9125"

    run(folders, scene)


def test_what_a_companion_left_waiting_is_run_by_the_next_and_what_ran_is_reported_as_failed(
    folders: Folders,
) -> None:
    jobs: list[str] = []

    async def first(companion: Companion) -> None:
        for _ in range(2):
            jobs.append(companion.queue.submit(make_spec(), WINDOW.to_text()).id)
        await until(lambda: companion.desk.job(jobs[0]).state is State.RUNNING)

    async def second(companion: Companion) -> None:
        await until(lambda: companion.desk.job(jobs[1]).state is State.RUNNING)
        assert companion.desk.job(jobs[0]).state.is_final

    run(folders, first)
    run(folders, second)


def test_two_companions_of_one_user_run_beside_each_other(folders: Folders) -> None:
    async def both() -> None:
        async with Companion(options(folders)) as one, Companion(options(folders)) as other:
            assert one.osc_port != other.osc_port
            named = json.loads(folders.companion_file.read_text(encoding="utf-8"))
            assert named["osc_port"] == one.osc_port, "the first one serves scripts"

    asyncio.run(both())


def test_pads_use_the_session_of_the_window_while_no_daw_is_connected(folders: Folders) -> None:
    async def whole() -> None:
        stand_in = SessionState(tempo=97.6, block={"genres": "polka"})
        async with Companion(options(folders), lambda: stand_in) as companion:
            companion.midi._door.receive("Stem Bridge", [0x99, 36, 100], time.monotonic())
            block = companion.desk.newest_of(PAD).spec.block
            assert (block["genres"], block["tempo"]) == ("polka", 97.6)
            assert companion.desk.generate(WINDOW, SessionState(), Trigger({"genres": "funk"}, 0.0)).id

    asyncio.run(whole())
