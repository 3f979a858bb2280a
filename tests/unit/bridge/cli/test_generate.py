"""`stembridge generate`: from flags and files to one block, and from the takes to the lines that are printed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.cli import generate
from bridge.cli.arguments import build_parser
from bridge.cli.generate import looks_like_a_path, overlay_flags, read_file, report_progress
from bridge.cli.main import WrongUse, main
from bridge.home.folders import Folders
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.block import InvalidBlock
from engine.errors import InvalidValue
from tests.helpers.small_take import MANIFEST, write_take


def block_of(*arguments: str) -> dict[str, object]:
    return generate._block(build_parser().parse_args(["generate", "--out", "o", *arguments]))


@pytest.mark.parametrize(
    ("arguments", "block"),
    [
        ([], {}),
        (["--genres", "funk"], {"genres": "funk"}),
        (["--tempo", "97.6", "--key", "Em", "--time-signature", "7/8"], {"tempo": 97.6, "key": "E minor"}),
        (["--seconds", "20"], {"output_seconds": 20}),
        (["--stems", "drums, bass"], {"stems": ["drums", "bass"]}),
        (["--stems", "auto"], {"stems": "auto"}),
        (["--pitch-shift", "-2"], {"pitch_shift": -2.0}),
        (["--pitch-shift=−2"], {"pitch_shift": -2.0}),
        (["--bit-depth", "16", "--sample-rate", "44100"], {"bit_depth": "16", "sample_rate": 44_100}),
        (["--lyrics", "no such file, so words"], {"lyrics": "no such file, so words"}),
        (["--lyrics", "x" * 5000], {"lyrics": "x" * 5000}),
        (["--lyrics", "a\nb"], {"lyrics": "a\nb"}),
    ],
)
def test_flags_become_checked_values(arguments: list[str], block: dict[str, object]) -> None:
    found = block_of(*arguments)
    assert {name: found[name] for name in block} == block
    assert set(found) <= set(block) | {"time_signature"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "block.json"
    path.write_text(
        json.dumps(
            {"genres": "funk", "seed": 3, "bars": 4, "tempo": 90, "tempo_map": [{"beat": 0, "bpm": 90}], "cfg": 2}
        )
    )
    return path


@pytest.mark.parametrize(
    ("flags", "changed", "gone"),
    [
        (["--cfg", "5"], {"cfg": 5.0}, []),
        (["--seed", "random"], {}, ["seed"]),
        (["--cfg", ""], {}, ["cfg"]),
        (["--tempo", "100"], {"tempo": 100.0}, ["tempo_map"]),
        (["--seconds", "20"], {"output_seconds": 20}, ["bars"]),
        (["--bars", "2"], {"bars": 2.0}, []),
    ],
)
def test_flags_lie_over_the_file(file: Path, flags: list[str], changed: dict[str, object], gone: list[str]) -> None:
    before = block_of("--params", str(file))
    after = block_of("--params", str(file), *flags)
    assert after == {name: value for name, value in {**before, **changed}.items() if name not in gone}


def test_every_wrong_flag_is_named_at_once() -> None:
    with pytest.raises(InvalidBlock) as caught:
        block_of("--tempo", "0", "--cfg", "99", "--key", "H")
    assert {fault.name for fault in caught.value.faults} == {"--tempo", "--cfg", "--key"}


def test_two_lengths_contradict_each_other() -> None:
    with pytest.raises(WrongUse, match="--bars or with --seconds, not with both"):
        block_of("--bars", "8", "--seconds", "20")


def test_lyrics_from_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_bytes(b"\xef\xbb\xbf[Verse]\r\nSnow")
    assert block_of("--lyrics", str(words)) == {"lyrics": "[Verse]\nSnow"}
    words.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidValue, match="UTF-8"):
        block_of("--lyrics", str(words))


@pytest.mark.parametrize("flag", ["--params", "--tempo-map", "--meter-map"])
@pytest.mark.parametrize("path", ["nowhere", "/", "x" * 5000, "a\0b"])
def test_a_file_that_cannot_be_read_is_named(flag: str, path: str) -> None:
    with pytest.raises(InvalidValue, match=f"{flag} must be a JSON file that can be read"):
        block_of(flag, path)


def test_json_in_place_of_its_file_is_told_apart() -> None:
    with pytest.raises(InvalidValue, match="not the JSON itself"):
        block_of("--params", '{"genres": "funk"}')


@pytest.mark.parametrize(
    "text", ["song.txt", "My song.TXT", "words/verse", "C:\\words\\verse", "~/my song", "./a b", "song.lrc"]
)
def test_lyrics_that_name_a_missing_file_are_no_words(text: str) -> None:
    assert looks_like_a_path(text)
    with pytest.raises(InvalidValue, match="--lyrics must be a text file that exists, or the words themselves"):
        block_of("--lyrics", text)


@pytest.mark.parametrize(
    "text", ["", "la", "[Verse] and/or", "love and/or hate", "The end.", "one\nsong.txt", "Mr. Txt"]
)
def test_words_are_no_path(text: str) -> None:
    assert not looks_like_a_path(text)


def test_a_file_too_large_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(InvalidBlock):
        block_of("--params", str(large))


@pytest.mark.parametrize("size", [0, 1, 1_000_000, 1_000_001, 1_000_002])
def test_of_a_large_file_just_enough_is_read_to_refuse_it(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(b"x" * size)
    assert len(read_file(str(tmp_path / "a"))) == min(size, 1_000_001)


def test_flags_without_text_take_a_key_out_and_wrong_ones_are_collected() -> None:
    assert overlay_flags({"cfg": 2.0, "bars": 4.0}, {"cfg": "", "steps": "12"}) == {"bars": 4.0, "steps": 12}
    with pytest.raises(InvalidBlock) as caught:
        overlay_flags({}, {"cfg": "x", "steps": "0", "bars": "4"})
    assert [fault.name for fault in caught.value.faults] == ["--cfg", "--steps"]


@pytest.mark.parametrize("flag", ["--tempo-map", "--meter-map"])
def test_a_map_that_is_none_is_named_by_its_flag(flag: str, tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text("nonsense")
    with pytest.raises(InvalidBlock) as caught:
        block_of(flag, str(file))
    assert [fault.name for fault in caught.value.faults] == [flag]


class Terminal(SimpleNamespace):
    """Standard error on a terminal."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_progress_is_shown_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report_progress("composing", 0.5)
    assert capsys.readouterr() == ("", "")
    terminal = Terminal(text="")
    monkeypatch.setattr("sys.stderr", terminal)
    report_progress("composing", 0.25)
    report_progress("writing", 1.0)
    assert terminal.text == "\rcomposing  25%  \rwriting 100%  "


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A job runner that writes a small take where the plan says, and remembers the job."""
    done = SimpleNamespace(specs=[], folders=[])

    class Runner:
        def __init__(self, models: Path, styles: Path, _find_remote: object) -> None:
            done.folders += [models, styles]

        def perform(self, spec: object, plan: TakePaths, _report: object) -> SimpleNamespace:
            done.specs.append(spec)
            return SimpleNamespace(manifests=[write_take(Path(plan.folder))])

    monkeypatch.setattr("bridge.jobs.worker.run_job.JobRunner", Runner)
    return done


def test_the_take_is_told_in_a_line_with_its_notices(
    folders: Folders, tmp_path: Path, runner: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["--genres", "funk", "--tempo", "97.6", "--bars", "2", "--start-beat", "8", "--out", str(out)]
    assert main(["generate", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{out}: bass (0.500 s, seed 7)", "  The sketch engine played."]
    (spec,) = runner.specs
    assert (spec.engine, spec.block["genres"], spec.block["tempo"], spec.start_beat) == ("sketch", "funk", 97.6, 8.0)
    assert runner.folders == [folders.models, folders.styles]


def test_json_is_the_manifest_with_the_paths_of_all(
    folders: Folders, tmp_path: Path, runner: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["generate", "--genres", "funk", "--out", str(out), "--json"]) == 0
    path = str(out / "manifest.json")
    assert json.loads(capsys.readouterr().out) == {**MANIFEST, "manifest": path, "manifests": [path]}


@pytest.mark.parametrize("beat", ["-1", "nan", "1000001"])
@pytest.mark.usefixtures("folders")
def test_a_start_outside_the_song_is_refused(beat: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--genres", "funk", "--out", "o", f"--start-beat={beat}"]) == 2
    assert "--start-beat must be 0–1000000 quarter-note beats" in capsys.readouterr().err


@pytest.mark.usefixtures("folders")
def test_a_project_must_be_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--out", str(tmp_path / "o"), "--project", str(tmp_path / "none")]
    assert main(["generate", "--genres", "funk", *arguments]) == 2
    assert "--project must be a folder that exists" in capsys.readouterr().err
