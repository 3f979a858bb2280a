"""Names of files that travel: what they say, and that every system takes them whatever the words are."""

import unicodedata
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.takes.file_names import (
    MAX_NAME_BYTES,
    FileLabel,
    base_names,
    common_words,
    key_words,
    room_in,
    short_id,
    source_words,
    tempo_words,
    title_words,
)
from bridge.takes.naming import stem_file_name
from engine.music import Key, TempoMap, TempoPoint

DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
HOSTILE = (
    "", ".", "..", " ", "con", "AUX.txt", "nul ", "a/b", "..\\..\\etc", "C:\\x", "x" * 300, "日" * 200, "é", "\ud800",
    "name.", "name ", "-rf", "#", "%41", "$HOME", "`ls`", "a\nb", "\u202egpj.exe", "Pad", "PAD", "pad", "ﬁ", "FI",
    "ß", "SS", "mix", "manifest", "song", "97.6bpm", "F#m",
)  # fmt: skip
words = st.one_of(st.text(st.characters(), max_size=60), st.sampled_from(HOSTILE))


@pytest.mark.parametrize(
    ("genres", "title"),
    [
        ("dusty lofi, vinyl, warm tape, 97.6 BPM in E minor", "dusty lofi vinyl warm"),
        ("lofi, 97.6 BPM in F# minor, 7/8", "lofi"),
        ("128bpm techno", "techno"),
        ("R&B", "RnB"),
        ("supercalifragilisticexpialidocious", "supercalifragilisticexpi"),
        ("97.6 BPM", ""),
        ("", ""),
    ],
)
def test_the_title_is_the_first_words_of_the_genres(genres: str, title: str) -> None:
    assert title_words(genres) == title


@pytest.mark.parametrize(
    ("points", "text"),
    [
        ([(0, 120.0, False)], "120bpm"),
        ([(0, 97.6, False)], "97.6bpm"),
        ([(0, 97.00000016, False)], "97bpm"),
        ([(0, 128.125, False)], "128.125bpm"),
        ([(0, 100 / 3, False)], "33.333bpm"),
        ([(0, 97.6, True), (8, 132.0, False)], "97.6-132bpm"),
        ([(0, 97.6, True), (99, 132.0, False)], "97.6-132bpm"),
        ([(0, 132.0, False), (4, 97.6, False)], "132-97.6bpm"),
        ([(0, 97.6, False), (8, 132.0, False)], "97.6bpm"),  # only after its end
        ([(0, 120.0, False), (2, 60.0, False), (4, 120.0, False)], "120-60bpm"),
        ([(0, 120.0, False), (2, 120.0001, False)], "120bpm"),
    ],
)
def test_the_tempo_is_short_and_exact(points: list[tuple[float, float, bool]], text: str) -> None:
    assert tempo_words(TempoMap([TempoPoint(*point) for point in points]), Fraction(8)) == text


@pytest.mark.parametrize(
    ("key", "text"),
    [("E minor", "Em"), ("C major", "C"), ("F# minor", "F#m"), ("Bb", "Bb"), ("D dorian", "D dorian")],
)
def test_the_key_is_short(key: str, text: str) -> None:
    assert key_words(Key.parse(key)) == text
    assert key_words(None) == ""


@pytest.mark.parametrize(
    ("take_id", "text"), [("3fa94c1e", "3fa9"), ("3fa94c1e-2", "3fa9-2"), ("ab", "ab"), ("my-long-name", "my-long")]
)
def test_a_take_is_told_by_four_characters_of_its_id(take_id: str, text: str) -> None:
    assert short_id(take_id) == text


def test_a_name_says_title_take_tempo_key_and_stem() -> None:
    labels = [FileLabel("dusty lofi", "3fa9", "97.6bpm", "F#m", stem) for stem in ("drums", "Lead_Vocals", "mix")]
    assert base_names(labels) == [
        "dusty lofi 3fa9 97.6bpm F#m drums",
        "dusty lofi 3fa9 97.6bpm F#m Lead_Vocals",
        "dusty lofi 3fa9 97.6bpm F#m mix",
    ]
    assert base_names([FileLabel("dusty lofi", "3fa9", "120bpm", "", "drums")]) == ["dusty lofi 3fa9 120bpm drums"]


@pytest.mark.parametrize(
    ("room", "names"),
    [
        (80, ["dusty lofi 3fa9 97.6bpm F#m drums", "dusty lofi 3fa9 97.6bpm F#m backing_vocals"]),
        (42, ["dusty 3fa9 97.6bpm F#m drums", "dusty 3fa9 97.6bpm F#m backing_vocals"]),
        (38, ["3fa9 97.6bpm F#m drums", "3fa9 97.6bpm F#m backing_vocals"]),
        (33, ["97.6bpm F#m drums", "97.6bpm F#m backing_vocals"]),
        (24, ["drums", "backing_vocals"]),
        (12, ["drums", "backing"]),
    ],
)
def test_in_a_small_room_all_names_of_a_take_are_shortened_alike(room: int, names: list[str]) -> None:
    labels = [FileLabel("dusty lofi", "3fa9", "97.6bpm", "F#m", stem) for stem in ("drums", "backing_vocals")]
    assert base_names(labels, room) == names


def test_names_that_one_system_takes_for_the_same_differ() -> None:
    stems = ["Pad", "pad", "PAD", "pad_2", "straße", "STRASSE"]
    names = base_names([FileLabel(stem=stem_file_name(stem)) for stem in stems])
    assert names == ["Pad", "pad_2", "PAD_3", "pad_2_2", "strasse", "STRASSE_2"]


def test_windows_limits_whole_paths() -> None:
    deep = PureWindowsPath("C:/" + "x" * 190)
    assert room_in(deep, is_windows=True) == 259 - 5 - 193 - 1  # type: ignore[arg-type]
    assert room_in(PureWindowsPath("C:/a"), is_windows=True) == MAX_NAME_BYTES  # type: ignore[arg-type]
    assert room_in(PureWindowsPath("C:/" + "x" * 300), is_windows=True) == 24  # type: ignore[arg-type]
    assert room_in(PurePosixPath("/" + "x" * 190), is_windows=False) == MAX_NAME_BYTES  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "plain", "kept"),
    [
        ("My loop", "My loop", "My loop"),
        ("beat 92bpm", "beat", "beat 92bpm"),
        ("dusty lofi 3fa9 97.6bpm F#m mix", "dusty lofi 3fa9 F#m", "dusty lofi 3fa9 97.6bpm F#m"),
        ("mix", "", ""),
        ("夜のドライブ", "夜のドライブ", "夜のドライブ"),
    ],
)
def test_a_users_own_file_keeps_its_name(name: str, plain: str, kept: str) -> None:
    assert source_words(name) == plain
    assert source_words(name, keep_tempo=True) == kept


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (["Night Drive drums", "Night Drive bass"], "Night Drive"),
        (["drums", "bass"], ""),
        (["loop 92bpm"], "loop"),
        (["a b", "a b c"], "a b"),
        ([], ""),
    ],
)
def test_files_share_their_first_words(names: list[str], title: str) -> None:
    assert common_words(names) == title


@given(
    words,
    words,
    st.sampled_from(["", "97.6bpm", "97.625-132.125bpm"]),
    st.sampled_from(["", "F#m", "F# mixolydian"]),
    st.lists(words, min_size=1, max_size=16),
    st.integers(24, 80),
)
def test_any_words_make_names_that_every_system_takes(
    genres: str, source: str, tempo: str, key: str, stems: list[str], room: int
) -> None:
    title = title_words(genres)
    labels = [FileLabel(title, "3fa9-2", tempo, key, stem_file_name(stem)) for stem in stems]
    labels += [FileLabel(source_words(source), tempo=tempo), FileLabel(title, "3fa9-2", tempo, key, "mix")]
    names = [f"{base}.wav" for base in base_names(labels, room)]
    assert len(names) == len(labels)
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(names)
    assert len({unicodedata.normalize("NFD", name).upper() for name in names}) == len(names)
    for name in names:
        assert len(name.encode()) <= room
        assert name == unicodedata.normalize("NFC", name)
        assert PureWindowsPath(name).name == PurePosixPath(name).name == name
        assert not any(char in '<>:"/\\|?*' or ord(char) < 32 or ord(char) == 127 for char in name)
        assert name.split(".")[0].strip().lower() not in DEVICES
        base = name.removesuffix(".wav")
        assert base.strip(" .-") == base
        assert base not in ("", "manifest", "song")
