"""The MIDI map on disk: it is read again when it changes, and what the user wrote is kept."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.midi.map_on_disk import STARTER, MapOnDisk, binding_text, factory_map
from bridge.doors.midi.messages import MidiKind
from engine.errors import StemBridgeError

GOOD = '# my pads\n[[binding]]\naction = "cancel"  # the red one\nnote = 1\n'


def test_the_factorys_map_has_pads_and_a_pedal_and_holds_on_our_own_port_alone(tmp_path: Path) -> None:
    assert {binding.kind for binding in factory_map().bindings} == {MidiKind.NOTE, MidiKind.CC}
    assert {binding.port for binding in MapOnDisk(tmp_path / "midi.toml").current().bindings} == {"Stem Bridge"}


def test_learning_keeps_what_the_user_wrote(tmp_path: Path) -> None:
    file = MapOnDisk(tmp_path / "midi.toml")
    file.path.write_text(GOOD, encoding="utf-8")
    file.append({"action": "generate", "note": 60, "port": 'a "b"'})
    assert file.path.read_text(encoding="utf-8").startswith(GOOD)
    assert [binding.port for binding in file.current().bindings[:2]] == ["", 'a "b"']


def test_learning_starts_a_file_that_explains_itself(tmp_path: Path) -> None:
    file = MapOnDisk(tmp_path / "midi.toml")
    file.append({"action": "generate", "note": 60})
    assert file.path.read_text(encoding="utf-8").startswith(STARTER)
    assert file.problem() is None


def test_a_broken_file_is_reported_and_its_last_good_state_is_used(tmp_path: Path) -> None:
    file = MapOnDisk(tmp_path / "midi.toml")
    file.path.write_text(GOOD, encoding="utf-8")
    good = file.current()
    file.path.write_text("[[binding", encoding="utf-8")
    assert file.current() is good
    assert "what held before holds" in str(file.problem())
    with pytest.raises(StemBridgeError):
        file.append({"action": "generate", "note": 60})
    assert file.path.read_text(encoding="utf-8") == "[[binding"


def test_the_map_is_the_same_object_until_its_file_changes(tmp_path: Path) -> None:
    file = MapOnDisk(tmp_path / "midi.toml")
    absent = file.current()
    assert file.current() is absent
    file.path.write_text(GOOD, encoding="utf-8")
    first = file.current()
    assert first.bindings[0].number == 1
    assert file.current() is first
    file.path.unlink()
    assert file.current().bindings == absent.bindings, "without a file the factory's bindings are left"


def test_the_factorys_bindings_follow_the_users_on_each_port_that_is_named(tmp_path: Path) -> None:
    file = MapOnDisk(tmp_path / "midi.toml")
    file.path.write_text('factory_map_ports = ["one", "two"]\n' + GOOD, encoding="utf-8")
    own, *factory = file.current().bindings
    assert own.number == 1
    assert [binding.port for binding in factory] == ["one"] * (len(factory) // 2) + ["two"] * (len(factory) // 2)
    assert len(factory) == 2 * len(factory_map().bindings)


def test_the_users_lights_replace_the_factorys(tmp_path: Path) -> None:
    file = MapOnDisk(tmp_path / "midi.toml")
    assert file.current().lights == factory_map().lights
    file.path.write_text("[[light]]\nnote = 5\n", encoding="utf-8")
    assert [light.number for light in file.current().lights] == [5]


@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=50), number=st.integers(0, 127)
)
def test_a_binding_as_text_is_read_back_as_it_was(name: str, number: int) -> None:
    table = {"action": "generate", "note": number, "port": name, "stems": ["drums", "bass"], "bars": 4.5}
    text = binding_text(table)
    assert tomllib.loads(text) == {"binding": [table]}


def test_a_binding_that_is_wrong_is_not_written(tmp_path: Path) -> None:
    file = MapOnDisk(tmp_path / "midi.toml")
    with pytest.raises(StemBridgeError, match="note must be"):
        file.append({"action": "generate", "note": 128})
    assert not file.path.exists()
