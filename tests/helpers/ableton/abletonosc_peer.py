"""A fake AbletonOSC built from its documentation, for machines without it; strict about addresses and arguments."""

from __future__ import annotations

import socket
import threading
from typing import Any

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder


class AbletonOscPeer:
    """Receives on a free port and replies to a fixed one; `can_create` adds the clip functions of its pull requests.

    While `is_open` is False it sends nothing, like a Live that has been closed.
    """

    def __init__(self, reply_port: int, can_create: bool = False) -> None:
        self.song: dict[str, Any] = {
            "tempo": 97.6,
            "signature_numerator": 7,
            "signature_denominator": 8,
            "root_note": 2,
            "scale_name": "Dorian",
            "is_playing": False,
            "current_song_time": 14.0,
            "loop": False,
            "loop_start": 0.0,
            "loop_length": 16.0,
        }
        self.tracks: list[dict[str, Any]] = [{"name": "1-MIDI", "clips": []}]
        self.messages: list[str] = []
        self.is_open = True
        self.refused: list[str] = []
        self._can_create = can_create
        self._listened: set[str] = set()
        self._reply_to = ("127.0.0.1", reply_port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.port: int = self._socket.getsockname()[1]
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> AbletonOscPeer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self._socket.close()

    def change(self, name: str, value: object) -> None:
        """Change the song, as its user does, and notify the listeners."""
        self.song[name] = value
        if name in self._listened:
            self._send(f"/live/song/get/{name}", value)

    def is_listened_to(self, name: str) -> bool:
        return name in self._listened

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                message = OscMessage(self._socket.recv(65536))
            except TimeoutError:
                continue
            if not self.is_open:
                continue
            try:
                self._act(message.address, list(message.params))
            except (IndexError, ValueError, KeyError) as error:
                self._refuse(f"Error handling OSC message: {error}")

    def _act(self, address: str, values: list[Any]) -> None:
        if address == "/live/application/get/version":
            self._send(address, 12, 3)
        elif address.startswith("/live/song/start_listen/"):
            name = address.rsplit("/", 1)[1]
            self._listened.add(name)
            self._send(f"/live/song/get/{name}", self.song[name])
        elif address == "/live/song/get/num_tracks":
            self._send(address, len(self.tracks))
        elif address == "/live/song/create_audio_track":
            assert values == [-1]
            self.tracks.append({"clips": []})
        elif address in ("/live/track/set/name", "/live/track/set/color"):
            track, value = values
            self.tracks[track][address.rsplit("/", 1)[1]] = value
        elif address == "/live/track/create_audio_clip" and self._can_create:
            self.tracks[values[0]]["clips"].append((values[1], values[2]))
        elif address == "/live/track/get/arrangement_clips/name":
            self._send(address, values[0], *(path for path, _ in self.tracks[values[0]]["clips"]))
        elif address == "/live/api/show_message":
            self.messages.append(values[0])
        else:
            self._refuse(f"Unknown OSC address: {address}")

    def _refuse(self, why: str) -> None:
        self.refused.append(why)
        self._send("/live/error", why)

    def _send(self, address: str, *values: object) -> None:
        builder = OscMessageBuilder(address)
        for value in values:
            builder.add_arg(value)
        self._socket.sendto(builder.build().dgram, self._reply_to)
