"""The companion's thread: what it reports, what it runs, and how it ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge import companion as companion_module
from bridge.app import core as module
from bridge.app.core import NOT_RUNNING, CoreThread
from bridge.app.events import CoreFailed, CoreReady
from bridge.companion import Companion
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError
from tests.helpers.idle_worker import IdleWorker


class CoreBench:
    """A thread with its reports; `prepared` has the companions that were prepared."""

    def __init__(self, folder: Path, prepare: Callable[[Companion], None] | None = None, **options: object) -> None:
        values = {"osc_port": 0, "http_port": 0, **options}
        self.reports: list[CoreReady | CoreFailed] = []
        self.reported = threading.Event()
        self.prepared: list[Companion] = []
        self.core = CoreThread(
            LaunchOptions(Folders(folder / "data", folder / "config"), **values),  # type: ignore[arg-type]
            self._report,
            prepare or self.prepared.append,
            SessionState,
        )

    def _report(self, report: CoreReady | CoreFailed) -> None:
        self.reports.append(report)
        self.reported.set()

    def start(self) -> CoreReady | CoreFailed:
        self.core.start()
        assert self.reported.wait(20)
        return self.reports[0]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[CoreBench]:
    bench = CoreBench(tmp_path)
    yield bench
    bench.core.stop()


@pytest.fixture(autouse=True)
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companion_module, "WorkerClient", IdleWorker)


def test_a_companion_that_runs_is_reported_with_its_ports_and_works_on_its_own_thread(bench: CoreBench) -> None:
    ready = bench.start()
    (companion,) = bench.prepared
    assert ready == CoreReady(companion.osc_port, companion.http_port)
    assert companion.osc_port > 0
    here = threading.current_thread()
    assert bench.core.call(lambda _: threading.current_thread()).result(10) is not here
    assert bench.core.call(lambda one: one.queue.count_unfinished()).result(10) == 0


def test_an_error_of_the_work_is_that_of_its_future(bench: CoreBench) -> None:
    bench.start()
    with pytest.raises(ZeroDivisionError):
        bench.core.call(lambda _: 1 / 0).result(10)
    assert bench.core.call(lambda _: 7).result(10) == 7, "the companion goes on"


def test_before_the_start_and_after_the_end_nothing_is_run(bench: CoreBench) -> None:
    with pytest.raises(StemBridgeError, match=NOT_RUNNING):
        bench.core.call(lambda _: 7).result(0)
    bench.start()
    bench.core.stop()
    with pytest.raises(StemBridgeError, match=NOT_RUNNING):
        bench.core.call(lambda _: 7).result(0)
    bench.core.stop()


def test_a_core_that_was_stopped_before_it_started_never_runs(bench: CoreBench) -> None:
    bench.core.stop()
    bench.core.start()
    bench.core._thread.join(10)
    assert (bench.reports, bench.prepared) == ([], [])


def test_a_port_that_is_taken_is_reported_as_one_that_another_port_would_mend(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        failed = CoreBench(tmp_path, http_port=other.getsockname()[1]).start()
    assert isinstance(failed, CoreFailed)
    assert failed.port_taken
    assert "already in use" in failed.sentence


def test_another_error_is_reported_with_its_sentence(tmp_path: Path) -> None:
    failed = CoreBench(tmp_path, project=tmp_path / "gone").start()
    assert isinstance(failed, CoreFailed)
    assert not failed.port_taken
    assert "a folder that exists" in failed.sentence


def test_a_fault_of_ours_is_logged_and_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    failed = CoreBench(tmp_path, prepare=lambda _: 1 / 0).start()  # type: ignore[arg-type, return-value]
    assert failed == CoreFailed("The companion broke (ZeroDivisionError: division by zero); start it again.")
    assert "the companion broke" in caplog.text


def test_stopping_from_the_companions_own_thread_does_not_wait_for_itself(
    bench: CoreBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_TIMEOUT_S", 0.0)
    bench.start()
    bench.core.call(lambda _: bench.core.stop()).result(10)
    bench.core._thread.join(20)
    assert not bench.core._thread.is_alive()
