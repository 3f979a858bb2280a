"""Session files: refused if unsafe or damaged, saved with a backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.daws.ardour_session.session import ArdourSession
from engine.errors import InvalidValue

SESSION = """<?xml version="1.0" encoding="UTF-8"?>
<Session version="7002" name="song" sample-rate="48000" session-range-is-free="1" id-counter="50">
  <Sources/><Regions/><Locations>{location}</Locations>
  <Routes><Route id="7" name="drums"><PresentationInfo order="3" flags="AudioTrack"/></Route>
  <Route id="8" name="Mister"><PresentationInfo order="0" flags="MasterOut"/></Route></Routes>
  <Playlists/><RouteGroups/>
  <TempoMap superclocks-per-second="282240000"><Tempos>
    <Tempo npm="120" note-type="4" type="Tempo::Constant" sclock="0" quarters="0:0" omega="0"/>
  </Tempos><Meters><Meter note-value="4" divisions-per-bar="4" quarters="0:0" bbt="1|1|0"/></Meters></TempoMap>
</Session>
"""


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
