"""The user's MIDI map on disk, and the factory's map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from bridge.doors.midi.bindings import Binding
from bridge.doors.midi.map_format import MidiMap, read_binding, read_map
from bridge.home import user_files
from engine.errors import StemBridgeError

STARTER = """\
# Your MIDI map. Changes hold at once, without a restart. docs/midi.md lists every key.
# `stembridge midi learn ACTION` adds a [[binding]] for the pad or switch that you press, and changes nothing else.
#
# inputs = ["*"]                        # ports to listen to: names, parts of names, or patterns
# outputs = ["Launchpad"]               # ports that lights go to
# factory_map_ports = ["Stem Bridge"]   # ports where the factory's pads and pedal work too
# quantise = "bar"                      # what a trigger waits for while a clock runs: none, beat, bar, 4 bars
# time_signature = "4/4"                # the clock tells none; the DAW's wins where it has told one
#
# [[binding]]
# action = "generate"
# note = 60
# bars = 8
"""


class MapOnDisk:
    """The user's map, read again whenever its file has changed."""

    def __init__(self, path: Path) -> None:
        """Read the user's map from the TOML file `path`, which need not exist."""
        self.path = path
        self._read: tuple[user_files.Signature | None, MidiMap, str | None] = (None, _complete(MidiMap()), None)

    def current(self) -> MidiMap:
        """Return the map in use: the user's, followed by the factory's bindings on the ports named for them.

        It is the same object until the file changes. While the file is broken, its last good state is used
        (see `problem`).
        """
        signature = user_files.signature(self.path)
        known, good, _ = self._read
        if signature != known:
            try:
                read = read_map(user_files.read_bytes(self.path), self.path.name) if signature else MidiMap()
                self._read = (signature, _complete(read), None)
            except StemBridgeError as error:
                self._read = (signature, good, f"{error} Until it is mended, what held before holds.")
        return self._read[1]

    def problem(self) -> str | None:
        """Return what is wrong with the user's file, or None."""
        self.current()
        return self._read[2]

    def append(self, table: Mapping[str, object]) -> Binding:
        """Add a [[binding]] at the end of the user's file, leaving everything else in it as it is.

        Raises
        ------
        StemBridgeError
            If the binding or the file is not valid, or it cannot be written.
        """
        binding = read_binding(table)
        text = user_files.read_bytes(self.path).decode("utf-8-sig", "replace") if self.path.exists() else STARTER
        text = text.rstrip("\n") + "\n\n" + binding_text(table)
        read_map(text.encode(), self.path.name)  # a broken file is left for the user to mend
        user_files.write_text(self.path, text, replace=True)
        return binding


def binding_text(table: Mapping[str, object]) -> str:
    """Return a [[binding]] as TOML; strings, numbers and lists are the same in JSON."""
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in table.items()]
    return "\n".join(["[[binding]]", *lines, ""])


@cache
def factory_map() -> MidiMap:
    """Return the map that comes with Stem Bridge."""
    return read_map(resources.files(__package__).joinpath("factory.toml").read_bytes(), "factory.toml")


def _complete(own: MidiMap) -> MidiMap:
    """Return the user's map with the factory's bindings on the ports in `factory_map_ports`."""
    factory = factory_map()
    bindings = [replace(binding, port=port) for port in own.factory_map_ports for binding in factory.bindings]
    return replace(own, bindings=(*own.bindings, *bindings), lights=own.lights or factory.lights)
