"""The models' desk: every end of a piece of work is reported, and only one runs at a time."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.app import models
from bridge.app.events import ModelWork
from bridge.app.models import ModelDesk
from engine.errors import InvalidValue, StemBridgeError
from engine.hardware.device import Device
from engine.models.catalogue import find_entry
from tests.helpers.hub.tiny_separator import LABEL, NAME, WEIGHTS, save_files, write_entry

pytest.importorskip("safetensors", reason="the extra `models` is not installed")
WAIT_S = 30.0


class ModelsBench:
    """A desk over a models' folder with one small model in its catalogue, and everything that it reports."""

    def __init__(self, folder: Path) -> None:
        write_entry(folder)
        self.reports: queue.SimpleQueue[ModelWork] = queue.SimpleQueue()
        self.desk = ModelDesk(folder, self.reports.put)

    def to_the_end(self) -> list[ModelWork]:
        """Return the reports of one piece of work."""
        found = [self.reports.get(timeout=WAIT_S)]
        while found[-1].state == "running":
            found.append(self.reports.get(timeout=WAIT_S))
        return found


@pytest.fixture
def bench(tmp_path: Path) -> ModelsBench:
    return ModelsBench(tmp_path / "models")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return save_files(tmp_path / "source")


def replace_work(monkeypatch: pytest.MonkeyPatch, work: Callable[[Callable[[int], None]], None]) -> None:
    """Let `adopt` run `work(on_bytes)` instead of installing 100 bytes."""
    monkeypatch.setattr("engine.models.adopt.find_files", lambda _entry, _source: {"a": 100})
    monkeypatch.setattr("engine.models.adopt.adopt", lambda _entry, _source, _store, on_bytes: work(on_bytes))


def test_the_users_own_models_come_first_and_none_is_installed(bench: ModelsBench) -> None:
    first, *others = bench.desk.states()
    assert (first.entry.name, first.installed, first.partial_bytes) == (NAME, None, 0)
    assert len(others) > 1
    assert bench.desk.work is None


def test_a_download_that_was_not_finished_is_measured(bench: ModelsBench) -> None:
    partial = bench.desk.folder / f"{NAME}.partial"
    partial.mkdir()
    (partial / "weights").write_bytes(b"x" * 123)
    assert bench.desk.states()[0].partial_bytes == 123


def test_a_model_is_installed_from_a_folder_verified_and_removed(bench: ModelsBench, source: Path) -> None:
    bench.desk.adopt(NAME, source)
    first, *_, last = bench.to_the_end()
    assert (first.name, first.label, first.doing, first.state) == (NAME, LABEL, "copying", "running")
    assert (last.state, last.message) == ("done", f"{LABEL} is installed from {source}.")
    assert last.done_bytes == last.total_bytes > 4_000
    assert bench.desk.work is None
    installed = bench.desk.states()[0].installed
    assert installed is not None

    bench.desk.verify(NAME)
    first, *_, last = bench.to_the_end()
    assert (first.doing, first.total_bytes) == ("checking", installed.size_bytes)
    assert (last.state, last.message) == ("done", f"{LABEL}: all files are as they should be.")

    shutil.rmtree(source)  # its files are hard links: as long as they are there, nothing is freed
    assert bench.desk.remove(NAME).result(WAIT_S) >= installed.size_bytes
    assert bench.desk.states()[0].installed is None


def test_a_damaged_file_is_named_with_the_way_out(bench: ModelsBench, source: Path) -> None:
    bench.desk.adopt(NAME, source)
    bench.to_the_end()
    weights = bench.desk.folder / NAME / WEIGHTS
    content = weights.read_bytes()
    weights.unlink()  # it is a hard link to the source's file
    weights.write_bytes(content[:-1] + b"!")
    bench.desk.verify(NAME)
    last = bench.to_the_end()[-1]
    assert last.state == "failed"
    assert last.message == (
        f"{weights} is damaged: its hash is not the recorded one. Download {LABEL} again: only what is damaged comes."
    )


def test_a_folder_without_the_model_is_a_failure_not_an_error(bench: ModelsBench, tmp_path: Path) -> None:
    bench.desk.adopt(NAME, tmp_path)
    assert bench.to_the_end()[-1].state == "failed"
    bench.desk.adopt(NAME, tmp_path / "none")
    last = bench.to_the_end()[-1]
    assert (last.state, "a folder with the files of a model" in last.message) == ("failed", True)


def test_unknown_and_missing_models_are_refused_at_once(bench: ModelsBench, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=NAME):
        bench.desk.adopt("tiny-demucz", tmp_path)
    with pytest.raises(StemBridgeError, match="models download"):
        bench.desk.verify(NAME)
    assert bench.reports.empty()


def test_one_model_at_a_time_and_cancelling_ends_it_at_its_next_report(
    bench: ModelsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_cancelled = threading.Event()

    def work(on_bytes: Callable[[int], None]) -> None:
        is_cancelled.wait(WAIT_S)
        on_bytes(10)

    replace_work(monkeypatch, work)
    bench.desk.adopt(NAME, tmp_path)
    assert bench.desk.work is not None
    with pytest.raises(StemBridgeError) as caught:
        bench.desk.adopt(NAME, tmp_path)
    assert str(caught.value) == f"{LABEL} is being brought here; one model at a time."
    bench.desk.cancel()
    is_cancelled.set()
    last = bench.to_the_end()[-1]
    assert (last.state, last.done_bytes) == ("stopped", 10)
    assert last.message == "Stopped; what has arrived is kept, and the next download goes on there."
    bench.desk.adopt(NAME, tmp_path)  # an earlier cancel does not stop the next work
    assert bench.to_the_end()[-1].state == "done"


def test_an_unexpected_error_is_reported_and_the_desk_goes_on(
    bench: ModelsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_: Callable[[int], None]) -> None:
        raise RuntimeError("boom")

    replace_work(monkeypatch, work)
    for _ in range(2):
        bench.desk.adopt(NAME, tmp_path)
        last = bench.to_the_end()[-1]
        assert (last.state, last.message) == ("failed", "That did not work (RuntimeError: boom).")


def test_a_download_reports_bytes_and_rate(bench: ModelsBench, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(_offered: object, _store: object, on_progress: Callable[[Any], None]) -> object:
        on_progress(SimpleNamespace(done_bytes=1_000_000, rate=2e6))
        return SimpleNamespace(size_bytes=3_210_000_000)

    monkeypatch.setattr("engine.models.download.download", download)
    offered: Any = SimpleNamespace(entry=find_entry(NAME, bench.desk.folder), size_bytes=3_210_000_000)
    bench.desk.download(offered)
    first, middle, last = bench.to_the_end()
    assert (first.doing, first.done_bytes, first.total_bytes) == ("downloading", 0, 3_210_000_000)
    assert (middle.done_bytes, middle.rate, middle.state) == (1_000_000, 2e6, "running")
    assert (last.state, last.message) == ("done", f"{LABEL} is installed (3.21 GB).")


def test_an_offer_is_checked_against_the_disk(bench: ModelsBench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def offer(entry: object, _store: object, endpoint: str | None) -> SimpleNamespace:
        asked.append(endpoint)
        return SimpleNamespace(entry=entry, missing_bytes=10**18)

    monkeypatch.setattr("engine.models.download.offer", offer)
    bench.desk.endpoint = "http://hub.local"
    error = bench.desk.offer(NAME).exception(WAIT_S)
    assert isinstance(error, StemBridgeError)
    assert asked == ["http://hub.local"]


def test_reports_are_spaced_out(bench: ModelsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now_s=1_000.0, monotonic=lambda: clock.now_s)
    monkeypatch.setattr(models, "time", clock)

    def work(on_bytes: Callable[[int], None]) -> None:
        for _ in range(10):
            on_bytes(10)
            clock.now_s += 0.03

    replace_work(monkeypatch, work)
    bench.desk.adopt(NAME, tmp_path)
    reports = bench.to_the_end()
    assert [report.done_bytes for report in reports] == [0, 10, 50, 90, 100]  # 0.12 s apart
    assert [report.total_bytes for report in reports] == [0, 100, 100, 100, 100]


def test_the_model_for_this_machine_is_recommended_with_a_reason(
    bench: ModelsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device("cuda", "A card", 24 * 10**9, 23 * 10**9, "bfloat16")
    monkeypatch.setattr("engine.hardware.probe.probe_in_subprocess", lambda: device)
    name, reason = bench.desk.recommended().result(WAIT_S)
    assert find_entry(name).kind == "music"
    assert reason


def test_the_command_that_installs_the_libraries_is_told_only_where_they_are_missing(
    bench: ModelsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "missing_packages", lambda: ("torch",))
    assert bench.desk.missing() == models.INSTALL_COMMAND
    monkeypatch.setattr(models, "missing_packages", tuple)
    assert bench.desk.missing() == ""


def test_free_space_is_that_of_the_disk_that_the_folder_will_be_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: asked.append(path) or SimpleNamespace(free=7))
    assert ModelDesk(tmp_path / "not" / "yet", lambda _: None).free_bytes() == 7
    assert asked == [tmp_path]
