"""Commands as a shell runs them: what stands on which stream, exit codes, and what is left on disk."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from companion_process import CompanionProcess, environ, everything_in, read_json, run_bridge, wait_until
from take_ears import check_complete, frames_of, take_at

ONE_BAR = ("--genres", "funk", "--tempo", "240", "--bars", "1")


def generate(home: Path, *arguments: str) -> dict[str, Any]:
    """Run `generate --json` to a good end and return its document."""
    ended = run_bridge(home, "generate", *arguments, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def refusal(home: Path, *arguments: str, code: int = 2) -> str:
    """Run a command that has to end with `code` and one line on stderr; return that line."""
    ended = run_bridge(home, *arguments)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (code, "", 1), ended
    assert ended.stderr.startswith("stembridge: ")
    return ended.stderr


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


def test_no_command_prints_the_help_and_is_wrong(tmp_path: Path) -> None:
    ended = run_bridge(tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "serve" in ended.stderr


def test_generate_puts_stems_and_manifest_into_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "new" / "take"
    ended = run_bridge(tmp_path, "generate", *ONE_BAR, "--key", "Em", "--time-signature", "7/8", "--out", str(out))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert str(out) in ended.stdout
    assert "sketch engine" in ended.stdout
    take = take_at(out / "manifest.json")
    check_complete(take)
    assert (take["tempo"], take["key"], take["time_signature"]) == (240.0, "E minor", "7/8")


def test_json_is_one_document_that_is_the_manifest(tmp_path: Path) -> None:
    out = tmp_path / "out"
    document = generate(tmp_path, *ONE_BAR, "--out", str(out), "--start-beat", "17.5")
    assert document.pop("manifest") == str(out / "manifest.json")
    assert document.pop("manifests") == [str(out / "manifest.json")]
    assert document == read_json(out / "manifest.json")
    assert document["start_beat"] == 17.5


def test_the_same_seed_makes_the_same_music_to_the_bit(tmp_path: Path) -> None:
    def sums(name: str, seed: str) -> list[str]:
        # bext and LIST/INFO say when and as which take a file was made: the samples are what has to be the same.
        take = take_at(Path(generate(tmp_path, *ONE_BAR, "--seed", seed, "--out", str(tmp_path / name))["manifest"]))
        return [_data_sha256(take["folder"] / stem["file"]) for stem in (*take["stems"], take["mix"])]

    first = sums("first", "7")
    assert sums("second", "7") == first
    assert all(one != other for one, other in zip(sums("third", "8"), first, strict=True))


def _data_sha256(path: Path) -> str:
    return hashlib.sha256(soundfile.read(path, dtype="int32")[0].tobytes()).hexdigest()


def test_variations_get_a_folder_each(tmp_path: Path) -> None:
    out = tmp_path / "out"
    document = generate(tmp_path, *ONE_BAR, "--variations", "2", "--seed", "5", "--out", str(out))
    assert [read_json(Path(path))["params"]["seed"] for path in document["manifests"]] == [5, 6]
    assert sorted(str(path) for path in out.glob("*/manifest.json")) == sorted(document["manifests"])


def test_flags_win_over_the_block_and_the_block_over_the_preset(tmp_path: Path) -> None:
    block = tmp_path / "block.json"
    block.write_text('{"preset": "Fast Prototyping", "cfg": 9, "bars": 4, "genres": "funk", "seed": 3, "tempo": 300}')
    take = generate(tmp_path, "--params", str(block), "--bars", "1", "--seed", "4", "--out", str(tmp_path / "out"))
    params = take["params"]
    assert (params["steps"], params["cfg"], params["seed"]) == (30, 9.0, 4)
    assert take["frames"] == frames_of(4, "300")


def test_a_tempo_map_and_lyrics_from_files(tmp_path: Path) -> None:
    tempos, words = tmp_path / "tempos.json", tmp_path / "words.txt"
    tempos.write_text('[{"beat": 0, "bpm": 200}, {"beat": 4, "bpm": 100}]')
    words.write_text("[Verse]\nSnow on the strings", encoding="utf-8")
    take = generate(
        tmp_path, "--genres", "funk", "--bars", "2", "--tempo-map", str(tempos), "--lyrics", str(words), "--out", "o"
    )
    assert take["frames"] == frames_of(4, "200") + frames_of(4, "100")
    assert take["params"]["lyrics"] == "[Verse]\nSnow on the strings"
    assert any("not sung" in notice for notice in take["notices"])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--tempo", "0"], "tempo"),
        (["--tempo", "nan"], "nan"),
        (["--tempo", "fast"], "fast"),
        (["--time-signature", "4/3"], "4/3"),
        (["--key", "H minor"], "H minor"),
        (["--bars", "-1"], "bars"),
        (["--bars", "inf"], "inf"),
        (["--bars", "9999"], "9999"),
        (["--bars", "8", "--seconds", "20"], "--seconds"),
        (["--seconds", "9"], "output_seconds"),
        (["--seed", str(2**32)], str(2**32)),
        (["--steps", "9", "--cfg", "16"], "cfg"),
        (["--variations", "9"], "variations"),
        (["--stems", "kazoo"], "kazoo"),
        (["--preset", "Fats"], "Fats"),
        (["--engine", "magic"], "magic"),
        (["--model", "xl"], "xl"),
        (["--sample-rate", "1"], "sample_rate"),
        (["--start-beat", "nan"], "--start-beat"),
        (["--start-beat", "-1"], "--start-beat"),
        (["--start-beat", "x"], "--start-beat"),
        (["--params", "no such file"], "no such file"),
        (["--params", "/"], "directory"),
        (["--tempo-map", "no such file"], "no such file"),
        (["--genres", ""], "genres"),
        (["--genres", "a\x07"], "genres"),
        (["--no-such-flag"], "--no-such-flag"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_value_is_one_line_that_names_it(tmp_path: Path, arguments: list[str], named: str) -> None:
    genres = [] if "--genres" in arguments else ["--genres", "funk"]
    line = refusal(tmp_path, "generate", *genres, *arguments, "--out", str(tmp_path / "out"))
    assert named in line
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "line 1"),
        ("[]", "JSON object"),
        ('{"tempo": NaN}', "NaN"),
        ('{"bmp": 1}', "bmp"),
        ('{"tempo_map": [{"beat": 0, "bpm": 90}, {"beat": 1e308, "bpm": 91}]}', "1,000,000"),
        ('{"seed": ' + "9" * 5000 + "}", "5,000 digits"),
        ('{"stems": ' + "[" * 2000 + "]" * 2000 + "}", "deep"),
        ("\udcff", "UTF-8"),
    ],
)
def test_a_bad_block_is_one_line(tmp_path: Path, text: str, named: str) -> None:
    block = tmp_path / "block.json"
    block.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert named in refusal(tmp_path, "generate", "--params", str(block), "--out", str(tmp_path / "out"))
    assert everything_in(tmp_path) == ["block.json"]


@pytest.mark.parametrize(("make", "code"), [("file", 2), ("taken", 2), ("long", 2), ("kernel", 1)])
def test_an_out_that_cannot_be_used(tmp_path: Path, make: str, code: int) -> None:
    out = {
        "file": tmp_path / "file",
        "taken": tmp_path / "taken",
        "long": tmp_path / ("x" * 300),
        "kernel": Path("/proc/sys/kernel"),
    }[make]
    if make == "file":
        out.write_text("mine")
    if make == "taken":
        out.mkdir()
        (out / "bass.wav").write_text("mine")
    before = everything_in(tmp_path)
    refusal(tmp_path, "generate", *ONE_BAR, "--out", str(out), code=code)
    assert everything_in(tmp_path) == before


def test_an_engine_that_is_not_here_is_failed_work(tmp_path: Path) -> None:
    line = refusal(tmp_path, "generate", *ONE_BAR, "--engine", "ace-step", "--out", "o", code=1)
    assert "sketch" in line


def test_out_has_to_be_given(tmp_path: Path) -> None:
    assert "--out" in refusal(tmp_path, "generate", *ONE_BAR)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let commands be interrupted even where a shell runs the tests in the background, with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["composing", "writing"])
def test_an_interrupt_leaves_nothing(tmp_path: Path, number: int, moment: str) -> None:
    out = tmp_path / "new" / "out"
    command = [sys.executable, "-m", "bridge", "generate", "--genres", "funk", "--tempo", "120", "--bars", "120"]
    process = subprocess.Popen(
        [*command, "--out", str(out)],
        env=environ(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if moment == "writing":
        wait_until(out.exists, "writing has begun")
    else:
        wait_until(lambda: "numpy" in Path(f"/proc/{process.pid}/maps").read_text(), "the engine is loaded")
        time.sleep(0.2)
    process.send_signal(number)
    told, complaint = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "")
    assert complaint == "stembridge: interrupted; nothing half-written was left.\n"
    assert everything_in(tmp_path) == []


def test_a_reader_that_has_enough_causes_no_complaint(tmp_path: Path) -> None:
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
    assert process.wait(30) in (0, 1)
    assert process.stderr.read() == ""
    process.stderr.close()


def test_presets_are_listed_shown_and_saved(tmp_path: Path) -> None:
    listed = json.loads(run_bridge(tmp_path, "presets", "--json").stdout)
    assert listed["problems"] == []
    names = [preset["name"] for preset in listed["presets"]]
    assert names[0] == "Fast Prototyping"
    assert len(names) == 7
    assert all(name in run_bridge(tmp_path, "presets").stdout for name in names)

    shown = json.loads(run_bridge(tmp_path, "presets", "full-length demo", "--json").stdout)
    assert (shown["block"]["output_seconds"], shown["block"]["seed"]) == (120, 123_456)

    block = tmp_path / "block.json"
    block.write_text('{"genres": "polka", "cfg": 3}')
    assert run_bridge(tmp_path, "presets", "Oom Pah", "--save", str(block)).returncode == 0
    assert json.loads(run_bridge(tmp_path, "presets", "oom-pah", "--json").stdout)["block"] == {
        "genres": "polka",
        "cfg": 3.0,
    }
    take = generate(tmp_path, "--preset", "Oom Pah", "--tempo", "240", "--bars", "1", "--out", "out")
    assert take["params"]["cfg"] == 3.0


def test_presets_refuse_what_is_not_there_or_not_allowed(tmp_path: Path) -> None:
    assert "Fast Prototyping" in refusal(tmp_path, "presets", "Fast Prototypin")
    block = tmp_path / "block.json"
    block.write_text('{"cfg": 99}')
    assert "cfg" in refusal(tmp_path, "presets", "Mine", "--save", str(block))
    assert "NAME" in refusal(tmp_path, "presets", "--save", str(block))
    assert everything_in(tmp_path) == ["block.json"]


def test_doctor_finds_nothing_bad_here(tmp_path: Path) -> None:
    ended = run_bridge(tmp_path, "doctor", "--json")
    findings = {finding["what"]: finding for finding in json.loads(ended.stdout)["findings"]}
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "bad" not in {finding["status"] for finding in findings.values()}
    assert {"Python", "libraries", "engine", "data folder", "companion"} <= set(findings)
    assert findings["companion"]["status"] == "note"
    assert everything_in(tmp_path) == []  # it looks and leaves nothing
    assert "numpy" in run_bridge(tmp_path, "doctor").stdout


def test_doctor_finds_a_running_companion(companion: CompanionProcess) -> None:
    findings = json.loads(run_bridge(companion.home, "doctor", "--json").stdout)["findings"]
    (told,) = (finding for finding in findings if finding["what"] == "companion")
    assert told["status"] == "ok"
    assert str(companion.osc_port) in told["detail"]


def test_doctor_names_files_of_the_user_that_are_broken(tmp_path: Path) -> None:
    (tmp_path / "config" / "presets").mkdir(parents=True)
    (tmp_path / "config" / "genre_map.toml").write_text("[[rule]]\ntempo = [1, 2]\n")
    (tmp_path / "config" / "presets" / "mine.json").write_text("{")
    ended = run_bridge(tmp_path, "doctor")
    assert ended.returncode == 0
    assert "genre_map.toml" in ended.stdout
    assert "mine.json" in ended.stdout


def test_doctor_fails_where_its_own_folder_cannot_be_written_to() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bridge", "doctor"],
        env=environ(Path("/proc/sys/kernel/home")),
        capture_output=True,
        text=True,
        timeout=60,
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


def test_a_demo_without_a_folder_to_write_to_says_so(tmp_path: Path) -> None:
    file = tmp_path / "song"
    file.touch()
    assert str(file) in refusal(tmp_path, "demo", "--project", str(file), code=1)
