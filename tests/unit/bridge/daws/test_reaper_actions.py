"""Our actions in REAPER's reaper-kb.ini."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.daws.reaper_actions import ACTIONS, action_lines, add_actions, drop_actions

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
