"""`stembridge daw` and `generate --rpp` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rpp

from tests.helpers.command_here import refusal, run_generate, run_here
from tests.helpers.companion_process import read_json
from tests.helpers.folders import everything_in


@pytest.fixture
def bare_reaper_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "REAPER"
    folder.mkdir()
    (folder / "reaper.ini").touch()
    return folder


def test_install_status_and_uninstall_report_their_work_as_json(home: Path, bare_reaper_folder: Path) -> None:
    def daw(action: str) -> dict[str, object]:
        ended = run_here(home, "daw", action, "reaper", "--dest", str(bare_reaper_folder), "--json")
        assert (ended.returncode, ended.stderr) == (0, "")
        document: dict[str, object] = json.loads(ended.stdout)
        return document

    assert daw("install")["files"]
    assert daw("install")["files"] == []
    (status,) = json.loads(json.dumps(daw("status")["daws"]))
    assert (status["is_installed"], status["is_current"], status["folder"]) == (True, True, str(bare_reaper_folder))
    assert daw("uninstall")["files"]
    assert everything_in(bare_reaper_folder) == ["reaper.ini"]
    assert daw("uninstall")["files"] == []


def test_list_names_every_daw_in_a_line(home: Path) -> None:
    ended = run_here(home, "daw", "list")
    assert ended.returncode == 0
    assert any(line.startswith("reaper ") for line in ended.stdout.splitlines())


def test_wrong_arguments_are_named(home: Path, tmp_path: Path) -> None:
    assert "Say which DAW" in refusal(home, "daw", "uninstall")
    assert "not 'cubase'" in refusal(home, "daw", "status", "cubase")
    assert "--dest must be REAPER's resource folder" in refusal(home, "daw", "install", "reaper", "--dest", "/tmp")
    assert "Say which DAW is in" in refusal(home, "daw", "status", "--dest", str(tmp_path))
    assert "there is no action 'repair'" in refusal(home, "daw", "repair", "reaper")


def test_generate_writes_a_project_beside_every_take(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "two"
    arguments = ("--genres", "funk", "--tempo", "200", "--bars", "1", "--variations", "2", "--rpp", "--out", str(out))
    run_generate(home, *arguments)
    projects = sorted(out.glob("*/take.rpp"))
    assert len(projects) == 2
    for project in projects:
        tracks = rpp.loads(project.read_text(encoding="utf-8")).findall("TRACK")
        files = [str(next(iter(track.find("ITEM").find("SOURCE").children))[1]) for track in tracks[1:]]
        assert files == [stem["file"] for stem in read_json(project.with_name("manifest.json"))["stems"]]
        assert all((project.parent / file).is_file() for file in files)


def test_a_project_of_that_name_is_never_overwritten(home: Path, tmp_path: Path) -> None:
    (tmp_path / "take.rpp").write_text("mine")
    arguments = ("generate", "--genres", "funk", "--bars", "1", "--rpp", "--out", str(tmp_path))
    assert "there is a take.rpp in it" in refusal(home, *arguments)
    assert (tmp_path / "take.rpp").read_text() == "mine"
