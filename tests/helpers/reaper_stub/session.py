"""Runs actions in real Lua against the model, more strictly than REAPER's documentation.

An unknown function is nil. Errors are: a wrong number or type of arguments, undefined global names, unknown keys of
getters, a script that ends with an open undo step or a locked screen.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lupa.lua53
import lupa.lua54

from tests.helpers.reaper_stub.functions import KINDS, Functions
from tests.helpers.reaper_stub.model import Project
from tests.helpers.waiting import PATIENCE_S, poll

API = json.loads(Path(__file__).with_name("api.json").read_text(encoding="utf-8"))
LUAS = {"5.4": lupa.lua54, "5.3": lupa.lua53}
ESCAPE, CLOSED = 27, -1
TICK_S = 0.033

_STRICT_GLOBALS = """
setmetatable(_G, {
  __index = function(_, name) error("global " .. tostring(name) .. " is not defined", 2) end,
  __newindex = function(_, name) error("global " .. tostring(name) .. " is set", 2) end,
})
"""


@dataclass
class Window:
    """The gfx window of one script."""

    is_open: bool = False
    drawing: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    bars_drawn: int = 0
    has_bar: bool = True

    @property
    def text(self) -> str:
        """The text that it shows now."""
        return self.shown[-1] if self.shown else ""


class Script:
    """One running script: its Lua, its deferred functions, its window."""

    def __init__(self, reaper: Reaper, path: Path) -> None:
        self._reaper = reaper
        self._things: dict[int, Any] = {}
        self._handles: dict[int, Any] = {}
        self.window = Window()
        self.deferred: list[Callable[[], object]] = []
        self.at_exit: list[Callable[[], object]] = []
        self.is_over = False
        lua = LUAS[reaper.lua].LuaRuntime(unpack_returned_tuples=True)
        self._lua = lua
        self._kind = lua.eval("math.type")
        reaper_table = lua.table_from({name: self._wrap(name) for name in API["functions"] if reaper.knows(name)})
        reaper_table["defer"] = lambda f: self.deferred.append(f) or True
        reaper_table["atexit"] = self.at_exit.append
        lua.globals()["reaper"] = reaper_table
        lua.globals()["gfx"] = self._gfx()
        lua.execute(_STRICT_GLOBALS)
        reaper.functions.script = path
        lua.globals()["dofile"](str(path))
        self._check()

    def tick(self) -> None:
        """Run the deferred functions, as REAPER does 30 times a second."""
        todo, self.deferred = self.deferred, []
        for function in todo:
            function()
        self._check()
        if not self.deferred and not self.is_over:
            self.end()

    def end(self) -> None:
        """End the script, as REAPER does when nothing is deferred, and when the user ends it."""
        self.is_over, self.deferred = True, []
        for function in self.at_exit:
            function()
        self.window.is_open = False

    def _check(self) -> None:
        assert self._reaper.functions.refresh_depth == 0, "the screen is left locked"
        open_steps = [project for project in self._reaper.functions.projects if project.undo_depth]
        assert not open_steps, "an undo step is left open"

    def _wrap(self, name: str) -> Callable[..., Any]:
        spec = API["functions"][name]
        function = getattr(self._reaper.functions, name, None)

        def call(*given: Any) -> Any:  # noqa: ANN401
            if not spec["min"] <= len(given) <= spec["max"]:
                raise TypeError(f"reaper.{name}: {len(given)} arguments, not {spec['min']}-{spec['max']}")
            values = [self._check_type(name, kind, value) for kind, value in zip(spec["args"], given, strict=False)]
            values += given[len(values) :]
            if "keys" in spec:
                _check_key(spec["keys"], values[1])
            assert function is not None, name
            result = function(*values)
            return tuple(map(self._to_lua, result)) if isinstance(result, tuple) else self._to_lua(result)

        return call

    def _check_type(self, name: str, kind: str, value: Any) -> Any:  # noqa: ANN401
        thing = self._things.get(value["handle"]) if hasattr(value, "keys") else value
        fits = {
            "integer": type(thing) is int or (type(thing) is float and thing.is_integer()),
            "number": type(thing) in (int, float),
            "string": type(thing) is str,
            "boolean": type(thing) is bool,
            "identifier": thing is not None,
            "ReaProject": isinstance(thing, Project) or (type(thing) is int and thing == 0),
        }
        kind = kind.removesuffix("?")
        if not (fits[kind] if kind in fits else isinstance(thing, KINDS[kind])):
            raise TypeError(f"reaper.{name}: bad argument, {kind} expected, got {value!r}")
        return int(thing) if kind == "integer" else thing

    def _to_lua(self, value: object) -> object:
        """Return the handle of an object of the model, always the same one, since scripts compare them."""
        if value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and value != "editor"):
            return value
        if id(value) not in self._handles:
            self._things[id(value)] = value
            self._handles[id(value)] = self._lua.table_from({"handle": id(value)})
        return self._handles[id(value)]

    def _gfx(self) -> Any:  # noqa: ANN401
        window = self.window

        def init(_title: str, width: int, height: int, _dock: int) -> None:
            window.is_open, gfx["w"], gfx["h"] = True, width, height

        def rect(x: float, y: float, width: float, height: float, _fill: int) -> None:
            inside = 0 <= x <= x + width <= gfx["w"] and 0 <= y <= y + height <= gfx["h"]
            assert inside, "drawn outside of the window"
            window.bars_drawn += 1

        def update() -> None:
            window.shown.append(" ".join(window.drawing))
            window.has_bar = window.bars_drawn > 1  # the first rectangle is the background
            window.drawing, window.bars_drawn = [], 0

        def close() -> None:
            window.is_open = False

        def getchar() -> int:
            if not window.is_open:
                return CLOSED
            return window.keys.pop(0) if window.keys else 0

        gfx = self._lua.table_from(
            {
                "x": 0,
                "y": 0,
                "w": 0,
                "h": 0,
                "init": init,
                "quit": close,
                "getchar": getchar,
                "rect": rect,
                "update": update,
                "set": lambda _r, _g, _b, _a: None,
                "setfont": lambda _index, _face, _size: None,
                "measurestr": lambda text: (7 * len(text), 15),
                "drawstr": lambda text: window.drawing.append(text),
            }
        )
        return gfx


class Reaper:
    """One REAPER with its resource folder; actions are found in its action list."""

    def __init__(self, resources: Path, version: str = "7.08", lua: str = "5.4") -> None:
        self.version, self.lua = version, lua
        self.resources = resources
        self.functions = Functions(version)
        self.scripts: list[Script] = []

    @property
    def front(self) -> Project:
        return self.functions.projects[self.functions.front]

    def open(self, file: Path | None, media: Path) -> Project:
        """Open a project in a new tab in front."""
        self.functions.projects.append(Project(str(file) if file else "", str(media)))
        self.functions.front = len(self.functions.projects) - 1
        return self.front

    def knows(self, name: str) -> bool:
        since = API["functions"][name]["since"]
        return tuple(map(int, since.split("."))) <= tuple(map(int, self.version.split(".")))

    def press(self, command: str) -> Script:
        """Run the action that `reaper-kb.ini` registers under a name, as `/action/_NAME` or a key does."""
        for line in (self.resources / "reaper-kb.ini").read_text(encoding="utf-8").splitlines():
            words = shlex.split(line)
            if words[:1] == ["SCR"] and "_" + words[3] == command:
                self.scripts.append(Script(self, self.resources / "Scripts" / words[5]))
                return self.scripts[-1]
        raise AssertionError(f"no action {command}")

    def tick(self) -> None:
        """Run the next step of every script."""
        for script in list(self.scripts):
            script.tick()
        self.scripts = [script for script in self.scripts if not script.is_over]

    def run(self, until: Callable[[], object] | None = None, timeout_s: float = PATIENCE_S) -> None:
        """Tick until `until` is true; by default until every script has ended."""
        condition = until or (lambda: not self.scripts)
        is_reached = poll(condition, timeout_s, step=self.tick, pause_s=TICK_S)
        assert is_reached, [script.window.text for script in self.scripts]


def _check_key(group: str, key: str) -> None:
    known = API["keys"][group]
    head = key.split(":")[0]
    assert key in known or (":" in key and any(name.startswith(f"{head}:") for name in known)), key
