"""The factory's presets, value by value, and the user's own."""

import json
import os
from pathlib import Path

import pytest

from bridge.request.block import InvalidBlock, check_block
from bridge.request.presets import Presets, apply_preset
from engine.errors import InvalidValue, StemBridgeError

FACTORY = [
    ("Fast Prototyping", "use case", {"output_seconds": 20, "steps": 30, "cfg": 5}, ("seed",)),
    ("Full-Length Demo", "use case", {"output_seconds": 120, "steps": 100, "cfg": 7, "seed": 123456}, ()),
    ("Lyric-Driven Pop Demo", "use case", {"genres": "pop, mid-tempo, warm", "lyrics_strength": 8, "steps": 120}, ()),
    (
        "Cinematic Underscore",
        "use case",
        {"genres": "orchestral, evolving, ambient", "output_seconds": 180, "cfg": 6, "shift": 1},
        (),
    ),
    ("Energetic Dance Track", "creative goal", {"genres": "electronic, house, 128 BPM, energetic, driving"}, ()),
    (
        "Ambient or Film Score",
        "creative goal",
        {"genres": "ambient, cinematic, orchestral, 60 BPM, evolving, atmospheric"},
        (),
    ),
    ("Pop Demo with Lyrics", "creative goal", {"genres": "pop, acoustic, 100 BPM, bright, intimate"}, ()),
]
FACTORY_NAMES = [name for name, *_ in FACTORY]


@pytest.fixture
def presets(tmp_path: Path) -> Presets:
    return Presets(tmp_path / "presets")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_factory_names_in_order(presets: Presets) -> None:
    assert presets.names() == FACTORY_NAMES
    assert presets.problems() == []


@pytest.mark.parametrize(("name", "group", "block", "clears"), FACTORY)
def test_factory_values(
    presets: Presets, name: str, group: str, block: dict[str, object], clears: tuple[str, ...]
) -> None:
    preset = presets.get(name)
    assert (preset.name, preset.group, preset.clears, preset.origin) == (name, group, clears, "factory")
    assert preset.block == block
    assert check_block(preset.block) == block
    assert preset.description.endswith(".")


@pytest.mark.parametrize("name", ["fast-prototyping", "FAST PROTOTYPING", " fast_prototyping ", "Fast  Prototyping!"])
def test_is_found_however_it_is_spelled(presets: Presets, name: str) -> None:
    assert presets.get(name).name == "Fast Prototyping"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fast prototype", "did you mean Fast Prototyping"),
        ("zzz", "Full-Length Demo"),
        ("", "Fast"),
        ("x" * 9999, "Fast"),
    ],
)
def test_unknown_name_is_answered_with_known_ones(presets: Presets, name: str, said: str) -> None:
    with pytest.raises(InvalidValue, match=said) as error:
        presets.get(name)
    assert len(str(error.value)) < 500


def test_applying_puts_the_presets_keys_over_the_blocks(presets: Presets) -> None:
    block = {"genres": "funk", "cfg": 9.0, "lyrics": "la", "seed": 7}
    applied = apply_preset(block, presets.get("Full-Length Demo"))
    assert applied == {
        "genres": "funk",
        "cfg": 7,
        "lyrics": "la",
        "seed": 123456,
        "output_seconds": 120,
        "steps": 100,
    }
    assert block == {"genres": "funk", "cfg": 9.0, "lyrics": "la", "seed": 7}


def test_fast_prototyping_makes_the_seed_random_again(presets: Presets) -> None:
    assert apply_preset({"seed": 7, "lyrics": "la"}, presets.get("Fast Prototyping")) == {
        "lyrics": "la",
        "output_seconds": 20,
        "steps": 30,
        "cfg": 5,
    }


def test_lyric_driven_pop_leaves_the_lyrics_alone(presets: Presets) -> None:
    applied = apply_preset({"lyrics": "[Verse]\nla"}, presets.get("Lyric-Driven Pop Demo"))
    assert applied["lyrics"] == "[Verse]\nla"


def test_what_is_handed_out_can_be_changed_without_harm(presets: Presets) -> None:
    presets.get("Fast Prototyping").block["steps"] = 1
    presets.all()[0].block["steps"] = 1
    assert presets.get("Fast Prototyping").block["steps"] == 30


def test_a_preset_is_saved_as_a_block_that_can_be_shared(presets: Presets, tmp_path: Path) -> None:
    path = presets.save("Meine Ballade", {"genres": "piano 🎹", "key": "Em", "steps": 40.0, "preset": "other"})
    assert path == tmp_path / "presets" / "Meine Ballade.json"
    assert json.loads(path.read_text(encoding="utf-8")) == {"genres": "piano 🎹", "key": "E minor", "steps": 40}
    preset = presets.get("meine-ballade")
    assert (preset.name, preset.group, preset.clears, preset.origin) == ("Meine Ballade", "yours", (), "user")
    assert preset.block == {"genres": "piano 🎹", "key": "E minor", "steps": 40}
    assert presets.names() == [*FACTORY_NAMES, "Meine Ballade"]
    assert list((tmp_path / "presets").iterdir()) == [path]


def test_saving_does_not_overwrite_unless_asked_to(presets: Presets, tmp_path: Path) -> None:
    path = presets.save("Mine", {"steps": 40})
    with pytest.raises(InvalidValue, match="replace"):
        presets.save("mine", {"steps": 50})
    assert presets.get("Mine").block == {"steps": 40}
    assert presets.save("mine", {"steps": 50}, replace=True) == path
    assert presets.get("Mine").block == {"steps": 50}
    assert list((tmp_path / "presets").iterdir()) == [path]


def test_a_wrong_block_is_not_saved(presets: Presets, tmp_path: Path) -> None:
    with pytest.raises(InvalidBlock, match="steps"):
        presets.save("Mine", {"steps": 0})
    assert not (tmp_path / "presets").exists()


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a/b",
        "a\\b",
        "..",
        ".hidden",
        "a.",
        "CON",
        "com1.x",
        "a:b",
        "a?",
        "a\nb",
        "\ud800x",
        "!!!",
        "x" * 101,
        "é" * 101,
    ],
)
def test_names_that_are_no_file_names_are_refused(presets: Presets, tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValue, match="name of a preset"):
        presets.save(name, {"steps": 40})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["x" * 100, "é" * 100, "Rock & Roll (slow)", "日本の歌", "a.b", "100% me", "Console"]
)
def test_names_that_are_file_names_come_back(presets: Presets, name: str) -> None:
    presets.save(name, {"steps": 40})
    assert Presets(presets.save(name, {}, replace=True).parent).names()[-1] == name


def test_the_largest_tempo_map_can_be_saved_and_read(presets: Presets) -> None:
    points = [{"beat": n * 1.25, "bpm": 100.125, "ramp": False} for n in range(10_000)]
    presets.save("Map", {"tempo_map": points})
    assert presets.problems() == []
    assert presets.get("Map").block == {"tempo_map": points}


def test_a_users_preset_wins_over_the_factorys_of_that_name(presets: Presets) -> None:
    presets.save("fast prototyping", {"steps": 12})
    assert presets.get("Fast Prototyping").origin == "user"
    assert presets.names() == ["fast prototyping", *FACTORY_NAMES[1:]]
    presets.remove("Fast Prototyping")
    assert presets.get("fast prototyping").origin == "factory"
    assert presets.names() == FACTORY_NAMES


@pytest.mark.parametrize("name", ["Fast Prototyping", "nothing", "", "!!!"])
def test_only_own_presets_can_be_removed(presets: Presets, tmp_path: Path, name: str) -> None:
    write(tmp_path / "presets", "!!!.json", "{}")
    with pytest.raises(InvalidValue, match="one of your own"):
        presets.remove(name)


def test_changes_on_disk_are_seen(presets: Presets, tmp_path: Path) -> None:
    path = write(tmp_path / "presets", "Mine.json", '{"steps": 40}')
    assert presets.get("mine").block == {"steps": 40}
    path.write_text('{"steps": 41}')
    os.utime(path, ns=(1, 1))  # the same size: only the time differs
    assert presets.get("mine").block == {"steps": 41}
    path.write_text('{"steps": 4')
    assert "Mine" not in presets.names()
    assert len(presets.problems()) == 1
    path.unlink()
    assert presets.problems() == []


def test_unchanged_files_are_not_read_again(
    presets: Presets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "presets", "Mine.json", '{"steps": 40}')
    presets.names()
    monkeypatch.setattr("bridge.home.user_files.read_bytes", lambda path: pytest.fail("read again"))
    assert presets.get("mine").block == {"steps": 40}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"steps": 0}', "steps must be"),
        ('{"stepz": 50}', "did you mean steps"),
        (b"\xff\xfe", "UTF-8"),
        (b" " * (1 << 20) + b"{}", "too long"),
    ],
)
def test_a_broken_file_is_reported_and_harms_no_other(
    presets: Presets, tmp_path: Path, content: str | bytes, said: str
) -> None:
    write(tmp_path / "presets", "Broken.json", content)
    write(tmp_path / "presets", "Good.json", '{"steps": 40}')
    assert presets.names() == [*FACTORY_NAMES, "Good"]
    [problem] = presets.problems()
    assert problem.startswith("Broken.json")
    assert said in problem


def test_what_is_no_preset_file_is_passed_over(presets: Presets, tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    for name in ("notes.txt", ".hidden.json", "x.json.tmp"):
        write(folder, name, "?")
    (folder / "Folder.json").mkdir()
    assert presets.names() == FACTORY_NAMES
    assert presets.problems() == []


def test_two_files_of_one_name_are_reported(presets: Presets, tmp_path: Path) -> None:
    write(tmp_path / "presets", "My One.json", '{"steps": 40}')
    write(tmp_path / "presets", "my-one.json", '{"steps": 50}')
    assert presets.get("my one").block == {"steps": 40}
    assert presets.problems() == ["my-one.json has the same name as My One.json; rename one."]


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    presets = Presets(tmp_path / "file" / "presets")
    assert presets.names() == FACTORY_NAMES
    with pytest.raises(StemBridgeError, match="cannot be written"):
        presets.save("Mine", {"steps": 40})
