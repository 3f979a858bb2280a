"""Downloads from a real server on this machine, whole and broken."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import Cancelled, ModelFault
from engine.models import download as downloading
from engine.models.catalogue import ModelEntry, find_entry
from engine.models.download import Progress, download, offer
from engine.models.installed_models import RECORD, InstalledModel, ModelStore
from engine.models.transfer import Patience
from engine.models.verify import verify
from tests.helpers.hub.checkpoints import TRANSFORMER
from tests.helpers.hub.server import COMMIT, LocalHub

WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"
QUICK = Patience(retries=2, first_wait_s=0.001)

Fetch = Callable[..., InstalledModel]


@pytest.fixture
def fetch(hub: LocalHub, store: ModelStore) -> Fetch:
    def fetch_one(
        entry: ModelEntry, on_progress: Callable[[Progress], None] = lambda _: None, patience: Patience = QUICK
    ) -> InstalledModel:
        return download(offer(entry, store, hub.endpoint), store, on_progress, patience)

    return fetch_one


def asked_for(hub: LocalHub, name: str) -> list[str]:
    """Return the ranges in which the content of a file was asked for."""
    return [wanted for path, wanted, _ in hub.requests if path.startswith("/cdn/") and path.endswith(name)]


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


def test_the_latent_of_silence_is_the_same_in_both_layouts(fetch: Fetch, turbo: ModelEntry, base: ModelEntry) -> None:
    from safetensors.torch import load_file

    original = load_file(fetch(turbo).folder / TRANSFORMER / "silence_latent.safetensors")["silence_latent"]
    encoder = load_file(fetch(base).folder / "condition_encoder" / "diffusion_pytorch_model.safetensors")
    assert original.equal(encoder["silence_latent"])


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
    reports: list[Progress] = []
    model = fetch(base, reports.append)
    done = [report.done_bytes for report in reports]
    assert done == sorted(done)
    assert done[-1] == reports[-1].total_bytes == model.size_bytes
    assert reports[-1].rate > 0
    assert {report.path for report in reports} == {file.path for file in model.files}


def test_a_connection_that_dies_is_taken_up_where_it_broke(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.dies[WEIGHTS] = (40_000, 2)
    assert verify(fetch(base), base) == []
    ranges = asked_for(hub, WEIGHTS)
    assert len(ranges) == 3
    assert ranges[0] == ""
    assert all(wanted.startswith("bytes=") for wanted in ranges[1:])
    assert hub.sent[WEIGHTS] < 2 * 82_792


def test_a_connection_that_stays_dead_ends_in_a_sentence_and_a_later_try_goes_on(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, store: ModelStore
) -> None:
    hub.faults.dies[WEIGHTS] = (8_192, 1)
    hub.faults.dies["vae/diffusion_pytorch_model.safetensors"] = (0, 99)
    with pytest.raises(ModelFault, match=r"breaks again and again at vae/diffusion_pytorch_model\.safetensors"):
        fetch(base)
    assert store.find("tiny-base") is None
    before = hub.sent[WEIGHTS]
    assert 0 < offer(base, store, hub.endpoint).missing_bytes < 60_000
    hub.faults.dies.clear()
    assert verify(fetch(base), base) == []
    assert hub.sent[WEIGHTS] == before, "a file that was complete is not fetched again"


def test_server_errors_that_pass_are_sat_out(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.answers["vae/diffusion_pytorch_model.safetensors"] = [503, 429]
    assert verify(fetch(base), base) == []


def test_a_server_that_does_not_continue_files_gives_them_anew(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.ignores_ranges = True
    hub.faults.dies[WEIGHTS] = (40_000, 1)
    reports: list[Progress] = []
    assert verify(fetch(base, reports.append), base) == []
    assert reports[-1].done_bytes == reports[-1].total_bytes


def test_wrong_bytes_are_never_installed(fetch: Fetch, base: ModelEntry, hub: LocalHub, store: ModelStore) -> None:
    hub.faults.flips["vae/diffusion_pytorch_model.safetensors"] = 1
    with pytest.raises(ModelFault, match=r"vae/diffusion_pytorch_model\.safetensors of tiny/base arrived damaged"):
        fetch(base)
    assert store.find("tiny-base") is None
    assert verify(fetch(base), base) == []


def test_wrong_bytes_in_a_small_file_are_found_by_its_git_hash(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.flips["vae/config.json"] = 1
    with pytest.raises(ModelFault, match=r"vae/config\.json of tiny/base arrived damaged"):
        fetch(base)


def test_a_part_that_rotted_on_this_disk_is_fetched_anew(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, store: ModelStore
) -> None:
    hub.faults.dies[WEIGHTS] = (40_000, 99)
    with pytest.raises(ModelFault):
        fetch(base, patience=Patience(retries=0))
    part = next(store.partial("tiny-base").rglob("*.part"))
    part.write_bytes(bytes([part.read_bytes()[0] ^ 1]) + part.read_bytes()[1:])
    hub.faults.dies.clear()
    assert verify(fetch(base), base) == []


def test_a_part_that_is_too_long_is_fetched_anew(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, store: ModelStore
) -> None:
    hub.faults.dies[WEIGHTS] = (40_000, 99)
    with pytest.raises(ModelFault):
        fetch(base, patience=Patience(retries=0))
    part = next(store.partial("tiny-base").rglob("*.part"))
    part.write_bytes(b"x" * 200_000)
    hub.faults.dies.clear()
    assert verify(fetch(base), base) == []


def test_cancel_keeps_what_has_arrived(fetch: Fetch, base: ModelEntry, store: ModelStore) -> None:
    def cancel_at_weights(progress: Progress) -> None:
        if progress.path == WEIGHTS:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(base, cancel_at_weights)
    assert store.find("tiny-base") is None
    assert store.partial_bytes("tiny-base") > 10_000
    assert verify(fetch(base), base) == []
    assert store.partial_bytes("tiny-base") == 0


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((403, "GatedRepo"), "wants its terms accepted first"),
        ((401, "GatedRepo"), "hf auth login"),
        ((401, ""), "answered 401 .*hf auth login"),
        ((404, "RepoNotFound"), "There is no public repository"),
        ((404, "RevisionNotFound"), "has no main"),
        ((400, ""), "answered 400"),
        ((418, ""), "answered 418"),
    ],
)
def test_a_repository_that_refuses(
    hub: LocalHub, base: ModelEntry, store: ModelStore, answer: tuple[int, str], sentence: str
) -> None:
    hub.faults.repository_answer = answer
    with pytest.raises(ModelFault, match=sentence) as caught:
        offer(base, store, hub.endpoint)
    assert "\n" not in str(caught.value)


def test_a_file_that_has_gone(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.answers["vae/config.json"] = [404]
    with pytest.raises(ModelFault, match=r"vae/config\.json"):
        fetch(base)


def test_no_hub_at_all(base: ModelEntry, store: ModelStore) -> None:
    with pytest.raises(ModelFault, match="cannot be reached"):
        offer(base, store, "http://127.0.0.1:9")


def test_a_web_page_that_is_no_hub(base: ModelEntry, store: ModelStore, hub: LocalHub) -> None:
    with pytest.raises(ModelFault):
        offer(base, store, f"{hub.endpoint}/no/such")


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "a/../../b.json", "c:\\evil.json", "a//b.json", "nul."]
)
def test_unsafe_file_names_are_refused(hub: LocalHub, base: ModelEntry, store: ModelStore, name: str) -> None:
    hub.faults.names = (name,)
    with pytest.raises(ModelFault, match="unsafe name"):
        offer(base, store, hub.endpoint)


def test_weights_that_are_only_pickles_are_refused(
    hub: LocalHub, base: ModelEntry, store: ModelStore, tmp_path: Path
) -> None:
    hub.repositories["tiny/base"] = shutil.copytree(hub.repositories["tiny/base"], tmp_path / "pickled")
    for path in (tmp_path / "pickled").rglob("*.safetensors"):
        path.rename(path.with_suffix(".bin"))
    with pytest.raises(ModelFault, match=r"only pickles .*\.bin"):
        offer(base, store, hub.endpoint)


def test_a_repository_that_lacks_a_file(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, tmp_path: Path, store: ModelStore
) -> None:
    hub.repositories["tiny/base"] = shutil.copytree(hub.repositories["tiny/base"], tmp_path / "lacking")
    (tmp_path / "lacking" / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ModelFault, match=r"vae/\*\.safetensors missing"):
        fetch(base)
    assert store.find("tiny-base") is None


def test_a_pickle_that_carries_code_is_not_run(
    fetch: Fetch, turbo: ModelEntry, hub: LocalHub, tmp_path: Path, store: ModelStore
) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "owned",))

    hub.repositories["tiny/turbo"] = shutil.copytree(hub.repositories["tiny/turbo"], tmp_path / "evil")
    (tmp_path / "evil" / TRANSFORMER / "silence_latent.pt").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ModelFault, match=r"silence_latent\.pt does not hold the latent of silence"):
        fetch(turbo)
    assert not (tmp_path / "owned").exists()
    assert store.find("tiny-turbo") is None


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


def test_a_damaged_model_is_repaired_by_fetching_what_is_damaged(
    fetch: Fetch, base: ModelEntry, hub: LocalHub
) -> None:
    vae = "vae/diffusion_pytorch_model.safetensors"
    first = fetch(base)
    data = bytearray((first.folder / vae).read_bytes())
    data[-1] ^= 1
    (first.folder / vae).write_bytes(data)
    hub.requests.clear()
    assert verify(fetch(base), base) == []
    assert [path for path, *_ in hub.requests if path.startswith("/cdn/")] == [
        f"/cdn/tiny/base/resolve/{COMMIT}/{vae}"
    ]


def test_a_token_goes_to_the_hub_and_not_to_its_content_servers(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(base)
    for path, _, authorisation in hub.requests:
        assert authorisation == ("" if path.startswith("/cdn/") else "Bearer hf_secret"), path


def test_a_separator_is_fetched_likewise(fetch: Fetch, store: ModelStore) -> None:
    entry = find_entry("tiny-demucs", store.folder)
    model = fetch(entry)
    assert verify(model, entry) == []
    assert {file.path for file in model.files} == {"955717e8.safetensors", "tiny-demucs.yaml"}


def test_the_record_says_where_it_came_from(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    record = json.loads((fetch(base).folder / RECORD).read_text())
    assert (record["origin"], record["repository"], record["revision"]) == (hub.endpoint, "tiny/base", "main")
    assert all(len(file["sha256"]) == 64 for file in record["files"])
