from __future__ import annotations

import pytest

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.download import DownloadProgress, offer
from engine.models.installed_models import ModelStore
from engine.models.transfer import RetryPolicy
from engine.models.verify import verify
from tests.helpers.hub.fetching import WEIGHTS, Fetch, requested_ranges
from tests.helpers.hub.server import LocalHub


def test_a_connection_that_dies_is_taken_up_where_it_broke(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.dies[WEIGHTS] = (40_000, 2)
    assert verify(fetch(base), base) == []
    ranges = requested_ranges(hub, WEIGHTS)
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
    reports: list[DownloadProgress] = []
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
        fetch(base, retry=RetryPolicy(retries=0))
    part = next(store.partial("tiny-base").rglob("*.part"))
    part.write_bytes(bytes([part.read_bytes()[0] ^ 1]) + part.read_bytes()[1:])
    hub.faults.dies.clear()
    assert verify(fetch(base), base) == []


def test_a_part_that_is_too_long_is_fetched_anew(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, store: ModelStore
) -> None:
    hub.faults.dies[WEIGHTS] = (40_000, 99)
    with pytest.raises(ModelFault):
        fetch(base, retry=RetryPolicy(retries=0))
    part = next(store.partial("tiny-base").rglob("*.part"))
    part.write_bytes(b"x" * 200_000)
    hub.faults.dies.clear()
    assert verify(fetch(base), base) == []


def test_a_file_that_has_gone(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.answers["vae/config.json"] = [404]
    with pytest.raises(ModelFault, match=r"vae/config\.json"):
        fetch(base)


def test_a_token_goes_to_the_hub_and_not_to_its_content_servers(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(base)
    for path, _, authorisation in hub.requests:
        assert authorisation == ("" if path.startswith("/cdn/") else "Bearer hf_secret"), path
