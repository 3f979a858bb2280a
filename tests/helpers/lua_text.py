"""The REAPER scripts' `text.lua`, loaded in each version of Lua that REAPER has had."""

from __future__ import annotations

from tests.helpers.paths import ROOT
from tests.helpers.reaper_stub.session import LUAS

_FILE = ROOT / "daw_scripts" / "reaper" / "lib" / "text.lua"
RUNTIMES = {version: lua.LuaRuntime(unpack_returned_tuples=True) for version, lua in LUAS.items()}
TEXTS = {version: lua.globals()["dofile"](str(_FILE)) for version, lua in RUNTIMES.items()}
"""The module that `text.lua` returns, by version of Lua."""
