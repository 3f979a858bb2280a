"""The available styles: those that ship and the user's own."""

from pathlib import Path

from engine.sketch.library import STYLE_FOLDER, load_styles

FUNK = (STYLE_FOLDER / "funk.toml").read_text(encoding="utf-8")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00\x80")
    (tmp_path / "huge.toml").write_bytes(b"#" * 1_000_001)
    styles = load_styles(tmp_path)
    assert [fault.split(" must")[0] for fault in styles.faults] == ["Style file huge.toml", "Style file noise.toml"]
    assert len(styles) == len(load_styles())


def test_two_styles_of_one_name_are_told(tmp_path: Path) -> None:
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


def test_a_users_style_stands_in_for_a_factory_one_and_a_broken_one_does_not(tmp_path: Path) -> None:
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
