"""The parts of the bundle that PyInstaller does not find itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.helpers.paths import ROOT


@pytest.fixture
def parts(installer: None) -> ModuleType:
    import bundle_parts

    return bundle_parts


def test_the_sources_are_the_projects_files_in_their_folders(parts: ModuleType) -> None:
    targets = {Path(source).relative_to(ROOT).as_posix(): target for source, target in parts.SOURCES}
    assert targets["bridge/__init__.py"] == "source/bridge"
    assert targets["engine/errors.py"] == "source/engine"
    assert targets["daw_scripts/reaper/generate.lua"] == "source/daw_scripts/reaper"
    assert targets["constraints.txt"] == "source"
    assert {name.split("/")[0] for name in targets} == {"bridge", "engine", "daw_scripts", "constraints.txt"}
    assert not any("__pycache__" in name for name in targets)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_need_no_libraries_of_the_build_machine(
    parts: ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert (parts.spare_libraries(), parts.spare_configuration(), parts.window_libraries()) == ([], [], [])


def test_sound_libraries_are_found_by_the_linker_in_the_order_of_loading(
    parts: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"\t{name} (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/{name}" for name in reversed(parts.IN_ORDER)]
    listed = "\n".join(["3 libs found in cache `/etc/ld.so.cache'", *lines, "\tlibx.so (libc6) => /usr/lib/libx.so"])
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=listed))
    assert [path.name for path in parts.spare_libraries()] == list(parts.IN_ORDER)
    listed = "\n".join(lines[1:])
    with pytest.raises(SystemExit, match=r"build: libportaudio\.so\.2 is missing; on Debian: apt-get install"):
        parts.spare_libraries()
    with pytest.raises(SystemExit, match=r"libwayland-egl\.so\.1 is missing; .* libwayland-egl1"):
        parts.window_libraries()


def test_alsas_own_files_keep_their_folders_and_those_of_plug_ins_are_left_out(
    parts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alsa.conf", "cards/USB.conf", "pcm/front.conf", "pcm/deep/x.conf", "alsa.conf.d/50-pulse.conf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(parts, "ALSA_CONFIGURATION", tmp_path)
    assert {(Path(path).name, target) for path, target in parts.spare_configuration()} == {
        ("alsa.conf", "spare/alsa"),
        ("USB.conf", "spare/alsa/cards"),
        ("front.conf", "spare/alsa/pcm"),
        ("x.conf", "spare/alsa/pcm/deep"),
    }
    monkeypatch.setattr(parts, "ALSA_CONFIGURATION", tmp_path / "none")
    with pytest.raises(SystemExit, match="ALSA's configuration is missing"):
        parts.spare_configuration()
