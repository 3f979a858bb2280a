"""Another companion as an engine: every request goes there, the stems come back sample for sample."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.contract import AUTO, ENGINES, EngineInfo, Generation, GenerationRequest, Phase, Progress
from engine.errors import EngineFailed, EngineUnavailable
from engine.remote.address import RemoteAddress

if TYPE_CHECKING:
    from engine.remote.client import RemoteCompanion
    from engine.remote.follow import Standing

FindRemote = Callable[[], RemoteAddress | None]
"""Returns the address that the user has set by now, None if there is none."""

NO_ADDRESS = "No other companion is set; the setting remote_url, or STEMBRIDGE_REMOTE_URL, is its address."
_NOT_SENT = ("preset", "base64", "output_seconds", "engine", "model", "bit_depth")
"""Keys that are worked out here (`bars` holds the length), or mean this machine."""
_MADE = 0.9
"""Share of the progress after which the take is fetched."""
_BEFORE: Mapping[str, Phase] = {"queued": "queued", "loading": "loading"}


class RemoteEngine:
    """Sends requests to the companion whose address `find` returns, and brings its takes."""

    def __init__(self, info: EngineInfo, find: FindRemote) -> None:
        """Take what is known of the engine, and the way to the address, asked anew for every load."""
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
        """Nothing is held between requests."""

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        """Return the takes of the other companion; a cancel goes over, and nothing is left of the request here.

        Raises
        ------
        InvalidValue
            If an audio file cannot be read.
        EngineUnavailable
            If the companion cannot be reached.
        EngineFailed
            If it refuses the request or nothing comes of it; its own sentence says why.
        Cancelled
            Out of `progress`.
        """
        from engine.remote.client import RemoteCompanion

        assert self._address is not None  # `load` comes first
        body = body_of(request.block, self._model)
        with RemoteCompanion(self._address) as companion:
            request_id = companion.submit(body)
            try:
                result = companion.wait(request_id, lambda standing: _report(standing, progress))
                return _fetch(companion, result, request, progress)
            except BaseException:
                companion.cancel(request_id)
                raise


def body_of(block: Mapping[str, object], model: str) -> dict[str, object]:
    """Return what is sent: the block without what is of this machine, its stems as 32-bit float.

    The engine is always named, so that two companions that send to each other by default do not do it in circles.

    Raises
    ------
    EngineFailed
        If the block names a file that cannot go over.
    """
    if part := block.get("midi_part"):
        raise EngineFailed(f"midi_part {part} names a file of this machine, which another companion does not take.")
    if set("/\\") & set(str(block.get("lora", ""))):
        raise EngineFailed(
            f"lora {block['lora']!r} is a path on this machine; another companion takes its own names."
        )
    body = {name: value for name, value in block.items() if name not in _NOT_SENT}
    body |= {"bit_depth": "float"}
    if model in (AUTO, *ENGINES):
        return body | {"engine": model}
    return body | {"engine": "ace-step", "model": model}


def _report(standing: Standing, progress: Progress) -> None:
    before = _BEFORE.get(standing.phase)
    if before is not None:
        progress(before, 0.0)
    else:
        progress("generating", _MADE * standing.progress)


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
        done = _MADE + (1 - _MADE) * number / len(takes)
        with tempfile.TemporaryDirectory(prefix="stembridge-") as folder:
            alive = partial(progress, "generating", done)
            generations.append(fetch_generation(companion, take["files"], request, Path(folder), alive))
    return generations
