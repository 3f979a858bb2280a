"""The elements that a stem adds to a session, attribute by attribute."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from bridge.daws.ardour_session.session import ArdourSession
from bridge.daws.ardour_session.track import PlacedStem, add_stem, extend_range

TICKS_PER_SAMPLE = 5880  # 282 240 000 superclock ticks per second, 48 000 samples
FRAMES = 1000
LENGTH = f"a{FRAMES * TICKS_PER_SAMPLE}"
START = 48_000 * TICKS_PER_SAMPLE
TEXT = """<Session version="7002" name="song" sample-rate="48000" id-counter="100">
  <Sources/><Regions/><Locations/>
  <Routes><Route id="8" name="Master"><PresentationInfo order="4" flags="MasterOut"/></Route></Routes>
  <Playlists/><RouteGroups/>
  <TempoMap superclocks-per-second="282240000"><Tempos>
    <Tempo npm="120" note-type="4" type="Tempo::Constant" sclock="0" quarters="0:0" omega="0"/>
  </Tempos><Meters><Meter note-value="4" divisions-per-bar="4" quarters="0:0" bbt="1|1|0"/></Meters></TempoMap>
</Session>"""


def read(tmp_path: Path, text: str = TEXT) -> ArdourSession:
    path = tmp_path / "song.ardour"
    path.write_text(text)
    return ArdourSession(path)


@pytest.fixture
def session(tmp_path: Path) -> ArdourSession:
    return read(tmp_path)


def stem(name: str = "bass", color: str = "#102030") -> PlacedStem:
    return PlacedStem(name, color, Path(f"/song/interchange/song/audiofiles/{name} ab12.wav"), FRAMES)


def only(session: ArdourSession, part: str) -> ElementTree.Element:
    (element,) = session.part(part)
    return element


def route(session: ArdourSession, name: str) -> ElementTree.Element:
    (found,) = [one for one in session.part("Routes") if one.get("name") == name]
    return found


def test_each_channel_of_the_file_is_a_source(session: ArdourSession) -> None:
    add_stem(session, stem(), "ab12", START)
    sources = list(session.part("Sources"))
    assert [(one.get("name"), one.get("channel"), one.get("type")) for one in sources] == [
        ("bass ab12.wav", "0", "audio"),
        ("bass ab12.wav", "1", "audio"),
    ]
    assert len({one.get("id") for one in sources}) == 2


def test_the_whole_file_is_a_region_and_so_is_its_place_on_the_track(session: ArdourSession) -> None:
    add_stem(session, stem(), "ab12", START)
    whole, placed = only(session, "Regions"), only(session, "Playlists")[0]
    sources = [one.get("id") for one in session.part("Sources")]
    for region in (whole, placed):
        assert [region.get("source-0"), region.get("source-1")] == sources
        assert [region.get("master-source-0"), region.get("master-source-1")] == sources
        assert region.get("channels") == "2"
    assert (whole.get("name"), whole.get("whole-file"), whole.get("length")) == ("bass ab12", "1", f"{LENGTH}@a0")
    assert (placed.get("name"), placed.get("whole-file")) == ("bass ab12", "0")
    assert placed.get("length") == f"{LENGTH}@a{START}"
    assert placed.get("layering-index") == "0"


def test_the_track_has_its_playlist_ports_and_colour(session: ArdourSession) -> None:
    add_stem(session, stem(), "ab12", 0)
    track, playlist = route(session, "bass"), only(session, "Playlists")
    assert track.get("audio-playlist") == playlist.get("id")
    assert playlist.get("orig-track-id") == track.get("id")
    assert track.get("version") == "7002"
    assert track.findtext("Comment") == "Stem Bridge: bass"
    info = track.find("PresentationInfo")
    assert info is not None
    assert info.attrib == {"order": "5", "flags": "AudioTrack,OrderSet", "color": str(0x102030FF)}
    ports = {port.get("name"): port.find("Connection") for port in track.iter("Port")}
    assert list(ports) == ["bass/audio_in 1", "bass/audio_in 2", "bass/audio_out 1", "bass/audio_out 2"]
    connections = [None if one is None else one.get("other") for one in ports.values()]
    assert connections == [None, None, "Master/audio_in 1", "Master/audio_in 2"]


def test_the_processors_come_in_ardours_order_and_end_with_the_main_outs(session: ArdourSession) -> None:
    add_stem(session, stem(), "ab12", 0)
    processors = [(one.get("type"), one.get("name")) for one in route(session, "bass").iterfind("Processor")]
    assert processors == [
        ("diskwriter", "recorder:bass"),
        ("diskreader", "player:bass"),
        ("polarity", "Polarity"),
        ("trim", "Amp"),
        ("amp", "Amp"),
        ("meter", "meter-bass"),
        ("main-outs", "bass"),
    ]


def test_a_session_without_a_master_gets_tracks_without_connections(tmp_path: Path) -> None:
    session = read(tmp_path, TEXT.replace("MasterOut", "Auditioner"))
    add_stem(session, stem(), "ab12", 0)
    assert list(session.root.iter("Connection")) == []


def test_all_tracks_share_one_group_that_keeps_their_faders_apart(session: ArdourSession) -> None:
    for name in ("bass", "drums"):
        add_stem(session, stem(name), "ab12", 0)
    group = only(session, "RouteGroups")
    ids = [route(session, name).get("id") for name in ("bass", "drums")]
    assert group.get("routes") == f"{ids[0]} {ids[1]} "
    assert (group.get("name"), group.get("gain"), group.get("mute"), group.get("solo")) == (
        "Stem Bridge",
        "0",
        "0",
        "0",
    )


def test_a_second_take_of_a_stem_lies_on_top_of_a_track_that_was_renamed(session: ArdourSession) -> None:
    add_stem(session, stem(), "ab12", 0)
    route(session, "bass").set("name", "my low end")
    add_stem(session, stem(), "cd34", START)
    playlist = only(session, "Playlists")
    assert [one.get("name") for one in playlist] == ["bass ab12", "bass cd34"]
    assert [one.get("layering-index") for one in playlist] == ["0", "1"]
    assert len(session.part("Routes")) == 2


def test_names_that_tracks_have_already_get_a_number(session: ArdourSession) -> None:
    for name in ("bass", "bass 2"):
        ElementTree.SubElement(session.part("Routes"), "Route", {"name": name, "id": session.new_id()})
    add_stem(session, stem(), "ab12", 0)
    assert route(session, "bass 3").findtext("Comment") == "Stem Bridge: bass"


def test_a_track_whose_playlist_is_gone_is_made_again(session: ArdourSession) -> None:
    add_stem(session, stem(), "ab12", 0)
    playlists = session.part("Playlists")
    playlists.remove(playlists[0])
    add_stem(session, stem(), "cd34", 0)
    assert [one.get("name") for one in only(session, "Playlists")] == ["bass cd34"]
    assert route(session, "bass 2").get("audio-playlist") == only(session, "Playlists").get("id")


def test_the_range_is_made_or_grows_but_never_shrinks(session: ArdourSession) -> None:
    extend_range(session, 100, 200)
    location = only(session, "Locations")
    assert (location.get("name"), location.get("flags")) == ("session", "IsSessionRange")
    extend_range(session, 150, 160)
    assert (location.get("start"), location.get("end")) == ("a100", "a200")
    extend_range(session, 50, 300)
    assert (location.get("start"), location.get("end")) == ("a50", "a300")


def test_a_range_that_the_user_has_fixed_stays(session: ArdourSession) -> None:
    extend_range(session, 100, 200)
    session.root.set("session-range-is-free", "0")
    extend_range(session, 0, 900)
    assert (only(session, "Locations").get("start"), only(session, "Locations").get("end")) == ("a100", "a200")
