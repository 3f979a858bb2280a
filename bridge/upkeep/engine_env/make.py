"""Makes the engine environment, goes on with one that was begun, mends one that is damaged: always the same steps.

1. Whoever was at it before and still runs is ended; the disk has to have room.
2. A virtual environment, unless there is one whose Python runs.
3. The build of torch is looked for; another build that is there is taken out.
4. torch, then the rest. What is there already is kept, what is damaged is put there anew.
5. Python in there is asked which device torch finds. The record is written last.
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
from bridge.upkeep.engine_env.damage import Distribution, damaged, installed, is_runnable, python_version
from bridge.upkeep.engine_env.hardware import Hardware, look
from bridge.upkeep.engine_env.index import Build, find_build
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.lock import exclusive
from bridge.upkeep.engine_env.progress import SPANS, Phase, PhaseMeter, Report, Step
from bridge.upkeep.engine_env.record import (
    Begun,
    EnvironmentFault,
    Record,
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
"""What one build of torch brings and another does not want."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made, and where.

    Attributes:
        device: "auto", or what the user asks for; empty = what was asked for before.
        thorough: read every file and put damaged distributions there anew.
    """

    place: Location
    hardware: Hardware
    requirements: Requirements
    tool: Tool
    device: str = ""
    thorough: bool = False


def make(order: Order, report: Report) -> Record:
    """Carry out the order; return what was made.

    Raises
    ------
    EnvironmentFault
        If it cannot be done; what has arrived is kept, the same order goes on from there.
    Cancelled
        Out of `report`; likewise.
    EngineUnavailable, InvalidValue
        If torch has no build for this machine, or none for that device.
    """
    order = replace(order, device=asked_device(order.device, read_record(order.place)))
    wanted = choose(order.hardware, order.device)
    with exclusive(order.place):
        return _Maker(order, report).run(DISK_GB[wanted.device])


def remake(place: Location, device: str = "", thorough: bool = False, report: Report = lambda _: None) -> Record:
    """Bring an environment to what this version of Stem Bridge and this machine want; errors as of `make`."""
    return make(Order(place, look(), own_requirements(), find_tool(), device, thorough), report)


class _Maker:
    """One order being carried out."""

    def __init__(self, order: Order, report: Report) -> None:
        self._order, self._place, self._report = order, order.place, report
        record, begun = read_record(self._place), read_begun(self._place)
        self._begun = begun or Begun(channel=record.channel if record else None)

    def run(self, disk_gb: float) -> Record:
        """Do all steps."""
        place, order = self._place, self._order
        self._say("looking", 0.0, "looking at what is there")
        broken = self._find_broken() if is_runnable(place) else []
        self._check_disk(disk_gb)
        place.record.unlink(missing_ok=True)
        place.log.write_text("", encoding="utf-8")
        self._note()
        for one in broken:  # what says that it is installed goes, so that it is installed anew
            shutil.rmtree(one.info, ignore_errors=True)
        if not is_runnable(place):
            self._make_empty()
        build = self._find_build()
        self._take_out_other_build(build)
        self._begun = replace(self._begun, channel=build.channel)
        self._note()
        self._install("torch", [order.requirements.torch], build.index_url, DOWNLOAD_GB[build.device])
        self._install("libraries", list(order.requirements.others), "", OTHERS_GB)
        return self._finish(build)

    def _find_broken(self) -> list[Distribution]:
        if not self._order.thorough:
            return damaged(self._place)
        last_s = time.monotonic()

        def tick() -> None:
            nonlocal last_s
            if time.monotonic() - last_s > 0.4:
                last_s = time.monotonic()
                self._say("looking", 0.5, "reading every file")

        return damaged(self._place, thorough=True, tick=tick)

    def _check_disk(self, disk_gb: float) -> None:
        there_gb = sum(file.stat().st_size for file in self._place.cache.rglob("*") if file.is_file()) / 1e9
        needed_gb = max(1.0, disk_gb - there_gb - (disk_gb / 2 if self._begun.channel is not None else 0.0))
        free_gb = shutil.disk_usage(self._place.root).free / 1e9
        if free_gb < needed_gb:
            raise EnvironmentFault(
                f"The engine environment needs {needed_gb:.0f} GB of room, {self._place.root} has {free_gb:.1f} GB."
            )

    def _make_empty(self) -> None:
        self._say("making", 0.0, f"making an environment with {self._order.tool.label}")
        self._begun = replace(self._begun, channel=None)
        self._run_tool("making", self._order.tool.make(self._place), 1.0, "making an environment")

    def _find_build(self) -> Build:
        order = self._order
        wanted = choose(order.hardware, order.device)
        self._say("making", 0.5, f"looking for torch for {wanted.device}")
        version = python_version(self._place)
        build = find_build(wanted, order.hardware, version, order.requirements.release)
        self._say("making", 1.0, build.reason)
        return build

    def _take_out_other_build(self, build: Build) -> None:
        family = [one.name for one in installed(self._place) if _is_family(one)]
        if family and self._begun.channel != build.channel:
            command = self._order.tool.uninstall(self._place, family)
            self._run_tool("making", command, 1.0, "taking out the other build of torch")

    def _install(self, phase: Phase, wanted: list[str], index_url: str, expected_gb: float) -> None:
        """Install requirements, and what they require; what is there and fits stays."""
        order = self._order
        command = order.tool.install(self._place, wanted, index_url, order.requirements.pins)
        self._run_tool(phase, command, 1e9 * expected_gb, f"installing {phase}")

    def _run_tool(self, phase: Phase, command: Sequence[str], expected_bytes: float, words: str) -> None:
        meter = PhaseMeter(phase, expected_bytes, words)
        self._report(meter.step())

        def on_line(line: str) -> None:
            meter.read(line)
            self._report(meter.step())

        environ = self._order.tool.environ(self._place)
        try:
            run_program(command, environ, self._place.log, on_line, self._note)
        finally:
            self._note()

    def _finish(self, build: Build) -> Record:
        place, order = self._place, self._order
        self._say("checking", 0.0, "asking torch which device it finds")
        check_imports(place)
        found = probe_in(place)
        torch = next((one.version for one in installed(place) if one.name == TORCH), "")
        major, minor = python_version(place)
        record = Record(
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
        write_record(place, record)
        shutil.rmtree(place.cache, ignore_errors=True)
        self._say("checking", 1.0, f"the engine environment is ready: {found}")
        return record

    def _note(self, pid: int = 0) -> None:
        """Write down which program is at it, so that whoever comes after a crash can end it."""
        started = 0.0
        if pid:
            import psutil

            with suppress(psutil.Error):
                started = psutil.Process(pid).create_time()
        self._begun = replace(self._begun, pid=pid, started=started)
        write_begun(self._place, self._begun)

    def _say(self, phase: Phase, share: float, words: str) -> None:
        begin, end = SPANS[phase]
        self._report(Step(phase, begin + (end - begin) * share, words))


def _is_family(distribution: Distribution) -> bool:
    return TORCH_FAMILY.fullmatch(distribution.name) is not None
