"""`stembridge uninstall`: the questions, and which groups their answers delete."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.cli import uninstall
from bridge.cli.main import main
from bridge.home.folders import Folders
from bridge.upkeep.uninstall.belongings import ENGINE, MODELS, OWN, SETTINGS, Belongings
from bridge.upkeep.uninstall.uninstall import UninstallOutcome, UninstallPlan


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def bench(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A plan with a folder of every group, and the orders that are carried out."""
    belongings = {
        group: Belongings(group, (folders.data / group.replace(" ", "-"),), 1_500_000_000)
        for group in (OWN, ENGINE, MODELS, SETTINGS)
    }
    installed = SimpleNamespace(
        daw=SimpleNamespace(label="REAPER"), dest=None, status=SimpleNamespace(folder=Path("/DAWs/REAPER"))
    )
    entry = SimpleNamespace(place="/autostart/stembridge.desktop")
    plan = UninstallPlan(folders, [installed], belongings, entry)  # type: ignore[list-item, arg-type]
    bench = SimpleNamespace(plan=plan, orders=[], faults=[], is_running=False)

    def carry_out(given: UninstallPlan, groups: Collection[str], *, dry_run: bool) -> UninstallOutcome:
        assert given is plan
        bench.orders.append((list(groups), dry_run))
        outcome = UninstallOutcome(dry_run, faults=list(bench.faults))
        for group in groups:
            outcome.remove(group, plan.belongings[group].paths, 1_500_000_000)
        outcome.keep("3 takes", folders.takes)
        return outcome

    monkeypatch.setattr(uninstall, "make_plan", lambda _: plan)
    monkeypatch.setattr(uninstall, "carry_out", carry_out)
    monkeypatch.setattr(uninstall, "is_any_running", lambda _: bench.is_running)
    return bench


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))


@pytest.mark.parametrize(
    ("answers", "groups"),
    [
        (("y", "n", "n"), [OWN, ENGINE]),
        (("y", "y", "n"), [OWN, ENGINE, MODELS]),
        (("y", "n", "yes"), [OWN, ENGINE, SETTINGS]),
        (("y", "y", "y"), [OWN, ENGINE, MODELS, SETTINGS]),
    ],
)
def test_models_and_settings_are_asked_about_each(
    answers: tuple[str, ...], groups: list[str], bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, *answers)
    assert main(["uninstall"]) == 0
    assert bench.orders == [(groups, False)]


def test_no_deletes_nothing(
    bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "n")
    assert main(["uninstall"]) == 1
    assert bench.orders == []
    assert capsys.readouterr().err.endswith("stembridge: nothing was deleted.\n")


def test_everything_is_named_before_the_question(
    bench: SimpleNamespace, folders: Folders, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.is_running = True
    answer(monkeypatch, "y", "n", "n")
    main(["uninstall"])
    lines = capsys.readouterr().err.splitlines()
    assert lines[:6] == [
        "This takes Stem Bridge's files out of your account:",
        "  DAW scripts in REAPER: our own files in /DAWs/REAPER",
        "  start with the computer: /autostart/stembridge.desktop",
        f"  {folders.data / 'own-files'}",
        f"  {folders.data / 'engine-environment'}",
        "A companion is running; it is ended first, and a job that runs is lost.",
    ]
    assert f"Delete the neural models too? 1.50 GB: {folders.data / 'models'} [y/N]" in lines[6]


def test_yes_answers_everything_and_keeping_wins_over_it(bench: SimpleNamespace) -> None:
    assert main(["uninstall", "--yes"]) == 0
    assert main(["uninstall", "--yes", "--keep-models"]) == 0
    assert main(["uninstall", "--yes", "--keep-models", "--keep-settings"]) == 0
    assert [groups for groups, _ in bench.orders] == [
        [OWN, ENGINE, MODELS, SETTINGS],
        [OWN, ENGINE, SETTINGS],
        [OWN, ENGINE],
    ]


def test_without_a_terminal_yes_must_be_given(
    bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["uninstall"]) == 2
    assert "add --yes to go on without asking" in capsys.readouterr().err
    assert bench.orders == []


def test_a_dry_run_asks_nothing_and_reports_all(
    bench: SimpleNamespace, folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["uninstall", "--dry-run", "--json"]) == 0
    assert bench.orders == [([OWN, ENGINE, MODELS, SETTINGS], True)]
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert told.err == ""
    assert document["kept"] == [{"what": "3 takes", "path": str(folders.takes)}]
    assert str(folders.data / "models") in told.out


@pytest.mark.parametrize(
    ("dry_run", "line"),
    [
        (True, "would be deleted: DAW scripts in REAPER, only our own files in this folder:"),
        (False, "deleted: DAW scripts in REAPER"),
    ],
)
def test_a_dry_run_does_not_threaten_the_daws_own_folder(
    dry_run: bool, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = UninstallOutcome(dry_run)
    outcome.remove("DAW scripts in REAPER", [Path("/DAWs/REAPER")])
    uninstall._print_outcome(outcome, False)
    assert capsys.readouterr().out.splitlines()[0] == line


def test_what_could_not_be_deleted_is_1_and_a_line_each(
    bench: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.faults = ["/a could not be deleted.", "/b could not be deleted."]
    assert main(["uninstall", "--yes"]) == 1
    told = capsys.readouterr()
    assert told.err.splitlines()[-2:] == [f"stembridge: {fault}" for fault in bench.faults]
    assert "Takes in your projects stay where they are." in told.out


def test_the_program_itself_is_removed_as_it_was_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/opt/stembridge/stembridge")
    assert uninstall._program() == "The program itself: /opt/stembridge/stembridge -m pip uninstall stembridge"
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert uninstall._program() == (
        f"The program itself lies in {Path('/opt/stembridge')}; remove it as you have installed it."
    )
