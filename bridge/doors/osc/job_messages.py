"""The messages by which OSC clients follow the jobs that they have requested."""

from __future__ import annotations

import time
from collections.abc import Callable

from bridge.doors.bus import EventBus, TakeChosen
from bridge.doors.osc.clients import reply_address_of
from bridge.doors.osc.encode import Outgoing, outgoing
from bridge.doors.osc.server import Peer
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue

PROGRESS_INTERVAL_S = 0.05
SendReply = Callable[[Peer, Outgoing], None]


class JobMessages:
    """Sends each OSC client what happens to its jobs; jobs of other doors are passed over."""

    def __init__(self, send: SendReply, queue: JobQueue, bus: EventBus) -> None:
        """Follow the jobs of `queue`, and the takes that pads choose."""
        self._send = send
        self._sent: dict[str, tuple[str, float]] = {}
        queue.subscribe(self._changed)
        queue.subscribe_new(self._accepted)
        bus.subscribe(TakeChosen, self._chosen)

    def _accepted(self, job: Job) -> None:
        """Report that a job is stored, and where it will start."""
        if peer := reply_address_of(job):
            self._send(peer, outgoing("/job/accepted", job.id, job.spec.start_beat))
        self._changed(job)

    def _changed(self, job: Job) -> None:
        """Report a job's status, its progress at most 20 times a second."""
        peer = reply_address_of(job)
        if peer is None:
            return
        now = time.monotonic()
        kind = f"{job.state}/{job.phase}"
        sent, at = self._sent.get(job.id, ("", 0.0))
        if sent == kind and now - at < PROGRESS_INTERVAL_S:
            return
        self._sent[job.id] = (kind, now)
        if job.state.is_final:
            del self._sent[job.id]
        self._send(peer, status_message(job))

    def _chosen(self, event: TakeChosen) -> None:
        """Report one of a job's takes as done once more, so that its client brings it in."""
        job = event.job
        if peer := reply_address_of(job):
            self._send(peer, outgoing("/job/done", job.id, job.manifests[event.variation], job.stems))


def status_message(job: Job) -> Outgoing:
    """Return the message that reports a job's status."""
    if job.state is State.DONE:
        return outgoing("/job/done", job.id, job.manifests[0], job.stems)
    if job.state is State.FAILED:
        return outgoing("/job/failed", job.id, job.message)
    if job.state is State.CANCELLED:
        return outgoing("/job/cancelled", job.id)
    return outgoing("/job/progress", job.id, job.progress, job.phase)
