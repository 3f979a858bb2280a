"""A Live set as a file: gzip and XML, unpacked piece by piece, with bounds."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from bridge.request.live_set import document, read_set
from engine.errors import InvalidValue
from engine.music import Meter
from tests.helpers.ableton.als_files import write_als


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
    for spare in range(20):
        tracks = " " * ((1 << 20) - 120 - spare)
        assert read_set(write_als(tmp_path / f"{spare}.als", tracks=tracks)).meter(0.0) == Meter(4, 4)
