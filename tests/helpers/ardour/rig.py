"""A real Ardour for tests: a private home folder, sessions made and rendered without a window, and the program itself
on a virtual screen, controlled by OSC. Every process that is started here is ended here.

    home = ArdourHome(tmp_path / "ardour")              # configuration, free OSC port
    session = home.new_session(tmp_path / "song", "song", NEW_SESSION)
    with xvfb() as display, home.run(session, display) as ardour:
        ardour.action("Common/Save")
    mix = home.export(session, tmp_path / "mix.wav")
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.helpers.ardour.seed import seed_config
from tests.helpers.free_ports import free_udp_port
from tests.helpers.waiting import PATIENCE_S, poll

CONFIG = "ardour7"
START_S = 90.0
STOP_S = 60.0
TOOL_S = 30.0
TRIES = 3
POLL_S = 0.25
_NOT_INHERITED = ("STEMBRIDGE_", "DISPLAY", "WAYLAND_", "XDG_", "HOME", "JACK_", "PULSE_", "DBUS_", "LANG", "LC_")


class ArdourHome:
    """One user of Ardour: configuration and environment."""

    def __init__(
        self,
        folder: Path,
        *,
        sample_rate: int = 48000,
        actions: Mapping[int, Path] | None = None,
        hooks: Mapping[Path, tuple[str, ...]] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Write the configuration; `settings` are further environment variables. Parameters as `seed_config`."""
        self.folder = folder
        self.osc_port = free_udp_port()
        self.config = folder / "config" / CONFIG
        self.ready = folder / "ready"
        (folder / "run").mkdir(mode=0o700, parents=True)
        sign = folder / "ready.lua"
        sign.write_text(READY_HOOK)
        hooks = {sign: ("LuaTimerDS",), **(hooks or {})}
        seed_config(self.config, self.osc_port, sample_rate=sample_rate, actions=actions, hooks=hooks)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
        self.environ = {
            **kept,
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "LANG": "C.UTF-8",
            "RIG_READY_FILE": str(self.ready),
            **(settings or {}),
        }

    def lua(self, script: str, *arguments: str | Path) -> str:
        """Run a Lua script in `ardour7-lua` (libardour without a window) and return its output.

        The arguments are in `arg[1]`, `arg[2]`, …; an error in the script fails the test.
        """
        return self._lua(script, *arguments)

    def new_session(self, folder: Path, name: str, script: str, *arguments: str | Path) -> Path:
        """Run a script that makes a session (`arg[1]`: its folder, `arg[2]`: its name); return the session's file."""
        self._lua(script, folder, name, *arguments, clear=folder)
        session = folder / f"{name}.ardour"
        assert session.is_file()
        return session

    def export(self, session: Path, wav: Path) -> Path:
        """Render the session with Ardour's export, as 32-bit floats."""
        self._tool("ardour7-export", "-b", "float", "-o", wav, session.parent, session.stem)
        return wav

    def run(self, session: Path, display: str) -> ArdourProcess:
        """Start Ardour with `session` on `display`; wait until it answers."""
        return ArdourProcess(self, session, display)

    def _lua(self, script: str, *arguments: str | Path, clear: Path | None = None) -> str:
        file = self.folder / f"script-{time.monotonic_ns()}.lua"
        file.write_text(script)
        return self._tool("ardour7-lua", file, *arguments, clear=clear)

    def _tool(self, program: str, *arguments: str | Path, clear: Path | None = None) -> str:
        """Run one of Ardour's programs, with retries, and return its output.

        Version 7.3 sometimes crashes with a double free (a negative exit code), and one export in twenty hangs after
        its first line: then it is run again, after the folder `clear` is deleted.
        """
        for _ in range(TRIES):
            try:
                ended = subprocess.run(
                    [program, *map(str, arguments)],
                    env=self.environ,
                    cwd=self.folder,
                    capture_output=True,
                    text=True,
                    timeout=TOOL_S,
                    check=False,
                )
            except subprocess.TimeoutExpired as stuck:
                why = f"stands still after {TOOL_S} s; it printed {stuck.stdout!r}"
            else:
                if ended.returncode == 0:
                    return ended.stdout
                why = f"{ended.returncode}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}"
                if ended.returncode > 0:
                    break
            if clear is not None:
                shutil.rmtree(clear, ignore_errors=True)
        raise AssertionError(f"{program}: {why}")


class ArdourProcess:
    """Ardour with its window open and a session loaded; a context manager that ends it."""

    def __init__(self, home: ArdourHome, session: Path, display: str) -> None:
        self.home = home
        home.ready.unlink(missing_ok=True)
        self.log = home.folder / f"ardour-{time.monotonic_ns()}.log"
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["ardour", "-a", "-n", str(session)],
                env={**home.environ, "DISPLAY": display},
                cwd=home.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            # A message that arrives while Ardour's OSC thread starts can block it for ever.
            self.wait_until(home.ready.exists, "Ardour's window runs", START_S)
            self.ask("/strip/list")
        except BaseException:
            self.close()
            raise

    def send(self, address: str, *values: object) -> None:
        """Send a message to Ardour's own OSC surface."""
        builder = OscMessageBuilder(address)
        for value in values:
            builder.add_arg(value)
        self._socket.sendto(builder.build().dgram, ("127.0.0.1", self.home.osc_port))

    def action(self, name: str) -> None:
        """Call one of Ardour's actions by name: `Common/Save`, `Editor/undo`, `LuaAction/script-1`."""
        self.send("/access_action", name)

    def locate(self, sample: int) -> None:
        """Move the playhead, and wait until it is there."""
        self.send("/locate", sample, 0)

        def is_there() -> bool:
            return bool(self.ask("/transport_frame", answer="/transport_frame").params[0] == sample)

        self.wait_until(is_there, f"the playhead is at {sample}")

    def ask(self, address: str, *values: object, answer: str = "/reply", timeout_s: float = PATIENCE_S) -> OscMessage:
        """Send a message repeatedly until a reply `answer` comes, and return that."""
        end = time.monotonic() + timeout_s
        self._socket.settimeout(POLL_S)
        while time.monotonic() < end:
            assert self.process.poll() is None, f"Ardour has ended: {self.output()}"
            self.send(address, *values)
            try:
                message = OscMessage(self._socket.recv(65536))
            except TimeoutError:
                continue
            if message.address == answer:
                return message
        raise AssertionError(f"Ardour did not answer {address} within {timeout_s} s: {self.output()}")

    def wait_until(self, condition: Callable[[], object], what: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait until `condition` is true, while Ardour runs."""

        def check() -> object:
            value = condition()
            assert value or self.process.poll() is None, f"Ardour has ended: {self.output()}"
            return value

        assert poll(check, timeout_s, pause_s=0.05), f"not within {timeout_s} s: {what}; {self.output()}"

    def output(self) -> str:
        """Return the end of Ardour's output."""
        return self.log.read_text(errors="replace")[-3000:]

    def close(self) -> None:
        """End Ardour; unsaved changes are lost."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._socket.close()

    def __enter__(self) -> ArdourProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


READY_HOOK = """
ardour { ["type"] = "EditorHook", name = "rig: ready" }

function factory ()
  local done = false
  return function ()
    if done then return end
    done = true
    io.open (os.getenv ("RIG_READY_FILE"), "w"):close ()
  end
end
"""
"""A hook that reports that Ardour's event loop runs with the session loaded, by creating a file."""

NEW_SESSION = """
-- Makes a session with the given sample rate, tempo (quarter notes per minute) and meter.
local rate, bpm = math.tointeger(tonumber(arg[3] or "48000")), tonumber(arg[4] or "120")
local numerator, denominator = tonumber(arg[5] or "4"), tonumber(arg[6] or "4")
local session = assert(create_session(arg[1], arg[2], rate))
local map = Temporal.TempoMap.fetch_writable()
map:set_tempo(Temporal.Tempo(bpm, bpm, 4), Temporal.timepos_t(0))
map:set_meter(Temporal.Meter(numerator, denominator), Temporal.timepos_t(0))
Temporal.TempoMap.update(map)
map = nil
collectgarbage()
assert(session:save_state("", false, false, false, false, false) == 0)
close_session()
"""
"""Makes a session: `arg[3]` sample rate in Hz (48000), `arg[4]` tempo (120), `arg[5]`/`arg[6]` meter (4/4)."""
