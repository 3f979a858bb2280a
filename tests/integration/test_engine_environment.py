"""`stembridge engine` with real pip and uv: installations from a local index, interrupted, resumed, repaired."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from bridge.upkeep.engine_env.find import find_interpreter
from bridge.upkeep.engine_env.location import Location
from tests.helpers.command_here import run_here
from tests.helpers.companion_process import environ
from tests.helpers.waiting import wait_until
from tests.helpers.wheel_index import WheelIndex, wheel_index

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STEP_S = 120.0


class EngineUser:
    """A user without graphics cards, with a local package index."""

    def __init__(self, home: Path, index: WheelIndex) -> None:
        self.home, self.index = home, index
        self.place = Location(home / "data" / "engine")
        self.programs = home / "programs"  # in front of PATH
        self.programs.mkdir(parents=True)
        self.card("")

    def card(self, driver_cuda: str) -> None:
        """Simulate an NVIDIA card with a driver for this CUDA version; empty = no card."""
        script = self.programs / "nvidia-smi"
        answer = (
            f'[ $# -gt 0 ] && echo "A card, 8.6" || echo "CUDA Version: {driver_cuda}"' if driver_cuda else "exit 9"
        )
        script.write_text(f"#!/bin/sh\n{answer}\n")
        script.chmod(0o755)

    def environ(self) -> dict[str, str]:
        path = os.pathsep.join((str(self.programs), os.environ["PATH"]))
        return {**environ(self.home), **self.index.environ(), "PATH": path}

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "bridge", *words],
            env=self.environ(),
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run a command to its end with this exit code; return its stdout and stderr."""
        ended = run_here(self.home, *words, variables=self.environ())
        assert ended.returncode == code, (words, ended.stdout, ended.stderr)
        return ended.stdout, ended.stderr

    def state(self, *words: str, code: int = 0) -> dict[str, Any]:
        return dict(json.loads(self.run("engine", "status", "--json", *words, code=code)[0]))

    def fits(self) -> tuple[str, str, str]:
        """Return the kind of state, the requested device and the device of the environment."""
        state = json.loads(run_here(self.home, "engine", "status", "--json", variables=self.environ()).stdout)
        record = state["record"] or {"asked": "", "device": ""}
        return state["kind"], record["asked"], record["device"]

    @contextmanager
    def stopped_at(self, distribution: str) -> Iterator[subprocess.Popen[str]]:
        """Begin an installation, and pause it half-way through the download of a distribution."""
        self.index.hold(distribution)
        process = self.start("engine", "install")
        try:
            assert self.index.reached.wait(STEP_S), process.communicate(timeout=5)
            yield process
        finally:
            self.index.let_go()
            if process.poll() is None:
                process.kill()
            process.communicate()

    def installers(self) -> list[psutil.Process]:
        """Return the processes that work on this environment."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.place.program) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture(scope="module")
def index() -> Iterator[WheelIndex]:
    with wheel_index() as running:
        yield running


@pytest.fixture(scope="module")
def shared_user(tmp_path_factory: pytest.TempPathFactory, index: WheelIndex) -> EngineUser:
    """A user whose environment was created by `stembridge engine install`; shared by the tests of the module."""
    new_user = EngineUser(tmp_path_factory.mktemp("made"), index)
    new_user.run("engine", "install")
    return new_user


@pytest.fixture
def installed_user(shared_user: EngineUser) -> EngineUser:
    """The shared environment, repaired for the CPU if an earlier test has changed it."""
    shared_user.card("")
    if shared_user.fits() != ("whole", "auto", "cpu"):
        shared_user.run("engine", "repair", "--device", "auto")
    return shared_user


@pytest.fixture
def new_user(tmp_path: Path, index: WheelIndex) -> EngineUser:
    """A user without an environment."""
    return EngineUser(tmp_path, index)


def test_there_is_no_environment_at_first(new_user: EngineUser) -> None:
    state = new_user.state(code=1)
    assert (state["kind"], state["usable"], state["to_do"]) == ("absent", False, "install")
    assert (state["wanted_device"], state["record"], state["size_bytes"]) == ("cpu", None, 0)
    assert json.loads(new_user.run("engine", "remove", "--json")[0])["freed_bytes"] == 0
    assert not new_user.place.root.exists()


def test_it_is_created_for_this_machine_and_found(shared_user: EngineUser) -> None:
    state = shared_user.state()
    assert (state["kind"], state["to_do"]) == ("whole", "")
    record = state["record"]
    assert (record["device"], record["channel"], record["torch"]) == ("cpu", "cpu", "2.13.0+cpu")
    assert "neither nvidia-smi nor rocminfo" in record["reason"]
    assert "a made-up CPU" in record["found"]
    assert not shared_user.place.cache.exists()
    found = find_interpreter(shared_user.place.root)
    assert found is not None
    doctor = json.loads(shared_user.run("doctor", "--json")[0])
    assert any("a made-up CPU" in finding["detail"] for finding in doctor["findings"])


def test_a_complete_environment_is_left_alone(installed_user: EngineUser) -> None:
    before = installed_user.place.record.stat().st_mtime_ns
    sent = installed_user.index.fetched.total()
    out, _ = installed_user.run("engine", "install")
    assert out.startswith("whole: Ready")
    assert installed_user.place.record.stat().st_mtime_ns == before
    assert installed_user.index.fetched.total() == sent


def test_a_missing_file_is_detected_and_only_its_package_repaired(installed_user: EngineUser) -> None:
    packages = installed_user.place.packages
    assert packages is not None
    lost = packages / "diffusers" / "padding.txt"
    lost.unlink()
    state = installed_user.state(code=1)
    assert (state["kind"], state["to_do"]) == ("damaged", "repair")
    assert "diffusers" in state["sentence"]
    assert "This helps: stembridge engine repair" in installed_user.run("doctor")[0]
    before = dict(installed_user.index.fetched)
    installed_user.run("engine", "repair")
    assert lost.is_file()
    assert installed_user.state()["kind"] == "whole"
    assert {name for name, count in installed_user.index.fetched.items() if count > before[name]} == {"diffusers"}


def test_a_file_with_other_content_is_found_by_repair(installed_user: EngineUser) -> None:
    packages = installed_user.place.packages
    assert packages is not None
    file = packages / "torch" / "padding.txt"
    right = file.read_bytes()
    file.write_bytes(b"X" + right[1:])
    assert installed_user.state()["kind"] == "whole"  # the status compares sizes only
    installed_user.run("engine", "repair")
    assert file.read_bytes() == right


def test_an_environment_whose_python_was_removed_is_created_again(installed_user: EngineUser) -> None:
    installed_user.place.program.unlink()
    installed_user.place.program.symlink_to("/no/such/python3")
    assert find_interpreter(installed_user.place.root) is None
    state = installed_user.state(code=1)
    assert state["kind"] == "damaged"
    assert "is gone" in state["sentence"]
    installed_user.run("engine", "repair")
    assert find_interpreter(installed_user.place.root) is not None


def test_another_card_is_detected_and_gets_its_build(installed_user: EngineUser) -> None:
    installed_user.card("12.4")
    state = installed_user.state()
    assert (state["kind"], state["usable"], state["to_do"]) == ("misfit", True, "repair")
    assert "made for cpu, and cuda" in state["sentence"]
    installed_user.run("engine", "repair")
    record = installed_user.state()["record"]
    assert (record["device"], record["channel"], record["torch"]) == ("cuda", "cu126", "2.13.0+cu126")


def test_a_requested_device_is_kept(installed_user: EngineUser) -> None:
    installed_user.card("13.0")
    installed_user.run("engine", "install", "--device", "cpu")
    state = installed_user.state()
    assert (state["kind"], state["record"]["asked"], state["record"]["device"]) == ("whole", "cpu", "cpu")
    _, err = installed_user.run("engine", "install", "--device", "mps", code=2)
    assert "--device must be one of auto, cuda, rocm, cpu" in err


def test_a_killed_installation_can_be_continued(new_user: EngineUser) -> None:
    with new_user.stopped_at("transformers") as process:
        assert new_user.state(code=1)["kind"] == "begun"
        assert find_interpreter(new_user.place.root) is None
        left = new_user.installers()
        assert left
        process.kill()
        process.wait()
    torches = new_user.index.fetched["torch"]
    out, _ = new_user.run("engine", "install")
    assert "whole" in out
    assert new_user.index.fetched["torch"] == torches  # downloads were kept
    assert not [one for one in left if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_installer_too(new_user: EngineUser, sign: signal.Signals) -> None:
    with new_user.stopped_at("torch") as process:
        process.send_signal(sign)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 130
    assert "goes on from there" in err
    wait_until(lambda: not new_user.installers(), "pip has ended")
    assert new_user.state(code=1)["to_do"] == "install"


def test_a_second_installation_at_the_same_time_is_refused(new_user: EngineUser) -> None:
    with new_user.stopped_at("torch"):
        _, err = new_user.run("engine", "install", code=1)
        assert "being changed by another window or command" in err
        _, err = new_user.run("engine", "remove", code=1)
        assert "being changed" in err


def test_an_index_that_is_down_is_one_sentence_and_nothing_is_lost(new_user: EngineUser) -> None:
    new_user.index.is_down = True
    try:
        _, err = new_user.run("engine", "install", code=1)
    finally:
        new_user.index.is_down = False
    last = err.strip().splitlines()[-1]
    assert last.startswith("stembridge: ")
    assert str(new_user.place.log) in last
    assert "Traceback" not in err


def test_removal_leaves_nothing(new_user: EngineUser) -> None:
    new_user.run("engine", "install")
    freed = json.loads(new_user.run("engine", "remove", "--json")[0])["freed_bytes"]
    assert freed > 500_000
    assert not list((new_user.home / "data").glob("engine*"))
    assert new_user.state(code=1)["kind"] == "absent"


@pytest.mark.skipif(find_spec("uv") is None, reason="the package uv is not installed")
def test_uv_can_create_it_as_well(new_user: EngineUser) -> None:
    """Simulates the bundle, which has no pip."""
    from uv import find_uv_bin

    tools = os.pathsep.join((str(Path(find_uv_bin()).parent), new_user.environ()["PATH"]))
    script = (
        "import sys, bridge.upkeep.engine_env.tools as tools, shutil\n"
        "tools.find_spec = lambda name: None\n"
        "from bridge.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script, "engine", *words],
            env={**new_user.environ(), "PATH": tools},
            cwd=new_user.home,
            capture_output=True,
            text=True,
            timeout=STEP_S,
        )

    done = run("install")
    assert done.returncode == 0, done.stderr + new_user.place.log.read_text()
    assert "uv venv" in new_user.place.log.read_text()
    packages = new_user.place.packages
    assert packages is not None
    (packages / "torch" / "padding.txt").unlink()
    assert new_user.state(code=1)["kind"] == "damaged"
    done = run("repair")
    assert done.returncode == 0, done.stderr + new_user.place.log.read_text()
    assert new_user.state()["kind"] == "whole"


def test_libraries_of_an_older_version_are_reported_and_updated(installed_user: EngineUser) -> None:
    """Simulates an environment of an older Stem Bridge with older requirements."""
    record = json.loads(installed_user.place.record.read_text())
    installed_user.place.record.write_text(
        json.dumps({**record, "version": "0.0.9", "fingerprint": "of older libraries"})
    )
    state = installed_user.state()
    assert (state["kind"], state["usable"], state["to_do"]) == ("outdated", True, "repair")
    assert "made by version 0.0.9" in state["sentence"]
    _, err = installed_user.run("update", "--check", code=1)
    assert "The engine environment was made by version 0.0.9" in err
    installed_user.run("update")
    assert installed_user.state()["kind"] == "whole"


def test_torch_that_is_damaged_and_of_another_build_is_replaced(installed_user: EngineUser) -> None:
    """Its list of files is missing too, without which pip cannot uninstall it."""
    packages = installed_user.place.packages
    assert packages is not None
    (packages / f"torch-{installed_user.state()['record']['torch']}.dist-info" / "RECORD").unlink()
    installed_user.card("12.4")
    assert installed_user.state(code=1)["kind"] == "damaged"
    installed_user.run("engine", "repair")
    record = installed_user.state()["record"]
    assert (record["channel"], record["torch"]) == ("cu126", "2.13.0+cu126")
