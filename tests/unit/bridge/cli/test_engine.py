"""`stembridge engine`: when the environment is made, what is printed, and every exit code."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.cli import engine
from bridge.cli.engine import ProgressMeter
from bridge.cli.main import main
from bridge.home.folders import Folders
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.engine_env.record import EnvironmentFault, EnvironmentRecord
from bridge.upkeep.engine_env.state import EnvironmentState

RECORD = EnvironmentRecord(
    "cpu", "cpu", "no GPU", "auto", "a CPU", "0123", "2.13.0", "3.11", "1.0", "2026-01-01T00:00:00"
)
WHOLE = EnvironmentState("whole", "Ready: torch 2.13.0 for cpu.", RECORD, "cpu", "no GPU", 2_500_000_000)
ABSENT = EnvironmentState("absent", "There is none.", None, "cpu", "no GPU", 0)
IMPOSSIBLE = EnvironmentState("absent", "There is none.", None, None, "torch has no build for this machine", 0)
DAMAGED = EnvironmentState("damaged", "Files are missing.", RECORD, "cpu", "no GPU", 7)


@pytest.fixture
def bench(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The state that is found, and the orders that are carried out (which leave a whole environment)."""
    bench = SimpleNamespace(state=WHOLE, made=[], asked=[], error=None)

    def remake(place: Any, device: str, thorough: bool, _report: object) -> None:  # noqa: ANN401
        if bench.error is not None:
            raise bench.error
        assert place.root == folders.engine
        bench.made.append((device, thorough))
        bench.state = WHOLE

    monkeypatch.setattr(
        engine, "look_at", lambda _place, _hardware, device="": bench.asked.append(device) or bench.state
    )
    monkeypatch.setattr(engine, "detect_hardware", lambda: None)
    monkeypatch.setattr(engine, "remake", remake)
    monkeypatch.setattr(engine, "remove", lambda _: 3_210_000_000)
    return bench


@pytest.mark.parametrize(("state", "code"), [(WHOLE, 0), (ABSENT, 1), (DAMAGED, 1)])
def test_status_is_0_where_the_environment_can_be_used(
    bench: SimpleNamespace, state: EnvironmentState, code: int
) -> None:
    bench.state = state
    assert main(["engine", "status"]) == code
    assert bench.made == []


def test_the_state_is_printed_with_what_was_made_and_what_to_do(
    bench: SimpleNamespace, folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.state = DAMAGED
    main(["engine", "status"])
    assert capsys.readouterr().out.splitlines() == [
        "damaged: Files are missing.",
        "  no GPU",
        "  made 2026-01-01T00:00:00 by version 1.0, Python 3.11",
        f"  0.00 GB in {folders.engine}",
        "  to do: stembridge engine repair",
    ]
    bench.state = ABSENT
    main(["engine", "status"])
    assert capsys.readouterr().out.splitlines() == [
        "absent: There is none.",
        "  would be for cpu: no GPU",
        "  to do: stembridge engine install",
    ]
    bench.state = IMPOSSIBLE
    main(["engine", "status"])
    assert "  torch has no build for this machine\n" in capsys.readouterr().out


def test_status_in_json(bench: SimpleNamespace, folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["engine", "status", "--json", "--device", "cuda"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["folder"], document["kind"], document["usable"]) == (str(folders.engine), "whole", True)
    assert document["record"]["torch"] == "2.13.0"
    assert bench.asked == ["cuda"]


@pytest.mark.parametrize(
    ("state", "arguments", "made"),
    [
        (WHOLE, [], []),
        (WHOLE, ["--device", "auto"], []),
        (WHOLE, ["--device", "cuda"], [("cuda", False)]),
        (ABSENT, [], [("", False)]),
        (ABSENT, ["--device", "cpu"], [("cpu", False)]),
        (DAMAGED, [], [("", False)]),
    ],
)
def test_installing_makes_only_what_is_not_there_or_for_another_device(
    bench: SimpleNamespace, state: EnvironmentState, arguments: list[str], made: list[tuple[str, bool]]
) -> None:
    bench.state = state
    assert main(["engine", "install", *arguments]) == 0
    assert bench.made == made


def test_repairing_is_always_thorough(bench: SimpleNamespace) -> None:
    assert main(["engine", "repair"]) == 0
    assert bench.made == [("", True)]


def test_a_failure_is_1_and_an_interrupt_130(bench: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    bench.error = EnvironmentFault("pip could not reach the index.")
    assert main(["engine", "repair"]) == 1
    assert capsys.readouterr().err == "stembridge: pip could not reach the index.\n"
    bench.error = KeyboardInterrupt()
    assert main(["engine", "repair"]) == 130
    assert "the same command goes on from there" in capsys.readouterr().err


@pytest.mark.usefixtures("bench")
def test_removing_tells_what_it_frees(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["engine", "remove"]) == 0
    assert capsys.readouterr().out == (
        "The engine environment is deleted; 3.21 GB are free again. Models are kept.\n"
    )
    assert main(["engine", "remove", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"folder": str(folders.engine), "freed_bytes": 3_210_000_000}
    monkeypatch.setattr(engine, "remove", lambda _: 0)
    main(["engine", "remove"])
    assert capsys.readouterr().out == "There was no engine environment.\n"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now_s=100.0, monotonic=lambda: clock.now_s)
    monkeypatch.setattr(engine, "time", clock)
    return clock


def test_a_log_gets_a_line_every_five_seconds_where_something_is_new(
    clock: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    meter = ProgressMeter()
    for after_s, words in ((0.0, "a"), (1.0, "b"), (5.1, "b"), (6.0, "b"), (12.0, "c")):
        clock.now_s = 100.0 + after_s
        meter(InstallStep("torch", 0.5, words))
    assert capsys.readouterr().err.splitlines() == [f" 50%  torch: {words}" for words in "abc"]


def test_on_a_terminal_one_line_is_rewritten_and_ended_with_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    meter = ProgressMeter()
    meter(InstallStep("torch", 0.5, "x" * 200))
    meter(InstallStep("checking", 1.0, "done"))
    first, second = capsys.readouterr().err.split("\r\x1b[K")[1:]
    assert first == (" 50%  torch: " + "x" * 200)[:110]
    assert second == "100%  checking: done\n"
