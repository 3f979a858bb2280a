from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from engine.errors import Cancelled, ModelFault
from engine.models import download as downloading
from engine.models.catalogue import ModelEntry, find_entry
from engine.models.download import DownloadProgress, _DownloadMeter, check_disk, offer
from engine.models.installed_models import RECORD, ModelStore
from engine.models.verify import verify
from tests.helpers.hub.checkpoints import TRANSFORMER
from tests.helpers.hub.fetching import WEIGHTS, Fetch
from tests.helpers.hub.server import COMMIT, LocalHub


def test_of_the_original_layout_all_is_fetched_but_pickles_code_and_the_language_model(
    fetch: Fetch, turbo: ModelEntry, store: ModelStore, hub: LocalHub
) -> None:
    model = fetch(turbo)
    assert store.find("tiny-turbo") == model
    assert (model.commit, model.licence, model.layout) == (COMMIT, "mit", "original")
    assert verify(model, turbo) == []
    found = {path.relative_to(model.folder).as_posix() for path in model.folder.rglob("*") if path.is_file()}
    assert found == {file.path for file in model.files} | {RECORD}
    assert f"{TRANSFORMER}/silence_latent.safetensors" in found
    assert not [path for path in found if path.endswith((".pt", ".bin", ".py"))]
    assert not [path for path, *_ in hub.requests if path.endswith(".py") or "-lm-" in path]


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")  # diffusers' VAE
def test_a_fetched_pipeline_loads_without_any_hub(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    from diffusers import AceStepPipeline

    folder = fetch(base).folder
    hub.close()
    before = len(hub.requests)
    pipeline = AceStepPipeline.from_pretrained(folder, local_files_only=True)
    assert pipeline.sample_rate == 48_000
    assert len(hub.requests) == before


def test_an_offer_says_size_and_licence_and_fetches_nothing(
    hub: LocalHub, base: ModelEntry, store: ModelStore, checkpoints: dict[str, Path]
) -> None:
    offered = offer(base, store, hub.endpoint)
    size = sum(path.stat().st_size for path in checkpoints["tiny/base"].rglob("*") if path.is_file())
    assert (offered.size_bytes, offered.missing_bytes, offered.licence) == (size, size, "mit")
    assert len(hub.requests) == 1
    assert not store.partial("tiny-base").exists()


def test_progress_only_grows_and_ends_with_all_bytes(fetch: Fetch, base: ModelEntry) -> None:
    reports: list[DownloadProgress] = []
    model = fetch(base, reports.append)
    done = [report.done_bytes for report in reports]
    assert done == sorted(done)
    assert done[-1] == reports[-1].total_bytes == model.size_bytes
    assert reports[-1].rate > 0
    assert {report.path for report in reports} == {file.path for file in model.files}


def test_cancel_keeps_what_has_arrived(fetch: Fetch, base: ModelEntry, store: ModelStore) -> None:
    def cancel_at_weights(progress: DownloadProgress) -> None:
        if progress.path == WEIGHTS:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(base, cancel_at_weights)
    assert store.find("tiny-base") is None
    assert store.partial_bytes("tiny-base") > 10_000
    assert verify(fetch(base), base) == []
    assert store.partial_bytes("tiny-base") == 0


def test_a_repository_that_lacks_a_file(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, tmp_path: Path, store: ModelStore
) -> None:
    hub.repositories["tiny/base"] = shutil.copytree(hub.repositories["tiny/base"], tmp_path / "lacking")
    (tmp_path / "lacking" / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ModelFault, match=r"vae/\*\.safetensors missing"):
        fetch(base)
    assert store.find("tiny-base") is None


def test_a_full_disk_is_found_out_before_anything_is_fetched(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "RESERVE_BYTES", 10**18)
    with pytest.raises(ModelFault, match=r"GB free; .* GB are needed .* make .* GB free"):
        fetch(base)
    assert len(hub.requests) == 1


def test_a_second_download_of_the_same_model_is_refused_meanwhile(
    fetch: Fetch, base: ModelEntry, hub: LocalHub
) -> None:
    hub.faults.slow_s["vae/diffusion_pytorch_model.safetensors"] = 0.05
    first = threading.Thread(target=fetch, args=(base,))
    first.start()
    assert hub.under_way.wait(120)
    with pytest.raises(ModelFault, match="Another program is bringing the model tiny-base here"):
        fetch(base)
    first.join(60)


@pytest.mark.parametrize("place", [".tiny-base.lock", "tiny-base.partial"])
def test_a_models_folder_that_cannot_be_used(fetch: Fetch, base: ModelEntry, store: ModelStore, place: str) -> None:
    if place.endswith(".lock"):
        (store.folder / place).mkdir()
    else:
        (store.folder / place).touch()
    with pytest.raises(ModelFault, match=place):
        fetch(base)


def test_a_newer_commit_replaces_the_model_and_keeps_the_old_until_then(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, tmp_path: Path, store: ModelStore
) -> None:
    fetch(base)
    hub.repositories["tiny/base"] = shutil.copytree(hub.repositories["tiny/base"], tmp_path / "newer")
    (tmp_path / "newer" / "LICENSE").write_text("Apache License\n")
    hub.faults.dies["LICENSE"] = (0, 99)
    with pytest.raises(ModelFault):
        fetch(base)
    assert (store.get("tiny-base").folder / "LICENSE").read_text() == "MIT License\n"
    hub.faults.dies.clear()
    assert (fetch(base).folder / "LICENSE").read_text() == "Apache License\n"


def test_a_separator_is_fetched_likewise(fetch: Fetch, store: ModelStore) -> None:
    entry = find_entry("tiny-demucs", store.folder)
    model = fetch(entry)
    assert verify(model, entry) == []
    assert {file.path for file in model.files} == {"955717e8.safetensors", "tiny-demucs.yaml"}


def test_the_record_says_where_it_came_from(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    record = json.loads((fetch(base).folder / RECORD).read_text())
    assert (record["origin"], record["repository"], record["revision"]) == (hub.endpoint, "tiny/base", "main")
    assert all(len(file["sha256"]) == 64 for file in record["files"])


def test_the_rate_is_that_of_the_last_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 1.0, 2.0, 10.0, 12.0])
    monkeypatch.setattr(downloading.time, "monotonic", lambda: next(times))
    reports: list[DownloadProgress] = []
    meter = _DownloadMeter(10_000, reports.append)
    meter.path = "a"
    for count in (100, 100, 100, 1000, 500):
        meter.add(count)
    assert [report.done_bytes for report in reports] == [100, 200, 300, 1300, 1800]
    assert [report.rate for report in reports] == [0.0, 100.0, 100.0, 0.0, 250.0]
    assert {(report.total_bytes, report.path) for report in reports} == {(10_000, "a")}


def test_bytes_that_were_there_already_do_not_count_for_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(downloading.time, "monotonic", lambda: now)
    reports: list[DownloadProgress] = []
    meter = _DownloadMeter(10_000, reports.append)
    meter.add(100)
    meter.skip(5_000)
    now = 1.0
    meter.add(100)
    now = 2.0
    meter.add(200)
    assert [(report.done_bytes, report.rate) for report in reports] == [(100, 0.0), (5200, 0.0), (5400, 200.0)]


def test_bytes_that_have_to_be_fetched_again_make_no_negative_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(downloading.time, "monotonic", lambda: now)
    reports: list[DownloadProgress] = []
    meter = _DownloadMeter(1_000, reports.append)
    meter.add(500)
    now = 1.0
    meter.add(-500)
    assert (reports[-1].done_bytes, reports[-1].rate) == (0, 0.0)


def test_the_disk_needs_room_for_the_files_and_the_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def usage(folder: Path) -> object:
        asked.append(folder)
        return shutil._ntuple_diskusage(10**12, 0, 3 * 10**9)  # type: ignore[attr-defined]

    monkeypatch.setattr(downloading.shutil, "disk_usage", usage)
    folder = tmp_path / "not" / "there" / "yet"
    check_disk(folder, 2 * 10**9)
    assert asked == [tmp_path]
    with pytest.raises(ModelFault) as caught:
        check_disk(folder, 25 * 10**8)
    assert str(caught.value) == (
        f"The disk of {folder} has 3.0 GB free; 2.5 GB are needed and 1 GB kept in reserve: make 0.5 GB free."
    )
    monkeypatch.setattr(downloading, "RESERVE_BYTES", 10**12)
    check_disk(folder, 0)  # nothing to write


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device"), "is full; make room, and the same command goes on from there"),
        (OSError(30, "Read-only file system", "/models/x"), r"/models/x cannot be written \(Read-only file system\)"),
    ],
)
def test_a_disk_that_fails_is_one_sentence(
    fetch: Fetch, base: ModelEntry, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(downloading, "fetch", fail)
    with pytest.raises(ModelFault, match=sentence):
        fetch(base)
