"""Encodes OSC messages within the limits of the most limited reader (REAPER: 1,024 bytes, types i, f, s)."""

from __future__ import annotations

from dataclasses import dataclass

from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.doors.osc.decode import shortest_float32
from bridge.doors.osc.table import OUTGOING, PREFIX, OscValue

MAX_MESSAGE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a client: its address without `/stembridge`, and the values that the table has for it."""

    address: str
    values: tuple[OscValue, ...] = ()


def outgoing(address: str, *values: OscValue) -> Outgoing:
    """Return the message `/stembridge` + `address` with `values`."""
    return Outgoing(address, values)


def encode(message: Outgoing) -> bytes:
    """Return the message in OSC's binary form, typed as in the table of outgoing messages.

    Texts are shortened, with "…" at their end, until the message fits into 1,024 bytes; the longest is shortened
    first, so that a short one beside it stays whole.
    """
    kinds = _kinds(message)
    return _build(PREFIX + message.address, kinds, _fitted(message, kinds))


def values_received(message: Outgoing) -> tuple[OscValue, ...]:
    """Return the values as a client reads them from `encode`'s bytes: 32-bit floats, texts shortened to fit."""
    kinds = _kinds(message)
    return tuple(
        _typed(kind, value, as_float32=True) for kind, value in zip(kinds, _fitted(message, kinds), strict=True)
    )


def _kinds(message: Outgoing) -> list[str]:
    (form,) = (form for form in OUTGOING[PREFIX + message.address].forms if len(form) == len(message.values))
    return [arg.kind for arg in form]


def _fitted(message: Outgoing, kinds: list[str]) -> list[OscValue]:
    """Return the values with texts short enough for `MAX_MESSAGE_BYTES`."""
    texts = list(message.values)
    size_bytes = len(_build(PREFIX + message.address, kinds, texts))
    while size_bytes > MAX_MESSAGE_BYTES:
        sizes = {i: len(_plain(str(texts[i])).encode()) for i, kind in enumerate(kinds) if kind == "s"}
        longest = max(sizes, key=lambda i: sizes[i])
        surplus = size_bytes - MAX_MESSAGE_BYTES
        # By half at most, since another text may be the longest then.
        texts[longest] = _shorten(_plain(str(texts[longest])), min(surplus, sizes[longest] // 2))
        size_bytes = len(_build(PREFIX + message.address, kinds, texts))
    return texts


def _build(address: str, kinds: list[str], values: list[OscValue]) -> bytes:
    builder = OscMessageBuilder(address)
    for kind, value in zip(kinds, values, strict=True):
        builder.add_arg(_typed(kind, value), kind)
    return bytes(builder.build().dgram)


def _typed(kind: str, value: OscValue, *, as_float32: bool = False) -> OscValue:
    if kind == "f":
        return shortest_float32(float(value)) if as_float32 else float(value)
    return int(value) if kind == "i" else _plain(str(value))


def _plain(text: str) -> str:
    """Return `text` without NUL, which ends an OSC string, and lone surrogates, which UTF-8 cannot encode."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _shorten(text: str, by_bytes: int) -> str:
    """Return `text` at least `by_bytes` shorter in UTF-8, "…" at its end included."""
    ellipsis = "…"
    room = len(text.encode()) - by_bytes - len(ellipsis.encode())
    return text.encode()[: max(0, room)].decode("utf-8", "ignore") + ellipsis
