"""What can be typed, and how what is typed becomes one block."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import __version__
from bridge.cli import doctor, generate
from bridge.cli.arguments import BLOCK_FLAGS, _port, build_parser
from bridge.cli.main import main
from bridge.request.block import InvalidBlock
from bridge.request.block.table import SPEC
from engine.errors import InvalidValue


def block_of(*arguments: str) -> dict[str, object]:
    return generate._block(build_parser().parse_args(["generate", "--out", "o", *arguments]))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that argparse refuses `arguments` with."""
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    return told.err


def test_every_flag_of_generate_is_a_key_of_the_block() -> None:
    assert {key for key, _, _ in BLOCK_FLAGS.values()} <= set(SPEC)
    for flag, (key, _, _) in BLOCK_FLAGS.items():
        assert flag == ("--seconds" if key == "output_seconds" else "--" + key.replace("_", "-"))


@pytest.mark.parametrize(
    ("arguments", "block"),
    [
        ([], {}),
        (["--genres", "funk"], {"genres": "funk"}),
        (["--tempo", "97.6", "--key", "Em", "--time-signature", "7/8"], {"tempo": 97.6, "key": "E minor"}),
        (["--seconds", "20"], {"output_seconds": 20}),
        (["--stems", "drums, bass"], {"stems": ["drums", "bass"]}),
        (["--stems", "auto"], {"stems": "auto"}),
        (["--pitch-shift", "-2"], {"pitch_shift": -2.0}),
        (["--pitch-shift=−2"], {"pitch_shift": -2.0}),
        (["--bit-depth", "16", "--sample-rate", "44100"], {"bit_depth": "16", "sample_rate": 44_100}),
        (["--lyrics", "no such file, so words"], {"lyrics": "no such file, so words"}),
        (["--lyrics", "x" * 5000], {"lyrics": "x" * 5000}),
        (["--lyrics", "a\nb"], {"lyrics": "a\nb"}),
    ],
)
def test_flags_become_checked_values(arguments: list[str], block: dict[str, object]) -> None:
    found = block_of(*arguments)
    assert {name: found[name] for name in block} == block
    assert set(found) <= set(block) | {"time_signature"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "block.json"
    path.write_text(
        json.dumps(
            {"genres": "funk", "seed": 3, "bars": 4, "tempo": 90, "tempo_map": [{"beat": 0, "bpm": 90}], "cfg": 2}
        )
    )
    return path


@pytest.mark.parametrize(
    ("flags", "changed", "gone"),
    [
        (["--cfg", "5"], {"cfg": 5.0}, []),
        (["--seed", "random"], {}, ["seed"]),
        (["--cfg", ""], {}, ["cfg"]),
        (["--tempo", "100"], {"tempo": 100.0}, ["tempo_map"]),
        (["--seconds", "20"], {"output_seconds": 20}, ["bars"]),
        (["--bars", "2"], {"bars": 2.0}, []),
    ],
)
def test_flags_lie_over_the_file(file: Path, flags: list[str], changed: dict[str, object], gone: list[str]) -> None:
    before = block_of("--params", str(file))
    after = block_of("--params", str(file), *flags)
    assert after == {name: value for name, value in {**before, **changed}.items() if name not in gone}


def test_every_wrong_flag_is_named_at_once() -> None:
    with pytest.raises(InvalidBlock) as caught:
        block_of("--tempo", "0", "--cfg", "99", "--key", "H")
    assert {fault.name for fault in caught.value.faults} == {"tempo", "cfg", "key"}


def test_two_lengths_contradict_each_other() -> None:
    with pytest.raises(InvalidValue, match="--seconds"):
        block_of("--bars", "8", "--seconds", "20")


def test_lyrics_from_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_bytes(b"\xef\xbb\xbf[Verse]\r\nSnow")
    assert block_of("--lyrics", str(words)) == {"lyrics": "[Verse]\nSnow"}
    words.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidValue, match="UTF-8"):
        block_of("--lyrics", str(words))


@pytest.mark.parametrize("flag", ["--params", "--tempo-map"])
@pytest.mark.parametrize("path", ["nowhere", "/", "x" * 5000, "a\0b"])
def test_a_file_that_cannot_be_read_is_named(flag: str, path: str) -> None:
    with pytest.raises(InvalidValue, match="file must be one that can be read"):
        block_of(flag, path)


def test_a_file_too_large_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(InvalidBlock):
        block_of("--params", str(large))


@pytest.mark.parametrize("port", ["0", "1", "9124", "65535", "009124"])
def test_ports(port: str) -> None:
    options = build_parser().parse_args(["serve", "--osc-port", port])
    assert (options.osc_port, options.http_port, options.host) == (int(port), None, None)  # the settings say


@pytest.mark.parametrize("port", ["-1", "65536", "1e3", "", "²", "٣", "00000000155555", "9" * 5000])
def test_what_is_no_port_is_refused(capsys: pytest.CaptureFixture[str], port: str) -> None:
    assert "a port must be 0–65535" in refusal(capsys, "serve", f"--osc-port={port}")


@given(st.text(max_size=12) | st.text("0123456789", max_size=12))
def test_any_text_is_a_port_or_refused(text: str) -> None:
    with suppress(argparse.ArgumentTypeError):
        assert 0 <= _port(text) <= 65_535


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["dance"], "dance"),
        (["generate"], "--out"),
        (["generate", "--out", "o", "--tempi", "3"], "--tempi"),
        (["generate", "--out"], "--out"),
        (["generate", "--out", "o", "--start-beat", "soon"], "soon"),
        (["serve", "extra"], "extra"),
        (["demo", "--project"], "--project"),
    ],
)
def test_what_cannot_be_typed_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    line = refusal(capsys, *arguments)
    assert named in line
    assert "--help" in line


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"stembridge {__version__}\n"


def test_an_interrupt_is_130_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupted)
    assert main(["doctor"]) == 130
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_doctor_names_a_library_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "soundfile", None)
    assert main(["doctor", "--json"]) == 1
    findings = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["libraries"]["status"] == "bad"
    assert "soundfile" in findings["libraries"]["detail"]


@pytest.mark.parametrize("told", ["", "{", "[]", '{"osc_port": 1}', '{"osc_port": "x", "http_port": 1, "pid": 1}'])
def test_doctor_is_not_misled_by_a_broken_companion_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, told: str
) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "companion.json").write_text(told)
    assert main(["doctor"]) == 0
    assert "none is running" in capsys.readouterr().out


@pytest.mark.parametrize("port", [1, 10**6, -1])
def test_doctor_does_not_take_a_dead_companions_file_for_a_living_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, port: int
) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "companion.json").write_text(json.dumps({"pid": 1, "osc_port": port, "http_port": port}))
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "none is running" in told
    assert "killed" in told
