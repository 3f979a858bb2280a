"""ID3 tags as the specification lays them out."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.takes.export.id3 import id3_tag, tag_bytes
from bridge.takes.export.tags import Tags

FULL = Tags("dusty lofi", "vinyl (seed 7)", 97.6, "F#m", "", "2026-11-21")


def frames(tag: bytes) -> dict[str, list[str]]:
    """Return the texts of every frame by its name; a description goes before its text."""
    assert tag[:6] == b"ID3\3\0\0"
    assert all(byte < 0x80 for byte in tag[6:10])
    assert len(tag) == 10 + sum(byte << shift for byte, shift in zip(tag[6:10], (21, 14, 7, 0), strict=True))
    found: dict[str, list[str]] = {}
    position = 10
    while position < len(tag):
        name, size, flags = struct.unpack(">4sIH", tag[position : position + 10])
        content = tag[position + 10 : position + 10 + size]
        position += 10 + size
        assert flags == 0
        body = content[4:] if name == b"COMM" else content[1:]
        if name == b"COMM":
            assert content[1:4] == b"eng"
        if content[0] == 0:
            texts = body.decode("latin-1").split("\0")
        else:
            assert body.startswith(b"\xff\xfe")
            texts = [text.removeprefix("\ufeff") for text in body.decode("utf-16-le").split("\0")]
        found[name.decode()] = [*found.get(name.decode(), []), *texts]
    return found


def test_a_tag_says_all_that_is_known() -> None:
    found = frames(id3_tag(FULL))
    software = found.pop("TSSE")
    assert software[0].startswith("Stem Bridge ")
    assert found == {
        "TIT2": ["dusty lofi"],
        "TPE1": ["Stem Bridge"],
        "TBPM": ["98"],  # whole numbers only
        "TKEY": ["F#m"],
        "TYER": ["2026"],
        "TXXX": ["BPM", "97.6"],
        "COMM": ["", "vinyl (seed 7)"],
    }


def test_a_whole_tempo_is_said_once_and_an_unknown_one_never() -> None:
    assert frames(id3_tag(Tags("a", bpm=120.0)))["TBPM"] == ["120"]
    assert set(frames(id3_tag(Tags("a", bpm=120.0)))) == {"TIT2", "TPE1", "TBPM", "TSSE"}
    assert set(frames(id3_tag(Tags("a")))) == {"TIT2", "TPE1", "TSSE"}


def test_a_mode_is_said_beside_the_key() -> None:
    found = frames(id3_tag(Tags("a", key="Dm", mode_key="D dorian")))
    assert (found["TKEY"], found["TXXX"]) == (["Dm"], ["KEY", "D dorian"])


@pytest.mark.parametrize("text", ["Größe", "日本のローファイ", "🎵", "a\0b"])
def test_every_character_is_kept_but_nul(text: str) -> None:
    found = frames(id3_tag(Tags(text, text)))
    clean = text.replace("\0", " ")
    assert (found["TIT2"], found["COMM"]) == ([clean], ["", clean])


@given(st.text(), st.text(max_size=5000))
def test_any_text_gives_a_tag_whose_length_is_known(title: str, comment: str) -> None:
    tag = id3_tag(Tags(title, comment))
    assert tag_bytes(tag[:10]) == len(tag)
    frames(tag)


@pytest.mark.parametrize("head", [b"", b"ID3", b"\xff\xfb\x90\x64" * 3])
def test_a_file_without_a_tag_has_none(head: bytes) -> None:
    assert tag_bytes(head) == 0
