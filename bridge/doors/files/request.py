"""Reads and checks requests in the mailbox: the JSON that scripts write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from bridge.doors.files.folder import MAX_REQUEST_BYTES
from bridge.request.block import check_block, parse_json_block
from bridge.request.position import check_place, pop_place
from bridge.request.session_state import MUSIC_KEYS, SessionState
from bridge.request.trigger import Trigger
from bridge.takes.layout import check_project
from engine.errors import InvalidValue
from engine.music import MeterMap
from engine.origin import Origin

Verb = Literal["generate", "regenerate", "cancel", "connect", "again"]
FORMAT = 1
_TEXTS = ("daw", "version", "job", "request")
_PLACES = ("end_beat", "end_seconds", "position")
_LIVE_LINK = ("next", "places", "playing")
MAX_ORDERS = 1_000_000
_FIELDS = frozenset({"format", "do", "project", "block", *_PLACES, *_TEXTS, *MUSIC_KEYS, "sample_rate", *_LIVE_LINK})
_PROJECT = frozenset({"file", "media"})


@dataclass(frozen=True, slots=True)
class FileRequest:
    """One request, checked.

    Attributes:
        do: the verb.
        state: the session of the script's DAW.
        block: keys of the parameter block, for this request alone.
        origin: who said those that are not the user's.
        start_beat: where the take belongs, quarter-note beats from the project's start; None = the playhead.
        start_seconds: the same in seconds.
        length_beats: the selection's length, None without one.
        job: id of the job to regenerate or make again.
        request: id of the request to cancel.
        next: the number of the order that the script of a live link waits for.
        places: where the script's DAW can put takes.
    """

    do: Verb
    state: SessionState
    block: Mapping[str, object]
    start_beat: float | None
    start_seconds: float | None
    length_beats: float | None
    job: str = ""
    request: str = ""
    next: int = 1
    places: tuple[str, ...] = ()
    origin: Mapping[str, Origin] = field(default_factory=dict)

    def trigger(self) -> Trigger:
        """Return the keys and the place of this request; a selection's length becomes bars."""
        block, origin = dict(self.block), dict(self.origin)
        if self.length_beats is not None and self.state.meter is not None:
            meters = self.state.meter_map or MeterMap.constant(self.state.meter)
            block["bars"] = float(meters.bars(self.length_beats))
            origin["bars"] = Origin.DAW
        return Trigger(block, self.start_beat, self.start_seconds, origin=origin)


def read_request(data: bytes, state: SessionState) -> FileRequest:
    """Return the request in `data`; its DAW's tempo, meter, key, position and project are set in `state`.

    Raises
    ------
    StemBridgeError
        If it cannot be understood, or a value in it is wrong; the sentence is for the user.
    """
    fields = parse_json_block(data, MAX_REQUEST_BYTES)
    beat, seconds = pop_place(fields)
    unknown = sorted(set(fields) - _FIELDS)
    if unknown:
        raise InvalidValue("request", ", ".join(unknown), f"made of {', '.join(sorted(_FIELDS))}")
    if fields.get("format") != FORMAT:
        raise InvalidValue("format", fields.get("format"), f"{FORMAT} (install the scripts of this version)")
    do = fields.get("do")
    if do not in get_args(Verb):
        raise InvalidValue("do", do, " or ".join(get_args(Verb)))
    texts = {name: _text(name, fields.get(name, "")) for name in _TEXTS}
    state.daw, state.version = texts["daw"], texts["version"]
    _take_music(state, fields)
    if do == "connect":
        _take_connection(state, fields)
    elif do != "cancel":
        _take_project(state, fields.get("project"))
    return FileRequest(
        do=cast(Verb, do),
        state=state,
        block=_block(fields),
        start_beat=beat,
        start_seconds=seconds,
        length_beats=_length(beat, fields.get("end_beat")),
        job=texts["job"],
        request=texts["request"],
        next=_whole("next", fields.get("next", 1), 1, MAX_ORDERS),
        places=_words("places", fields.get("places", [])),
        origin=_origin(fields),
    )


def _take_music(state: SessionState, fields: Mapping[str, object]) -> None:
    said = check_block({name: fields[name] for name in MUSIC_KEYS if name in fields})
    state.merge(said, Origin.DAW if state.daw else Origin.USER)
    places = {name: check_place(name, fields[name]) for name in _PLACES if name in fields}
    state.position = places.get("position")


def _take_project(state: SessionState, project: object) -> None:
    """Take the folder of the project's file, or the media folder of a project without a file."""
    if project is None:
        return
    if not isinstance(project, Mapping) or not set(project) <= _PROJECT:
        raise InvalidValue("project", project, "made of file and media")
    file, media = (_text(f"project {name}", project.get(name, "")) for name in ("file", "media"))
    state.project = check_project(Path(file).parent if file else media, state.daw)
    state.project_name = Path(file).stem


def _take_connection(state: SessionState, fields: Mapping[str, object]) -> None:
    """Take the values that hold until the live link's next request, not for one request alone."""
    if not state.daw:
        raise InvalidValue("daw", state.daw, "the DAW's name")
    state.playing = bool(_whole("playing", fields.get("playing", 0), 0, 1))
    state.merge(_block(fields))
    state.block_origin |= _origin(fields)
    try:
        _take_project(state, fields.get("project"))
    except InvalidValue as error:
        state.project, state.project_fault = None, str(error)


def _block(fields: Mapping[str, object]) -> dict[str, object]:
    block = fields.get("block", {})
    checked = check_block(block)
    if "sample_rate" in fields and "sample_rate" not in checked:
        checked |= check_block({"sample_rate": fields["sample_rate"]})
    return checked


def _origin(fields: Mapping[str, object]) -> dict[str, Origin]:
    """Return the origin of the sample rate, which is the project's own unless the block has one."""
    block = fields.get("block", {})
    is_own = isinstance(block, Mapping) and "sample_rate" in block
    return {"sample_rate": Origin.DAW} if "sample_rate" in fields and not is_own else {}


def _length(start: float | None, end: object) -> float | None:
    if end is None:
        return None
    beat = check_place("end_beat", end)
    if start is None or beat <= start:
        raise InvalidValue("end_beat", end, "a quarter-note beat after start_beat")
    return beat - start


def _whole(name: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or not low <= value <= high:
        raise InvalidValue(name, value, f"a whole number, {low}–{high}")
    return value


def _words(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > 16:
        raise InvalidValue(name, value, "a list of up to 16 words")
    return tuple(_text(name, word) for word in value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > 4096:
        raise InvalidValue(name, value, "a text of up to 4096 characters")
    return value
