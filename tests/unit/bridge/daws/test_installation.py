"""Files in another program's folder: complete after `install`, without a trace after `remove`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge.daws.installation import Installation, Patch
from engine.errors import StemBridgeError
from tests.helpers.folders import snapshot

RECEIPT = "ours/receipt.json"
FILES = {"ours/a.lua": b"a", "ours/lib/b.lua": b"b", "shared/c.txt": b"c"}


def _add(text: bytes) -> bytes:
    return text if b"OURS\n" in text else text + b"OURS\n"


def _drop(text: bytes) -> bytes:
    return text.replace(b"OURS\n", b"")


PATCHES = {"list.ini": Patch(_add, _drop)}


def installation(root: Path, files: dict[str, bytes] | None = None) -> Installation:
    return Installation(root, RECEIPT, FILES if files is None else files, PATCHES)


def test_everything_is_put_there_and_taken_away_again(tmp_path: Path) -> None:
    written = installation(tmp_path).install()
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {*FILES, "list.ini"}
    assert (tmp_path / "list.ini").read_bytes() == b"OURS\n"
    assert installation(tmp_path).is_current()
    assert installation(tmp_path).version
    assert sorted(installation(tmp_path).remove()) == sorted(written)
    assert snapshot(tmp_path) == {}


def test_a_second_installation_does_nothing(tmp_path: Path) -> None:
    installation(tmp_path).install()
    before = snapshot(tmp_path)
    assert installation(tmp_path).install() == []
    assert snapshot(tmp_path) == before


def test_what_was_there_before_is_backed_up_and_put_back(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "c.txt").write_bytes(b"the user's")
    (tmp_path / "list.ini").write_bytes(b"KEY 1\r\nno line end")
    (tmp_path / "list.ini").chmod(0o640)
    before = snapshot(tmp_path)
    assert {path.name for path in installation(tmp_path).overwrites()} == {"c.txt", "list.ini"}
    installation(tmp_path).install()
    assert (tmp_path / "shared" / "c.txt.stembridge-backup").read_bytes() == b"the user's"
    assert (tmp_path / "list.ini").stat().st_mode & 0o777 == 0o640
    installation(tmp_path).remove()
    assert snapshot(tmp_path) == before
    assert (tmp_path / "list.ini").stat().st_mode & 0o777 == 0o640


def test_what_others_have_written_into_a_shared_file_since_stays(tmp_path: Path) -> None:
    (tmp_path / "list.ini").write_bytes(b"KEY 1\n")
    installation(tmp_path).install()
    (tmp_path / "list.ini").write_bytes(b"KEY 2\nOURS\nKEY 3\n")
    installation(tmp_path).remove()
    assert snapshot(tmp_path) == {"list.ini": b"KEY 2\nKEY 3\n"}


def test_lines_that_others_have_dropped_come_back_and_go_again(tmp_path: Path) -> None:
    (tmp_path / "list.ini").write_bytes(b"KEY 1\n")
    installation(tmp_path).install()
    (tmp_path / "list.ini").write_bytes(b"KEY 2\n")
    assert not installation(tmp_path).is_current()
    installation(tmp_path).install()
    installation(tmp_path).remove()
    assert snapshot(tmp_path) == {"list.ini": b"KEY 2\n"}


def test_a_shared_file_that_is_gone_stays_gone(tmp_path: Path) -> None:
    installation(tmp_path).install()
    (tmp_path / "list.ini").unlink()
    installation(tmp_path).remove()
    assert snapshot(tmp_path) == {}


def test_an_update_replaces_files_and_takes_those_away_that_are_no_more(tmp_path: Path) -> None:
    installation(tmp_path).install()
    newer = installation(tmp_path, {"ours/a.lua": b"a2", "ours/d.lua": b"d"})
    assert not newer.is_current()
    newer.install()
    assert (tmp_path / "ours" / "a.lua").read_bytes() == b"a2"
    assert not (tmp_path / "shared" / "c.txt").exists()
    assert not (tmp_path / "ours" / "a.lua.stembridge-backup").exists()
    newer.remove()
    assert snapshot(tmp_path) == {}


def test_a_folder_with_something_of_the_users_stays(tmp_path: Path) -> None:
    installation(tmp_path).install()
    (tmp_path / "ours" / "my own.lua").write_bytes(b"mine")
    installation(tmp_path).remove()
    assert snapshot(tmp_path) == {"ours": None, "ours/my own.lua": b"mine"}


def test_folders_that_are_wholly_ours_go_with_everything_in_them(tmp_path: Path) -> None:
    one = Installation(tmp_path, RECEIPT, FILES, own_folders=["ours"])
    one.install()
    (tmp_path / "ours" / "cache").mkdir()
    (tmp_path / "ours" / "cache" / "x.pyc").write_bytes(b"x")
    one.remove()
    assert snapshot(tmp_path) == {}


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "ours").write_bytes(b"a file in the way")
    with pytest.raises(StemBridgeError, match="cannot be written"):
        installation(tmp_path).install()


def test_removing_nothing_is_harmless(tmp_path: Path) -> None:
    assert installation(tmp_path).remove() == []
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "receipt.json").write_text("no receipt")
    assert installation(tmp_path).version == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(ini=st.binary(max_size=30).map(lambda text: text.replace(b"OURS\n", b"")), last=st.booleans())
@example(ini=FILES["shared/c.txt"], last=True)
def test_any_file_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, ini: bytes, last: bool) -> None:
    root = tmp_path_factory.mktemp("root")
    (root / "list.ini").write_bytes(ini)
    if last:
        (root / "shared").mkdir()
        (root / "shared" / "c.txt").write_bytes(ini)
    before = snapshot(root)
    installation(root).install()
    installation(root).remove()
    assert snapshot(root) == before
