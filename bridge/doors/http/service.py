"""The hosted service without HTTP: passes blocks to the desk, charges keys, and keeps results for an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bridge.doors.http.audio import UPLOADED, AudioStore
from bridge.doors.http.errors import HttpError, too_many
from bridge.doors.http.hosted_block import HOSTED_RULES, BlockRules
from bridge.doors.http.keys.rate_limit import RateLimit
from bridge.doors.http.keys.store import ApiKey, KeyStore
from bridge.doors.requester import DoorName, Requester
from bridge.doors.studio_desk import JobEnded, StudioDesk
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.request.file_words import FileWords
from bridge.request.job_spec import JobSpec
from bridge.request.position import pop_place
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from bridge.takes.layout import check_project
from engine.errors import InvalidValue

KEEP_RESULT_S = 3600.0
AUDIO_KEYS = ("source_audio", "reference_audio")
ADAPTER_HERE = "the name of an adapter here; paths are taken from this machine only"


def _check_paths(block: Mapping[str, object], key: ApiKey | None) -> None:
    """Refuse values from other machines that name files on this one."""
    part, lora = block.get("midi_part"), str(block.get("lora", ""))
    if key is not None and part:
        raise InvalidValue("midi_part", part, "left out: it names a file, and is taken from this machine only")
    if key is not None and set("/\\") & set(lora):
        raise InvalidValue("lora", lora, ADAPTER_HERE)


def requester_of(key: ApiKey | None) -> Requester:
    """Return the requester that a request with `key` comes from."""
    return Requester.http(key.id if key else "")


def _key_of(job: Job) -> str | None:
    """Return the id of the key a job was requested with ("" for a program on this machine), None if not by HTTP."""
    requester = Requester.of(job)
    return requester.detail_of(DoorName.HTTP) if requester else None


class HostedService:
    """Submits and finds the jobs of HTTP clients."""

    def __init__(
        self,
        desk: StudioDesk,
        queue: JobQueue,
        keys: KeyStore,
        audio: AudioStore,
        folder: Path,
        engine: str,
        now: Callable[[], float],
    ) -> None:
        """Serve jobs of `queue`; takes without a project go to `folder`, `now()` is seconds since 1970."""
        self._desk = desk
        self._queue = queue
        self._keys = keys
        self._audio = audio
        self._folder = folder
        self._defaults: dict[str, object] = {"engine": engine} if engine != "auto" else {}
        self._now = now
        self._rate = RateLimit()
        queue.subscribe(self._refund)

    async def submit(self, body: dict[str, object], key: ApiKey | None, rules: BlockRules = HOSTED_RULES) -> Job:
        """Queue the request in `body`, a JSON object: a block and a position, and from this machine also `project`.

        `rules` has the defaults and ranges that the caller is promised.

        Raises
        ------
        StemBridgeError
            If a value is wrong, or the queue cannot take it.
        HttpError
            429 if the key sends too many requests, 406 if it has too few credits.
        """
        self._check_rate(key)
        state = SessionState(project=self._project(body, key), block=dict(self._defaults))
        beat, seconds = pop_place(body)
        sources = {name: str(body.pop(name)) for name in AUDIO_KEYS if body.get(name)}
        block = rules.check(body)
        _check_paths(block, key)
        for name, text in sources.items():
            block[name] = str(await self._source(name, text))
        trigger = Trigger(
            block,
            beat or 0.0,
            seconds,
            whole_bars=False,
            defaults=rules.defaults,
            needs_genres=rules.needs_genres,
            file_words=FileWords(UPLOADED, ADAPTER_HERE if key is not None else ""),
        )
        return self._submit(self._desk.prepare(state, trigger), key)

    def regenerate(self, job: Job, key: ApiKey | None) -> Job:
        """Queue the request of `job` once more with another seed.

        Raises
        ------
        StemBridgeError
            If its project cannot hold it, or the queue cannot take it.
        HttpError
            429 if the key sends too many requests, 406 if it has too few credits.
        """
        self._check_rate(key)
        self._make_own_project()
        return self._submit(self._desk.prepare_regenerate(SessionState(), job), key)

    def again(self, job: Job, key: ApiKey | None) -> Job:
        """Queue exactly the same job once more, seed included; it raises what `regenerate` does."""
        self._check_rate(key)
        self._make_own_project()
        return self._submit(self._desk.prepare_again(SessionState(), job), key)

    def _submit(self, spec: JobSpec, key: ApiKey | None) -> Job:
        """Queue a complete request and charge the key for it."""
        cost = int(spec.value("variations"))
        if key is not None and not self._keys.spend(key.id, cost):
            raise HttpError(406, f"This takes {cost} credits, and the key {key.name!r} has fewer.", self.credits(key))
        try:
            return self._desk.submit(requester_of(key), spec)
        except BaseException:
            if key is not None:
                self._keys.refund(key.id, cost)
            raise

    async def upload(self, name: str, text: str, key: ApiKey | None) -> str:
        """Keep audio for later jobs; return the name that `source_audio` takes for it.

        Raises
        ------
        InvalidValue
            If it is not usable audio.
        HttpError
            429 if the key sends too many requests.
        """
        self._check_rate(key)
        return await self._audio.keep(name, text)

    def find(self, job_id: str, key: ApiKey | None, *, kept_only: bool = True) -> Job:
        """Return a job that `key` may see; a program on this machine sees all that came over HTTP.

        With `kept_only` False, a job whose result is no longer kept is returned too.

        Raises
        ------
        HttpError
            404 if there is no such job, or its result is no longer kept.
        """
        job = self._queue.get(job_id)
        owner = None if job is None else _key_of(job)
        if job is None or owner is None or (key is not None and owner != key.id):
            raise HttpError(404, f"There is no request {job_id[:80]!r}.")
        if kept_only and job.finished is not None and self._now() - job.finished > KEEP_RESULT_S:
            raise HttpError(404, f"The result of {job_id!r} was kept for an hour and is gone.")
        return job

    def history(self, key: ApiKey | None, limit: int, offset: int = 0) -> list[Job]:
        """Return the jobs requested with `key`, newest first; a program on this machine sees those of all keys."""
        owners = [key] if key else [None, *self._keys.all()]
        return self._queue.by_clients([requester_of(owner).to_text() for owner in owners], limit, offset)

    def cancel(self, job: Job) -> None:
        """Cancel a job; one that has ended stays as it is."""
        with suppress(JobEnded):
            self._desk.cancel(job)

    def credits(self, key: ApiKey | None) -> dict[str, str]:
        """Return the header with a key's remaining credits; empty for a key without a limit."""
        now = self._keys.get(key.id) if key else None
        return {"x-remaining-credits": str(now.credits)} if now and now.credits is not None else {}

    def _check_rate(self, key: ApiKey | None) -> None:
        if key is not None and (wait_s := self._rate.take(key.id, key.rate)):
            raise too_many(f"The key {key.name!r} may start {key.rate} requests a minute.", wait_s)

    def _project(self, body: dict[str, object], key: ApiKey | None) -> Path:
        given = body.pop("project", None)
        if given is None:
            return self._make_own_project()
        if key is not None or not isinstance(given, str):
            raise InvalidValue("project", given, "a folder's path, and is taken from programs on this machine only")
        return check_project(given)

    def _make_own_project(self) -> Path:
        """Return the companion's own folder for takes without a project; it is made if it is missing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    async def _source(self, name: str, text: str) -> Path:
        if text.startswith("data:") or len(text) > 4096:
            text = await self._audio.keep(name, text)
        return self._audio.find(name, text)

    def _refund(self, job: Job) -> None:
        """Give back the credits of a job that failed or was cancelled."""
        if job.state in (State.FAILED, State.CANCELLED) and (key_id := _key_of(job)):
            self._keys.refund(key_id, int(job.spec.value("variations")))
