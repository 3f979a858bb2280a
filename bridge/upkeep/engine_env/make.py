"""Creates, resumes and repairs the engine environment, always in the same steps.

1. End an installing program that an earlier attempt has left running; check the free disk space.
2. Create a virtual environment, unless there is one with a Python that runs.
3. Find the build of torch; uninstall another build if one is installed.
4. Install torch, then the other libraries. Installed ones are kept, damaged ones are installed again.
5. Check the imports and the device that torch finds. The record is written last.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bridge import __version__
from bridge.upkeep.engine_env.check import check_imports, probe_in
from bridge.upkeep.engine_env.choice import DISK_GB, DOWNLOAD_GB, OTHERS_GB, choose
from bridge.upkeep.engine_env.damage import InstalledDistribution, damaged, installed, is_runnable, python_version
from bridge.upkeep.engine_env.hardware import Hardware, detect_hardware
from bridge.upkeep.engine_env.index import TorchBuild, find_build
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.lock import exclusive
from bridge.upkeep.engine_env.progress import SPANS, InstallPhase, InstallStep, PhaseMeter, ReportStep
from bridge.upkeep.engine_env.record import (
    BegunInstall,
    EnvironmentFault,
    EnvironmentRecord,
    asked_device,
    read_begun,
    read_record,
    write_begun,
    write_record,
)
from bridge.upkeep.engine_env.requirements import TORCH, Requirements, own_requirements
from bridge.upkeep.engine_env.run import run_program
from bridge.upkeep.engine_env.tools import Tool, find_tool

TORCH_FAMILY = re.compile(r"torch|triton(-.*)?|pytorch-triton.*|nvidia-.*|cuda-.*|functorch")
"""Names of distributions that belong to one build of torch and have to go when another is installed."""


@dataclass(frozen=True, slots=True)
class EnvironmentOrder:
    """The request to create, resume or repair the environment at `location`.

    Attributes:
        device: "auto" or the device that the user requests; empty = as in the previous request.
        thorough: compare the hash of every file and install damaged distributions again.
    """

    location: Location
    hardware: Hardware
    requirements: Requirements
    tool: Tool
    device: str = ""
    thorough: bool = False


def make(order: EnvironmentOrder, report: ReportStep) -> EnvironmentRecord:
    """Carry out the order; return the record of the environment.

    Raises
    ------
    EnvironmentFault
        If a step fails; downloads are kept, and the same order resumes from there.
    Cancelled
        If `report` raises it; downloads are kept likewise.
    EngineUnavailable, InvalidValue
        If torch has no build for this machine, or none for the requested device.
    """
    order = replace(order, device=asked_device(order.device, read_record(order.location)))
    wanted = choose(order.hardware, order.device)
    with exclusive(order.location):
        return _Installation(order, report).run(DISK_GB[wanted.device])


def remake(
    location: Location, device: str = "", thorough: bool = False, report: ReportStep = lambda _: None
) -> EnvironmentRecord:
    """Create or update an environment for this version of Stem Bridge and this machine; errors as in `make`."""
    return make(
        EnvironmentOrder(location, detect_hardware(), own_requirements(), find_tool(), device, thorough), report
    )


class _Installation:
    """The execution of one order."""

    def __init__(self, order: EnvironmentOrder, report: ReportStep) -> None:
        self._order, self._location, self._report = order, order.location, report
        record, begun = read_record(self._location), read_begun(self._location)
        self._begun = begun or BegunInstall(channel=record.channel if record else None)

    def run(self, disk_gb: float) -> EnvironmentRecord:
        """Run all steps."""
        location, order = self._location, self._order
        self._say("looking", 0.0, "looking at what is there")
        broken = self._find_broken() if is_runnable(location) else []
        self._check_disk(disk_gb)
        location.record.unlink(missing_ok=True)
        location.log.write_text("", encoding="utf-8")
        self._note()
        for one in broken:  # without its metadata pip and uv install it again
            shutil.rmtree(one.info, ignore_errors=True)
        if not is_runnable(location):
            self._make_empty()
        build = self._find_build()
        self._take_out_other_build(build)
        self._begun = replace(self._begun, channel=build.channel)
        self._note()
        self._install("torch", [order.requirements.torch], build.index_url, DOWNLOAD_GB[build.device])
        self._install("libraries", list(order.requirements.others), "", OTHERS_GB)
        return self._finish(build)

    def _find_broken(self) -> list[InstalledDistribution]:
        if not self._order.thorough:
            return damaged(self._location)
        last_s = time.monotonic()

        def tick() -> None:
            nonlocal last_s
            if time.monotonic() - last_s > 0.4:
                last_s = time.monotonic()
                self._say("looking", 0.5, "reading every file")

        return damaged(self._location, thorough=True, tick=tick)

    def _check_disk(self, disk_gb: float) -> None:
        there_gb = sum(file.stat().st_size for file in self._location.cache.rglob("*") if file.is_file()) / 1e9
        needed_gb = max(1.0, disk_gb - there_gb - (disk_gb / 2 if self._begun.channel is not None else 0.0))
        root = self._location.root
        free_gb = shutil.disk_usage(root).free / 1e9
        if free_gb < needed_gb:
            raise EnvironmentFault(
                f"The engine environment needs {needed_gb:.0f} GB of room, {root} has {free_gb:.1f} GB."
            )

    def _make_empty(self) -> None:
        self._say("making", 0.0, f"making an environment with {self._order.tool.label}")
        self._begun = replace(self._begun, channel=None)
        self._run_tool("making", self._order.tool.make(self._location), 1.0, "making an environment")

    def _find_build(self) -> TorchBuild:
        order = self._order
        wanted = choose(order.hardware, order.device)
        self._say("making", 0.5, f"looking for torch for {wanted.device}")
        version = python_version(self._location)
        build = find_build(wanted, order.hardware, version, order.requirements.release)
        self._say("making", 1.0, build.reason)
        return build

    def _take_out_other_build(self, build: TorchBuild) -> None:
        family = [one.name for one in installed(self._location) if _is_family(one)]
        if family and self._begun.channel != build.channel:
            command = self._order.tool.uninstall(self._location, family)
            self._run_tool("making", command, 1.0, "taking out the other build of torch")

    def _install(self, phase: InstallPhase, wanted: list[str], index_url: str, expected_gb: float) -> None:
        """Install requirements with their dependencies; installed ones that satisfy them stay."""
        order = self._order
        command = order.tool.install(self._location, wanted, index_url, order.requirements.pins)
        self._run_tool(phase, command, 1e9 * expected_gb, f"installing {phase}")

    def _run_tool(self, phase: InstallPhase, command: Sequence[str], expected_bytes: float, words: str) -> None:
        meter = PhaseMeter(phase, expected_bytes, words)
        self._report(meter.step())

        def on_line(line: str) -> None:
            meter.read(line)
            self._report(meter.step())

        environ = self._order.tool.environ(self._location)
        try:
            run_program(command, environ, self._location.log, on_line, self._note)
        finally:
            self._note()

    def _finish(self, build: TorchBuild) -> EnvironmentRecord:
        location, order = self._location, self._order
        self._say("checking", 0.0, "asking torch which device it finds")
        check_imports(location)
        found = probe_in(location)
        torch = next((one.version for one in installed(location) if one.name == TORCH), "")
        major, minor = python_version(location)
        record = EnvironmentRecord(
            device=build.device,
            channel=build.channel,
            reason=build.reason,
            asked=order.device,
            found=str(found),
            fingerprint=order.requirements.fingerprint,
            torch=torch,
            python=f"{major}.{minor}",
            version=__version__,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        write_record(location, record)
        shutil.rmtree(location.cache, ignore_errors=True)
        self._say("checking", 1.0, f"the engine environment is ready: {found}")
        return record

    def _note(self, pid: int = 0) -> None:
        """Write the pid of the running program, so that the next attempt can end it after a crash."""
        started = 0.0
        if pid:
            import psutil

            with suppress(psutil.Error):
                started = psutil.Process(pid).create_time()
        self._begun = replace(self._begun, pid=pid, started=started)
        write_begun(self._location, self._begun)

    def _say(self, phase: InstallPhase, share: float, words: str) -> None:
        begin, end = SPANS[phase]
        self._report(InstallStep(phase, begin + (end - begin) * share, words))


def _is_family(distribution: InstalledDistribution) -> bool:
    return TORCH_FAMILY.fullmatch(distribution.name) is not None
