"""A private sound server without a sound card: the sound that is played into its null sink can be recorded.

Programs reach it through ALSA's `pulse` plugin, as they reach a desktop's sound server: Debian builds PortAudio for
ALSA and OSS only.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.helpers.debian import need
from tests.helpers.screen import end
from tests.helpers.waiting import wait_until

RATE_HZ = 48_000
NEEDED = ("pulseaudio", "parec", "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so")
_SINK = f"sink_name=null format=float32le rate={RATE_HZ} channels=2"
_ASOUNDRC = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"


@dataclass(frozen=True, slots=True)
class PulseServer:
    """A running server; `environment` is for the programs that play on it."""

    environment: Mapping[str, str]
    folder: Path

    @contextmanager
    def recording(self, name: str) -> Iterator[Path]:
        """Record the sound while the block runs; the file is raw float32, two channels, complete afterwards."""
        path = self.folder / name
        command = [
            "parec",
            "--device=null.monitor",
            "--format=float32le",
            f"--rate={RATE_HZ}",
            "--channels=2",
            "--raw",
        ]
        with path.open("wb") as file:
            recorder = subprocess.Popen(command, env=self.environment, stdout=file, stderr=subprocess.DEVNULL)
            try:
                wait_until(lambda: path.stat().st_size > 0, "the recorder receives sound or silence")
                yield path
                recorded_bytes = path.stat().st_size
                wait_until(lambda: path.stat().st_size > recorded_bytes + RATE_HZ * 4, "recording goes on")
            finally:
                end(recorder)


def read_recording(path: Path) -> NDArray[np.float32]:
    """Return a recording, float32 [shape=(n, 2)]."""
    whole = path.stat().st_size // 8 * 2
    return np.fromfile(path, dtype=np.float32, count=whole).reshape(-1, 2)


@contextmanager
def pulse_server(folder: Path) -> Iterator[PulseServer]:
    """Run a server that keeps all its files in `folder`."""
    need(*NEEDED)
    home, socket = folder / "home", folder / "socket"
    home.mkdir()
    (home / ".asoundrc").write_text(_ASOUNDRC)
    own = {"HOME": str(home), "XDG_RUNTIME_DIR": str(folder), "PULSE_SERVER": f"unix:{socket}"}
    own |= {"PULSE_RUNTIME_PATH": str(folder), "PULSE_STATE_PATH": str(home)}
    environment = {**os.environ, **own}
    modules = [f"--load=module-null-sink {_SINK}"]
    modules.append(f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1")
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
    server = subprocess.Popen(
        [*command, *modules], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(socket.exists, "pulseaudio has started")
        yield PulseServer(environment, folder)
    finally:
        end(server)
