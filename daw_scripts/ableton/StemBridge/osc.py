"""OSC 1.0 messages to bytes and back: the types i, f and s, which is all that the companion speaks."""

import struct


class BadPacket(ValueError):
    """Bytes that are no OSC message of these types."""


def encode(address, *values):
    """Return the message; bools and ints become i, floats f, text s."""
    tags, data = ",", b""
    for value in values:
        if isinstance(value, (bool, int)):
            tags += "i"
            data += struct.pack(">i", int(value))
        elif isinstance(value, float):
            tags += "f"
            data += struct.pack(">f", value)
        else:
            tags += "s"
            data += _text(value)
    return _text(address) + _text(tags) + data


def decode(packet):
    """Return the address and the list of values of a message.

    Raises
    ------
    BadPacket
        If it is none, is cut short, or has other types.
    """
    address, at = _read_text(packet, 0)
    tags, at = _read_text(packet, at)
    if not address.startswith("/") or not tags.startswith(","):
        raise BadPacket("no OSC message")
    values = []
    for tag in tags[1:]:
        if tag == "s":
            value, at = _read_text(packet, at)
        elif tag in ("i", "f"):
            if at + 4 > len(packet):
                raise BadPacket("cut short")
            value = struct.unpack_from(">" + tag, packet, at)[0]
            at += 4
        else:
            raise BadPacket("type %r" % tag)
        values.append(value)
    return address, values


def _text(text):
    """Return UTF-8 with the NULs that end it and fill it up to four bytes; a NUL inside becomes a blank."""
    data = text.replace("\0", " ").encode("utf-8", "replace") + b"\0"
    return data + b"\0" * (-len(data) % 4)


def _read_text(packet, at):
    end = packet.find(b"\0", at)
    if end < 0:
        raise BadPacket("text without an end")
    return packet[at:end].decode("utf-8", "replace"), (end // 4 + 1) * 4
