"""The steps of an installation, with a tool that writes files instead of downloading."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import pytest

import bridge.upkeep.engine_env.check as check
import bridge.upkeep.engine_env.make as making
from bridge import __version__
from bridge.upkeep.engine_env.damage import installed
from bridge.upkeep.engine_env.hardware import Hardware
from bridge.upkeep.engine_env.index import TorchBuild
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.make import EnvironmentOrder, make
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.engine_env.record import EnvironmentFault, read_begun, read_record
from bridge.upkeep.engine_env.requirements import Requirements
from engine.errors import Cancelled, InvalidValue
from engine.hardware.device import Device

LINUX = Hardware("linux", "x86_64")
CPU = TorchBuild("cpu", "cpu", "https://index.example/cpu", "torch for cpu, because.")
CUDA = TorchBuild("cuda", "cu126", "https://index.example/cu126", "torch for cu126, because.")
FEW = Requirements("torch>=2.13,<2.14", ("psutil>=6",))
DEVICE = Device("cpu", "a CPU", 16 * 10**9, 8 * 10**9, "float32")


class FakeTool:
    """Its commands are words that `Rig.run_program` carries out."""

    label = "a fake tool"

    def make(self, location: Location) -> list[str]:
        return ["make", str(location.environment)]

    def install(self, location: Location, requirements: list[str], index_url: str, pins: Path | None) -> list[str]:
        return ["install", index_url, *requirements]

    def uninstall(self, location: Location, names: list[str]) -> list[str]:
        return ["uninstall", *names]

    def environ(self, location: Location) -> dict[str, str]:
        return {}


@dataclass
class Rig:
    """An environment's place, the build that the index has, and the commands that were run."""

    location: Location
    build: TorchBuild = CPU
    commands: list[list[str]] = field(default_factory=list)
    steps: list[InstallStep] = field(default_factory=list)
    fail_at: str = ""

    def run_program(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        log: Path,
        on_line: Callable[[str], None],
        on_start: Callable[[int], None],
    ) -> None:
        self.commands.append(list(command))
        on_start(0)
        on_line("Collecting torch")
        if self.fail_at and self.fail_at in command:
            raise EnvironmentFault("The package index cannot be reached.")
        verb, *words = command
        if verb == "make":
            self.make_empty()
        for word in words[1:] if verb == "install" else []:
            self.write(word.split(">")[0], self.build.channel if "torch" in word else "")
        for word in words if verb == "uninstall" else []:
            self.delete(word)

    def make_empty(self) -> None:
        environment = self.location.environment
        (environment / "lib/python3.12/site-packages").mkdir(parents=True)
        (environment / "pyvenv.cfg").write_text("version = 3.12.4\n")
        self.location.program.parent.mkdir()
        self.location.program.symlink_to(sys.executable)

    def packages(self) -> Path:
        assert self.location.packages is not None
        return self.location.packages

    def write(self, name: str, label: str) -> None:
        if any(one.name == name for one in installed(self.location)):
            return
        info = self.packages() / f"{name.replace('-', '_')}-2.13.0{'+' if label else ''}{label}.dist-info"
        info.mkdir()
        (self.packages() / f"{name}.py").write_text("one = 1\n")
        (info / "RECORD").write_text(f"{name}.py,,8\n{info.name}/RECORD,,\n")

    def delete(self, name: str) -> None:
        for info in self.packages().glob(f"{name.replace('-', '_')}-*.dist-info"):
            shutil.rmtree(info)
        (self.packages() / f"{name}.py").unlink()

    def make(self, device: str = "", thorough: bool = False) -> str:
        """Make it; return the verbs of the commands."""
        self.commands, self.steps = [], []
        make(EnvironmentOrder(self.location, LINUX, FEW, FakeTool(), device, thorough), self.steps.append)
        return " ".join(command[0] for command in self.commands)


class Usage(NamedTuple):
    free: int


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig(Location(tmp_path / "engine"))
    monkeypatch.setattr(making, "run_program", rig.run_program)
    monkeypatch.setattr(making, "find_build", lambda *_: rig.build)
    monkeypatch.setattr(making, "probe_in", lambda _: DEVICE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 * 10**9))
    monkeypatch.setattr(check, "PACKAGES", ("torch", "psutil"))
    monkeypatch.setattr(check, "SEPARATE_PACKAGES", ("torch",))
    return rig


def test_a_new_environment_takes_three_commands_and_ends_with_a_record(rig: Rig) -> None:
    assert rig.make() == "make install install"
    assert rig.commands[1:] == [["install", CPU.index_url, FEW.torch], ["install", "", "psutil>=6"]]
    record = read_record(rig.location)
    assert record is not None
    assert (record.device, record.channel, record.reason, record.asked) == ("cpu", "cpu", CPU.reason, "auto")
    assert (record.torch, record.python, record.version) == ("2.13.0+cpu", "3.12", __version__)
    assert (record.found, record.fingerprint) == (str(DEVICE), FEW.fingerprint)
    assert not rig.location.begun.exists()
    assert not rig.location.cache.exists()


def test_the_progress_only_grows_and_ends_at_one(rig: Rig) -> None:
    rig.make()
    shares = [step.share for step in rig.steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert list(dict.fromkeys(step.phase for step in rig.steps)) == [
        "looking",
        "making",
        "torch",
        "libraries",
        "checking",
    ]
    assert CPU.reason in [step.words for step in rig.steps]


def test_a_second_run_makes_no_environment_and_takes_nothing_out(rig: Rig) -> None:
    rig.make()
    assert rig.make() == "install install"


def test_the_other_build_of_torch_is_taken_out_with_its_family_first(rig: Rig) -> None:
    rig.make()
    rig.write("triton", "")
    rig.build = CUDA
    assert rig.make() == "uninstall install install"
    assert rig.commands[0] == ["uninstall", "torch", "triton"]
    assert [one.version for one in installed(rig.location) if one.name == "torch"] == ["2.13.0+cu126"]


def test_a_step_that_fails_is_resumed_with_what_was_installed(rig: Rig) -> None:
    rig.fail_at = "psutil>=6"
    with pytest.raises(EnvironmentFault, match="cannot be reached"):
        rig.make()
    begun = read_begun(rig.location)
    assert begun is not None
    assert (begun.channel, begun.pid) == ("cpu", 0)
    assert read_record(rig.location) is None
    rig.fail_at = ""
    assert rig.make() == "install install"
    assert read_record(rig.location) is not None


def test_a_complete_environment_that_is_being_changed_does_not_look_complete(rig: Rig) -> None:
    rig.make()
    rig.fail_at = "psutil>=6"
    with pytest.raises(EnvironmentFault):
        rig.make()
    assert read_record(rig.location) is None


def test_a_build_that_an_interrupted_run_has_installed_is_taken_out_for_another(rig: Rig) -> None:
    rig.fail_at = "psutil>=6"
    with pytest.raises(EnvironmentFault):
        rig.make()
    rig.fail_at, rig.build = "", CUDA
    assert rig.make() == "uninstall install install"


def test_a_listener_that_cancels_leaves_an_interrupted_installation(rig: Rig) -> None:
    def cancel(step: InstallStep) -> None:
        if step.phase == "torch":
            raise Cancelled

    with pytest.raises(Cancelled):
        make(EnvironmentOrder(rig.location, LINUX, FEW, FakeTool()), cancel)
    assert read_record(rig.location) is None
    assert read_begun(rig.location) is not None


def test_damaged_distributions_are_installed_again(rig: Rig) -> None:
    rig.make()
    (rig.packages() / "psutil.py").write_text("")
    assert rig.make() == "install install"
    assert (rig.packages() / "psutil.py").read_text() == "one = 1\n"


def test_an_environment_whose_python_is_gone_is_made_again(rig: Rig) -> None:
    rig.make()
    rig.location.program.unlink()
    shutil.rmtree(rig.location.environment / "lib")
    rig.location.program.parent.rmdir()
    assert rig.make().startswith("make install")


@pytest.mark.parametrize(
    ("free_gb", "sentence"),
    [(1.5, r"needs 3 GB of room, .*engine has 1\.5 GB\."), (2.9, r"needs 3 GB of room, .*engine has 2\.9 GB\.")],
)
def test_a_full_disk_is_noticed_before_anything_is_written(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, free_gb: float, sentence: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(int(free_gb * 1e9)))
    with pytest.raises(EnvironmentFault, match=sentence):
        rig.make()
    assert rig.commands == []
    assert not rig.location.begun.exists()


def test_what_is_there_already_lowers_the_needed_room(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.make()  # so that half of the 3 GB is on the disk
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1_600_000_000))
    assert rig.make() == "install install"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1_400_000_000))
    with pytest.raises(EnvironmentFault, match="needs 2 GB"):
        rig.make()


def test_a_requested_device_stays_in_the_record_until_another_is_requested(rig: Rig) -> None:
    rig.make("cpu")
    rig.make()
    assert json.loads(rig.location.record.read_text())["asked"] == "cpu"
    rig.make("auto")
    assert json.loads(rig.location.record.read_text())["asked"] == "auto"


def test_a_device_without_a_build_changes_nothing(rig: Rig) -> None:
    rig.make()
    with pytest.raises(InvalidValue, match="--device"):
        rig.make("mps")
    assert read_record(rig.location) is not None


def test_a_missing_import_leaves_no_record(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "PACKAGES", ("torch", "soxr"))
    with pytest.raises(EnvironmentFault, match="lacks soxr"):
        rig.make()
    assert read_record(rig.location) is None


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        ("torch", True),
        ("triton", True),
        ("triton-windows", True),
        ("nvidia-cublas-cu12", True),
        ("pytorch-triton-rocm", True),
        ("torchaudio", False),
        ("numpy", False),
    ],
)
def test_the_family_of_torch_is_known_by_name(rig: Rig, name: str, belongs: bool) -> None:
    rig.make()
    rig.write(name, "")
    rig.build = replace(CUDA, device="cpu")
    rig.make()
    assert (name in rig.commands[0]) is belongs
