"""`stembridge demo`: starts a companion, drives it over UDP as a DAW does, and says where the take can be heard."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bridge import __version__
from bridge.cli.demo_report import DemoReport, describe_take
from bridge.cli.output import print_json
from bridge.doors.osc.decode import Received, read_packet
from bridge.doors.osc.table import PREFIX
from bridge.home.folders import HOME_VARIABLE
from bridge.takes.manifest import read_manifest
from engine.errors import StemBridgeError

TEMPO_BPM = 97.6
BARS = 8.0
START_BEAT = 16.0
ANSWER_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
Values = tuple[float | str, ...]


def run(options: argparse.Namespace) -> int:
    """Run the demo; return 0 once the take is in the project folder."""
    project = Path(options.project or "stembridge-demo").absolute()
    try:
        project.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StemBridgeError(f"The project folder {project} cannot be made ({error.strerror or error}).") from None
    report = DemoReport(options.verbose)
    with tempfile.TemporaryDirectory(prefix="stembridge-demo-") as home:
        report.step("Starting Stem Bridge")
        companion = _start(Path(home))
        try:
            port = _await_ready(companion, report)
            manifest_path = _play_daw(port, project, report)
        finally:
            report.end()
            companion.send_signal(signal.SIGTERM)
            companion.wait(STOP_TIMEOUT_S)
    manifest: dict[str, Any] = read_manifest(manifest_path)
    if options.json:
        print_json({**manifest, "manifest": str(manifest_path)})
    else:
        print(describe_take(manifest_path, manifest))
    return 0


def _start(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bridge", "serve", "--osc-port", "0", "--http-port", "0"]
    environ = {**os.environ, HOME_VARIABLE: str(home)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)


def _await_ready(companion: subprocess.Popen[str], report: DemoReport) -> int:
    """Wait for the companion's line `ready osc=PORT http=PORT`; return its OSC port."""
    assert companion.stdout is not None
    line = companion.stdout.readline()
    if not line.startswith("ready "):
        raise StemBridgeError("The companion did not start; its message stands above.")
    report.message(f"companion: {line.strip()}")
    return int(dict(pair.split("=") for pair in line.split()[1:])["osc"])


def _play_daw(port: int, project: Path, report: DemoReport) -> Path:
    """Send the messages of a DAW whose user starts a generation; return the manifest's path."""
    report.step(f"Asking for {BARS:g} bars of funk at {TEMPO_BPM:g} BPM in E minor, as a DAW does")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daw:
        daw.connect(("127.0.0.1", port))
        daw.settimeout(ANSWER_TIMEOUT_S)
        for address, values in (
            ("/hello", ("Demo DAW", __version__)),
            ("/tempo", (TEMPO_BPM,)),
            ("/timesig", (4, 4)),
            ("/key", ("E minor",)),
            ("/project", (str(project), "demo")),
            ("/genres", ("funk, tight drums, slap bass",)),
            ("/generate", (START_BEAT, BARS)),
        ):
            report.message(f"-> {address} {' '.join(map(str, values))}")
            _send(daw, address, values)
        try:
            return _follow(daw, report)
        except OSError:  # a timeout, or the port is closed
            raise StemBridgeError(f"The companion did not answer within {ANSWER_TIMEOUT_S:g} s.") from None


def _follow(daw: socket.socket, report: DemoReport) -> Path:
    """Report the companion's replies until the job is done; return the manifest's path."""
    phase = ""
    end = time.monotonic() + ANSWER_TIMEOUT_S
    while time.monotonic() < end:
        for message in read_packet(daw.recv(65_536)):
            if not isinstance(message, Received):
                continue
            name, values = message.address.removeprefix(PREFIX), message.values
            if name != "/job/progress" or values[2] != phase:
                report.message(f"<- {name} {' '.join(map(str, values))}")
            if name in ("/error", "/job/failed", "/job/cancelled"):
                raise StemBridgeError(f"The companion answered {name}: {' '.join(map(str, values))}")
            if name == "/job/done":
                return Path(str(values[1]))
            if name == "/job/progress":
                phase = str(values[2])
                report.phase(phase, float(values[1]))
    raise StemBridgeError(f"The companion did not finish within {ANSWER_TIMEOUT_S:g} s.")


def _send(daw: socket.socket, address: str, values: Values) -> None:
    from pythonosc.osc_message_builder import OscMessageBuilder

    builder = OscMessageBuilder(PREFIX + address)
    for value in values:
        builder.add_arg(value)
    daw.send(builder.build().dgram)
