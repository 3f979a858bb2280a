"""The control surface's parts that work without Live: OSC, names, keys, folders, takes."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.daws.scripts import SCRIPTS
from bridge.request.live_set.scale import ROOTS, SCALES
from bridge.settings import SETTINGS
from engine.music import Key

FILES = sorted((SCRIPTS / "ableton" / "StemBridge").glob("*.py"))
STDLIB = {"functools", "json", "os", "socket", "struct", "sys", "time", "traceback"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_sources_are_python_3_7_on_the_standard_library_and_live_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 7))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= STDLIB | {"Live"}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 1
    assert "Thread" not in path.read_text(encoding="utf-8")


@given(
    values=st.lists(
        st.one_of(
            st.integers(-(2**31), 2**31 - 1),
            st.floats(width=32, allow_nan=False),
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        )
    )
)
def test_messages_are_compatible_with_python_osc_in_both_directions(parts: Any, values: list[object]) -> None:  # noqa: ANN401
    packet = parts.osc.encode("/stembridge/x", *values)
    message = OscMessage(packet)
    assert (message.address, list(message.params)) == ("/stembridge/x", values)
    assert parts.osc.decode(packet) == ("/stembridge/x", values)


@given(packet=st.binary(max_size=64))
def test_any_bytes_are_decoded_or_refused(parts: Any, packet: bytes) -> None:  # noqa: ANN401
    try:
        parts.osc.decode(packet)
    except parts.osc.BadPacket:
        return


def test_a_message_cut_short_is_refused(parts: Any) -> None:  # noqa: ANN401
    builder = OscMessageBuilder("/a")
    builder.add_arg(1.5)
    packet = builder.build().dgram
    for length in range(len(packet)):
        with pytest.raises(parts.osc.BadPacket):
            parts.osc.decode(packet[:length])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("@stembridge funk, slap | 4", ("funk, slap", 4.0)),
        ("  @StemBridge funk", ("funk", None)),
        ("@stembridge|2,5", ("", 2.5)),
        ("@stembridge", ("", None)),
        ("@stembridge funk | 4 | ready", ("funk", 4.0)),
        ("@stembridger funk", None),
        ("bass", None),
    ],
)
def test_names_of_trigger_clips(parts: Any, name: str, expected: object) -> None:  # noqa: ANN401
    assert parts.triggers.parse_name(name) == expected


@pytest.mark.parametrize("bars", ["many", "0", "-1", "nan", "10001", "inf"])
def test_bars_that_are_no_valid_number_are_refused(parts: Any, bars: str) -> None:  # noqa: ANN401
    with pytest.raises(parts.triggers.BadName):
        parts.triggers.parse_name(f"@stembridge funk | {bars}")


def test_every_key_is_one_that_the_companion_can_parse(parts: Any) -> None:  # noqa: ANN401
    song = SimpleNamespace(scale_mode=True)
    for song.root_note in range(12):
        for song.scale_name in parts.setstate.MODES:
            key = parts.setstate.key_of(song, False)
            assert str(Key.parse(key)) == key


def test_the_scales_are_those_that_the_companion_reads_from_saved_sets(parts: Any) -> None:  # noqa: ANN401
    assert parts.setstate.ROOTS == ROOTS
    assert {name: mode for name, mode in SCALES.items() if mode} == parts.setstate.MODES


@pytest.mark.parametrize(
    ("warping", "markers", "end", "is_steady", "expected"),
    [
        (False, 0, 2.0, True, True),
        (True, 2, 4.0, True, True),
        (True, 2, 4.003, True, False),
        (True, 2, 8.0, True, False),
        (True, 3, 4.0, True, False),
        (True, 2, 4.0, False, False),
    ],
)
def test_a_clip_is_exact_unwarped_or_as_one_straight_line_of_the_right_length(
    parts: Any,  # noqa: ANN401
    warping: bool,
    markers: int,
    end: float,
    is_steady: bool,
    expected: bool,
) -> None:
    clip = SimpleNamespace(warping=warping, warp_markers=[None] * markers, start_marker=0.0, end_marker=end)
    take = SimpleNamespace(beats=4.0, is_steady=is_steady)
    assert parts.warp.is_exact(clip, take) is expected


def test_a_scale_is_a_key_only_in_scale_mode_or_with_the_setting_for_it(parts: Any) -> None:  # noqa: ANN401
    live_11 = SimpleNamespace(root_note=9, scale_name="Minor")
    assert parts.setstate.key_of(live_11, False) == ""
    assert parts.setstate.key_of(live_11, True) == "A minor"
    whole_tone = SimpleNamespace(root_note=9, scale_name="Whole Tone", scale_mode=True)
    assert parts.setstate.key_of(whole_tone, False) == ""


def test_the_project_is_the_folder_with_lives_sign(parts: Any, tmp_path: Path) -> None:  # noqa: ANN401
    (tmp_path / "Ableton Project Info").mkdir()
    (tmp_path / "sets").mkdir()
    assert parts.setstate.project_folder(str(tmp_path / "sets" / "a.als")) == str(tmp_path)
    (tmp_path / "Ableton Project Info").rmdir()
    assert parts.setstate.project_folder(str(tmp_path / "sets" / "a.als")) == str(tmp_path / "sets")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stems": 3}', '{"stems": [{"name": "x"}]}'])
def test_an_invalid_manifest_is_refused(parts: Any, tmp_path: Path, text: str) -> None:  # noqa: ANN401
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(parts.take.BadTake):
        parts.take.Take(str(path))


def test_the_settings_choices_are_those_of_the_script(parts: Any) -> None:  # noqa: ANN401
    assert SETTINGS["live_placing"].choices == parts.placing.MODES
    assert SETTINGS["live_placing"].default == parts.placing.NEW_TRACKS


def test_without_home_json_the_usual_data_folder_is_used(
    parts: Any,  # noqa: ANN401
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home: ModuleType = parts.home
    monkeypatch.setattr(home.sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home.read_companion() is None
    (tmp_path / "stembridge").mkdir()
    (tmp_path / "stembridge" / "companion.json").write_text(json.dumps({"osc_port": 9124}))
    assert home.read_companion() == {"osc_port": 9124}
    (tmp_path / "stembridge" / "companion.json").write_text('{"osc_port": "x"')
    assert home.read_companion() is None
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(home.sys, "platform", platform)
        assert home.data_folder().endswith("stembridge")
