"""The desk behind every door: generate, regenerate, again, cancel and place, each decided here and nowhere else.

A door decodes what came in, calls the desk with who asks (`Requester`) and what holds in their session
(`SessionState`), and reports the result. The desk checks the project, completes the request and queues the job.

- *Regenerate*: the same request, as the song is now, with another seed.
- *Again*: the same take once more, seed, place and project included.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bridge.doors.connected_daws import ConnectedDaws
from bridge.doors.requester import Requester
from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue
from bridge.request.job_spec import JobSpec
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from bridge.takes.layout import check_project
from engine.errors import StemBridgeError

ELSEWHERE = "This take lies in the project it was first made for: {}."


class NoSuchJob(StemBridgeError):
    """There is no job of that id, or none of this requester."""


class JobEnded(StemBridgeError):
    """The job has ended already."""


class StudioDesk:
    """Turns what is asked for at any door into jobs. Belongs to the event loop's thread."""

    def __init__(self, queue: JobQueue, resolver: Resolver, daws: ConnectedDaws) -> None:
        self._queue = queue
        self._resolver = resolver
        self._daws = daws

    def generate(self, requester: Requester, state: SessionState, trigger: Trigger) -> Job:
        """Queue new music.

        Raises
        ------
        StemBridgeError
            If the project cannot hold it, something is missing or wrong in the request, or the queue is full.
        """
        return self.submit(requester, self.prepare(state, trigger))

    def prepare(self, state: SessionState, trigger: Trigger) -> JobSpec:
        """Return the complete request that `generate` would queue; it raises the same errors."""
        _check_session(state)
        return self._resolver.resolve(trigger, state)

    def submit(self, requester: Requester, spec: JobSpec) -> Job:
        """Queue a request that `prepare`, `prepare_regenerate` or `prepare_again` has returned.

        Raises
        ------
        QueueFull
            If too many jobs wait.
        """
        return self._queue.submit(spec, requester.to_text())

    def regenerate(
        self, requester: Requester, state: SessionState, job: Job, change: Trigger | None = None, stem: str = ""
    ) -> Job:
        """Queue the request of `job` once more, as the song is now, with another seed.

        What `state` says now of tempo, meter, key, place and project holds; what it does not say stays as it was.
        `change` has keys and a place for this time; with `stem` that stem alone gets another seed.

        Raises
        ------
        StemBridgeError
            If the project cannot hold it, the request does not fit the song any more, or the queue is full.
        """
        return self.submit(requester, self.prepare_regenerate(state, job, change, stem))

    def prepare_regenerate(
        self, state: SessionState, job: Job, change: Trigger | None = None, stem: str = ""
    ) -> JobSpec:
        """Return the complete request that `regenerate` would queue; it raises the same errors."""
        _check_session(state)
        spec = self._resolver.regenerate(job.spec, state, change or Trigger({}), stem)
        if state.project is None:  # then it is the job's own
            _check_folder_of(spec)
        return spec

    def again(self, requester: Requester, state: SessionState, job: Job) -> Job:
        """Queue `job` once more exactly: the same seed, tempo, place and project.

        Raises
        ------
        StemBridgeError
            If the open project or that of `job` cannot hold it, or the queue is full.
        """
        return self.submit(requester, self.prepare_again(state, job))

    def prepare_again(self, state: SessionState, job: Job) -> JobSpec:
        """Return the complete request that `again` would queue; it raises the same errors."""
        _check_session(state)
        spec = job.spec
        _check_folder_of(spec)
        if spec.project and state.project is not None and str(state.project) != spec.project:
            return replace(spec, notices=[*spec.notices, ELSEWHERE.format(spec.project)])
        return spec

    def cancel(self, job: Job) -> None:
        """Stop a job.

        Raises
        ------
        JobEnded
            If it has ended.
        """
        if job.state.is_final:
            raise JobEnded(f"The job {job.id} is {job.state} already and cannot be cancelled.")
        self._queue.cancel(job)

    def place(self, manifest: Path, where: str, beat: float) -> str:
        """Have the DAW in contact last put a take on its timeline; return the DAW's name.

        Raises
        ------
        StemBridgeError
            If there is none, or it cannot.
        """
        return self._daws.place(manifest, where, beat)

    def job(self, job_id: str) -> Job:
        """Return a job.

        Raises
        ------
        NoSuchJob
            If there is none of that id.
        """
        job = self._queue.get(job_id)
        if job is None:
            raise NoSuchJob(f"There is no job {job_id!r}.")
        return job

    def newest_of(self, requester: Requester, unfinished: bool = False) -> Job:
        """Return the newest job of a requester; with `unfinished`, of those that wait or run.

        Raises
        ------
        NoSuchJob
            If there is none.
        """
        job = self._queue.newest_of(requester.to_text(), unfinished)
        if job is None:
            raise NoSuchJob("There is no unfinished job to cancel." if unfinished else "There is no job yet.")
        return job


def _check_session(state: SessionState) -> None:
    """Refuse what would go to a project folder that is gone, not writable or was named wrongly."""
    if state.project_fault:
        raise StemBridgeError(state.project_fault)
    if state.project is not None:
        check_project(state.project, state.daw)


def _check_folder_of(spec: JobSpec) -> None:
    """Refuse to make a project folder again that its user has deleted or renamed."""
    if spec.project:
        check_project(spec.project, spec.daw)
