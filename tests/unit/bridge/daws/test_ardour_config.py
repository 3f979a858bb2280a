"""Ardour's own configuration files."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.daws.ardour import ACTIONS, HOOK
from bridge.daws.ardour_config import DEFAULT_OSC_PORT, OscSurface, added_scripts, osc_surface
from bridge.daws.scripts import SCRIPTS
from tests.helpers.ardour.seed import seed_config

OURS = SCRIPTS / "ardour"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "config" / "ardour7"
    seed_config(folder, 4000)
    return folder


def test_an_action_that_names_the_hook_is_not_the_hook(config: Path) -> None:
    seed_config(config, 4000, actions={1: OURS / ACTIONS["Stem Bridge: generate"]})
    assert HOOK not in added_scripts(config / "ui_scripts")[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", OscSurface(False, DEFAULT_OSC_PORT)),
        ('<Protocol name="Open Sound Control (OSC)" active="0"/>', OscSurface(False, DEFAULT_OSC_PORT)),
        ('<Protocol active="1" name="Open Sound Control (OSC)"/>', OscSurface(True, DEFAULT_OSC_PORT)),
        ('<Protocol name="Mackie" active="1"/>', OscSurface(False, DEFAULT_OSC_PORT)),
        ('<Option name="osc-port" value="5000"/>', OscSurface(False, 5000)),
    ],
)
def test_the_osc_surface_is_read_from_the_configuration(tmp_path: Path, text: str, expected: OscSurface) -> None:
    (tmp_path / "config").write_text(text)
    assert osc_surface(tmp_path / "config") == expected


@given(st.binary(max_size=300), st.sampled_from([b"", b"<ActionScript>", b"<LuaCallback name="]))
def test_no_configuration_file_breaks_the_status(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes
) -> None:
    file = tmp_path_factory.mktemp("config") / "ui_scripts"
    file.write_bytes(start + data + b"</ActionScript>")
    added_scripts(file)
    osc_surface(file)


@pytest.mark.parametrize("text", ["<ActionScript>!!!!</ActionScript>", "<ActionScript>abc</ActionScript>", "", "\0"])
def test_a_script_list_without_readable_actions_is_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "ui_scripts").write_text(text)
    assert added_scripts(tmp_path / "ui_scripts") == (set(), set())


def test_names_are_found_in_base64_over_several_lines(tmp_path: Path) -> None:
    lua = b'ardour { ["type"] = "EditorAction", name = "Stem Bridge: generate" }'
    encoded = base64.b64encode(lua).decode()
    wrapped = "\n".join((encoded[:20], encoded[20:]))
    hook = '<LuaCallback id="3" name="Stem Bridge: import"/><LuaCallback name="of another"/>'
    (tmp_path / "ui_scripts").write_text(f'<ActionScript lua="Lua">{wrapped}</ActionScript>{hook}')
    actions, hooks = added_scripts(tmp_path / "ui_scripts")
    assert actions == {"Stem Bridge: generate"}
    assert hooks == {"Stem Bridge: import", "of another"}


def test_missing_files_say_ardours_defaults(tmp_path: Path) -> None:
    assert added_scripts(tmp_path / "none") == (set(), set())
    assert osc_surface(tmp_path / "none") == OscSurface(is_on=False, port=3819)
