"""Vorbis comments in FLAC files."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from bridge.takes.export.flac_comments import comments_block, metadata_bytes, with_comments
from bridge.takes.export.tags import Tags
from engine.errors import EngineFailed


def flac() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((999, 2)), 8_000, "PCM_24", format="FLAC")
    return file.getvalue()


def fields(block: bytes) -> dict[str, str]:
    texts = []
    position = 0
    for number in range(2):  # who wrote it; the fields
        if number:
            count = int.from_bytes(block[position : position + 4], "little")
            position += 4
        for _ in range(count if number else 1):
            size = int.from_bytes(block[position : position + 4], "little")
            texts.append(block[position + 4 : position + 4 + size].decode())
            position += 4 + size
    assert position == len(block)
    return dict(text.split("=", 1) for text in texts[1:])


def test_a_block_says_all_that_is_known() -> None:
    found = fields(comments_block(Tags("dusty lofi", "vinyl (seed 7)", 97.6, "Dm", "D dorian", "2026-11-21")))
    assert found.pop("ENCODER").startswith("Stem Bridge ")
    assert found == {
        "TITLE": "dusty lofi",
        "ARTIST": "Stem Bridge",
        "BPM": "97.6",
        "INITIALKEY": "Dm",
        "KEY": "D dorian",
        "COMMENT": "vinyl (seed 7)",
        "DATE": "2026-11-21",
    }
    assert set(fields(comments_block(Tags("a")))) == {"TITLE", "ARTIST", "ENCODER"}


@given(st.text(), st.text(max_size=5000))
def test_a_file_with_any_comments_is_still_read(title: str, comment: str) -> None:
    data = flac()
    start = metadata_bytes(data)
    tagged = with_comments(data[:start], Tags(title, comment)) + data[start:]
    with soundfile.SoundFile(io.BytesIO(tagged)) as file:
        assert file.frames == 999
    again = with_comments(tagged[: metadata_bytes(tagged)], Tags("other"))
    assert tagged[metadata_bytes(tagged) :] == data[start:]
    assert again.count(b"TITLE=") == 1


@pytest.mark.parametrize("data", [b"", b"fLaC", b"RIFF" + bytes(99), flac()[:30]])
def test_what_is_no_flac_file_is_refused(data: bytes) -> None:
    with pytest.raises(EngineFailed, match="cannot be tagged"):
        metadata_bytes(data)
