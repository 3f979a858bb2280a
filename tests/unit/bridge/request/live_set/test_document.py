"""A Live set as a file: gzip and XML, unpacked piece by piece, with bounds."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from bridge.request.live_set import document, read_set
from bridge.request.live_set.document import read_rest
from engine.errors import InvalidValue
from engine.music import Meter
from tests.helpers.ableton.als_files import als_xml, write_als


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 20_000_000)
    monkeypatch.setattr(document, "MAX_REST_BYTES", 5_000_000)
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(b"<Ableton><LiveSet>" + b" " * 30_000_000) + packer.flush()
    (tmp_path / "a.als").write_bytes(packed)
    with pytest.raises(InvalidValue, match="larger than 20 MB unpacked"):
        read_set(tmp_path / "a.als")
    (tmp_path / "b.als").write_bytes(gzip.compress(b"<MainTrack " + b" " * 10_000_000))
    with pytest.raises(InvalidValue, match="more than 5 MB follow its tracks"):
        read_set(tmp_path / "b.als")


def test_a_main_track_across_two_pieces_is_found(tmp_path: Path) -> None:
    before = als_xml(tracks="").index("<MainTrack>")
    for inside in range(len("<MainTrack>") + 1):  # so many of its bytes are in the first piece
        path = write_als(tmp_path / f"{inside}.als", tracks=" " * ((1 << 20) - before - inside))
        assert read_set(path).meter(0.0) == Meter(4, 4)


def test_what_follows_the_tracks_is_read_and_the_tracks_are_not(tmp_path: Path) -> None:
    for major, main in ((9, "MasterTrack"), (12, "MainTrack")):
        root = read_rest(
            write_als(tmp_path / f"{major}.als", major=major, tracks="<AudioTrack><Broken></AudioTrack>")
        )
        assert [child.tag for child in root] == ["LiveSet"]
        assert [child.tag for child in root[0]][:2] == [main, "Transport"]
        assert root.find(".//AudioTrack") is None


def test_a_name_that_only_begins_like_the_main_track_is_passed_over(tmp_path: Path) -> None:
    path = write_als(tmp_path / "a.als", tracks='<MainTrackList Id="1" />')
    assert read_rest(path)[0][0].tag == "MainTrack"


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"Live set must be one that can be read \(No such file or directory\)"):
        read_rest(tmp_path / "gone.als")


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_set_that_is_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.als"
    path.write_bytes(gzip.compress(als_xml().encode(), mtime=0)[:-cut])
    with pytest.raises(InvalidValue, match="cut short"):
        read_rest(path)


def test_plain_xml_is_no_set(tmp_path: Path) -> None:
    path = tmp_path / "a.als"
    path.write_text(als_xml())
    with pytest.raises(InvalidValue, match="no Live set"):
        read_rest(path)
