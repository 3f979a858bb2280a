from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from engine.errors import Cancelled, ModelFault
from engine.models import download as downloading
from engine.models.catalogue import ModelEntry, find_entry
from engine.models.download import DownloadProgress, offer
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


def test_progress_only_grows_and_ends_at_all_of_it(fetch: Fetch, base: ModelEntry) -> None:
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


def test_two_at_once_do_not_mix(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.slow_s["vae/diffusion_pytorch_model.safetensors"] = 0.05
    first = threading.Thread(target=fetch, args=(base,))
    first.start()
    assert hub.under_way.wait(60)
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
