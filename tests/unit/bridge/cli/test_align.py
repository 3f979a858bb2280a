"""`stembridge align` on files as users have them: every form of audio, and everything that is wrong with it."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from bridge.cli.align import error_line
from bridge.cli.main import main
from bridge.takes.manifest import read_manifest
from tests.helpers.plain_drums import drums_at

PLAYED, ASKED = 99.1, 97.6


def save(path: Path, rate: int = 16_000, channels: int = 2, beats: int = 10, **how: Any) -> Path:  # noqa: ANN401
    audio = drums_at(PLAYED, 0.3, beats, rate)
    soundfile.write(path, np.repeat(audio[:, :1], channels, axis=1), rate, **how)
    return path


def align(*arguments: object, bars: object = 2, tempo: object = ASKED) -> int:
    try:
        return main(["align", *map(str, arguments), "--tempo", str(tempo), "--bars", str(bars)])
    except SystemExit as end:  # argparse's way
        return int(end.code or 0)


def mix_in(out: Path) -> Path:
    return out / str(read_manifest(out / "manifest.json")["mix"]["file"])


def test_stems_become_a_take_and_the_error_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drums, bass = save(tmp_path / "drums.wav"), save(tmp_path / "bass line.wav", channels=1)
    out = tmp_path / "out"
    assert align(drums, bass, "--out", out, "--plot", "--start-beat", 32) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1:] == [
        "  The music goes on after the 2 bars asked for; what came later was cut off.",
        "  Stems and mix were turned down by 3.6 dB together, to fit their bit depth.",
    ]
    assert "drums, bass line (4.918 s), tight: error 0." in told[0]
    assert "99." in told[0]
    assert told[0].endswith("→ 97.60 BPM")
    manifest = read_manifest(out / "manifest.json")
    assert (manifest["engine"], manifest["start_beat"], manifest["bars"]) == ("align", 32.0, 2.0)
    assert manifest["frames"] == round(8 * 60 / ASKED * 16_000)
    assert manifest["stem_sum_error_db"] < -120
    names = {"alignment.png", "manifest.json", "97.6bpm mix.wav", "drums 97.6bpm.wav", "bass line 97.6bpm.wav"}
    assert {path.name for path in out.iterdir()} == names
    with Image.open(out / "alignment.png") as picture:
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20


def test_json_is_the_whole_report_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert align(save(tmp_path / "a.wav"), "--out", tmp_path / "out", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["manifest"] == str(tmp_path / "out" / "manifest.json")
    assert report["alignment"]["verdict"] == "tight"
    assert {"warp", "map", "tempo_tracked", "tempo_before", "error_ms_p95"} <= set(report["alignment"])
    assert report["params"]["source_audio"] == [str(tmp_path / "a.wav")]


FORMS = {
    "8 kHz mono": {"rate": 8_000, "channels": 1},
    "192 kHz": {"rate": 192_000, "channels": 1},
    "8 channels": {"channels": 8},
    "FLAC": {"name": "a.flac"},
    "Ogg Vorbis": {"name": "a.ogg", "rate": 44_100},
    "AIFF": {"name": "a.aiff"},
    "MP3": {"name": "a.mp3", "rate": 44_100},
    "float": {"subtype": "FLOAT"},
    "8 bits": {"subtype": "PCM_U8"},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_of_audio_is_read(tmp_path: Path, form: dict[str, Any]) -> None:
    name = form.get("name", "a.wav")
    file = save(tmp_path / name, **{key: value for key, value in form.items() if key != "name"})
    assert align(file, "--out", tmp_path / "out") == 0
    manifest = read_manifest(tmp_path / "out" / "manifest.json")
    written = soundfile.info(mix_in(tmp_path / "out"))
    assert (written.samplerate, written.channels) == (form.get("rate", 16_000), form.get("channels", 2))
    assert manifest["alignment"]["verdict"] == "tight"


def test_another_rate_and_depth_are_made(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert align(save(tmp_path / "a.wav"), "--out", out, "--sample-rate", 22_050, "--bit-depth", "float") == 0
    written = soundfile.info(mix_in(out))
    assert (written.samplerate, written.subtype) == (22_050, "FLOAT")
    assert written.frames == round(8 * 60 / ASKED * 22_050)
    assert read_manifest(out / "manifest.json")["alignment"]["verdict"] == "tight"
    assert sorted(path.suffix for path in out.iterdir()) == [".json", ".wav", ".wav"]


def test_a_tempo_map_is_followed(tmp_path: Path) -> None:
    steps = tmp_path / "map.json"
    steps.write_text(json.dumps([{"beat": 0, "bpm": 96}, {"beat": 4, "bpm": 102}]))
    file, out = save(tmp_path / "a.wav"), tmp_path / "out"
    assert main(["align", str(file), "--tempo-map", str(steps), "--bars", "2", "--out", str(out)]) == 0
    manifest = read_manifest(out / "manifest.json")
    assert manifest["frames"] == round((4 * 60 / 96 + 4 * 60 / 102) * 16_000)
    assert manifest["alignment"]["verdict"] == "tight"


def test_a_meter_map_gives_the_bars(tmp_path: Path) -> None:
    meters = tmp_path / "meters.json"
    wire = [{"bar": 0, "time_signature": "4/4"}, {"bar": 1, "time_signature": "3/4"}]
    meters.write_text(json.dumps(wire))
    file, out = save(tmp_path / "a.wav"), tmp_path / "out"
    assert align(file, "--out", out, "--meter-map", meters, bars=2) == 0
    manifest = read_manifest(out / "manifest.json")
    assert manifest["frames"] == round(7 * 60 / ASKED * 16_000)
    assert (manifest["bars"], manifest["time_signature"], manifest["meter_map"]) == (2.0, "4/4", wire)
    assert manifest["alignment"]["verdict"] == "tight"


def test_a_one_shot_rings_out(tmp_path: Path) -> None:
    out, loop = tmp_path / "shot", tmp_path / "loop"
    file = save(tmp_path / "a.wav", beats=8)
    assert align(file, "--out", out, "--one-shot", bars=1.75) == 0
    assert align(file, "--out", loop, bars=1.75) == 0
    bars = round(7 * 60 / ASKED * 16_000)
    assert soundfile.info(mix_in(out)).frames == read_manifest(out / "manifest.json")["frames"] > bars
    assert soundfile.info(mix_in(loop)).frames == bars


def test_a_tempo_far_from_the_projects_is_told_with_source_tempo(tmp_path: Path) -> None:
    file, out = save(tmp_path / "a.wav"), tmp_path / "out"
    assert align(file, "--out", out, "--source-tempo", 100, tempo=70) == 0
    alignment = read_manifest(out / "manifest.json")["alignment"]
    assert (alignment["verdict"], alignment["tempo_expected"]) == ("tight", 100.0)


def test_pitch_moves_and_the_grid_does_not(tmp_path: Path) -> None:
    rate = 16_000
    times_s = np.arange(8 * rate) / rate
    beat = times_s % 0.5
    tone = (np.sin(2 * np.pi * 330 * times_s) * np.exp(-beat / 0.15) * np.minimum(1, beat * 500)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", tone, rate)
    out = tmp_path / "out"
    assert align(tmp_path / "a.wav", "--out", out, "--pitch-shift", "12", tempo=120) == 0
    made, _ = soundfile.read(mix_in(out))
    loudest_hz = np.argmax(np.abs(np.fft.rfft(made[: 2 * rate]))) / 2
    assert loudest_hz == pytest.approx(660, abs=3)
    assert len(made) == 4 * rate


def silence(path: Path) -> None:
    soundfile.write(path, np.zeros((50_000, 2)), 16_000)


def three_frames(path: Path) -> None:
    soundfile.write(path, np.ones((3, 2)) * 0.1, 16_000)


def no_numbers(path: Path) -> None:
    soundfile.write(path, np.full((50_000, 2), np.nan, np.float32), 16_000, subtype="FLOAT")


def steady(path: Path) -> None:
    soundfile.write(path, np.full((50_000, 2), 0.5, np.float32), 16_000)


@pytest.mark.parametrize("make", [silence, three_frames, no_numbers, steady])
def test_what_cannot_be_measured_says_so(
    tmp_path: Path, make: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "a.wav")
    assert align(tmp_path / "a.wav", "--out", tmp_path / "out", "--plot") == 0
    assert "could not measure" in capsys.readouterr().out
    audio, _ = soundfile.read(mix_in(tmp_path / "out"))
    assert np.isfinite(audio).all()
    assert len(audio) == round(8 * 60 / ASKED * 16_000)


def text(path: Path) -> None:
    path.write_text("not a sound")


def no_frames(path: Path) -> None:
    soundfile.write(path, np.zeros((0, 2)), 16_000)


def nine_channels(path: Path) -> None:
    soundfile.write(path, np.zeros((100, 9)), 16_000)


def two_kilohertz(path: Path) -> None:
    soundfile.write(path, np.zeros((100, 2)), 2_000)


@pytest.mark.parametrize("make", [text, no_frames, nine_channels, two_kilohertz, Path.mkdir, lambda _path: None])
def test_what_is_no_usable_audio_is_refused_in_one_line(
    tmp_path: Path, make: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "a.wav")
    assert align(tmp_path / "a.wav", "--out", tmp_path / "new" / "out") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1
    assert told.err.startswith("stembridge: ")
    assert not (tmp_path / "new").exists()


def test_files_of_two_rates_or_layouts_do_not_belong_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = save(tmp_path / "a.wav")
    assert align(first, save(tmp_path / "b.wav", rate=22_050), "--out", tmp_path / "out") == 2
    assert "one sample rate, not 'rates of [16000, 22050] Hz'" in capsys.readouterr().err
    assert align(first, save(tmp_path / "c.wav", channels=6), "--out", tmp_path / "out") == 2
    assert "equally many channels" in capsys.readouterr().err


def test_a_shorter_file_ends_in_silence_and_that_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = save(tmp_path / "a.wav"), save(tmp_path / "b.wav", beats=4)
    assert align(*files, "--out", tmp_path / "out") == 0
    assert "The shorter ones end in silence" in capsys.readouterr().out


def test_a_file_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = save(tmp_path / "a.wav")
    file.write_bytes(file.read_bytes()[:200_001])
    assert align(file, "--out", tmp_path / "out", bars=1) == 0


def test_a_header_that_promises_too_much_is_no_danger(tmp_path: Path) -> None:
    file = save(tmp_path / "a.wav")
    data = bytearray(file.read_bytes())
    data[40:44] = struct.pack("<I", 0xFFFF_FF00)
    file.write_bytes(data)
    assert align(file, "--out", tmp_path / "out", bars=1) in (0, 1, 2)


@pytest.mark.parametrize("name", ["manifest.json", "a 97.6bpm mix.wav", "a 97.6bpm.wav"])
def test_nothing_is_overwritten(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine")
    assert align(save(tmp_path / "a.wav"), "--out", out) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [(name, "mine")]


def test_an_out_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = save(tmp_path / "a.wav")
    assert align(file, "--out", file) in (1, 2)


@pytest.mark.parametrize(
    "flags",
    [
        ["--tempo", "1000"],
        ["--bars", "-1"],
        ["--time-signature", "5/7"],
        ["--pitch-shift", "13"],
        ["--sample-rate", "12"],
        ["--bit-depth", "20"],
        ["--source-tempo", "0"],
        ["--source-tempo", "x"],
        ["--start-beat", "nan"],
        ["--tempo-map", "/none.json"],
        ["--meter-map", "/none.json"],
    ],
)
def test_wrong_values_are_refused_before_anything_is_read(tmp_path: Path, flags: list[str]) -> None:
    values = {"--tempo": "100", "--bars": "2", "--out": str(tmp_path / "out"), **dict([flags])}
    try:
        code = main(["align", str(tmp_path / "none.wav"), *(word for pair in values.items() for word in pair)])
    except SystemExit as end:  # argparse's way
        code = end.code
    assert code == 2


def test_tempo_and_bars_must_be_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(save(tmp_path / "a.wav"))
    assert main(["align", file, "--bars", "2", "--out", str(tmp_path / "out")]) == 2
    assert main(["align", file, "--tempo", "120", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert "--tempo BPM" in told[0]
    assert "--bars N" in told[1]


MEASURED = {
    "verdict": "tight",
    "error_ms_median": 1.26,
    "error_ms_p95": 4.44,
    "downbeat_offset_ms": None,
    "tempo_before": None,
    "tempo_measured": None,
}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"error_ms_median": None, "verdict": "could not measure"}, "could not measure"),
        ({}, "tight: error 1.3 ms median, 4.4 ms p95"),
        ({"downbeat_offset_ms": -2.0}, "tight: error 1.3 ms median, 4.4 ms p95, first downbeat -2.0 ms"),
        ({"downbeat_offset_ms": 0.0}, "tight: error 1.3 ms median, 4.4 ms p95, first downbeat +0.0 ms"),
        (
            {"tempo_before": 99.1, "tempo_measured": 97.6},
            "tight: error 1.3 ms median, 4.4 ms p95, 99.10 → 97.60 BPM",
        ),
    ],
)
def test_the_error_in_words(changes: dict[str, object], line: str) -> None:
    assert error_line({**MEASURED, **changes}) == line
