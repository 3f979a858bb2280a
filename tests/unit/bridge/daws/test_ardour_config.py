"""Ardour's own configuration files."""

from __future__ import annotations

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
