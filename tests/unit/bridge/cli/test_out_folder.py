"""The folder of `--out`: whatever would be in the way is said before the work begins, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.cli import out_folder
from bridge.cli.out_folder import free_folder
from engine.errors import InvalidValue


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_folder_is_named_and_not_made(here: Path) -> None:
    assert free_folder("new/out") == str(here / "new" / "out")
    assert list(here.iterdir()) == []


def test_other_files_may_be_in_it(here: Path) -> None:
    for name in ("notes.txt", "loop.wav", "Slap bass.wav", "bass.flac", "drums"):
        (here / name).touch()
    assert free_folder(".") == str(here)
    assert len(list(here.iterdir())) == 5


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "drums.wav", "BASS.WAV", "mix.wav", "lead.mid", "Night drive 97.6bpm Em backing_vocals.wav"],
)
def test_files_of_a_take_are_told(here: Path, name: str) -> None:
    (here / name).touch()
    with pytest.raises(InvalidValue, match=r"holds no take yet \(there is a ") as caught:
        free_folder(".")
    assert name in str(caught.value)


def test_where_names_are_known_only_these_are_in_the_way(here: Path) -> None:
    (here / "drums.wav").touch()
    assert free_folder(".", ("separation.json",), for_stems=False) == str(here)
    (here / "separation.json").touch()
    with pytest.raises(InvalidValue, match=r"there is a separation\.json in it"):
        free_folder(".", ("separation.json",), for_stems=False)


def test_what_is_no_folder_is_told(here: Path) -> None:
    (here / "file").touch()
    for text, told in (
        ("", "the name of a folder"),
        ("file", "there is a file of that name"),
        ("file/out", "a folder that can be"),
        ("x" * 5000, "a folder that can be used"),
    ):
        with pytest.raises(InvalidValue, match=told):
            free_folder(text)


def test_a_folder_that_refuses_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_folder, "why_not_writable", lambda _: "Permission denied")
    with pytest.raises(InvalidValue, match=r"a folder that can be written to \(Permission denied\)"):
        free_folder("out")
