"""Our actions in REAPER's reaper-kb.ini."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.daws.reaper_actions import ACTIONS, action_lines, add_actions, drop_actions
from bridge.daws.scripts import read_scripts

# As REAPER 6 writes it: key bindings, custom actions, scripts; with the line ends of Windows.
KB_INI = (
    b"KEY 1 71 40012 0\t\t # Main : G : OVERRIDE DEFAULT : Item: Split\r\n"
    b'ACT 1 0 "f00d" "Custom: my action" 40012 40013\r\n'
    b'SCR 4 0 RSabc123 "Custom: theirs.lua" "theirs.lua"\r\n'
)


@given(
    lines=st.lists(
        st.sampled_from([*KB_INI.splitlines(keepends=True), b"\n", b"SCR", b"SCR 4 0 X", b"KEY 1 2 3 0\n"])
    ),
    newline=st.sampled_from([b"", b"\n", b"\r\n"]),
)
def test_our_lines_come_in_once_and_out_without_a_trace(lines: list[bytes], newline: bytes) -> None:
    ini = b"".join(lines) + newline
    added = add_actions(ini)
    assert add_actions(added) == added
    assert [added.count(line.encode()) for line in action_lines()] == [1] * len(ACTIONS)
    dropped = drop_actions(added)
    assert dropped == ini or dropped in (ini + b"\n", ini + b"\r\n")


def test_lines_of_an_older_version_and_their_key_bindings_are_replaced() -> None:
    old = KB_INI + b'SCR 4 0 STEMBRIDGE_GENERATE "Custom: old" "old.lua"\r\nKEY 1 71 _STEMBRIDGE_GENERATE 0\r\n'
    added = add_actions(old)
    assert b"old.lua" not in added
    assert b"KEY 1 71 _STEMBRIDGE_GENERATE 0\r\n" in added
    assert drop_actions(added) == KB_INI


def test_an_empty_list_gets_our_lines_in_the_tables_order() -> None:
    lines = add_actions(b"").decode().splitlines()
    assert lines == action_lines()
    assert lines[0] == (
        'SCR 4 0 STEMBRIDGE_GENERATE "Custom: Stem Bridge: generate into time selection" "StemBridge/generate.lua"'
    )
    assert drop_actions(add_actions(b"")) == b""


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_our_lines_end_as_the_others_do(newline: bytes) -> None:
    ini = b"KEY 1 71 40012 0" + newline
    added = add_actions(ini)
    assert added.count(newline) == 1 + len(ACTIONS)
    assert added.count(b"\n") == 1 + len(ACTIONS)


def test_a_last_line_without_an_end_gets_one() -> None:
    assert add_actions(b"KEY 1 71 40012 0").startswith(b"KEY 1 71 40012 0\nSCR 4 0 STEMBRIDGE_GENERATE")


def test_key_bindings_go_with_the_actions_and_others_stay() -> None:
    ini = b"KEY 1 71 _STEMBRIDGE_GENERATE 0\nKEY 1 72 _STEMBRIDGE_OTHER 0\nKEY 1 73 40012 0\nKEY\n\n"
    assert drop_actions(ini) == b"KEY 1 72 _STEMBRIDGE_OTHER 0\nKEY 1 73 40012 0\nKEY\n\n"


def test_lines_in_another_order_stay_as_they_are() -> None:
    ini = "".join(f"{line}\n" for line in reversed(action_lines())).encode()
    assert add_actions(ini) == ini


def test_every_action_has_a_script() -> None:
    scripts = read_scripts("reaper")
    assert {file for _, file in ACTIONS.values()} <= scripts.keys()
