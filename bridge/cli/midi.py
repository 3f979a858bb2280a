"""`stembridge midi`: lists the ports, shows incoming messages, and learns a pad."""

from __future__ import annotations

import argparse
import json
import math
import queue
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace

from bridge.cli.main import DONE, FAILED
from bridge.cli.output import print_json
from bridge.doors.midi.backends.interface import MidiUnavailable
from bridge.doors.midi.learn import learned
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.map_on_disk import MapOnDisk
from bridge.doors.midi.messages import MidiEvent, MidiKind, MidiReader
from bridge.doors.midi.ports import Ports
from bridge.home.folders import Folders
from bridge.request.block import coerce_text

RESCAN_S = 1.0
REQUEST_OPTIONS = ("preset", "bars")


def run(options: argparse.Namespace) -> int:
    """Run one action; return 0, or 1 if nothing was learned before the timeout.

    Raises
    ------
    MidiUnavailable
        If this machine has no MIDI (`ports` prints that instead).
    """
    map_file = MapOnDisk(Folders.of_user().midi_map)
    actions = {"ports": _ports, "monitor": _monitor, "learn": _learn}
    return actions[options.action](options, map_file)


def _ports(options: argparse.Namespace, map_file: MapOnDisk) -> int:
    ports = Ports(lambda *_: None)
    ports.rescan(replace(map_file.current(), inputs=(), outputs=(), virtual_port=False))
    found = {"inputs": ports.available_inputs, "outputs": ports.available_outputs}
    state = ports.trouble or "MIDI is available."
    ports.close()
    if options.json:
        print_json({"state": state, **found})
        return DONE
    print(state)
    for what, names in found.items():
        for name in names:
            print(f"{what[:-1]:7} {name}")
    return DONE


def _monitor(options: argparse.Namespace, map_file: MapOnDisk) -> int:
    """Print events until interrupted or `--count` is reached; clock ticks are left out."""
    left = options.count
    with _listening(map_file) as events:
        for port, event in events:
            if event.kind is MidiKind.CLOCK:
                continue
            print(json.dumps({"port": port, **asdict(event)}) if options.json else _line(port, event), flush=True)
            left = left - 1 if left else 0
            if options.count and not left:
                return DONE
    return DONE


def _line(port: str, event: MidiEvent) -> str:
    channel = f"channel {event.channel}" if event.channel else ""
    return f"{port:30} {event.kind:13} {channel:10} {event.number:5} {event.value:6}"


def _learn(options: argparse.Namespace, map_file: MapOnDisk) -> int:
    extra = {name: coerce_text(name, value) for name in REQUEST_OPTIONS if (value := getattr(options, name))}
    if options.parameter:
        extra["parameter"] = options.parameter
    with _listening(map_file, time.monotonic() + options.timeout) as events:
        print(f"Press the pad or switch for {options.of}…", file=sys.stderr, flush=True)
        for port, event in events:
            table = learned(event, port, options.of)
            if table is not None:
                return _keep({**table, **extra}, map_file, options.json)
    print(f"stembridge: nothing was pressed within {options.timeout:g} s; nothing was learned.", file=sys.stderr)
    return FAILED


def _keep(table: dict[str, object], map_file: MapOnDisk, as_json: bool) -> int:
    binding = map_file.append(table)
    if as_json:
        print_json({"file": str(map_file.path), "binding": table})
    else:
        print(f"{binding.source} → {binding.action} ({map_file.path})")
    return DONE


@contextmanager
def _listening(map_file: MapOnDisk, end_s: float = math.inf) -> Iterator[Iterator[tuple[str, MidiEvent]]]:
    """Open all ports and yield their incoming events until `end_s` (seconds of `time.monotonic`)."""
    received: queue.SimpleQueue[tuple[str, Sequence[int]]] = queue.SimpleQueue()
    ports = Ports(lambda port, data, _: received.put((port, data)))
    wanted = replace(map_file.current(), inputs=map_file.current().inputs or ("*",), outputs=())
    ports.rescan(wanted)
    try:
        if ports.trouble:
            raise MidiUnavailable(ports.trouble)
        print(ports.state, file=sys.stderr, flush=True)
        yield _events(received, ports, wanted, end_s)
    finally:
        ports.close()


def _events(
    received: queue.SimpleQueue[tuple[str, Sequence[int]]], ports: Ports, wanted: MidiMap, end_s: float
) -> Iterator[tuple[str, MidiEvent]]:
    """Parse the received bytes, by port; look for new ports every `RESCAN_S` seconds without any."""
    readers: dict[str, MidiReader] = {}
    while (left_s := end_s - time.monotonic()) > 0:
        try:
            port, data = received.get(timeout=min(RESCAN_S, left_s))
        except queue.Empty:
            ports.rescan(wanted)
            continue
        for event in readers.setdefault(port, MidiReader()).feed(data):
            yield port, event
