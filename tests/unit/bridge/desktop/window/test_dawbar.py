"""The bar of the DAW's session, with a clock that the test sets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from bridge.app.daws import Advice
from bridge.app.effective_session import GONE_AFTER_S, QUIET_AFTER_S, EffectiveSession
from bridge.app.events import DawChanged
from bridge.desktop.window.dawbar import MENU, DawBar, _place
from bridge.home.messages import Message, Messages

DAW = DawChanged("REAPER", "7.3", 97.6, "7/8", "E minor", 66.0, True, "/songs/harbour/", "harbour", "", 1000.0)


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def session(now: list[float]) -> EffectiveSession:
    return EffectiveSession(clock=lambda: now[0])


@pytest.fixture
def messages() -> list[Message]:
    return []


@pytest.fixture
def bar(qtbot: QtBot, session: EffectiveSession, messages: list[Message]) -> DawBar:
    road = Messages()
    road.subscribe(messages.append)
    made = DawBar(session, road)
    qtbot.addWidget(made)
    made.show()
    return made


def connect(bar: DawBar, session: EffectiveSession, daw: DawChanged = DAW) -> None:
    session.update_from_daw(daw)
    bar.refresh()


def type_in(bar: DawBar, qtbot: QtBot, name: str, text: str) -> None:
    field = bar.fields[name]
    field.selectAll()
    qtbot.keyClicks(field, text)
    field.editingFinished.emit()


@pytest.mark.parametrize(
    ("beats", "meter", "text"),
    [
        (0.0, "4/4", "1.1"),
        (3.999, "4/4", "1.4"),
        (3.9999999, "4/4", "2.1"),
        (66.0, "4/4", "17.3"),
        (3.5, "7/8", "2.1"),
        (3.0, "7/8", "1.7"),
        (5.0, "", "2.2"),
    ],
)
def test_a_position_is_bar_and_beat_of_the_meter(beats: float, meter: str, text: str) -> None:
    assert _place(beats, meter, changes=False) == text
    assert _place(beats, meter, changes=True) == f"beat {beats + 1:.0f}"


def test_without_a_daw_it_says_how_to_go_on(bar: DawBar, qtbot: QtBot) -> None:
    assert bar.daw.text() == "No DAW connected"
    assert bar.hint.text() == "Works alone as well: set tempo and key by hand."
    assert (bar.position.text(), bar.help.isVisible()) == ("–", True)
    with qtbot.waitSignal(bar.requested) as asked:
        bar.help.click()
    assert asked.args == ["connect"]


def test_advice_replaces_hint_and_button(bar: DawBar, qtbot: QtBot) -> None:
    bar.advise(Advice("REAPER: found.", "Install the script", "install reaper"))
    assert bar.hint.text() == "REAPER: found."
    assert bar.help.accessibleName() == "Install the script"
    with qtbot.waitSignal(bar.requested) as asked:
        bar.help.click()
    assert asked.args == ["install reaper"]


def test_a_connected_daw_is_shown_with_its_session(bar: DawBar, session: EffectiveSession) -> None:
    connect(bar, session)
    assert (bar.daw.text(), bar.hint.text(), bar.hint.property("role")) == ("REAPER", "connected", "good")
    assert {name: field.text() for name, field in bar.fields.items()} == {
        "tempo": "97.6",
        "meter": "7/8",
        "key": "E minor",
    }
    assert bar.position.text() == "19.7"  # 66 quarter notes are 18 bars of 3.5 and 3 more
    assert bar.project.text() == "harbour"
    assert not bar.help.isVisible()


def test_a_daw_that_says_nothing_is_quiet_and_then_gone(
    bar: DawBar, session: EffectiveSession, now: list[float]
) -> None:
    connect(bar, session)
    now[0] += QUIET_AFTER_S + 1
    bar.refresh()
    assert (bar.hint.text(), bar.hint.property("role")) == (f"quiet for {QUIET_AFTER_S + 1:.0f} s", "warn")
    now[0] = 1000.0 + GONE_AFTER_S
    bar.refresh()
    assert bar.daw.text() == "No DAW connected"


def test_a_midi_clock_is_followed_while_there_is_no_daw(bar: DawBar, session: EffectiveSession, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.changed):
        bar.show_clock(120.5)
    assert bar.hint.text() == "Following a MIDI clock, 120.5 BPM."
    assert session.tempo == 120.5
    bar.show_clock(None)
    assert bar.hint.text().startswith("Works alone")


@pytest.mark.parametrize(("name", "text", "value"), [("tempo", "98,5", 98.5), ("meter", "3/4", "3/4")])
def test_a_value_that_is_typed_overrides_the_daws(
    bar: DawBar, session: EffectiveSession, qtbot: QtBot, name: str, text: str, value: object
) -> None:
    connect(bar, session)
    with qtbot.waitSignal(bar.changed):
        type_in(bar, qtbot, name, text)
    assert getattr(session, name) == value


@pytest.mark.parametrize(("name", "text"), [("tempo", "fast"), ("tempo", "5000"), ("meter", "4"), ("key", "H dur")])
def test_a_value_that_cannot_be_is_a_message_and_the_old_one_comes_back(
    bar: DawBar, session: EffectiveSession, messages: list[Message], qtbot: QtBot, name: str, text: str
) -> None:
    connect(bar, session)
    before = bar.fields[name].text()
    type_in(bar, qtbot, name, text)
    assert (messages[0].level, messages[0].topic) == ("error", f"session {name}")
    assert text in messages[0].text
    assert bar.fields[name].text() == before


def test_leaving_a_field_without_typing_changes_nothing(bar: DawBar, session: EffectiveSession, qtbot: QtBot) -> None:
    connect(bar, session)
    with qtbot.assertNotEmitted(bar.changed):
        bar.fields["tempo"].editingFinished.emit()


def test_what_is_being_typed_is_not_written_over(bar: DawBar, session: EffectiveSession, qtbot: QtBot) -> None:
    connect(bar, session)
    bar.fields["tempo"].selectAll()
    qtbot.keyClicks(bar.fields["tempo"], "12")
    connect(bar, session, replace(DAW, tempo=140.0))
    assert bar.fields["tempo"].text() == "12"


def test_a_lock_keeps_a_value_whatever_the_daw_says(bar: DawBar, session: EffectiveSession) -> None:
    connect(bar, session)
    bar.locks["tempo"].click()
    assert bar.locks["tempo"].property("sign") == "lock"
    connect(bar, session, replace(DAW, tempo=140.0))
    assert bar.fields["tempo"].text() == "97.6"
    bar.locks["tempo"].click()
    assert bar.fields["tempo"].text() == "140"
    assert bar.locks["tempo"].property("sign") == "unlock"


def test_the_tempo_can_be_tapped(bar: DawBar, session: EffectiveSession, now: list[float]) -> None:
    (tap,) = (one for one in bar.findChildren(QPushButton) if one.text() == "Tap")
    tap.click()
    assert session.tempo is None
    now[0] += 0.5
    tap.click()
    assert session.tempo == 120.0
    assert bar.fields["tempo"].text() == "120"


@pytest.mark.parametrize(
    ("folder", "text"),
    [("", "Choose folder…"), ("C:\\songs\\harbour\\", "harbour"), ("/a/" + "x" * 30, "x" * 22)],
)
def test_the_project_is_shown_by_the_last_part_of_its_folder(
    bar: DawBar, session: EffectiveSession, folder: str, text: str
) -> None:
    connect(bar, session, replace(DAW, project=folder))
    assert bar.project.text() == text


def test_a_folder_is_taken_if_one_was_chosen(
    bar: DawBar, session: EffectiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen in ("/picked", ""):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, chosen=chosen: chosen)
        bar.project.click()
    assert session.project == "/picked"


def test_the_menu_has_the_pages(bar: DawBar) -> None:
    asked: list[str] = []
    bar.requested.connect(asked.append)
    for action in bar.build_menu().actions():
        action.trigger()
    assert asked == [command for _, command in MENU]


def test_meter_changes_ahead_are_told_at_the_meter(bar: DawBar, session: EffectiveSession) -> None:
    session.update_from_daw(replace(DAW, meters="7/8 from bar 1, 3/4 from bar 3"))
    bar.refresh()
    assert bar.fields["meter"].toolTip() == "From the playhead on: 7/8 from bar 1, 3/4 from bar 3"
    assert bar.position.text() == "beat 67"
