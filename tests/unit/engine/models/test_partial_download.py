from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.models.catalogue import ModelEntry
from engine.models.hub import RemoteFile
from engine.models.installed_models import FileRecord, InstalledModel
from engine.models.partial_download import JOURNAL, PartialDownload, link_or_copy
from engine.models.transfer import part_of
from engine.models.verify import verify
from tests.helpers.hub.fetching import VAE, Fetch
from tests.helpers.hub.server import COMMIT, LocalHub


def test_a_damaged_model_is_repaired_by_fetching_what_is_damaged(
    fetch: Fetch, base: ModelEntry, hub: LocalHub
) -> None:
    first = fetch(base)
    data = bytearray((first.folder / VAE).read_bytes())
    data[-1] ^= 1
    (first.folder / VAE).write_bytes(data)
    hub.requests.clear()
    assert verify(fetch(base), base) == []
    assert [path for path, *_ in hub.requests if path.startswith("/cdn/")] == [
        f"/cdn/tiny/base/resolve/{COMMIT}/{VAE}"
    ]


DATA = b"weights" * 100
SHA256 = hashlib.sha256(DATA).hexdigest()
FILE = RemoteFile("vae/model.safetensors", len(DATA), SHA256, "")


def installed_with(folder: Path, data: bytes, sha256: str = SHA256) -> InstalledModel:
    """Return an installed model whose only file holds `data` and is recorded with `sha256`."""
    path = folder / FILE.path
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    files = (FileRecord(FILE.path, len(data), sha256),)
    return InstalledModel("mine", folder, "", "", "", "", "diffusers", "", "", files)


def test_of_a_folder_that_is_not_there_nothing_is_present(tmp_path: Path) -> None:
    present = PartialDownload(tmp_path / "mine.partial", None)
    assert present.bytes_of(FILE) == 0
    assert present.complete(FILE) == ""


def test_a_part_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    part = part_of(FILE, tmp_path)
    part.parent.mkdir()
    part.write_bytes(DATA[:300])
    assert PartialDownload(tmp_path, None).bytes_of(FILE) == 300
    part.write_bytes(DATA * 2)
    assert PartialDownload(tmp_path, None).bytes_of(FILE) == len(DATA)
    assert PartialDownload(tmp_path, None).complete(FILE) == ""


def test_a_completed_file_is_known_by_the_journal_of_an_earlier_try(tmp_path: Path) -> None:
    (tmp_path / "vae").mkdir()
    (tmp_path / FILE.path).write_bytes(DATA)
    assert PartialDownload(tmp_path, None).complete(FILE) == "", "without the journal it may be any file"
    PartialDownload(tmp_path, None).record(FILE, SHA256)
    again = PartialDownload(tmp_path, None)
    assert (again.bytes_of(FILE), again.complete(FILE)) == (len(DATA), SHA256)
    assert again.complete(replace(FILE, sha256="f" * 64)) == "", "a newer version of the file"
    (tmp_path / FILE.path).write_bytes(DATA[:-1])
    assert PartialDownload(tmp_path, None).complete(FILE) == "", "of another size"


@pytest.mark.parametrize("journal", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": {"identity": 1}}', b"\xff"])
def test_a_journal_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, journal: bytes) -> None:
    (tmp_path / JOURNAL).write_bytes(journal)
    assert PartialDownload(tmp_path, None).complete(FILE) == ""


def test_a_file_of_the_installed_version_is_linked_in(tmp_path: Path) -> None:
    partial = tmp_path / "mine.partial"
    partial.mkdir()
    present = PartialDownload(partial, installed_with(tmp_path / "mine", DATA))
    assert present.bytes_of(FILE) == len(DATA)
    assert present.complete(FILE) == SHA256
    assert (partial / FILE.path).samefile(tmp_path / "mine" / FILE.path)
    assert json.loads((partial / JOURNAL).read_text()) == {FILE.path: {"identity": SHA256, "sha256": SHA256}}


@pytest.mark.parametrize(
    ("data", "recorded"),
    [(DATA, "f" * 64), (DATA[:-1], SHA256), (b"damaged" * 100, SHA256)],
    ids=["old", "cut", "damaged"],
)
def test_another_file_of_the_installed_version_is_not_used(tmp_path: Path, data: bytes, recorded: str) -> None:
    partial = tmp_path / "mine.partial"
    partial.mkdir()
    assert PartialDownload(partial, installed_with(tmp_path / "mine", data, recorded)).complete(FILE) == ""


def test_small_files_without_a_sha256_are_fetched_again(tmp_path: Path) -> None:
    small = replace(FILE, sha256="", git_sha1="0" * 40)
    present = PartialDownload(tmp_path / "mine.partial", installed_with(tmp_path / "mine", DATA))
    assert (present.bytes_of(small), present.complete(small)) == (0, "")


def test_a_file_system_without_links_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("not supported")

    (tmp_path / "a").write_bytes(DATA)
    monkeypatch.setattr(os, "link", refuse)
    link_or_copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == DATA
    assert not (tmp_path / "b").samefile(tmp_path / "a")
