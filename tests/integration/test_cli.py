"""Commands as a shell runs them: their streams, exit codes, and the files they leave."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.command_here import refusal, run_generate, run_here
from tests.helpers.companion_process import CompanionProcess, environ, run_bridge
from tests.helpers.folders import everything_in
from tests.helpers.take_ears import check_complete, take_at


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys, runpy\n"
        "sys.argv = ['stembridge', '--help']\n"
        "try:\n    runpy.run_module('bridge', run_name='__main__')\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "heavy = {'numpy', 'scipy', 'torch', 'uvicorn', 'starlette', 'asyncio', 'sqlite3', 'PySide6'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], env=environ(Path()), capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "[]\n")
    for command in ("serve", "generate", "demo", "presets", "doctor"):
        assert command in ended.stdout


@pytest.mark.parametrize("command", ["serve", "generate", "demo", "presets", "doctor"])
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    ended = run_bridge(tmp_path, command, "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"stembridge {command}" in ended.stdout


def test_without_a_screen_the_window_is_one_sentence_that_names_the_command_without_a_window(tmp_path: Path) -> None:
    ended = run_bridge(tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert "serve" in ended.stderr


def test_a_reader_that_closes_the_pipe_causes_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bridge", "presets", "--json"],
        env=environ(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(120) in (0, 1)
    assert process.stderr.read() == ""
    process.stderr.close()


def test_presets_are_listed_shown_and_saved(tmp_path: Path) -> None:
    listed = json.loads(run_here(tmp_path, "presets", "--json").stdout)
    assert listed["problems"] == []
    names = [preset["name"] for preset in listed["presets"]]
    assert names[0] == "Fast Prototyping"
    assert len(names) == 7
    assert all(name in run_here(tmp_path, "presets").stdout for name in names)

    shown = json.loads(run_here(tmp_path, "presets", "full-length demo", "--json").stdout)
    assert (shown["block"]["output_seconds"], shown["block"]["seed"]) == (120, 123_456)

    block = tmp_path / "block.json"
    block.write_text('{"genres": "polka", "cfg": 3}')
    assert run_here(tmp_path, "presets", "Oom Pah", "--save", str(block)).returncode == 0
    assert json.loads(run_here(tmp_path, "presets", "oom-pah", "--json").stdout)["block"] == {
        "genres": "polka",
        "cfg": 3.0,
    }
    take = run_generate(tmp_path, "--preset", "Oom Pah", "--tempo", "240", "--bars", "1", "--out", "out")
    assert take["params"]["cfg"] == 3.0


def test_missing_and_invalid_presets_are_refused(tmp_path: Path) -> None:
    assert "Fast Prototyping" in refusal(tmp_path, "presets", "Fast Prototypin")
    block = tmp_path / "block.json"
    block.write_text('{"cfg": 99}')
    assert "cfg" in refusal(tmp_path, "presets", "Mine", "--save", str(block))
    assert "NAME" in refusal(tmp_path, "presets", "--save", str(block))
    assert everything_in(tmp_path) == ["block.json"]


def test_doctor_finds_nothing_bad_here(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "doctor", "--json")
    findings = {finding["what"]: finding for finding in json.loads(ended.stdout)["findings"]}
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "bad" not in {finding["status"] for finding in findings.values()}
    assert {"Python", "libraries", "engine", "data folder", "companion"} <= set(findings)
    assert findings["companion"]["status"] == "note"
    assert everything_in(tmp_path) == []  # the check leaves no files
    assert "numpy" in run_here(tmp_path, "doctor").stdout


def test_doctor_finds_a_running_companion(companion: CompanionProcess) -> None:
    findings = json.loads(run_here(companion.home, "doctor", "--json").stdout)["findings"]
    (finding,) = (one for one in findings if one["what"] == "companion")
    assert finding["status"] == "ok"
    assert str(companion.osc_port) in finding["detail"]


def test_doctor_names_files_of_the_user_that_are_broken(tmp_path: Path) -> None:
    (tmp_path / "config" / "presets").mkdir(parents=True)
    (tmp_path / "config" / "genre_map.toml").write_text("[[rule]]\ntempo = [1, 2]\n")
    (tmp_path / "config" / "presets" / "mine.json").write_text("{")
    ended = run_here(tmp_path, "doctor")
    assert ended.returncode == 0
    assert "genre_map.toml" in ended.stdout
    assert "mine.json" in ended.stdout


def test_doctor_fails_where_its_own_folder_cannot_be_written_to() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bridge", "doctor"],
        env=environ(Path("/proc/sys/kernel/home")),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "not writable" in ended.stdout


def test_the_demo_does_the_main_job(tmp_path: Path) -> None:
    ended = run_bridge(tmp_path, "demo", "--project", str(tmp_path / "song"), "--json")
    assert ended.returncode == 0, ended.stderr
    take = take_at(Path(json.loads(ended.stdout)["manifest"]))
    check_complete(take)
    assert take["folder"].parent == tmp_path / "song" / "StemBridge"
    assert (take["tempo"], take["bars"], take["start_beat"], take["key"]) == (97.6, 8.0, 16.0, "E minor")
    for line in ("-> /tempo 97.6", "-> /generate 16.0 8.0", "<- /job/accepted", "<- /job/done"):
        assert line in ended.stderr


def test_a_demo_without_a_writable_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "song"
    file.touch()
    assert str(file) in refusal(tmp_path, "demo", "--project", str(file), code=1)
