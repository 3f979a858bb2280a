"""The connection to the companion: one loopback UDP socket, polled in every tick and never blocking."""

import socket

from .osc import BadPacket, decode, encode

PREFIX = "/stembridge"
FIND_S = 1.0
"""Interval at which `companion.json` is read, to find a companion that was started or restarted."""
HELLO_S = 2.0
PING_S = 5.0
LOST_S = 12.0
"""Timeout: after so long without a message the companion counts as gone, and is greeted until it answers."""
MAX_PACKETS = 64
"""Most packets read in one tick; the rest wait in the system's buffer, so that Live's window never stutters."""
MAX_BYTES = 65535


class Link:
    """Finds the companion, greets it, and passes messages both ways."""

    def __init__(self, find, greeting, handle, welcomed):
        """Connect the parts.

        `find()` returns the content of companion.json, or None; `greeting` is this program's name and version;
        `handle(address, values)` is called with every message, its address without the prefix; `welcomed()` is called
        whenever a companion has answered the greeting, a restarted one too.
        """
        self._find = find
        self._greeting = greeting
        self._handle = handle
        self._welcomed = welcomed
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._companion = None
        self._address = None
        self._next_find_s = self._next_hello_s = self._next_ping_s = self._last_received_s = 0.0
        self.is_connected = False

    def poll(self, now_s):
        """Read waiting packets, and greet or ping when due; `now_s` is a monotonic clock."""
        self._receive(now_s)  # first: the last message of a companion that has just ended still counts
        if now_s >= self._next_find_s:
            self._next_find_s = now_s + FIND_S
            self._find_companion()
        if self._address is None:
            return
        if self.is_connected and now_s - self._last_received_s > LOST_S:
            self.is_connected = False
        if not self.is_connected and now_s >= self._next_hello_s:
            self._next_hello_s = now_s + HELLO_S
            self._post("/hello", *self._greeting)
        elif self.is_connected and now_s >= self._next_ping_s:
            self._next_ping_s = now_s + PING_S
            self._post("/ping")

    def send(self, address, *values):
        """Send a message if a companion is connected; return True if it was sent."""
        return self.is_connected and self._post(address, *values)

    def close(self):
        """Close the socket."""
        self._socket.close()

    def _find_companion(self):
        found = self._find()
        if found == self._companion:
            return
        self._companion = found
        self._address = ("127.0.0.1", found["osc_port"]) if found else None
        self.is_connected = False
        self._next_hello_s = 0.0

    def _post(self, address, *values):
        try:
            self._socket.sendto(encode(PREFIX + address, *values), self._address)
        except OSError:  # the buffer is full, or the network is being reconfigured: the next ping shows if it is over
            return False
        return True

    def _receive(self, now_s):
        for _ in range(MAX_PACKETS):
            try:
                packet, sender = self._socket.recvfrom(MAX_BYTES)
            except ConnectionError:  # Windows: the companion's port is closed by now
                continue
            except OSError:
                return
            if sender == self._address:
                self._dispatch(packet, now_s)

    def _dispatch(self, packet, now_s):
        try:
            address, values = decode(packet)
        except BadPacket:
            return
        if not address.startswith(PREFIX + "/"):
            return
        self._last_received_s = now_s
        if address == PREFIX + "/welcome":
            if not self.is_connected:
                self.is_connected = True
                self._welcomed()
        else:
            self._handle(address[len(PREFIX) :], values)
