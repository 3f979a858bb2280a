"""The line to the companion: one loopback UDP socket that is looked at in every tick and never waited for."""

import socket

from .osc import BadPacket, decode, encode

PREFIX = "/stembridge"
LOOK_S = 1.0
"""How often `companion.json` is read: a companion that was started or restarted is found by it."""
HELLO_S = 2.0
PING_S = 5.0
LOST_S = 12.0
"""Without a word for so long, the companion is taken to be gone, and greeted again until it answers."""
MAX_PACKETS = 64
"""Packets read in one tick; more wait in the system's buffer, so that Live's window never stutters."""
MAX_BYTES = 65535


class Link:
    """Finds the companion, greets it, and passes messages both ways."""

    def __init__(self, find, greeting, hear, welcomed):
        """Connect the parts.

        `find()` returns what companion.json says, or None; `greeting` is this program's name and version;
        `hear(address, values)` takes every message, its address without the prefix; `welcomed()` is called whenever
        a companion has answered the greeting, a restarted one too.
        """
        self._find = find
        self._greeting = greeting
        self._hear = hear
        self._welcomed = welcomed
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._companion = None
        self._address = None
        self._next_look_s = self._next_hello_s = self._next_ping_s = self._heard_s = 0.0
        self.is_connected = False

    def poll(self, now_s):
        """Read what has come, and greet or ping as it is time; `now_s` is a clock that only goes forward."""
        self._receive(now_s)  # before the look: the last word of a companion that has just ended counts
        if now_s >= self._next_look_s:
            self._next_look_s = now_s + LOOK_S
            self._look()
        if self._address is None:
            return
        if self.is_connected and now_s - self._heard_s > LOST_S:
            self.is_connected = False
        if not self.is_connected and now_s >= self._next_hello_s:
            self._next_hello_s = now_s + HELLO_S
            self._post("/hello", *self._greeting)
        elif self.is_connected and now_s >= self._next_ping_s:
            self._next_ping_s = now_s + PING_S
            self._post("/ping")

    def send(self, address, *values):
        """Send a message if a companion is there; tell whether one is."""
        return self.is_connected and self._post(address, *values)

    def close(self):
        """Give the port back."""
        self._socket.close()

    def _look(self):
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
        except OSError:  # the buffer is full, or the network is being rearranged: the next ping shows if it is over
            return False
        return True

    def _receive(self, now_s):
        for _ in range(MAX_PACKETS):
            try:
                packet, sender = self._socket.recvfrom(MAX_BYTES)
            except ConnectionError:  # Windows says so when nobody listens at the companion's port any more
                continue
            except OSError:
                return
            if sender == self._address:
                self._take(packet, now_s)

    def _take(self, packet, now_s):
        try:
            address, values = decode(packet)
        except BadPacket:
            return
        if not address.startswith(PREFIX + "/"):
            return
        self._heard_s = now_s
        if address == PREFIX + "/welcome":
            if not self.is_connected:
                self.is_connected = True
                self._welcomed()
        else:
            self._hear(address[len(PREFIX) :], values)
