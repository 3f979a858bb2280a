import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.takes.naming import stem_file_name, take_folder_name
from engine.errors import InvalidValue

NOON = datetime(2026, 11, 21, 3, 42, 7)
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
ids = st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?", fullmatch=True)


def assert_portable(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9 _-]+", name)
    assert name == name.strip(" .")
    assert name.split(".")[0].lower() not in DEVICES


@pytest.mark.parametrize(
    ("genres", "name"),
    [
        ("funk, slap bass", "2026-11-21 034207 funk slap bass ab12cd"),
        ("", "2026-11-21 034207 ab12cd"),
        ("lo-fi / hip*hop: <chill>?", "2026-11-21 034207 lo-fi hip hop chill ab12cd"),
        ("Française été", "2026-11-21 034207 Francaise ete ab12cd"),
        ("日本の音楽", "2026-11-21 034207 ab12cd"),
        ("../../etc", "2026-11-21 034207 etc ab12cd"),
        ("x" * 200, f"2026-11-21 034207 {'x' * 40} ab12cd"),
        (
            "deep house with warm analog pads and a long list",
            "2026-11-21 034207 deep house with warm analog pads ab12cd",
        ),
    ],
)
def test_a_take_is_named_by_time_style_and_id(genres: str, name: str) -> None:
    assert take_folder_name(NOON, genres, "ab12cd").startswith(name[:40])
    assert take_folder_name(NOON, genres, "ab12cd") == name or len(genres) > 40


@pytest.mark.parametrize("genres", ["techno 128 BPM", "128bpm techno", "techno BPM: 97.5", "techno 97,5 bpm"])
def test_a_tempo_in_the_words_is_left_out_of_a_folders_name(genres: str) -> None:
    assert take_folder_name(NOON, genres, "a1") == "2026-11-21 034207 techno a1"


@pytest.mark.parametrize("take_id", ["", "a b", "../x", "é", "-a", "a-", "x" * 41, "a.b", "a\n"])
def test_ids_that_no_file_system_should_see_are_refused(take_id: str) -> None:
    with pytest.raises(InvalidValue, match="take id"):
        take_folder_name(NOON, "funk", take_id)


@given(st.datetimes(), st.text(), ids)
def test_every_folder_name_is_portable_and_carries_the_id(created: datetime, genres: str, take_id: str) -> None:
    name = take_folder_name(created, genres, take_id)
    assert_portable(name)
    assert len(name) <= 80
    assert name.endswith(f" {take_id}")


@given(st.datetimes(), st.datetimes(), st.text(max_size=20))
def test_names_sort_by_time(first: datetime, second: datetime, genres: str) -> None:
    first, second = sorted((first.replace(microsecond=0), second.replace(microsecond=0)))
    if first != second:
        assert take_folder_name(first, genres, "zz") < take_folder_name(second, "", "aa")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("drums", "drums"),
        ("Lead Vocals", "Lead_Vocals"),
        ("backing_vocals", "backing_vocals"),
        ("CON", "CON_stem"),
        ("mix", "mix_stem"),
        ("manifest", "manifest_stem"),
        ("日本", "日本"),
        ("Mélodie", "Melodie"),
        ("song", "song_stem"),
        ("LPT1", "LPT1_stem"),
        ("**", "stem"),
        ("", "stem"),
        ("../a/b", "a_b"),
        ("name.", "name"),
    ],
)
def test_stem_files_have_safe_names(name: str, file: str) -> None:
    assert stem_file_name(name) == file


@given(st.one_of(st.text(max_size=60), st.sampled_from(sorted(DEVICES))))
def test_a_stems_name_is_one_portable_word(name: str) -> None:
    file = stem_file_name(name)
    assert 0 < len(file.encode()) <= 45
    assert file == file.strip(" .")
    assert not set(file) & set(' <>:"/\\|?*')
    assert file.lower() not in DEVICES | {"mix", "manifest", "song"}
