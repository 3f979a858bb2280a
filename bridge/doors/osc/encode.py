"""OSC messages to bytes, within the limits of the narrowest reader (REAPER: 1,024 bytes, types i, f, s)."""

from __future__ import annotations

from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.doors.osc.table import OUTGOING, PREFIX, Value

MAX_MESSAGE_BYTES = 1024


def encode(address: str, *values: Value) -> bytes:
    """Return the message `/stembridge` + `address` with `values`, typed as in the table of outgoing messages.

    Long texts are shortened, at their end and with "…", until the message fits into 1,024 bytes; of several the
    longest gives way first, so that a short one beside it stays whole.
    """
    full = PREFIX + address
    (form,) = (form for form in OUTGOING[full].forms if len(form) == len(values))
    kinds = [arg.kind for arg in form]
    texts = list(values)
    data = _build(full, kinds, texts)
    while len(data) > MAX_MESSAGE_BYTES:
        sizes = {i: len(_plain(str(texts[i])).encode()) for i, kind in enumerate(kinds) if kind == "s"}
        longest = max(sizes, key=lambda i: sizes[i])
        surplus = len(data) - MAX_MESSAGE_BYTES
        # By half at most: after that another text may be the longest.
        texts[longest] = _shorten(_plain(str(texts[longest])), min(surplus, sizes[longest] // 2))
        data = _build(full, kinds, texts)
    return data


def _build(address: str, kinds: list[str], values: list[Value]) -> bytes:
    builder = OscMessageBuilder(address)
    for kind, value in zip(kinds, values, strict=True):
        typed = float(value) if kind == "f" else int(value) if kind == "i" else _plain(str(value))
        builder.add_arg(typed, kind)
    return bytes(builder.build().dgram)


def _plain(text: str) -> str:
    """Return `text` without what an OSC string cannot hold: NUL ends it, lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _shorten(text: str, by_bytes: int) -> str:
    """Return `text` at least `by_bytes` shorter in UTF-8, "…" at its end included."""
    ellipsis = "…"
    room = len(text.encode()) - by_bytes - len(ellipsis.encode())
    return text.encode()[: max(0, room)].decode("utf-8", "ignore") + ellipsis
