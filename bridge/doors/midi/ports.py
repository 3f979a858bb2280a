"""Opens and closes MIDI ports as they come and go, and offers a virtual one."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from bridge.doors.midi.backends.choice import midi_api
from bridge.doors.midi.backends.interface import MidiInput, MidiLibrary, MidiOutput, MidiPort, MidiUnavailable
from bridge.doors.midi.input_thread import QUEUE_MESSAGES, InputThread, MidiListener
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.port_names import OWN_NAME, choose

log = logging.getLogger("stembridge.midi")
AnyPort = TypeVar("AnyPort", bound=MidiPort)

SCANNER, INPUT, LIGHTS = f"{OWN_NAME} look", f"{OWN_NAME} in", f"{OWN_NAME} lights"
"""The names of our clients; the bare name is that of the virtual input, for others to connect to."""


class Ports:
    """The open ports of one program. `rescan` may run on any thread, one at a time."""

    def __init__(self, listener: MidiListener) -> None:
        self._input_thread = InputThread(listener)
        self._lock = threading.Lock()
        self._scanners: tuple[MidiInput, MidiOutput] | None = None
        self._inputs: dict[str, MidiInput] = {}
        self._outputs: dict[str, MidiOutput] = {}
        self._interface: tuple[MidiLibrary, int] | None = None
        self.available_inputs: list[str] = []
        self.available_outputs: list[str] = []
        self.trouble = ""
        self._closed = False

    @property
    def inputs(self) -> list[str]:
        """The ports that are listened to, ours last."""
        return sorted(self._inputs, key=lambda name: (name == OWN_NAME, name))

    @property
    def outputs(self) -> list[str]:
        """The ports that lights go to."""
        return sorted(self._outputs)

    @property
    def state(self) -> str:
        """The open inputs, or the reason why there are none, as a sentence."""
        if self.trouble:
            return self.trouble
        return f"Listening to {', '.join(self.inputs)}." if self._inputs else "No MIDI port is open."

    def rescan(self, midi_map: MidiMap) -> bool:
        """Open the ports that `midi_map` names, close those that are gone; return whether anything changed.

        Never raises: if there is no MIDI, or none any more, `trouble` says why.
        """
        with self._lock:
            if self._closed:
                return False
            before = (self.inputs, self.outputs, self.trouble)
            try:
                self._find_ports(midi_map.system)
                self._open_ports(midi_map)
                self.trouble = ""
            except MidiUnavailable as error:
                self._close_all()
                self.trouble = str(error)
            return before != (self.inputs, self.outputs, self.trouble)

    def send(self, message: Sequence[int]) -> None:
        """Send one message to all open outputs; one that is gone is passed over."""
        with self._lock:
            for name, port in self._outputs.items():
                try:
                    port.send_message(list(message))
                except (OSError, ValueError) as error:
                    log.info("%s takes no message: %s", name, error)

    def close(self) -> None:
        """Close everything for good; harmless when already closed."""
        with self._lock:
            self._closed = True
            self._close_all()
        self._input_thread.stop()

    def _find_ports(self, system: str) -> None:
        """List the available ports."""
        interface = midi_api(system)
        if interface != self._interface:
            self._close_all()
            self._interface = interface
        library, api = interface
        try:
            if self._scanners is None:
                self._scanners = (library.MidiIn(api, SCANNER), library.MidiOut(api, SCANNER))
            self.available_inputs, self.available_outputs = (list(s.get_ports()) for s in self._scanners)
        except OSError as error:
            raise MidiUnavailable(f"MIDI is not available: {error}.") from None

    def _open_ports(self, midi_map: MidiMap) -> None:
        own = [OWN_NAME] if midi_map.virtual_port and sys.platform != "win32" else []
        inputs = [*choose(midi_map.inputs, self.available_inputs), *own]
        self._drop_other_than(inputs)
        _keep(self._inputs, inputs, self._open_input)
        # Our virtual output too: it sends lights to a controller that is connected by hand.
        _keep(self._outputs, [*choose(midi_map.outputs, self.available_outputs), *own], self._open_output)

    def _open_input(self, name: str) -> MidiInput:
        assert self._interface is not None
        library, api = self._interface
        port = library.MidiIn(api, OWN_NAME if name == OWN_NAME else INPUT, QUEUE_MESSAGES)
        port.ignore_types(sysex=False, timing=False, active_sense=True)
        self._attach(port, name, self.available_inputs)
        self._input_thread.add(name, port)
        return port

    def _open_output(self, name: str) -> MidiOutput:
        assert self._interface is not None
        library, api = self._interface
        port = library.MidiOut(api, LIGHTS)
        self._attach(port, name, self.available_outputs)
        return port

    @staticmethod
    def _attach(port: MidiPort, name: str, available: list[str]) -> None:
        if name == OWN_NAME:
            port.open_virtual_port(OWN_NAME)
        else:
            port.open_port(available.index(name), OWN_NAME)

    def _drop_other_than(self, names: list[str]) -> None:
        for name in self._inputs:
            if name not in names:
                self._input_thread.drop(name)

    def _close_all(self) -> None:
        self._drop_other_than([])
        _keep(self._inputs, [], self._open_input)
        _keep(self._outputs, [], self._open_output)
        for scanner in self._scanners or ():
            _delete(scanner)
        self._scanners, self._interface = None, None
        self.available_inputs, self.available_outputs = [], []


def _keep(ports: dict[str, AnyPort], names: list[str], open_port: Callable[[str], AnyPort]) -> None:
    """Close `ports` that are not among `names`, open those that are missing; one that is busy is retried later."""
    for name in [name for name in ports if name not in names]:
        _delete(ports.pop(name))
    for name in names:
        if name not in ports:
            try:
                ports[name] = open_port(name)
            except (OSError, ValueError, NotImplementedError) as error:
                log.info("the MIDI port %s cannot be opened: %s", name, error)


def _delete(port: MidiPort) -> None:
    with suppress(OSError, ValueError):
        port.close_port()
    with suppress(OSError, ValueError):
        port.delete()
