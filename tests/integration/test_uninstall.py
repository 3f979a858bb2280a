"""Installation, use, update and uninstallation of a whole account, after which only the takes are left."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge import __version__
from tests.helpers.companion_process import NOT_INHERITED, is_alive, read_json
from tests.helpers.folders import everything_in
from tests.helpers.osc_daw import SHORT, Daw
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the folders of a Linux or macOS account")

OLD = "0.0.9"


class Account:
    """A user's account in a folder, with the folders that every desktop creates, and two REAPERs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.reaper = home / ".config" / "REAPER"
        self.portable = home / "portable REAPER"
        for folder in (self.reaper, self.portable):
            folder.mkdir(parents=True)
            (folder / "reaper.ini").write_text("[reaper]\n")
        (self.reaper / "reaper-kb.ini").write_text("KEY 1 71 40012 0\n")
        (home / ".local" / "share").mkdir(parents=True)
        self.data = home / ".local" / "share" / "stembridge"
        self.config = home / ".config" / "stembridge"
        kept = {name: value for name, value in os.environ.items() if not name.startswith((*NOT_INHERITED, "XDG_"))}
        self.companions: list[subprocess.Popen[str]] = []
        self.environ = {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT)}

    def finish(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `stembridge ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "bridge", *arguments],
            env={**self.environ, **variables},
            cwd=self.home,
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=90,
        )

    def run(self, *arguments: str, code: int = 0, **variables: str) -> str:
        """Run `stembridge ARGUMENTS` with this exit code; return its stdout, or stderr if `code` is not 0."""
        ended = self.finish(*arguments, **variables)
        assert ended.returncode == code, ended
        return ended.stderr if code else ended.stdout

    def json(self, *arguments: str, **variables: str) -> Any:  # noqa: ANN401
        return json.loads(self.run(*arguments, "--json", **variables))

    def serve(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "bridge", "serve", "--osc-port", "0", "--http-port", "0"],
            env=self.environ,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.companions.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        return process

    def close(self) -> None:
        """End the companions that still run."""
        for process in self.companions:
            process.kill()
            process.communicate()

    def make_old(self) -> None:
        """Change the installed files to those of version 0.0.9."""
        for folder in (self.reaper, self.portable):
            receipt = folder / "Scripts" / "StemBridge" / "installed.json"
            receipt.write_text(json.dumps({**read_json(receipt), "version": OLD}))
            (folder / "Scripts" / "StemBridge" / "generate.lua").write_text("-- of an older version\n")
        self.config.mkdir(exist_ok=True)
        (self.config / "settings.json").write_text('{"bit_of_tomorrow": 1, "place": "scene"}')

    def start_with_the_computer(self) -> None:
        script = "from bridge.home.autostart import set_autostart; set_autostart(True)"
        subprocess.run([sys.executable, "-c", script], env=self.environ, cwd=self.home, check=True)

    def make_models(self) -> None:
        (self.data / "models" / "htdemucs").mkdir(parents=True)
        (self.data / "models" / "htdemucs" / "weights").write_bytes(bytes(5000))


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    account = Account(tmp_path / "home")
    yield account
    account.close()


def end(process: subprocess.Popen[str]) -> str:
    """End a companion as a user's Ctrl-C does; return its stderr."""
    process.send_signal(2)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0
    return said


@pytest.mark.slow
def test_after_install_use_update_and_uninstall_only_the_takes_are_left(account: Account) -> None:
    before = everything_in(account.home)
    account.run("daw", "install", "reaper")
    account.run("daw", "install", "reaper", "--dest", str(account.portable))
    account.make_old()
    account.make_models()
    account.start_with_the_computer()
    account.run("presets", "Energetic Dance Track")
    account.run("demo", "--project", str(account.home / "song"))
    companion = account.serve()
    with Daw(read_json(account.data / "companion.json")["osc_port"]) as daw:
        daw.set_up()
        assert daw.take(**SHORT)["folder"].is_relative_to(account.data / "takes")
    assert f"scripts in REAPER are of version {OLD}" in end(companion)

    outdated = account.json("update")["outdated"]
    assert [(one["version"], one["repaired"]) for one in outdated] == [(OLD, True), (OLD, True)]
    assert account.json("update") == {"version": __version__, "outdated": []}
    takes_in = account.data / "takes" / "StemBridge"
    takes = everything_in(account.data / "takes")
    assert any(path.endswith("manifest.json") for path in takes)

    would_go = account.json("uninstall", "--dry-run")
    assert would_go["dry_run"] is True
    assert "start with the computer" in [entry["what"] for entry in would_go["removed"]]
    assert (account.data / "jobs.sqlite3").exists()
    done = account.json("uninstall", "--yes")
    assert done["faults"] == []
    assert done["kept"] == [{"what": "1 take", "path": str(account.data / "takes")}]
    shutil.rmtree(account.home / "song")
    shutil.rmtree(takes_in.parents[1])
    assert everything_in(account.home) == before
    assert (account.reaper / "reaper-kb.ini").read_text() == "KEY 1 71 40012 0\n"


def test_all_running_companions_are_ended_first(account: Account) -> None:
    companions = [account.serve(), account.serve()]  # `companion.json` names the newer one only
    account.run("uninstall", "--yes")
    for companion in companions:
        assert not is_alive(companion.pid)
        _, said = companion.communicate(timeout=120)
        assert (companion.returncode, "Traceback" in said) == (0, False)
    assert not account.data.exists()
    assert not account.config.exists()


def test_models_and_settings_can_be_kept(account: Account) -> None:
    account.make_models()
    account.config.mkdir()
    (account.config / "settings.json").write_text('{"theme": "dark"}')
    (account.data / "window.json").write_text("{}")
    done = account.json("uninstall", "--yes", "--keep-models", "--keep-settings")
    assert [entry["what"] for entry in done["removed"]] == ["own files"]
    assert {Path(entry["path"]).name for entry in done["kept"]} == {"models", "settings.json"}
    assert everything_in(account.data) == ["models", "models/htdemucs", "models/htdemucs/weights"]


def test_a_shared_folder_of_models_is_named_and_left(account: Account, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "htdemucs").mkdir(parents=True)
    done = account.json("uninstall", "--yes", STEMBRIDGE_MODELS=str(shared))
    assert done["kept"] == [{"what": "models in a folder of your choice", "path": str(shared)}]
    assert (shared / "htdemucs").is_dir()


def test_without_a_terminal_nothing_is_deleted(account: Account) -> None:
    account.data.mkdir()
    (account.data / "window.json").write_text("{}")
    assert "add --yes to go on" in account.run("uninstall", code=2)
    assert everything_in(account.data) == ["window.json"]


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        (b"n\n", ["models", "models/htdemucs", "models/htdemucs/weights", "window.json"]),
        (b"y\nn\n", ["models", "models/htdemucs", "models/htdemucs/weights"]),
        (b"y\ny\n", []),
    ],
)
def test_the_user_is_prompted(account: Account, answers: bytes, left: list[str]) -> None:
    account.make_models()
    (account.data / "window.json").write_text("{}")
    theirs, ours = pty.openpty()
    os.write(theirs, answers)
    ended = account.finish("uninstall", stdin=ours)
    os.close(theirs)
    os.close(ours)
    assert ended.returncode == (1 if answers == b"n\n" else 0), ended
    assert (everything_in(account.data) if account.data.exists() else []) == left
    if answers != b"n\n":
        assert "Delete the neural models too? 0.00 GB" in ended.stderr


def test_an_account_without_stem_bridge_has_nothing_to_delete(account: Account) -> None:
    before = everything_in(account.home)
    assert "Nothing of Stem Bridge was found." in account.run("uninstall", "--yes")
    assert everything_in(account.home) == before


def test_update_reports_its_plan_and_its_limits(account: Account) -> None:
    account.run("daw", "install", "reaper")
    assert "Everything is up to date." in account.run("update")
    account.run("daw", "install", "reaper", "--dest", str(account.portable))
    account.make_old()
    said = account.run("update", "--check", code=1)
    assert said.count(f" are of version {OLD}; this is {__version__}.") == 2
    doctor = [line for line in account.run("doctor").splitlines() if line.startswith("note  update")]
    assert len(doctor) == 2
    (account.reaper / "OSC").rename(account.reaper / "OSC of mine")
    (account.reaper / "OSC").write_text("a file where a folder has to be")
    ended = json.loads(account.finish("update", "--json").stdout)
    assert [one["repaired"] for one in ended["outdated"]] == [False, True]
    assert "cannot be" in ended["outdated"][0]["fault"]
