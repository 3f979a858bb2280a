"""Session files: refused if unsafe or damaged, saved with a backup."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import bridge.daws.ardour_session.session as module
from bridge.daws.ardour_session.session import ArdourSession
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.ardour.session_text import SESSION


@pytest.fixture
def session(tmp_path: Path) -> Path:
    folder = tmp_path / "song"
    folder.mkdir()
    path = folder / "song.ardour"
    path.write_text(SESSION.format(location=""))
    return path


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Session version="7002">&b;</Session>'


@pytest.mark.parametrize("text", ["", "<Session", "<Other/>", BOMB, "\0\0"])
def test_what_is_no_session_is_refused(session: Path, text: str) -> None:
    session.write_text(text)
    with pytest.raises(InvalidValue, match="session must be a session's file"):
        ArdourSession(session)


@pytest.mark.parametrize("name", ["song.xml", "nothing.ardour"])
def test_a_file_that_is_not_there_or_called_otherwise_is_refused(session: Path, name: str) -> None:
    (session.parent / "song.xml").write_bytes(session.read_bytes())
    with pytest.raises(InvalidValue, match=r"its name ends in \.ardour"):
        ArdourSession(session.parent / name)


def test_a_saved_session_is_read_again_with_its_changes_and_a_backup(session: Path) -> None:
    before = session.read_bytes()
    session.chmod(0o640)
    document = ArdourSession(session)
    document.root.set("name", "Jürgen’s <song>")
    first = document.new_id()
    backup = document.save()
    assert backup == session.with_name("song.ardour.stembridge-backup")
    assert backup.read_bytes() == before
    again = ArdourSession(session)
    assert again.root.get("name") == "Jürgen’s <song>"
    assert int(again.new_id()) > int(first)
    assert session.read_bytes().startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    if os.name != "nt":
        assert session.stat().st_mode & 0o777 == 0o640


def test_ids_start_above_the_counter_and_above_every_id(session: Path) -> None:
    assert [ArdourSession(session).new_id(), ArdourSession(session).new_id()] == ["50", "50"]
    session.write_text(session.read_text().replace('id="8"', 'id="977"').replace('id="7"', 'id="no number"'))
    document = ArdourSession(session)
    assert [document.new_id(), document.new_id()] == ["978", "979"]


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ([], "song"),  # a new session: Ardour names it after the folder
        (["song"], "song"),
        (["as it was called"], "as it was called"),
        (["as it was called", "song"], "song"),
        (["b", "a"], "a"),
    ],
)
def test_audio_goes_where_the_session_has_its_own(session: Path, folders: list[str], expected: str) -> None:
    interchange = session.parent / "interchange"
    for name in folders:
        (interchange / name).mkdir(parents=True)
    assert ArdourSession(session).audio_folder == interchange / expected / "audiofiles"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('version="7002"', 'version="6999"', "was saved by an older Ardour: save it once in Ardour 7 or later"),
        ('version="7002"', "", "was saved by an older Ardour"),
        ('sample-rate="48000"', 'sample-rate="7999"', r"has no sample rate that audio can have \(7999 Hz\)"),
        ('sample-rate="48000"', 'sample-rate="192001"', r"\(192001 Hz\)"),
        ('sample-rate="48000"', 'sample-rate="-1"', r"\(0 Hz\)"),
        ("TempoMap", "Tempi", "has no TempoMap"),
    ],
)
def test_a_document_that_cannot_be_used_is_a_sentence(session: Path, old: str, new: str, message: str) -> None:
    session.write_text(session.read_text().replace(old, new))
    with pytest.raises(StemBridgeError, match=message):
        ArdourSession(session)


@pytest.mark.parametrize("rate", [8000, 192_000])
def test_the_limits_of_the_sample_rate_are_allowed(session: Path, rate: int) -> None:
    session.write_text(session.read_text().replace('sample-rate="48000"', f'sample-rate="{rate}"'))
    assert ArdourSession(session).sample_rate == rate


def test_a_file_over_the_limit_is_refused(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", session.stat().st_size)
    ArdourSession(session)
    monkeypatch.setattr(module, "_MAX_BYTES", session.stat().st_size - 1)
    with pytest.raises(InvalidValue, match="session must be a session's file"):
        ArdourSession(session)
