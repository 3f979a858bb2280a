from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import InstalledModel
from engine.models.verify import quick_check, sha256_of, verify
from tests.helpers.hub.damage import break_config, corrupt_header, empty, lose, truncate, widen_config
from tests.helpers.hub.fetching import VAE


@pytest.mark.parametrize("spoil", [truncate, corrupt_header, empty, lose, break_config, widen_config])
def test_damage_after_the_installation_is_found(
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


def test_the_hash_is_that_of_the_content_and_every_byte_is_counted(tmp_path: Path) -> None:
    counted: list[int] = []
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "a", counted.append) == wanted
    assert counted == [3]


def test_another_size_is_found_without_reading(installed: InstalledModel) -> None:
    path = installed.folder / VAE
    size = path.stat().st_size
    truncate(installed.folder)
    with pytest.raises(ModelFault, match=rf"is 1000 bytes long instead of {size}\. Fetch it again"):
        quick_check(installed)


def test_a_model_that_is_as_it_was_installed_has_no_faults(base: ModelEntry, installed: InstalledModel) -> None:
    assert verify(installed, base) == []
    quick_check(installed)
