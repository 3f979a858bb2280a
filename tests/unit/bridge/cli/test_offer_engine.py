"""The offer of the engine environment: only where it is missing, only where somebody can answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.cli import offer_engine
from bridge.cli.offer_engine import ensure_engine
from engine.errors import EngineUnavailable, StemBridgeError

MISSING = ("no_such_package",)


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The installations that are made, of a machine with a processor alone."""
    made: list[dict[str, Any]] = []
    state = SimpleNamespace(wanted_device="cpu", wanted_reason="no card", to_do="install")
    monkeypatch.setattr(offer_engine, "look_at", lambda *_: state)
    monkeypatch.setattr(offer_engine, "detect_hardware", lambda: None)
    monkeypatch.setattr(offer_engine, "remake", lambda _place, **options: made.append(options))
    return made


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def put(text: str) -> None:
        terminal = io.StringIO(f"{text}\n")
        terminal.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr("sys.stdin", terminal)

    return put


@pytest.mark.usefixtures("folders")
def test_nothing_is_asked_where_nothing_is_missing(
    installs: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_engine("Splitting a mix", ("json",), False)
    assert (installs, capsys.readouterr().err) == ([], "")


@pytest.mark.usefixtures("folders")
def test_yes_installs_and_the_size_is_said_before(
    installs: list[dict[str, Any]], answer: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    answer("y")
    ensure_engine("Splitting a mix", MISSING, False)
    assert [one["thorough"] for one in installs] == [False]
    assert capsys.readouterr().err == (
        "Splitting a mix needs the engine environment, which is not here yet "
        "(about 0.35 GB to fetch, 3 GB on disk, for cpu).\nInstall it now? [y/N] "
    )


@pytest.mark.usefixtures("folders")
def test_no_installs_nothing_and_says_how_to_do_it_later(
    installs: list[dict[str, Any]], answer: Callable[[str], None]
) -> None:
    answer("n")
    with pytest.raises(StemBridgeError, match=r"^Nothing was installed\. To do so later: stembridge engine install$"):
        ensure_engine("Splitting a mix", MISSING, False)
    assert installs == []


@pytest.mark.usefixtures("folders")
def test_without_a_terminal_it_is_one_sentence_with_the_command_unless_yes_is_given(
    installs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(EngineUnavailable, match=r"needs the engine environment.*this installs it: stembridge"):
        ensure_engine("Splitting a mix", MISSING, False)
    assert installs == []
    ensure_engine("Splitting a mix", MISSING, True)
    assert len(installs) == 1


@pytest.mark.usefixtures("folders")
def test_a_machine_without_a_build_of_torch_is_told_so(
    installs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = SimpleNamespace(wanted_device=None, wanted_reason="There is no torch for this machine.", to_do="install")
    monkeypatch.setattr(offer_engine, "look_at", lambda *_: state)
    with pytest.raises(EngineUnavailable, match="There is no torch for this machine"):
        ensure_engine("Splitting a mix", MISSING, True)
    assert installs == []
