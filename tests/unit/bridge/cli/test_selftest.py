"""`stembridge selftest`: the result of every check, whatever becomes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from bridge import __version__
from bridge.app.player.output import NoSound, SilentOutput
from bridge.app.player.player import TakePlayer
from bridge.cli import selftest
from bridge.cli.main import main
from bridge.cli.selftest import _Bench
from bridge.doors.midi.backends.interface import Backend, MidiUnavailable
from engine.errors import StemBridgeError
from tests.helpers.small_take import RATE, write_take


def let_check(monkeypatch: pytest.MonkeyPatch, **checks: Callable[[_Bench], str]) -> None:
    monkeypatch.setattr(selftest, "_CHECKS", checks)
    monkeypatch.setattr("bridge.desktop.display.screens", list)


def failing(error: Exception) -> Callable[[_Bench], str]:
    def check(_: _Bench) -> str:
        raise error

    return check


def test_all_checks_run_though_one_fails_and_the_exit_code_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    let_check(
        monkeypatch, starts=lambda _: "yes", plays=failing(StemBridgeError("No take.")), window=lambda _: "open"
    )
    assert main(["selftest"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok     starts     yes",
        "FAILED plays      No take.",
        "ok     window     open",
    ]
    assert main(["selftest", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "version": __version__,
        "ok": False,
        "checks": [
            {"what": "starts", "ok": True, "detail": "yes", "note": False},
            {"what": "plays", "ok": False, "detail": "No take.", "note": False},
            {"what": "window", "ok": True, "detail": "open", "note": False},
        ],
    }
    let_check(monkeypatch, starts=lambda _: "yes")
    assert main(["selftest"]) == 0


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (OSError(2, "No such file"), "[Errno 2] No such file"),
        (KeyError("frames"), "'frames'"),
        (ValueError(), "ValueError"),
    ],
)
def test_errors_of_the_system_are_failures_with_a_reason(error: Exception, detail: str) -> None:
    check = selftest._run_check("x", failing(error), _Bench(Path()))
    assert (check.ok, check.detail) == (False, detail)


def test_checks_share_a_home_that_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    homes: list[Path] = []

    def check(bench: _Bench) -> str:
        homes.append(bench.home)
        (bench.home / "file").touch()
        return "ok"

    let_check(monkeypatch, one=check, other=check)
    main(["selftest"])
    assert homes[0] == homes[1]
    assert not homes[0].exists()


def test_a_module_runs_in_this_python_with_the_benchs_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import os; print(os.environ['STEMBRIDGE_HOME'], os.environ['COLOUR'])"
    (tmp_path / "tell.py").write_text(script)
    (tmp_path / "fail.py").write_text("import sys; print('first', file=sys.stderr); sys.exit('the last line')")
    (tmp_path / "silent.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    bench = _Bench(tmp_path / "home")
    assert bench.module("tell", COLOUR="red") == f"{tmp_path / 'home'} red\n"
    with pytest.raises(StemBridgeError, match=r"^exit code 1: the last line$"):
        bench.module("fail")
    with pytest.raises(StemBridgeError, match=r"^exit code 3: it said nothing$"):
        bench.module("silent")


class FakeBench(_Bench):
    """A bench whose modules answer at once."""

    answers: ClassVar[list[str]] = []
    calls: ClassVar[list[tuple[str, ...]]] = []

    def module(self, *words: str, **environ: str) -> str:
        self.calls.append((*words, *environ.values()))
        return self.answers.pop(0)


def test_the_demos_take_is_the_one_that_is_played_next(tmp_path: Path) -> None:
    FakeBench.calls.clear()
    take = {"manifest": "/a/manifest.json", "stems": [1, 2], "frames": 96_000, "sample_rate": 48_000, "tempo": 97.6}
    FakeBench.answers[:] = [json.dumps({**take, "engine": "sketch"}), "window opened\n", "stembridge 1.0\n"]
    bench = FakeBench(tmp_path)
    assert selftest._generates(bench) == "2 stems, 2.000 s at 97.6 BPM over OSC (sketch)"
    assert bench.manifest == Path("/a/manifest.json")
    assert selftest._opens_window(bench) == "window opened"
    assert selftest._starts(bench) == f"stembridge 1.0 ({sys.executable})"
    assert FakeBench.calls == [
        ("bridge", "demo", "--project", str(tmp_path / "project"), "--json"),
        ("bridge.desktop.selftest", "offscreen"),
        ("bridge", "--version"),
    ]


def test_the_window_is_opened_on_every_screen_that_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def module(_: _Bench, *words: str, **environ: str) -> str:
        return f"{words[0]} with {environ['QT_QPA_PLATFORM']}\n"

    let_check(monkeypatch, window=selftest._opens_window)
    monkeypatch.setattr(_Bench, "module", module)
    monkeypatch.setattr("bridge.desktop.display.screens", lambda: ["wayland", "xcb"])
    assert main(["selftest"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok     window     bridge.desktop.selftest with offscreen",
        "ok     on Wayland bridge.desktop.selftest with wayland",
        "ok     on X11     bridge.desktop.selftest with xcb",
    ]


def open_silent(rate: int, _device: str) -> SilentOutput:
    return SilentOutput(rate)


def open_nothing(_rate: int, _device: str) -> SilentOutput:
    raise NoSound("No card.")


@pytest.mark.parametrize(
    ("open_output", "detail"), [(open_silent, "through the sound card"), (open_nothing, "No card.")]
)
def test_playing_is_over_once_the_playhead_has_moved(
    open_output: Callable[[int, str], SilentOutput], detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selftest, "PLAY_S", 1 / RATE)
    monkeypatch.setattr("bridge.app.player.player.TakePlayer", partial(TakePlayer, open_output=open_output))
    assert selftest._plays(_Bench(tmp_path, write_take(tmp_path / "take"))) == detail


def test_a_playhead_that_stands_still_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "PLAY_TIMEOUT_S", 0.0)
    monkeypatch.setattr(TakePlayer, "play", lambda _: None)
    with pytest.raises(StemBridgeError, match="the playhead stands at 0 frames after 0 s"):
        selftest._plays(_Bench(tmp_path, write_take(tmp_path / "take")))
    with pytest.raises(StemBridgeError, match="there is no take to play"):
        selftest._plays(_Bench(tmp_path))


def test_the_midi_library_is_named_or_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded() -> Backend:
        return Backend("librtmidi 6.0.0", ("ALSA", "Jack"), object())  # type: ignore[arg-type]

    def none() -> Backend:
        raise MidiUnavailable("MIDI is not available: no MIDI library can be loaded.")

    monkeypatch.setattr(selftest, "load_backend", loaded)
    assert selftest._midi(_Bench(tmp_path)) == "librtmidi 6.0.0 for ALSA, Jack"
    monkeypatch.setattr(selftest, "load_backend", none)
    with pytest.raises(StemBridgeError, match="no MIDI library can be loaded"):
        selftest._midi(_Bench(tmp_path))


def test_a_machine_where_no_environment_can_be_made_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_tool() -> None:
        raise StemBridgeError("No pip.")

    monkeypatch.setattr("bridge.upkeep.engine_env.tools.find_tool", no_tool)
    check = selftest._run_check("engines", selftest._engine_environment, _Bench(tmp_path))
    assert (check.status, check.detail) == ("note", "no engine environment can be made here: No pip.")


def test_a_step_that_hangs_is_a_failure() -> None:
    check = selftest._run_check("x", failing(subprocess.TimeoutExpired("demo", 180.0)), _Bench(Path()))
    assert (check.ok, "180" in check.detail) == (False, True)
