"""The available styles: those that ship and the user's own."""

from pathlib import Path

import pytest

from engine.errors import InvalidValue
from engine.sketch.library import BASE_ONLY_PREFIX, STYLE_FOLDER, StyleLibrary, factory_styles, load_styles

FUNK = (STYLE_FOLDER / "funk.toml").read_text(encoding="utf-8")


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00\x80")
    (tmp_path / "huge.toml").write_bytes(b"#" * 1_000_001)
    styles = load_styles(tmp_path)
    assert [fault.split(" must")[0] for fault in styles.faults] == ["Style file huge.toml", "Style file noise.toml"]
    assert len(styles) == len(load_styles())


def test_two_styles_of_one_name_are_reported(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(FUNK.replace('name = "funk"', 'name = "polka"'), encoding="utf-8")
    styles = load_styles(tmp_path)
    assert "polka" in styles
    assert styles.faults[0].startswith("b.toml: name must be different")


def test_a_style_may_be_a_few_lines_on_top_of_another(tmp_path: Path) -> None:
    (tmp_path / "polka.toml").write_text(
        'name = "polka"\nbased_on = "country"\nwords = ["oompah"]\n[parts]\nlead = { instrument = "violin" }\n'
        '[bass]\n"4/4" = ["R---5---R---5---"]\n',
        encoding="utf-8",
    )
    styles = load_styles(tmp_path)
    assert styles.faults == ()
    polka, country = styles["polka"], styles["country"]
    assert polka.parts["lead"].instrument == "violin"
    assert polka.parts["lead"].low == country.parts["lead"].low
    assert len(polka.bass["4/4"]) == 1
    assert polka.bass["3/4"] == country.bass["3/4"]
    assert polka.drums == country.drums


def test_a_style_may_be_based_on_another_of_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "a"\nbased_on = "b"\nwords = ["aaa"]\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('name = "b"\nbased_on = "funk"\nwords = ["bbb"]\n', encoding="utf-8")
    assert load_styles(tmp_path)["a"].bass == load_styles()["funk"].bass


def test_a_users_style_replaces_a_factory_one_and_a_broken_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FUNK.replace("crash_level = 7", "crash_level = 2"), encoding="utf-8")
    assert load_styles(tmp_path)["funk"].crash_level == 2
    path.write_text(FUNK.replace("crash_level = 7", "crash_level = 20"), encoding="utf-8")
    assert load_styles(tmp_path)["funk"].crash_level == 7


def test_there_are_styles_for_every_family() -> None:
    families = {
        "funk", "house", "techno", "trance", "drum and bass", "dubstep", "trap", "hip hop", "lofi", "r&b", "soul",
        "disco", "pop", "synth-pop", "indie", "rock", "metal", "punk", "reggae", "ska", "latin", "bossa", "afrobeat",
        "jazz", "blues", "country", "folk", "gospel", "ambient", "cinematic",
    }  # fmt: skip
    assert families <= set(load_styles())


def test_styles_are_in_alphabetical_order_without_those_that_are_only_bases() -> None:
    names = list(factory_styles())
    assert names == sorted(names)
    assert len(names) == len(factory_styles()) == 31
    assert not any(name.startswith(BASE_ONLY_PREFIX) for name in names)


def test_a_style_is_built_once() -> None:
    assert factory_styles()["funk"] is factory_styles()["funk"]
    assert load_styles() is factory_styles()


def test_the_words_of_a_style_are_known_without_building_it() -> None:
    library = StyleLibrary({"b": {"words": ["x", 3, "y"]}, "a": {"words": "z"}, "c": {}}, {})
    assert [library.words(name) for name in ("b", "a", "c")] == [("x", "y"), (), ()]
    assert list(library) == ["a", "b", "c"]


def test_libraries_are_compared_by_identity_so_that_they_can_be_cached() -> None:
    first, second = StyleLibrary({}, {}), StyleLibrary({}, {})
    assert first != second
    assert len({first, second, first}) == 2


@pytest.mark.parametrize("bases", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "none"}, {"a": 3}])
def test_a_base_that_is_missing_or_goes_in_a_circle_is_refused(bases: dict[str, object]) -> None:
    library = StyleLibrary({name: {"based_on": base} for name, base in bases.items()}, {"a": "a.toml", "b": "b.toml"})
    with pytest.raises(InvalidValue, match=r"\.toml: based_on must be another style's name \(.*\), not in a circle"):
        library["a"]


def test_an_unknown_style_is_missing_like_a_key() -> None:
    assert "polka" not in factory_styles()
    with pytest.raises(KeyError):
        factory_styles()["polka"]


def test_files_of_the_factory_have_names_that_differ(tmp_path: Path) -> None:
    for file in ("a.toml", "b.toml"):
        (tmp_path / file).write_text('name = "same"\n', encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"^b\.toml: name must be different from every other style's"):
        factory_styles(tmp_path)
    (tmp_path / "b.toml").write_text('name = "  "\n', encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"^b\.toml: name must be a text"):
        factory_styles(tmp_path)


def test_only_toml_files_of_the_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert load_styles(tmp_path).faults == ()
    assert list(load_styles(tmp_path)) == list(load_styles())
