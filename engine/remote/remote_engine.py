"""Another companion as an engine: every request is sent there, and the stems come back sample for sample."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.contract import AUTO, ENGINES, LOOPS, EngineInfo, Generation, GenerationRequest, Phase, Progress
from engine.errors import EngineFailed, EngineUnavailable
from engine.remote.address import RemoteAddress
from engine.remote.one_meter import in_one_meter

if TYPE_CHECKING:
    from engine.remote.client import RemoteCompanion
    from engine.remote.follow import RemoteStatus

FindRemote = Callable[[], RemoteAddress | None]
"""Returns the address in the current settings, None if there is none."""

NO_ADDRESS = "No other companion is set; the setting remote_url, or STEMBRIDGE_REMOTE_URL, is its address."
_NOT_SENT = ("preset", "base64", "output_seconds", "engine", "model", "bit_depth")
"""Keys that are resolved here (`bars` holds the length), or refer to this machine."""
_RENDERED = 0.9
"""The progress at which rendering is done and the take is fetched."""
_PHASES_BEFORE: Mapping[str, Phase] = {"queued": "queued", "loading": "loading"}


class RemoteEngine:
    """Sends requests to the companion whose address `find` returns, and fetches its takes."""

    def __init__(self, info: EngineInfo, find: FindRemote) -> None:
        """Take the engine's description, and the function that returns the address, which every load calls again."""
        self.info = info
        self._find = find
        self._address: RemoteAddress | None = None
        self._model = AUTO

    def load(self, progress: Progress, model: str = AUTO) -> None:
        """Look up the address; `model` is an engine of the other companion, or one of ACE-Step's models there.

        Raises
        ------
        EngineUnavailable
            If no address is set.
        """
        progress("loading", 0.0)
        self._address, self._model = self._find(), model
        if self._address is None:
            raise EngineUnavailable(NO_ADDRESS)

    def unload(self) -> None:
        """Do nothing: no memory is held between requests."""

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        """Return the takes of the other companion; a cancel or an error here cancels the request there.

        Raises
        ------
        InvalidValue
            If an audio file cannot be read.
        EngineUnavailable
            If the companion cannot be reached.
        EngineFailed
            If it refuses the request or the request fails; its own sentence says why.
        Cancelled
            Raised by `progress`.
        """
        from engine.remote.client import RemoteCompanion

        assert self._address is not None  # `load` comes first
        body = body_of(request.block, self._model)
        with RemoteCompanion(self._address) as companion:
            request_id, notices = _submit(companion, body, request)
            try:
                result = companion.wait(request_id, lambda status: _report(status, progress))
                made = _fetch(companion, result, request, progress)
                return [replace(one, notices=(*one.notices, *notices)) for one in made] if notices else made
            except BaseException:
                companion.cancel(request_id)
                raise


def body_of(block: Mapping[str, object], model: str) -> dict[str, object]:
    """Return the body to send: the block without the keys of this machine, its stems as 32-bit float.

    The engine is always named, so that two companions whose default engines are each other do not loop.

    Raises
    ------
    EngineFailed
        If the block names a local file that cannot be sent.
    """
    if part := block.get("midi_part"):
        raise EngineFailed(f"midi_part {part} names a file of this machine, which another companion does not take.")
    if set("/\\") & set(str(block.get("lora", ""))):
        raise EngineFailed(
            f"lora {block['lora']!r} is a path on this machine; another companion takes its own names."
        )
    # An older companion knows no meter_map; where the meter does not change it need not see one.
    unused = () if block.get("meter_map") else ("meter_map",)
    body = {name: value for name, value in block.items() if name not in (*_NOT_SENT, *unused)}
    if body.get("ending") in (AUTO, LOOPS):  # what a length in bars means anyway: an older companion has no such key
        del body["ending"]
    body |= {"bit_depth": "float"}
    if model in (AUTO, *ENGINES):
        return body | {"engine": model}
    return body | {"engine": "ace-step", "model": model}


def _submit(
    companion: RemoteCompanion, body: Mapping[str, object], request: GenerationRequest
) -> tuple[str, tuple[str, ...]]:
    """Queue the body there; return the request's id, and notices on what an older companion cannot keep of it."""
    try:
        return companion.submit(body), ()
    except EngineFailed as error:
        if not body.get("meter_map") or "meter_map" not in str(error):
            raise
    simpler, notice = in_one_meter(body, request)
    return companion.submit(simpler), (notice,)


def _report(status: RemoteStatus, progress: Progress) -> None:
    before = _PHASES_BEFORE.get(status.phase)
    if before is not None:
        progress(before, 0.0)
    else:
        progress("generating", _RENDERED * status.progress)


def _fetch(
    companion: RemoteCompanion, result: Mapping[str, object], request: GenerationRequest, progress: Progress
) -> list[Generation]:
    from engine.remote.takes import fetch_generation

    takes = result.get("takes")
    if not isinstance(takes, list) or not all(
        isinstance(t, dict) and isinstance(t.get("files"), dict) for t in takes
    ):
        raise EngineFailed(f"The companion at {companion.url} names no takes; is it of another version?")
    generations = []
    for number, take in enumerate(takes):
        done = _RENDERED + (1 - _RENDERED) * number / len(takes)
        with tempfile.TemporaryDirectory(prefix="stembridge-") as folder:
            on_chunk = partial(progress, "generating", done)
            generations.append(fetch_generation(companion, take["files"], request, Path(folder), on_chunk))
    return generations
