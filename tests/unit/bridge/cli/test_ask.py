"""Questions on a terminal, and interrupts of work that goes on next time."""

from __future__ import annotations

import io

import pytest

from bridge.cli.ask import confirm, resumable
from bridge.cli.main import WrongUse


class Terminal(io.StringIO):
    """Standard input of somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("y\n", True), ("YES\n", True), (" y \n", True), ("n\n", False), ("\n", False), ("", False), ("yeah\n", False)],
)
def test_only_y_and_yes_agree(
    typed: str, answer: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert confirm("Go on?", False) is answer
    assert capsys.readouterr() == ("", "Go on? [y/N] ")


def test_with_yes_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert confirm("Go on?", True) is True
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_yes_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(WrongUse, match="Nobody can answer “Go on\\?” here; add --yes"):
        confirm("Go on?", False)


def test_an_interrupt_of_resumable_work_is_130_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert resumable(lambda: 1) == 1
    assert resumable(interrupted) == 130
    assert capsys.readouterr().err == (
        "\nstembridge: interrupted; what has arrived is kept, the same command goes on from there.\n"
    )
