"""Takes downloaded from another companion, over real HTTP: whole, or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bridge.takes.fetch import fetch_takes
from bridge.takes.manifest import read_manifest
from bridge.takes.take import Take
from bridge.takes.writer import write_takes
from engine.errors import EngineFailed, InvalidValue
from engine.remote.address import RemoteAddress
from engine.remote.client import RemoteCompanion

MakeTake = Callable[..., Take]
OWN = "funk ab12 120bpm Em"


def files_of(own: str) -> list[str]:
    """Return the names of a take's files, which begin with `own`."""
    return [*(f"{own} {name}" for name in ("bass.mid", "bass.wav", "drums.mid", "drums.wav", "mix.wav")),
            "manifest.json", "song.mid"]  # fmt: skip


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def far(tmp_path: Path) -> Path:
    """The folder of the other companion's takes."""
    return tmp_path / "far"


@pytest.fixture
def companion(far: Path) -> Iterator[RemoteCompanion]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(far)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    with RemoteCompanion(RemoteAddress(f"http://127.0.0.1:{server.server_port}")) as remote:
        yield remote
    server.shutdown()
    thread.join()
    server.server_close()


def result_of(manifests: list[Path]) -> dict[str, Any]:
    """Return a result as the HTTP API gives it: the URL of every file by name; the host is never used."""
    takes = [
        {"files": {path.name: "http://elsewhere/" + quote(f"{folder.name}/{path.name}") for path in folder.iterdir()}}
        for folder in (manifest.parent for manifest in manifests)
    ]
    return {"takes": takes}


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_single_take_goes_straight_into_the_folder(
    far: Path, tmp_path: Path, companion: RemoteCompanion, make_take: MakeTake
) -> None:
    written = write_takes([make_take()], far)
    near = tmp_path / "near"
    assert fetch_takes(companion, result_of(written), near) == [near / "manifest.json"]
    assert everything_in(near) == files_of(OWN)
    for name in files_of(OWN):
        assert (near / name).read_bytes() == (written[0].parent / name).read_bytes()


def test_several_takes_get_numbered_folders_and_name_each_other(
    far: Path, tmp_path: Path, companion: RemoteCompanion, make_take: MakeTake
) -> None:
    written = write_takes([make_take("a1"), make_take("a2")], far)
    near = tmp_path / "near"
    paths = fetch_takes(companion, result_of(written), near)
    assert paths == [near / "1" / "manifest.json", near / "2" / "manifest.json"]
    assert everything_in(near) == [f"{n}/{name}" for n in (1, 2) for name in files_of(f"funk a{n} 120bpm Em")]
    for path, take_id in zip(paths, ("a1", "a2"), strict=True):
        manifest = read_manifest(path)
        assert manifest["id"] == take_id
        assert [(path.parent / other).resolve() for other in manifest["variations"]] == [
            other.resolve() for other in paths
        ]


def test_a_file_that_changed_on_the_way_leaves_nothing(
    far: Path, tmp_path: Path, companion: RemoteCompanion, make_take: MakeTake
) -> None:
    written = write_takes([make_take()], far)
    result = result_of(written)
    (written[0].parent / f"{OWN} bass.wav").write_bytes(b"RIFF")
    with pytest.raises(EngineFailed, match=r"bass\.wav did not arrive whole"):
        fetch_takes(companion, result, tmp_path / "near")
    assert not (tmp_path / "near").exists()


def test_a_file_that_is_gone_leaves_nothing(
    far: Path, tmp_path: Path, companion: RemoteCompanion, make_take: MakeTake
) -> None:
    written = write_takes([make_take()], far)
    result = result_of(written)
    (written[0].parent / f"{OWN} mix.wav").unlink()
    with pytest.raises(EngineFailed, match=rf"no longer has {OWN} mix\.wav"):
        fetch_takes(companion, result, tmp_path / "near")
    assert not (tmp_path / "near").exists()


def test_nothing_is_overwritten(far: Path, tmp_path: Path, companion: RemoteCompanion, make_take: MakeTake) -> None:
    written = write_takes([make_take()], far)
    (tmp_path / f"{OWN} mix.wav").write_text("mine")
    with pytest.raises(InvalidValue, match=r"mix\.wav"):
        fetch_takes(companion, result_of(written), tmp_path)
    assert (tmp_path / f"{OWN} mix.wav").read_text() == "mine"
    assert not (tmp_path / "manifest.json").exists()


def test_a_manifest_that_names_files_elsewhere_is_refused(
    far: Path, tmp_path: Path, companion: RemoteCompanion, make_take: MakeTake
) -> None:
    (path,) = write_takes([make_take()], far)
    manifest = read_manifest(path)
    manifest["mix"]["file"] = "../mix.wav"
    path.write_text(json.dumps(manifest))
    with pytest.raises(InvalidValue, match="own folder"):
        fetch_takes(companion, result_of([path]), tmp_path / "near")
    assert not (tmp_path / "near").exists()


def test_a_name_that_exists_is_refused_before_anything_is_downloaded(
    far: Path, tmp_path: Path, make_take: MakeTake
) -> None:
    written = write_takes([make_take()], far)
    (tmp_path / f"{OWN} mix.wav").write_text("mine")
    with (
        RemoteCompanion(RemoteAddress("http://127.0.0.1:1")) as silent,
        pytest.raises(InvalidValue, match="not used"),
    ):
        fetch_takes(silent, result_of(written), tmp_path)
