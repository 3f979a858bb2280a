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
from tests.helpers.companion_process import environ
from tests.helpers.waiting import wait_until
from tests.helpers.wheel_index import WheelIndex, wheel_index

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STEP_S = 120.0


class Rig:
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
        process = self.start(*words)
        out, err = process.communicate(timeout=STEP_S)
        assert process.returncode == code, (words, out, err)
        return out, err

    def state(self, *words: str, code: int = 0) -> dict[str, Any]:
        return dict(json.loads(self.run("engine", "status", "--json", *words, code=code)[0]))

    def fits(self) -> tuple[str, str, str]:
        """Return the kind of state, the requested device and the device of the environment."""
        out, _ = self.start("engine", "status", "--json").communicate(timeout=STEP_S)
        state = json.loads(out)
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
def made(tmp_path_factory: pytest.TempPathFactory, index: WheelIndex) -> Rig:
    """A user whose environment was created by `stembridge engine install`; shared by the tests of the module."""
    rig = Rig(tmp_path_factory.mktemp("made"), index)
    rig.run("engine", "install")
    return rig


@pytest.fixture
def whole(made: Rig) -> Rig:
    """The shared environment, repaired for the CPU if an earlier test has changed it."""
    made.card("")
    if made.fits() != ("whole", "auto", "cpu"):
        made.run("engine", "repair", "--device", "auto")
    return made


@pytest.fixture
def rig(tmp_path: Path, index: WheelIndex) -> Rig:
    """A user without an environment."""
    return Rig(tmp_path, index)


def test_nothing_is_there_to_begin_with(rig: Rig) -> None:
    state = rig.state(code=1)
    assert (state["kind"], state["usable"], state["to_do"]) == ("absent", False, "install")
    assert (state["wanted_device"], state["record"], state["size_bytes"]) == ("cpu", None, 0)
    assert json.loads(rig.run("engine", "remove", "--json")[0])["freed_bytes"] == 0
    assert not rig.place.root.exists()


def test_it_is_made_for_this_machine_and_found(made: Rig) -> None:
    state = made.state()
    assert (state["kind"], state["to_do"]) == ("whole", "")
    record = state["record"]
    assert (record["device"], record["channel"], record["torch"]) == ("cpu", "cpu", "2.13.0+cpu")
    assert "neither nvidia-smi nor rocminfo" in record["reason"]
    assert "a made-up CPU" in record["found"]
    assert not made.place.cache.exists()
    found = find_interpreter(made.place.root)
    assert found is not None
    doctor = json.loads(made.run("doctor", "--json")[0])
    assert any("a made-up CPU" in finding["detail"] for finding in doctor["findings"])


def test_what_is_whole_is_left_alone(whole: Rig) -> None:
    before = whole.place.record.stat().st_mtime_ns
    sent = whole.index.fetched.total()
    out, _ = whole.run("engine", "install")
    assert out.startswith("whole: Ready")
    assert whole.place.record.stat().st_mtime_ns == before
    assert whole.index.fetched.total() == sent


def test_a_missing_file_is_noticed_and_mended_alone(whole: Rig) -> None:
    packages = whole.place.packages
    assert packages is not None
    lost = packages / "diffusers" / "padding.txt"
    lost.unlink()
    state = whole.state(code=1)
    assert (state["kind"], state["to_do"]) == ("damaged", "repair")
    assert "diffusers" in state["sentence"]
    assert "This helps: stembridge engine repair" in whole.run("doctor")[0]
    before = dict(whole.index.fetched)
    whole.run("engine", "repair")
    assert lost.is_file()
    assert whole.state()["kind"] == "whole"
    assert {name for name, count in whole.index.fetched.items() if count > before[name]} == {"diffusers"}


def test_a_file_with_other_content_is_found_by_repair(whole: Rig) -> None:
    packages = whole.place.packages
    assert packages is not None
    file = packages / "torch" / "padding.txt"
    right = file.read_bytes()
    file.write_bytes(b"X" + right[1:])
    assert whole.state()["kind"] == "whole"  # the status compares sizes only
    whole.run("engine", "repair")
    assert file.read_bytes() == right


def test_an_environment_whose_python_was_removed_is_made_again(whole: Rig) -> None:
    whole.place.program.unlink()
    whole.place.program.symlink_to("/no/such/python3")
    assert find_interpreter(whole.place.root) is None
    state = whole.state(code=1)
    assert state["kind"] == "damaged"
    assert "is gone" in state["sentence"]
    whole.run("engine", "repair")
    assert find_interpreter(whole.place.root) is not None


def test_another_card_is_noticed_and_gets_its_build(whole: Rig) -> None:
    whole.card("12.4")
    state = whole.state()
    assert (state["kind"], state["usable"], state["to_do"]) == ("misfit", True, "repair")
    assert "made for cpu, and cuda" in state["sentence"]
    whole.run("engine", "repair")
    record = whole.state()["record"]
    assert (record["device"], record["channel"], record["torch"]) == ("cuda", "cu126", "2.13.0+cu126")


def test_a_device_that_is_asked_for_stays(whole: Rig) -> None:
    whole.card("13.0")
    whole.run("engine", "install", "--device", "cpu")
    state = whole.state()
    assert (state["kind"], state["record"]["asked"], state["record"]["device"]) == ("whole", "cpu", "cpu")
    _, err = whole.run("engine", "install", "--device", "mps", code=2)
    assert "--device must be one of auto, cuda, rocm, cpu" in err


def test_a_killed_installation_goes_on(rig: Rig) -> None:
    with rig.stopped_at("transformers") as process:
        assert rig.state(code=1)["kind"] == "begun"
        assert find_interpreter(rig.place.root) is None
        left = rig.installers()
        assert left
        process.kill()
        process.wait()
    torches = rig.index.fetched["torch"]
    out, _ = rig.run("engine", "install")
    assert "whole" in out
    assert rig.index.fetched["torch"] == torches  # downloads were kept
    assert not [one for one in left if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_installer_too(rig: Rig, sign: signal.Signals) -> None:
    with rig.stopped_at("torch") as process:
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
    assert "goes on from there" in err
    wait_until(lambda: not rig.installers(), "pip has ended")
    assert rig.state(code=1)["to_do"] == "install"


def test_two_at_once_are_one_too_many(rig: Rig) -> None:
    with rig.stopped_at("torch"):
        _, err = rig.run("engine", "install", code=1)
        assert "being changed by another window or command" in err
        _, err = rig.run("engine", "remove", code=1)
        assert "being changed" in err


def test_an_index_that_is_down_is_one_sentence_and_no_loss(rig: Rig) -> None:
    rig.index.is_down = True
    try:
        _, err = rig.run("engine", "install", code=1)
    finally:
        rig.index.is_down = False
    last = err.strip().splitlines()[-1]
    assert last.startswith("stembridge: ")
    assert str(rig.place.log) in last
    assert "Traceback" not in err


def test_removed_without_a_trace(rig: Rig) -> None:
    rig.run("engine", "install")
    freed = json.loads(rig.run("engine", "remove", "--json")[0])["freed_bytes"]
    assert freed > 500_000
    assert not list((rig.home / "data").glob("engine*"))
    assert rig.state(code=1)["kind"] == "absent"


@pytest.mark.skipif(find_spec("uv") is None, reason="the package uv is not installed")
def test_uv_makes_it_too(rig: Rig) -> None:
    """Simulates the bundle, which has no pip."""
    from uv import find_uv_bin

    tools = os.pathsep.join((str(Path(find_uv_bin()).parent), rig.environ()["PATH"]))
    script = (
        "import sys, bridge.upkeep.engine_env.tools as tools, shutil\n"
        "tools.find_spec = lambda name: None\n"
        "from bridge.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script, "engine", *words],
            env={**rig.environ(), "PATH": tools},
            cwd=rig.home,
            capture_output=True,
            text=True,
            timeout=STEP_S,
        )

    done = run("install")
    assert done.returncode == 0, done.stderr + rig.place.log.read_text()
    assert "uv venv" in rig.place.log.read_text()
    packages = rig.place.packages
    assert packages is not None
    (packages / "torch" / "padding.txt").unlink()
    assert rig.state(code=1)["kind"] == "damaged"
    done = run("repair")
    assert done.returncode == 0, done.stderr + rig.place.log.read_text()
    assert rig.state()["kind"] == "whole"


def test_libraries_of_an_older_version_are_told_and_brought_up_to_date(whole: Rig) -> None:
    """Simulates an environment of an older Stem Bridge with older requirements."""
    record = json.loads(whole.place.record.read_text())
    whole.place.record.write_text(json.dumps({**record, "version": "0.0.9", "fingerprint": "of older libraries"}))
    state = whole.state()
    assert (state["kind"], state["usable"], state["to_do"]) == ("outdated", True, "repair")
    assert "made by version 0.0.9" in state["sentence"]
    _, err = whole.run("update", "--check", code=1)
    assert "The engine environment was made by version 0.0.9" in err
    whole.run("update")
    assert whole.state()["kind"] == "whole"


def test_torch_that_is_damaged_and_of_another_build_is_replaced(whole: Rig) -> None:
    """Its list of files is missing too, without which pip cannot uninstall it."""
    packages = whole.place.packages
    assert packages is not None
    (packages / f"torch-{whole.state()['record']['torch']}.dist-info" / "RECORD").unlink()
    whole.card("12.4")
    assert whole.state(code=1)["kind"] == "damaged"
    whole.run("engine", "repair")
    record = whole.state()["record"]
    assert (record["channel"], record["torch"]) == ("cu126", "2.13.0+cu126")
