"""`stembridge generate` as a shell runs it: streams, exit codes, and the files it leaves."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import soundfile

from tests.helpers.command_here import refusal, run_generate
from tests.helpers.companion_process import environ, read_json, run_bridge
from tests.helpers.folders import everything_in
from tests.helpers.take_ears import check_complete, frames_of, take_at
from tests.helpers.waiting import wait_until

ONE_BAR = ("--genres", "funk", "--tempo", "240", "--bars", "1")


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
    document = run_generate(tmp_path, *ONE_BAR, "--out", str(out), "--start-beat", "17.5")
    assert document.pop("manifest") == str(out / "manifest.json")
    assert document.pop("manifests") == [str(out / "manifest.json")]
    assert document == read_json(out / "manifest.json")
    assert document["start_beat"] == 17.5


def test_the_same_seed_makes_the_same_music_to_the_bit(tmp_path: Path) -> None:
    def sums(name: str, seed: str) -> list[str]:
        # Only the samples have to be the same: bext and LIST/INFO hold the date and the take's name.
        take = take_at(
            Path(run_generate(tmp_path, *ONE_BAR, "--seed", seed, "--out", str(tmp_path / name))["manifest"])
        )
        return [_data_sha256(take["folder"] / stem["file"]) for stem in (*take["stems"], take["mix"])]

    first = sums("first", "7")
    assert sums("second", "7") == first
    assert all(one != other for one, other in zip(sums("third", "8"), first, strict=True))


def _data_sha256(path: Path) -> str:
    return hashlib.sha256(soundfile.read(path, dtype="int32")[0].tobytes()).hexdigest()


def test_one_stem_is_made_again_and_the_others_files_hold_the_same_music(tmp_path: Path) -> None:
    def sums(name: str, block: str) -> dict[str, tuple[str, bytes]]:
        (tmp_path / f"{name}.json").write_text(block)
        arguments = ("--seed", "7", "--params", str(tmp_path / f"{name}.json"), "--out", str(tmp_path / name))
        take = take_at(Path(run_generate(tmp_path, *ONE_BAR, *arguments)["manifest"]))
        folder = take["folder"]
        return {
            s["name"]: (_data_sha256(folder / s["file"]), (folder / s["midi"]).read_bytes()) for s in take["stems"]
        }

    plain, other = sums("plain", "{}"), sums("other", '{"stem_seeds": {"bass": 99}}')
    assert [name for name in plain if plain[name] != other[name]] == ["bass"]
    again = sums("again", '{"stem_seeds": {"bass": 99, "drums": 5}}')
    assert [name for name in plain if other[name] != again[name]] == ["drums"]


def test_each_variation_gets_its_own_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    document = run_generate(tmp_path, *ONE_BAR, "--variations", "2", "--seed", "5", "--out", str(out))
    assert [read_json(Path(path))["params"]["seed"] for path in document["manifests"]] == [5, 6]
    assert sorted(str(path) for path in out.glob("*/manifest.json")) == sorted(document["manifests"])


def test_flags_override_the_block_and_the_block_overrides_the_preset(tmp_path: Path) -> None:
    block = tmp_path / "block.json"
    block.write_text('{"preset": "Fast Prototyping", "cfg": 9, "bars": 4, "genres": "funk", "seed": 3, "tempo": 300}')
    take = run_generate(
        tmp_path, "--params", str(block), "--bars", "1", "--seed", "4", "--out", str(tmp_path / "out")
    )
    params = take["params"]
    assert (params["steps"], params["cfg"], params["seed"]) == (30, 9.0, 4)
    assert take["frames"] == frames_of(4, "300")


def test_a_tempo_map_and_lyrics_from_files(tmp_path: Path) -> None:
    tempos, words = tmp_path / "tempos.json", tmp_path / "words.txt"
    tempos.write_text('[{"beat": 0, "bpm": 200}, {"beat": 4, "bpm": 100}]')
    words.write_text("[Verse]\nSnow on the strings", encoding="utf-8")
    take = run_generate(
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
        (["--seconds", "9"], "--seconds"),
        (["--seed", str(2**32)], str(2**32)),
        (["--steps", "9", "--cfg", "16"], "cfg"),
        (["--variations", "9"], "variations"),
        (["--stems", "kazoo"], "kazoo"),
        (["--preset", "Fats"], "Fats"),
        (["--engine", "magic"], "magic"),
        (["--model", "xl"], "xl"),
        (["--sample-rate", "1"], "--sample-rate"),
        (["--start-beat", "nan"], "--start-beat"),
        (["--start-beat", "-1"], "--start-beat"),
        (["--start-beat", "x"], "--start-beat"),
        (["--params", "no such file"], "no such file"),
        (["--params", "/"], "directory"),
        (["--tempo-map", "no such file"], "no such file"),
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


@pytest.mark.parametrize(("make", "code"), [("file", 2), ("taken", 2), ("long", 2), ("kernel", 2)])
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
        (out / "song.mid").write_text("mine")
    before = everything_in(tmp_path)
    refusal(tmp_path, "generate", *ONE_BAR, "--out", str(out), code=code)
    assert everything_in(tmp_path) == before


def test_a_missing_engine_is_a_failure(tmp_path: Path) -> None:
    line = refusal(tmp_path, "generate", *ONE_BAR, "--engine", "ace-step", "--out", "o", code=1)
    assert '"ace-step" is not ready here' in line


def test_out_has_to_be_given(tmp_path: Path) -> None:
    assert "--out" in refusal(tmp_path, "generate", *ONE_BAR)


def wait_for_moment(pid: int, out: Path, moment: str) -> None:
    """Wait until the process composes, or writes into `out`."""
    if moment == "writing":
        wait_until(out.exists, "writing has begun")
        return
    wait_until(lambda: "scipy/signal" in Path(f"/proc/{pid}/maps").read_text(), "the engine is loaded")
    engine = psutil.Process(pid)
    loaded_s = engine.cpu_times().user
    wait_until(lambda: engine.cpu_times().user > loaded_s + 0.3, "it has composed for a while")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["composing", "writing"])
def test_an_interrupt_leaves_nothing(tmp_path: Path, number: int, moment: str) -> None:
    out = tmp_path / "new" / "out"
    # Forty bars: seconds of work before and while it writes.
    command = [sys.executable, "-m", "bridge", "generate", "--genres", "funk", "--tempo", "120", "--bars", "40"]
    with subprocess.Popen(
        [*command, "--out", str(out)],
        env=environ(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_for_moment(process.pid, out, moment)
            process.send_signal(number)
            told, complaint = process.communicate(timeout=120)
        finally:
            process.kill()
    assert (process.returncode, told) == (130, "")
    assert complaint == "stembridge: interrupted; nothing half-written was left.\n"
    assert everything_in(tmp_path) == []
