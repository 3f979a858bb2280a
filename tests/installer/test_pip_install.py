"""Pip as `setup.py` runs it: steps while it works, and one sentence when there is no network."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pip_install import PipFailed, pip_install, show_step


@pytest.fixture
def pip(tmp_path: Path) -> Path:
    """A Python whose pip prints `out` and `err` and ends with the code in `code`."""
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\ncd "{tmp_path}"; echo "$@" > arguments; cat out; cat err >&2; exit $(cat code)\n')
    program.chmod(0o755)
    for name, text in (("out", ""), ("err", ""), ("code", "0")):
        (tmp_path / name).write_text(text)
    return program


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("Downloading numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl (16.8 MB)", "fetching numpy (16.8 MB)"),
        (
            "  Downloading https://x.example/a/PySide6_Essentials-6.11.3-cp39-abi3.whl (94 MB)",
            "fetching PySide6_Essentials (94 MB)",
        ),
        ("  Using cached ply-3.11.tar.gz (159 kB)", "fetching ply (159 kB)"),
        ("  Downloading numpy-2.4.6-cp311.whl.metadata (6.6 kB)", ""),
        ("Collecting numpy>=2.0", ""),
        ("Installing collected packages: ply, numpy, mido", "putting 3 packages in place"),
        ("Requirement already satisfied: ply", ""),
    ],
)
def test_steps(line: str, step: str) -> None:
    assert show_step(line) == step


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for pip is a shell script")
class TestPip:
    def test_each_step_is_a_line(self, pip: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (pip.parent / "out").write_text("Collecting a\n  Downloading a-1.0-py3-none-any.whl (1 kB)\n")
        pip_install(pip, ["-e", "."])
        told = capfd.readouterr()
        assert (told.out, told.err) == ("", "setup: fetching a (1 kB)\n")
        assert (pip.parent / "arguments").read_text().split() == [
            *("-m", "pip", "install", "--disable-pip-version-check", "-e", "."),
        ]

    @pytest.mark.parametrize(
        "words",
        [
            "Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(\"…: [Errno -3] Temporary "
            "failure in name resolution\")': /simple/setuptools/",
            "ConnectTimeoutError(<pip._vendor.urllib3.connection.HTTPSConnection object>, 'timed out')",
            "[Errno 11001] getaddrinfo failed",
        ],
    )
    def test_no_network_is_one_sentence(self, pip: Path, words: str, capfd: pytest.CaptureFixture[str]) -> None:
        (pip.parent / "err").write_text(
            f"WARNING: {words}\nWARNING: {words}\nerror: subprocess-exited-with-error\n"
            "note: This error originates from a subprocess, and is likely not a problem with pip.\n"
        )
        (pip.parent / "code").write_text("1")
        with pytest.raises(PipFailed, match=r"^there is no network: "):
            pip_install(pip, [])
        told = capfd.readouterr().err
        assert "pip" not in told
        assert told.count("trying again") == ("Retrying" in words)

    def test_any_other_failure_shows_pips_own_words(self, pip: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (pip.parent / "err").write_text(
            "ERROR: No matching distribution found for a==9\nlikely not a problem with pip\n"
        )
        (pip.parent / "code").write_text("3")
        with pytest.raises(PipFailed, match=r"could not be installed \(pip ended with 3\)"):
            pip_install(pip, [])
        assert capfd.readouterr().err == "ERROR: No matching distribution for a==9\n"
