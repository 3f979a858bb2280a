"""The completion scripts, tried in the real shells where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bridge.cli.arguments import SHELLS
from bridge.cli.completion import own_shell
from bridge.cli.main import main
from bridge.home.folders import Folders
from engine.errors import InvalidValue

pytest.importorskip("shtab")

ASK_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
$(complete -p stembridge | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(folders: Folders, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The script for bash, for a user with a preset of their own; beside it are a sound file and a folder."""
    folders.presets.mkdir(parents=True)
    (folders.presets / "Mine.json").write_text("{}")
    (tmp_path / "take.wav").touch()
    (tmp_path / "songs").mkdir()
    assert main(["completion", "bash"]) == 0
    file = tmp_path / "script.bash"
    file.write_text(capsys.readouterr().out)
    return file


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_flags_names_and_files(script: Path) -> None:
    for typed, wanted in {
        "ge": ["generate"],
        "generate --ge": ["--genres"],
        "align ta": ["take.wav"],
        "generate -o so": ["songs"],
        "models dow": ["download"],
        "models download htdemucs_": ["htdemucs_6s"],
        "generate --preset mi": ["mine"],
        "generate --engine sk": ["sketch"],
        "daw install re": ["reaper"],
        "help gen": ["generate"],
    }.items():
        command = ["bash", "--norc", "-c", ASK_BASH, "ask", script, "stembridge", *typed.split()]
        done = subprocess.run(command, capture_output=True, text=True, cwd=script.parent, timeout=30)
        assert (done.stdout.split(), done.stderr) == (wanted, ""), typed


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script_with_every_command(
    shell: str, folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("generate", "separate", "--genres", "htdemucs"))
    if shutil.which(shell) and shell in ("bash", "zsh", "fish"):
        assert subprocess.run([shell, "-n"], input=text, text=True, timeout=30).returncode == 0


def test_the_users_own_shell_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert own_shell() == "zsh"
    monkeypatch.setenv("SHELL", "/bin/ksh")
    with pytest.raises(InvalidValue, match="SHELL must be one of bash"):
        own_shell()
