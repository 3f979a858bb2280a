from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.errors import ModelFault
from engine.models import transfer
from engine.models.catalogue import ModelEntry
from engine.models.download import DownloadProgress, offer
from engine.models.hub import RemoteFile, RemoteModel
from engine.models.installed_models import ModelStore
from engine.models.transfer import RetryPolicy, _Interrupted, _PartFile, part_of
from engine.models.verify import verify
from tests.helpers.hub.fetching import WEIGHTS, Fetch, requested_ranges
from tests.helpers.hub.server import LocalHub


def test_a_broken_connection_is_resumed(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
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


def test_temporary_server_errors_are_retried(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
    hub.faults.answers["vae/diffusion_pytorch_model.safetensors"] = [503, 429]
    assert verify(fetch(base), base) == []


def test_a_server_without_ranges_sends_the_whole_file_again(fetch: Fetch, base: ModelEntry, hub: LocalHub) -> None:
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


def test_a_part_that_was_damaged_on_this_disk_is_fetched_again(
    fetch: Fetch, base: ModelEntry, hub: LocalHub, store: ModelStore
) -> None:
    hub.faults.dies[WEIGHTS] = (40_000, 99)
    with pytest.raises(ModelFault):
        fetch(base, retry=RetryPolicy(retries=0))
    part = next(store.partial("tiny-base").rglob("*.part"))
    part.write_bytes(bytes([part.read_bytes()[0] ^ 1]) + part.read_bytes()[1:])
    hub.faults.dies.clear()
    assert verify(fetch(base), base) == []


def test_a_part_that_is_too_long_is_fetched_again(
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


DATA = bytes(range(256)) * 10
SHA256 = hashlib.sha256(DATA).hexdigest()
GIT_SHA1 = hashlib.sha1(b"blob %d\0" % len(DATA) + DATA).hexdigest()
FILE = RemoteFile("vae/model.safetensors", len(DATA), SHA256, "")
SMALL = RemoteFile("vae/config.json", len(DATA), "", GIT_SHA1)


def test_two_versions_of_a_file_have_different_parts(tmp_path: Path) -> None:
    assert part_of(FILE, tmp_path) == tmp_path / "vae" / f"model.safetensors.{SHA256[:16]}.part"
    assert part_of(SMALL, tmp_path) == tmp_path / "vae" / f"config.json.{GIT_SHA1[:16]}.part"


@pytest.mark.parametrize("file", [FILE, SMALL])
def test_the_part_of_an_earlier_try_is_hashed_and_counted(tmp_path: Path, file: RemoteFile) -> None:
    counted: list[int] = []
    (tmp_path / "part").write_bytes(DATA)
    whole = _PartFile(file, tmp_path / "part", counted.append)
    assert (whole.size, sum(counted), whole.is_valid()) == (len(DATA), len(DATA), True)
    assert whole.sha256.hexdigest() == SHA256
    (tmp_path / "part").write_bytes(DATA[:-1] + b"x")
    assert not _PartFile(file, tmp_path / "part", counted.append).is_valid()


def test_starting_again_takes_the_counted_bytes_back(tmp_path: Path) -> None:
    counted: list[int] = []
    (tmp_path / "part").write_bytes(DATA[:100])
    part = _PartFile(FILE, tmp_path / "part", counted.append)
    part.start_again()
    assert (part.size, sum(counted), (tmp_path / "part").read_bytes()) == (0, 0, b"")


def fetch_with(
    monkeypatch: pytest.MonkeyPatch, folder: Path, answers: Sequence[bytes | Exception], retries: int = 2
) -> tuple[str, list[int], list[float]]:
    """Fetch `FILE` from answers that append bytes or break off; return its hash, the counted bytes and the waits."""
    queue, waits, counted = list(answers), [], []

    def answer(_model: object, part: Any) -> None:  # noqa: ANN401
        nonlocal queue
        now, *queue = queue
        if isinstance(now, Exception):
            raise now
        part.append(SimpleNamespace(iter_bytes=lambda: iter([now])))
        if part.size < part.file.size_bytes:
            raise _Interrupted("it ended early")

    monkeypatch.setattr(transfer, "_continue", answer)
    monkeypatch.setattr(transfer.time, "sleep", waits.append)
    model = RemoteModel("me/mine", "c", "mit", (FILE,), "http://hub")
    sha256 = transfer.fetch(model, FILE, folder, counted.append, RetryPolicy(retries, 1.0))
    return sha256, counted, waits


def test_waits_double_until_bytes_arrive_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = _Interrupted("gone")
    answers = [DATA[:1000], gone, gone, DATA[1000:2000], DATA[2000:]]
    sha256, counted, waits = fetch_with(monkeypatch, tmp_path, answers, retries=3)
    assert sha256 == SHA256
    assert waits == [1.0, 2.0, 4.0, 1.0]
    assert sum(counted) == len(DATA)
    assert (tmp_path / FILE.path).read_bytes() == DATA


def test_no_wait_is_longer_than_half_a_minute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match=r"http://hub breaks again and again at vae/model\.safetensors \(gone\)"):
        fetch_with(monkeypatch, tmp_path, [_Interrupted("gone")] * 9, retries=8)
    answers = [*[_Interrupted("gone")] * 7, DATA]
    assert fetch_with(monkeypatch, tmp_path, answers, retries=8)[2] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_damaged_first_try_is_an_error_but_a_damaged_part_is_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = b"x" + DATA[1:]
    with pytest.raises(ModelFault, match="arrived damaged"):
        fetch_with(monkeypatch, tmp_path, [wrong])
    assert not part_of(FILE, tmp_path).exists()
    part_of(FILE, tmp_path).write_bytes(wrong[:500])
    sha256, counted, _ = fetch_with(monkeypatch, tmp_path, [DATA[500:], DATA])
    assert sha256 == SHA256
    assert sum(counted) == len(DATA)
