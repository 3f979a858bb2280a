"""Encodes and decodes OSC 1.0 messages with the types i, f and s, the only ones that the companion uses here."""

import struct


class BadPacket(ValueError):
    """Bytes that are not an OSC message of these types."""


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
        If the bytes are no OSC message, are cut short, or have other types.
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
    """Return an OSC string: UTF-8, ended and padded to four bytes by NULs; a NUL inside the text becomes a blank."""
    data = text.replace("\0", " ").encode("utf-8", "replace") + b"\0"
    return data + b"\0" * (-len(data) % 4)


def _read_text(packet, at):
    end = packet.find(b"\0", at)
    if end < 0:
        raise BadPacket("text without an end")
    return packet[at:end].decode("utf-8", "replace"), (end // 4 + 1) * 4
