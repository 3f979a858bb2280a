"""`stembridge demo`: starts a companion, drives it over UDP as a DAW does, and prints the stems of the take."""

from __future__ import annotations

import argparse
import json
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
    with tempfile.TemporaryDirectory(prefix="stembridge-demo-") as home:
        companion = _start(Path(home))
        try:
            port = _await_ready(companion)
            manifest_path = _play_daw(port, project)
        finally:
            companion.send_signal(signal.SIGTERM)
            companion.wait(STOP_TIMEOUT_S)
    _print_take(manifest_path, options.json)
    return 0


def _start(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bridge", "serve", "--osc-port", "0", "--http-port", "0"]
    environ = {**os.environ, HOME_VARIABLE: str(home)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)


def _await_ready(companion: subprocess.Popen[str]) -> int:
    """Wait for the companion's line `ready osc=PORT http=PORT`; return its OSC port."""
    assert companion.stdout is not None
    line = companion.stdout.readline()
    if not line.startswith("ready "):
        raise StemBridgeError("The companion did not start; its message stands above.")
    _log(f"companion: {line.strip()}")
    return int(dict(pair.split("=") for pair in line.split()[1:])["osc"])


def _play_daw(port: int, project: Path) -> Path:
    """Send the messages of a DAW whose user starts a generation; return the manifest's path."""
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
            _send(daw, address, values)
        try:
            return _follow(daw)
        except OSError:  # a timeout, or the port is closed
            raise StemBridgeError(f"The companion did not answer within {ANSWER_TIMEOUT_S:g} s.") from None


def _follow(daw: socket.socket) -> Path:
    """Log the companion's replies until the job is done; return the manifest's path."""
    phase = None
    end = time.monotonic() + ANSWER_TIMEOUT_S
    while time.monotonic() < end:
        for message in read_packet(daw.recv(65_536)):
            if not isinstance(message, Received):
                continue
            name, values = message.address.removeprefix(PREFIX), message.values
            if name in ("/error", "/job/failed", "/job/cancelled"):
                raise StemBridgeError(f"The companion answered {name}: {' '.join(map(str, values))}")
            if name == "/job/done":
                _log(f"<- {name} {values[0]}, {values[2]} stems")
                return Path(str(values[1]))
            if name != "/job/progress" or values[2] != phase:
                _log(f"<- {name} {' '.join(map(str, values))}")
            phase = values[2] if name == "/job/progress" else phase
    raise StemBridgeError(f"The companion did not finish within {ANSWER_TIMEOUT_S:g} s.")


def _send(daw: socket.socket, address: str, values: Values) -> None:
    from pythonosc.osc_message_builder import OscMessageBuilder

    builder = OscMessageBuilder(PREFIX + address)
    for value in values:
        builder.add_arg(value)
    _log(f"-> {address} {' '.join(map(str, values))}")
    daw.send(builder.build().dgram)


def _print_take(path: Path, as_json: bool) -> None:
    manifest: dict[str, Any] = read_manifest(path)
    if as_json:
        print(json.dumps({**manifest, "manifest": str(path)}, indent=2, ensure_ascii=False))
        return
    print(f"The take lies in {path.parent}")
    stems = [*manifest["stems"], {**manifest["mix"], "name": "mix"}]
    widest = max(len(stem["name"]) for stem in stems)
    for stem in stems:
        loudness = "silent" if stem["lufs"] is None else f"{stem['lufs']:.1f} LUFS"
        files = f"{stem['file']:{widest + 4}}  {stem.get('midi') or '':{widest + 4}}"
        print(f"  {stem['name']:{widest}}  {files}  {loudness}, peak {stem['peak_db']:.1f} dB")
    alignment, length_s = manifest["alignment"], manifest["frames"] / manifest["sample_rate"]
    print(
        f"  {manifest['bars']:g} bars of {manifest['time_signature']} at {manifest['tempo']:g} BPM, "
        f"{manifest['key']}: {manifest['frames']} frames ({length_s:.3f} s)"
    )
    if alignment["error_ms_median"] is not None:
        print(
            f"  measured on the grid: {alignment['error_ms_median']:.2f} ms median, "
            f"{alignment['error_ms_p95']:.2f} ms p95 ({alignment['onsets']} onsets)"
        )
    for notice in manifest["notices"]:
        print(f"  {notice}")


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
