"""A take in a session: the added elements, and refusals that leave nothing behind."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest
import soundfile

from bridge.daws.ardour_session.place import as_json, place_take, refuse_open
from bridge.home.heartbeat import write_heartbeat
from bridge.takes.colors import stem_color
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.ardour.session_text import SESSION

FRAMES = 4000
TICKS_PER_SAMPLE = 5880


@pytest.fixture
def session(tmp_path: Path) -> Path:
    folder = tmp_path / "song"
    folder.mkdir()
    path = folder / "song.ardour"
    path.write_text(SESSION.format(location=""))
    return path


def write_take(folder: Path, *, sample_rate: int = 48000, take_id: str = "ab12", **fields: Any) -> Path:  # noqa: ANN401
    """Write a take with the stems drums and bass of `FRAMES` frames."""
    folder.mkdir()
    stems = [{"name": name, "file": f"{name}.wav", "color": "#112233"} for name in ("drums", "bass")]
    for stem in stems:
        soundfile.write(folder / stem["file"], np.full((FRAMES, 2), 0.1), sample_rate, "PCM_24")
    manifest = {
        "format": 1,
        "id": take_id,
        "created": "",
        "engine": "",
        "model": "",
        "params": {},
        "tempo": 120.0,
        "time_signature": "4/4",
        "key": "",
        "tempo_map": [],
        "start_beat": 4.5,
        "bars": 1.0,
        "frames": FRAMES,
        "sample_rate": sample_rate,
        "stems": stems,
        "mix": {"file": "mix.wav"},
        "alignment": {},
        "timings": {},
        "stem_sum_error_db": None,
        **fields,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def root_of(session: Path) -> ElementTree.Element:
    return ElementTree.parse(session).getroot()


def regions_on_tracks(session: Path) -> dict[str, list[tuple[str, str]]]:
    """Return name and length of the regions of each playlist, by its name."""
    return {
        playlist.get("name", ""): [(one.get("name", ""), one.get("length", "")) for one in playlist]
        for playlist in root_of(session).iter("Playlist")
    }


def test_stems_go_to_tracks_of_their_own_at_the_bar(session: Path, tmp_path: Path) -> None:
    done = place_take(write_take(tmp_path / "take"), session, 3)
    assert (done.start_sample, done.sample_rate) == (192_000, 48_000)
    length = f"a{FRAMES * TICKS_PER_SAMPLE}@a{192_000 * TICKS_PER_SAMPLE}"
    # The user's own track called drums is left alone.
    assert regions_on_tracks(session) == {"drums 2": [("drums ab12", length)], "bass": [("bass ab12", length)]}
    root = root_of(session)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert int(root.get("id-counter", "0")) > max(int(one or "0") for one in ids)
    connected = {one.get("other") for one in root.iter("Connection")}
    assert connected == {"Mister/audio_in 1", "Mister/audio_in 2"}
    (group,) = root.iter("RouteGroup")
    tracks = [route.get("id") for route in root.iter("Route") if route.get("route-group") == "Stem Bridge"]
    assert group.get("routes", "").split() == tracks
    assert {
        route.find("PresentationInfo").get("color") for route in root.iter("Route") if route.get("route-group")
    } == {  # type: ignore[union-attr]
        str(0x112233FF)
    }
    audio = session.parent / "interchange" / "song" / "audiofiles"
    assert sorted(path.name for path in audio.iterdir()) == ["bass ab12.wav", "drums ab12.wav"]


def test_without_a_bar_it_goes_where_it_was_made_for(session: Path, tmp_path: Path) -> None:
    assert place_take(write_take(tmp_path / "take") / "manifest.json", session, None).start_sample == 108_000


def test_a_second_take_lies_on_top_on_the_same_tracks(session: Path, tmp_path: Path) -> None:
    place_take(write_take(tmp_path / "a"), session, 1)
    place_take(write_take(tmp_path / "b", take_id="cd34"), session, 1)
    assert {name: len(found) for name, found in regions_on_tracks(session).items()} == {"drums 2": 2, "bass": 2}
    for playlist in root_of(session).iter("Playlist"):
        assert [one.get("layering-index") for one in playlist] == ["0", "1"]
    assert len(list(root_of(session).iter("RouteGroup"))) == 1


def test_another_sample_rate_is_resampled(session: Path, tmp_path: Path) -> None:
    done = place_take(write_take(tmp_path / "take", sample_rate=44100), session, 1)
    info = soundfile.info(done.stems[0].file)
    assert (info.samplerate, info.frames, info.channels) == (48000, -(-FRAMES * 48000 // 44100), 2)
    audio = soundfile.read(done.stems[0].file)[0]
    assert np.mean(audio[500:-500]) == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("", ("a0", f"a{FRAMES * TICKS_PER_SAMPLE}")),
        ('<Location flags="IsSessionRange" start="a5880" end="a11760"/>', ("a0", f"a{FRAMES * TICKS_PER_SAMPLE}")),
        ('<Location flags="IsSessionRange" start="a0" end="a99999999999"/>', ("a0", "a99999999999")),
        ('<Location flags="IsSessionRange" start="b0" end="b7680"/>', ("b0", "b7680")),
    ],
)
def test_the_session_s_range_takes_it_in(
    session: Path, tmp_path: Path, location: str, expected: tuple[str, str]
) -> None:
    session.write_text(SESSION.format(location=location))
    place_take(write_take(tmp_path / "take"), session, 1)
    (found,) = root_of(session).iter("Location")
    assert (found.get("start"), found.get("end")) == expected


def test_the_session_as_it_was_is_kept(session: Path, tmp_path: Path) -> None:
    before = session.read_bytes()
    assert place_take(write_take(tmp_path / "take"), session, 1).backup.read_bytes() == before
    assert [path.name for path in session.parent.glob("*.tmp")] == []


def test_a_take_with_a_missing_file_leaves_no_trace(session: Path, tmp_path: Path) -> None:
    take = write_take(tmp_path / "take")
    (take / "bass.wav").unlink()
    before = session.read_bytes()
    with pytest.raises(StemBridgeError, match=r"bass.wav is missing"):
        place_take(take, session, 1)
    assert session.read_bytes() == before
    assert list(session.parent.rglob("*.wav")) == []


def test_a_session_that_cannot_be_replaced_leaves_no_trace(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    before = session.read_bytes()
    monkeypatch.setattr("shutil.copy2", refuse)
    with pytest.raises(StemBridgeError, match="cannot be written"):
        place_take(write_take(tmp_path / "take"), session, 1)
    assert session.read_bytes() == before
    assert list(session.parent.rglob("*.wav")) == []
    assert list(session.parent.glob("*.tmp")) == []


def test_a_session_that_our_hook_says_is_open_is_refused(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("bridge.daws.ardour_session.place.is_running", lambda _: True)
    mailbox = tmp_path / "home" / "data" / "mailbox"
    mailbox.mkdir(parents=True)
    take = write_take(tmp_path / "take")
    write_heartbeat(mailbox, "ardour", "7", "0.1.0", tmp_path / "another song")
    place_take(take, session, 1)
    write_heartbeat(mailbox, "ardour", "7", "0.1.0", session.parent)
    with pytest.raises(StemBridgeError, match="close it there"):
        place_take(take, session, 1)


@pytest.mark.parametrize("bar", [0, -1, 100_001])
def test_a_bar_that_is_none_is_refused(session: Path, tmp_path: Path, bar: int) -> None:
    with pytest.raises(InvalidValue, match="--bar must be"):
        place_take(write_take(tmp_path / "take"), session, bar)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('version="7002"', 'version="3002"', "older Ardour"),
        ('sample-rate="48000"', 'sample-rate="0"', "no sample rate"),
        ("<Locations>", "<Places>", "is no|has no Locations"),
        ("TempoMap", "Tempi", "has no TempoMap"),
    ],
)
def test_a_session_that_lacks_something_is_refused_and_left(
    session: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = SESSION.format(location="").replace(old, new).replace(old.replace("<", "</"), new.replace("<", "</"))
    session.write_text(text)
    with pytest.raises(StemBridgeError, match=message):
        place_take(write_take(tmp_path / "take"), session, 1)
    assert session.read_text() == text
    assert list(session.parent.rglob("*.wav")) == []


def test_the_document_for_json_has_every_file(session: Path, tmp_path: Path) -> None:
    done = place_take(write_take(tmp_path / "take"), session, 2)
    document = json.loads(as_json(done))
    assert (document["session"], document["start_sample"], document["sample_rate"]) == (str(session), 96_000, 48_000)
    assert document["backup"] == f"{session}.stembridge-backup"
    assert [(one["name"], one["frames"]) for one in document["stems"]] == [("drums", FRAMES), ("bass", FRAMES)]
    assert all(Path(one["file"]).is_file() for one in document["stems"])


def test_a_file_of_the_same_name_is_never_overwritten(session: Path, tmp_path: Path) -> None:
    take = write_take(tmp_path / "take")
    for _ in range(3):
        done = place_take(take, session, 1)
    assert [stem.file.name for stem in done.stems] == ["drums ab12-3.wav", "bass ab12-3.wav"]
    assert len(list(done.stems[0].file.parent.iterdir())) == 6


def test_files_whose_names_travel_keep_them(session: Path, tmp_path: Path) -> None:
    take = write_take(tmp_path / "take", title="funk")
    manifest = json.loads((take / "manifest.json").read_text())
    for stem in manifest["stems"]:
        file = take / stem["file"]
        stem["file"] = file.rename(file.with_name(f"funk ab12 120bpm F#m {file.name}")).name
    (take / "manifest.json").write_text(json.dumps(manifest))
    done = place_take(take, session, 1)
    assert [stem.file.name for stem in done.stems] == [
        "funk ab12 120bpm F#m drums.wav",
        "funk ab12 120bpm F#m bass.wav",
    ]
    assert place_take(take, session, 1).stems[0].file.name == "funk ab12 120bpm F#m drums-2.wav"


@pytest.mark.parametrize("beat", [-0.5, 1e12])
def test_a_start_beat_out_of_range_needs_a_bar(session: Path, tmp_path: Path, beat: float) -> None:
    take = write_take(tmp_path / "take", start_beat=beat)
    with pytest.raises(StemBridgeError):
        place_take(take, session, None)
    assert list(session.parent.rglob("*.wav")) == []


def test_a_stem_without_a_colour_gets_that_of_its_name(session: Path, tmp_path: Path) -> None:
    take = write_take(tmp_path / "take")
    manifest = json.loads((take / "manifest.json").read_text())
    del manifest["stems"][0]["color"]
    (take / "manifest.json").write_text(json.dumps(manifest))
    assert [stem.color for stem in place_take(take, session, 1).stems] == [stem_color("drums"), "#112233"]


@dataclass
class FakeProcess:
    """A process as `psutil` shows it."""

    name: str
    arguments: list[str]
    files: list[str]

    @property
    def info(self) -> dict[str, str]:
        return {"name": self.name}

    def cmdline(self) -> list[str]:
        return self.arguments

    def open_files(self) -> list[SimpleNamespace]:
        if self.files == ["denied"]:
            raise psutil.AccessDenied(1)
        return [SimpleNamespace(path=path) for path in self.files]


@pytest.mark.parametrize(
    ("name", "arguments", "files", "is_open"),
    [
        ("Ardour-7.3.0", ["ardour", "{song}/song.ardour"], [], True),
        ("ardour7", ["ardour"], ["{song}/interchange/song/audiofiles/a.wav"], True),
        ("ardour7", ["ardour", "{song} of another"], [], False),
        ("ardour7", ["ardour", "song"], ["denied"], False),
        ("vi", ["vi", "{song}/song.ardour"], ["{song}/song.ardour"], False),
    ],
)
def test_an_ardour_that_has_the_session_open_is_seen_by_its_arguments_and_files(
    session: Path, monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str], files: list[str], is_open: bool
) -> None:
    folder = str(session.parent)
    process = FakeProcess(
        name, [one.format(song=folder) for one in arguments], [one.format(song=folder) for one in files]
    )
    monkeypatch.setattr(psutil, "process_iter", lambda _: [process])
    monkeypatch.setattr("bridge.daws.ardour_session.place._reported_by_hook", list)
    if is_open:
        with pytest.raises(StemBridgeError, match="open: close it there"):
            refuse_open(session.parent)
    else:
        refuse_open(session.parent)
