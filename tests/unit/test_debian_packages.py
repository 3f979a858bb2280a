"""The reason for skipping a test names the packages of missing programs that cannot be installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import debian


def test_without_root_the_packages_and_the_command_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(debian, "_failed", "")
    with pytest.raises(pytest.skip.Exception, match=r"ardour xvfb cannot be installed .* apt-get install -y"):
        debian.need("Xvfb", "ardour7-lua")


def test_a_failing_apt_is_run_once_and_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text('#!/bin/sh\necho "E: no network" >&2\necho x >> "$0.calls"\nexit 100\n')
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(debian, "_failed", "")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(debian, "PACKAGES", {"no-such-program": "no-such-package"})
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match=r"no-such-package cannot be installed .*no network"):
            debian.need("no-such-program")
    assert (tmp_path / "apt-get.calls").read_text() == "x\n"
