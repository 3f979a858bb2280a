"""An Ardour 7 configuration for running unattended: no first-run wizard, no sound card, OSC on, scripts in place.

The file formats are those of Ardour 7.3; the source file is named at each.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

# gtk2_ardour/luasignal_syms.h: a hook's signals are bits, the first of 49 rightmost.
SIGNALS = {"LuaTimerS": 46, "LuaTimerDS": 47, "SetSession": 48}
_SIGNAL_BITS = 49
_OPTIONS = {
    "try-autostart-engine": 1,
    "discover-plugins-on-start": 0,
    "use-lxvst": 0,
    "use-vst3": 0,
    "show-plugin-scan-window": 0,
    # Hidden by default, and then not even listed in the dialog.
    "hide-dummy-backend": 0,
    "periodic-safety-backups": 0,
}
# With another device name a dialog "device has changed" blocks the start.
_DUMMY = (
    'backend="None (Dummy)" driver="Normal Speed" device="Silence" input-device="Silence" output-device="Silence" '
    'buffer-size="1024" n-periods="0" input-latency="0" output-latency="0" lm-input="" lm-output="" active="1" '
    'use-buffered-io="0" midi-option="1 in, 1 out, Silence"'
)
# address-only 0: replies go to the sender's port. Feedback bit 14: they are named /reply, not #reply.
_OSC = (
    'name="Open Sound Control (OSC)" active="1" debugmode="0" address-only="0" remote-port="8000" banksize="0" '
    'striptypes="159" feedback="16384" gainmode="0" send-page-size="0" plug-page-size="0"'
)


def seed_config(
    folder: Path,
    osc_port: int,
    *,
    sample_rate: int = 48000,
    actions: Mapping[int, Path] | None = None,
    hooks: Mapping[Path, tuple[str, ...]] | None = None,
) -> None:
    """Write the configuration into `folder` (what `~/.config/ardour7` is to a user).

    `actions` are Lua scripts by their position in the list (action N is `LuaAction/script-N` over OSC), `hooks` Lua
    scripts with the signals that call them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".a7").touch()  # "has been here before"
    options = {**_OPTIONS, "osc-port": osc_port, "default-session-parent-dir": folder / "sessions"}
    lines = "\n".join(
        f"<Option name={quoteattr(name)} value={quoteattr(str(value))}/>" for name, value in options.items()
    )
    (folder / "config").write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<Ardour><Config>{lines}</Config><Metadata/>
<Extra><AudioMIDISetup><EngineStates>
<State {_DUMMY} sample-rate="{sample_rate}" lru="{int(time.time())}"><MIDIDevices/></State>
</EngineStates></AudioMIDISetup></Extra>
<ControlProtocols><Protocol {_OSC}/></ControlProtocols></Ardour>
"""
    )
    _write_scripts(folder / "ui_scripts", actions or {}, hooks or {})


def _write_scripts(path: Path, actions: Mapping[int, Path], hooks: Mapping[Path, tuple[str, ...]]) -> None:
    """Install scripts as the Script Manager does (gtk2_ardour/luainstance.cc: LuaInstance::get_state)."""
    action_lua = "scripts = {}\n" + "".join(
        f"scripts[{number}] = {{}} scripts[{number}].n = {_lua_text(_title(script))} "
        f"scripts[{number}].s = {_lua_text(script.read_text())} scripts[{number}].f = {_chunk(script)} "
        f"scripts[{number}].a = {{}}\n"
        for number, script in actions.items()
    )
    callbacks = "".join(
        f'<LuaCallback lua="Lua 5.3" id="{900000 + number}" name={quoteattr(_title(script))} '
        f'signals="{_bits(signals)}">'
        + _base64(
            f"s = {{}} s.n = {_lua_text(_title(script))} s.s = {_lua_text(script.read_text())} "
            f"s.f = {_chunk(script)} s.a = {{}}\n"
        )
        + "</LuaCallback>"
        for number, (script, signals) in enumerate(hooks.items())
    )
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<UIScripts><ActionScript lua="Lua 5.3">{_base64(action_lua)}'
        f"</ActionScript><ActionHooks>{callbacks}</ActionHooks></UIScripts>\n"
    )


def _title(script: Path) -> str:
    """Return the name that the Script Manager proposes."""
    found = re.search(r'\bname *= *"([^"]*)"', script.read_text())
    return found[1] if found else script.stem


def _chunk(script: Path) -> str:
    # Ardour keeps bytecode here, but loads it with load(f)(args): source does as well.
    return _lua_text(f"ardour = function () end\n{script.read_text()}\nreturn factory (...)\n")


def _bits(signals: tuple[str, ...]) -> str:
    return f"{sum(1 << SIGNALS[name] for name in signals):0{_SIGNAL_BITS}b}"


def _lua_text(text: str) -> str:
    level = ""
    while f"]{level}]" in text:
        level += "="
    return f"[{level}[\n{text}]{level}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
