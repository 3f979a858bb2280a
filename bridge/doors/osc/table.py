"""The OSC namespace as one table, incoming and outgoing; the parser, error texts and docs share it.

Types are OSC's `i` (int32), `f` (float32) and `s` (UTF-8 text). Numbers are accepted in either numeric type,
since Pure Data, Lua and REAPER send every number as a float; an `i` that comes as `f` must be a whole number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.request.block.invalid_block import shorten
from engine.errors import StemBridgeError

PREFIX = "/stembridge"
OscValue = int | float | str

KINDS = {"f": "a number", "i": "a whole number", "s": "text", "any": "a number or text"}


class BadMessage(StemBridgeError):
    """An OSC message that cannot be acted on; the sentence goes back to its sender."""


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument: its name in error texts, its kind (a key of `KINDS`), its unit and meaning."""

    name: str
    kind: str
    doc: str = ""


@dataclass(frozen=True, slots=True)
class AddressSpec:
    """One address: the argument lists that it takes, and what it does."""

    address: str
    forms: tuple[tuple[Arg, ...], ...]
    doc: str


def _message(address: str, doc: str, *forms: Sequence[Arg]) -> AddressSpec:
    return AddressSpec(PREFIX + address, tuple(tuple(form) for form in forms) or ((),), doc)


_ID = Arg("id", "s", "a job's id")
_START = Arg("start beat", "f", "quarter-note beats from the project's start")

INCOMING = {
    message.address: message
    for message in (
        _message(
            "/hello",
            "registers a client; answered with `/welcome`. From then on replies go to the reply port, or into the"
            " box, a file for clients that cannot hear OSC. Empty texts change nothing",
            [Arg("daw", "s"), Arg("version", "s")],
            [Arg("daw", "s"), Arg("version", "s"), Arg("reply port", "i", "1–65535")],
            [Arg("daw", "s"), Arg("version", "s"), Arg("box", "s", "1–64 letters, digits, - or _")],
        ),
        _message("/tempo", "the project's tempo", [Arg("tempo", "f", "quarter notes per minute, 20–400")]),
        _message("/timesig", "the time signature", [Arg("numerator", "i"), Arg("denominator", "i")]),
        _message("/key", 'the key, `"E minor"` or `"Em"`; empty changes nothing', [Arg("key", "s")]),
        _message("/position", "the playhead", [Arg("position", "f", "quarter-note beats from the project's start")]),
        _message("/playing", "whether the DAW plays", [Arg("playing", "i", "0 or 1")]),
        _message(
            "/loop",
            "the loop; a `/generate` that says neither where nor how long fills it while it is on",
            [
                Arg("on", "i", "0 or 1"),
                Arg("start", "f", "quarter-note beats from the project's start"),
                Arg("length", "f", "quarter-note beats"),
            ],
        ),
        _message(
            "/selection",
            "what is selected in the DAW",
            [Arg("track", "s", "its name"), Arg("scene", "i", "row of the session, from 1; 0 = none")],
        ),
        _message(
            "/midi",
            "a MIDI message that the DAW's script has heard, taken as one of the companion's own ports is",
            [Arg("status", "i", "128–239"), Arg("data 1", "i", "0–127"), Arg("data 2", "i", "0–127")],
        ),
        _message(
            "/region", "name of the region at the playhead; `key: E minor` in it is the key", [Arg("name", "s")]
        ),
        _message(
            "/project",
            "folder of the open project; takes go there. Empty changes nothing",
            [Arg("folder", "s")],
            [Arg("folder", "s"), Arg("name", "s")],
        ),
        _message(
            "/set",
            "one key of the parameter block; `\"\"` gives it back: the DAW's last word holds again, or nobody's",
            [Arg("name", "s"), Arg("value", "any")],
        ),
        _message("/params", "several keys of the parameter block as a JSON object, merged", [Arg("block", "s")]),
        _message("/preset", "applies a preset to the client's block", [Arg("name", "s")]),
        _message("/genres", "short for `/set genres`", [Arg("genres", "s")]),
        _message("/lyrics", "short for `/set lyrics`", [Arg("lyrics", "s")]),
        _message(
            "/generate",
            "starts a job; answered with `/job/accepted` or `/error`. The JSON form takes every key of the block and"
            " `start_beat`, `start_seconds`, for this job alone",
            [],
            [_START],
            [_START, Arg("bars", "f")],
            [Arg("request", "s", "a JSON object")],
        ),
        _message(
            "/regenerate",
            "the request of a job (by default, or with an empty id, the client's newest) once more, with a new seed."
            " Tempo, meter, key and project are those of the song now. With a stem, only that stem gets a new seed;"
            " the others stay the same, bit for bit, as long as the song is the same",
            [],
            [_ID],
            [_ID, Arg("stem", "s", "of the built-in band")],
        ),
        _message(
            "/again",
            "exactly the same job (by default the client's newest) once more, with the seed, tempo, place and project"
            " it had",
            [],
            [_ID],
        ),
        _message("/cancel", "stops a job (by default the client's newest unfinished one)", [], [_ID]),
        _message("/status", "says again where a job stands (by default the client's newest)", [], [_ID]),
        _message(
            "/take/placed",
            "what became of a take that was to go on tracks; the window says it",
            [
                Arg("manifest", "s", "path"),
                Arg("stems", "i", "how many are there"),
                Arg("problem", "s", 'a sentence, "" if all are there'),
            ],
        ),
        _message("/ping", "answered with `/pong`"),
    )
}

OUTGOING = {
    message.address: message
    for message in (
        _message("/welcome", "answers `/hello`", [Arg("version", "s"), Arg("http port", "i")]),
        _message("/pong", "answers `/ping`"),
        _message("/job/accepted", "the job is stored and will run", [_ID, _START]),
        _message("/job/progress", "where it stands", [_ID, Arg("progress", "f", "0–1"), Arg("phase", "s")]),
        _message(
            "/job/done", "the take is complete", [_ID, Arg("manifest", "s", "path"), Arg("stems", "i", "how many")]
        ),
        _message("/job/failed", "the work failed", [_ID, Arg("message", "s")]),
        _message("/job/cancelled", "the job was stopped and left no file", [_ID]),
        _message(
            "/take/place",
            "the user has sent a take: put its stems on tracks at the beat, at the playhead, or in a new scene",
            [
                Arg("manifest", "s", "path"),
                Arg("where", "s", '"trigger", "playhead" or "scene"'),
                Arg("beat", "f", "the take's own, in quarter-note beats from the project's start"),
            ],
        ),
        _message(
            "/status",
            "answers a `/status` of a client that has no job yet",
            [Arg("state", "s", '"idle" or "busy"'), Arg("unfinished", "i", "jobs of all clients")],
        ),
        _message("/error", "a message could not be acted on", [Arg("what", "s"), Arg("address", "s", "its address")]),
    )
}


def match(address: str, values: Sequence[OscValue]) -> tuple[OscValue, ...]:
    """Return `values` in the types of the argument list of `address` that they fit.

    Raises
    ------
    BadMessage
        If the address is unknown, or none of its argument lists fits; the sentence names what was given and allowed.
    """
    message = INCOMING.get(address)
    if message is None:
        name = shorten(address, 100)
        raise BadMessage(f"{name} is not an address Stem Bridge knows; they are listed in docs/protocol.md.")
    for form in message.forms:
        if len(form) == len(values):
            fitted = [_fit(arg, value) for arg, value in zip(form, values, strict=True)]
            if all(value is not None for value in fitted):
                return tuple(value for value in fitted if value is not None)
    given = ", ".join(f"{value!r}" for value in values) or "nothing"
    raise BadMessage(f"{address} takes {_describe(message)}, not {given[:200]}.")


def _fit(arg: Arg, value: OscValue) -> OscValue | None:
    """Return `value` in the type of `arg`, or None if it does not fit."""
    if arg.kind == "any":
        return value
    if arg.kind == "s":
        return value if isinstance(value, str) else None
    if isinstance(value, str):
        return None
    if arg.kind == "i":
        return int(value) if float(value).is_integer() else None
    return float(value)


def _describe(message: AddressSpec) -> str:
    def words(form: tuple[Arg, ...]) -> str:
        return " and ".join(f"{KINDS[arg.kind]} ({arg.name})" for arg in form) or "nothing"

    return ", or ".join(words(form) for form in message.forms)


def markdown_table(messages: dict[str, AddressSpec]) -> str:
    """Return the table of docs/protocol.md for `INCOMING` or `OUTGOING`."""
    rows = ["| address | arguments | |", "|---|---|---|"]
    for message in messages.values():
        forms = " *or* ".join(
            ", ".join(f"`{arg.kind}` {arg.name}" + (f" ({arg.doc})" if arg.doc else "") for arg in form) or "none"
            for form in message.forms
        )
        rows.append(f"| `{message.address}` | {forms} | {message.doc} |")
    return "\n".join(rows)
