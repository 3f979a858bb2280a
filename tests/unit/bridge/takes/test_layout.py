import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.takes.layout import check_project, takes_folder
from engine.errors import InvalidValue
from tests.helpers.folders import everything_in


def test_takes_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    assert takes_folder(tmp_path) == tmp_path / "StemBridge"
    assert takes_folder(tmp_path, "REAPER") == tmp_path / "StemBridge"


@pytest.mark.parametrize("daw", ["Ableton Live", "live", "ableton"])
def test_live_gets_them_among_its_imported_samples(tmp_path: Path, daw: str) -> None:
    assert takes_folder(tmp_path, daw) == tmp_path / "Samples" / "Imported" / "StemBridge"


def test_a_live_project_is_known_by_its_info_folder(tmp_path: Path) -> None:
    (tmp_path / "Ableton Project Info").mkdir()
    assert takes_folder(tmp_path) == tmp_path / "Samples" / "Imported" / "StemBridge"


def test_a_good_project_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "song.rpp").write_text("x")
    assert check_project(str(tmp_path)) == tmp_path
    assert check_project(tmp_path, "live") == tmp_path
    assert everything_in(tmp_path) == ["song.rpp"]


def test_the_probe_goes_into_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "StemBridge").mkdir()
    check_project(tmp_path)
    assert everything_in(tmp_path) == ["StemBridge"]


@pytest.mark.parametrize("path", ["", ".", "relative/folder", "~/music"])
def test_relative_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidValue, match="absolute path"):
        check_project(path)


@pytest.mark.parametrize("name", ["missing", "file", "nul\0name", "x" * 300])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidValue, match="folder that exists"):
        check_project(str(tmp_path / name))


def test_a_file_where_takes_should_go_is_refused(tmp_path: Path) -> None:
    (tmp_path / "StemBridge").write_text("mine")
    with pytest.raises(InvalidValue, match="can be written to"):
        check_project(tmp_path)
    assert everything_in(tmp_path) == ["StemBridge"]


def test_a_path_too_long_for_osc_is_refused(tmp_path: Path) -> None:
    deep = tmp_path
    while len(str(deep)) < 800:
        deep = deep / ("é" * 60)
    deep.mkdir(parents=True)
    with pytest.raises(InvalidValue, match=r"at most [0-9]+ bytes"):
        check_project(deep)


def test_the_allowed_length_is_what_the_sentence_says(tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) + 101 < 794:
        folder = folder / ("x" * 100)
    folder = folder / ("y" * (794 - len(str(folder)) - 1))
    folder.mkdir(parents=True)
    assert len(str(folder)) == 794
    assert check_project(folder) == folder
    longer = folder.with_name(folder.name + "y")
    longer.mkdir()
    with pytest.raises(InvalidValue, match="at most 794 bytes"):
        check_project(longer)


@pytest.mark.skipif(sys.platform != "linux", reason="paths are Unicode there")
def test_a_path_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    odd.mkdir()
    with pytest.raises(InvalidValue, match="UTF-8") as caught:
        check_project(odd)
    str(caught.value).encode("utf-8")  # the sentence itself can be sent


def test_a_read_only_project_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so the refusal comes from open itself.
    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InvalidValue, match="Read-only"):
        check_project(tmp_path)


def test_the_companion_reads_takes_without_numpy() -> None:
    code = (
        "import sys, bridge.takes.layout, bridge.takes.naming, bridge.takes.manifest, bridge.takes.staging,"
        " bridge.takes.writer; print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout == "False\n"


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
