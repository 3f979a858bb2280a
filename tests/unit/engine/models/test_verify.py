from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import InstalledModel
from engine.models.verify import quick_check, verify

VAE = "vae/diffusion_pytorch_model.safetensors"


def edit_json(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def truncate(folder: Path) -> None:
    with (folder / VAE).open("r+b") as file:
        file.truncate(1000)


def corrupt_header(folder: Path) -> None:
    (folder / VAE).write_bytes(b"\xff" * 8 + (folder / VAE).read_bytes()[8:])


def empty(folder: Path) -> None:
    (folder / VAE).write_bytes(b"")


def lose(folder: Path) -> None:
    (folder / VAE).unlink()


def break_config(folder: Path) -> None:
    (folder / "transformer" / "config.json").write_text("{")


def widen_config(folder: Path) -> None:
    edit_json(folder / "transformer" / "config.json", hidden_size=2048)


@pytest.mark.parametrize("spoil", [truncate, corrupt_header, empty, lose, break_config, widen_config])
def test_what_breaks_after_the_installation_is_found(
    base: ModelEntry, installed: InstalledModel, spoil: Callable[[Path], None]
) -> None:
    spoil(installed.folder)
    faults = verify(installed, base)
    assert len(faults) == 1
    assert str(installed.folder) in faults[0]


def test_one_flipped_bit_is_found_by_reading_and_not_by_size(base: ModelEntry, installed: InstalledModel) -> None:
    path = installed.folder / VAE
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    quick_check(installed)
    assert verify(installed, base) == [f"{path} is damaged: its hash is not the recorded one."]


def test_a_missing_file_is_found_at_once(installed: InstalledModel) -> None:
    lose(installed.folder)
    with pytest.raises(ModelFault, match=r"is missing\. Fetch it again: stembridge models download tiny-base"):
        quick_check(installed)


def test_a_pickle_that_was_put_there_is_named(base: ModelEntry, installed: InstalledModel) -> None:
    (installed.folder / "vae" / "extra.bin").write_bytes(b"x")
    assert "extra.bin is a pickle" in verify(installed, base)[0]


def test_verify_counts_every_byte(base: ModelEntry, installed: InstalledModel) -> None:
    counted: list[int] = []
    verify(installed, base, counted.append)
    assert sum(counted) == installed.size_bytes
